"""The card fee before anybody pays: what policy and law allow on this card, and what is to pay with it."""

from dataclasses import dataclass
from datetime import date
from typing import cast
from uuid import UUID

from abono.base.kernel.refusal import Refused
from abono.base.store import sql
from abono.domain.invoicing.card_fee import FeeDecision, Funding, card_fee_bp
from abono.domain.payments.rules import fee_on
from abono.domain.sellers.queries import policy_in_force, seller_by_id

KNOWN_FUNDINGS = ("credit", "debit", "prepaid")


@dataclass(frozen=True, slots=True)
class FeeQuote:
    """Minor units: what the documents ask for, the fee on it, both together; and why the fee is what it is."""

    base_minor: int
    fee_minor: int
    decision: FeeDecision

    @property
    def total_minor(self) -> int:
        """The amount to pay so that the base is paid in full."""
        return self.base_minor + self.fee_minor


def quote_fee(
    *, seller_id: int, customer_id: UUID, means: str, base_minor: int, funding: str, brand: str, on: date
) -> FeeQuote:
    """What paying `base_minor` by these means costs on a day; refuses means that the policy does not accept."""
    accepted = policy_in_force(seller_id=seller_id, on=on).policy.means
    if means not in accepted:
        raise Refused("payments.means", f"The policy does not accept {means!r}; accepted: {', '.join(accepted)}.")
    decision = card_fee(
        seller_id=seller_id,
        customer_id=customer_id,
        asked_bp=accepted[means].fee_bp,
        funding=funding,
        brand=brand,
        on=on,
    )
    return FeeQuote(base_minor, fee_on(base_minor=base_minor, fee_bp=decision.bp), decision)


def card_fee(*, seller_id: int, customer_id: UUID, asked_bp: int, funding: str, brand: str, on: date) -> FeeDecision:
    """The fee in basis points that the law table allows on this card, for this payer's place, on this day."""
    seller = seller_by_id(seller_id=seller_id)
    row = sql.one(
        "SELECT p.country, p.fields->>'region' FROM customers AS c JOIN billing_profiles AS p "
        "ON p.seller_id = c.seller_id AND p.id = c.default_profile_id "
        "WHERE c.seller_id = %(seller)s AND c.id = %(customer)s",
        {"seller": seller_id, "customer": customer_id},
    )
    country, region = row or ("", "")
    return card_fee_bp(
        asked_bp=asked_bp,
        seller_country=seller.country,
        payer_country=country,
        payer_region=region or "",
        funding=cast(Funding, funding if funding in KNOWN_FUNDINGS else "unknown"),
        brand=brand,
        on=on,
    )
