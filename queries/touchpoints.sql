-- One row a contact between our people and an account.
SELECT
    touchpoint_id,
    account_id,
    happened_at,
    kind,
    answered
FROM read_parquet('{folder}/touchpoints.parquet')
