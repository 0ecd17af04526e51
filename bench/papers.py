"""How fast documents become paper, and what a unified invoice of many locations costs."""

import os
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from abono.interfaces.cli.assembly import assemble
from bench.ground import do, make_database

DAY = date(2026, 3, 1)
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
Say = Callable[[str], None]


def papers(*, count: int, say: Say) -> None:
    """PDFs of one page per second on one core."""
    from abono.domain.invoicing.paper import Brand, Line, Party, Sheet, Tax, render_many

    def sheet(number: int) -> Sheet:
        return Sheet(
            kind="invoice",
            language="en",
            currency="USD",
            brand=Brand("Bench"),
            issued_on=DAY,
            due_on=DAY,
            number=f"I-2026-{number:06d}",
            parties=(Party("customer", f"Customer {number}"), Party("seller", "Bench Inc.")),
            lines=(Line("Plan", 9_900), Line("Backups", 1_000)),
            taxes=(Tax("Tax 10 %", 1_090),),
            net_minor=10_900,
            gross_minor=11_990,
            due_minor=11_990,
        )

    render_many([sheet(0)])
    began = time.process_time()
    render_many([sheet(one) for one in range(1, count + 1)])
    say(f"PDFs of one page per second and core: {count / (time.process_time() - began):,.0f}")


def unified_invoice(*, admin_url: str, locations: int, say: Say) -> None:
    """Issue a partner's invoice over all locations of its clients, and make its PDF."""
    url = make_database(admin_url=admin_url, name="bench_partner")
    made = do("seller", url=url, kind="invoice")
    os.environ["DATABASE_URL"] = url
    assemble(url=url)
    from abono.reports.papers.document import sheet_of_document
    from abono.runs.billing.run import run_billing

    seller_id = made["seller_id"]
    _partner(seller_id, locations)
    began = time.monotonic()
    run_billing(seller_id=seller_id, on=DAY, at=AT)
    issued = time.monotonic() - began
    from abono.base.store import sql
    from abono.domain.invoicing.paper import render_pdf

    document_id = sql.value("SELECT id FROM documents WHERE seller_id = %(seller)s", {"seller": seller_id})
    began = time.monotonic()
    pdf = render_pdf(sheet_of_document(seller_id=seller_id, document_id=document_id))
    say(
        f"unified invoice of {locations:,} locations: issued in {issued:.2f} s, "
        f"PDF of {len(pdf) // 1024:,} kB in {time.monotonic() - began:.2f} s"
    )


def _partner(seller_id: int, locations: int) -> None:
    """A customer whose one subscription counts all the locations."""
    from abono.base.store import sql
    from abono.domain.catalogue.actions import add_plan, add_price
    from abono.domain.customers.actions import add_customer, add_location
    from abono.domain.subscriptions.actions import activate_location, add_subscription
    from abono.domain.subscriptions.periods import Cycle

    when: dict[str, Any] = {"on": DAY, "at": AT}
    with sql.in_transaction():
        plan = add_plan(seller_id=seller_id, key="hub", name={"en": "Hub"}, counted="locations", **when)
        add_price(
            seller_id=seller_id,
            plan_id=plan,
            currency="USD",
            cycle_unit="month",
            cycle_count=1,
            model="volume",
            tiers=[[100, "24"], [None, "19"]],
            effective_on=DAY,
            **when,
        )
        fields = {"address": "1 Elm", "city": "Fresno", "region": "CA", "postal_code": "93701", "email": "a@b.example"}
        customer = add_customer(
            seller_id=seller_id, name="Partner", country="US", language="en", currency="USD", profile=fields, **when
        )
        subscription = add_subscription(
            seller_id=seller_id,
            customer_id=customer,
            plan_id=plan,
            cycle=Cycle("month", 1),
            currency="USD",
            start=DAY,
            **when,
        )
        for number in range(locations):
            location = add_location(
                seller_id=seller_id, customer_id=customer, name=f"Store {number}", active_from=DAY, **when
            )
            activate_location(
                seller_id=seller_id, subscription_id=subscription, location_id=location, from_on=DAY, **when
            )
