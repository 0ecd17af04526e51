"""What messages need, read for many items at once. It decides nothing."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from abono.base.store import sql
from abono.domain.customers.queries import customer_number
from abono.domain.invoicing.numbering import number_text
from abono.domain.notices.addressing import Account, Person
from abono.domain.notices.rendering import About
from abono.runs.notifying.items import Service


class Paper(NamedTuple):
    """A document as far as messages look at it. `round_zero` and `round_on` are those of its latest return."""

    id: UUID
    customer_id: UUID
    state: str
    policy_version: int
    issued_on: date
    words_id: UUID
    digest: str
    corrected: str
    about: About
    round_no: int
    round_zero: date | None
    round_on: date | None

    @property
    def is_owed(self) -> bool:
        """Whether something of it is still asked for."""
        return self.about.open_minor > 0 and self.state != "voided"


def papers(*, seller_id: int, country: str, ids: Iterable[UUID | None]) -> dict[UUID, Paper]:
    """Documents by id."""
    wanted = {one for one in ids if one is not None}
    if not wanted:
        return {}
    found = sql.rows(
        """
        SELECT d.id, d.customer_id, d.state, d.policy_version, d.issued_on, d.words_id, encode(d.digest, 'hex'),
          c.kind, c.series, c.number,
          d.kind, coalesce(d.extra ->> 'request', ''), d.series, d.number, d.currency, d.gross_minor, d.open_minor,
          d.due_on, coalesce(r.round_no, 0), r.day_zero, r.on_date
        FROM documents AS d
        LEFT JOIN documents AS c ON c.seller_id = d.seller_id AND c.id = d.corrects_id
        LEFT JOIN LATERAL (SELECT round_no, day_zero, on_date FROM rounds WHERE seller_id = d.seller_id
                           AND document_id = d.id ORDER BY round_no DESC LIMIT 1) AS r ON true
        WHERE d.seller_id = %(seller)s AND d.id = ANY(%(ids)s::uuid[])
        """,
        {"seller": seller_id, "ids": sql.array(wanted)},
    )
    return {row[0]: _paper(row, country) for row in found}


def _paper(row: tuple[Any, ...], country: str) -> Paper:
    corrected = number_text(series=row[8], number=row[9], kind=row[7], country=country) if row[7] else ""
    kind, request_kind, series, number, currency, gross_minor, open_minor, due_on = row[10:18]
    shown = number_text(series=series, number=number, kind=kind, country=country)
    about = About(kind, request_kind, shown, currency, gross_minor, open_minor, due_on)
    return Paper._make([*row[:7], corrected, about, *row[18:]])


def accounts(*, seller_id: int, ids: Iterable[UUID]) -> dict[UUID, tuple[Account, UUID | None]]:
    """Customers with their contacts, and the frozen words of their default profile."""
    wanted = {"seller": seller_id, "ids": sql.array(set(ids))}
    people: dict[UUID, list[Person]] = defaultdict(list)
    for customer_id, contact_id, name, email, language, role, notices in sql.rows(
        "SELECT customer_id, id, name, email, language, role, notices FROM contacts "
        "WHERE seller_id = %(seller)s AND customer_id = ANY(%(ids)s::uuid[]) ORDER BY id",
        wanted,
    ):
        people[customer_id].append(Person(contact_id, name, email, language, role, tuple(notices)))
    found = sql.rows(
        "SELECT c.id, c.number, c.name, c.email, c.language, p.words_id FROM customers AS c "
        "LEFT JOIN billing_profiles AS p ON p.seller_id = c.seller_id AND p.id = c.default_profile_id "
        "WHERE c.seller_id = %(seller)s AND c.id = ANY(%(ids)s::uuid[])",
        wanted,
    )
    return {
        customer_id: (
            Account(customer_id, customer_number(number=number), name, email, language, tuple(people[customer_id])),
            words_id,
        )
        for customer_id, number, name, email, language, words_id in found
    }


# How a service is named: its id, its customer's, the customer's name, its own words, its plan's name, if a project.
_NAMED = "s.id, s.customer_id, c.name, s.words, p.name, s.cycle_unit = 'none'"
_JOINED = """
    JOIN subscriptions AS s ON s.seller_id = {one}.seller_id AND s.id = {one}.subscription_id
    JOIN customers AS c ON c.seller_id = s.seller_id AND c.id = s.customer_id
    LEFT JOIN plans AS p ON p.seller_id = s.seller_id AND p.id = s.plan_id
