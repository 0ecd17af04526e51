"""How values sound in each language: lists, numbers, money, days. No suffix is ever glued to a value."""

import copy
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from babel import Locale, UnknownLocaleError
from babel.numbers import format_decimal, get_currency_name

from abono.base.kernel.money import major, minor_digits
from abono.domain.sellers.policy.build import length_of
from abono.domain.sellers.policy.model import Length, Policy, Step
from abono.domain.sellers.policy.vocabulary import (
    CHANNELS,
    FIELDS,
    LANGUAGE_WORDS,
    MEANS,
    MESSAGES,
    NEEDS,
    OTHER_MESSAGE,
    OWN_FIELD,
    WORDINGS,
)

Variables = Mapping[str, str]

_AND = {"en": "and", "es": "y", "hu": "és"}
_OR = {"en": "or", "es": "o", "hu": "vagy"}
_WITH_MESSAGE = {
    "en": " with the message “{name}”",
    "es": " con el mensaje «{name}»",
    "hu": " („{name}” üzenet)",
}
_NO_BREAK = "\u00a0"

# Spanish "y" becomes "e" before an i sound and "o" becomes "u" before an o sound, also of a numeral (8, 11,
# 80).
_SOUNDS_LIKE_I = re.compile(r"h?i(?![aeo])", re.IGNORECASE)
_SOUNDS_LIKE_O = re.compile(r"h?o|8|11(?!\d)", re.IGNORECASE)

# English names of countries that take an article.
_WITH_ARTICLE = re.compile(
    r"^(United |.* (Islands|Republic|Territory|Territories)$"
    r"|Netherlands|Philippines|Bahamas|Gambia|Maldives|Comoros)"
)

_UNITS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "day": {"en": ("day", "days"), "es": ("día", "días"), "hu": ("nap", "nap")},
    "week": {"en": ("week", "weeks"), "es": ("semana", "semanas"), "hu": ("hét", "hét")},
    "month": {"en": ("month", "months"), "es": ("mes", "meses"), "hu": ("hónap", "hónap")},
    "year": {"en": ("year", "years"), "es": ("año", "años"), "hu": ("év", "év")},
    "time": {"en": ("time", "times"), "es": ("vez", "veces"), "hu": ("alkalom", "alkalom")},
    "business_day": {
        "en": ("business day", "business days"),
        "es": ("día hábil", "días hábiles"),
        "hu": ("munkanap", "munkanap"),
    },
}


def joined(items: Sequence[str], language: str, *, last: str = "and") -> str:
    """Words as a list: "a, b and c"; with `last="or"` "a, b or c"."""
    if len(items) < 2:
        return "".join(items)
    word = (_AND if last == "and" else _OR)[language]
    if word == "y" and _SOUNDS_LIKE_I.match(items[-1]):
        word = "e"
    if word == "o" and _SOUNDS_LIKE_O.match(items[-1]):
        word = "u"
    return f"{', '.join(items[:-1])} {word} {items[-1]}"


def counted(number: int, unit: str, language: str) -> str:
    """A number with its unit: 1 day, 2 days. Hungarian keeps the singular after a number."""
    one, many = _UNITS[unit][language]
    return f"{number}{_NO_BREAK}{one if number == 1 else many}"


def length_words(length: Length, language: str) -> str:
    """A period: 1 month, 3 meses, 1 év."""
    number, unit = str(length).split(" ")
    return counted(int(number), unit.removesuffix("s"), language)


def percent_words(basis_points: int, language: str) -> str:
    """A rate: 3%, in Spanish with a space, decimals as the language writes them."""
    number = format_decimal(Decimal(basis_points) / 100, locale=language)
    return f"{number}{_NO_BREAK}%" if language == "es" else f"{number}%"


def money_words(minor: int, currency: str, language: str, country: str) -> str:
    """An amount with its currency's code, digits grouped as the language writes them in that country."""
    try:
        locale = Locale(language, country)
    except UnknownLocaleError:
        locale = Locale(language)
    pattern = copy.copy(locale.decimal_formats[None])
    pattern.frac_prec = (minor_digits(currency), minor_digits(currency))
    number: str = pattern.apply(major(minor, currency), locale)
    return f"{currency}{_NO_BREAK}{number}" if language == "en" else f"{number}{_NO_BREAK}{currency}"


