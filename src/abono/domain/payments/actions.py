"""Commands on money: one transaction each, under the payer's lock, so that page and run never cross."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from abono.base.facts.actions import fact_row, record_fact
from abono.base.kernel.ids import new_id
from abono.base.kernel.money import GREATEST_MINOR, minor_digits
from abono.base.kernel.refusal import Missing, Refused
from abono.base.store import sql
from abono.base.store.together import Write, change, row, write
from abono.domain.invoicing.events import tell_closed
from abono.domain.invoicing.queries import DocumentCard, check_day, document_card, owed_documents, standing_for
from abono.domain.ledger import rules as books
from abono.domain.ledger.batch import book, transfer_rows
from abono.domain.payments.allocating import allocate_to, give_back, put_free
from abono.domain.payments.models import STATES
from abono.domain.payments.queries import (
    PaymentCard,
    allocated,
    free_payments,
    payment_card,
    payment_with_key,
)
from abono.domain.payments.quotes import card_fee
from abono.domain.payments.receipts import credit_fee, issue_fee_receipt
from abono.domain.payments.rules import Owed, allocate, fee_share, fee_within, first_state, in_chosen_order
from abono.domain.sellers.queries import policy_in_force

FIRST_STATES = ("reported", "unknown", "pending", "settled")
FUNDINGS = ("", "credit", "debit", "prepaid", "unknown")


def lock_payer(*, seller_id: int, customer_id: UUID) -> None:
    """Hold the payer for this transaction; everything that moves money or bills starts with it."""
    if not sql.value(
        "SELECT 1 FROM customers WHERE seller_id = %(seller)s AND id = %(customer)s FOR NO KEY UPDATE",
        {"seller": seller_id, "customer": customer_id},
    ):
        raise Missing("customers.unknown", "This seller has no such customer.")


def record_payment(
    *,
    seller_id: int,
    customer_id: UUID,
    means: str,
    amount_minor: int,
    currency: str,
    key: str,
    on: date,
    at: datetime,
    state: str | None = None,
    document_ids: Sequence[UUID] = (),
    funding: str = "",
    brand: str = "",
    reference: str = "",
    cause: str = "recorded by staff",
) -> UUID:
    """Record money: reported, unknown, pending or settled; without `state` as the policy says for its means. Its id.

    `key` makes it exist once: the same key with the same money again gives the same payment, with other money it is
    refused. `document_ids` are what it is for, in order; without them the oldest due is paid first. A card fee that
    policy and law allow is taken out of the amount when it settles.
    """
    minor_digits(currency)
    _check_new(means, amount_minor, state, funding, key)
    with sql.in_transaction():
        lock_payer(seller_id=seller_id, customer_id=customer_id)
        known = payment_with_key(seller_id=seller_id, key=key)
        if known is not None:
            return _same_again(known, customer_id, means, amount_minor, currency)
        policy = policy_in_force(seller_id=seller_id, on=on).policy
        if means not in policy.means:
            raise Refused(
                "payments.means", f"The policy does not accept {means!r}; accepted: {', '.join(policy.means)}."
            )
        state = first_state(settles=policy.means[means].settles, said=state)
        settles = state == "settled"
        owed = owed_documents(seller_id=seller_id, customer_id=customer_id, currency=currency) if settles else []
        _check_chosen(seller_id, customer_id, currency, document_ids, owed)
        fee_bp = _fee_bp(seller_id, customer_id, policy.means[means].fee_bp, funding, brand, on)
        card = PaymentCard(
            id=new_id(),
            key=key,
            customer_id=customer_id,
            means=means,
            funding=funding,
            currency=currency,
            amount_minor=amount_minor,
            fee_minor=fee_within(amount_minor=amount_minor, fee_bp=fee_bp),
            free_minor=amount_minor if settles else 0,
            state=state,
            on_date=on,
            reference=reference,
            chosen_ids=[str(one) for one in document_ids],
        )
        _write_new(seller_id, card, cause, on, at)
        if settles:
            _use(seller_id, card, owed, on, at)
    return card.id


def _check_new(means: str, amount_minor: int, state: str | None, funding: str, key: str) -> None:
    if not 0 < amount_minor <= GREATEST_MINOR:
        raise Refused("payments.amount", "A payment's amount must be above zero.")
    if state is not None and state not in FIRST_STATES:
        raise Refused("payments.state", f"A payment begins as one of: {', '.join(FIRST_STATES)}; not {state!r}.")
    if funding not in FUNDINGS:
        raise Refused("payments.funding", f"Unknown card funding {funding!r}; allowed: credit, debit, prepaid.")
    if not key or len(key) > 200:
        raise Refused("payments.key", "A payment needs a key of 1 to 200 characters that makes it exist once.")


def _same_again(known: PaymentCard, customer_id: UUID, means: str, amount_minor: int, currency: str) -> UUID:
    if (known.customer_id, known.means, known.amount_minor, known.currency) != (
        customer_id,
        means,
        amount_minor,
        currency,
    ):
        raise Refused("payments.key_taken", f"The key {known.key!r} stands for another payment already.")
    return known.id


def _check_chosen(
    seller_id: int, customer_id: UUID, currency: str, document_ids: Sequence[UUID], owed: Sequence[DocumentCard]
) -> None:
    cards = {one.id: one for one in owed}
    for document_id in document_ids:
        card = cards.get(document_id) or document_card(seller_id=seller_id, document_id=document_id)
        if card.customer_id != customer_id or card.kind not in ("request", "invoice"):
            raise Refused("payments.not_theirs", "The chosen document is not one that this customer can pay.")
        if card.currency != currency:
            raise Refused("payments.currency", f"The chosen document is in {card.currency}, the money in {currency}.")


def _fee_bp(seller_id: int, customer_id: UUID, asked_bp: int, funding: str, brand: str, on: date) -> int:
    if asked_bp == 0:
        return 0
    return card_fee(
        seller_id=seller_id, customer_id=customer_id, asked_bp=asked_bp, funding=funding, brand=brand, on=on
    ).bp


def _write_new(seller_id: int, card: PaymentCard, cause: str, on: date, at: datetime) -> None:
    """Write a payment with its first move; one that is settled at once was pending before."""
    payment = card._asdict() | {"seller_id": seller_id, "chosen_ids": json.dumps(card.chosen_ids)}
    first = "pending" if card.state == "settled" else card.state
    move = {"seller_id": seller_id, "payment_id": card.id, "on_date": on, "at": at, "cause": cause}
    writes = [
        row("payments", payment),
        row("payment_moves", move | {"move_no": 1, "before": None, "after": first}),
        _fact("PaymentRecorded", seller_id, card, f"{card.means}, {cause}", on, at),
    ]
    if card.state == "settled":
        writes.append(row("payment_moves", move | {"move_no": 2, "before": first, "after": "settled"}))
        writes += _arrived(seller_id, card, cause, on, at)
    write(writes)


def _arrived(seller_id: int, card: PaymentCard, cause: str, on: date, at: datetime) -> list[Write]:
    """What is told and booked of money when it settles."""
    booked = transfer_rows(
        seller_id=seller_id,
        cause="payment_settled",
        cause_id=card.id,
        customer_id=card.customer_id,
        currency=card.currency,
        bookings=books.payment_settled(means=card.means, amount_minor=card.amount_minor),
        on=on,
    )
    return [_fact("PaymentSettled", seller_id, card, cause, on, at), *booked]


def _use(seller_id: int, card: PaymentCard, owed: Sequence[DocumentCard], on: date, at: datetime) -> None:
    """Take the fee out of money that has settled, and pay what was chosen or the oldest due."""
    if card.fee_minor:
        issue_fee_receipt(seller_id=seller_id, payment=card, on=on, at=at)
        card = card._replace(free_minor=card.free_minor - card.fee_minor)
    chosen = [UUID(one) for one in card.chosen_ids]
    _pay(seller_id, card, owed, chosen, "payment", on, at)


def move_payment(*, seller_id: int, payment_id: UUID, after: str, cause: str, on: date, at: datetime) -> None:
    """A payment that is not settled goes on: reported or unknown to pending, or it failed."""
    if after not in ("pending", "failed"):
        raise Refused("payments.move", "Settling and returning have commands of their own; allowed: pending, failed.")
    with sql.in_transaction():
        card = _held(seller_id, payment_id)
        moved = _moved(seller_id, card, after, card.free_minor, cause, on, at)
        write([*moved, _fact(f"Payment{after.capitalize()}", seller_id, card, cause, on, at)])


def settle_payment(*, seller_id: int, payment_id: UUID, cause: str, on: date, at: datetime) -> None:
    """The money arrived: book it, take the fee out, pay what was chosen or the oldest due. Again: changes nothing."""
    with sql.in_transaction():
        card = _held(seller_id, payment_id)
        if card.state == "settled":
            return
        settled = card._replace(state="settled", free_minor=card.amount_minor)
        arrived = _arrived(seller_id, card, cause, on, at)
        write([*_moved(seller_id, card, "settled", settled.free_minor, cause, on, at), *arrived])
        owed = owed_documents(seller_id=seller_id, customer_id=card.customer_id, currency=card.currency)
        _use(seller_id, settled, owed, on, at)


def pay_documents(
    *, seller_id: int, payment_id: UUID, chosen: Sequence[UUID], cause: str, on: date, at: datetime
) -> int:
    """Use the free money of a settled payment: for the chosen documents, else the oldest due; minor units used.

    A chosen request that was issued anew stands for the one in its place.
    """
    with sql.in_transaction():
        card = _held(seller_id, payment_id)
        owed = owed_documents(seller_id=seller_id, customer_id=card.customer_id, currency=card.currency)
        return _pay(seller_id, card, owed, chosen, cause, on, at)


def _pay(
    seller_id: int,
    card: PaymentCard,
    owed: Sequence[DocumentCard],
    chosen: Sequence[UUID],
    cause: str,
    on: date,
    at: datetime,
) -> int:
    """The same with the payer, the payment and what the payer owes read and locked already."""
    cards = {one.id: one for one in owed}
    standing = [one if one in cards else standing_for(seller_id=seller_id, document_id=one) for one in chosen]
    in_turn = in_chosen_order(owed=[Owed(one.id, one.open_minor) for one in owed], chosen=standing)
    shares = allocate(free_minor=card.free_minor, owed=in_turn)
    closed = {
        document_id: allocate_to(
            seller_id=seller_id,
            payment=card,
            card=cards[document_id],
            amount_minor=amount_minor,
            cause=cause,
            on=on,
            at=at,
        )
        for document_id, amount_minor in shares
    }
    for document_id, day in closed.items():
        if day is not None:
            customer_id = card.customer_id
            tell_closed(
                seller_id=seller_id, document_id=document_id, customer_id=customer_id, how="paid", on=day, at=at
            )
    return sum(share.amount_minor for share in shares)


def release_money(*, seller_id: int, document_id: UUID, cause: str, on: date, at: datetime) -> list[UUID]:
    """Take what was paid on an open request off it again, so that it can be voided; the payments that are free now."""
    with sql.in_transaction():
        request = document_card(seller_id=seller_id, document_id=document_id)
        lock_payer(seller_id=seller_id, customer_id=request.customer_id)
        request = document_card(seller_id=seller_id, document_id=document_id, lock=True)
        if request.kind != "request" or request.state != "open":
            return []
        found = sql.rows(
            "SELECT payment_id, sum(amount_minor) FROM allocations WHERE seller_id = %(seller)s "
            "AND document_id = %(document)s GROUP BY payment_id HAVING sum(amount_minor) > 0 ORDER BY payment_id",
            {"seller": seller_id, "document": document_id},
        )
        for payment_id, amount_minor in found:
            _check_day(seller_id, payment_id, on)
            give_back(
                seller_id=seller_id,
                payment=payment_card(seller_id=seller_id, payment_id=payment_id, lock=True),
                document_id=document_id,
                amount_minor=int(amount_minor),
                cause=cause,
                on=on,
                at=at,
            )
        return [payment_id for payment_id, _ in found]


def use_credit(*, seller_id: int, customer_id: UUID, on: date, at: datetime) -> int:
    """Use all the customer's free money for what is open; minor units used.

    The earliest renewal day comes first: of documents issued late on one day that is the order in which they would
    have been issued, so that credit pays the same ones.
    """
    used = 0
    with sql.in_transaction():
        lock_payer(seller_id=seller_id, customer_id=customer_id)
        for card in free_payments(seller_id=seller_id, customer_id=customer_id):
            # What a payment closes may have used the next one's money for a document of its own.
            now = payment_card(seller_id=seller_id, payment_id=card.id, lock=True)
            owed = owed_documents(seller_id=seller_id, customer_id=customer_id, currency=card.currency)
            order = [one.id for one in sorted(owed, key=lambda one: one.renewal_on)]
            used += _pay(seller_id, now, owed, order, "credit", on, at)
    return used


def return_payment(*, seller_id: int, payment_id: UUID, cause: str, on: date, at: datetime) -> None:
    """The money was taken back by the bank: whatever it paid is owed again, with its original due date.

    Its card fee is not: nobody paid by that card in the end.
    """
    with sql.in_transaction():
        card = _held(seller_id, payment_id)
        if card.state == "returned":
            return
        if card.state != "settled":
            raise Refused("payments.move", f"Only settled money can be returned; this is {card.state}: let it fail.")
        _check_day(seller_id, payment_id, on)
        if sql.value(
            "SELECT 1 FROM refunds WHERE seller_id = %(seller)s AND payment_id = %(payment)s",
            {"seller": seller_id, "payment": payment_id},
        ):
            raise Refused("payments.refunded", "Part of this payment was refunded; a person must sort out its return.")
        credit_fee(seller_id=seller_id, payment=card, wanted_minor=card.fee_minor, on=on, at=at)
        for document_id, amount_minor in allocated(seller_id=seller_id, payment_id=payment_id):
            give_back(
                seller_id=seller_id,
                payment=card,
                document_id=document_id,
                amount_minor=amount_minor,
                cause=f"returned: {cause}",
                on=on,
                at=at,
            )
        booked = transfer_rows(
            seller_id=seller_id,
            cause="payment_returned",
            cause_id=card.id,
            customer_id=card.customer_id,
            currency=card.currency,
            bookings=books.payment_left(means=card.means, amount_minor=card.amount_minor),
            on=on,
        )
        moved = _moved(seller_id, card, "returned", 0, cause, on, at)
        write([*moved, *booked, _fact("PaymentReturned", seller_id, card, cause, on, at)])


def refund_payment(
    *, seller_id: int, payment_id: UUID, amount_minor: int, key: str, cause: str, on: date, at: datetime
) -> int:
    """Send unused money of a payment back, with its share of the card fee; minor units that leave in all.

    Money that pays something must be freed first, by a credit note or by releasing it. The same key again changes
    nothing.
    """
    with sql.in_transaction():
        card = _held(seller_id, payment_id)
        known = sql.one(
            "SELECT payment_id, amount_minor, amount_minor - fee_minor FROM refunds "
            "WHERE seller_id = %(seller)s AND key = %(key)s",
            {"seller": seller_id, "key": key},
        )
        if known is not None:
            if (known[0], known[2]) != (payment_id, amount_minor):
                raise Refused("payments.key_taken", f"The key {key!r} stands for another refund already.")
            return int(known[1])
        if card.state != "settled" or not 0 < amount_minor <= card.free_minor:
            raise Refused(
                "payments.not_free", f"Only money that pays nothing can be refunded: {card.free_minor} minor units."
            )
        _check_day(seller_id, payment_id, on)
        fee_minor = fee_share(
            fee_minor=card.fee_minor,
            refunded_minor=amount_minor,
            base_minor=card.amount_minor - card.fee_minor,
        )
        fee_minor = credit_fee(seller_id=seller_id, payment=card, wanted_minor=fee_minor, on=on, at=at)
        whole_minor = amount_minor + fee_minor
        put_free(seller_id=seller_id, payment_id=payment_id, amount_minor=-whole_minor)
        refund_id = new_id()
        sql.insert(
            "refunds",
            {
                "seller_id": seller_id,
                "id": refund_id,
                "key": key,
                "payment_id": payment_id,
                "customer_id": card.customer_id,
                "amount_minor": whole_minor,
                "fee_minor": fee_minor,
                "on_date": on,
                "cause": cause,
            },
        )
        book(
            seller_id=seller_id,
            cause="refund",
            cause_id=refund_id,
            customer_id=card.customer_id,
            currency=card.currency,
            bookings=books.payment_left(means=card.means, amount_minor=whole_minor),
            on=on,
        )
        write([_fact("PaymentRefunded", seller_id, card, cause, on, at)])
        return whole_minor


def write_off(*, seller_id: int, document_id: UUID, reason: str, on: date, at: datetime) -> int:
    """Give up the open amount of an invoice; minor units given up. Requests are voided instead."""
    with sql.in_transaction():
        card = document_card(seller_id=seller_id, document_id=document_id)
        lock_payer(seller_id=seller_id, customer_id=card.customer_id)
        card = document_card(seller_id=seller_id, document_id=document_id, lock=True)
        if card.kind != "invoice" or card.open_minor == 0:
            raise Refused("invoicing.nothing_open", "Only an invoice with an open amount can be written off.")
        check_day(card=card, on=on)
        book(
            seller_id=seller_id,
            cause="write_off",
            cause_id=card.id,
            customer_id=card.customer_id,
            currency=card.currency,
            bookings=books.written_off(amount_minor=card.open_minor),
            on=on,
            first_part=_times_booked(seller_id, card.id, "write_off"),
        )
        sql.change(
            "UPDATE documents SET open_minor = 0, state = 'settled' WHERE seller_id = %(seller)s AND id = %(id)s",
            {"seller": seller_id, "id": document_id},
        )
        record_fact(
            seller_id=seller_id,
            kind="InvoiceWrittenOff",
            cause=reason,
            on=on,
            at=at,
            customer_id=card.customer_id,
            document_id=document_id,
            data={"amount_minor": card.open_minor},
        )
        tell_closed(
            seller_id=seller_id, document_id=card.id, customer_id=card.customer_id, how="written-off", on=on, at=at
        )
        return card.open_minor


def _times_booked(seller_id: int, cause_id: UUID, cause: str) -> int:
    """How often an event that may repeat on a document was booked: written off, paid, returned, given up again."""
    return int(
        sql.value(
            "SELECT count(*) FROM transfers WHERE seller_id = %(seller)s AND cause_id = %(id)s AND cause = %(cause)s",
            {"seller": seller_id, "id": cause_id, "cause": cause},
        )
    )


def _held(seller_id: int, payment_id: UUID) -> PaymentCard:
    """The payment, with its payer and itself locked in that order."""
    sql.value(
        "SELECT 1 FROM customers WHERE seller_id = %(seller)s AND id = (SELECT customer_id FROM payments "
        "WHERE seller_id = %(seller)s AND id = %(payment)s) FOR NO KEY UPDATE",
        {"seller": seller_id, "payment": payment_id},
    )
    return payment_card(seller_id=seller_id, payment_id=payment_id, lock=True)


def _check_day(seller_id: int, payment_id: UUID, on: date) -> None:
    """Refuse to undo money on a day before it settled or was used: the books of the days between would be untrue."""
    latest: date | None = sql.value(
        "SELECT max(on_date) FROM (SELECT on_date FROM payment_moves WHERE seller_id = %(seller)s "
        "AND payment_id = %(payment)s AND after = 'settled' UNION ALL SELECT on_date FROM allocations "
        "WHERE seller_id = %(seller)s AND payment_id = %(payment)s) AS days",
        {"seller": seller_id, "payment": payment_id},
    )
    if latest is not None and on < latest:
        raise Refused("payments.too_early", f"This money settled or was used on {latest}; use that day or a later one.")


def _moved(
    seller_id: int, card: PaymentCard, after: str, free_minor: int, cause: str, on: date, at: datetime
) -> list[Write]:
    """A payment's next state and the move there; `free_minor` is what of it is free then."""
    if not STATES.allows(card.state, after):
        raise Refused("payments.move", f"A payment that is {card.state} cannot become {after}.")
    return [
        change(
            "UPDATE payments SET state = %s, free_minor = %s WHERE seller_id = %s AND id = %s",
            *(after, free_minor, seller_id, card.id),
        ),
        change(
            "INSERT INTO payment_moves (seller_id, payment_id, move_no, before, after, on_date, at, cause) VALUES "
            "(%s, %s, (SELECT 1 + count(*) FROM payment_moves WHERE seller_id = %s AND payment_id = %s), "
            "%s, %s, %s, %s, %s)",
            *(seller_id, card.id, seller_id, card.id),
            *(card.state, after, on, at, cause),
        ),
    ]


def _fact(kind: str, seller_id: int, card: PaymentCard, cause: str, on: date, at: datetime) -> Write:
    who, what = card.customer_id, card.id
    return fact_row(seller_id=seller_id, kind=kind, cause=cause, on=on, at=at, customer_id=who, subject_id=what)
