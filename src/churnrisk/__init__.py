"""churnrisk: which accounts are likely to leave, early enough to act, why in words with numbers."""

__version__ = "0.1.0"
