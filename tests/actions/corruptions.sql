-- Ways to spoil sound books past every key and trigger. Each begins with the check that must find it and what it is for
-- people; then the SQL that does it to the world of `sound_world.py`. One may break more than one thing: the check named
-- must be among those that find it. `pg_temp.doc(seller, series, number)` and `pg_temp.customer(name)` give ids.

-- == Periods

-- claims.gap: a claim in the middle deleted
DELETE FROM claims WHERE period_from = '2026-02-28' AND seller_id = 1;

-- claims.gap: the first claim begins after the start
UPDATE claims SET period_from = '2026-02-02' WHERE period_from = '2026-01-31';

-- claims.overlap: a claim begins before the one before it ended
UPDATE claims SET period_from = '2026-03-30', follows = '2026-03-30' WHERE period_from = '2026-03-31';

-- claims.overlap: a day claimed before the start
UPDATE claims SET period_from = '2026-01-30' WHERE period_from = '2026-01-31';

-- claims.link: a link cut
ALTER TABLE claims DROP CONSTRAINT claims_follow_at_once;
DROP INDEX claims_one_first;
UPDATE claims SET follows = NULL WHERE period_from = '2026-03-31';

-- claims.cursor: billing set back, so that a period would be asked for twice
UPDATE cursors SET billed_to = '2026-03-31' WHERE billed_to = '2026-04-30';

-- claims.cursor: billing set on, so that a period would never be asked for
UPDATE cursors SET billed_to = '2026-06-01' WHERE billed_to = '2026-05-01' AND seller_id = 1;

-- claims.cursor: the last claim deleted
DELETE FROM claims WHERE period_to = '2026-04-15';

-- claims.contract: a contract drops out of billing
DELETE FROM cursors WHERE billed_to = '2026-04-30';

-- claims.ended: billing goes on after the end
UPDATE subscriptions SET ends_on = '2026-04-30' WHERE started_on = '2026-01-31';

-- claims.next_payer: a client would be asked though a partner pays
UPDATE cursors AS k SET payer_id = s.customer_id FROM subscriptions AS s
  WHERE s.id = k.subscription_id AND s.started_on = '2026-04-01';

-- claims.payer: a period asked of somebody else
UPDATE documents SET customer_id = pg_temp.customer('Boris') WHERE id = pg_temp.doc(1, 'P-2026', 1);

-- claims.currency: a period asked for in another currency
UPDATE subscriptions SET currency = 'USD' WHERE started_on = '2026-01-31';

-- claims.document: a claim left on a voided request
UPDATE claims SET document_id = pg_temp.doc(1, 'P-2026', 2) WHERE period_from = '2026-03-31';

-- claims.document: a claim moved to an invoice that was made from a request
UPDATE claims SET document_id = pg_temp.doc(1, 'I-2026', 1) WHERE period_from = '2026-01-31';

-- claims.reason: a blank reason
UPDATE claims SET reason = ' ' WHERE reason IS NOT NULL;

-- claims.reason: paused without a pause
DELETE FROM pauses;

-- claims.lines: a claim whose document has no line for it
DELETE FROM lines WHERE document_id = pg_temp.doc(1, 'P-2026', 5);

-- claims.missing: a period asked for without a claim
DELETE FROM claims WHERE document_id = pg_temp.doc(1, 'P-2026', 6);

-- claims.missing: a line moved to a period that is not claimed
UPDATE lines SET period_from = '2026-05-10', period_to = '2026-06-10'
  WHERE document_id = pg_temp.doc(1, 'P-2026', 5);

-- claims.missing: a client's service on the partner's line without a claim
DELETE FROM claims WHERE reason IS NULL AND period_from = '2026-04-01' AND document_id = pg_temp.doc(2, 'I-2026', 5)
  AND subscription_id IN (SELECT subscription_id FROM annex_rows WHERE row_no = 4);

-- claims.lines: a client's service that the partner's annex does not name
DELETE FROM annex_rows WHERE row_no = 4;

-- claims.cycle: a monthly period of two months
UPDATE claims SET period_to = '2026-05-31' WHERE period_to = '2026-04-30';

-- claims.cycle: a period cut short
UPDATE claims SET period_to = '2026-04-28' WHERE period_to = '2026-04-30';

