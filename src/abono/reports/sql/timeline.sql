-- Everything that happened to a customer, or to a few documents of theirs: facts, money set against documents, steps of
-- their calendars, messages. A step stands behind what was written before it on its day, and before what it moved.
WITH mine AS (
  SELECT id FROM payments AS p WHERE p.seller_id = %(seller)s AND p.customer_id = %(customer)s
    AND %(documents)s::uuid[] IS NOT NULL
    AND EXISTS (SELECT 1 FROM allocations AS a WHERE a.seller_id = p.seller_id AND a.payment_id = p.id
                AND a.document_id = ANY(%(documents)s::uuid[]))
), story AS (
  SELECT id, kind, on_date, at, cause, data, customer_id, document_id, subject_id, NULL::bigint AS amount_minor
  FROM facts
  WHERE seller_id = %(seller)s AND customer_id = %(customer)s
    AND (%(documents)s::uuid[] IS NULL OR document_id = ANY(%(documents)s::uuid[])
         OR subject_id IN (SELECT id FROM mine))
  UNION ALL
  SELECT f.id, f.kind, f.on_date, f.at, f.cause, f.data, f.customer_id, f.document_id, f.subject_id, NULL
  FROM facts AS f
  WHERE f.seller_id = %(seller)s AND f.subject_id = %(customer)s AND %(documents)s::uuid[] IS NULL
    AND f.customer_id IN (SELECT s.customer_id FROM sponsorships AS s
                          WHERE s.seller_id = %(seller)s AND s.payer_id = %(customer)s)
  UNION ALL
  SELECT id, CASE WHEN amount_minor > 0 THEN 'MoneyUsed' ELSE 'MoneyFreed' END, on_date, NULL, cause, NULL, customer_id,
         document_id, payment_id, abs(amount_minor)
  FROM allocations
  WHERE seller_id = %(seller)s AND customer_id = %(customer)s
    AND (%(documents)s::uuid[] IS NULL OR document_id = ANY(%(documents)s::uuid[]))
  UNION ALL
  SELECT (SELECT f.id FROM facts AS f WHERE f.seller_id = t.seller_id AND f.customer_id = t.customer_id
            AND f.on_date = t.on_date AND f.at <= t.at AND NOT (f.document_id IS NOT DISTINCT FROM t.document_id
              AND f.kind IN ('ServiceSuspended', 'ProjectFrozen', 'ServiceTerminated', 'RequestVoided'))
          ORDER BY f.id DESC LIMIT 1),
         CASE WHEN t.outcome = 'missed' THEN 'StepMissed'
              ELSE concat_ws('.', 'Step' || initcap(t.action), t.scope) END, t.on_date, t.at, '',
         jsonb_build_object('step_no', t.step_no, 'round_no', t.round_no, 'scheduled_on', t.scheduled_on),
         t.customer_id, t.document_id, NULL, NULL
  FROM steps AS t
  WHERE t.seller_id = %(seller)s AND t.customer_id = %(customer)s
    AND (%(documents)s::uuid[] IS NULL OR t.document_id = ANY(%(documents)s::uuid[]))
  UNION ALL
  SELECT m.id, CASE WHEN m.state = 'sending' THEN 'MessageQueued'
                    WHEN m.state = 'sent' AND m.channel = 'portal' THEN 'MessageShown'
                    ELSE 'Message' || initcap(m.state) END,
         coalesce(e.on_date, m.left_on, m.made_on), coalesce(e.at, m.left_at, m.made_at), m.reason,
         jsonb_build_object('words', m.subject, 'channel', m.channel, 'recipient', m.recipient),
         m.customer_id, m.document_id, m.subscription_id, NULL
  FROM messages AS m
  LEFT JOIN LATERAL (SELECT on_date, at FROM message_events WHERE seller_id = m.seller_id AND message_id = m.id
                       AND kind = m.state ORDER BY at DESC, id DESC LIMIT 1) AS e ON true
  WHERE m.seller_id = %(seller)s AND m.customer_id = %(customer)s
    AND (%(documents)s::uuid[] IS NULL OR m.document_id = ANY(%(documents)s::uuid[]))
)
SELECT e.kind, e.on_date, e.at, e.cause, e.data, e.amount_minor, c.number, c.name,
       d.id, d.kind, d.series, d.number, d.currency, d.gross_minor, d.due_on, d.extra ->> 'request',
       d.policy_version, p.key, p.means, p.currency, p.amount_minor, s.id, s.words, s.currency, n.name, l.name, g.words, g.net_minor, g.currency,
       o.number, o.name, t.name
FROM story AS e
JOIN customers AS c ON c.seller_id = %(seller)s AND c.id = e.customer_id
-- A client of a partner is not told of the partner's documents.
LEFT JOIN documents AS d ON d.seller_id = %(seller)s AND d.id = e.document_id AND d.customer_id = %(customer)s
LEFT JOIN payments AS p ON p.seller_id = %(seller)s AND p.id = e.subject_id
LEFT JOIN subscriptions AS s ON s.seller_id = %(seller)s AND s.id = e.subject_id
LEFT JOIN plans AS n ON n.seller_id = %(seller)s AND n.id = coalesce((e.data ->> 'plan')::uuid, s.plan_id)
LEFT JOIN locations AS l ON l.seller_id = %(seller)s AND l.id = e.subject_id
LEFT JOIN charges AS g ON g.seller_id = %(seller)s AND g.id = e.subject_id
LEFT JOIN customers AS o ON o.seller_id = %(seller)s AND o.id = e.subject_id
LEFT JOIN contacts AS t ON t.seller_id = %(seller)s AND t.id = e.subject_id
ORDER BY e.on_date, e.id NULLS FIRST, e.kind LIKE 'Step%%', (e.data ->> 'step_no')::int
