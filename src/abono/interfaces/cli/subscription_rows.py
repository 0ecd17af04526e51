"""A subscription as data for programs and for tables."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from abono.domain.sellers.queries import SellerCard
    from abono.reports.lists import SubscriptionRow


def subscription_facts(row: "SubscriptionRow") -> dict[str, Any]:
    """The row with people's numbers and the cycle as it is written."""
    from abono.domain.customers.queries import customer_number
    from abono.domain.subscriptions.periods import Cycle

    return {
        "id": row.id,
        "reference": row.reference,
        "customer": customer_number(number=row.customer_number),
        "name": row.customer_name,
        "payer": None if row.payer_number is None else customer_number(number=row.payer_number),
        "plan": row.plan,
        "words": row.words,
        "cycle": Cycle(row.cycle_unit, row.cycle_count).text,  # type: ignore[arg-type]
        "quantity": row.quantity,
        "own_price": row.own_price,
        "currency": row.currency,
        "anchor_day": row.anchor_day,
        "state": row.state,
        "started_on": row.started_on,
        "ends_on": row.ends_on,
        "next_renewal": row.billed_to,
    }


def numbers_of(*, seller: "SellerCard", document_ids: Sequence[UUID]) -> list[str]:
    """The numbers of documents as people see them."""
    from abono.domain.invoicing.queries import document_card, number_of

    cards = (document_card(seller_id=seller.id, document_id=one) for one in document_ids)
    return [number_of(card=card, country=seller.country) for card in cards]
