"""The past as it was known: facts, subscriptions, usage and people, cut at `as_of`.

A view only looks back: it is built from rows that were known before `as_of`, so whoever receives one can't see later
ones, however it is written. `fell_on` and `silent_on` look on from a date, for labels alone.
"""
