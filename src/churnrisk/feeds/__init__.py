"""Feeds: each contract table in its flow of time. How far it covers (`coverage`), and whether it is whole (`check`).

A feed that has stopped, or a part of one, looks exactly like customers who have stopped. What is found here holds a
list back; it never alters data.
"""
