"""Feeds: each contract table in its flow of time. How far it covers (`coverage`), and whether it is whole (`check`).

A feed that has stopped, or a part of one, looks exactly like customers who have stopped. What is found here holds a
list back; it never alters data.

`reading` is the only module that reads files: `flow` is what it reads of all feeds, `seen` what it reads of usage
before a date. `coverage` says how far each feed covers, and `reach` which dates that allows. `check` lists all checks;
the other modules hold them, and what they compare with (`usual`, `strays`, `silent`).
"""
