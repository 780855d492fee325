-- One row a support case. known_at is given where a case was entered after it was opened.
SELECT
    ticket_id,
    account_id,
    opened_at,
    closed_at,
    answered_at,
    reopened_at,
    promised_hours,
    severity,
    kind,
    satisfaction,
    known_at
FROM read_parquet('{folder}/tickets.parquet')
