"""Usage as it was known at a date, week by week."""
