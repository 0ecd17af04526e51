-- A period that is not billed has its reason in words, and one not billed for a pause lies within a pause.
SELECT c.seller_id, c.subscription_id, c.period_from, c.period_to, c.document_id, c.reason
FROM claims AS c
WHERE (c.document_id IS NULL) = (c.reason IS NULL)
  OR btrim(c.reason) = ''
  OR (starts_with(c.reason, 'pause') AND NOT EXISTS (
    SELECT FROM pauses AS p
    WHERE p.seller_id = c.seller_id AND p.subscription_id = c.subscription_id
      AND p.from_on <= c.period_from AND (p.to_on IS NULL OR p.to_on >= c.period_to)
  ))
