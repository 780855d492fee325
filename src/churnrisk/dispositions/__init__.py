"""What was done about the accounts of a list, and how their owners see them: taken from an inbox, kept, given back.

`take_in` empties the inbox into the archive, and `known_dispositions` gives what was known before a date.
"""

from churnrisk.dispositions.inbox import Receipt, take_in
from churnrisk.dispositions.known import known_dispositions

__all__ = ["Receipt", "known_dispositions", "take_in"]
