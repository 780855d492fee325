"""Did they churn? The only room that looks past `as_of`.

`meanings` says what churn is (all subscriptions have ended, MRR has fallen, or nothing was done for long), a class
each; `label` makes labels from it, the same way for all.
"""
