"""Asking gateways what became of charges: those without an answer, those under way, and money that was taken back."""

from datetime import date, datetime

from abono.base.kernel.days import plus_days
from abono.base.store import sql
from abono.base.store.crash import crash_point
from abono.domain.payments.attempts import AttemptCard, attempt_card, attempt_with_key, drop_attempt, note_asked
from abono.domain.payments.gateways.port import Gateway, Gateways, Outcome, Unreachable
from abono.domain.payments.outcomes import hold_for_person, record_outcome, record_return
from abono.runs.charging.making import Made, check_outside, held, send, walk

# Days looked back beyond the latest look, so that nothing between two looks is passed over.
OVERLAP_DAYS = 7
# After so many questions a charge that never arrived is taken to be lost on the way: by then a day has passed.
LOST_AFTER = 6


def poll_unknown(*, seller_id: int, gateways: Gateways, on: date, at: datetime) -> Made:
    """Ask about charges of unknown outcome and those under way, as far as it is time to; what became of them.

    One that never arrived is sent again under its own key, if it is still wanted.
    """
    made = Made()
    for attempt_id in walk(seller_id=seller_id, gateways=gateways, states=("unknown", "pending"), ask_at=at):
        with held(attempt_id=attempt_id) as mine:
            card = attempt_card(seller_id=seller_id, attempt_id=attempt_id)
            if not mine or card.state not in ("unknown", "pending") or card.ask_at is None or card.ask_at > at:
                continue
            made.count(_ask(seller_id, gateways[card.means], card, on, at))
    return made


def take_returns(*, seller_id: int, gateways: Gateways, on: date, at: datetime) -> Made:
    """Ask each gateway what was taken back since the latest look, and undo what it had paid."""
    made = Made()
    for means, gateway in gateways.items():
        latest: date | None = sql.value(
            "SELECT on_date FROM gateway_looks WHERE seller_id = %(seller)s AND means = %(means)s",
            {"seller": seller_id, "means": means},
        )
        check_outside()
        try:
            found = gateway.returned_since(day=plus_days(min(latest or on, on), -OVERLAP_DAYS))
        except Unreachable:
            continue
        for one in found:
            card = attempt_with_key(seller_id=seller_id, key=one.key)
            if card is None or card.means != means or card.state not in ("sent", "unknown", "pending", "settled"):
                continue
            made.count(record_return(seller_id=seller_id, attempt_id=card.id, returned=one, on=on, at=at))
        _note_look(seller_id, means, on)
    return made


def _ask(seller_id: int, gateway: Gateway, card: AttemptCard, on: date, at: datetime) -> str:
    check_outside()
    try:
        outcome = gateway.outcome_of(key=card.key)
    except Unreachable:
        note_asked(seller_id=seller_id, attempt_id=card.id, at=at)
        return card.state
    crash_point("charging.asked")
    if outcome is None:
        return _never_arrived(seller_id, gateway, card, on, at)
    if card.state == "pending" and outcome.state == "pending" and _same(card, outcome):
        note_asked(seller_id=seller_id, attempt_id=card.id, at=at)
        return "pending"
    return record_outcome(seller_id=seller_id, attempt_id=card.id, outcome=outcome, on=on, at=at)


def _never_arrived(seller_id: int, gateway: Gateway, card: AttemptCard, on: date, at: datetime) -> str:
    """The gateway knows no charge under this key. It may still be on its way, so no other key takes its place yet."""
    if card.state == "pending":
        words = "the gateway had accepted it and knows nothing of it now"
        return hold_for_person(seller_id=seller_id, attempt_id=card.id, words=words, on=on, at=at)
    state = send(seller_id=seller_id, gateway=gateway, attempt_id=card.id, on=on, at=at)
    if state is not None:
        return state
    if card.asked + 1 < LOST_AFTER:
        note_asked(seller_id=seller_id, attempt_id=card.id, at=at)
        return "unknown"
    drop_attempt(seller_id=seller_id, attempt_id=card.id, on=on, at=at)
    return "dropped"


def _same(card: AttemptCard, outcome: Outcome) -> bool:
    return (outcome.amount_minor, outcome.currency) == (card.amount_minor, card.currency)


def _note_look(seller_id: int, means: str, on: date) -> None:
    sql.change(
        "INSERT INTO gateway_looks (seller_id, means, on_date) VALUES (%(seller)s, %(means)s, %(on)s) "
        "ON CONFLICT (seller_id, means) DO UPDATE SET on_date = excluded.on_date "
        "WHERE gateway_looks.on_date < excluded.on_date",
        {"seller": seller_id, "means": means, "on": on},
    )
