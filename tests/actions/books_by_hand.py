"""Books written row by row without the engine: each method writes the rows of one event and all that belongs to it."""

import hashlib
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from abono.domain.invoicing.digest import canonical_json, digest_of

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
FACTS = {
    "request": "RequestIssued",
    "invoice": "InvoiceIssued",
    "credit_note": "CreditNoteIssued",
    "receipt": "ReceiptIssued",
}
BOOKED_AS = {"request": "request_issued", "invoice": "invoice_issued", "credit_note": "credit_note", "receipt": "fee"}
SERIES = {"request": "P-2026", "invoice": "I-2026", "credit_note": "N-2026", "receipt": "R-2026"}


def day(text: str) -> date:
    """A day of 2026 written `MM-DD`."""
    return date.fromisoformat(f"2026-{text}")


@dataclass(slots=True)
class Line:
    """A line to issue: what it is for and its net amount."""

    net: int
    subscription: UUID | None = None
    period: tuple[date, date] | None = None
    charge: UUID | None = None
    code: str = "T-A"
    fraction: bool = True
    annex: Sequence[tuple[UUID, UUID, int]] = ()


@dataclass(slots=True)
class Document:
    """An issued document, as far as later rows need it."""

    id: UUID
    seller: int
    customer: UUID
    gross: int
    net: int
    taxes: list[list[Any]] = field(default_factory=list)


