"""Features by theme: one small function each, with its unit, meaning, missing rule and reason phrase beside it.

`registry` says what a feature is, `catalogue` which are on, `attributes` which columns of accounts are of no use,
`left_out` leaves some out by name, `configured` reads what they look at, `compute` computes those of a block, `blocks`
plans blocks and shares them among processes, `peers` compares accounts with each other, `phrase` fills a value into
words. All others are themes.
"""