-- claims.cycle: a week of ten days
UPDATE claims SET period_to = '2026-02-14' WHERE period_to = '2026-02-11';

-- == Documents

-- documents.sum: a line made cheaper
UPDATE lines SET net_minor = net_minor - 1 WHERE document_id = pg_temp.doc(1, 'I-2026', 1);

-- documents.sum: a gross of its own
ALTER TABLE documents DROP CONSTRAINT documents_add_up;
UPDATE documents SET gross_minor = gross_minor + 1 WHERE id = pg_temp.doc(1, 'I-2026', 1);

-- documents.sum: taxes emptied
UPDATE documents SET taxes = '[]' WHERE id = pg_temp.doc(1, 'I-2026', 1);

-- documents.rate: a tax that is not its rate of its base
UPDATE documents SET taxes = jsonb_set(taxes, '{0,1}', '1900') WHERE id = pg_temp.doc(1, 'I-2026', 1);

-- documents.rate: taxes that are no list
UPDATE documents SET taxes = '{"a": 1}' WHERE id = pg_temp.doc(1, 'I-2026', 1);

-- documents.base: a line that is not taxed
UPDATE lines SET tax_code = 'T-C' WHERE document_id = pg_temp.doc(1, 'I-2026', 1);

-- documents.annex: a share of a location changed
UPDATE annex_rows SET net_minor = net_minor + 1 WHERE row_no = 1 AND document_id = pg_temp.doc(2, 'I-2026', 5);

-- documents.annex: a location left out
DELETE FROM annex_rows WHERE row_no = 2;

-- documents.state: an invoice voided
ALTER TABLE documents DROP CONSTRAINT documents_only_requests_void;
UPDATE documents SET state = 'voided', open_minor = 0 WHERE id = pg_temp.doc(2, 'I-2026', 1);

-- documents.state: a settled request still asks
UPDATE documents SET open_minor = 5 WHERE id = pg_temp.doc(1, 'P-2026', 1);

-- documents.open: an invoice asks for less
UPDATE documents SET open_minor = 1 WHERE id = pg_temp.doc(2, 'I-2026', 1);

-- documents.open: a request asks for all again
UPDATE documents SET open_minor = gross_minor WHERE id = pg_temp.doc(1, 'P-2026', 3);

-- documents.credit: more credited than was asked
ALTER TABLE documents DROP CONSTRAINT documents_add_up;
UPDATE documents SET gross_minor = gross_minor * 9, net_minor = net_minor * 9
  WHERE id = pg_temp.doc(2, 'N-2026', 1);

-- documents.credit: a credit note to another customer
UPDATE documents SET customer_id = pg_temp.customer('Frida') WHERE id = pg_temp.doc(2, 'N-2026', 1);

-- documents.replaced: a request replaced though not voided
UPDATE documents SET state = 'open', open_minor = gross_minor WHERE id = pg_temp.doc(1, 'P-2026', 2);

-- documents.replaced: an invoice replaced though not taken back
UPDATE documents SET corrects_id = NULL, kind = 'receipt' WHERE id = pg_temp.doc(2, 'N-2026', 2);

-- documents.policy: issued under a policy that came later
UPDATE policy_versions SET effective_on = '2026-02-01' WHERE seller_id = 1;

-- documents.digest: a word changed
UPDATE lines SET words = 'Other' WHERE document_id = pg_temp.doc(1, 'I-2026', 1);

-- documents.digest: a due date moved
UPDATE documents SET due_on = '2026-12-31' WHERE id = pg_temp.doc(2, 'I-2026', 5);

-- documents.digest: evidence added later
UPDATE documents SET extra = extra || '{"a": 1}' WHERE id = pg_temp.doc(2, 'I-2026', 5);

-- documents.digest: a location renamed
UPDATE annex_rows SET location = 'Elsewhere' WHERE row_no = 1;

-- documents.digest: a document and its digest from elsewhere
UPDATE documents SET digest = (SELECT digest FROM documents WHERE id = pg_temp.doc(1, 'P-2026', 1))
  WHERE id = pg_temp.doc(1, 'P-2026', 4);

-- words.digest: a customer renamed on issued paper
UPDATE party_words SET body = '{"name": "Other"}' WHERE body ->> 'name' = 'Anna';

