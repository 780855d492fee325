-- One row an invoice.
SELECT
    invoice_id,
    account_id,
    issued_on,
    due_on,
    paid_on,
    failed_on,
    amount
FROM read_parquet('{folder}/invoices.parquet')
