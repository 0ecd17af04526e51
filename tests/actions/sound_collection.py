"""What the collection leaves in good order, written without the engine: services stopped, restored, ended and back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tests.actions.books_by_hand import AT, Books, Document, Line, day

FEBRUARY = (day("02-10"), day("03-10"))
SELLER = 3


def write_collection(books: Books) -> None:
    """A seller up to 20 April: one customer for each thing that can happen to a service."""
    books.seller(SELLER, "west", "on-payment")
    books.insert("run_days", seller_id=SELLER, on_date=day("04-20"))
    books.insert("collection_days", seller_id=SELLER, on_date=day("04-20"))
    books.insert("notice_days", seller_id=SELLER, on_date=day("04-20"))
    pen = Pen(books)
    kata, lena, mara, nora = (pen.asked(name) for name in ("Kata", "Lena", "Mara", "Nora"))
    _suspended(pen, *kata)
    _left_its_partner(pen)
    _restored_and_stopped_again(pen, *lena)
    _ended_for_good(pen, *nora)
    _ended_and_recovered(pen, *mara)


@dataclass
class Pen:
    """Writes the rows of the collection."""

    books: Books

    def moment(self, on: str) -> datetime:
        """The moment of the run of a day."""
        return AT.replace(month=day(on).month, day=day(on).day)

    def asked(self, name: str) -> tuple[Document, UUID]:
        """A customer's request for a service that begins on 10 February, and the service."""
        customer = self.books.customer(SELLER, name)
        service = self.service(customer)
        return self.request(customer, service), service

    def service(self, customer: UUID) -> UUID:
        found = self.books.subscription(SELLER, customer, "02-10")
        self.told("SubscriptionOrdered", customer, "02-10", subject=found)
        return found

    def project(self, customer: UUID) -> UUID:
        found = self.books.new_id()
        self.books.insert(
            "subscriptions", seller_id=SELLER, id=found, customer_id=customer, plan_id=None, words="A shop",
            profile_id=self.books.profiles[customer][0], currency="EUR", cycle_unit="none", cycle_count=0,
            anchor_day=10, ordered_on=day("02-10"), started_on=day("02-10"), terms_from=day("02-10"), continues=False,
            ends_on=None, quantity=1, state="active",
        )  # fmt: skip
        self.told("ProjectOpened", customer, "02-10", subject=found)
        return found

    def request(self, customer: UUID, *services: UUID) -> Document:
        """A request for February, issued and due on the 10th."""
        lines = [Line(1000, one, FEBRUARY) for one in services]
        found = self.books.document("request", SELLER, customer, "02-10", lines)
        self.step(found, 0, "issue", "02-10")
        self.step(found, 1, "remind", "02-12")
        self.message(found, 1, "02-12")
        return found

    def told(self, kind: str, customer: UUID, on: str, **about: Any) -> None:
        self.books.insert(
            "facts", seller_id=SELLER, id=self.books.new_id(), kind=kind, on_date=day(on), at=self.moment(on),
            customer_id=customer, document_id=about.get("document"), subject_id=about.get("subject"), cause="by hand",
        )  # fmt: skip

    def step(
        self, document: Document, number: int, action: str, on: str, *, scope: str = "", round_no: int = 0
    ) -> None:
        self.books.insert(
            "steps", seller_id=SELLER, document_id=document.id, round_no=round_no, step_no=number,
            customer_id=document.customer, action=action, scope=scope or None, scheduled_on=day(on), on_date=day(on),
            at=self.moment(on), outcome="done",
        )  # fmt: skip

    def message(self, document: Document, number: int, on: str, *, round_no: int = 0) -> None:
        """The e-mail of a step, made and sent on its day."""
        message = self.books.new_id()
        self.books.insert(
            "messages", seller_id=SELLER, id=message, ref=f"step:{document.id}:{round_no}:{number}", kind="reminder",
            channel="email", recipient="a@b.example", customer_id=document.customer, document_id=document.id,
            round_no=round_no, step_no=number, language="en", subject="A reminder", body="Please pay.", attachments=[],
            digest=b"1", speaks_on=day(on), made_on=day(on), made_at=self.moment(on), leaves_at=self.moment(on),
            state="sent", attempts=1, left_on=day(on), left_at=self.moment(on), reason="",
        )  # fmt: skip
        self.books.insert(
            "message_events", seller_id=SELLER, id=self.books.new_id(), message_id=message, kind="sent",
            on_date=day(on), at=self.moment(on), words="",
        )  # fmt: skip

    def suspend(
        self, document: Document, services: Sequence[UUID], on: str, *, scope: str = "document", number: int = 2,
        round_no: int = 0, after: str = "suspended",
    ) -> None:  # fmt: skip
        """Execute a suspension: the step, a hold for each service, a move for each that was active."""
        self.step(document, number, "suspend", on, scope=scope, round_no=round_no)
        for one in services:
            self.books.insert(
                "holds", seller_id=SELLER, subscription_id=one, document_id=document.id, round_no=round_no, scope=scope,
                step_no=number, customer_id=document.customer, opened_on=day(on), opened_at=self.moment(on),
            )  # fmt: skip
            if self.state(one) == "active":
                self.move(one, after, on, "step", document, round_no, number)

    def state(self, service: UUID) -> str:
        row = self.books.connection.execute("SELECT state FROM subscriptions WHERE id = %s", [service]).fetchone()
        assert row is not None
        return str(row[0])

    def move(
        self, service: UUID, after: str, on: str, cause: str, document: Document | None = None,
        round_no: int | None = None, step_no: int | None = None,
    ) -> None:  # fmt: skip
        row = self.books.connection.execute(
            "SELECT coalesce(move_no, 0) + 1, state FROM subscriptions WHERE id = %s", [service]
        ).fetchone()
        assert row is not None
        number, before = row
        self.books.insert(
            "service_moves", seller_id=SELLER, subscription_id=service, move_no=number, before=before, after=after,
            on_date=day(on), at=self.moment(on) + timedelta(minutes=number), cause=cause,
            document_id=document.id if document else None, round_no=round_no, step_no=step_no,
        )  # fmt: skip
        self.books.connection.execute(
            "UPDATE subscriptions SET state = %s, move_no = %s WHERE seller_id = %s AND id = %s",
            [after, number, SELLER, service],
        )

    def close(self, document: Document, on: str, how: str) -> None:
        self.books.connection.execute(
            "UPDATE holds SET closed_on = %s, closed_at = %s, closed_by = %s WHERE document_id = %s "
            "AND closed_on IS NULL",
            [day(on), self.moment(on), how, document.id],
        )

    def settle(self, request: Document, on: str, lines: list[Line]) -> tuple[Document, Document]:
        """Pay a request in full, and make its invoice; the payment and the invoice."""
        payment = self.books.payment(SELLER, request.customer, request.gross, on)
        settlement = self.books.settle(request, payment, on)
        invoice = self.books.document(
            "invoice", SELLER, request.customer, on, lines, basis="settlement", request_id=request.id,
            settlement_id=settlement, claims=False,
        )  # fmt: skip
        moved = ("money", "receivable", invoice.gross)
        self.books.transfer(invoice, "invoice_issued", invoice.id, moved, on=on, first=9)
        self.books.update(invoice, left=0)
        return payment, invoice


