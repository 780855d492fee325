-- An account is a household, from the day of its first purchase. The tables have nothing else that was known by then:
-- the demographics have no date, and were gathered for households that bought often all year (see README.md).
SELECT
    CAST(household_id AS VARCHAR) AS account_id,
    -- The stamps are in UTC, and the shops in the east of the United States: the table's own weeks change at 04:00 or 05:00.
    min(CAST((transaction_timestamp AT TIME ZONE 'UTC') AT TIME ZONE 'America/New_York' AS DATE)) AS created_on,
    'Household ' || household_id AS name
FROM '{folder}/transactions.parquet'
WHERE quantity > 0
GROUP BY household_id
