-- One row an account. Columns that begin with attribute_ are the company's own; each becomes a feature.
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
    attribute_employees,
    attribute_use_case
FROM read_parquet('{folder}/accounts.parquet')
