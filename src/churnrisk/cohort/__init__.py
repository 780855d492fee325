"""Whom to watch, and by which rule everybody else is not."""
