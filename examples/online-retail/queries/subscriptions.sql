-- There are no contracts: one subscription a customer, from the first purchase, that never ends. Churn is inactivity.
SELECT
    CAST(CustomerID AS VARCHAR) AS subscription_id,
    CAST(CustomerID AS VARCHAR) AS account_id,
    CAST(min(InvoiceDate) AS DATE) AS started_on
FROM '{folder}/online_retail.parquet'
WHERE CustomerID IS NOT NULL AND Quantity > 0 AND InvoiceNo NOT LIKE 'C%'
GROUP BY CustomerID
