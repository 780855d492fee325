"""Usage added up by account, day and event, and by person: built once, read by all that come after."""