-- invoices.basis: an invoice without its settlement
ALTER TABLE documents DROP CONSTRAINT documents_no_fiscal_before_payment;
UPDATE documents SET settlement_id = NULL WHERE id = pg_temp.doc(1, 'I-2026', 1);

-- invoices.basis: an invoice that asks for money before payment
ALTER TABLE documents DROP CONSTRAINT documents_no_fiscal_before_payment;
UPDATE documents SET basis = 'asks', settlement_id = NULL, request_id = NULL
  WHERE id = pg_temp.doc(1, 'I-2026', 1);

-- invoices.basis: a settlement deleted
DELETE FROM settlements WHERE on_date = '2026-01-25';

-- invoices.basis: settled only after the invoice
UPDATE settlements SET on_date = '2026-01-26' WHERE on_date = '2026-01-25';

-- invoices.request: an invoice over more than its request
UPDATE documents SET gross_minor = gross_minor + 10, net_minor = net_minor + 10
  WHERE id = pg_temp.doc(1, 'I-2026', 1);

-- invoices.waiting: a waiting row lost
DELETE FROM waiting_invoices;

-- invoices.waiting: a request waits though it has its invoice
UPDATE waiting_invoices SET request_id = pg_temp.doc(1, 'P-2026', 1);

-- settlements.covered: settled by less than its gross
UPDATE allocations SET amount_minor = amount_minor - 1 WHERE document_id = pg_temp.doc(1, 'P-2026', 1);

-- settlements.held: the money of a paid request taken away
DELETE FROM allocations WHERE document_id = pg_temp.doc(1, 'P-2026', 4);

-- settlements.state: called settled without a settlement
UPDATE documents SET state = 'settled', open_minor = 0 WHERE id = pg_temp.doc(1, 'P-2026', 3);

-- series.gap: a document deleted
DELETE FROM documents WHERE id = pg_temp.doc(1, 'P-2026', 4);

-- series.gap: the last document deleted
DELETE FROM documents WHERE id = pg_temp.doc(2, 'I-2026', 5);

-- series.gap: the counter set back
UPDATE series SET next_no = 2 WHERE seller_id = 1;

-- series.gap: a number skipped
UPDATE documents SET number = 77 WHERE id = pg_temp.doc(1, 'P-2026', 4);

-- series.order: a document dated back
UPDATE documents SET issued_on = '2026-01-01' WHERE id = pg_temp.doc(2, 'I-2026', 5);

-- series.kind: a receipt among the invoices
UPDATE documents SET series = 'I-2026', number = 60 WHERE kind = 'receipt';

-- == Money

-- payments.state: a payment called settled
UPDATE payments SET state = 'settled' WHERE state = 'reported';

-- payments.moves: a move deleted
DELETE FROM payment_moves WHERE before IS NULL;

-- payments.moves: a move that is not allowed
UPDATE payment_moves SET before = 'failed' WHERE after = 'returned';

-- payments.sum: money made free twice
UPDATE payments SET free_minor = free_minor + 100
  WHERE id = (SELECT id FROM payments WHERE free_minor > 0 ORDER BY id LIMIT 1);

-- payments.sum: a returned payment keeps paying
DELETE FROM allocations WHERE amount_minor < 0 AND seller_id = 1 AND on_date = '2026-04-14';

-- payments.unsettled: money used before it arrived
UPDATE payments SET state = 'reported' WHERE on_date = '2026-01-25';

-- payments.fee: a fee without receipt
UPDATE payments SET fee_minor = 500 WHERE means = 'card';

-- payments.refund: a refund to somebody else
UPDATE refunds SET customer_id = pg_temp.customer('Frida');

-- payments.chosen: meant for a document of nobody
UPDATE payments SET chosen_ids = '["x"]' WHERE state = 'reported';

-- allocations.document: more money than a document asks for
UPDATE allocations SET amount_minor = 99999 WHERE document_id = pg_temp.doc(2, 'I-2026', 1);

-- allocations.document: money on a voided request
UPDATE allocations SET document_id = pg_temp.doc(1, 'P-2026', 2)
  WHERE document_id = pg_temp.doc(1, 'P-2026', 3);

-- allocations.customer: one customer's money pays for another
UPDATE payments SET customer_id = pg_temp.customer('Boris') WHERE on_date = '2026-03-25';

-- books.requests: a request not booked
DELETE FROM transfers WHERE cause = 'request_issued' AND on_date = '2026-04-10';

