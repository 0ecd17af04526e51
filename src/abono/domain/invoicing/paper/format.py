"""Money, numbers and days as people read them, per language. Pure; separators and months come from CLDR (Babel)."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache, lru_cache

from babel import Locale
from babel.dates import format_date

from abono.base.kernel.money import major, minor_digits

NBSP = "\u00a0"
MINUS = "\u2212"

# The CLDR locale whose separators and month names a language uses. Chile and Argentina write numbers alike.
_LOCALES = {"en": "en_US", "es": "es_CL", "hu": "hu_HU"}

# Sign of a currency at home, and abroad, where a bare "$" would name the wrong money. Others show their ISO code.
_SIGNS = {
    "ARS": ("$", "AR$"),
    "BRL": ("R$", "R$"),
    "CAD": ("$", "CA$"),
    "CLP": ("$", "CLP$"),
    "COP": ("$", "COP$"),
    "EUR": ("€", "€"),
    "GBP": ("£", "£"),
    "HUF": ("Ft", "HUF"),
    "MXN": ("$", "MX$"),
    "USD": ("$", "US$"),
    "UYU": ("$", "UY$"),
}

# Currencies that their own people write after the amount, and languages that write every currency so.
_SIGN_AFTER_CURRENCIES = frozenset({"HUF"})
_SIGN_AFTER_LANGUAGES = frozenset({"hu"})
# Languages that set no space between a sign like "$" and the digits.
_TIGHT_LANGUAGES = frozenset({"en"})

# Day patterns of CLDR: with weekday and year; without weekday; short, for tables.
_WEEKDAY = {"en": "EEEE, MMMM d, y", "es": "EEEE d 'de' MMMM 'de' y", "hu": "y. MMMM d., EEEE"}
_LONG = {"en": "MMMM d, y", "es": "d 'de' MMMM 'de' y", "hu": "y. MMMM d."}
_SHORT = {"en": "MMM d, y", "es": "d MMM y", "hu": "y. MMM d."}

# A stretch of days, first and last included: within one month, within one year, across years; then the first two
# without the year. `{m}` `{M}` are the months, `{d}` `{D}` the days, `{y}` `{Y}` the years of first and last.
_STRETCHES = {
    "en": (
        "{m} {d} to {D}, {Y}",
        "{m} {d} to {M} {D}, {Y}",
        "{m} {d}, {y} to {M} {D}, {Y}",
        "{m} {d} to {D}",
        "{m} {d} to {M} {D}",
    ),
    "es": (
        "{d} al {D} {m} {Y}",
        "{d} {m} al {D} {M} {Y}",
        "{d} {m} {y} al {D} {M} {Y}",
        "{d} al {D} {m}",
        "{d} {m} al {D} {M}",
    ),
    "hu": (
        "{Y}. {m} {d}–{D}.",
        "{Y}. {m} {d}. – {M} {D}.",
        "{y}. {m} {d}. – {Y}. {M} {D}.",
        "{m} {d}–{D}.",
        "{m} {d}. – {M} {D}.",
    ),
}


@dataclass(frozen=True, slots=True)
class MoneyParts:
    """One amount in four pieces, so that sign and decimals can be set smaller than the digits."""

    before: str
    whole: str
    fraction: str
    after: str

    def __str__(self) -> str:
        return f"{self.before}{self.whole}{self.fraction}{self.after}"


def money(minor: int, currency: str, *, language: str, home: str) -> str:
    """An amount in minor units: (4998000, "ARS") gives "$ 49.980,00" in Spanish where ARS is the `home` currency."""
    return str(money_parts(minor, currency, language=language, home=home))


def money_parts(minor: int, currency: str, *, language: str, home: str) -> MoneyParts:
    """The same amount in pieces; the minus (U+2212) stands before everything, decimals carry their separator."""
    return _dressed(major(minor, currency), currency, language=language, home=home)


def unit_price(price: Decimal, currency: str, *, language: str, home: str, least: int = 0) -> str:
    """A price in whole units, at least the currency's decimals (or `least`), at most the six that a price may have."""
    exact = price.quantize(Decimal("0.000001")).normalize()
    digits = max(least, minor_digits(currency), -int(exact.as_tuple().exponent))
    return str(_dressed(exact.quantize(Decimal(1).scaleb(-digits)), currency, language=language, home=home))


