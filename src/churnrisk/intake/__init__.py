"""The door: what a source gave becomes the contract's tables, or is set aside with the reason, or stops the run.

`conform` judges every row of every table, `contradictions` names what can't both be right, `rollup` adds usage up by
account, day and event, and `feeds` says how far each table reaches and whether it is whole.
"""
