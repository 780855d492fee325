"""Contract tables as they were known at a date, and what follows from subscriptions."""
