"""Intake: what a source gave becomes the contract's tables, is set aside with the reason, or stops the run.

`conform` judges every row of every table with `typed`, `formats` and `faults`; `contradictions` lists rows that can't
both be right, which are counted and kept.
"""