-- books.requests: a voided request not reversed
DELETE FROM transfers WHERE cause = 'request_voided';

-- books.settled: a settled request not reversed
DELETE FROM transfers WHERE cause = 'request_settled' AND on_date = '2026-01-25';

-- books.settled: a reopened request not booked again
DELETE FROM transfers WHERE cause = 'request_reopened';

-- books.invoices: more revenue than net
UPDATE transfers SET amount_minor = amount_minor + 1 WHERE credit = 'revenue' AND on_date = '2026-01-25';

-- books.invoices: tax on the wrong account
UPDATE transfers SET credit = 'tax:T-B' WHERE credit = 'tax:T-A' AND on_date = '2026-01-25';

-- books.invoices: a credit note not booked
DELETE FROM transfers WHERE cause = 'credit_note' AND on_date = '2026-01-22';

-- books.fees: a fee not booked
DELETE FROM transfers WHERE cause = 'fee';

-- books.fees: a returned fee changed
UPDATE transfers SET amount_minor = 14 WHERE cause = 'fee_returned';

-- books.fees: a fee given back without its credit note
UPDATE documents SET corrects_id = pg_temp.doc(2, 'I-2026', 1) WHERE id = pg_temp.doc(2, 'N-2026', 3);

-- books.payments: a payment booked short
UPDATE transfers SET amount_minor = amount_minor - 1 WHERE cause = 'payment_settled' AND on_date = '2026-01-25';

-- books.payments: cleared elsewhere
UPDATE transfers SET debit = 'clearing:card' WHERE cause = 'payment_settled' AND on_date = '2026-01-25';

-- books.payments: a return not booked
DELETE FROM transfers WHERE cause = 'payment_returned' AND on_date = '2026-04-20';

-- books.payments: a refund not booked
DELETE FROM transfers WHERE cause = 'refund';

-- books.used: a paid invoice not booked as paid
DELETE FROM transfers WHERE cause = 'invoice_issued' AND debit = 'money' AND on_date = '2026-01-25';

-- books.used: an invoice not reopened
DELETE FROM transfers WHERE cause = 'invoice_reopened';

-- books.shape: revenue from a request
UPDATE transfers SET credit = 'revenue' WHERE cause = 'request_issued' AND on_date = '2026-01-20';

-- books.shape: a negative movement
ALTER TABLE transfers DROP CONSTRAINT transfers_positive;
UPDATE transfers SET amount_minor = -amount_minor WHERE cause = 'payout';

-- books.cause: a movement without cause
UPDATE transfers SET cause_id = gen_random_uuid() WHERE cause = 'write_off';

-- books.dates: a movement dated back
UPDATE transfers SET on_date = '2026-01-01' WHERE cause = 'request_settled' AND on_date = '2026-01-25';

-- books.asked: a memo that is not a request's
UPDATE transfers SET amount_minor = amount_minor + 1 WHERE cause = 'request_issued' AND on_date = '2026-03-22';

-- books.receivable: a debt forgotten
DELETE FROM transfers WHERE cause = 'invoice_issued' AND on_date = '2026-04-01';

-- books.receivable: a debt moved to another customer
UPDATE transfers SET customer_id = pg_temp.customer('Ivan')
  WHERE cause = 'invoice_issued' AND on_date = '2026-04-01';

-- books.money: a customer's money spent twice
UPDATE transfers SET amount_minor = amount_minor + 9999 WHERE cause = 'refund';

-- books.money: a customer's money lost
UPDATE payments SET free_minor = 0 WHERE free_minor > 0 AND seller_id = 1;

-- == What stops and what restores

-- services.state: suspended though nothing holds it
UPDATE holds SET closed_on = '2026-02-20', closed_at = opened_at, closed_by = 'paid' WHERE document_id = pg_temp.doc(3, 'P-2026', 1);

-- services.state: a service set active by hand
UPDATE subscriptions SET state = 'active' WHERE seller_id = 3 AND state = 'suspended';

-- services.state: a service that moved no more, though it says so
UPDATE subscriptions SET move_no = 7 WHERE seller_id = 3 AND state = 'frozen';

-- services.state: active though a document holds it
UPDATE holds SET closed_on = NULL, closed_at = NULL, closed_by = NULL WHERE document_id = pg_temp.doc(3, 'P-2026', 5);