class Books:
    """A pen: each method writes the rows of one event, and all that belongs to it."""

    def __init__(self, connection: "psycopg.Connection[Any]") -> None:
        self.connection = connection
        self.counter = itertools.count(1)
        self.profiles: dict[UUID, tuple[UUID, UUID]] = {}
        self.issuers: dict[int, UUID] = {}
        self.plans: dict[int, UUID] = {}
        self.moves: dict[UUID, int] = {}
        self.numbers: dict[tuple[int, str], int] = {}

    def new_id(self) -> UUID:
        return UUID(int=(0x7 << 76) | (0x2 << 62) | next(self.counter))

    def insert(self, table: str, **values: object) -> None:
        columns = sql.SQL(", ").join(map(sql.Identifier, values))
        places = sql.SQL(", ").join(sql.Placeholder() * len(values))
        statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(sql.Identifier(table), columns, places)
        found = [Jsonb(value) if isinstance(value, dict | list) else value for value in values.values()]
        self.connection.execute(statement, found)

    def words(self, seller: int, body: Mapping[str, object]) -> UUID:
        words_id = UUID(bytes=hashlib.sha256(canonical_json(body).encode()).digest()[:16])
        self.insert("party_words", seller_id=seller, id=words_id, body=dict(body))
        return words_id

    def seller(self, number: int, key: str, invoice_when: str) -> None:
        self.insert(
            "sellers", id=number, key=key, name=key, legal_name=f"{key} SpA", tax_id="1-9", tax_condition="",
            country="CL", region="", time_zone="UTC", currency="EUR", language="en", address=[], email="",
            accent="#16181B", paper="a4", pay_url="", pay_to="", created_on=day("01-01"), customers_made=0,
        )  # fmt: skip
        self.insert(
            "policy_versions", seller_id=number, version=1, effective_on=day("01-01"), invoice_when=invoice_when,
            text="", fingerprint="", added_at=AT,
        )  # fmt: skip
        self.issuers[number] = self.words(number, {"name": key, "address": ["Calle Ñuñoa 1", "Santiago"]})
        self.plans[number] = self.new_id()
        self.insert(
            "plans", seller_id=number, id=self.plans[number], key="plan", name={"en": "Plan"}, category="service",
            counted="fixed",
        )  # fmt: skip

    def customer(self, seller: int, name: str) -> UUID:
        customer, profile = self.new_id(), self.new_id()
        self.insert(
            "customers", seller_id=seller, id=customer, number=next(self.counter), name=name, email="", country="CL",
            language="en", currency="EUR", created_on=day("01-01"),
        )  # fmt: skip
        words = self.words(seller, {"name": name})
        self.insert(
            "billing_profiles", seller_id=seller, id=profile, customer_id=customer, country="CL", fields={},
            complete=True, problems=[], exemptions=[], words_id=words, saved_on=day("01-01"), tax_key="{}",
        )  # fmt: skip
        self.connection.execute(
            "UPDATE customers SET default_profile_id = %s WHERE seller_id = %s AND id = %s", [profile, seller, customer]
        )
        self.profiles[customer] = (profile, words)
        return customer

    def subscription(
        self,
        seller: int,
        customer: UUID,
        start: str,
        *,
        payer: UUID | None = None,
        unit: str = "month",
        anchor: int | None = None,
        ends: str = "",
        state: str = "active",
        cursor: bool = True,
    ) -> UUID:
        found = self.new_id()
        began = day(start)
        self.insert(
            "subscriptions", seller_id=seller, id=found, customer_id=customer, profile_id=self.profiles[customer][0],
            plan_id=self.plans[seller], words="", currency="EUR", cycle_unit=unit, cycle_count=1,
            anchor_day=anchor or began.day, ordered_on=began, started_on=began, terms_from=began, continues=False,
            ends_on=day(ends) if ends else None, quantity=1, state="active",
        )  # fmt: skip
        if state != "active":
            self.insert(
                "service_moves", seller_id=seller, subscription_id=found, move_no=1, before="active", after=state,
                on_date=day(ends), at=AT, cause="ended",
            )  # fmt: skip
            self.connection.execute(
                "UPDATE subscriptions SET state = %s, move_no = 1 WHERE seller_id = %s AND id = %s",
                [state, seller, found],
            )
        if cursor:
            self.insert("cursors", seller_id=seller, payer_id=payer or customer, subscription_id=found, billed_to=began)
        return found

    def claim(
        self,
        seller: int,
        subscription: UUID,
        period: tuple[date, date],
        document: UUID | None,
        reason: str | None = None,
    ) -> None:
        before = self.connection.execute(
            "SELECT max(period_to) FROM claims WHERE seller_id = %s AND subscription_id = %s", [seller, subscription]
        ).fetchone()
        self.insert(
            "claims", seller_id=seller, subscription_id=subscription, period_from=period[0], period_to=period[1],
            follows=before[0] if before else None, document_id=document, reason=reason,
        )  # fmt: skip
        self.connection.execute(
            "UPDATE cursors SET billed_to = %s WHERE seller_id = %s AND subscription_id = %s",
            [period[1], seller, subscription],
        )

    def charge(self, seller: int, customer: UUID, net: int, on: str, subscription: UUID | None = None) -> UUID:
        found = self.new_id()
        self.insert(
            "charges", seller_id=seller, id=found, key=str(found), customer_id=customer, payer_id=customer,
            profile_id=self.profiles[customer][0], subscription_id=subscription, kind="set-up", category="service",
            words="Set-up", currency="EUR", on_date=day(on), quantity=1, net_minor=net,
        )  # fmt: skip
        return found

    def transfer(
        self, document: Document, cause: str, cause_id: UUID, *movements: tuple[str, str, int], on: str, first: int = 0
    ) -> None:
        for part, (debit, credit, amount) in enumerate(movements, start=first):
            if amount:
                self.insert(
                    "transfers", seller_id=document.seller, cause_id=cause_id, cause=cause, part=part,
                    customer_id=document.customer, debit=debit, credit=credit, currency="EUR", amount_minor=amount,
                    on_date=day(on),
                )  # fmt: skip

    def document(
        self,
        kind: str,
        seller: int,
        customer: UUID,
        on: str,
        lines: Sequence[Line],
        *,
        claims: bool = True,
        **given: Any,
    ) -> Document:
        """Issue a document: its rows, digest, fact, transfers, claims; at 10 % for each tax that its lines name."""
        found = Document(self.new_id(), seller, customer, 0, sum(line.net for line in lines))
        bases: dict[str, int] = {}
        for line in lines:
            for code in line.code.split("+") if line.code != "fee" else ():
                bases[code] = bases.get(code, 0) + line.net
        found.taxes = [[code, 1000, base, (base + 5) // 10] for code, base in bases.items()]
        tax = sum(row[3] for row in found.taxes)
        found.gross = found.net + tax
        series = SERIES[kind]
        number = self._next_number(seller, series)
        when = "at-issue" if seller == 2 else "on-payment"
        links = {name: given.get(name) for name in ("request_id", "settlement_id", "corrects_id", "replaces_id")}
        row: dict[str, object] = {
            "kind": kind,
            "series": series,
            "number": number,
            "customer_id": customer,
            "words_id": self.profiles[customer][1],
            "issuer_id": self.issuers[seller],
            "policy_version": 1,
            "invoice_when": when,
            "basis": given.get("basis", "asks") if kind == "invoice" else None,
            "currency": "EUR",
            "issued_on": day(on),
            "due_on": day(on),
            "renewal_on": day(on),
            "net_minor": found.net,
            "tax_minor": tax,
            "gross_minor": found.gross,
            "taxes": found.taxes,
            "extra": {"language": "en", "letter": 'Ñ "quoted"', "index": {"UF": "38000.12"}},
            **links,
        }
        line_rows = [self._line(number, line) for number, line in enumerate(lines, start=1)]
        annex_rows = self._annex(lines)
        row["digest"] = digest_of(_texts(row), map(_texts, line_rows), map(_texts, annex_rows))
        state, left = ("issued", 0) if kind == "credit_note" else ("open", found.gross)
        self.insert(
            "documents", seller_id=seller, id=found.id, state=state, open_minor=left, run_id=given.get("run_id"), **row
        )
        for line_row in line_rows:
            self.insert("lines", seller_id=seller, document_id=found.id, **line_row)
        for annex_row in annex_rows:
            self.insert("annex_rows", seller_id=seller, document_id=found.id, **annex_row)
        self.fact(found, FACTS[kind], on)
        self._claim_and_ask(found, kind, lines, claims)
        self._book_issue(found, kind, on)
        return found

    def _next_number(self, seller: int, series: str) -> int:
        number = self.numbers[seller, series] = self.numbers.get((seller, series), 0) + 1
        if number == 1:
            self.insert("series", seller_id=seller, series=series, next_no=1)
        self.connection.execute(
            "UPDATE series SET next_no = next_no + 1 WHERE seller_id = %s AND series = %s", [seller, series]
        )
        return number

    def _line(self, number: int, line: Line) -> dict[str, object]:
        return {
            "line_no": number,
            "subscription_id": line.subscription,
            "charge_id": line.charge,
            "words": f"Service {number}, ñandú\\n",
            "period_from": line.period[0] if line.period else None,
            "period_to": line.period[1] if line.period else None,
            "quantity": 1,
            "unit_price": f"{line.net}.000000",
            "fraction": "1.000000000" if line.period and line.fraction else None,
            "net_minor": line.net,
            "tax_code": line.code,
        }

    def _annex(self, lines: Sequence[Line]) -> list[dict[str, object]]:
        found: list[dict[str, object]] = []
        for number, line in enumerate(lines, start=1):
            for subscription, location, net in line.annex:
                assert line.period is not None
                found.append(
                    {
                        "row_no": len(found) + 1,
                        "line_no": number,
                        "subscription_id": subscription,
                        "location_id": location,
                        "location": "Store",
                        "client": "Client",
                        "product": "Plan",
                        "active_from": line.period[0],
                        "active_to": line.period[1],
                        "days": (line.period[1] - line.period[0]).days,
                        "net_minor": net,
                    }
                )
        return found

    def _claim_and_ask(self, found: Document, kind: str, lines: Sequence[Line], claims: bool) -> None:
        if kind not in ("request", "invoice") or not claims:
            return
        for line in lines:
            if line.charge:
                self.connection.execute(
                    "UPDATE charges SET document_id = %s WHERE seller_id = %s AND id = %s",
                    [found.id, found.seller, line.charge],
                )
            elif line.subscription and line.period:
                self.claim(found.seller, line.subscription, line.period, found.id)

    def _book_issue(self, found: Document, kind: str, on: str) -> None:
        cause = BOOKED_AS[kind]
        taxes = [(f"tax:{row[0]}", row[3]) for row in found.taxes]
        if kind == "request":
            self.transfer(found, cause, found.id, ("asked", "asked_contra", found.gross), on=on)
        elif kind == "receipt":
            self.transfer(found, cause, found.id, ("receivable", "fee_income", found.gross), on=on)
        elif not taxes:
            self.transfer(found, "fee_returned", found.id, ("fee_income", "receivable", found.gross), on=on)
        elif kind == "invoice":
            moved = [("receivable", "revenue", found.net), *(("receivable", code, tax) for code, tax in taxes)]
            self.transfer(found, cause, found.id, *moved, on=on)
        else:
            moved = [("revenue", "receivable", found.net), *((code, "receivable", tax) for code, tax in taxes)]
            self.transfer(found, cause, found.id, *moved, on=on)

    def fact(self, about: Document, kind: str, on: str) -> None:
        self.insert(
            "facts", seller_id=about.seller, id=self.new_id(), kind=kind, on_date=day(on), at=AT,
            customer_id=about.customer, document_id=about.id, cause="by hand",
        )  # fmt: skip

    def update(self, document: Document, *, left: int, state: str = "") -> None:
        self.connection.execute(
            "UPDATE documents SET open_minor = %s, state = %s WHERE seller_id = %s AND id = %s",
            [left, state or ("open" if left else "settled"), document.seller, document.id],
        )

    def reported(self, seller: int, customer: UUID, amount: int, on: str, **given: Any) -> Document:
        """A payment that the customer says they made."""
        found = Document(self.new_id(), seller, customer, amount, amount)
        self.insert(
            "payments", seller_id=seller, id=found.id, key=str(found.id), customer_id=customer,
            means=given.get("means", "transfer"), funding="", currency="EUR", amount_minor=amount,
            fee_minor=given.get("fee", 0), free_minor=0, state="reported", on_date=day(on), reference="",
            chosen_ids=[str(one) for one in given.get("chosen", ())],
        )  # fmt: skip
        self.move(found, None, "reported", on)
        return found

    def payment(
        self, seller: int, customer: UUID, amount: int, on: str, *, means: str = "transfer", fee: int = 0
    ) -> Document:
        """Money reported and then settled; all of it free."""
        found = self.reported(seller, customer, amount, on, means=means, fee=fee)
        self.connection.execute(
            "UPDATE payments SET state = 'settled', free_minor = amount_minor WHERE id = %s", [found.id]
        )
        self.move(found, "reported", "settled", on)
        self.transfer(found, "payment_settled", found.id, (f"clearing:{means}", "money", amount), on=on)
        return found

    def move(self, payment: Document, before: str | None, after: str, on: str) -> None:
        number = self.moves[payment.id] = self.moves.get(payment.id, 0) + 1
        self.insert(
            "payment_moves", seller_id=payment.seller, payment_id=payment.id, move_no=number, before=before,
            after=after, on_date=day(on), at=AT, cause="by hand",
        )  # fmt: skip

    def allocate(self, payment: Document, document: Document, amount: int, on: str, *, book: str = "") -> UUID:
        """Set money against a document, or undo it with a negative amount; booked when `book` names a cause."""
        found = self.new_id()
        self.insert(
            "allocations", seller_id=payment.seller, id=found, payment_id=payment.id, document_id=document.id,
            customer_id=payment.customer, amount_minor=amount, on_date=day(on), cause="by hand",
        )  # fmt: skip
        self.connection.execute(
            "UPDATE payments SET free_minor = free_minor - %s WHERE seller_id = %s AND id = %s",
            [amount, payment.seller, payment.id],
        )
        if book:
            sides = ("money", "receivable", amount) if amount > 0 else ("receivable", "money", -amount)
            self.transfer(document, book, found, sides, on=on)
        return found

    def settle(self, request: Document, payment: Document, on: str) -> UUID:
        """Pay a request in full: allocation, settlement, memo reversed."""
        self.allocate(payment, request, request.gross, on)
        found = self.new_id()
        self.insert("settlements", seller_id=request.seller, id=found, request_id=request.id, on_date=day(on), at=AT)
        self.update(request, left=0, state="settled")
        self.transfer(request, "request_settled", found, ("asked_contra", "asked", request.gross), on=on)
        return found

    def return_payment(self, payment: Document, on: str) -> None:
        """The money went back; nothing may be set against anything any more."""
        self.connection.execute(
            "UPDATE payments SET state = 'returned', free_minor = 0 WHERE seller_id = %s AND id = %s",
            [payment.seller, payment.id],
        )
        self.move(payment, "settled", "returned", on)
        self.transfer(payment, "payment_returned", payment.id, ("money", "clearing:transfer", payment.gross), on=on)


def _texts(row: Mapping[str, object]) -> list[str]:
    return [
        "" if value is None else canonical_json(value) if isinstance(value, dict | list) else str(value)
        for name, value in row.items()
    ]
