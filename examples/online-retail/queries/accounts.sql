-- An account is a customer who has bought something, not one who only ever sent goods back. It is known from its first
-- purchase, and its country is that of this purchase: eight customers have a second one later.
SELECT
    CAST(CustomerID AS VARCHAR) AS account_id,
    CAST(min(InvoiceDate) AS DATE) AS created_on,
    'Customer ' || CustomerID AS name,
    if(arg_min(Country, (InvoiceDate, InvoiceNo)) = 'United Kingdom', 'home', 'abroad') AS segment,
    arg_min(Country, (InvoiceDate, InvoiceNo)) AS region
FROM '{folder}/online_retail.parquet'
WHERE CustomerID IS NOT NULL AND Quantity > 0 AND InvoiceNo NOT LIKE 'C%'
GROUP BY CustomerID