-- services.moves: a move deleted
DELETE FROM service_moves WHERE seller_id = 3 AND move_no = 2;

-- services.moves: a move that is not allowed
ALTER TABLE service_moves DROP CONSTRAINT service_moves_allowed;
UPDATE service_moves SET before = 'cancelled' WHERE seller_id = 3 AND cause = 'released';

-- services.moves: suspended because of a step that is not there
UPDATE service_moves SET step_no = 9 WHERE seller_id = 3 AND after = 'suspended';

-- services.moves: suspended before its step
UPDATE service_moves SET on_date = on_date - 1 WHERE seller_id = 3 AND after = 'frozen';

-- services.moves: terminated by the wrong document
UPDATE service_moves SET document_id = pg_temp.doc(3, 'P-2026', 1) WHERE seller_id = 3 AND after = 'terminated';

-- services.moves: restored by nothing
UPDATE service_moves SET cause = 'free' WHERE seller_id = 3 AND cause = 'released';

-- services.moves: recovered without a recovery
UPDATE recoveries SET state = 'expired', decided_on = expires_on + 1 WHERE state = 'recovered';

-- services.over: a terminated service is still billed
INSERT INTO cursors (seller_id, payer_id, subscription_id, billed_to)
  SELECT seller_id, customer_id, id, ends_on FROM subscriptions WHERE state = 'terminated';

-- services.over: a terminated service is still asked for
UPDATE claims SET document_id = pg_temp.doc(3, 'P-2026', 1), reason = NULL
  WHERE subscription_id = (SELECT id FROM subscriptions WHERE state = 'terminated');

-- services.over: a terminated service without an end
UPDATE subscriptions SET ends_on = NULL WHERE state = 'terminated';

-- holds.step: a hold without its step
DELETE FROM steps WHERE document_id = pg_temp.doc(3, 'P-2026', 1) AND scope = 'document';

-- holds.step: a hold opened on another day
UPDATE holds SET opened_on = opened_on - 1 WHERE document_id = pg_temp.doc(3, 'P-2026', 1);

-- holds.step: a hold for another debtor
UPDATE holds SET customer_id = pg_temp.customer('Lena') WHERE document_id = pg_temp.doc(3, 'P-2026', 1);

-- holds.step: a hold by a reminder
UPDATE holds SET step_no = 1 WHERE document_id = pg_temp.doc(3, 'P-2026', 1) AND scope = 'document';

-- holds.step: a service that is not on the document
UPDATE holds SET subscription_id = (SELECT id FROM subscriptions WHERE customer_id = pg_temp.customer('Pablo'))
  WHERE document_id = pg_temp.doc(3, 'P-2026', 1) AND scope = 'document';

-- holds.step: a service that the debtor does not pay for
UPDATE holds SET subscription_id = (SELECT id FROM subscriptions WHERE customer_id = pg_temp.customer('Pablo'))
  WHERE document_id = pg_temp.doc(3, 'P-2026', 1) AND scope = 'debtor'
    AND subscription_id = (SELECT id FROM subscriptions WHERE state = 'frozen');

-- holds.open: held for a document that is voided
UPDATE holds SET closed_on = NULL, closed_at = NULL, closed_by = NULL WHERE document_id = pg_temp.doc(3, 'P-2026', 4);

-- holds.open: closed as paid though it is owed
UPDATE holds SET closed_on = opened_on, closed_at = opened_at, closed_by = 'paid'
  WHERE document_id = pg_temp.doc(3, 'P-2026', 1);

-- holds.open: closed as voided though it was paid
UPDATE holds SET closed_by = 'voided' WHERE document_id = pg_temp.doc(3, 'P-2026', 2);

-- holds.open: closed as left though nobody left
UPDATE holds SET closed_by = 'left' WHERE document_id = pg_temp.doc(3, 'P-2026', 2);

-- holds.open: closed as over though the service is not
UPDATE holds SET closed_by = 'ended' WHERE document_id = pg_temp.doc(3, 'P-2026', 2);

-- holds.open: held by a round that is over
UPDATE holds SET round_no = 0 WHERE document_id = pg_temp.doc(3, 'I-2026', 1);

