"""Did they leave? The only room that looks past `as_of`.

`meanings` says what leaving is (all subscriptions have ended, MRR has fallen, or nothing was done for long), one class
each; `label` makes labels of it, the same way for all.
"""
