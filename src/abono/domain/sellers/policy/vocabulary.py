"""The words that a policy may use for things, each with its name in every language.

Such a list stands only here: what is allowed, the reference and the sentences follow from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from abono.base.kernel.languages import Words


def _words(en: str, es: str, hu: str) -> Words:
    return {"en": en, "es": es, "hu": hu}


# Hungarian says in which language something is written with an adverb.
LANGUAGE_WORDS: Mapping[str, Words] = {
    "en": _words("English", "inglés", "angolul"),
    "es": _words("Spanish", "español", "spanyolul"),
    "hu": _words("Hungarian", "húngaro", "magyarul"),
}

FIELDS: Mapping[str, Words] = {
    "legal_name": _words("legal name", "razón social", "cégnév"),
    "tax_id": _words("tax number", "identificador tributario", "adószám"),
    "tax_condition": _words("tax status", "condición tributaria", "adózási jogállás"),
    "activity": _words("line of business", "giro o actividad", "tevékenység"),
    "address": _words("address", "domicilio", "cím"),
    "district": _words("district", "comuna", "kerület"),
    "city": _words("city", "ciudad", "település"),
    "region": _words("region", "provincia o región", "régió"),
    "postal_code": _words("postal code", "código postal", "irányítószám"),
    "country": _words("country", "país", "ország"),
    "email": _words("e-mail address", "correo electrónico", "e-mail-cím"),
    "phone": _words("phone number", "teléfono", "telefonszám"),
}
OWN_FIELD = _words("own field “{name}”", "campo propio «{name}»", "saját mező: „{name}”")


@dataclass(frozen=True, slots=True)
class Wording:
    """A fixed legal text and the kind of document it belongs to: a request kind, `invoice` or `annex`."""

    document: str
    words: Words


WORDINGS: Mapping[str, Wording] = {
    "charge-note-cl": Wording(
        "charge-note", _words("Chilean charge note", "nota de cobro chilena", "chilei fizetési értesítő")
    ),
    "invoice-cl": Wording("invoice", _words("Chilean invoice", "factura chilena", "chilei számla")),
    "proforma-ar": Wording("proforma", _words("Argentine proforma", "proforma argentina", "argentin proforma számla")),
    "invoice-ar": Wording("invoice", _words("Argentine invoice", "factura argentina", "argentin számla")),
    "payment-request-hu": Wording(
        "payment-request",
        _words("Hungarian payment request", "solicitud de pago húngara", "magyar díjbekérő"),
    ),
    "invoice-hu": Wording("invoice", _words("Hungarian invoice", "factura húngara", "magyar számla")),
    "invoice-us": Wording("invoice", _words("United States invoice", "factura estadounidense", "amerikai számla")),
    "annex-us": Wording("annex", _words("United States annex", "anexo estadounidense", "amerikai melléklet")),
}


@dataclass(frozen=True, slots=True)
class MeansWord:
    """A way to pay; `savable` if it can be kept on file and charged. `words` follow "a payment"."""

    savable: bool
    words: Words


MEANS: Mapping[str, MeansWord] = {
    "card": MeansWord(True, _words("by card", "con tarjeta", "bankkártyás fizetésnél")),
    "ach": MeansWord(True, _words("by ACH debit", "por débito ACH", "ACH-terhelésnél")),
    "direct-debit": MeansWord(True, _words("by direct debit", "por débito automático", "csoportos beszedésnél")),
    "e-check": MeansWord(
        False, _words("by one-time e-check", "con cheque electrónico único", "egyszeri elektronikus csekknél")
    ),
    "cheque": MeansWord(False, _words("by cheque", "con cheque", "csekknél")),
    "transfer": MeansWord(False, _words("by bank transfer", "por transferencia", "átutalásnál")),
    "deposit": MeansWord(False, _words("by bank deposit", "por depósito bancario", "bankszámlára befizetésnél")),
    "voucher": MeansWord(False, _words("by voucher", "con cupón", "utalványnál")),
    "cash": MeansWord(False, _words("in cash", "en efectivo", "készpénznél")),
}

CHANNELS: Mapping[str, Words] = {
    "email": _words("by e-mail", "por correo electrónico", "e-mailben"),
    "portal": _words("in the portal", "en el portal", "a portálon"),
    "whatsapp": _words("by WhatsApp", "por WhatsApp", "WhatsAppon"),
    "sms": _words("by text message", "por SMS", "SMS-ben"),
    "letter": _words("by letter", "por carta", "levélben"),
}

# Messages of the calendar that have a name in words; any other name is quoted. In Hungarian as an object.
MESSAGES: Mapping[str, Words] = {
    "first-reminder": _words("the first reminder", "el primer recordatorio", "az első emlékeztetőt"),
    "second-reminder": _words("the second reminder", "el segundo recordatorio", "a második emlékeztetőt"),
    "third-reminder": _words("the third reminder", "el tercer recordatorio", "a harmadik emlékeztetőt"),
    "last-reminder": _words("the last reminder", "el último recordatorio", "az utolsó emlékeztetőt"),
    "due-today": _words(
        "the notice that payment is due today",
        "el aviso de que el pago vence hoy",
        "az aznapi esedékességről szóló értesítést",
    ),
    "overdue": _words(
        "the notice that payment is overdue",
        "el aviso de pago vencido",
        "a lejárt fizetésről szóló értesítést",
    ),
    "last-notice": _words("the last notice", "el último aviso", "az utolsó figyelmeztetést"),
}
OTHER_MESSAGE = _words("the message “{name}”", "el mensaje «{name}»", "a következő üzenetet: „{name}”")

# What must hold before a service is stopped.
NEEDS: Mapping[str, Words] = {
    "overdue": _words("the document is overdue", "el documento está vencido", "a bizonylat esedékessége lejárt"),
    "notified": _words(
        "a notice sent beforehand really left",
        "el aviso previo salió efectivamente",
        "az előzetes értesítés ténylegesen kiment",
    ),
    "no-pending-payment": _words(
        "no accepted payment is pending",
        "no hay un pago aceptado en curso",
        "nincs folyamatban elfogadott fizetés",
    ),
    "no-objection": _words("no objection is open", "no hay una objeción abierta", "nincs nyitott kifogás"),
    "no-arrangement": _words(
        "no later date has been agreed",
        "no se acordó una fecha posterior",
        "nincs későbbi időpontra szóló megállapodás",
    ),
}
# Without these two nothing may ever be stopped.
NEEDS_ALWAYS = ("overdue", "notified")
