-- Documents by id, as far as what lies ahead of them is told, with the step that waits, the latest objection
-- and the latest charge of a saved method.
SELECT d.id, d.customer_id, d.kind, d.extra ->> 'request', d.series, d.number, d.policy_version, d.currency, d.state,
       d.open_minor, d.issued_on, d.due_on, p.round_no, p.step_no, p.until_on, p.why,
       (SELECT max(a.until_on) FROM arrangements AS a WHERE a.seller_id = d.seller_id AND a.document_id = d.id),
       (SELECT max(o.opened_on) FROM objections AS o WHERE o.seller_id = d.seller_id AND o.document_id = d.id),
       (SELECT min(e.on_date) FROM messages AS m JOIN message_events AS e ON e.seller_id = m.seller_id
          AND e.message_id = m.id AND e.kind = 'received'
        WHERE m.seller_id = d.seller_id AND m.document_id = d.id AND m.kind IN ('issued', 'invoice')),
       t.state, t.retry_on
FROM documents AS d
LEFT JOIN postponed_steps AS p ON p.seller_id = d.seller_id AND p.document_id = d.id
LEFT JOIN LATERAL (SELECT state, retry_on FROM attempts WHERE seller_id = d.seller_id AND document_id = d.id
                   ORDER BY id DESC LIMIT 1) AS t ON true
WHERE d.seller_id = %(seller)s AND d.id = ANY(%(documents)s::uuid[])
ORDER BY d.due_on, d.id
