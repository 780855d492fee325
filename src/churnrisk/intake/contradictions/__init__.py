"""What in the tables contradicts itself: each kind by its name, counted, with its share and an example.

A contradiction makes no row unsound, as nobody can say which side of it is right: the rows are kept.
"""

from churnrisk.intake.contradictions.find import contradictions

__all__ = ["contradictions"]
