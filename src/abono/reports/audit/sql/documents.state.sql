-- Each document is in a state of its kind: what is open asks for something, what is settled, voided or a credit note for
-- nothing.
SELECT seller_id, id AS document_id, kind, series, number, state, gross_minor, open_minor
FROM documents
WHERE NOT CASE kind
  WHEN 'request' THEN state IN ('open', 'settled', 'voided') AND (state = 'open') = (open_minor > 0)
  WHEN 'credit_note' THEN state = 'issued' AND open_minor = 0
  ELSE state IN ('open', 'settled') AND (state = 'open') = (open_minor > 0)
END
