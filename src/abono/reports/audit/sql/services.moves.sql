-- Services move as the table of moves allows, each move from where the one before it led, none left out, each with the
-- cause that such a move must have: an executed step, what was paid, what holds no longer, the contract's end.
WITH allowed (before, after) AS (
  VALUES ('ordered', 'active'), ('ordered', 'cancelled'),
    ('active', 'suspended'), ('active', 'frozen'), ('active', 'terminated'), ('active', 'cancelled'),
    ('suspended', 'active'), ('suspended', 'terminated'), ('suspended', 'cancelled'),
    ('frozen', 'active'), ('frozen', 'cancelled'), ('terminated', 'active')
),
moves AS (
  SELECT m.*, lag(after) OVER told AS led_to, coalesce(lag(move_no) OVER told, 0) AS previous_no
  FROM service_moves AS m
  WINDOW told AS (PARTITION BY seller_id, subscription_id ORDER BY move_no)
)
SELECT m.seller_id, m.subscription_id, m.move_no, m.before, m.after, m.led_to, m.cause, m.document_id
FROM moves AS m
WHERE m.before <> m.led_to
  OR (m.led_to IS NULL AND m.before NOT IN ('ordered', 'active'))
  OR m.move_no <> m.previous_no + 1
  OR NOT EXISTS (SELECT FROM allowed AS a WHERE a.before = m.before AND a.after = m.after)
  OR NOT CASE
    WHEN m.after IN ('suspended', 'frozen') THEN m.cause = 'step' AND EXISTS (
      SELECT FROM holds AS h
      WHERE h.seller_id = m.seller_id AND h.subscription_id = m.subscription_id AND h.document_id = m.document_id
        AND h.round_no = m.round_no AND h.step_no = m.step_no AND h.opened_on = m.on_date
    )
    WHEN m.after = 'terminated' THEN m.cause = 'step' AND EXISTS (
      SELECT FROM steps AS t
      WHERE t.seller_id = m.seller_id AND t.document_id = m.document_id AND t.round_no = m.round_no
        AND t.step_no = m.step_no AND t.action = 'terminate' AND t.on_date = m.on_date
    )
    WHEN m.after = 'cancelled' THEN m.cause = 'ended'
    WHEN m.before IN ('suspended', 'frozen') THEN m.cause = 'released'
    WHEN m.before = 'terminated' THEN m.cause IN ('paid', 'free') AND EXISTS (
      SELECT FROM recoveries AS r
      WHERE r.seller_id = m.seller_id AND r.subscription_id = m.subscription_id AND r.state = 'recovered'
        AND r.document_id IS NOT DISTINCT FROM m.document_id
    )
    WHEN m.cause = 'paid' THEN EXISTS (
      SELECT FROM documents AS d
      LEFT JOIN allocations AS a ON a.seller_id = d.seller_id AND a.document_id = d.id AND a.amount_minor > 0
      WHERE d.seller_id = m.seller_id AND d.id = m.document_id AND (d.gross_minor = 0 OR a.id IS NOT NULL)
    )
    ELSE m.cause = 'free'
  END
