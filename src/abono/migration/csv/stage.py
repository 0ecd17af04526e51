"""The place between file and books: temporary tables of this session, written by COPY, gone when it ends.

Checked lines wait here, so that memory stays flat, a dry run touches no table of the books, and the import itself is
one short transaction. Statements only.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

import psycopg

from abono.base.kernel.refusal import Refused
from abono.base.store import sql
from abono.domain.customers.rows import CustomerRow, ProfileRow
from abono.domain.subscriptions.rows import SubscriptionRow
from abono.migration.csv.checking import Checked

REJECTED, DIFFERENT, FORBIDDEN = "rejected", "different", "forbidden"

_CUSTOMER = dict.fromkeys(CustomerRow._fields, "text")
_PROFILE = {**dict.fromkeys(ProfileRow._fields, "text"), "complete": "boolean"}
_SUBSCRIPTION = {
    **dict.fromkeys(SubscriptionRow._fields, "text"),
    **dict.fromkeys(("cycle_count", "quantity"), "integer"),
    **dict.fromkeys(("started_on", "terms_from", "ends_on"), "date"),
    "plan_id": "uuid",
    "continues": "boolean",
    "own_price": "numeric",
}
_COLUMNS = {
    "line_no": "integer",
    **dict.fromkeys(("reference", "money", "said"), "text"),
    **dict.fromkeys(("customer_id", "profile_id", "subscription_id"), "uuid"),
    **{f"c_{name}": kind for name, kind in _CUSTOMER.items()},
    **{f"p_{name}": kind for name, kind in _PROFILE.items()},
    "words_id": "uuid",
    "words": "text",
    **{f"s_{name}": kind for name, kind in _SUBSCRIPTION.items()},
}
_NO_PARTY = (None,) * (len(_CUSTOMER) + len(_PROFILE) + 2)
_NO_SUBSCRIPTION = (None,) * len(_SUBSCRIPTION)
_NOTES = {"line_no": "integer", "kind": "text", "code": "text", "words": "text"}
_NEW = {"line_no": "integer", "known_id": "uuid", "adds_subscription": "boolean"}
_TABLES = {"import_stage": _COLUMNS, "import_notes": _NOTES, "import_new": _NEW}


class Note(NamedTuple):
    """Something to tell about a line: its number, REJECTED, DIFFERENT or FORBIDDEN, a code, one sentence."""

    line: int
    kind: str
    code: str
    words: str


@contextmanager
def staged() -> Iterator[None]:
    """Make the temporary tables, and drop them again whatever happens."""
    drop = f"DROP TABLE IF EXISTS {', '.join(f'pg_temp.{name}' for name in _TABLES)}"
    try:
        sql.change(drop)
        for name, columns in _TABLES.items():
            sql.change(f"CREATE TEMPORARY TABLE {name} ({', '.join(f'{one} {kind}' for one, kind in columns.items())})")
    except psycopg.errors.InsufficientPrivilege:
        raise Refused(
            "store.privileges",
            "The engine may not make temporary tables here. Run as the database's owner: "
            "GRANT TEMPORARY ON DATABASE <this database> TO abono_engine;",
        ) from None
    try:
        yield
    finally:
        # Nothing to drop where the session itself is lost.
        with suppress(psycopg.OperationalError):
            sql.change(drop)


def stage_lines(lines: Sequence[tuple[int, Checked]]) -> None:
    """Keep checked lines."""
    sql.copy_in("import_stage", list(_COLUMNS), (_row(number, checked) for number, checked in lines))


def _row(number: int, line: Checked) -> tuple[object, ...]:
    party, row = line.party, line.subscription
    described = (*party.customer, *party.profile, party.words_id, party.words) if party else _NO_PARTY
    return (number, line.reference, line.currency, line.said, *line.ids, *described, *(row or _NO_SUBSCRIPTION))


def stage_notes(notes: Sequence[Note]) -> None:
    """Keep what there is to tell about lines."""
    if notes:
        sql.copy_in("import_notes", list(_NOTES), notes)


def stage_new(lines: Sequence[tuple[int, object, bool]]) -> None:
    """Keep which lines are new: number, id of their customer if it is known, whether they add a subscription."""
    if lines:
        sql.copy_in("import_new", list(_NEW), lines)


def analyse() -> None:
    """Let the database count what was staged, so that it plans well."""
    for name in ("import_stage", "import_new"):
        sql.change(f"ANALYZE {name}")


def reject_repeats(*, with_subscriptions: bool) -> None:
    """Reject lines whose reference stood further up already, and lines that contradict an earlier one."""
    reference = "s_reference" if with_subscriptions else "reference"
    what = "subscription" if with_subscriptions else "customer"
    _reject(
        f"SELECT line_no, min(line_no) OVER (PARTITION BY {reference}) AS first_line FROM import_stage",
        code="csv.twice",
        words=f"The {what}'s reference is on line %s already.",
    )
    _reject(
        "SELECT line_no, CASE WHEN said <> first_value(said) OVER mine THEN first_value(line_no) OVER mine "
        "ELSE line_no END AS first_line FROM import_stage WINDOW mine AS (PARTITION BY reference ORDER BY line_no)",
        code="csv.contradicts",
        words="Line %s says something else about the same customer.",
    )


def _reject(lines: str, *, code: str, words: str) -> None:
    sql.change(
        f"""
        WITH repeated AS (SELECT line_no, first_line FROM ({lines}) AS found WHERE first_line < line_no),
        gone AS (DELETE FROM import_stage WHERE line_no IN (SELECT line_no FROM repeated))
        INSERT INTO import_notes (line_no, kind, code, words)
        SELECT line_no, %(kind)s, %(code)s, format(%(words)s, first_line) FROM repeated
        """,
        {"kind": REJECTED, "code": code, "words": words},
    )


# Each staged line beside what the books have under its references; Beside names the columns.
BESIDE = """
    SELECT i.line_no, i.money, i.c_name, i.c_email, i.c_country, i.c_language, i.p_fields, i.s_reference,
      i.s_plan_id, i.s_words, i.s_cycle_unit, i.s_cycle_count, i.s_started_on, i.s_ends_on, i.s_quantity, i.s_own_price,
      k.id, k.name, k.email, k.country, k.language, k.currency, p.fields,
      s.customer_id, s.plan_id, s.words, s.cycle_unit, s.cycle_count, s.started_on, s.ends_on, s.quantity, s.own_price
    FROM import_stage AS i
    LEFT JOIN customers AS k ON k.seller_id = %(seller)s AND k.reference = i.reference
    LEFT JOIN billing_profiles AS p ON p.seller_id = k.seller_id AND p.id = k.default_profile_id
    LEFT JOIN subscriptions AS s ON s.seller_id = %(seller)s AND s.reference = i.s_reference
    ORDER BY i.line_no
