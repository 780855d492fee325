-- One row an account.
SELECT
    account_id,
    created_on,
    name,
    owner,
    segment,
    industry,
    region,
    acquisition,
    is_internal,
    known_at
FROM '{folder}/accounts.parquet'
