-- One row an invoice.
SELECT
    invoice_id,
    account_id,
    issued_on,
    due_on,
    paid_on,
    amount,
    known_at
FROM '{folder}/invoices.parquet'