def _suspended(pen: Pen, request: Document, service: UUID) -> None:
    """Kata owes for one service; then all she pays for is stopped, her project frozen. An objection came to nothing."""
    kata = request.customer
    other, project = pen.service(kata), pen.project(kata)
    pen.told("ObjectionRaised", kata, "02-11", document=request.id)
    pen.books.insert(
        "objections", seller_id=SELLER, id=pen.books.new_id(), document_id=request.id, customer_id=kata,
        words="Too much", state="rejected", opened_on=day("02-11"), decided_on=day("02-12"), decision="No",
    )  # fmt: skip
    pen.told("LaterDateAgreed", kata, "02-12", document=request.id)
    pen.books.insert(
        "arrangements", seller_id=SELLER, id=pen.books.new_id(), document_id=request.id, customer_id=kata,
        granted_on=day("02-12"), until_on=day("02-14"), by="customer", reason="",
    )  # fmt: skip
    pen.suspend(request, [service], "02-15")
    pen.suspend(request, [service, other], "02-17", scope="debtor", number=3)
    pen.books.insert(
        "holds", seller_id=SELLER, subscription_id=project, document_id=request.id, round_no=0, scope="debtor",
        step_no=3, customer_id=kata, opened_on=day("02-17"), opened_at=pen.moment("02-17"),
    )  # fmt: skip
    pen.move(project, "frozen", "02-17", "step", request, 0, 3)


def _restored_and_stopped_again(pen: Pen, request: Document, service: UUID) -> None:
    """Lena paid and was restored; then the bank took the money back, so that her invoice is owed again."""
    lena = request.customer
    pen.suspend(request, [service], "02-15")
    payment, invoice = pen.settle(request, "02-18", [Line(1000, service, FEBRUARY)])
    pen.close(request, "02-18", "paid")
    pen.move(service, "active", "02-18", "released", request)
    pen.books.insert(
        "period_offers", seller_id=SELLER, id=pen.books.new_id(), subscription_id=service, customer_id=lena,
        from_on=day("03-10"), now_unit="month", now_count=1, now_minor=1000, new_unit="month", new_count=3,
        new_minor=2700, made_on=day("02-18"), state="declined", decided_on=day("02-19"),
    )  # fmt: skip
    pen.told("LongerPeriodDeclined", lena, "02-19", subject=service)
    undone = pen.books.allocate(payment, request, -request.gross, "02-25")
    moved = ("receivable", "money", invoice.gross)
    pen.books.transfer(invoice, "invoice_reopened", undone, moved, on="02-25")
    pen.books.update(invoice, left=invoice.gross)
    pen.books.return_payment(payment, "02-25")
    pen.books.insert(
        "rounds", seller_id=SELLER, document_id=invoice.id, round_no=1, day_zero=day("02-25"), on_date=day("02-25"),
        at=pen.moment("02-25"), cause="payment returned",
    )  # fmt: skip
    pen.step(invoice, -1, "returned", "02-25", round_no=1)
    pen.message(invoice, -1, "02-25", round_no=1)
    pen.suspend(invoice, [service], "03-02", round_no=1)


