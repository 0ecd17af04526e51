"""What a gateway answered becomes money, or a refusal: each answer is checked against its attempt and counts once."""

from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID

from abono.base.facts.actions import record_fact
from abono.base.kernel.refusal import Refused
from abono.base.store import sql
from abono.domain.payments.actions import move_payment, record_payment, return_payment, settle_payment
from abono.domain.payments.attempts import (
    AttemptCard,
    attempt_card,
    charged_before,
    move_attempt,
    pending_ask,
)
from abono.domain.payments.autopay_rules import advice_on, ask_after, fits, next_charge_on, scheme_of
from abono.domain.payments.gateways.port import Outcome, Returned
from abono.domain.payments.methods import end_method, method_card, name_of
from abono.domain.payments.queries import payment_with_key

CAUSE = "autopay"
_WAITING = ("sent", "unknown", "pending")


def record_unknown(*, seller_id: int, attempt_id: UUID, on: date, at: datetime) -> str:
    """No answer came: whether the money was taken is not known. The attempt's state.

    The money stands as a payment of unknown fate, which holds the calendar; it is asked about later.
    """
    with sql.in_transaction():
        card = attempt_card(seller_id=seller_id, attempt_id=attempt_id, lock=True)
        if card.state != "sent":
            return card.state
        words = _tried(lambda: _credit(seller_id, card, "unknown", "", on, at))
        wait = ask_after(asked=card.asked)
        ask_at = None if wait is None else at + wait
        move_attempt(seller_id=seller_id, card=card, after="unknown", ask_at=ask_at, words=words)
        return "unknown"


def record_outcome(*, seller_id: int, attempt_id: UUID, outcome: Outcome, on: date, at: datetime) -> str:
    """Write down what became of a charge; the attempt's state after it. The same answer again changes nothing.

    An answer of another amount or currency credits nothing: the attempt waits for a person, as `mismatch`.
    """
    with sql.in_transaction():
        card = attempt_card(seller_id=seller_id, attempt_id=attempt_id, lock=True)
        if card.state == "settled" and outcome.state == "returned":
            return _take_back(seller_id, card, outcome, on, at)
        if card.state not in _WAITING:
            return card.state
        if not _fits(card, outcome):
            return _mismatch(seller_id, card, _unlike(card, outcome), on, at)
        if outcome.state in ("declined", "returned"):
            return _refused(seller_id, card, outcome, on, at)
        words = _tried(lambda: _credit(seller_id, card, outcome.state, outcome.reference, on, at))
        if words:
            return _mismatch(seller_id, card, words, on, at)
        settled = outcome.state == "settled"
        move_attempt(
            seller_id=seller_id,
            card=card,
            after=outcome.state,
            reference=outcome.reference or card.reference,
            ask_at=None if settled else pending_ask(at),
            ended_on=on if settled else None,
        )
        return outcome.state


def record_return(*, seller_id: int, attempt_id: UUID, returned: Returned, on: date, at: datetime) -> str:
    """The bank took the money of an attempt back; the attempt's state after it. Again: changes nothing."""
    outcome = Outcome("returned", returned.amount_minor, returned.currency, returned.code, returned.reference)
    return record_outcome(seller_id=seller_id, attempt_id=attempt_id, outcome=outcome, on=on, at=at)


def hold_for_person(*, seller_id: int, attempt_id: UUID, words: str, on: date, at: datetime) -> str:
    """Something about an attempt is not as it can be: a person must look. The attempt's state."""
    with sql.in_transaction():
        card = attempt_card(seller_id=seller_id, attempt_id=attempt_id, lock=True)
        return _mismatch(seller_id, card, words, on, at) if card.state in _WAITING else card.state


def _credit(seller_id: int, card: AttemptCard, state: str, reference: str, on: date, at: datetime) -> None:
    """Let the attempt's payment stand in a state, made if there is none yet; its key is the attempt's."""
    payment = payment_with_key(seller_id=seller_id, key=card.key)
    if payment is None:
        method = method_card(seller_id=seller_id, method_id=card.method_id)
        record_payment(
            seller_id=seller_id,
            customer_id=card.customer_id,
            means=card.means,
            amount_minor=card.amount_minor,
            currency=card.currency,
            key=card.key,
            state=state,
            document_ids=[card.document_id],
            funding=method.funding,
            brand=method.brand,
            reference=reference,
            cause=CAUSE,
            on=on,
            at=at,
        )
    elif state == "settled":
        settle_payment(seller_id=seller_id, payment_id=payment.id, cause=CAUSE, on=on, at=at)
    elif payment.state != state:
        move_payment(seller_id=seller_id, payment_id=payment.id, after=state, cause=CAUSE, on=on, at=at)


