"""Usage added up by account, day and event, and by user: built once, then read instead of the raw events.

`schema` declares the files, `build` writes them, `read` gives the rows of some accounts, `events` names the events.
"""
