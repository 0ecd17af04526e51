"""A payment as data, and for reading."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from abono.interfaces.cli.out import money, say

if TYPE_CHECKING:
    from abono.domain.sellers.queries import SellerCard


def payment_facts(*, seller: "SellerCard", payment_id: UUID) -> dict[str, Any]:
    """The payment with what it pays, by people's numbers."""
    from abono.domain.customers.queries import customer_card, customer_number
    from abono.domain.invoicing.queries import document_card, number_of
    from abono.domain.payments.queries import allocated, payment_card

    card = payment_card(seller_id=seller.id, payment_id=payment_id)
    owner = customer_card(seller_id=seller.id, customer_id=card.customer_id)
    paid = [
        (document_card(seller_id=seller.id, document_id=document_id), amount_minor)
        for document_id, amount_minor in reversed(allocated(seller_id=seller.id, payment_id=payment_id))
    ]
    return {
        "payment": card.id,
        "key": card.key,
        "customer": customer_number(number=owner.number),
        "means": card.means,
        "state": card.state,
        "currency": card.currency,
        "amount_minor": card.amount_minor,
        "fee_minor": card.fee_minor,
        "free_minor": card.free_minor,
        "on": card.on_date,
        "reference": card.reference,
        "pays": [
            {"document": number_of(card=one, country=seller.country), "kind": one.kind, "amount_minor": amount_minor}
            for one, amount_minor in paid
        ],
    }


def say_payment(facts: dict[str, Any]) -> None:
    """Print the payment for reading."""
    money_of = facts["currency"]
    say(f"payment {facts['key']}: {money(facts['amount_minor'], money_of)} by {facts['means']}, {facts['state']}")
    for one in facts["pays"]:
        say(f"  {money(one['amount_minor'], money_of)} for {one['document']}")
    if facts["free_minor"]:
        say(f"  {money(facts['free_minor'], money_of)} stays {facts['customer']}'s")
