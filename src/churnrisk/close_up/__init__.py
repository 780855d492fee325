"""One account on one date, close up: what `churnrisk explain` reads, says and draws."""
