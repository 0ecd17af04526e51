"""What tests of papers share: sellers whose documents can be paid, sheets of documents, the words of a PDF."""

import io
import re
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from pypdf import PdfReader

from tests.world import World, at, make_world

LOOK = {
    "pay_url": "https://pay.seller.example",
    "pay_to": "Bank 000-12345-07",
    "name": "Larkspur",
    "legal_name": "Larkspur Ltd",
}


def seller_of(policy: str, tax_id: str = "") -> World:
    """A world whose seller can be paid by its documents."""
    from abono.base.store import sql
    from abono.domain.sellers.party import freeze_issuer

    world = make_world(policy)
    sql.change(
        "UPDATE sellers SET pay_url = %(pay_url)s, pay_to = %(pay_to)s, name = %(name)s, legal_name = %(legal_name)s, "
        "tax_id = %(tax_id)s WHERE id = %(id)s",
        {**LOOK, "tax_id": tax_id, "id": world.seller_id},
    )
    freeze_issuer(seller_id=world.seller_id)
    return world


def text_of(sheet: object) -> str:
    """All words of the PDF, with plain single spaces."""
    from abono.domain.invoicing.paper import render_pdf

    pages = PdfReader(io.BytesIO(render_pdf(sheet))).pages  # type: ignore[arg-type]
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))


def sheet(world: World, document: dict[str, object]):  # type: ignore[no-untyped-def]
    from abono.reports.papers.document import sheet_of_document

    document_id = document["id"]
    assert isinstance(document_id, UUID)
    return sheet_of_document(seller_id=world.seller_id, document_id=document_id)


def of_kind(world: World, kind: str, customer_id: UUID | None = None) -> dict[str, object]:
    return next(one for one in world.documents(customer_id) if one["kind"] == kind)


def says(text: str, *words: str) -> None:
    for word in words:
        assert word in text, f"{word!r} is not in {text!r}"


def with_uf(world: World, first: date, days: int = 10) -> None:
    from abono.domain.catalogue.actions import add_index_values

    values = {first + timedelta(days=day): Decimal("39643.10") for day in range(days)}
    add_index_values(name="UF", values=values, source="test")


def partner_with_clients(world: World) -> tuple[UUID, list[UUID], UUID, UUID]:
    """A partner in Ohio with two clients: its id, the locations and subscription of one, the plan."""
    from abono.domain.customers.actions import add_location
    from abono.domain.subscriptions.actions import activate_location
    from abono.runs.partnership import join_partner

    start = date(2026, 1, 1)
    partner = world.customer("Larkrow", region="OH", city="Dellwood", postal_code="43990")
    plan = world.plan("hub", model="volume", tiers=[[3, "31"], [None, "21.70"]], counted="locations")
    places: list[UUID] = []
    day = {"seller_id": world.seller_id, "on": start, "at": at(start)}
    for name, count in (("Copper", 2), ("Basil", 3)):
        client = world.customer(name)
        join_partner(customer_id=client, payer_id=partner, from_on=start, **day)
        subscription = world.subscribe(client, plan, start)
        for number in range(count):
            place = add_location(customer_id=client, name=f"{name} {number}", active_from=start, **day)
            activate_location(subscription_id=subscription, location_id=place, from_on=start, **day)
            places.append(place)
    return partner, places, subscription, plan
