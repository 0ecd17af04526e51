"""What all documents that one seller issues on one day have in common, with the small caches of a run."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from abono.base.kernel.days import plus_days
from abono.base.kernel.ids import new_ids
from abono.base.kernel.languages import in_language
from abono.base.kernel.refusal import Refused
from abono.domain.catalogue.prices import Price
from abono.domain.catalogue.queries import DatedPrice, PriceBook, price_book
from abono.domain.invoicing.digest import canonical_json
from abono.domain.invoicing.numbering import series_for
from abono.domain.invoicing.taxation import Taxation, taxation_of
from abono.domain.invoicing.voucher_letter import voucher_letter
from abono.domain.sellers.policy import Policy
from abono.domain.sellers.queries import SellerCard, policy_in_force, seller_by_id
from abono.domain.subscriptions.periods import Cycle, Period, Terms, due_on, horizon, period_from

REQUEST, INVOICE = "request", "invoice"
MOST_KEPT = 5_000


class Days(NamedTuple):
    """Days of a document, as text."""

    issued_on: str
    due_on: str
    renewal_on: str


@dataclass(slots=True)
class Desk:
    """One seller on one day: policy in force, prices, taxes. Reads are done once; the rest is memory."""

    seller: SellerCard
    version: int
    policy: Policy
    book: PriceBook
    on: date
    counted: frozenset[UUID] = frozenset()
    issuer_id: str = ""
    cycles: dict[tuple[str, int], Cycle] = field(default_factory=dict)
    _taxes: dict[tuple[str, str], Taxation] = field(default_factory=dict)
    _extras: dict[tuple[str, str], str] = field(default_factory=dict)
    _series: dict[str, str] = field(default_factory=dict)
    _prices: dict[tuple[UUID, str, str, int, date], DatedPrice] = field(default_factory=dict)
    _periods: dict[tuple[date, tuple[str, int], int, date | None, date], Period] = field(default_factory=dict)
    _days: dict[tuple[date, bool, bool], Days] = field(default_factory=dict)
    _ids: list[str] = field(default_factory=list)
    rates: dict[tuple[object, ...], Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Know the plans whose quantity is counted when a document is issued, and who issues it."""
        self.issuer_id = str(self.seller.words_id)
        self.counted = frozenset(plan.id for plan in self.book.plans.values() if plan.counted != "fixed")

    @property
    def kind(self) -> str:
        """What asks for money under the policy: a request, or the invoice itself."""
        return INVOICE if self.policy.documents.request == "none" else REQUEST

    @property
    def horizon(self) -> date:
        """The latest renewal day whose document may be issued today."""
        return horizon(issue_days=self.policy.documents.issue_days, on=self.on)

    @property
    def due_days(self) -> int:
        """Days from the renewal day to the due date."""
        return self.policy.documents.due_days

    @property
    def method_matters(self) -> bool:
        """Whether a document is due on another day where its payer has no usable method on file."""
        return self.policy.documents.due_days_without_method != self.due_days

    def scheduled_issue(self, renewal: date) -> date:
        """The day on which the policy issues the document for a renewal, whenever the run really happens."""
        return plus_days(renewal, self.policy.documents.issue_days)

    def index_day(self, renewal: date) -> date:
        """The day whose index value counts for a renewal."""
        if self.policy.documents.index_day == "due":
            return plus_days(renewal, self.due_days)
        return self.scheduled_issue(renewal)

    def check_incomplete(self) -> None:
        """A request asks anyway, so that nobody is served for nothing; an invoice needs a complete profile."""
        if self.kind == INVOICE:
            raise Refused("invoicing.profile_incomplete", "The billing profile lacks what an invoice must say.")

    def period(
        self, terms_from: date, cycle: tuple[str, int], anchor_day: int, ends_on: date | None, day: date
    ) -> Period:
        """The period that begins on `day`, one object for all contracts on the same terms."""
        key = (terms_from, cycle, anchor_day, ends_on, day)
        found = self._periods.get(key)
        if found is None:
            found = period_from(Terms(terms_from, self.cycle(*cycle), anchor_day, ends_on), day)
            if len(self._periods) < MOST_KEPT:
                self._periods[key] = found
        return found

    def days(self, renewal: date, first: bool, by_hand: bool) -> Days:
        """Issue, due and renewal day of a document issued today, as text. `by_hand`: no usable method is on file."""
        found = self._days.get((renewal, first, by_hand))
        if found is None:
            due_day = due_on(
                renewal=renewal,
                issued_on=self.on,
                due_days=self.policy.documents.due_days_without_method if by_hand else self.due_days,
                min_days_to_pay=self.policy.documents.min_days_to_pay,
                first=first,
            )
            found = Days(self.on.isoformat(), max(due_day, self.on).isoformat(), renewal.isoformat())
            if len(self._days) < MOST_KEPT:
                self._days[renewal, first, by_hand] = found
        return found

    def fresh_id(self) -> str:
        """A new id for a document. They are made by the hundred, because one by one is dear."""
        if not self._ids:
            self._ids = new_ids(100)[::-1]
        return self._ids.pop()

    def cycle(self, unit: str, count: int) -> Cycle:
        """The cycle, one object for all."""
        key = (unit, count)
        found = self.cycles.get(key)
        if found is None:
            found = self.cycles[key] = Cycle(unit, count)  # type: ignore[arg-type]
        return found

    def dated_price(self, plan_id: UUID, currency: str, unit: str, count: int, day: date) -> DatedPrice:
        """The catalogue's price for a period that begins on `day`."""
        key = (plan_id, currency, unit, count, day)
        found = self._prices.get(key)
        if found is None:
            found = self.book.dated_price(key=key[:4], on=day)
            if len(self._prices) < MOST_KEPT:
                self._prices[key] = found
        return found

    def own_price(self, currency: str, unit_price: Decimal) -> Price:
        """A subscription's own unit price, as a price."""
        return Price("per_unit", currency, unit_price)

    def index_value(self, price: Price, renewal: date) -> Decimal | None:
        """The value of the price's index for a renewal; None for a price without index."""
        if price.index_name is None:
            return None
        return self.book.index_value(name=price.index_name, on=self.index_day(renewal))

    def spoken(self, language: str) -> str:
        """The language of a customer's document: the customer's, or the policy's first where that is not offered."""
        offered = self.policy.seller.languages
        return language if language in offered else offered[0]

    def plan_name(self, plan_id: UUID, language: str) -> str:
        """The plan's name as it stands on documents in that language."""
        return in_language(self.book.plans[plan_id].name, language)

    def category(self, plan_id: UUID) -> str:
        """The plan's tax category."""
        return self.book.plans[plan_id].category

    def taxation(self, tax_key: str, category: str) -> Taxation:
        """How a line of this category is taxed for a buyer; refuses where the law asks for evidence that is missing."""
        key = (tax_key, category)
        found = self._taxes.get(key)
        if found is None:
            found = taxation_of(seller=self.seller, buyer=json.loads(tax_key), category=category, on=self.on)
            if len(self._taxes) < MOST_KEPT:
                self._taxes[key] = found
        if found.hold:
            raise Refused("invoicing.tax_evidence", found.hold)
        return found

    def extra(self, language: str, tax_key: str, more: Mapping[str, Any] | None = None) -> str:
        """The frozen rest of a document as canonical JSON: language, treatment of tax, letter, index values."""
        if more:
            return canonical_json({**json.loads(self.extra(language, tax_key)), **more})
        key = (language, tax_key)
        found = self._extras.get(key)
        if found is None:
            found = canonical_json(self._extra(language, json.loads(tax_key)))
            if len(self._extras) < MOST_KEPT:
                self._extras[key] = found
        return found

    def _extra(self, language: str, buyer: dict[str, Any]) -> dict[str, Any]:
        data: dict[str, Any] = {"language": language, "request": self.policy.documents.request}
        treatment = self.taxation(canonical_json(buyer), "service")
        if treatment.treatment != "taxed":
            data["treatment"] = treatment.treatment
        evidence = {name: text for name, text in treatment.evidence.items() if name != "rule"}
        if evidence:
            data["evidence"] = evidence
        try:
            letter = voucher_letter(
                seller_country=self.seller.country,
                seller_condition=self.seller.tax_condition,
                buyer_country=buyer["country"],
                buyer_condition=buyer.get("tax_condition", ""),
                on=self.on,
            )
        except Refused:
            if self.kind == INVOICE:
                raise
            return data  # the invoice will know, once the profile is complete
        if letter is not None:
            data["letter"] = letter.letter
        return data

    def series(self, kind: str, extra: str) -> str:
        """The series that a document of this kind takes its number from."""
        found = self._series.get(extra)
        if found is None:
            letter = json.loads(extra).get("letter", "")
            found = series_for(kind=kind, country=self.seller.country, letter=letter, on=self.on)
            if len(self._series) < MOST_KEPT:
                self._series[extra] = found
        return found


def desk_of(*, seller_id: int, on: date) -> Desk:
    """The seller's desk for a day; refuses when no policy is in force."""
    in_force = policy_in_force(seller_id=seller_id, on=on)
    return Desk(
        seller_by_id(seller_id=seller_id),
        in_force.version,
        in_force.policy,
        price_book(seller_id=seller_id),
        on,
    )
