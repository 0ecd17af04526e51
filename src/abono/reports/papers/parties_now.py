"""The words of seller and customer as they are now, for papers that freeze nothing."""

from collections.abc import Mapping
from typing import Any

from abono.base.store import sql
from abono.domain.customers.queries import CustomerCard
from abono.domain.sellers.queries import SellerCard
from abono.reports.papers.reading import words_of


def words_now(*, seller: SellerCard, customer: CustomerCard) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The customer's words from its default profile, and the seller's."""
    words_id = sql.value(
        "SELECT words_id FROM billing_profiles WHERE seller_id = %(seller)s AND id = %(profile)s",
        {"seller": seller.id, "profile": customer.default_profile_id},
    )
    theirs = words_of(seller_id=seller.id, words_id=words_id) if words_id else {"legal_name": customer.name}
    return theirs, words_of(seller_id=seller.id, words_id=seller.words_id)
