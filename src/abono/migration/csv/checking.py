"""Checking one line: from cells to rows ready to store, by the same rules as a sign-up and an order. No I/O."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from abono.base.kernel.ids import new_id
from abono.base.kernel.refusal import Refused
from abono.domain.catalogue.queries import PriceBook
from abono.domain.customers.profile_rules import check_profile, is_country
from abono.domain.customers.rows import CustomerRow, ProfileRow, customer_row, first_fields, profile_row, profile_words
from abono.domain.sellers.party import frozen_words
from abono.domain.sellers.policy import Policy
from abono.domain.sellers.queries import SellerCard
from abono.domain.subscriptions.periods import Cycle, Terms, whole_cycle
from abono.domain.subscriptions.rows import SubscriptionRow, subscription_row
from abono.migration.csv.mapping import Cells, CsvMapping, bound
from abono.migration.csv.numbers import read_day, read_decimal

# What databases that know no empty day write instead (WHMCS among them).
_NO_DAY = frozenset(("", "0000-00-00", "00/00/0000", "00.00.0000"))
Fields = Mapping[str, Callable[[Cells], str]]


class Party(NamedTuple):
    """A customer that a line describes, with its profile and the frozen words of it."""

    customer: CustomerRow
    profile: ProfileRow
    words_id: UUID
    words: str


class Checked(NamedTuple):
    """A good line. `party` is None where the mapping only refers to customers; `said` stands for all of it."""

    reference: str
    currency: str
    party: Party | None
    said: str
    subscription: SubscriptionRow | None
    ids: tuple[UUID, UUID, UUID]


@dataclass(slots=True)
class Checker:
    """Checks lines of one file for one seller. Make it with `checker`."""

    seller: SellerCard
    policy: Policy
    book: PriceBook
    mapping: CsvMapping
    on: date
    width: int
    customer: Fields
    profile: Fields
    subscription: Fields
    plans: Mapping[str, UUID]

    def check(self, cells: Cells) -> Checked:
        """The rows of a line; refuses with what is wrong. Ids are fresh: customer, profile, subscription."""
        # Spreadsheets write blank cells to the right of the table.
        if len(cells) < self.width or any(cell.strip() for cell in cells[self.width :]):
            raise Refused("csv.width", f"The line has {len(cells)} cells; the header has {self.width}.")
        reference = self._reference(self.customer, cells, "customer")
        currency = self._of("currency", cells) or self.seller.currency
        party = self._party(cells, reference, currency) if "name" in self.customer else None
        said = hashlib.sha256(json.dumps([party and (party.customer, party.profile.fields), currency]).encode())
        subscription = self._subscription(cells, currency) if self.subscription else None
        if party is not None and subscription is None:
            # A service that comes along has a price, of its own or the catalogue's.
            self.book.check_currency(currency=currency, home=self.policy.seller.currency)
        return Checked(reference, currency, party, said.hexdigest(), subscription, (new_id(), new_id(), new_id()))

    def price(self, cells: Cells) -> tuple[str, Decimal] | None:
        """Currency and price times quantity of a line as they are read, good or not; None where there is none."""
        if "price" not in self.subscription:
            return None
        try:
            price = self._number("price", cells)
            quantity = self._number("quantity", cells) if self._text("quantity", cells) else Decimal(1)
            return self._of("currency", cells) or self.seller.currency, (price or Decimal(0)) * (quantity or 0)
        except (Refused, IndexError):
            return None

    def _of(self, key: str, cells: Cells) -> str:
        found = self.customer.get(key)
        return found(cells) if found else ""

    def _text(self, key: str, cells: Cells) -> str:
        found = self.subscription.get(key)
        return found(cells) if found else ""

    def _reference(self, fields: Fields, cells: Cells, what: str) -> str:
        reference = fields["reference"](cells)
        if not reference:
            raise Refused("csv.no_reference", f"The {what}'s reference is empty.")
        return reference

    def _party(self, cells: Cells, reference: str, currency: str) -> Party:
        name = self._of("name", cells)
        if not name:
            raise Refused("csv.no_name", "The customer's name is empty.")
        country = self._of("country", cells).upper() or self.seller.country
        if not is_country(code=country):
            raise Refused("csv.country", f"{country[:40]!r} is not a country's two letters (ISO 3166), such as US.")
        customer = customer_row(
            rules=self.policy.seller,
            name=name,
            email=self._of("email", cells),
            country=country,
            language=self._of("language", cells).lower() or None,
            currency=currency,
            reference=reference,
        )
        given = {name: text for name, read in self.profile.items() if (text := read(cells))}
        fields = first_fields(customer=customer, profile=given)
        check = check_profile(country=country, fields=fields, required=self.policy.profile.requires)
        if not check.complete and self.policy.profile.when_incomplete == "refuse":
            raise Refused("csv.profile", f"The billing profile: {check.problems[0].words['en']}")
        body = profile_words(country=country, fields=check.fields)
        return Party(customer, profile_row(country=country, check=check), *frozen_words(body=body))

    def _subscription(self, cells: Cells, currency: str) -> SubscriptionRow:
        reference = self._reference(self.subscription, cells, "subscription")
        key = self._text("plan", cells)
        if key not in self.plans:
            known = ", ".join(map(repr, sorted(self.plans))) or "none yet"
            raise Refused("csv.plan", f"There is no plan {key[:60]!r}; there are: {known}.")
        start, end = self._day("start", cells), self._day("end", cells)
        if start is None:
            raise Refused("csv.no_start", "The day on which billing goes on (start) is empty.")
        row = subscription_row(
            rules=self.policy.cycle,
            plan_id=self.plans[key],
            cycle=Cycle.parse(self._text("cycle", cells).lower()),
            currency=currency,
            start=start,
            end=end,
            quantity=1 if not self._text("quantity", cells) else self._number("quantity", cells),
            own_price=self._number("price", cells),
            words=self._text("words", cells),
            reference=reference,
            continues=True,
        )
        self._check_start(row)
        if row.own_price is None:
            price_key = (row.plan_id, currency, row.cycle_unit, row.cycle_count)
            self.book.dated_price(key=price_key, on=start)
        return row

    def _check_start(self, row: SubscriptionRow) -> None:
        """A start long ago would be billed from then on: years of periods that the old system has asked for already."""
        cycle = Cycle(row.cycle_unit, row.cycle_count)  # type: ignore[arg-type]
        if whole_cycle(Terms(row.started_on, cycle, row.started_on.day), row.started_on)[1] <= self.on:
            raise Refused(
                "csv.start_past",
                f"The start {row.started_on} lies a whole cycle or more before {self.on}, and all of it would be "
                "billed; map the next renewal day, or say with --on on which day they move in.",
            )
        if row.ends_on is not None and row.ends_on <= row.started_on:
            raise Refused("csv.ended", f"The contract ends on {row.ends_on}, before anything is to be billed.")

    def _number(self, key: str, cells: Cells) -> Decimal | None:
        text = self._text(key, cells)
        return read_decimal(text, decimal=self.mapping.decimal, what=f"The {key}") if text else None

    def _day(self, key: str, cells: Cells) -> date | None:
        text = self._text(key, cells)
        return None if text in _NO_DAY else read_day(text, dates=self.mapping.dates, what=f"The {key}")


def checker(
    *,
    seller: SellerCard,
    policy: Policy,
    book: PriceBook,
    mapping: CsvMapping,
    header: Sequence[str],
    on: date,
) -> Checker:
    """A checker of lines under this header. Refuses a mapping that names columns which the header does not have."""
    places = {name: place for place, name in enumerate(header) if name}
    missing = [(column, place) for column, place in mapping.columns.items() if column not in places]
    if missing:
        raise Refused("csv.no_column", "\n".join(mapping.no_column(column, place, header) for column, place in missing))
    fields = [
        {key: bound(value, places=places) for key, value in section.items()}
        for section in (mapping.customer, mapping.profile, mapping.subscription)
    ]
    plans = {plan.key: plan.id for plan in book.plans.values()}
    return Checker(seller, policy, book, mapping, on, len(header), fields[0], fields[1], fields[2], plans)
