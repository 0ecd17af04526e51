"""Commands on customers: one transaction each."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from abono.base.facts.actions import record_fact
from abono.base.kernel.days import span
from abono.base.kernel.ids import new_id
from abono.base.kernel.refusal import Missing, Refused
from abono.base.store import sql
from abono.domain.customers.plain_text import plain
from abono.domain.customers.profile_rules import check_profile
from abono.domain.customers.queries import customer_number
from abono.domain.customers.rows import check_language, customer_row, first_fields, profile_row, profile_words
from abono.domain.sellers.party import freeze_words
from abono.domain.sellers.queries import policy_in_force

NOTICES = ("documents", "reminders", "suspensions", "receipts", "news")
ROLES = ("owner", "accounting", "technical", "other")


def add_customer(
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
    """Open an account with its first billing profile (complete or not); its id.

    `reference` is the customer's name in another system, unique per seller. Without `profile` the name and e-mail are
    all that is known, and without language or currency they are the policy's. Refuses an unknown currency, a language
    that the policy does not offer, and names that cannot be printed.
    """
    rules = policy_in_force(seller_id=seller_id, on=on).policy.seller
    row = customer_row(
        rules=rules, name=name, email=email, country=country, language=language, currency=currency, reference=reference
    )
    with sql.in_transaction():
        number = sql.value(
            "UPDATE sellers SET customers_made = customers_made + 1 WHERE id = %(id)s RETURNING customers_made",
            {"id": seller_id},
        )
        if number is None:
            raise Missing("sellers.unknown", "There is no such seller.")
        if row.reference is not None and sql.value(
            "SELECT 1 FROM customers WHERE seller_id = %(seller)s AND reference = %(reference)s",
            {"seller": seller_id, "reference": row.reference},
        ):
            raise Refused(
                "customers.reference_taken", f"There is a customer with the reference {row.reference!r} already."
            )
        customer_id = new_id()
        head = {"seller_id": seller_id, "id": customer_id, "number": number, "created_on": on}
        sql.insert("customers", {**head, **row._asdict()})
        record_fact(seller_id=seller_id, kind="CustomerAdded", cause="sign-up", on=on, at=at, customer_id=customer_id)
        fields = first_fields(customer=row, profile=profile or {})
        save_profile(seller_id=seller_id, customer_id=customer_id, country=country, fields=fields, on=on, at=at)
    return customer_id


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
) -> UUID:
    """Save a billing profile, new or known; its id. What is missing or wrong is stored with it, never refused.

    Documents that were issued keep the words they froze; the next ones take the new words. `vat_evidence` is
    `{number, checked_at, source, result}`; `exemptions` are `{number, jurisdiction, valid_from, valid_to}`.
    """
    required = policy_in_force(seller_id=seller_id, on=on).policy.profile.requires
    check = check_profile(country=country, fields=fields, required=required)
    with sql.in_transaction():
        row = profile_row(country=country, check=check, vat_evidence=vat_evidence, exemptions=exemptions)
        body = profile_words(country=country, fields=check.fields)
        saved = {**row._asdict(), "words_id": freeze_words(seller_id=seller_id, body=body), "saved_on": on}
        if profile_id is None:
            _check_known(seller_id, customer_id)
            profile_id = new_id()
            sql.insert(
                "billing_profiles",
                {"seller_id": seller_id, "id": profile_id, "customer_id": customer_id, **saved},
            )
            sql.change(
                "UPDATE customers SET default_profile_id = %(profile)s "
                "WHERE seller_id = %(seller)s AND id = %(customer)s AND default_profile_id IS NULL",
                {"profile": profile_id, "seller": seller_id, "customer": customer_id},
            )
        elif not _overwrite_profile(seller_id, customer_id, profile_id, saved):
            raise Missing("customers.no_profile", "This customer has no such billing profile.")
        record_fact(
            seller_id=seller_id,
            kind="ProfileSaved",
            cause="complete" if check.complete else "incomplete",
            on=on,
            at=at,
            customer_id=customer_id,
            subject_id=profile_id,
            data={"fields_with_problems": [one.field for one in check.problems]},
        )
    return profile_id


def _check_known(seller_id: int, customer_id: UUID) -> None:
    if not sql.value(
        "SELECT 1 FROM customers WHERE seller_id = %(seller)s AND id = %(customer)s",
        {"seller": seller_id, "customer": customer_id},
    ):
        raise Missing("customers.unknown", "This seller has no such customer.")


def _overwrite_profile(seller_id: int, customer_id: UUID, profile_id: UUID, saved: Mapping[str, object]) -> bool:
    assignments = ", ".join(f"{name} = %({name})s" for name in saved)
    touched = sql.change(
        f"UPDATE billing_profiles SET {assignments} "
        "WHERE seller_id = %(seller)s AND id = %(profile)s AND customer_id = %(customer)s",
        {**saved, "seller": seller_id, "profile": profile_id, "customer": customer_id},
    )
    return touched == 1


def check_profiles_again(*, seller_id: int, customer_id: UUID, on: date) -> None:
    """Hold a customer's incomplete profiles against the policy in force on a day, which may ask for less now."""
    required = policy_in_force(seller_id=seller_id, on=on).policy.profile.requires
    with sql.in_transaction():
        for profile_id, country, fields in sql.rows(
            "SELECT id, country, fields FROM billing_profiles WHERE seller_id = %(seller)s "
            "AND customer_id = %(customer)s AND NOT complete ORDER BY id FOR UPDATE",
            {"seller": seller_id, "customer": customer_id},
        ):
            row = profile_row(country=country, check=check_profile(country=country, fields=fields, required=required))
            sql.change(
                "UPDATE billing_profiles SET complete = %(complete)s, problems = %(problems)s "
                "WHERE seller_id = %(seller)s AND id = %(profile)s AND problems <> %(problems)s::jsonb",
                {"complete": row.complete, "problems": row.problems, "seller": seller_id, "profile": profile_id},
            )


