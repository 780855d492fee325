-- Any number of rows an account, user, day and event; they add up.
SELECT
    account_id,
    user_id,
    day,
    event,
    quantity,
    known_at
FROM '{folder}/usage.parquet'
