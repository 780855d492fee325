-- One row a subscription. A churn event ends all subscriptions of the account that started on a day before it; what
-- starts on the day itself or later is a return. upgrade_flag, downgrade_flag and churn_flag say how it went on: the future.
WITH left_on AS (
    SELECT subscription_id, min(churn_date::DATE) AS churned_on
    FROM read_csv('{folder}/ravenstack_subscriptions.csv') AS subscription
    JOIN read_csv('{folder}/ravenstack_churn_events.csv') AS churn USING (account_id)
    WHERE churn.churn_date::DATE > subscription.start_date::DATE
    GROUP BY subscription_id
)

SELECT
    subscription_id,
    account_id,
    start_date AS started_on,
    -- least() ignores NULL.
    least(end_date::DATE, churned_on) AS ended_on,
    plan_tier AS plan,
    seats,
    mrr_amount AS mrr,
    if(billing_frequency = 'annual', 12, 1) AS term_months,
    auto_renew_flag AS auto_renew,
    is_trial
FROM read_csv('{folder}/ravenstack_subscriptions.csv')
LEFT JOIN left_on USING (subscription_id)
