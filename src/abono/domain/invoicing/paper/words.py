"""The fixed words of the paper in en, es, hu. Spanish says "tú", Hungarian avoids suffixes on what is filled in."""

from abono.base.kernel.languages import Words, in_language
from abono.domain.invoicing import wording
from abono.domain.invoicing.paper.sheet import Sheet

_TITLES: dict[str, Words] = {
    "statement": {"en": "Statement of account", "es": "Estado de cuenta", "hu": "Folyószámla-kivonat"},
    "letter": {"en": "Letter", "es": "Carta", "hu": "Levél"},
}

_LABELS: dict[str, Words] = {
    # head
    "issued": {"en": "Issued {day}", "es": "Emisión: {day}", "hu": "Kelt: {day}"},
    "page": {
        "en": "Page {page} of {pages}",
        "es": "Página {page} de {pages}",
        "hu": "Oldal: {page} / {pages}",
    },
    "annex": {"en": "Annex to {document}", "es": "Anexo: {document}", "hu": "Melléklet: {document}"},
    "annex_heading": {
        "en": "Every location and its days",
        "es": "Cada local y sus días",
        "hu": "Minden helyszín és napjai",
    },
    "watermark": {"en": "SAMPLE", "es": "MUESTRA", "hu": "MINTA"},
    # lead
    "due_on": {"en": "Due on", "es": "A pagar hasta el", "hu": "Fizetési határidő:"},
    "paid_on": {"en": "Paid on", "es": "Pagado el", "hu": "Kifizetve:"},
    "received_on": {"en": "Received on", "es": "Recibido el", "hu": "Beérkezett:"},
    "credited_on": {"en": "Credited to you on", "es": "A tu favor desde el", "hu": "Jóváírva:"},
    "issued_on": {"en": "Issued on", "es": "Emitido el", "hu": "Kelt:"},
    "nothing_due": {"en": "Nothing to pay", "es": "Nada por pagar", "hu": "Nincs fizetnivaló"},
    "owed_on": {"en": "Balance due on", "es": "Saldo por pagar al", "hu": "Tartozás:"},
    "in_favor_on": {"en": "In your favor on", "es": "A tu favor al", "hu": "Túlfizetés:"},
    "even_on": {"en": "All paid on", "es": "Todo al día al", "hu": "Minden rendezve:"},
    # sections
    "parties": {"en": "Parties", "es": "Partes", "hu": "Felek"},
    "customer": {"en": "Billed to", "es": "Cliente", "hu": "Vevő"},
    "seller": {"en": "From", "es": "Emisor", "hu": "Kiállító"},
    "payer": {"en": "Received from", "es": "Recibido de", "hu": "Befizető"},
    "recipient": {"en": "To", "es": "Para", "hu": "Címzett"},
    "facts": {"en": "Details", "es": "Datos", "hu": "Adatok"},
    "lines": {"en": "Products", "es": "Productos", "hu": "Tételek"},
    "receipt_lines": {"en": "Payment", "es": "Pago", "hu": "Befizetés"},
    "movements": {"en": "Movements", "es": "Movimientos", "hu": "Mozgások"},
    "notes": {"en": "Notes", "es": "Notas", "hu": "Megjegyzések"},
    "payment": {"en": "How to pay", "es": "Cómo pagar", "hu": "Fizetés módja"},
    # references
    "corrects": {"en": "Corrects", "es": "Corrige", "hu": "Helyesbített bizonylat"},
    "made_from": {"en": "Made from", "es": "Emitida por el pago de", "hu": "Alapja"},
    "replaces": {"en": "Replaces", "es": "Reemplaza", "hu": "Helyettesített bizonylat"},
    "settles": {"en": "Pays", "es": "Paga", "hu": "Kiegyenlített bizonylat"},
    "reference_day": {"en": "{document}, {day}", "es": "{document}, {day}", "hu": "{document}, {day}"},
    # table
    "product": {"en": "Product", "es": "Producto", "hu": "Megnevezés"},
    "item": {"en": "Item", "es": "Concepto", "hu": "Tétel"},
    "quantity": {"en": "Quantity", "es": "Cantidad", "hu": "Mennyiség"},
    "each": {"en": "Each", "es": "Precio", "hu": "Egységár"},
    "tax": {"en": "Tax", "es": "Impuesto", "hu": "Áfa"},
    "amount": {"en": "Amount", "es": "Importe", "hu": "Összeg"},
    "location": {"en": "Location", "es": "Local", "hu": "Helyszín"},
    "client": {"en": "Client", "es": "Cliente", "hu": "Ügyfél"},
    "products": {"en": "Products", "es": "Productos", "hu": "Termékek"},
    "active": {"en": "Active", "es": "Activo", "hu": "Aktív"},
    "days": {"en": "Days", "es": "Días", "hu": "Nap"},
    "day": {"en": "Date", "es": "Fecha", "hu": "Dátum"},
    "movement": {"en": "Movement", "es": "Movimiento", "hu": "Mozgás"},
    "charged": {"en": "Charged", "es": "Cargo", "hu": "Terhelés"},
    "credited": {"en": "Paid or credited", "es": "Abono", "hu": "Jóváírás"},
    "balance": {"en": "Balance", "es": "Saldo", "hu": "Egyenleg"},
    "opening": {"en": "Opening balance", "es": "Saldo anterior", "hu": "Nyitó egyenleg"},
    # sums
    "carried": {
        "en": "Carried to page {page}",
        "es": "Pasa a la página {page}",
        "hu": "Átvitel a következő oldalra: {page}.",
    },
    "net": {"en": "Subtotal", "es": "Neto", "hu": "Nettó összesen"},
    "tax_on": {"en": "{tax} on {base}", "es": "{tax} sobre {base}", "hu": "{tax}, alapja {base}"},
    "total": {"en": "Total", "es": "Total", "hu": "Összesen"},
    "total_due": {"en": "Total due", "es": "Total a pagar", "hu": "Fizetendő összesen"},
    "total_paid": {"en": "Total paid", "es": "Total pagado", "hu": "Kifizetve összesen"},
    "total_received": {"en": "Total received", "es": "Total recibido", "hu": "Beérkezett összesen"},
    "total_credited": {"en": "Total credited", "es": "Total a tu favor", "hu": "Jóváírás összesen"},
    "total_annex": {"en": "All locations", "es": "Todos los locales", "hu": "Minden helyszín"},
    "closing": {"en": "Balance on {day}", "es": "Saldo al {day}", "hu": "Egyenleg, {day}"},
    # slip
    "pay_online": {"en": "Pay online", "es": "Paga en línea", "hu": "Fizetés interneten"},
    "pay_online_note": {
        "en": "Works without signing in, for this document only",
        "es": "Sin iniciar sesión, solo para este documento",
        "hu": "Belépés nélkül, csak ehhez a bizonylathoz",
    },
    "transfer": {
        "en": "Transfer or check, reference",
        "es": "Transferencia o depósito, referencia",
        "hu": "Átutalás, közlemény",
    },
    "payable_to": {"en": "Payable to {name}", "es": "A nombre de {name}", "hu": "Kedvezményezett: {name}"},
    "due_short": {"en": "Amount due {day}", "es": "A pagar hasta el {day}", "hu": "Határidő: {day}"},
    "due_plain": {"en": "Amount due", "es": "A pagar", "hu": "Fizetendő"},
}


def label(key: str, language: str, **facts: str) -> str:
    """The fixed words of `key`, with `facts` filled in."""
    return in_language(_LABELS[key], language).format(**facts) if facts else in_language(_LABELS[key], language)


def title_of(sheet: Sheet) -> str:
    """What the document calls itself, without its number: the sheet's own title or the usual one."""
    if sheet.title:
        return sheet.title
    if sheet.kind in _TITLES:
        return in_language(_TITLES[sheet.kind], sheet.language)
    return wording.title_of(kind=sheet.kind, request_kind=sheet.request_kind, language=sheet.language, country="")


def name_of(sheet: Sheet) -> str:
    """Title and number, as the foot and the file's title give it."""
    return f"{title_of(sheet)} {sheet.number}" if sheet.number else title_of(sheet)


def within_sentence(name: str) -> str:
    """A title inside a sentence: "Invoice" becomes "invoice", an abbreviation stays."""
    return name[:1].lower() + name[1:] if name[1:2].islower() else name