"""

# New lines. A customer is made by the first of its lines; the others point to it.
NEW = """
    SELECT i.*, n.adds_subscription,
      n.known_id IS NULL AND i.line_no = first_value(i.line_no) OVER mine AS adds_customer,
      coalesce(n.known_id, first_value(i.customer_id) OVER mine) AS owner_id
    FROM import_new AS n JOIN import_stage AS i USING (line_no)
    WINDOW mine AS (PARTITION BY i.reference ORDER BY i.line_no)
"""
_NEW_COLUMNS = (*_COLUMNS, "adds_subscription", "adds_customer", "owner_id")
PLACE = {name: place for place, name in enumerate(_NEW_COLUMNS)}
_CUSTOMER_AT, _PROFILE_AT = PLACE["c_name"], PLACE[f"p_{ProfileRow._fields[0]}"]
_SUBSCRIPTION_AT = PLACE[f"s_{SubscriptionRow._fields[0]}"]


class NewLine(NamedTuple):
    """A new line, typed: its number, what it adds, whose it is."""

    line: int
    owner_id: UUID
    subscription_id: UUID
    party: tuple[CustomerRow, ProfileRow, UUID, UUID, str] | None
    subscription: SubscriptionRow | None


def new_lines() -> Iterator[list[NewLine]]:
    """The new lines in chunks, in the order of the file; needs a transaction."""
    for block in sql.stream(f"{NEW} ORDER BY i.line_no", chunk=1000):
        yield [_new_line(row) for row in block]


def _new_line(row: Sequence[Any]) -> NewLine:
    party = None
    if row[PLACE["adds_customer"]]:
        customer = CustomerRow(*row[_CUSTOMER_AT : _CUSTOMER_AT + len(_CUSTOMER)])
        profile = ProfileRow(*row[_PROFILE_AT : _PROFILE_AT + len(_PROFILE)])
        party = (customer, profile, row[PLACE["profile_id"]], row[PLACE["words_id"]], row[PLACE["words"]])
    subscription = None
    if row[PLACE["adds_subscription"]]:
        subscription = SubscriptionRow(*row[_SUBSCRIPTION_AT : _SUBSCRIPTION_AT + len(_SUBSCRIPTION)])
    return NewLine(row[0], row[PLACE["owner_id"]], row[PLACE["subscription_id"]], party, subscription)


class NewCounts(NamedTuple):
    """What is new: customers, those of them with an incomplete profile, subscriptions, their prices by currency."""

    customers: int
    incomplete: int
    subscriptions: int
    prices: dict[str, Decimal]


def known_prices() -> dict[str, Decimal]:
    """The prices by currency, times quantity, of the staged lines that are not new."""
    return dict(
        sql.rows(
            "SELECT s_currency, sum(s_own_price * s_quantity) FROM import_stage AS i "
            "WHERE s_own_price IS NOT NULL AND NOT EXISTS (SELECT FROM import_new AS n WHERE n.line_no = i.line_no) "
            "GROUP BY 1 ORDER BY 1"
        )
    )


def new_counts() -> NewCounts:
    """How much is new."""
    customers, incomplete = sql.one(
        f"SELECT count(*), count(*) FILTER (WHERE NOT p_complete) FROM ({NEW}) AS new WHERE adds_customer"
    ) or (0, 0)
    prices = sql.rows(
        "SELECT s_currency, count(*), sum(s_own_price * s_quantity) FROM import_new "
        "JOIN import_stage USING (line_no) WHERE adds_subscription GROUP BY 1 ORDER BY 1"
    )
    sums = {currency: total for currency, _, total in prices if total is not None}
    return NewCounts(customers, incomplete, sum(row[1] for row in prices), sums)


def notes(*, kind: str = "") -> Iterator[Note]:
    """What there is to tell, by line; needs a transaction."""
    statement = (
        "SELECT line_no, kind, code, words FROM import_notes WHERE %(kind)s IN (kind, '') ORDER BY line_no, words"
    )
    for block in sql.stream(statement, {"kind": kind}):
        yield from (Note(*row) for row in block)


def note_counts() -> dict[str, int]:
    """How many lines there is something to tell about, by kind."""
    return dict(sql.rows("SELECT kind, count(DISTINCT line_no) FROM import_notes GROUP BY 1"))
