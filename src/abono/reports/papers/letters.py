"""The letters of a day as one PDF to print: each with the address in the window, its document's pages behind it."""

from collections.abc import Sequence
from datetime import date
from io import BytesIO
from uuid import UUID

from pypdf import PdfWriter

from abono.domain.customers.queries import customer_card
from abono.domain.invoicing.paper import render_pdf
from abono.domain.notices.press import Letter, letter_pdf
from abono.domain.notices.queries import MessageCard
from abono.domain.sellers.queries import SellerCard, seller_by_id
from abono.reports.papers import party
from abono.reports.papers.announcement import NOT_ON_ENVELOPES
from abono.reports.papers.document import sheet_of_document
from abono.reports.papers.parties_now import words_now
from abono.reports.papers.reading import words_of


def letter_batch(*, seller_id: int, letters: Sequence[MessageCard], on: date) -> bytes:
    """All of the letters in one PDF, in their order, dated `on`."""
    seller = seller_by_id(seller_id=seller_id)
    whole = PdfWriter()
    for one in letters:
        whole.append(BytesIO(letter_pdf(_letter(seller, one, on))))
        for file in one.attachments:
            sheet = sheet_of_document(seller_id=seller_id, document_id=UUID(file["document"]))
            whole.append(BytesIO(render_pdf(sheet)))
    held = BytesIO()
    whole.write(held)
    return held.getvalue()


def _letter(seller: SellerCard, one: MessageCard, on: date) -> Letter:
    """The letter with the frozen words of its address; without any, the customer's as they are now."""
    card = customer_card(seller_id=seller.id, customer_id=one.customer_id)
    theirs, ours = words_now(seller=seller, customer=card)
    if one.words_id is not None:
        theirs = words_of(seller_id=seller.id, words_id=one.words_id)
    address = {name: text for name, text in theirs.items() if name not in NOT_ON_ENVELOPES}
    there = party.customer_party(words=address, home=seller.country, language=one.language)
    line = party.issuer_line(words=ours, language=one.language)
    sender = ", ".join([seller.legal_name, *(str(row) for row in ours.get("address", ()))])
    return Letter(
        seller=seller.name,
        sender=sender,
        foot=line,
        address=[there.name or one.recipient, *there.rows],
        subject=one.subject,
        body=one.body,
        language=one.language,
        paper="letter" if seller.paper == "letter" else "a4",
        on=on,
    )