def _end(pen: Pen, request: Document, service: UUID, *, recover_until: str) -> UUID:
    """Terminate a suspended service on 5 March: its request is void, its period ends, a recovery is offered."""
    books, on = pen.books, "03-05"
    pen.step(request, 4, "terminate", on, scope="document")
    pen.move(service, "terminated", on, "step", request, 0, 4)
    mine = [SELLER, service]
    books.connection.execute("UPDATE subscriptions SET ends_on = %s WHERE seller_id = %s AND id = %s", [day(on), *mine])
    books.connection.execute("DELETE FROM cursors WHERE seller_id = %s AND subscription_id = %s", mine)
    books.connection.execute(
        "UPDATE claims SET document_id = NULL, reason = 'terminated', period_to = %s WHERE seller_id = %s "
        "AND subscription_id = %s",
        [day(on), *mine],
    )
    books.update(request, left=0, state="voided")
    books.transfer(request, "request_voided", request.id, ("asked_contra", "asked", request.gross), on=on)
    pen.close(request, on, "voided")
    recovery = books.new_id()
    books.insert(
        "recoveries", seller_id=SELLER, id=recovery, subscription_id=service, customer_id=request.customer,
        terminated_on=day(on), expires_on=day(recover_until), fee_minor=500, document_id=None, state="offered",
        decided_on=None,
    )  # fmt: skip
    return recovery


def _ended_and_recovered(pen: Pen, request: Document, service: UUID) -> None:
    """Mara's service was terminated; she paid for its recovery, and it began anew on 20 March."""
    books = pen.books
    mara = request.customer
    pen.suspend(request, [service], "02-15")
    recovery = _end(pen, request, service, recover_until="04-04")
    charge = books.new_id()
    books.insert(
        "charges", seller_id=SELLER, id=charge, key=f"recovery-{recovery}", customer_id=mara, payer_id=mara,
        profile_id=books.profiles[mara][0], subscription_id=service, kind="recovery", category="service",
        words="Recovery", currency="EUR", on_date=day("03-18"), quantity=1, net_minor=500,
    )  # fmt: skip
    lines = [Line(500, charge=charge)]
    asked = books.document("request", SELLER, mara, "03-18", lines)
    books.connection.execute(
        "UPDATE recoveries SET state = 'asked', document_id = %s WHERE id = %s", [asked.id, recovery]
    )
    pen.settle(asked, "03-20", lines)
    pen.move(service, "active", "03-20", "paid", asked)
    books.connection.execute(
        "UPDATE recoveries SET state = 'recovered', decided_on = %s WHERE id = %s", [day("03-20"), recovery]
    )
    books.claim(SELLER, service, (day("03-05"), day("03-20")), None, "terminated")
    books.connection.execute(
        "UPDATE subscriptions SET ends_on = NULL, terms_from = %s, anchor_day = 20 WHERE id = %s",
        [day("03-20"), service],
    )
    books.insert("cursors", seller_id=SELLER, payer_id=mara, subscription_id=service, billed_to=day("03-20"))


def _ended_for_good(pen: Pen, request: Document, service: UUID) -> None:
    """Nora's was terminated; its backup is still kept."""
    pen.suspend(request, [service], "02-15")
    _end(pen, request, service, recover_until="05-04")


def _left_its_partner(pen: Pen) -> None:
    """Olga did not pay for her client Pablo, who left her; hers stays suspended, his does not."""
    books = pen.books
    olga, pablo = books.customer(SELLER, "Olga"), books.customer(SELLER, "Pablo")
    own = pen.service(olga)
    books.insert(
        "sponsorships", seller_id=SELLER, customer_id=pablo, from_on=day("01-01"), to_on=day("02-20"), payer_id=olga
    )
    service = pen.service(pablo)
    request = pen.request(olga, own, service)
    pen.suspend(request, [own, service], "02-15", scope="debtor")
    books.connection.execute(
        "UPDATE holds SET closed_on = %s, closed_at = %s, closed_by = 'left' WHERE subscription_id = %s",
        [day("02-20"), pen.moment("02-20"), service],
    )
    pen.move(service, "active", "02-20", "released")
