"""The book: what retention has been and will be, in figures.

`customers` says who was a customer at every month's beginning, and what they paid; `totals` adds that up by period and
segment; `figures` declares each figure once. `triangles`, `as_known`, `worth` and `forecast` are parts of their own.
`gather` reads, `compose` puts all of it into one record, and `outputs` shows it.
"""
