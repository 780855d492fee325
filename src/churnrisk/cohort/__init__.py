"""Whom to watch at a date, and by which rule every other account is left out.

`dates` chooses the dates, `rules` has the rules with their words, `cohort` applies them to a date, `summary` counts.
"""
