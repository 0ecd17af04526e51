-- Numbers follow the calendar: in each series a later number was never issued on an earlier day.
SELECT seller_id, series, number, issued_on, issued_before
FROM (
  SELECT seller_id, series, number, issued_on,
    lag(issued_on) OVER (PARTITION BY seller_id, series ORDER BY number) AS issued_before
  FROM documents
) AS numbered
WHERE issued_on < issued_before
