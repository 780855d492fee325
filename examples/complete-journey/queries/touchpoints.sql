-- A campaign that a household was sent, dated on its first day. Whether it worked shows only in coupons that are redeemed
-- later, so nothing is said of an answer here: these are usage, each on its own day.
SELECT
    campaign_id || '-' || household_id AS touchpoint_id,
    CAST(household_id AS VARCHAR) AS account_id,
    CAST(start_date AS DATE) AS happened_at,
    'email' AS kind,
    CAST(NULL AS BOOLEAN) AS answered
FROM '{folder}/campaigns.parquet'
JOIN '{folder}/campaign_descriptions.parquet' USING (campaign_id)
