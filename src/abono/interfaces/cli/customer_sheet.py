"""Everything about a customer on one sheet, as data and for reading."""

from datetime import date
from typing import TYPE_CHECKING, Any

from abono.interfaces.cli.out import money, say, say_facts, say_table

if TYPE_CHECKING:
    from abono.domain.sellers.queries import SellerCard

# The documents shown on a sheet; `abono document list` shows all.
LATEST = 12


def sheet_of(*, seller: "SellerCard", asked: str, on: date) -> dict[str, Any]:
    """The customer's data as they stand on a day; Missing when the seller has no such customer."""
    from abono.domain.customers.queries import customer_number, find_customer
    from abono.domain.invoicing.numbering import number_text
    from abono.domain.ledger.queries import balances_of
    from abono.interfaces.cli.subscription_rows import subscription_facts
    from abono.reports import lists

    card = find_customer(seller_id=seller.id, asked=asked)
    mine: dict[str, Any] = {"seller_id": seller.id, "customer_id": card.id}
    return {
        "customer": customer_number(number=card.number),
        "id": card.id,
        "name": card.name,
        "email": card.email,
        "country": card.country,
        "language": card.language,
        "currency": card.currency,
        "reference": card.reference,
        "on": on,
        "balances": [balance._asdict() for balance in balances_of(**mine, on=on)],
        "profiles": [one._asdict() for one in lists.profiles(**mine)],
        "contacts": [one._asdict() for one in lists.contacts(**mine)],
        "locations": [one._asdict() for one in lists.locations(**mine, on=on)],
        "sponsorships": [
            {
                **one._asdict(),
                "payer_number": customer_number(number=one.payer_number),
                "customer_number": customer_number(number=one.customer_number),
            }
            for one in lists.sponsorships(**mine)
        ],
        "subscriptions": [subscription_facts(one) for one in lists.subscriptions(**mine)],
        "documents": [
            {
                "document": number_text(series=one.series, number=one.number, kind=one.kind, country=seller.country),
                **{name: value for name, value in one._asdict().items() if name not in ("series", "number")},
            }
            for one in lists.documents(**mine, most=LATEST)
        ],
    }


def say_sheet(sheet: dict[str, Any]) -> None:
    """Print the sheet for reading."""
    names = ("customer", "name", "email", "country", "language", "currency", "reference", "id")
    say_facts({name: sheet[name] for name in names})
    for one in sheet["profiles"]:
        wrong = ", ".join(problem["field"] for problem in one["problems"])
        mark = " (default)" if one["is_default"] else ""
        say(f"profile {one['id']}{mark}: {f'incomplete: {wrong}' if wrong else 'complete'}")
    for one in sheet["sponsorships"]:
        until = f" to {one['to_on']}" if one["to_on"] else ""
        say(f"{one['payer_number']} pays for {one['customer_number']} from {one['from_on']}{until}")
    _balances(sheet)
    _section("contacts", sheet["contacts"], ("name", "email", "phone", "role"))
    _section("locations", sheet["locations"], ("name", "reference", "active_from", "active_to", "id"))
    _section(
        "subscriptions",
        sheet["subscriptions"],
        ("plan", "words", "cycle", "quantity", "state", "next_renewal", "id"),
    )
    _documents(sheet["documents"])


def _balances(sheet: dict[str, Any]) -> None:
    for one in sheet["balances"]:
        parts = [
            f"{words} {money(one[name], one['currency'])}"
            for name, words in (
                ("asked_minor", "asked for"),
                ("receivable_minor", "invoiced and unpaid"),
                ("money_minor", "theirs with us"),
            )
            if one[name]
        ]
        say(f"on {sheet['on']}: {', '.join(parts) or 'nothing open'}")


def _section(title: str, rows: list[dict[str, Any]], names: tuple[str, ...]) -> None:
    if rows:
        say()
        say(title)
        say_table([name.replace("_", " ") for name in names], [[row[name] for name in names] for row in rows])


def _documents(rows: list[dict[str, Any]]) -> None:
    if rows:
        say()
        say(f"documents (the latest {LATEST})" if len(rows) == LATEST else "documents")
        say_table(
            ("document", "kind", "issued", "due", "amount", "open", "state"),
            [
                (
                    row["document"],
                    row["kind"],
                    row["issued_on"],
                    row["due_on"],
                    money(row["gross_minor"], row["currency"]),
                    money(row["open_minor"], row["currency"]) if row["open_minor"] else "",
                    row["state"],
                )
                for row in rows
            ],
            right=("amount", "open"),
        )
