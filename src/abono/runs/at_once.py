"""What a person's act makes happen at once: the same rules as the night's run, for one payer, in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from abono.base.facts.actions import record_fact
from abono.base.kernel.ids import new_id
from abono.base.kernel.money import GREATEST_MINOR, minor_digits
from abono.base.kernel.refusal import Missing, Refused
from abono.base.store import sql
from abono.domain.catalogue.prices import check_quantity
from abono.domain.catalogue.queries import price_book
from abono.domain.customers import actions as customers
from abono.domain.customers.plain_text import plain
from abono.domain.customers.queries import customer_card, payer_on
from abono.domain.invoicing.actions import retry_waiting
from abono.domain.sellers.queries import policy_in_force
from abono.domain.subscriptions.actions import add_subscription
from abono.domain.subscriptions.periods import Cycle
from abono.runs.billing.chunk import bill_chunk
from abono.runs.billing.desk import Desk, desk_of

# Reasons of parking that a better billing profile may end.
ENDED_BY_PROFILE = ("invoicing.profile_incomplete", "invoicing.tax_evidence", "invoicing.no_letter")


def open_account(
    *,
    seller_id: int,
    name: str,
    country: str,
    on: date,
    at: datetime,
    language: str | None = None,
    currency: str | None = None,
    email: str = "",
    reference: str | None = None,
    profile: Mapping[str, str] | None = None,
) -> UUID:
    """Open a customer's account with its first billing profile; its id. Refuses a currency in which nothing is sold."""
    if currency is not None:
        minor_digits(currency)
        home = policy_in_force(seller_id=seller_id, on=on).policy.seller.currency
        price_book(seller_id=seller_id).check_currency(currency=currency, home=home)
    return customers.add_customer(
        seller_id=seller_id,
        name=name,
        country=country,
        on=on,
        at=at,
        language=language,
        currency=currency,
        email=email,
        reference=reference,
        profile=profile,
    )


@dataclass(frozen=True, slots=True)
class Ordered:
    """A new subscription and the documents that ask for its first period."""

    subscription_id: UUID
    document_ids: tuple[UUID, ...]


def order_service(
    *,
    seller_id: int,
    customer_id: UUID,
    plan_id: UUID,
    cycle: Cycle,
    currency: str,
    start: date,
    on: date,
    at: datetime,
    quantity: int = 1,
    profile_id: UUID | None = None,
    anchor_day: int | None = None,
    end: date | None = None,
    own_price: object = None,
    words: str = "",
    reference: str | None = None,
    continues: bool = False,
) -> Ordered:
    """Order a service: the contract, and its first document at once, due the day it is ordered.

    What a sponsor pays for goes on the sponsor's next document instead, and a service that `continues` ran before and
    is asked for by the run. Refuses, and writes nothing, when what is ordered could not be asked for: there is no price
    for its currency and cycle, or the policy wants a complete profile first.
    """
    with sql.in_transaction():
        desk = desk_of(seller_id=seller_id, on=on)
        if desk.policy.profile.when_incomplete == "refuse" and not continues:
            _check_complete(seller_id, customer_id, profile_id)
        subscription_id = add_subscription(
            seller_id=seller_id,
            customer_id=customer_id,
            plan_id=plan_id,
            cycle=cycle,
            currency=currency,
            start=start,
            on=on,
            at=at,
            quantity=quantity,
            profile_id=profile_id,
            anchor_day=anchor_day,
            end=end,
            own_price=own_price,
            words=words,
            reference=reference,
            continues=continues,
        )
        if own_price is None:
            desk.dated_price(plan_id, currency, cycle.unit, cycle.count, start)
        payer_id = payer_on(seller_id=seller_id, customer_id=customer_id, on=start)
        if continues or payer_id != customer_id:
            return Ordered(subscription_id, ())
        documents = bill_now(desk=desk, payer_id=payer_id, only=subscription_id, limit=start, cause="order", at=at)
    return Ordered(subscription_id, documents)


def _check_complete(seller_id: int, customer_id: UUID, profile_id: UUID | None) -> None:
    wanted = profile_id or customer_card(seller_id=seller_id, customer_id=customer_id).default_profile_id
    row = sql.one(
        "SELECT complete, problems FROM billing_profiles WHERE seller_id = %(seller)s AND id = %(profile)s",
        {"seller": seller_id, "profile": wanted},
    )
    if row is None or not row[0]:
        fields = ", ".join(sorted({str(one["field"]) for one in row[1]})) if row else ""
        raise Refused(
            "customers.profile_first",
            "The billing profile must be complete before anything is ordered"
            + (f"; missing or wrong: {fields}." if fields else "."),
        )


def bill_now(
    *,
    desk: Desk,
    payer_id: UUID,
    only: UUID | None,
    limit: date,
    cause: str,
    at: datetime,
    charges_only: bool = False,
) -> tuple[UUID, ...]:
    """Bill one payer (or one subscription or charge of theirs) in the caller's transaction; the documents' ids.

    `charges_only` leaves periods to the run.

    What would park the payer in a run is refused here, to whoever asked.
    """
    written = bill_chunk(
        desk=desk,
        payers=[str(payer_id)],
        cause=cause,
        run_id="",
        wait=True,
        limit=limit,
        at=at,
        only=None if only is None else str(only),
        park=False,
        charges_only=charges_only,
    )
    return tuple(UUID(one) for one in written.document_ids)


