"""The past as it was known: facts, subscriptions, usage and people, cut at `as_of`.

Everything here only looks back. A view is built from rows that were known before `as_of`, so whoever receives a view
can't see later ones, however it is written.
"""
