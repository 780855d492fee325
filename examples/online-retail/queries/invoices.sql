-- What a customer is asked to pay: an invoice each, and credit notes, whose quantities are below 0. The table has neither
-- terms nor payments, so an invoice is due when it is issued, and nobody is ever late.
SELECT
    InvoiceNo AS invoice_id,
    CAST(any_value(CustomerID) AS VARCHAR) AS account_id,
    CAST(min(InvoiceDate) AS DATE) AS issued_on,
    CAST(min(InvoiceDate) AS DATE) AS due_on,
    CAST(sum(Quantity * UnitPrice) AS DOUBLE) AS amount
FROM '{folder}/online_retail.parquet'
WHERE CustomerID IN (
    SELECT CustomerID FROM '{folder}/online_retail.parquet' WHERE Quantity > 0 AND InvoiceNo NOT LIKE 'C%'
)
GROUP BY InvoiceNo
