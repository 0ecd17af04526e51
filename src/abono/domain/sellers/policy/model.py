"""A policy in force: frozen values whose attributes are the sections and keys of the file."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Literal, cast

from abono.domain.sellers.policy.keys import SECTIONS, Part, Same, key_named
from abono.domain.sellers.policy.vocabulary import WORDINGS


@dataclass(frozen=True, slots=True, order=True)
class Length:
    """How long a period is: a number of weeks or of months. A year is twelve months."""

    unit: Literal["week", "month"]
    count: int

    @property
    def shortest_days(self) -> int:
        """The fewest days that one such period can last."""
        if self.unit == "week":
            return 7 * self.count
        years, months = divmod(self.count, 12)
        return 365 * years + (28, 28, 59, 89, 120, 150, 181, 212, 242, 273, 303, 334)[months] * (months > 0)

    def __str__(self) -> str:
        whole_years = self.unit == "month" and self.count % 12 == 0
        count, unit = (self.count // 12, "year") if whole_years else (self.count, str(self.unit))
        return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


@dataclass(frozen=True, slots=True)
class Seller:
    """Where the business is, in what it counts and how it speaks. The first language is its own."""

    country: str
    currency: str
    time_zone: str
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Documents:
    """How payment is asked for. Offsets are days from the renewal day, negative before it."""

    request: Literal["none", "proforma", "charge-note", "payment-request"]
    invoice: Literal["at-issue", "on-payment"]
    group: Literal["each", "same-day", "payer"]
    issue_days: int
    due_days: int
    due_days_without_method: int
    min_days_to_pay: int
    notes: tuple[str, ...]
    use_credit: Literal["at-issue", "never"]
    index_day: Literal["issue", "due"]
    tax_rounding: Literal["document", "line"]

    @property
    def notes_by_document(self) -> Mapping[str, str]:
        """The legal wording of each kind of document: a request kind, `invoice`, `annex`."""
        return {WORDINGS[name].document: name for name in self.notes}


@dataclass(frozen=True, slots=True)
class Cycle:
    """Which periods are sold, when they turn, and what starts, changes and ends a service."""

    sold: tuple[Length, ...]
    anchor: Literal["service", "first-of-month", "programme"]
    end_day: Literal["exclusive", "inclusive"]
    activate: Literal["on-payment", "at-once"]
    change: Literal["at-once", "renewal"]
    cancel: Literal["at-once", "period-end"]
    refund: Literal["prorated", "none"]

    def sells(self, *, unit: str, count: int) -> bool:
        """Whether a period of `count` units ("week" or "month") is sold."""
        return any(length.unit == unit and length.count == count for length in self.sold)

    @property
    def shortest_days(self) -> int:
        """The fewest days between two renewals."""
        return min(length.shortest_days for length in self.sold)


@dataclass(frozen=True, slots=True)
class Profile:
    """What a billing profile must say before it can be invoiced."""

    requires: tuple[str, ...]
    when_incomplete: Literal["wait", "refuse"]

    @property
    def own_fields(self) -> tuple[str, ...]:
        """The names of the seller's own required fields."""
        return tuple(name.removeprefix("own:") for name in self.requires if name.startswith("own:"))


@dataclass(frozen=True, slots=True)
class Means:
    """A way to pay: when the money counts, its fee in basis points, whether it can be kept on file."""

    settles: Literal["at-once", "when-cleared", "when-matched", "when-reported"]
    fee_bp: int
    saved: bool


@dataclass(frozen=True, slots=True)
class MeansTable(Mapping[str, Means]):
    """The accepted ways to pay by name, in the order of the file; unlike a dict, hashable and unchanging."""

    entries: tuple[tuple[str, Means], ...]

    def __getitem__(self, name: str) -> Means:
        for known, means in self.entries:
            if known == name:
                return means
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self.entries)

    def __len__(self) -> int:
        return len(self.entries)


@dataclass(frozen=True, slots=True)
class Partner:
    """How a partner that pays for its clients is counted and invoiced."""

    count: Literal["at-issue", "at-renewal"]
    true_up: Literal["days", "none"]
    annex: bool


@dataclass(frozen=True, slots=True)
class Runs:
    """What the daily run may do without asking a person."""

    catch_up_days: int
    hold_total_percent: int


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the calendar: `number` days or business days from the due date, negative before it."""

    kind: Literal["day", "business_day"]
    number: int
    do: Literal["issue", "remind", "suspend", "terminate"]
    scope: Literal["document", "debtor"] | None
    text: str | None
    by: tuple[str, ...]

    @property
    def harmful(self) -> bool:
        """Whether the step takes something away from the customer."""
        return self.do in ("suspend", "terminate")

    @property
    def key(self) -> str:
        """The step's name within its policy, the same after its day is changed."""
        which = {"remind": self.text, "suspend": self.scope, "terminate": self.scope}.get(self.do)
        return f"calendar.steps.{self.do}" + (f".{which}" if which else "")


