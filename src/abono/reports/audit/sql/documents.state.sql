-- Each document is in a state of its kind, and what is closed asks for nothing.
SELECT seller_id, id AS document_id, kind, series, number, state, gross_minor, open_minor
FROM documents
WHERE CASE kind
  WHEN 'request' THEN state NOT IN ('open', 'settled', 'voided') OR (state <> 'open' AND open_minor <> 0)
    OR (state = 'open' AND open_minor = 0)
  WHEN 'credit_note' THEN state <> 'issued' OR open_minor <> 0
  ELSE state <> 'issued'
END
