-- One subscription an enrolment: from the start of the presentation, or registration if that is later, to its end, unless
-- the student unregisters.
WITH enrolment AS (
    SELECT
        code_module || '_' || code_presentation || '_' || CAST(id_student AS INTEGER) AS account_id,
        make_date(CAST(left(code_presentation, 4) AS INTEGER), if(right(code_presentation, 1) = 'B', 2, 10), 1) AS day_0,
        day_0 + greatest(CAST(coalesce(date_registration, 0) AS INTEGER), 0) AS starts_on,
        day_0 + CAST(date_unregistration AS INTEGER) AS unregistered_on,
        -- The last day of a presentation is day `length`; the day after is the first without it.
        day_0 + CAST(module_presentation_length AS INTEGER) + 1 AS over_on
    FROM '{folder}/studentRegistration.parquet'
    JOIN '{folder}/studentInfo.parquet' USING (code_module, code_presentation, id_student)
    JOIN '{folder}/courses.parquet' USING (code_module, code_presentation)
    WHERE NOT (final_result = 'Withdrawn' AND date_unregistration IS NULL)
)

SELECT
    account_id AS subscription_id,
    account_id,
    starts_on AS started_on,
    -- A student who unregisters before the start never begins. One unregisters long after the end, when the presentation
    -- was completed. An end is known on its day.
    greatest(least(coalesce(unregistered_on, over_on), over_on), starts_on) AS ended_on,
    over_on AS planned_end_on,
    if(unregistered_on < over_on, 'unregistered', 'presentation over') AS end_reason,
    false AS auto_renew
FROM enrolment
