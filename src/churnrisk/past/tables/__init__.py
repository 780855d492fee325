"""Contract tables as they were known at a date."""
