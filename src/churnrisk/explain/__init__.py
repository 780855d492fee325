"""Why: contributions by theme, in words with numbers."""
