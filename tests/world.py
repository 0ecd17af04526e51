"""A small named world for tests: a seller of its own under one of the five policies, with customers in good order."""

import itertools
import os
import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from abono.domain.sellers.policy import Policy

JANUARY = date(2026, 1, 1)
_numbers = itertools.count(1)
# The test that made a seller, for whoever finds something wrong with its books later.
MADE_BY: dict[int, str] = {}

# What the seller of each built-in policy is in tests: country, currency, language, region, tax condition.
SELLERS = {
    "franchise_us": ("US", "USD", "en", "TX", ""),
    "hosting_cl": ("CL", "CLP", "es", "", ""),
    "hosting_ar": ("AR", "ARS", "es", "", "1"),
    "partners_us": ("US", "USD", "en", "CA", ""),
    "booking_hu": ("HU", "HUF", "hu", "", ""),
}
# Profile fields that make a profile complete, by country; the tax id is invented per customer.
FIELDS = {
    "US": {"address": "12 Elm Street", "city": "Fresno", "region": "CA", "postal_code": "93701"},
    "CL": {"address": "Av. Uno 123", "activity": "Comercio", "district": "Providencia", "city": "Santiago"},
    "AR": {"address": "Calle 1 234", "city": "La Plata", "region": "Buenos Aires", "tax_condition": "1"},
    "HU": {"address": "Fő utca 1.", "city": "Budapest", "postal_code": "1011"},
}


def at(day: date, hour: int = 12) -> datetime:
    """An instant of a day."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


@dataclass
class World:
    """A seller with its policy and what tests make in it."""

    policy_name: str
    seller_id: int
    key: str
    country: str
    currency: str
    language: str
    plans: dict[str, UUID] = field(default_factory=dict)

    def customer(self, name: str = "Ana", *, on: date = JANUARY, complete: bool = True, **profile: str) -> UUID:
        from abono.domain.customers.actions import add_customer
        from abono.domain.customers.identifiers import invent_identifier

        number = next(_numbers)
        fields = {**FIELDS[self.country], "tax_id": invent_identifier(country=self.country, seed=number), **profile}
        return add_customer(
            seller_id=self.seller_id,
            name=name,
            country=self.country,
            language=self.language,
            currency=self.currency,
            email=f"c{number}@customer.example",
            profile=fields if complete else profile,
            on=on,
            at=at(on),
        )

    def plan(
        self, key: str = "basic", price: Any = "100", *, cycle: tuple[str, int] = ("month", 1), **more: Any
    ) -> UUID:
        from abono.domain.catalogue.actions import add_plan, add_price

        model = more.pop("model", "flat")
        if key not in self.plans:
            self.plans[key] = add_plan(
                seller_id=self.seller_id,
                key=key,
                name={"en": f"Plan {key}", "es": f"Plan {key}", "hu": f"{key} csomag"},
                counted=more.pop("counted", "fixed"),
                on=JANUARY,
                at=at(JANUARY),
            )
        more.pop("counted", None)
        add_price(
            seller_id=self.seller_id,
            plan_id=self.plans[key],
            currency=self.currency,
            cycle_unit=cycle[0],
            cycle_count=cycle[1],
            model=model,
            unit_price=None if model in ("graduated", "volume") else price,
            effective_on=more.pop("effective_on", date(2020, 1, 1)),
            on=JANUARY,
            at=at(JANUARY),
            **more,
        )
        return self.plans[key]

    def subscribe(self, customer_id: UUID, plan_id: UUID, start: date = JANUARY, **more: Any) -> UUID:
        from abono.domain.subscriptions.actions import add_subscription
        from abono.domain.subscriptions.periods import Cycle

        return add_subscription(
            seller_id=self.seller_id,
            customer_id=customer_id,
            plan_id=plan_id,
            cycle=more.pop("cycle", Cycle("month", 1)),
            currency=self.currency,
            start=start,
            on=more.pop("on", start),
            at=at(start),
            **more,
        )

    def run(self, on: date, **more: Any) -> Any:
        from abono.runs.billing.run import run_billing

        return run_billing(seller_id=self.seller_id, on=on, at=at(on), **more)

    def pay(self, customer_id: UUID, amount_minor: int, on: date, **more: Any) -> UUID:
        from abono.domain.payments.actions import record_payment

        return record_payment(
            seller_id=self.seller_id,
            customer_id=customer_id,
            means=more.pop("means", "card" if self.policy_name != "hosting_cl" else "transfer"),
            amount_minor=amount_minor,
            currency=self.currency,
            key=more.pop("key", f"test-{next(_numbers)}"),
            state=more.pop("state", "settled"),
            on=on,
            at=at(on),
            **more,
        )

    def rows(self, statement: str, **parameters: Any) -> list[tuple[Any, ...]]:
        from abono.base.store import sql

        return sql.rows(statement, {"seller": self.seller_id, **parameters})

    def documents(self, customer_id: UUID | None = None) -> list[dict[str, Any]]:
        names = "id, kind, series, number, customer_id, issued_on, due_on, "
        names += "net_minor, tax_minor, gross_minor, open_minor, state"
        found = self.rows(
            f"SELECT {names} FROM documents WHERE seller_id = %(seller)s "
            "AND (%(customer)s::uuid IS NULL OR customer_id = %(customer)s) ORDER BY issued_on, id",
            customer=customer_id,
        )
        return [dict(zip(names.split(", "), row, strict=True)) for row in found]


def make_world(
    policy: str,
    *,
    change: dict[str, str] | None = None,
    said: "Policy | None" = None,
    harmless: bool = False,
    since: date = date(2020, 1, 1),
) -> World:
    """A new seller under a built-in policy; `change` replaces pieces of its text, `said` is a policy to use instead.

    `harmless`: nothing is suspended or terminated, so that months of billing need nobody who pays. The policy is in
    force from `since`.

    Under `said` country, currency, zone and language are the policy's, as when the command line sets a seller up.
    """
    from abono.domain.sellers.actions import add_policy, add_seller
    from abono.domain.sellers.policy import builtin_policy, builtin_text, policy_text

    text = builtin_text(policy) if said is None else policy_text(said)
    for before, after in (change or {}).items():
        assert before in text, f"{before!r} is not in the policy {policy}"
        text = text.replace(before, after)
    if harmless:
        text = re.sub(r'(?m)^.*do = "(suspend|terminate)".*\n', "", text)
        text = re.sub(r"(?ms)^\[recovery\].*?(?=^\[|\Z)", "", text)
    country, currency, language, region, condition = SELLERS[policy]
    own = (said or builtin_policy(policy)).seller
    if said is not None:
        country, currency, language = own.country, own.currency, own.languages[0]
        region, condition = next((one[3], one[4]) for one in SELLERS.values() if one[0] == country)
    key = f"{policy}-{os.getpid()}-{next(_numbers)}"
    seller_id = add_seller(
        key=key,
        name="Testing",
        legal_name="Testing Inc.",
        tax_id="",
        country=country,
        region=region,
        tax_condition=condition,
        time_zone=own.time_zone,
        currency=currency,
        language=language,
        address=["1 Main Street"],
        email="billing@seller.example",
        on=JANUARY,
        at=at(JANUARY),
    )
    add_policy(seller_id=seller_id, text=text, file=policy, effective_on=since, at=at(JANUARY))
    MADE_BY[seller_id] = os.environ.get("PYTEST_CURRENT_TEST", "no test")
    return World(policy, seller_id, key, country, currency, language)
