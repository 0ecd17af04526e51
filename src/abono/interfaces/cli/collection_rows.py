"""What the commands of the collection share: naming documents and services, and saying an answer."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from abono.domain.invoicing.queries import DocumentCard
    from abono.domain.sellers.queries import SellerCard


def found_document(seller: "SellerCard", asked: str) -> "tuple[DocumentCard, str]":
    """The document that was asked for, and its number as people see it."""
    from abono.domain.invoicing.queries import find_document, number_of

    card = find_document(seller_id=seller.id, asked=asked)
    return card, number_of(card=card, country=seller.country)


def customer_id_of(seller: "SellerCard", asked: str | None) -> Any:
    """The id of the customer that a list is narrowed to; None for all."""
    from abono.domain.customers.queries import find_customer

    return find_customer(seller_id=seller.id, asked=asked).id if asked else None


def named(row: Any, seller: "SellerCard") -> dict[str, Any]:
    """A row of a list with the numbers that people see instead of its parts."""
    from abono.domain.customers.queries import customer_number
    from abono.domain.invoicing.numbering import number_text

    facts = dict(row._asdict())
    if "series" in facts:
        series, number, kind = facts.pop("series"), facts.pop("number"), facts.pop("kind")
        shown = kind and number_text(series=series, number=number, kind=kind, country=seller.country)
        facts["document"] = shown
    facts["customer"] = customer_number(number=facts.pop("customer_number"))
    facts["name"] = facts.pop("customer_name")
    if "plan_name" in facts:
        facts["service"] = service_name(facts, seller)
    return facts


def service_name(facts: dict[str, Any], seller: "SellerCard") -> str:
    """A service by its own words, else by its plan."""
    from abono.base.kernel.languages import in_language

    plan = facts.pop("plan_name")
    return str(facts["words"] or (in_language(plan, seller.language) if plan else "?"))