def add_one_off(
    *,
    seller_id: int,
    customer_id: UUID,
    words: str,
    net_minor: int,
    currency: str,
    key: str,
    on: date,
    at: datetime,
    at_once: bool,
    quantity: int = 1,
    category: str = "service",
    profile_id: UUID | None = None,
) -> tuple[UUID, tuple[UUID, ...]]:
    """Ask for something once: at once, or with the payer's next document; the charge and any documents made.

    `net_minor` is the whole line. `key` makes it exist once; for something else it is refused.
    """
    if not 0 < net_minor <= GREATEST_MINOR:
        raise Refused(
            "subscriptions.charge_amount",
            "A one-off charge must be above zero; credits have commands of their own.",
        )
    check_charged(quantity)
    with sql.in_transaction():
        known = sql.one(
            "SELECT id, customer_id, net_minor, currency FROM charges WHERE seller_id = %(seller)s AND key = %(key)s",
            {"seller": seller_id, "key": key},
        )
        if known is not None:
            if tuple(known[1:]) != (customer_id, net_minor, currency):
                raise Refused("subscriptions.key_taken", f"The key {key!r} stands for another charge already.")
            return known[0], ()
        payer_id = payer_on(seller_id=seller_id, customer_id=customer_id, on=on)
        payer = customer_card(seller_id=seller_id, customer_id=payer_id)
        charge_id = add_charge(
            seller_id=seller_id,
            key=key,
            customer_id=customer_id,
            payer_id=payer_id,
            profile_id=(profile_id if payer_id == customer_id else None) or payer.default_profile_id,
            kind="one-off",
            category=category,
            words=words,
            currency=currency,
            on=on,
            quantity=quantity,
            net_minor=net_minor,
        )
        _note(seller_id, "ChargeAdded", words, customer_id, charge_id, on, at)
        if not at_once:
            return charge_id, ()
        desk = desk_of(seller_id=seller_id, on=on)
        documents = bill_now(desk=desk, payer_id=payer_id, only=charge_id, limit=on, cause="one-off charge", at=at)
    return charge_id, documents


def check_charged(quantity: object) -> int:
    """How many units a charge is for: one or more."""
    count = check_quantity(quantity)
    if count == 0:
        raise Refused("subscriptions.charge_quantity", "A charge is for one unit or more; the quantity is 0.")
    return count


def _note(
    seller_id: int, kind: str, cause: str, customer_id: UUID, subject_id: UUID | None, on: date, at: datetime
) -> None:
    record_fact(
        seller_id=seller_id, kind=kind, cause=cause, on=on, at=at, customer_id=customer_id, subject_id=subject_id
    )


def add_charge(
    *,
    seller_id: int,
    key: str,
    customer_id: UUID,
    payer_id: UUID,
    profile_id: UUID | None,
    kind: str,
    words: str,
    currency: str,
    on: date,
    net_minor: int,
    category: str = "service",
    subscription_id: UUID | None = None,
    period_from: date | None = None,
    period_to: date | None = None,
    quantity: int = 1,
) -> UUID:
    """Write a charge (or, negative, a credit) for a coming document; its id."""
    minor_digits(currency)
    if profile_id is None:
        raise Missing("customers.no_profile", "The payer has no billing profile.")
    charge_id = new_id()
    sql.insert(
        "charges",
        {
            "seller_id": seller_id,
            "id": charge_id,
            "key": key,
            "customer_id": customer_id,
            "payer_id": payer_id,
            "profile_id": profile_id,
            "subscription_id": subscription_id,
            "kind": kind,
            "category": category,
            "words": plain(words, what="the charge's words", longest=300),
            "currency": currency,
            "on_date": on,
            "period_from": period_from,
            "period_to": period_to,
            "quantity": quantity,
            "net_minor": net_minor,
        },
    )
    return charge_id


def save_profile(
    *,
    seller_id: int,
    customer_id: UUID,
    country: str,
    fields: Mapping[str, str],
    on: date,
    at: datetime,
    profile_id: UUID | None = None,
    vat_evidence: Mapping[str, object] | None = None,
    exemptions: Sequence[Mapping[str, object]] = (),
) -> tuple[UUID, int]:
    """Save a billing profile; its id, and how many invoices that waited for it were issued at once."""
    with sql.in_transaction():
        saved_id = customers.save_profile(
            seller_id=seller_id,
            customer_id=customer_id,
            country=country,
            fields=fields,
            on=on,
            at=at,
            profile_id=profile_id,
            vat_evidence=vat_evidence,
            exemptions=exemptions,
        )
        sql.change(
            "DELETE FROM parked WHERE seller_id = %(seller)s AND customer_id = %(customer)s AND code = ANY(%(codes)s)",
            {"seller": seller_id, "customer": customer_id, "codes": list(ENDED_BY_PROFILE)},
        )
        freed = retry_waiting(seller_id=seller_id, on=on, at=at, customer_id=customer_id)
    return saved_id, freed


def free_parked(*, seller_id: int, customer_id: UUID, reason: str, on: date, at: datetime) -> None:
    """Let a parked customer be billed again by the next run; refuses when it is not parked."""
    with sql.in_transaction():
        if not sql.change(
            "DELETE FROM parked WHERE seller_id = %(seller)s AND customer_id = %(customer)s",
            {"seller": seller_id, "customer": customer_id},
        ):
            raise Missing("invoicing.not_parked", "This customer is not parked.")
        _note(seller_id, "CustomerFreed", reason, customer_id, None, on, at)
