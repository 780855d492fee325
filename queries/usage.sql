-- Any number of rows an account, user, day and event; they add up. known_at is given where a row came in late.
SELECT
    account_id,
    user_id,
    day,
    event,
    quantity,
    known_at
FROM read_parquet('{folder}/usage.parquet')
