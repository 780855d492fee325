"""Features by theme: one small function each, with its fact, unit, meaning and missing rule beside it.

`registry` says what a feature is, `catalogue` which are on, `attributes` which columns of accounts are of no use,
`left_out` leaves some out by name, `configured` reads what they look at, `compute` computes those of a block, `blocks`
plans blocks and shares them among processes, `peers` compares accounts with each other, `particulars` computes what
sentences need and no model does. All others are themes.
"""