def add_contact(
    *,
    seller_id: int,
    customer_id: UUID,
    name: str,
    language: str,
    role: str,
    notices: Sequence[str],
    on: date,
    at: datetime,
    email: str = "",
    phone: str = "",
) -> UUID:
    """Add a person to write to and the notices they want (see NOTICES); their id."""
    unknown = sorted(set(notices) - set(NOTICES))
    if unknown:
        raise Refused("customers.notice", f"Unknown notice {unknown[0]!r}; allowed: {', '.join(NOTICES)}.")
    if role not in ROLES:
        raise Refused("customers.role", f"Unknown role {role!r}; allowed: {', '.join(ROLES)}.")
    check_language(rules=policy_in_force(seller_id=seller_id, on=on).policy.seller, language=language)
    contact_id = new_id()
    with sql.in_transaction():
        _check_known(seller_id, customer_id)
        sql.insert(
            "contacts",
            {
                "seller_id": seller_id,
                "id": contact_id,
                "customer_id": customer_id,
                "name": plain(name, what="the contact's name", longest=200),
                "email": plain(email, what="the e-mail address", longest=254),
                "phone": plain(phone, what="the telephone number", longest=40),
                "language": language,
                "role": role,
                "notices": list(notices),
            },
        )
        record_fact(
            seller_id=seller_id,
            kind="ContactAdded",
            cause=role,
            on=on,
            at=at,
            customer_id=customer_id,
            subject_id=contact_id,
        )
    return contact_id


