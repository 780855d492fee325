"""The past as it was known at `as_of`: facts, subscriptions, usage and people.

A view only looks back: a table is cut to the rows that were known before `as_of`, and of usage nothing can be asked for
that lies after it or was not known then. So whoever receives one can't see later ones, however it is written. `fell_on`
and `silent_on` look on from a date, for labels alone.
"""
