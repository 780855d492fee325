-- An account is an enrolment: one student on one presentation of a module.
-- Day 0 of a presentation isn't published: take 1 February for 'B' and 1 October for 'J' of its year.
-- The 93 enrolments whose final result is 'Withdrawn' without a date are left out: nobody knows when.
WITH enrolment AS (
    SELECT
        *,
        CAST(id_student AS INTEGER) AS student,
        make_date(CAST(left(code_presentation, 4) AS INTEGER), if(right(code_presentation, 1) = 'B', 2, 10), 1) AS day_0
    FROM '{folder}/studentRegistration.parquet'
    JOIN '{folder}/studentInfo.parquet' USING (code_module, code_presentation, id_student)
    JOIN '{folder}/courses.parquet' USING (code_module, code_presentation)
    WHERE NOT (final_result = 'Withdrawn' AND date_unregistration IS NULL)
)

SELECT
    code_module || '_' || code_presentation || '_' || student AS account_id,
    -- 45 enrolments have no date of registration: they count as registered long before.
    day_0 + CAST(coalesce(date_registration, -365) AS INTEGER) AS created_on,
    'Student ' || student || ', ' || code_module || ' ' || code_presentation AS name,
    code_module || ' tutors' AS owner,
    code_module AS segment,
    gender AS attribute_gender,
    region AS attribute_region,
    highest_education AS attribute_highest_education,
    -- One band of ten lacks its per cent sign.
    if(imd_band = '10-20', '10-20%', imd_band) AS attribute_imd_band,
    age_band AS attribute_age_band,
    disability AS attribute_disability,
    CAST(num_of_prev_attempts AS DOUBLE) AS attribute_num_of_prev_attempts,
    CAST(studied_credits AS DOUBLE) AS attribute_studied_credits,
    CAST(-date_registration AS DOUBLE) AS attribute_registered_days_before_start,
    CAST(module_presentation_length AS DOUBLE) AS attribute_module_presentation_length
FROM enrolment
