-- One row a support case.
SELECT
    ticket_id,
    account_id,
    opened_at,
    closed_at,
    severity,
    kind,
    satisfaction,
    known_at
FROM '{folder}/tickets.parquet'
