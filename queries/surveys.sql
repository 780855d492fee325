-- One row a survey sent to an account.
SELECT
    survey_id,
    account_id,
    sent_on,
    answered_on,
    score
FROM read_parquet('{folder}/surveys.parquet')
