-- A day of a customer: how many invoices, how many lines on them, and how many lines of credit notes.
WITH line AS (
    SELECT
        CAST(CustomerID AS VARCHAR) AS account_id,
        CAST(InvoiceDate AS DATE) AS day,
        InvoiceNo AS invoice,
        InvoiceNo LIKE 'C%' AS is_credit_note
    FROM '{folder}/online_retail.parquet'
    WHERE CustomerID IN (
        SELECT CustomerID FROM '{folder}/online_retail.parquet' WHERE Quantity > 0 AND InvoiceNo NOT LIKE 'C%'
    )
),

daily AS (
    SELECT
        account_id,
        day,
        count(DISTINCT invoice) FILTER (NOT is_credit_note) AS purchase,
        count(*) FILTER (NOT is_credit_note) AS line,
        count(*) FILTER (is_credit_note) AS return
    FROM line
    GROUP BY account_id, day
)

SELECT account_id, day, event, quantity
FROM (UNPIVOT daily ON CAST(COLUMNS(* EXCLUDE (account_id, day)) AS DOUBLE) INTO NAME event VALUE quantity)
WHERE quantity > 0
