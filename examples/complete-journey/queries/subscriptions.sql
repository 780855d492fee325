-- There are no contracts: one subscription a household, from the first purchase, that never ends. Churn is inactivity.
SELECT
    CAST(household_id AS VARCHAR) AS subscription_id,
    CAST(household_id AS VARCHAR) AS account_id,
    min(CAST((transaction_timestamp AT TIME ZONE 'UTC') AT TIME ZONE 'America/New_York' AS DATE)) AS started_on
FROM '{folder}/transactions.parquet'
WHERE quantity > 0
GROUP BY household_id
