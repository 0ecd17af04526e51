"""The database as the last judge of what stops a service: statement-level checks, for every role, the engine's too.

- A service changes its state only by its next move (`subscriptions.move_no`, kept by a foreign key to `service_moves`
  and by the trigger here), and a move only with a cause that is true at that moment.
- A hold needs an executed step of its document, a document that is overdue and owed, and a service in the step's scope
  that is the debtor's or paid for by it; it closes only when the document is owed no longer, the service is the
  debtor's no longer, or the service is over.
- A harmful step needs a document that is overdue and owed, and is never later than the latest day that ran; before a
  first run there is none.
"""

# The services that a document bills: from its lines, its annex, its charges and its claims.
_ON_DOCUMENT = """(
      EXISTS (SELECT FROM lines AS l WHERE l.seller_id = {one}.seller_id AND l.document_id = {one}.document_id
              AND l.subscription_id = {one}.subscription_id)
      OR EXISTS (SELECT FROM annex_rows AS a WHERE a.seller_id = {one}.seller_id AND a.document_id = {one}.document_id
                 AND a.subscription_id = {one}.subscription_id)
      OR EXISTS (SELECT FROM claims AS c WHERE c.seller_id = {one}.seller_id
                 AND c.subscription_id = {one}.subscription_id AND c.document_id = {one}.document_id)
      OR EXISTS (SELECT FROM lines AS l JOIN charges AS g ON g.seller_id = l.seller_id AND g.id = l.charge_id
                 WHERE l.seller_id = {one}.seller_id AND l.document_id = {one}.document_id
                 AND g.subscription_id = {one}.subscription_id))"""

# Who pays for a service on a day: the sponsor of its customer, else the customer.
_PAYER = """coalesce(
      (SELECT p.payer_id FROM sponsorships AS p WHERE p.seller_id = s.seller_id AND p.customer_id = s.customer_id
       AND p.from_on <= {day} AND (p.to_on IS NULL OR p.to_on > {day})), s.customer_id)"""

_MOVES = f"""
CREATE FUNCTION abono_service_moves_have_causes() RETURNS trigger LANGUAGE plpgsql
  SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE wrong record;
BEGIN
  SELECT f.subscription_id, f.before, f.after, f.cause INTO wrong
  FROM fresh AS f JOIN subscriptions AS s ON s.seller_id = f.seller_id AND s.id = f.subscription_id
  WHERE f.before <> s.state OR f.move_no <> coalesce(s.move_no, 0) + 1 LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'service % cannot move from % now', wrong.subscription_id, wrong.before
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  SELECT f.subscription_id, f.before, f.after, f.cause INTO wrong
  FROM fresh AS f JOIN subscriptions AS s ON s.seller_id = f.seller_id AND s.id = f.subscription_id
  WHERE NOT CASE
    WHEN f.after IN ('suspended', 'frozen') THEN f.cause = 'step' AND EXISTS (
      SELECT FROM holds AS h JOIN documents AS d ON d.seller_id = h.seller_id AND d.id = h.document_id
      WHERE h.seller_id = f.seller_id AND h.subscription_id = f.subscription_id AND h.document_id = f.document_id
        AND h.round_no = f.round_no AND h.step_no = f.step_no AND h.closed_on IS NULL AND h.opened_on = f.on_date
        AND d.state = 'open' AND d.open_minor > 0)
    WHEN f.after = 'terminated' THEN f.cause = 'step' AND EXISTS (
      SELECT FROM steps AS t JOIN documents AS d ON d.seller_id = t.seller_id AND d.id = t.document_id
      WHERE t.seller_id = f.seller_id AND t.document_id = f.document_id AND t.round_no = f.round_no
        AND t.step_no = f.step_no AND t.action = 'terminate' AND t.outcome = 'done' AND t.on_date = f.on_date
        AND d.state = 'open' AND d.open_minor > 0
        AND d.customer_id IN (s.customer_id, {_PAYER.format(day="f.on_date")})) AND {_ON_DOCUMENT.format(one="f")}
    WHEN f.after = 'cancelled' THEN f.cause = 'ended' AND s.ends_on IS NOT NULL AND s.ends_on <= f.on_date
    WHEN f.before IN ('suspended', 'frozen') THEN f.cause = 'released' AND NOT EXISTS (
      SELECT FROM holds AS h WHERE h.seller_id = f.seller_id AND h.subscription_id = f.subscription_id
        AND h.closed_on IS NULL)
    WHEN f.before = 'terminated' THEN f.cause IN ('paid', 'free') AND EXISTS (
      SELECT FROM recoveries AS r LEFT JOIN documents AS d ON d.seller_id = r.seller_id AND d.id = r.document_id
      WHERE r.seller_id = f.seller_id AND r.subscription_id = f.subscription_id AND r.state IN ('offered', 'asked')
        AND r.expires_on >= f.on_date AND r.document_id IS NOT DISTINCT FROM f.document_id
        AND ((r.document_id IS NULL AND r.fee_minor = 0) OR (d.open_minor = 0 AND d.state IN ('settled', 'issued'))))
    WHEN f.cause = 'paid' THEN EXISTS (
      SELECT FROM documents AS d WHERE d.seller_id = f.seller_id AND d.id = f.document_id AND d.open_minor = 0
        AND d.state IN ('settled', 'issued')) AND {_ON_DOCUMENT.format(one="f")}
    ELSE f.cause = 'free' AND EXISTS (
      SELECT FROM claims AS c WHERE c.seller_id = f.seller_id AND c.subscription_id = f.subscription_id
        AND c.reason = 'free')
  END LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'service % cannot go from % to %: its cause (%) is not true', wrong.subscription_id, wrong.before,
      wrong.after, wrong.cause USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER service_moves_have_causes AFTER INSERT ON service_moves REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION abono_service_moves_have_causes();

CREATE FUNCTION abono_services_move_in_turn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.move_no IS DISTINCT FROM coalesce(OLD.move_no, 0) + 1 THEN
    RAISE EXCEPTION 'a service changes its state only by its next move'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER services_move_in_turn BEFORE UPDATE OF state, move_no ON subscriptions FOR EACH ROW
  WHEN (OLD.state IS DISTINCT FROM NEW.state OR OLD.move_no IS DISTINCT FROM NEW.move_no)
  EXECUTE FUNCTION abono_services_move_in_turn();
"""