"""

Stopped = dict[tuple[UUID, int, int], list[Service]]


def services_stopped(*, seller_id: int, document_ids: Iterable[UUID]) -> Stopped:
    """The services that each suspending or terminating step of these documents took: by document, round, step."""
    found: Stopped = defaultdict(list)
    wanted = {"seller": seller_id, "ids": sql.array(set(document_ids))}
    held = sql.rows(
        f"SELECT h.document_id, h.round_no, h.step_no, {_NAMED} FROM holds AS h {_JOINED.format(one='h')} "
        "WHERE h.seller_id = %(seller)s AND h.document_id = ANY(%(ids)s::uuid[]) ORDER BY c.name, s.id",
        wanted,
    )
    ended = sql.rows(
        f"SELECT m.document_id, m.round_no, m.step_no, {_NAMED} FROM steps AS t JOIN service_moves AS m "
        "ON m.seller_id = t.seller_id AND m.on_date = t.on_date AND m.document_id = t.document_id "
        f"AND m.round_no = t.round_no AND m.step_no = t.step_no AND m.after = 'terminated' {_JOINED.format(one='m')} "
        "WHERE t.seller_id = %(seller)s AND t.document_id = ANY(%(ids)s::uuid[]) AND t.action = 'terminate' "
        "ORDER BY c.name, s.id",
        wanted,
    )
    for document_id, round_no, step_no, *service in (*held, *ended):
        found[(document_id, round_no, step_no)].append(Service(*service))
    return found


class Back(NamedTuple):
    """A service that became active again. `by` is how what held it closed: paid, voided, credited, ..."""

    payer_id: UUID
    document_id: UUID | None
    on_date: date
    at: datetime
    move_no: int
    by: str
    service: Service


_PAYER = """coalesce(
      (SELECT payer_id FROM sponsorships WHERE seller_id = s.seller_id AND customer_id = s.customer_id
       AND from_on <= m.on_date AND (to_on IS NULL OR to_on > m.on_date)), s.customer_id)"""


def services_back(*, seller_id: int, since: date, until: date) -> list[Back]:
    """The services that became active again on these days, after a suspension or a termination."""
    found = sql.rows(
        f"""
        SELECT {_PAYER}, m.document_id, m.on_date, m.at, m.move_no,
          CASE WHEN m.cause = 'paid' THEN 'paid' ELSE coalesce(
            (SELECT h.closed_by FROM holds AS h WHERE h.seller_id = m.seller_id
             AND h.subscription_id = m.subscription_id AND h.closed_at = m.at ORDER BY h.document_id LIMIT 1), '') END,
          {_NAMED}
        FROM service_moves AS m {_JOINED.format(one="m")}
        WHERE m.seller_id = %(seller)s AND m.on_date BETWEEN %(since)s AND %(until)s AND m.after = 'active'
          AND m.before IN ('suspended', 'frozen', 'terminated')
        ORDER BY m.at, c.name, s.id
        """,
        {"seller": seller_id, "since": since, "until": until},
    )
    return [Back._make([*row[:6], Service(*row[6:])]) for row in found]


class Offered(NamedTuple):
    """A terminated service that may be recovered until `expires_on`."""

    id: UUID
    customer_id: UUID
    payer_id: UUID
    terminated_on: date
    expires_on: date
    fee_minor: int
    service: Service


def recoveries_offered(*, seller_id: int, since: date, until: date) -> list[Offered]:
    """Recoveries offered for services that were terminated on these days."""
    found = sql.rows(
        f"""
        SELECT r.id, s.customer_id, {_PAYER}, r.terminated_on, r.expires_on, r.fee_minor, {_NAMED}
        FROM service_moves AS m {_JOINED.format(one="m")}
        JOIN recoveries AS r ON r.seller_id = m.seller_id AND r.subscription_id = m.subscription_id
          AND r.terminated_on = m.on_date AND r.state = 'offered'
        WHERE m.seller_id = %(seller)s AND m.on_date BETWEEN %(since)s AND %(until)s AND m.after = 'terminated'
        ORDER BY s.customer_id, r.id
        """,
        {"seller": seller_id, "since": since, "until": until},
    )
    return [Offered._make([*row[:6], Service(*row[6:])]) for row in found]


class Longer(NamedTuple):
    """A longer period that was offered or applied."""

    id: UUID
    customer_id: UUID
    state: str
    from_on: date
    currency: str
    now: tuple[str, int, int]
    then: tuple[str, int, int]
    service: Service


def longer_periods(*, seller_id: int, since: date, until: date) -> list[Longer]:
    """Longer periods that were offered or applied on these days, to whoever pays for the service."""
    found = sql.rows(
        f"""
        SELECT m.id, m.customer_id, m.state, m.from_on, s.currency, m.now_unit, m.now_count, m.now_minor,
          m.new_unit, m.new_count, m.new_minor, {_NAMED}
        FROM period_offers AS m {_JOINED.format(one="m")}
        WHERE m.seller_id = %(seller)s AND m.made_on BETWEEN %(since)s AND %(until)s
          AND m.state IN ('open', 'applied')
        ORDER BY m.id
        """,
        {"seller": seller_id, "since": since, "until": until},
    )
    return [Longer._make([*row[:5], row[5:8], row[8:11], Service(*row[11:])]) for row in found]
