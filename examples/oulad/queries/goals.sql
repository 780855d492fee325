-- A goal is an assessment with a due date, for each enrolment on its presentation, whether or not work was handed in.
WITH enrolment AS (
    SELECT
        code_module,
        code_presentation,
        id_student,
        code_module || '_' || code_presentation || '_' || CAST(id_student AS INTEGER) AS account_id,
        make_date(CAST(left(code_presentation, 4) AS INTEGER), if(right(code_presentation, 1) = 'B', 2, 10), 1) AS day_0,
        day_0 + CAST(coalesce(date_registration, -365) AS INTEGER) AS registered_on
    FROM '{folder}/studentRegistration.parquet'
    JOIN '{folder}/studentInfo.parquet' USING (code_module, code_presentation, id_student)
    WHERE NOT (final_result = 'Withdrawn' AND date_unregistration IS NULL)
)

SELECT
    account_id || '_' || CAST(id_assessment AS INTEGER) AS goal_id,
    account_id,
    registered_on AS set_on,
    assessment_type AS kind,
    day_0 + CAST(assessment.date AS INTEGER) AS due_on,
    day_0 + CAST(date_submitted AS INTEGER) AS reached_on,
    score / 100 AS result,
    -- When a mark came back isn't recorded: take 14 days.
    day_0 + CAST(date_submitted AS INTEGER) + 14 AS result_known_at,
    weight / 100 AS weight
FROM '{folder}/assessments.parquet' AS assessment
JOIN enrolment USING (code_module, code_presentation)
LEFT JOIN '{folder}/studentAssessment.parquet' USING (id_assessment, id_student)
-- Banked work was done in an earlier presentation: there is nothing left to reach.
WHERE assessment.date IS NOT NULL AND is_banked IS DISTINCT FROM 1
