"""`abono pay`: record money that was reported or that arrived; `--quote` shows the card fee before."""

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from abono.base.kernel.ids import new_id
from abono.interfaces.cli.options import as_json, currency, dated, line, minor, number, of_seller, word
from abono.interfaces.cli.out import money, say, say_json
from abono.interfaces.cli.payment_rows import payment_facts, say_payment

if TYPE_CHECKING:
    from abono.domain.customers.queries import CustomerCard
    from abono.domain.invoicing.queries import DocumentCard
    from abono.domain.sellers.queries import SellerCard


@click.command("pay")
@of_seller
@dated
@click.option("--customer", required=True, type=word, help="Whose money it is.")
@click.option("--means", required=True, type=word, help="How it was paid, as the policy names it: transfer, card.")
@click.option("--amount", type=number, help="All of it, any card fee included.")
@click.option("--currency", type=currency, help="Default: the customer's.")
@click.option(
    "--state",
    type=click.Choice(["reported", "pending", "settled"]),
    help="reported: they say so; pending: on its way; settled: it is here. Default: as the policy says of the means.",
)
@click.option("--document", "documents", type=word, multiple=True, metavar="NUMBER", help="What it is for, in order.")
@click.option("--key", "once", type=word, help="Makes it exist once: again with the same key records nothing.")
@click.option("--funding", type=click.Choice(["credit", "debit", "prepaid"]), help="Of a card.")
@click.option("--brand", type=line, default="", help="Of a card: visa, mastercard.")
@click.option("--reference", type=line, default="", help="The bank's or processor's own number.")
@click.option("--quote", is_flag=True, help="Only show the card fee and what is to pay; records nothing.")
@as_json
def command(*, seller: "SellerCard", on: date, at: datetime, quote: bool, as_json: bool, **given: Any) -> None:
    """Record money of a customer. It pays the documents named, else the oldest due; what is left stays theirs.

    With --quote, --amount is what is to be paid without the fee; left out, it is what the documents ask for.
    What happens to a payment later: abono payment --help

    \b
    Examples:
      abono pay --seller shop --customer C-00042 --means transfer --amount 119.00 --state settled --key b-7
      abono pay --seller shop --customer C-00042 --means card --funding credit --brand visa --quote
    """
    from abono.domain.customers.queries import find_customer
    from abono.domain.invoicing.queries import find_document

    card = find_customer(seller_id=seller.id, asked=given["customer"])
    given["currency"] = given["currency"] or card.currency
    chosen = [find_document(seller_id=seller.id, asked=one) for one in given["documents"]]
    if quote:
        _say_quote(seller, card, chosen, on, given, as_json=as_json)
        return
    if given["amount"] is None:
        raise click.UsageError("Missing option '--amount'.", click.get_current_context())
    payment_id = _record(seller, card, [one.id for one in chosen], on, at, given)
    facts = payment_facts(seller=seller, payment_id=payment_id)
    if as_json:
        say_json(facts)
    else:
        say_payment(facts)


def _record(
    seller: "SellerCard",
    card: "CustomerCard",
    document_ids: list[UUID],
    on: date,
    at: datetime,
    given: dict[str, Any],
) -> UUID:
    from abono.domain.payments.actions import record_payment

    return record_payment(
        seller_id=seller.id,
        customer_id=card.id,
        means=given["means"],
        amount_minor=minor(given["amount"], given["currency"], option="--amount"),
        currency=given["currency"],
        key=given["once"] or f"pay-{new_id()}",
        state=given["state"],
        document_ids=document_ids,
        funding=given["funding"] or "",
        brand=given["brand"],
        reference=given["reference"],
        on=on,
        at=at,
    )


def _say_quote(
    seller: "SellerCard",
    card: "CustomerCard",
    chosen: "list[DocumentCard]",
    on: date,
    given: dict[str, Any],
    *,
    as_json: bool,
) -> None:
    from abono.base.kernel.languages import in_language
    from abono.domain.payments.quotes import quote_fee

    amount: Decimal | None = given["amount"]
    quote = quote_fee(
        seller_id=seller.id,
        customer_id=card.id,
        means=given["means"],
        base_minor=_asked(seller, card, chosen, given["currency"])
        if amount is None
        else minor(amount, given["currency"], option="--amount"),
        funding=given["funding"] or "",
        brand=given["brand"],
        on=on,
    )
    if as_json:
        decision = quote.decision
        say_json(
            {
                "base_minor": quote.base_minor,
                "fee_minor": quote.fee_minor,
                "total_minor": quote.total_minor,
                "currency": given["currency"],
                "fee_bp": decision.bp,
                "reason_code": decision.reason_code,
                "reason": dict(decision.reason),
                "source": decision.source,
            }
        )
        return
    say(f"without fee: {money(quote.base_minor, given['currency'])}")
    say(f"card fee:    {money(quote.fee_minor, given['currency'])} ({in_language(quote.decision.reason, 'en')})")
    say(f"to pay:      {money(quote.total_minor, given['currency'])}")


def _asked(seller: "SellerCard", card: "CustomerCard", chosen: "list[DocumentCard]", currency: str) -> int:
    """What the chosen documents ask for, else all that are open."""
    from abono.base.kernel.refusal import Refused
    from abono.base.store import sql
    from abono.domain.invoicing.queries import owed_documents

    if any(one.customer_id != card.id or one.currency != currency for one in chosen):
        raise Refused("payments.not_theirs", f"A chosen document is not one that {card.name} can pay in {currency}.")
    if chosen:
        return sum(one.open_minor for one in chosen)
    with sql.in_transaction():
        owed = owed_documents(seller_id=seller.id, customer_id=card.id, currency=currency)
    return sum(one.open_minor for one in owed)
