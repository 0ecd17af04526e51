-- Each series numbers one kind of document.
SELECT seller_id, series, string_agg(DISTINCT kind, ', ') AS kinds
FROM documents GROUP BY seller_id, series
HAVING count(DISTINCT kind) > 1