_STEPS = """
CREATE FUNCTION abono_harmful_steps_have_debts() RETURNS trigger LANGUAGE plpgsql
  SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE wrong record;
BEGIN
  SELECT f.document_id, f.step_no INTO wrong
  FROM fresh AS f
  JOIN documents AS d ON d.seller_id = f.seller_id AND d.id = f.document_id
  LEFT JOIN run_days AS r ON r.seller_id = f.seller_id
  WHERE f.customer_id <> d.customer_id OR (f.action IN ('suspend', 'terminate') AND NOT (
    d.state = 'open' AND d.open_minor > 0 AND d.due_on < f.on_date AND r.on_date IS NOT NULL AND f.on_date <= r.on_date
    AND f.scheduled_on > d.issued_on)) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'step % of document % has no overdue debt behind it', wrong.step_no, wrong.document_id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER harmful_steps_have_debts AFTER INSERT ON steps REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION abono_harmful_steps_have_debts();
"""

_HOLDS = f"""
CREATE FUNCTION abono_holds_have_steps() RETURNS trigger LANGUAGE plpgsql
  SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE wrong record;
BEGIN
  SELECT f.document_id, f.subscription_id INTO wrong
  FROM fresh AS f
  JOIN subscriptions AS s ON s.seller_id = f.seller_id AND s.id = f.subscription_id
  JOIN documents AS d ON d.seller_id = f.seller_id AND d.id = f.document_id
  JOIN steps AS t ON t.seller_id = f.seller_id AND t.document_id = f.document_id AND t.round_no = f.round_no
    AND t.step_no = f.step_no
  WHERE f.closed_on IS NOT NULL OR NOT (
    d.customer_id = f.customer_id AND d.state = 'open' AND d.open_minor > 0 AND d.due_on < f.opened_on
    AND t.action = 'suspend' AND t.outcome = 'done' AND t.on_date = f.opened_on AND t.scope = f.scope
    AND CASE f.scope WHEN 'document' THEN {_ON_DOCUMENT.format(one="f")}
          AND f.customer_id IN (s.customer_id, {_PAYER.format(day="f.opened_on")})
        ELSE {_PAYER.format(day="f.opened_on")} = f.customer_id END) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'document % cannot hold service %', wrong.document_id, wrong.subscription_id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER holds_have_steps AFTER INSERT ON holds REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION abono_holds_have_steps();

CREATE FUNCTION abono_holds_close_for_a_reason() RETURNS trigger LANGUAGE plpgsql
  SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE wrong record;
BEGIN
  SELECT f.document_id, f.subscription_id INTO wrong
  FROM fresh AS f
  JOIN stale AS o ON o.seller_id = f.seller_id AND o.subscription_id = f.subscription_id
    AND o.document_id = f.document_id AND o.round_no = f.round_no AND o.scope = f.scope
  JOIN subscriptions AS s ON s.seller_id = f.seller_id AND s.id = f.subscription_id
  JOIN documents AS d ON d.seller_id = f.seller_id AND d.id = f.document_id
  WHERE o.closed_on IS NOT NULL OR NOT CASE f.closed_by
    WHEN 'left' THEN {_PAYER.format(day="f.closed_on")} <> f.customer_id
    WHEN 'ended' THEN s.state IN ('terminated', 'cancelled')
    ELSE d.open_minor = 0 END LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'document % still holds service %', wrong.document_id, wrong.subscription_id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER holds_close_for_a_reason AFTER UPDATE ON holds
  REFERENCING OLD TABLE AS stale NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION abono_holds_close_for_a_reason();
"""

CHECKS = _STEPS + _HOLDS + _MOVES

# A claim that no document asks for may become shorter, when the service ended within it; never one that another follows
# (a foreign key keeps that).
CLAIMS_MAY_SHRINK = """
DROP TRIGGER claims_frozen ON claims;
CREATE TRIGGER claims_frozen BEFORE UPDATE ON claims
  FOR EACH ROW EXECUTE FUNCTION abono_only_columns_change('document_id', 'reason', 'period_to');
CREATE FUNCTION abono_claims_may_shrink() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.period_to > OLD.period_to OR NEW.reason IS NULL THEN
    RAISE EXCEPTION 'a row of claims is frozen' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER claims_may_shrink BEFORE UPDATE OF period_to ON claims FOR EACH ROW
  WHEN (OLD.period_to IS DISTINCT FROM NEW.period_to) EXECUTE FUNCTION abono_claims_may_shrink();
"""