def when_words(step: Step, language: str) -> str:
    """The day of a step, beginning a sentence: 2 days after the due date."""
    number, unit = abs(step.number), step.kind
    if step.number == 0:
        return {"en": "On the due date", "es": "El día del vencimiento", "hu": "Az esedékesség napján"}[language]
    before = step.number < 0
    if language == "hu":
        side, days = "előtt" if before else "után", "nappal" if unit == "day" else "munkanappal"
        return f"Az esedékesség {side} {number}{_NO_BREAK}{days}"
    side = {
        "en": ("after the due date", "before the due date"),
        "es": ("después del vencimiento", "antes del vencimiento"),
    }[language][before]
    return f"{counted(number, unit, language)} {side}"


def _number(value: object, language: str, policy: Policy, name: str) -> Variables:
    number = abs(int(str(value)))
    return {
        "n": str(number),
        "days": counted(number, "day", language),
        "times": counted(number, "time", language),
    }


def _country(value: object, language: str, policy: Policy, name: str) -> Variables:
    country: str = Locale(language).territories[str(value)]
    return {"value": f"the {country}" if language == "en" and _WITH_ARTICLE.match(country) else country}


def _currency(value: object, language: str, policy: Policy, name: str) -> Variables:
    return {"value": f"{get_currency_name(str(value), count=5, locale=language)} ({value})"}


def _code(value: object, language: str, policy: Policy, name: str) -> Variables:
    return {"value": str(value)}


def _list(words: Sequence[str], language: str) -> Variables:
    return {
        "all": joined(words, language),
        "any": joined(words, language, last="or"),
        "first": words[0] if words else "",
    }


def _items(value: object) -> tuple[str, ...]:
    assert isinstance(value, tuple)
    return tuple(str(item) for item in value)


def _languages(value: object, language: str, policy: Policy, name: str) -> Variables:
    return _list([LANGUAGE_WORDS[item][language] for item in _items(value)], language)


def _wordings(value: object, language: str, policy: Policy, name: str) -> Variables:
    return _list([WORDINGS[item].words[language] for item in _items(value)], language)


def _needs(value: object, language: str, policy: Policy, name: str) -> Variables:
    return _list([NEEDS[item][language] for item in _items(value)], language)


def _fields(value: object, language: str, policy: Policy, name: str) -> Variables:
    own = OWN_FIELD[language]
    words = [
        own.format(name=item.removeprefix("own:")) if item.startswith("own:") else FIELDS[item][language]
        for item in _items(value)
    ]
    return _list(words, language)


def _lengths(value: object, language: str, policy: Policy, name: str) -> Variables:
    return _list([length_words(length_of(item), language) for item in _items(value)], language)


def _percent(value: object, language: str, policy: Policy, name: str) -> Variables:
    return {"percent": percent_words(100 * int(str(value)), language)}


def _money(value: object, language: str, policy: Policy, name: str) -> Variables:
    seller = policy.seller
    return {"money": money_words(int(str(value)), seller.currency, language, seller.country)}


def _means(value: object, language: str, policy: Policy, name: str) -> Variables:
    words = MEANS[name].words[language]
    percent = percent_words(value, language) if isinstance(value, int) else ""
    return {"means": words, "Means": words[:1].upper() + words[1:], "percent": percent}


def step_variables(step: Step, language: str) -> Variables:
    """The words of a step's sentence."""
    channels = joined([CHANNELS[channel][language] for channel in step.by], language)
    return {
        "When": when_words(step, language),
        "by": channels,
        "message": message_words(step.text, language) if step.text else "",
        "with": _WITH_MESSAGE[language].format(name=step.text) if step.text else "",
    }


def message_words(name: str, language: str) -> str:
    """A message of the calendar by its name, as an object: the first reminder, el primer recordatorio."""
    return MESSAGES[name][language] if name in MESSAGES else OTHER_MESSAGE[language].format(name=name)


SPEAKERS: Mapping[str, Callable[[object, str, Policy, str], Variables]] = {
    "nothing": lambda value, language, policy, name: {},
    "days": _number,
    "country": _country,
    "currency": _currency,
    "code": _code,
    "languages": _languages,
    "wordings": _wordings,
    "needs": _needs,
    "fields": _fields,
    "lengths": _lengths,
    "percent": _percent,
    "money": _money,
    "means": _means,
}