def _refused(seller_id: int, card: AttemptCard, outcome: Outcome, on: date, at: datetime) -> str:
    """Nothing was taken, or it went back before it had counted."""
    payment = payment_with_key(seller_id=seller_id, key=card.key)
    if payment is not None and payment.state in ("unknown", "pending"):
        cause = f"code {outcome.code or '?'}"
        move_payment(seller_id=seller_id, payment_id=payment.id, after="failed", cause=cause, on=on, at=at)
    elif payment is not None and payment.state == "settled":
        words = "the gateway says that it was refused, but its payment is settled"
        return _mismatch(seller_id, card, words, on, at)
    _end(seller_id, card, "declined", outcome, on, at)
    return "declined"


def _take_back(seller_id: int, card: AttemptCard, outcome: Outcome, on: date, at: datetime) -> str:
    """Money that had settled went back: what it paid is owed again."""
    payment = payment_with_key(seller_id=seller_id, key=card.key)
    if payment is None or not _fits(card, outcome):
        return _mismatch(seller_id, card, _unlike(card, outcome), on, at)
    cause = f"code {outcome.code or '?'}"
    words = _tried(lambda: return_payment(seller_id=seller_id, payment_id=payment.id, cause=cause, on=on, at=at))
    if words:
        return _mismatch(seller_id, card, words, on, at)
    _end(seller_id, card, "returned", outcome, on, at)
    return "returned"


def _end(seller_id: int, card: AttemptCard, after: str, outcome: Outcome, on: date, at: datetime) -> None:
    """The attempt ends without money: when it may be made again, and what becomes of the method."""
    method = method_card(seller_id=seller_id, method_id=card.method_id)
    scheme, returned = scheme_of(means=method.means, brand=method.brand), after == "returned"
    charged = charged_before(seller_id=seller_id, debts=[card.debt_id])[card.debt_id, method.alike]
    retry_on = next_charge_on(
        scheme=scheme,
        code=outcome.code,
        sent_days=[one.sent_on for one in charged],
        known_on=on,
        returned=returned,
    )
    move_attempt(
        seller_id=seller_id,
        card=card,
        after=after,
        code=outcome.code,
        reference=outcome.reference or card.reference,
        retry_on=retry_on,
        ask_at=None,
        ended_on=on,
    )
    ends = advice_on(scheme=scheme, code=outcome.code, on=on, returned=returned).ends
    if ends:
        end_method(seller_id=seller_id, method_id=card.method_id, after=ends)
        _fact("AutopayDeclined", seller_id, card, f"{name_of(card=method)}, code {outcome.code or '?'}", on, at)
        return
    again = f"again from {retry_on}" if retry_on else "not again"
    _fact("AutopayFailed", seller_id, card, f"code {outcome.code or '?'}, {again}", on, at)


def _mismatch(seller_id: int, card: AttemptCard, words: str, on: date, at: datetime) -> str:
    move_attempt(seller_id=seller_id, card=card, after="mismatch", words=words, ask_at=None)
    _fact("AutopayMismatch", seller_id, card, words, on, at)
    return "mismatch"


def _fits(card: AttemptCard, outcome: Outcome) -> bool:
    return fits(
        amount_minor=outcome.amount_minor,
        currency=outcome.currency,
        asked_minor=card.amount_minor,
        asked_currency=card.currency,
    )


def _unlike(card: AttemptCard, outcome: Outcome) -> str:
    return (
        f"asked for {card.amount_minor} {card.currency} in minor units, "
        f"answered {outcome.amount_minor} {outcome.currency} {outcome.state}"
    )


def _tried(work: Callable[[], object]) -> str:
    """Do what may be refused, undone alone if it is; the refusal's words, or "". Money taken must never get lost."""
    try:
        with sql.attempt():
            work()
    except Refused as why:
        return why.words
    return ""


def _fact(kind: str, seller_id: int, card: AttemptCard, cause: str, on: date, at: datetime) -> None:
    record_fact(
        seller_id=seller_id,
        kind=kind,
        cause=cause,
        on=on,
        at=at,
        customer_id=card.customer_id,
        document_id=card.document_id,
        data={"amount_minor": card.amount_minor},
    )
