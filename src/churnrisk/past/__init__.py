"""The past as it was known at each `as_of`. Everything here is arithmetic on tables in memory; nothing looks ahead.

A view only looks back: a snapshot has the rows of a table that were known before its `as_of`, and nothing can be asked
of usage that lies after it or was not known then. So whoever receives a view can't see the future, however it is
written. Only `revenue.fell_on` and `activity.silent_on` go on from a date, by what their caller knows: for labels what
came later, for the cohort what was known at the date.

Who makes what:

    company     what all blocks share: tables, calendar, milestones
    past        `Block`: some accounts through all their dates; `Past`: the views of some of its snapshots
    snapshots   which accounts are looked at, and at which dates; what all views of snapshots share
    arrays      small operations on arrays
    example     the company below, which the doctests of all views share

    tables/     ledger          a contract table: all rows, when each was known and corrected
                entries         its rows of a block's accounts, found for many snapshots at once
                records         the view: the rows that each snapshot knows
                spells          from subscriptions: when accounts began and churned
                standing        from subscriptions: what an account has at a date (MRR, main plan, renewal, pause)
                revenue         from subscriptions: when MRR falls

    usage/      weeks           the rollup laid out by week, each week as it was known when it ended, and late rows
                many_events     the same where there are too many events to lay each one out
                running_totals  sums over any weeks at any date, less what was not known yet
                usage, users    the views: what an account did, and how many of its users did
                gaps            days between active days, as each date knew them
                rhythm          the view: how often an account is active by itself, and how long its gaps are
                milestones      the view: steps towards first value
                activity        on which days accounts were active, for cohort and labels

Files are read by `Block.read` and `activity.read_activity` alone. `Block.of` asks for rows, so an engine that holds
them in memory gets the same views.

The worked example (`past.example`), in weeks that begin on Monday 6, 13 and 20 January 2025:

    account  user  event   day     known on  quantity          quantity by week, as known when the week ended
    ana      u1    login    7 Jan   7 Jan       6                            week 0   week 1   week 2
    ana      u1    login   13 Jan  13 Jan       2              login   ana      6        2        0
    ana      u2    report  19 Jan  22 Jan       3   (late)             ben      0        0        0
    ben      u3    report  21 Jan  21 Jan       4              report  ana      0        0        0
                                                                       ben      0        0        4

`Weeks.quantity` is that table, (weeks, events, accounts). The late row is kept apart in `Weeks.late`: it lies in week 1
and counts for dates from the start of week 3 on. `RunningTotals` adds up the weeks of some events as they are known in
the end, and takes off what a date did not know yet:

    start of week       0    1    2    3     (weeks + 1, accounts)
    ana, in the end     0    6   11   11
    ana, as known       0    6    8   11     20 January is the start of week 2 and does not know of the report

A snapshot is an account at a date. Four of them, in order of date, then of account; each array is (snapshots,):

    as_of           20 Jan  20 Jan  27 Jan  27 Jan
    account_index     0       1       0       1       the account's column in the arrays above
    week              2       2       3       3       the week that begins at `as_of`: it sees those before it

>>> from churnrisk.past.example import past
>>> here = past()
>>> here.account_id.tolist(), here.as_of[::2]
(['ana', 'ben', 'ana', 'ben'], array(['2025-01-20', '2025-01-27'], dtype='datetime64[D]'))
>>> here.views["usage"].total(weeks=2)
array([8., 0., 5., 4.])
"""
