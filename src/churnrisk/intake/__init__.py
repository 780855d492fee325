"""The door: what a source gave becomes the contract's tables, or is set aside with the reason, or stops the run.

`conform` judges every row of every table, `rollup` adds usage up by account, day and event, and `tables` reads what
they wrote.
"""
