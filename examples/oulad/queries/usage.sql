-- Clicks a day, by kind of material, and every piece of work handed in. Repeated click rows are real visits: they stay.
WITH enrolment AS (
    SELECT
        code_module,
        code_presentation,
        id_student,
        code_module || '_' || code_presentation || '_' || CAST(id_student AS INTEGER) AS account_id,
        make_date(CAST(left(code_presentation, 4) AS INTEGER), if(right(code_presentation, 1) = 'B', 2, 10), 1) AS day_0
    FROM '{folder}/studentRegistration.parquet'
    JOIN '{folder}/studentInfo.parquet' USING (code_module, code_presentation, id_student)
    WHERE NOT (final_result = 'Withdrawn' AND date_unregistration IS NULL)
)

SELECT
    account_id,
    day_0 + CAST(click.date AS INTEGER) AS day,
    activity_type AS event,
    CAST(sum_click AS DOUBLE) AS quantity
FROM '{folder}/studentVle.parquet' AS click
JOIN '{folder}/vle.parquet' USING (code_module, code_presentation, id_site)
JOIN enrolment USING (code_module, code_presentation, id_student)

UNION ALL

-- Banked work was done in an earlier presentation: nobody handed it in here.
SELECT account_id, day_0 + CAST(date_submitted AS INTEGER), 'assessment_submitted', 1
FROM '{folder}/studentAssessment.parquet'
JOIN '{folder}/assessments.parquet' USING (id_assessment)
JOIN enrolment USING (code_module, code_presentation, id_student)
WHERE is_banked = 0
