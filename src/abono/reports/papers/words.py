"""Words that papers put around what the books say, in each language. Spanish says "tú", Hungarian is informal."""

from decimal import Decimal

from abono.base.kernel.languages import Words, in_language
from abono.domain.invoicing.paper.format import NBSP, number

_BP_OF_PERCENT = 100

_SAID: dict[str, Words] = {
    # what the amount is for
    "services": {"en": "{count} services", "es": "{count} servicios", "hu": "{count} szolgáltatás"},
    "items": {"en": "{count} items", "es": "{count} conceptos", "hu": "{count} tétel"},
    "locations": {
        "en": "{count} active locations of {clients} clients",
        "es": "{count} locales activos de {clients} clientes",
        "hu": "{count} aktív helyszín, {clients} ügyfél",
    },
    "locations_of_one": {
        "en": "{count} active locations",
        "es": "{count} locales activos",
        "hu": "{count} aktív helyszín",
    },
    "one_location": {"en": "1 active location", "es": "1 local activo", "hu": "1 aktív helyszín"},
    # on lines
    "location_count": {"en": "Locations", "es": "Locales", "hu": "Helyszín"},
    "part": {"en": "{days} of {whole} days", "es": "{days} de {whole} días", "hu": "{whole} napból {days} nap"},
    "days": {"en": "{count} days in all", "es": "{count} días en total", "hu": "összesen {count} nap"},
    "one_day": {"en": "1 day", "es": "1 día", "hu": "1 nap"},
    "indexed": {"en": "{price} {index} each", "es": "{price} {index} cada uno", "hu": "Egységár: {price} {index}"},
    "discounted": {"en": "Discount: {amount}", "es": "Descuento: {amount}", "hu": "Kedvezmény: {amount}"},
    "joined": {"en": "{product}, joined", "es": "{product}, alta", "hu": "{product}, csatlakozott"},
    "left": {"en": "{product}, left", "es": "{product}, baja", "hu": "{product}, megszűnt"},
    # details
    "index_value": {"en": "Value of the {index}", "es": "Valor de la {index}", "hu": "{index} értéke"},
    "index_on": {"en": "{value} on {day}", "es": "{value} al {day}", "hu": "{value} ({day})"},
    "contained": {"en": "{tax}, contained", "es": "{tax} contenido", "hu": "{tax}, az árban"},
    "vat_number": {
        "en": "EU VAT number of the customer",
        "es": "NIF-IVA del cliente",
        "hu": "A vevő közösségi adószáma",
    },
    "own_vat_number": {
        "en": "EU VAT number of the issuer",
        "es": "NIF-IVA del emisor",
        "hu": "A kiállító közösségi adószáma",
    },
    "checked": {
        "en": "{number}, checked on {day} ({source})",
        "es": "{number}, comprobado el {day} ({source})",
        "hu": "{number}, ellenőrizve: {day} ({source})",
    },
    "certificate": {
        "en": "Exemption certificate",
        "es": "Certificado de exención",
        "hu": "Mentességi igazolás",
    },
    "code": {"en": "Code {code}", "es": "Cód. {code}", "hu": "Kód: {code}"},
    # what was paid or given up
    "credit_used": {"en": "Your credit", "es": "Tu saldo a favor", "hu": "Felhasznált egyenleg"},
    "paid_part": {"en": "Paid {means}, {day}", "es": "Pagado {means}, {day}", "hu": "Befizetve {means}, {day}"},
    "paid_from_credit": {"en": "From your credit", "es": "Con tu saldo a favor", "hu": "Az egyenlegedből"},
    "corrected_by": {"en": "Corrected by", "es": "Corregida por", "hu": "Helyesbítette"},
    "voided": {"en": "Voided", "es": "Anulado", "hu": "Érvénytelenítve"},
    "void_mark": {"en": "VOID", "es": "ANULADO", "hu": "ÉRVÉNYTELEN"},
    "written_off": {"en": "Written off", "es": "Saldo dado de baja", "hu": "Leírt összeg"},
    "whole_payment": {"en": "Whole payment", "es": "Pago completo", "hu": "Teljes befizetés"},
    # statement
    "of_payment": {"en": "Payment {means}", "es": "Pago {means}", "hu": "Befizetés {means}"},
    "of_return": {
        "en": "Payment taken back by the bank",
        "es": "Pago devuelto por el banco",
        "hu": "A bank által visszavont befizetés",
    },
    "of_refund": {"en": "Refund", "es": "Reembolso", "hu": "Visszatérítés"},
    "of_void": {"en": "Voided: {document}", "es": "Anulación: {document}", "hu": "Érvénytelenítve: {document}"},
    "of_fee": {"en": "Card fee", "es": "Recargo por tarjeta", "hu": "Kártyadíj"},
    "of_fee_back": {"en": "Card fee returned", "es": "Devolución del recargo", "hu": "Kártyadíj visszatérítve"},
    "of_opening": {"en": "Balance brought in", "es": "Saldo de apertura", "hu": "Áthozott egyenleg"},
    "of_settled": {"en": "Already paid", "es": "Ya pagada", "hu": "Már kifizetve"},
    "opening": {"en": "Opening balance", "es": "Saldo anterior", "hu": "Nyitó egyenleg"},
    "closing": {"en": "Closing balance", "es": "Saldo final", "hu": "Záró egyenleg"},
    "customer_number": {"en": "Customer number", "es": "Número de cliente", "hu": "Ügyfélszám"},
    "other_currencies": {
        "en": "There are movements in {currencies} too; each currency has a statement of its own.",
        "es": "También hay movimientos en {currencies}; cada moneda tiene su propio estado de cuenta.",
        "hu": "Más pénznemben is volt mozgás ({currencies}); minden pénznemről külön kivonat készül.",
    },
    # sample
    "sample_of": {"en": "{title} (sample)", "es": "{title} (muestra)", "hu": "{title} (minta)"},
    "sample_note": {
        "en": "A sample of your next document: there is nothing to pay on it. The document itself comes on {day}.",
        "es": "Muestra de tu próximo documento: no hay nada que pagar por ella. El documento llega el {day}.",
        "hu": "A következő bizonylatod mintája: fizetni nem kell rá. Maga a bizonylat ekkor készül el: {day}",
    },
    "sample_index": {
        "en": "The {index} is taken at its latest value; the document will use that of its own day.",
        "es": "La {index} va con su último valor publicado; el documento usará el de su propio día.",
        "hu": "{index}: a legutóbb közzétett értékkel számolva; a bizonylat a saját napjának értékével készül.",
    },
}