-- holds.missing: a service was spared
DELETE FROM holds WHERE document_id = pg_temp.doc(3, 'P-2026', 1) AND scope = 'document';

-- holds.missing: a service beside the document's was spared
DELETE FROM holds WHERE document_id = pg_temp.doc(3, 'P-2026', 1) AND scope = 'debtor' AND subscription_id NOT IN
  (SELECT subscription_id FROM lines WHERE document_id = pg_temp.doc(3, 'P-2026', 1));

-- holds.missing: a partner's client was spared
DELETE FROM holds WHERE closed_by = 'left';

-- steps.once: a step executed twice
ALTER TABLE steps DROP CONSTRAINT steps_pkey CASCADE;
INSERT INTO steps SELECT * FROM steps WHERE seller_id = 3 AND action = 'remind';

-- steps.once: a step for another customer
UPDATE steps SET customer_id = pg_temp.customer('Lena') WHERE document_id = pg_temp.doc(3, 'P-2026', 1);

-- steps.once: a round that nothing opened
UPDATE steps SET round_no = 4 WHERE document_id = pg_temp.doc(3, 'P-2026', 1) AND action = 'remind';

-- steps.order: suspended before the document was due
UPDATE steps SET on_date = '2026-02-10', scheduled_on = '2026-02-10'
  WHERE document_id = pg_temp.doc(3, 'P-2026', 1) AND scope = 'document';

-- steps.order: suspended and terminated on one day
UPDATE steps SET on_date = '2026-02-15', scheduled_on = '2026-02-15' WHERE action = 'terminate';

-- steps.order: terminated sooner after the suspension than the calendar says
UPDATE steps SET on_date = on_date + 3 WHERE seller_id = 3 AND action = 'suspend' AND scope = 'document' AND round_no = 0;

-- steps.order: suspended after it was terminated
UPDATE steps SET on_date = on_date + 30 WHERE document_id = pg_temp.doc(3, 'P-2026', 4) AND action = 'suspend';

-- steps.order: a step of a day that has not run
UPDATE steps SET on_date = '2026-05-15' WHERE document_id = pg_temp.doc(3, 'P-2026', 1) AND scope = 'debtor';

-- steps.order: suspended sooner after a return than the due date of old
UPDATE rounds SET day_zero = '2026-03-02';

-- steps.announced: suspended though nobody was told
DELETE FROM steps WHERE seller_id = 3 AND action IN ('issue', 'remind');

-- steps.announced: suspended though the message was missed
UPDATE steps SET outcome = 'missed' WHERE seller_id = 3 AND action IN ('issue', 'remind');

-- steps.announced: suspended too soon after the message
UPDATE messages SET left_on = '2026-02-14' WHERE document_id = pg_temp.doc(3, 'P-2026', 1);

-- steps.announced: suspended too soon after a message that is not on record
DELETE FROM messages WHERE document_id = pg_temp.doc(3, 'P-2026', 1);
UPDATE steps SET on_date = '2026-02-14' WHERE document_id = pg_temp.doc(3, 'P-2026', 1) AND action = 'remind';

-- steps.announced: suspended though the message never left
UPDATE messages SET state = 'failed', left_on = NULL, left_at = NULL WHERE document_id = pg_temp.doc(3, 'P-2026', 1);

-- steps.held: suspended on the day of the decision
UPDATE objections SET decided_on = '2026-02-15';

-- steps.held: suspended while an objection was open
UPDATE objections SET decided_on = NULL, state = 'open';

-- steps.held: suspended before the later date was over
UPDATE arrangements SET until_on = '2026-02-15';

-- rounds.return: a round without a return
UPDATE payment_moves SET after = 'failed' WHERE seller_id = 3 AND after = 'returned';

-- rounds.return: a round without its step
DELETE FROM steps WHERE action = 'returned';

-- rounds.return: a round that counts from another day
UPDATE rounds SET day_zero = day_zero + 1;

-- rounds.return: a second round before the first
UPDATE rounds SET round_no = 2;

-- objections.state: another customer's objection
UPDATE objections SET customer_id = pg_temp.customer('Lena');

-- objections.state: upheld though the document is still owed
UPDATE objections SET state = 'upheld';

-- arrangements.later: a later date of another customer
UPDATE arrangements SET customer_id = pg_temp.customer('Lena');

-- arrangements.later: staff granted it without a reason
UPDATE arrangements SET by = 'staff';

