-- One row a support case.
SELECT
    ticket_id,
    account_id,
    submitted_at AS opened_at,
    closed_at,
    CASE priority WHEN 'urgent' THEN 1 WHEN 'high' THEN 2 WHEN 'medium' THEN 3 WHEN 'low' THEN 4 END AS severity,
    satisfaction_score AS satisfaction
FROM read_csv('{folder}/ravenstack_support_tickets.csv')
