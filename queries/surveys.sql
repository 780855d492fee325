-- One row a survey sent to an account.
SELECT
    survey_id,
    account_id,
    sent_on,
    answered_on,
    score,
    known_at
FROM '{folder}/surveys.parquet'
