-- One row a subscription; a change of plan, price or seats ends one and starts another on the same day.
SELECT
    subscription_id,
    account_id,
    started_on,
    ended_on,
    planned_end_on,
    plan,
    seats,
    mrr,
    term_months,
    notice_days,
    discount_ends_on,
    auto_renew,
    is_trial,
    is_paused,
    end_reason,
    end_known_at,
    known_at
FROM read_csv('{folder}/subscriptions.csv')