def add_location(
    *,
    seller_id: int,
    customer_id: UUID,
    name: str,
    active_from: date,
    at: datetime,
    on: date,
    active_to: date | None = None,
    address: str = "",
    region: str = "",
    locality: str = "",
    reference: str | None = None,
) -> UUID:
    """Add a location with its active days `[active_from, active_to)`; its id."""
    if active_to is not None and active_to <= active_from:
        raise Refused("customers.location_days", "A location's last day must lie after its first.")
    location_id = new_id()
    with sql.in_transaction():
        _check_known(seller_id, customer_id)
        sql.insert(
            "locations",
            {
                "seller_id": seller_id,
                "id": location_id,
                "customer_id": customer_id,
                "name": plain(name, what="the location's name", longest=200),
                "reference": reference,
                "address": plain(address, what="the location's address", longest=300),
                "region": region,
                "locality": locality,
                "active_from": active_from,
                "active_to": active_to,
            },
        )
        record_fact(
            seller_id=seller_id,
            kind="LocationAdded",
            cause=name,
            on=on,
            at=at,
            customer_id=customer_id,
            subject_id=location_id,
        )
    return location_id


def begin_sponsorship(
    *, seller_id: int, customer_id: UUID, payer_id: UUID, from_on: date, on: date, at: datetime
) -> None:
    """From `from_on` the payer pays for the customer's subscriptions; the customer gets no documents of its own.

    Refuses a second payer while one is open, a day inside an earlier sponsorship, and a payer who is paid for (one
    level only, so that who owes is always plain).
    """
    if payer_id == customer_id:
        raise Refused("customers.pays_itself", "A customer pays for itself without being told.")
    key = {"seller": seller_id, "customer": customer_id, "payer": payer_id, "day": from_on}
    with sql.in_transaction():
        known = sql.one(
            "SELECT s.from_on, s.to_on, c.number FROM sponsorships AS s "
            "JOIN customers AS c ON c.seller_id = s.seller_id AND c.id = s.payer_id WHERE s.seller_id = %(seller)s "
            "AND s.customer_id = %(customer)s AND (s.to_on IS NULL OR s.to_on > %(day)s) ORDER BY s.from_on LIMIT 1",
            key,
        )
        if known is not None:
            raise Refused(
                "customers.sponsored_already",
                f"{customer_number(number=known[2])} pays for this customer {span(*known[:2])}; another can only "
                "after that has ended.",
            )
        if sql.value(
            "SELECT 1 FROM sponsorships WHERE seller_id = %(seller)s AND (to_on IS NULL OR to_on > %(day)s) "
            "AND (customer_id = %(payer)s OR payer_id = %(customer)s)",
            key,
        ):
            raise Refused("customers.sponsor_chain", "Who pays for others cannot be paid for by another.")
        sql.insert(
            "sponsorships",
            {
                "seller_id": seller_id,
                "customer_id": customer_id,
                "from_on": from_on,
                "to_on": None,
                "payer_id": payer_id,
            },
        )
        record_fact(
            seller_id=seller_id,
            kind="SponsorshipBegun",
            cause=f"from {from_on}",
            on=on,
            at=at,
            customer_id=customer_id,
            subject_id=payer_id,
        )


def end_sponsorship(*, seller_id: int, customer_id: UUID, to_on: date, on: date, at: datetime) -> UUID:
    """From `to_on` the customer pays for itself again; the payer who paid until then."""
    key = {"seller": seller_id, "customer": customer_id, "day": to_on}
    with sql.in_transaction():
        payer_id: UUID | None = sql.value(
            "UPDATE sponsorships SET to_on = %(day)s WHERE seller_id = %(seller)s AND customer_id = %(customer)s "
            "AND to_on IS NULL AND from_on < %(day)s RETURNING payer_id",
            key,
        )
        if payer_id is None:
            raise _not_sponsored(key)
        record_fact(
            seller_id=seller_id,
            kind="SponsorshipEnded",
            cause=f"from {to_on}",
            on=on,
            at=at,
            customer_id=customer_id,
            subject_id=payer_id,
        )
    return payer_id


def _not_sponsored(key: Mapping[str, object]) -> Refused:
    since = sql.value(
        "SELECT from_on FROM sponsorships WHERE seller_id = %(seller)s AND customer_id = %(customer)s "
        "AND to_on IS NULL",
        key,
    )
    if since is None:
        words = "Nobody pays for this customer; it pays for itself already."
    else:
        words = f"Somebody pays for this customer from {since} on; that can end on a later day, not on {key['day']}."
    return Refused("customers.not_sponsored", words)
