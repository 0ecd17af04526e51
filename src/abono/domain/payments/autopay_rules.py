"""Pure decisions on charging saved methods: which may be charged, when again, when never, and which answers to trust.

Schemes' rules are rows of a dated table, data/retries.toml.
"""

import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Any, Literal, NamedTuple

from abono.base.kernel.days import days_between, plus_days

Mode = Literal["autopay", "by-hand"]


class Charged(NamedTuple):
    """One charge of a debt by a method that was really made: on which day, and what came of it.

    `retry_on` is the day from which it may be made again, None: not by itself.
    """

    sent_on: date
    state: str
    retry_on: date | None


@dataclass(frozen=True, slots=True)
class Advice:
    """What a code asks for. `after_days` are the days after the first charge for each retry; none: never again.

    `ends` is the state in which the method ends, "" when it stays usable.
    """

    after_days: tuple[int, ...]
    ends: str
    source: str


def is_usable(
    *, state: str, verified: bool, expires_on: date | None, means: str, saved: Collection[str], on: date
) -> bool:
    """Whether a method may be charged on a day: verified, not declined or revoked, unexpired, of a means that is kept.

    `expires_on` is the last day on which it is good; `saved` are the means that the policy keeps on file.
    """
    unexpired = expires_on is None or on <= expires_on
    return state == "usable" and verified and unexpired and means in saved


def collection_mode(*, usable: int) -> Mode:
    """How a customer with so many usable methods pays. It is never typed."""
    return "autopay" if usable else "by-hand"


def scheme_of(*, means: str, brand: str) -> str:
    """Whose rules hold for a method: a card's brand where the table has it, else its means."""
    by_brand = _schemes().get(brand.lower())
    if by_brand is not None and by_brand[0].get("means") == means:
        return brand.lower()
    return means if means in _schemes() else "direct-debit"


def advice_on(*, scheme: str, code: str, on: date, returned: bool = False) -> Advice:
    """What the scheme's rules say about a code on a day. `returned`: the money had settled and was taken back."""
    rules = _rules(scheme, on)
    wanted = _plain(code)
    row = _dated([row for row in _table()["code"] if scheme in row["schemes"] and wanted in row["codes"]], on)
    if row is not None:
        return _advice(row["advice"], row["source"])
    return _advice(rules["returned" if returned else "otherwise"], rules["source"])


def next_charge_on(
    *, scheme: str, code: str, sent_days: Sequence[date], known_on: date, returned: bool = False
) -> date | None:
    """The day from which a refused charge may be made again, or None: never by itself.

    `sent_days` are the days of all charges of this debt by this method, this one included; `known_on` is the day on
    which it became known that it was refused. The cap is asked again on the day itself (`may_charge`).
    """
    advice = advice_on(scheme=scheme, code=code, on=known_on, returned=returned)
    made = len(sent_days)
    if not 0 < made <= len(advice.after_days):
        return None
    day = max(plus_days(min(sent_days), advice.after_days[made - 1]), plus_days(known_on, 1))
    return day if may_charge(scheme=scheme, sent_days=sent_days, on=day) else None


def may_charge(*, scheme: str, sent_days: Sequence[date], on: date) -> bool:
    """Whether the scheme's caps leave room for one more charge of a debt by a method on a day."""
    rules = _rules(scheme, on)
    recent = [day for day in sent_days if days_between(day, on) < rules["within_days"]]
    if len(recent) >= rules["most"]:
        return False
    series_days = rules.get("series_days")
    return series_days is None or not sent_days or days_between(min(sent_days), on) <= series_days


def is_due(*, scheme: str, charged: Sequence[Charged], on: date) -> bool:
    """Whether a debt that is due is to be charged on a day, by what was already tried with this method, in order.

    Only a refusal that may be tried again leads to another charge: money that settled and is owed again all the same
    is for a person to look at.
    """
    if not charged:
        return True
    last = charged[-1]
    if last.state not in ("declined", "returned") or last.retry_on is None or on < last.retry_on:
        return False
    return may_charge(scheme=scheme, sent_days=[one.sent_on for one in charged], on=on)


def ask_after(*, asked: int) -> timedelta | None:
    """How long to wait before the next question what became of a charge, by how often was asked; None: a person."""
    minutes = _table()["asking"]["minutes"]
    return timedelta(minutes=minutes[asked]) if asked < len(minutes) else None


def fits(*, amount_minor: int, currency: str, asked_minor: int, asked_currency: str) -> bool:
    """Whether an answer speaks of the money that was asked for; else nothing is credited and a person looks."""
    return (amount_minor, currency.upper()) == (asked_minor, asked_currency)


def _plain(code: str) -> str:
    return "".join(code.upper().split()).replace("-", "").replace("_", "")


def _rules(scheme: str, on: date) -> Mapping[str, Any]:
    row = _dated(_schemes()[scheme], on)
    assert row is not None, scheme
    return row


def _dated(rows: Sequence[Mapping[str, Any]], on: date) -> Mapping[str, Any] | None:
    """The row in force on a day; outside all rows the first one, so that no day is without a rule."""
    return next((row for row in rows if _in_force(row, on)), rows[0] if rows else None)


def _in_force(row: Mapping[str, Any], on: date) -> bool:
    begin: date = row["valid_from"]
    end: date | None = row.get("valid_to")
    return begin <= on and (end is None or on <= end)


def _advice(name: str, source: str) -> Advice:
    row = next(row for row in _table()["advice"] if row["name"] == name)
    return Advice(tuple(row["after_days"]), row["ends"], source)


@cache
def _schemes() -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in _table()["scheme"]:
        found.setdefault(row["name"], []).append(row)
    return found


@cache
def _table() -> dict[str, Any]:
    file = resources.files("abono.domain.payments").joinpath("data/retries.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))
