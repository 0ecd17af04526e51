"""`abono timeline`: what happened, each with its cause."""

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from abono.base.kernel.languages import LANGUAGES
from abono.interfaces.cli.options import as_json, of_seller, word
from abono.interfaces.cli.out import say, say_json

if TYPE_CHECKING:
    from abono.domain.sellers.queries import SellerCard
    from abono.reports.timeline import Event


@click.command("timeline")
@click.argument("about", type=word, metavar="CUSTOMER|DOCUMENT")
@of_seller
@click.option("--language", type=click.Choice(LANGUAGES), help="Default: the seller's own.")
@as_json
def command(*, seller: "SellerCard", about: str, language: str | None, as_json: bool) -> None:
    """Tell what happened to a customer or a document, in order, each with its cause.

    A document's story is that of its request, invoice and corrections, and of the money that paid them.

    \b
    Examples:
      abono timeline C-00042 --seller shop
      abono timeline P-2026-000042 --seller shop --language en --json
    """
    events = _events(seller, about, language or seller.language)
    if as_json:
        say_json({"events": [asdict(one) for one in events]})
        return
    for one in events:
        say(f"{one.on}  {one.words}" + (f" [{one.cause}]" if one.cause else ""))
    if not events:
        say("nothing happened yet")


def _events(seller: "SellerCard", about: str, language: str) -> "list[Event]":
    from abono.base.kernel.refusal import Missing
    from abono.domain.customers.queries import find_customer
    from abono.domain.invoicing.queries import find_document
    from abono.reports.timeline import timeline_of_customer, timeline_of_document

    try:
        card = find_customer(seller_id=seller.id, asked=about)
    except Missing:
        pass
    else:
        return timeline_of_customer(seller_id=seller.id, customer_id=card.id, language=language)
    try:
        document = find_document(seller_id=seller.id, asked=about)
    except Missing:
        words = f"This seller has no customer and no document {about!r}."
        raise Missing("timeline.unknown", words) from None
    return timeline_of_document(
        seller_id=seller.id, customer_id=document.customer_id, document_id=document.id, language=language
    )
