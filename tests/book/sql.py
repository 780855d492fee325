"""The movements of a period as one SQL statement, written from the definitions and not from the code."""

import duckdb
import pandas as pd

NAMES = [
    *("opening", "won", "returned", "churned", "completed", "closing"),
    *(
        "opening_mrr",
        "won_mrr",
        "returned_mrr",
        "expansion",
        "contraction",
        "churned_mrr",
        "completed_mrr",
        "closing_mrr",
    ),
]

MOVEMENTS = """
WITH
-- What was known, each key by its latest row.
account AS (
    SELECT account_id, coalesce(nullif(trim(segment), ''), 'no segment') AS segment
    FROM accounts WHERE known_at < $known
    QUALIFY row_number() OVER (PARTITION BY account_id ORDER BY known_at DESC, row DESC) = 1 AND NOT is_internal
),
row_known AS (
    SELECT * FROM subscriptions WHERE known_at < $known
    QUALIFY row_number() OVER (PARTITION BY subscription_id ORDER BY known_at DESC, row DESC) = 1
),
stated AS (
    SELECT account_id, subscription_id, started_on, mrr, is_trial, is_paused, planned_end_on, auto_renew,
        CASE WHEN end_known_at < $known THEN ended_on END AS ended_on,
        CASE WHEN end_known_at < $known THEN end_reason END AS end_reason
    FROM row_known
),
sold AS (
    SELECT account_id, started_on, CAST(round(coalesce(mrr, 0) * 10000) AS BIGINT) AS mrr, is_trial,
        ended_on IS NOT NULL AND ended_on IS DISTINCT FROM planned_end_on AS cut,
        coalesce(ended_on, CASE WHEN auto_renew IS DISTINCT FROM 1 THEN planned_end_on END) AS stated_end,
        CASE
            WHEN is_paused AND end_reason IS NULL
                AND coalesce(ended_on, planned_end_on, DATE '2262-01-01') >= $known
                THEN TIMESTAMP '2262-01-01'
            ELSE coalesce(
                ended_on, CASE WHEN auto_renew IS DISTINCT FROM 1 THEN planned_end_on END, TIMESTAMP '2262-01-01'
            )
        END AS ends
    FROM stated
),
-- A subscription that starts after all earlier ones have ended opens a spell.
marked AS (
    SELECT *, coalesce(started_on > max(ends) OVER (
        PARTITION BY account_id ORDER BY started_on, ends ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ), true)::INT AS opens
    FROM sold
),
numbered AS (
    SELECT *, sum(opens) OVER (
        PARTITION BY account_id ORDER BY started_on, ends ROWS UNBOUNDED PRECEDING
    ) AS spell
    FROM marked
),
spell AS (
    SELECT account_id, spell, min(started_on) FILTER (NOT is_trial) AS paid_from, max(ends) AS ends,
        -- A cut decides before a planned end, a fixed term before a trial.
        arg_max(NOT cut AND NOT is_trial AND ends < TIMESTAMP '2262-01-01',
            (ends, CASE WHEN cut THEN 2 ELSE 0 END + CASE WHEN is_trial THEN 0 ELSE 1 END)) AS completed
    FROM numbered GROUP BY account_id, spell HAVING paid_from IS NOT NULL
),
at_ends AS (
    SELECT account_id, segment,
        coalesce((SELECT bool_or(paid_from < $start AND ends >= $start) FROM spell s WHERE s.account_id = a.account_id),
            false) AS before,
        coalesce((SELECT bool_or(paid_from < $stop AND ends >= $stop) FROM spell s WHERE s.account_id = a.account_id),
            false) AS after,
        (SELECT min(paid_from) FROM spell s WHERE s.account_id = a.account_id) AS first,
        (SELECT arg_max(completed, paid_from) FROM spell s WHERE s.account_id = a.account_id AND paid_from < $stop)
            AS as_planned
    FROM account a
),
paying AS (
    SELECT a.*,
        CASE WHEN before THEN coalesce((SELECT sum(mrr) FROM sold s WHERE s.account_id = a.account_id
            AND started_on < $start AND ends >= $start), 0) ELSE 0 END AS pays,
        CASE WHEN after THEN coalesce((SELECT sum(mrr) FROM sold s WHERE s.account_id = a.account_id
            AND started_on < $stop AND ends >= $stop), 0) ELSE 0 END AS will_pay
    FROM at_ends a
)
SELECT segment,
    count(*) FILTER (before) AS opening,
    count(*) FILTER (after AND NOT before AND first >= $start) AS won,
    count(*) FILTER (after AND NOT before AND first < $start) AS returned,
    count(*) FILTER (before AND NOT after AND NOT as_planned) AS churned,
    count(*) FILTER (before AND NOT after AND as_planned) AS completed,
    count(*) FILTER (after) AS closing,
    sum(pays) AS opening_mrr,
    sum(will_pay) FILTER (after AND NOT before AND first >= $start) AS won_mrr,
    sum(will_pay) FILTER (after AND NOT before AND first < $start) AS returned_mrr,
    sum(will_pay - pays) FILTER (before AND after AND will_pay > pays) AS expansion,
    sum(pays - will_pay) FILTER (before AND after AND will_pay < pays) AS contraction,
    sum(pays) FILTER (before AND NOT after AND NOT as_planned) AS churned_mrr,
    sum(pays) FILTER (before AND NOT after AND as_planned) AS completed_mrr,
    sum(will_pay) AS closing_mrr
FROM paying GROUP BY segment ORDER BY segment
"""


def movements(
    accounts: pd.DataFrame, subscriptions: pd.DataFrame, start: object, stop: object, known: object
) -> pd.DataFrame:
    """The totals of a period by segment, in whole ten-thousandths."""
    with duckdb.connect(config={"threads": 1}) as connection:
        for name, rows in (("accounts", accounts), ("subscriptions", subscriptions)):
            connection.register(name, rows.assign(row=range(len(rows))))
        values = {"start": str(start), "stop": str(stop), "known": str(known)}
        typed = MOVEMENTS
        for name in values:
            typed = typed.replace(f"${name}", f"TIMESTAMP '{values[name]}'")
        return connection.sql(typed).df().fillna(0).set_index("segment")[NAMES].astype("int64")
