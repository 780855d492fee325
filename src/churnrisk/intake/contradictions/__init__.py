"""Contradictions in the tables: each kind with its name, its count, its share and an example.

The rows are kept, because nobody can say which side of a contradiction is right.
"""

from churnrisk.intake.contradictions.find import contradictions, days_of_usage

__all__ = ["contradictions", "days_of_usage"]
