-- One row an account. Plan, seats and trial are left to the subscriptions: on accounts they are as of now.
-- The churn that an account states is compared with the subscriptions and used for nothing else.
WITH last_churn AS (
    SELECT account_id, max(churn_date::DATE) AS churned_on
    FROM read_csv('{folder}/ravenstack_churn_events.csv')
    GROUP BY account_id
)

SELECT
    account_id,
    signup_date AS created_on,
    account_name AS name,
    industry,
    country AS region,
    referral_source AS acquisition,
    if(churn_flag, 'yes', 'no') AS stated_churned,
    churned_on AS stated_churned_on
FROM read_csv('{folder}/ravenstack_accounts.csv')
LEFT JOIN last_churn USING (account_id)
