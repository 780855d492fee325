-- One row a usage event: how often a feature of the product was used on a day, on one subscription.
SELECT
    account_id,
    usage_date AS day,
    feature_name AS event,
    usage_count AS quantity,
    subscription_id
FROM read_csv('{folder}/ravenstack_feature_usage.csv') AS usage
JOIN read_csv('{folder}/ravenstack_subscriptions.csv') AS subscription USING (subscription_id)