@dataclass(frozen=True, slots=True)
class Calendar:
    """What happens around a document's due date, in order."""

    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Suspension:
    """When a service may be stopped and what that means."""

    needs: tuple[str, ...]
    max_hold_days: int
    access: Literal["none", "read-only"]
    bill_while_suspended: bool
    on_unpaid_partner: Literal["suspend-clients", "partner-only"]


@dataclass(frozen=True, slots=True)
class Objection:
    """How long silence must last, from proven receipt, before it is taken as no objection. 0: it never is."""

    within_days: int


@dataclass(frozen=True, slots=True)
class Arrangement:
    """How far and how often a customer may put off a payment alone. 0: never."""

    max_days: int
    per_year: int


@dataclass(frozen=True, slots=True)
class Restoration:
    """The ladder of longer periods after a restoration, and how a customer comes onto its next rung."""

    longer_period: tuple[Length, ...]
    longer_period_mode: Literal["off", "offer", "automatic"]


@dataclass(frozen=True, slots=True)
class Recovery:
    """For how many days a terminated service can be brought back, and the fee in minor units."""

    within_days: int
    fee_minor: int


# A setting as plain data: what TOML and JSON can say.
Plain = str | int | bool | tuple[str, ...] | Mapping[str, str | int | tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Policy:
    """How one kind of business bills and collects. Equal policies say the same."""

    seller: Seller
    documents: Documents
    cycle: Cycle
    profile: Profile
    means: MeansTable
    partner: Partner
    runs: Runs
    calendar: Calendar
    suspension: Suspension
    objection: Objection
    arrangement: Arrangement
    restoration: Restoration
    recovery: Recovery

    def settings(self) -> dict[str, Plain]:
        """Every key with its value as plain data, defaults included, in the order of the reference.

        A step is one setting, `calendar.steps.remind.last-reminder`; without any, `calendar.steps` is empty.
        """
        flat: dict[str, Plain] = {}
        for section in SECTIONS:
            if section == "means":
                for name, means in self.means.items():
                    flat |= {f"means.{name}.{field}": value for field, value in _plain_fields(means).items()}
            elif section == "calendar":
                flat |= {step.key: _plain_step(step) for step in self.calendar.steps}
                if not self.calendar.steps:
                    flat["calendar.steps"] = ()
            else:
                inner = getattr(self, section)
                flat |= {f"{section}.{field}": value for field, value in _plain_fields(inner).items()}
        return flat

    def effect_keys(self, *, part: Part) -> tuple[str, ...]:
        """The keys of this policy that take effect with `part` and not earlier."""
        return tuple(key for key in self.settings() if key_named(key).part == part)

    def follows_another(self, key: str) -> bool:
        """Whether the key says the same as the key that is its default."""
        row = key_named(key)
        if not isinstance(row.default, Same):
            return False
        section = getattr(self, row.section)
        return bool(getattr(section, row.name) == getattr(section, row.default.name))

    @property
    def fingerprint(self) -> str:
        """SHA-256 in hex of what the policy says; comments, order and spelled-out defaults change nothing.

        Defaults are left out, so that a key added later leaves the fingerprints of older policies alone.
        """
        said = {
            key: _canonical(key, value) for key, value in self.settings().items() if not _is_default(self, key, value)
        }
        text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(text.encode("ascii")).hexdigest()


def _plain_fields(section: object) -> dict[str, Plain]:
    named = ((field.name, getattr(section, field.name)) for field in fields(section))  # type: ignore[arg-type]
    return {name: _plain(value) for name, value in named}


def _plain(value: object) -> Plain:
    if isinstance(value, tuple):
        return tuple(str(item) for item in value)
    assert isinstance(value, str | int)
    return value


def _plain_step(step: Step) -> Mapping[str, str | int | tuple[str, ...]]:
    said: dict[str, str | int | tuple[str, ...]] = {step.kind: step.number, "do": step.do}
    if step.scope:
        said["scope"] = step.scope
    if step.text:
        said["text"] = step.text
    return said | {"by": step.by}


def _canonical(key: str, value: Plain) -> object:
    """The value as it counts for comparison: the order of a set means nothing."""
    if isinstance(value, Mapping):
        return {name: sorted(item) if isinstance(item, tuple) else item for name, item in value.items()}
    if isinstance(value, tuple):
        return list(value) if key_named(key).kind.ordered else sorted(value)
    return value


def same_setting(key: str, one: Plain, other: Plain) -> bool:
    """Whether two values of a key mean the same."""
    return _canonical(key, one) == _canonical(key, other)


def _is_default(policy: Policy, key: str, value: Plain) -> bool:
    row = key_named(key)
    if isinstance(row.default, Same):
        return policy.follows_another(key)
    return not row.required and _canonical(key, value) == _canonical(key, cast(Plain, row.default))