-- offers.state: an offer taken that nobody remembers
UPDATE period_offers SET state = 'accepted';

-- offers.state: a shorter period offered as a longer one
UPDATE period_offers SET new_count = 1;

-- recoveries.state: recovered without a move
UPDATE recoveries SET document_id = pg_temp.doc(3, 'P-2026', 4) WHERE state = 'recovered';

-- recoveries.state: still on offer after the backup is gone
UPDATE recoveries SET expires_on = '2026-04-01' WHERE state = 'offered';

-- recoveries.state: on offer for a service that is not terminated
UPDATE recoveries SET state = 'asked', decided_on = NULL WHERE state = 'recovered';

-- messages.step: a reminder that nobody was sent
DELETE FROM messages WHERE document_id = pg_temp.doc(3, 'P-2026', 5);

-- messages.step: a message about a step that never was
DELETE FROM steps WHERE document_id = pg_temp.doc(3, 'P-2026', 1) AND action = 'remind';

-- messages.step: a message of another debtor's step
UPDATE messages SET customer_id = pg_temp.customer('Lena') WHERE document_id = pg_temp.doc(3, 'P-2026', 1);

-- runs.collected: collected for a day that did not run
UPDATE collection_days SET on_date = '2026-12-31';

-- runs.collected: collected though nothing ever ran
DELETE FROM run_days WHERE seller_id = 3;

-- == Around them

-- charges.asked: a charge changed after it was asked for
UPDATE charges SET net_minor = 1;

-- charges.twice: a charge that does not know it was asked for
UPDATE charges SET document_id = NULL;

-- charges.twice: a charge asked for by two requests
INSERT INTO lines
  SELECT seller_id, pg_temp.doc(1, 'P-2026', 5), 9, subscription_id, charge_id, words, NULL, NULL, 1, NULL, NULL, net_minor,
    tax_code
  FROM lines WHERE charge_id IS NOT NULL LIMIT 1;

-- runs.sums: a run that wrote more than it says
UPDATE billing_runs SET documents = 0;

-- runs.sums: a document lost from a run
UPDATE documents SET run_id = NULL;

-- runs.day: the latest day set back
UPDATE run_days SET on_date = '2026-01-01';

-- facts.issued: a fact deleted
DELETE FROM facts WHERE kind = 'InvoiceIssued' AND on_date = '2026-01-25';

-- facts.issued: a fact told twice
INSERT INTO facts
  SELECT seller_id, gen_random_uuid(), kind, on_date, at, customer_id, document_id, subject_id, cause, data FROM facts;

-- tenancy.keys: a document of another seller's customer
UPDATE documents SET customer_id = pg_temp.customer('Gina') WHERE id = pg_temp.doc(1, 'P-2026', 1);

-- imports.sums: an import of which nothing is there
INSERT INTO import_batches SELECT 1, gen_random_uuid(), 'a.csv', '', '', '2026-01-01', '2026-01-01', 1, 0, 0, 0, 1, 1, '{}',
  'done', NULL;

-- imports.sums: an import that was undone without a record of the customer it removed
INSERT INTO import_batches SELECT 1, gen_random_uuid(), 'a.csv', '', '', '2026-01-01', '2026-01-01', 1, 0, 0, 0, 1, 1, '{}',
  'undone', '2026-01-02';

-- tenancy.keys: a document under another seller
UPDATE documents SET seller_id = 2, series = 'X' WHERE id = pg_temp.doc(1, 'P-2026', 1);

-- tenancy.keys: a payment deleted
DELETE FROM payments WHERE on_date = '2026-01-25';

-- tenancy.references: a line for another seller's subscription
UPDATE lines SET subscription_id = (SELECT id FROM subscriptions WHERE seller_id = 2 LIMIT 1)
  WHERE document_id = pg_temp.doc(1, 'P-2026', 1);

-- tenancy.references: an annex of another seller's location
UPDATE annex_rows SET location_id = (SELECT id FROM documents WHERE seller_id = 1 LIMIT 1) WHERE row_no = 1;

-- tenancy.references: a fact of another seller's customer
UPDATE facts SET customer_id = pg_temp.customer('Gina') WHERE seller_id = 1;