def number(value: Decimal | int, *, language: str) -> str:
    """A quantity without trailing zeros: Decimal("1.50") gives "1.5", 6214 gives "6,214"."""
    exact = Decimal(value)
    whole_number = exact == exact.to_integral_value()
    exact = exact.quantize(Decimal(1)) if whole_number else exact.normalize()
    whole, fraction = _digits(abs(exact), language)
    return f"{MINUS if exact < 0 else ''}{whole}{fraction}"


@lru_cache(maxsize=4096)
def weekday_and_day(day: date, language: str) -> str:
    """Saturday, November 28, 2026 · sábado 28 de noviembre de 2026 · 2026. november 28., szombat."""
    return format_date(day, _WEEKDAY[language], locale=_locale(language))


@lru_cache(maxsize=4096)
def long_day(day: date, language: str) -> str:
    """November 16, 2026 · 16 de noviembre de 2026 · 2026. november 16."""
    return format_date(day, _LONG[language], locale=_locale(language))


@lru_cache(maxsize=4096)
def short_day(day: date, language: str) -> str:
    """Nov 13, 2026 · 13 nov 2026 · 2026. nov. 13., held together by non-breaking spaces."""
    return format_date(day, _SHORT[language], locale=_locale(language)).replace(" ", NBSP)


@lru_cache(maxsize=4096)
def stretch(period_from: date, period_to: date, language: str) -> str:
    """The days of a half-open period in words, last day included: Nov 1 to 30, 2026."""
    last = _last_day(period_from, period_to)
    if period_from == last:
        return short_day(last, language)
    if period_from.year != last.year:
        return _stretch(2, period_from, last, language)
    return _stretch(0 if period_from.month == last.month else 1, period_from, last, language)


@lru_cache(maxsize=4096)
def stretch_without_year(period_from: date, period_to: date, language: str) -> str:
    """The same for a column whose year is said elsewhere: Nov 16 to 30. Across years the years stay."""
    last = _last_day(period_from, period_to)
    if period_from.year != last.year:
        return _stretch(2, period_from, last, language)
    return _stretch(3 if period_from.month == last.month else 4, period_from, last, language)


def _last_day(period_from: date, period_to: date) -> date:
    return max(period_from, period_to - timedelta(days=1))


def _stretch(form: int, first: date, last: date, language: str) -> str:
    words = _STRETCHES[language][form].format(
        d=first.day,
        D=last.day,
        m=_month(first, language),
        M=_month(last, language),
        y=first.year,
        Y=last.year,
    )
    return words.replace(" ", NBSP)


def _dressed(value: Decimal, currency: str, *, language: str, home: str) -> MoneyParts:
    whole, fraction = _digits(abs(value), language)
    minus = MINUS if value < 0 else ""
    at_home, abroad = _SIGNS.get(currency, (currency, currency))
    sign = at_home if currency == home else abroad
    if language in _SIGN_AFTER_LANGUAGES or currency in _SIGN_AFTER_CURRENCIES:
        plain = sign if len(sign) == 1 or currency == home else currency
        return MoneyParts(minus, whole, fraction, f"{NBSP}{plain}")
    gap = "" if language in _TIGHT_LANGUAGES and sign != currency else NBSP
    return MoneyParts(f"{minus}{sign}{gap}", whole, fraction, "")


def _digits(value: Decimal, language: str) -> tuple[str, str]:
    """Grouped whole digits and the decimals with their separator; groups also in four-digit numbers, for columns."""
    group, point = _separators(language)
    whole, _, fraction = f"{value:,f}".partition(".")
    return whole.replace(",", group), f"{point}{fraction}" if fraction else ""


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(_LOCALES[language])


@cache
def _separators(language: str) -> tuple[str, str]:
    symbols = _locale(language).number_symbols["latn"]
    return symbols["group"], symbols["decimal"]


def _month(day: date, language: str) -> str:
    return format_date(day, "MMM", locale=_locale(language))
