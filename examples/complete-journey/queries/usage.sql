-- A day of a household: how many baskets, how many lines in them, and how many coupons it redeemed.
WITH line AS (
    SELECT
        CAST(household_id AS VARCHAR) AS account_id,
        CAST((transaction_timestamp AT TIME ZONE 'UTC') AT TIME ZONE 'America/New_York' AS DATE) AS day,
        basket_id
    FROM '{folder}/transactions.parquet'
    WHERE quantity > 0
)

SELECT account_id, day, 'purchase' AS event, CAST(count(DISTINCT basket_id) AS DOUBLE) AS quantity
FROM line GROUP BY ALL
UNION ALL
SELECT account_id, day, 'line', CAST(count(*) AS DOUBLE)
FROM line GROUP BY ALL
UNION ALL
SELECT CAST(household_id AS VARCHAR), CAST(redemption_date AS DATE), 'coupon', CAST(count(*) AS DOUBLE)
FROM '{folder}/coupon_redemptions.parquet' GROUP BY ALL
