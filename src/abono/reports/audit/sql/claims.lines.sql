-- Each claim is asked for in lines: its document has a line for that subscription within the claimed period.
SELECT c.seller_id, c.subscription_id, c.period_from, c.period_to, c.document_id
FROM claims AS c
WHERE c.document_id IS NOT NULL AND NOT EXISTS (
  SELECT FROM lines AS l
  WHERE l.seller_id = c.seller_id AND l.document_id = c.document_id AND l.subscription_id = c.subscription_id
    AND l.charge_id IS NULL AND l.period_from >= c.period_from AND l.period_to <= c.period_to
)
