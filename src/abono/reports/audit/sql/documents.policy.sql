-- Each document was issued under a policy that was in force on its day.
SELECT d.seller_id, d.id AS document_id, d.series, d.number, d.issued_on, d.policy_version, v.effective_on
FROM documents AS d
LEFT JOIN policy_versions AS v ON v.seller_id = d.seller_id AND v.version = d.policy_version
WHERE v.version IS NULL OR v.effective_on > d.issued_on OR v.invoice_when <> d.invoice_when