# How something was or can be paid, after "paid" or "pay".
_BY: dict[str, Words] = {
    "card": {"en": "by card", "es": "con tarjeta", "hu": "bankkártyával"},
    "ach": {"en": "by ACH debit", "es": "por débito ACH", "hu": "ACH-terheléssel"},
    "direct-debit": {"en": "by direct debit", "es": "por débito automático", "hu": "csoportos beszedéssel"},
    "e-check": {"en": "by e-check", "es": "con cheque electrónico", "hu": "elektronikus csekkel"},
    "cheque": {"en": "by check", "es": "con cheque", "hu": "csekkel"},
    "transfer": {"en": "by bank transfer", "es": "por transferencia", "hu": "átutalással"},
    "deposit": {"en": "by bank deposit", "es": "por depósito bancario", "hu": "banki befizetéssel"},
    "voucher": {"en": "with a payment slip", "es": "con cupón de pago", "hu": "fizetési szelvénnyel"},
    "cash": {"en": "in cash", "es": "en efectivo", "hu": "készpénzben"},
}

# What can be kept on file, as the object of "enter".
_METHODS: dict[str, Words] = {
    "card": {"en": "a card", "es": "una tarjeta", "hu": "bankkártyát"},
    "ach": {"en": "a bank account", "es": "una cuenta bancaria", "hu": "bankszámlát"},
    "direct-debit": {"en": "a bank account", "es": "una cuenta bancaria", "hu": "bankszámlát"},
}

_OR: Words = {"en": "or", "es": "o", "hu": "vagy"}


def said(key: str, language: str, **facts: str) -> str:
    """The words of `key` with `facts` filled in."""
    words = in_language(_SAID[key], language)
    return words.format(**facts) if facts else words


def by_means(means: str, language: str) -> str:
    """How it was paid: "by card". A means without words of its own is named as it is."""
    return in_language(_BY[means], language) if means in _BY else means


def method(means: str, language: str) -> str:
    """What is entered to pay by these means: "a card"."""
    return in_language(_METHODS[means], language) if means in _METHODS else means


def either(choices: list[str], language: str) -> str:
    """a, b or c."""
    once = list(dict.fromkeys(choices))
    if len(once) < 2:
        return "".join(once)
    return f"{', '.join(once[:-1])} {in_language(_OR, language)} {once[-1]}"


def sentence_case(text: str) -> str:
    """The same with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def percent(rate_bp: int, language: str) -> str:
    """A rate in basis points: 8.25% · 19 % · 27%."""
    value = number(Decimal(rate_bp) / _BP_OF_PERCENT, language=language)
    return f"{value}{NBSP}%" if language == "es" else f"{value}%"
