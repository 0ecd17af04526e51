"""A document as data and for reading: its frozen words, lines and sums, and what became of it."""

from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

from abono.interfaces.cli.out import exact, money, say, say_facts, say_table

if TYPE_CHECKING:
    from abono.domain.invoicing.queries import DocumentCard
    from abono.domain.sellers.queries import SellerCard


def document_facts(*, seller: "SellerCard", card: "DocumentCard", on: date) -> dict[str, Any]:
    """All of a document, and the payments and documents that belong to it."""
    from abono.domain.customers.queries import customer_card, customer_number
    from abono.domain.invoicing.numbering import number_text
    from abono.domain.invoicing.queries import lines_of, number_of
    from abono.reports import lists
    from abono.reports.ahead import ahead_of_document, silence_of

    here: dict[str, Any] = {"seller_id": seller.id, "document_id": card.id}
    owner = customer_card(seller_id=seller.id, customer_id=card.customer_id)
    plain = ("kind", "id", "state", "currency", "issued_on", "due_on", "renewal_on", "policy_version")
    sums = ("net_minor", "tax_minor", "gross_minor", "open_minor")
    silence = silence_of(**here, on=on, language="en")
    return {
        "document": number_of(card=card, country=seller.country),
        **{name: getattr(card, name) for name in plain},
        "customer": customer_number(number=owner.number),
        "to": lists.party_words(seller_id=seller.id, words_id=card.words_id),
        "from": lists.party_words(seller_id=seller.id, words_id=card.issuer_id),
        **{name: getattr(card, name) for name in sums},
        "taxes": [
            {"code": code, "rate_bp": rate_bp, "base_minor": base_minor, "tax_minor": tax_minor}
            for code, rate_bp, base_minor, tax_minor in card.taxes
        ],
        "extra": card.extra,
        "lines": [line._asdict() for line in lines_of(**here)],
        "locations": lists.annex_size(**here),
        "payments": [one._asdict() for one in lists.allocations(**here)],
        "related": [
            {
                "how": one.how,
                "document": number_text(series=one.series, number=one.number, kind=one.kind, country=seller.country),
                "kind": one.kind,
                "issued_on": one.issued_on,
                "gross_minor": one.gross_minor,
                "state": one.state,
            }
            for one in lists.related_documents(**here)
        ],
        "silence": silence and asdict(silence),
        "ahead": [asdict(one) for one in ahead_of_document(**here, on=on, language="en")],
    }


def say_document(facts: dict[str, Any]) -> None:
    """Print the document for reading."""
    money_of = facts["currency"]
    say(f"{facts['document']}  {facts['kind'].replace('_', ' ')}, {facts['state']}")
    say_facts(
        {
            "to": f"{facts['customer']} {facts['to'].get('legal_name', '')}",
            "issued": facts["issued_on"],
            "due": facts["due_on"],
            "id": facts["id"],
        }
    )
    say()
    say_table(
        ("what", "from", "to", "quantity", "price", "part", "net"),
        [
            (
                line["words"],
                line["period_from"],
                line["period_to"],
                line["quantity"],
                "" if line["unit_price"] is None else exact(line["unit_price"]),
                "" if line["fraction"] is None else exact(line["fraction"]),
                money(line["net_minor"], money_of),
            )
            for line in facts["lines"]
        ],
        right=("quantity", "price", "part", "net"),
    )
    if facts["locations"]:
        say(f"annex: {facts['locations']} rows of locations")
    say()
    for tax in facts["taxes"]:
        rate, base = f"{exact_percent(tax['rate_bp'])} %", money(tax["base_minor"], money_of)
        say(f"{tax['code']} {rate} on {base}: {money(tax['tax_minor'], money_of)}")
    say(f"total {money(facts['gross_minor'], money_of)}, open {money(facts['open_minor'], money_of)}")
    for one in facts["payments"]:
        say(
            f"{one['on_date']}  {money(one['amount_minor'], money_of)} by {one['means']}, {one['key']} ({one['cause']})"
        )
    for one in facts["related"]:
        say(f"{one['how']} {one['document']} of {one['issued_on']}, {money(one['gross_minor'], money_of)}")
    if facts["silence"]:
        say(facts["silence"]["words"])
    for one in facts["ahead"]:
        say(f"next: {one['on'] or 'no day yet'}  {one['words']}" + (f" [{one['why']}]" if one["why"] else ""))


def exact_percent(rate_bp: int) -> str:
    """Basis points as per cent without trailing zeros: 1900 gives 19, 825 gives 8.25."""
    whole, rest = divmod(rate_bp, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".")
