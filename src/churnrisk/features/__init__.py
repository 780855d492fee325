"""Features by theme: one small function each, with its unit, meaning, missing rule and reason phrase beside it."""
