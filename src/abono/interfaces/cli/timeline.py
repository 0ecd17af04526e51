"""`abono timeline`: what happened, each with its cause, and what happens next."""

from contextlib import suppress
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from abono.base.kernel.languages import LANGUAGES
from abono.interfaces.cli.ahead_lines import say_ahead
from abono.interfaces.cli.options import as_json, of_seller, on_day, word
from abono.interfaces.cli.out import say, say_json

if TYPE_CHECKING:
    from abono.domain.sellers.queries import SellerCard
    from abono.reports.ahead import Next
    from abono.reports.timeline import Event


@click.command("timeline")
@click.argument("about", type=word, metavar="CUSTOMER|DOCUMENT|SERVICE")
@of_seller
@on_day
@click.option("--language", type=click.Choice(LANGUAGES), help="Default: the seller's own.")
@as_json
def command(*, seller: "SellerCard", about: str, on: date, language: str | None, as_json: bool) -> None:
    """Tell what happened to a customer, a document or a service, each with its cause; and what happens next, and when.

    A document's story is that of its request, invoice and corrections, and of the money that paid them. What happens
    next is what the calendar will do from the day --on on, if nothing is paid before.

    \b
    Examples:
      abono timeline C-00042 --seller shop
      abono timeline P-2026-000042 --seller shop --language en --json
    """
    events, ahead = _story(seller, about, on, language or seller.language)
    if as_json:
        say_json({"events": [asdict(one) for one in events], "ahead": [asdict(one) for one in ahead]})
        return
    for one in events:
        say(f"{one.on}  {one.words}" + (f" [{one.cause}]" if one.cause else ""))
    if not events:
        say("nothing happened yet")
    say()
    say_ahead(ahead, language or seller.language)


def _story(seller: "SellerCard", about: str, on: date, language: str) -> "tuple[list[Event], tuple[Next, ...]]":
    from abono.base.kernel.refusal import Missing
    from abono.domain.customers.queries import find_customer
    from abono.domain.invoicing.queries import find_document
    from abono.domain.subscriptions.queries import find_subscription
    from abono.reports.ahead import ahead_of_document
    from abono.reports.service_screens import ahead_of_customer, services
    from abono.reports.timeline import timeline_of_customer, timeline_of_document, timeline_of_service

    which: dict[str, Any] = {"seller_id": seller.id, "language": language}
    with suppress(Missing):
        customer = find_customer(seller_id=seller.id, asked=about)
        return timeline_of_customer(customer_id=customer.id, **which), ahead_of_customer(
            customer_id=customer.id, on=on, **which
        )
    with suppress(Missing):
        document = find_document(seller_id=seller.id, asked=about)
        events = timeline_of_document(customer_id=document.customer_id, document_id=document.id, **which)
        return events, ahead_of_document(document_id=document.id, on=on, **which)
    with suppress(Missing):
        service = find_subscription(seller_id=seller.id, asked=about)
        events = timeline_of_service(customer_id=service.customer_id, subscription_id=service.id, **which)
        return events, services(service_id=service.id, on=on, **which)[0].ahead
    raise Missing("timeline.unknown", f"This seller has no customer, no document and no service {about!r}.")
