-- Nothing is taken away while an objection is open, on the day it is decided, or before a later date that was agreed on
-- is over, where the policy says so.
WITH harmful AS (
  SELECT t.*, regexp_replace(v.text, '#[^\n]*', '', 'g') AS text
  FROM steps AS t
  JOIN documents AS d ON d.seller_id = t.seller_id AND d.id = t.document_id
  JOIN policy_versions AS v ON v.seller_id = d.seller_id AND v.version = d.policy_version
  WHERE t.action IN ('suspend', 'terminate')
),
told AS (
  SELECT seller_id, document_id, on_date, kind, min(at) AS at
  FROM facts WHERE kind IN ('ObjectionRaised', 'LaterDateAgreed') GROUP BY seller_id, document_id, on_date, kind
)
SELECT t.seller_id, t.document_id, t.round_no, t.step_no, t.on_date, 'objection' AS held_by, o.opened_on AS since
FROM harmful AS t
JOIN objections AS o ON o.seller_id = t.seller_id AND o.document_id = t.document_id
  AND o.opened_on < t.on_date AND coalesce(o.decided_on, t.on_date) >= t.on_date
JOIN told AS f ON f.seller_id = t.seller_id AND f.document_id = t.document_id AND f.on_date = o.opened_on
  AND f.kind = 'ObjectionRaised' AND f.at < t.at
WHERE t.text !~ '\mneeds\M' OR t.text ~ '\mno-objection\M'
UNION ALL
SELECT t.seller_id, t.document_id, t.round_no, t.step_no, t.on_date, 'later date', a.granted_on
FROM harmful AS t
JOIN arrangements AS a ON a.seller_id = t.seller_id AND a.document_id = t.document_id
  AND a.granted_on < t.on_date AND a.until_on >= t.on_date
JOIN told AS f ON f.seller_id = t.seller_id AND f.document_id = t.document_id AND f.on_date = a.granted_on
  AND f.kind = 'LaterDateAgreed' AND f.at < t.at
WHERE t.text !~ '\mneeds\M' OR t.text ~ '\mno-arrangement\M'
