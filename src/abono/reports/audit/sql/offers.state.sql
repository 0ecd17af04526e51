-- An offer of a longer period is for a service of its customer and for more of the same time; what became of it is on
-- record on the day it was decided.
SELECT o.seller_id, o.id AS offer_id, o.subscription_id, o.state, o.made_on, o.decided_on
FROM period_offers AS o
JOIN subscriptions AS s ON s.seller_id = o.seller_id AND s.id = o.subscription_id
WHERE o.customer_id <> s.customer_id OR (o.now_unit = o.new_unit AND o.new_count <= o.now_count)
  OR o.decided_on < o.made_on OR (o.state = 'open') <> (o.decided_on IS NULL)
  OR (o.state IN ('accepted', 'applied', 'declined') AND NOT EXISTS (
    SELECT FROM facts AS f
    WHERE f.seller_id = o.seller_id AND f.subject_id = o.subscription_id AND f.on_date = o.decided_on
      AND f.kind = CASE o.state WHEN 'declined' THEN 'LongerPeriodDeclined' ELSE 'LongerPeriodTaken' END
  ))
