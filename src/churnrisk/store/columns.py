"""Columns that several files share."""

from churnrisk.store.files import Column

ACCOUNT = Column("text", "the account")
AS_OF = Column("time", "the date of the snapshot; it sees what was known before")
HORIZON = Column("whole", "days of the label window")
PROBABILITY = Column("number", "that the account churns in the label window, 0 to 1")

KEYS = ["account_id", "as_of"]
"""The key of a snapshot."""

SNAPSHOT = {"account_id": ACCOUNT, "as_of": AS_OF}
"""The declaration of that key's columns."""