-- tenancy.facts: a fact about another seller's payment
UPDATE facts SET subject_id = (SELECT id FROM payments WHERE seller_id = 2 LIMIT 1) WHERE seller_id = 1;

-- tenancy.runs: a document from another seller's run
UPDATE documents SET run_id = (SELECT id FROM billing_runs WHERE seller_id = 2) WHERE id = pg_temp.doc(1, 'P-2026', 1);

-- tenancy.profile: a subscription on another customer's profile
UPDATE subscriptions SET profile_id = (SELECT default_profile_id FROM customers WHERE name = 'Dora')
  WHERE started_on = '2026-01-31';

-- tenancy.words: a seller under another's name
UPDATE sellers SET words_id = (SELECT issuer_id FROM documents WHERE seller_id = 2 LIMIT 1) WHERE id = 1;

-- tenancy.columns: a column that nobody follows
ALTER TABLE charges ADD COLUMN stranger_id uuid;

-- schema.triggers: triggers off
ALTER TABLE documents DISABLE TRIGGER USER;

-- schema.triggers: keys not checked
ALTER TABLE lines DISABLE TRIGGER ALL;

-- schema.frozen: a frozen table thawed
DROP TRIGGER lines_frozen ON lines;

-- schema.frozen: one more column that may change
DROP TRIGGER payments_frozen ON payments;
CREATE TRIGGER payments_frozen BEFORE UPDATE ON payments
  FOR EACH ROW EXECUTE FUNCTION abono_only_columns_change('state', 'free_minor', 'amount_minor');

-- schema.functions: a trigger that lets everything pass
CREATE OR REPLACE FUNCTION abono_never() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END';

-- schema.keys: nobody asks whether a line has its document
DROP TRIGGER lines_document_id_fk ON lines;

-- schema.keys: a claim may be given a document that is not there
DROP TRIGGER claims_document_id_fk_again ON claims;

-- schema.keys: a key that looks for nothing
CREATE OR REPLACE FUNCTION lines_document_id_fk() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';

-- schema.keys: a key that asks of some rows only
CREATE OR REPLACE FUNCTION lines_document_id_fk() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM fresh AS here WHERE here.line_no > 1 AND here.document_id IS NOT NULL AND NOT EXISTS (
      SELECT FROM documents AS there WHERE there.seller_id = here.seller_id AND there.id = here.document_id)
  ) THEN
    RAISE EXCEPTION 'no document' USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $$;

-- schema.constraints: a constraint dropped
ALTER TABLE documents DROP CONSTRAINT documents_no_fiscal_before_payment;

-- schema.constraints: periods may be claimed twice
ALTER TABLE claims DROP CONSTRAINT claims_pkey;

-- schema.constraints: a service may say that it moved though it did not
ALTER TABLE subscriptions DROP CONSTRAINT subscriptions_moved_by_fk;

-- schema.constraints: a constraint not validated
ALTER TABLE lines ADD CONSTRAINT later CHECK (quantity > 5) NOT VALID;

-- schema.causes: nobody asks why a service moves
DROP TRIGGER service_moves_have_causes ON service_moves;

-- schema.causes: a state may change without a move
DROP TRIGGER services_move_in_turn ON subscriptions;

-- schema.causes: holds may close for no reason
CREATE OR REPLACE FUNCTION abono_holds_close_for_a_reason() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';

-- schema.causes: moves are only looked at on some days
DROP TRIGGER services_move_in_turn ON subscriptions;
CREATE TRIGGER services_move_in_turn BEFORE UPDATE ON subscriptions FOR EACH ROW EXECUTE FUNCTION abono_services_move_in_turn();

-- schema.sellers: row-level security not forced
ALTER TABLE documents NO FORCE ROW LEVEL SECURITY;

-- schema.sellers: row-level security off
ALTER TABLE payments DISABLE ROW LEVEL SECURITY;

-- schema.sellers: a rule that shows all sellers
CREATE POLICY wide ON payments FOR SELECT TO abono_staff USING (true);

-- schema.sellers: a table without its seller's key
CREATE TABLE stray (seller_id smallint, id uuid);

-- schema.rights: pages may write
GRANT UPDATE ON payments TO abono_staff;

-- schema.rights: the engine may change the books
GRANT UPDATE ON transfers TO abono_engine;

-- schema.rights: everybody may read
GRANT SELECT ON customers TO PUBLIC;
