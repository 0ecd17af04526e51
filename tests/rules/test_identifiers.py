"""National identifiers: what is accepted, how it is stored, and what a refusal says."""

import pytest

from abono.base.kernel.languages import LANGUAGES
from abono.base.kernel.refusal import Refused
from abono.domain.customers.identifiers import (
    display_identifier,
    identifier_kinds,
    identify,
    invent_identifier,
    vat_prefix,
)

ACCEPTED = [
    ("CL", "76.086.428-5", "rut", "76086428-5", "76.086.428-5"),
    ("CL", "760864285", "rut", "76086428-5", "76.086.428-5"),
    ("CL", " 60.803.000-k ", "rut", "60803000-K", "60.803.000-K"),
    ("CL", "12 531 909\u20132", "rut", "12531909-2", "12.531.909-2"),
    ("CL", "1-9", "rut", "1-9", "1-9"),
    ("CL", "00000001-9", "rut", "1-9", "1-9"),
    ("CL", "66666666-6", "rut", "66666666-6", "66.666.666-6"),
    ("AR", "30-50001091-2", "cuit", "30500010912", "30-50001091-2"),
    ("AR", "20267565393", "cuit", "20267565393", "20-26756539-3"),
    ("HU", "99999999-2-41", "adoszam", "99999999-2-41", "99999999-2-41"),
    ("HU", "12345676241", "adoszam", "12345676-2-41", "12345676-2-41"),
    ("HU", "hu 12345676", "eu-vat", "HU12345676", "HU12345676"),
    ("DE", "DE 136 695 976", "eu-vat", "DE136695976", "DE136695976"),
    ("DE", "136695976", "eu-vat", "DE136695976", "DE136695976"),
    ("AT", "ATU57194903", "eu-vat", "ATU57194903", "ATU57194903"),
    ("GR", "EL 094259216", "eu-vat", "EL094259216", "EL094259216"),
    ("US", "123456789", "ein", "12-3456789", "12-3456789"),
    ("BR", "11.222.333/0001-81", "foreign", "11.222.333/0001-81", "11.222.333/0001-81"),
]

REFUSED = [
    ("CL", "", "missing"),
    ("CL", "   ", "missing"),
    ("CL", "76.086.428-4", "check_digit"),
    ("CL", "0000000-0", "shape"),
    ("CL", "76086A28-5", "characters"),
    ("CL", "123456789-2", "length"),
    ("CL", "7", "length"),
    ("CL", "76.086.428\n-5", "characters"),
    ("CL", "\u0667\u0666-5", "characters"),
    ("CL", "9" * 1000, "length"),
    ("AR", "30-50001091-3", "check_digit"),
    ("AR", "21-50001091-2", "shape"),
    ("AR", "3050001091", "length"),
    ("HU", "12345676", "length"),
    ("HU", "12345678-2-41", "check_digit"),
    ("HU", "12345676-6-41", "shape"),
    ("HU", "12345676-2-99", "shape"),
    ("HU", "00000000-2-41", "check_digit"),
    ("HU", "HU12345678", "check_digit"),
    ("DE", "DE136695970", "check_digit"),
    ("DE", "ATU57194903", "shape"),
    ("US", "123-45-6789", "never"),
    ("US", "00-3456789", "shape"),
    ("US", "12-345678", "length"),
    ("US", "12-345678X", "characters"),
    ("BR", "x\u202ey", "characters"),
]


@pytest.mark.parametrize(("country", "text", "kind", "canonical", "display"), ACCEPTED)
def test_accepts_the_usual_ways_of_writing(country: str, text: str, kind: str, canonical: str, display: str) -> None:
    found = identify(country=country, text=text)
    assert (found.kind, found.canonical, found.display) == (kind, canonical, display)
    assert identify(country=country, text=found.canonical) == found
    assert display_identifier(country=country, canonical=canonical) == display


@pytest.mark.parametrize(("country", "text", "what"), REFUSED)
def test_refuses_with_what_is_wrong_and_what_is_allowed(country: str, text: str, what: str) -> None:
    with pytest.raises(Refused) as refusal:
        identify(country=country, text=text)
    assert refusal.value.code == f"customers.identifier_{what}"
    by_language = refusal.value.facts["by_language"]
    assert isinstance(by_language, dict)
    assert set(by_language) == set(LANGUAGES)
    assert refusal.value.words == by_language["en"]
    assert "llowed" in refusal.value.words or what == "never"
    assert "{" not in "".join(by_language.values())


def test_a_refusal_does_not_repeat_the_number() -> None:
    with pytest.raises(Refused) as refusal:
        identify(country="CL", text="4111111111111111")
    assert "4111" not in str(refusal.value) + repr(refusal.value.facts)


def test_every_rut_has_exactly_one_check_digit() -> None:
    for body in ("1", "7", "5126663", "30686957", "99999999"):
        good = [sign for sign in "0123456789K" if _good("CL", f"{body}-{sign}")]
        assert len(good) == 1


def test_text_that_is_no_identifier_is_displayed_as_stored() -> None:
    assert display_identifier(country="CL", canonical="not a number") == "not a number"


@pytest.mark.parametrize("country", ["CL", "AR", "HU", "US", "AT", "DE", "PL", "RO", "SK"])
def test_invented_numbers_are_valid_distinct_and_always_the_same(country: str) -> None:
    numbers = [invent_identifier(country=country, seed=seed) for seed in range(300)]
    assert numbers == [invent_identifier(country=country, seed=seed) for seed in range(300)]
    assert len(set(numbers)) == 300
    assert all(identify(country=country, text=number).canonical == number for number in numbers)


def test_invention_says_when_it_cannot() -> None:
    with pytest.raises(ValueError, match="no pattern"):
        invent_identifier(country="BR", seed=1)
    with pytest.raises(ValueError, match="seed"):
        invent_identifier(country="CL", seed=-1)
    with pytest.raises(ValueError, match="seed"):
        invent_identifier(country="CL", seed=10**9)


def test_kinds_and_prefixes_come_from_the_table() -> None:
    assert identifier_kinds(country="HU") == ("adoszam", "eu-vat")
    assert identifier_kinds(country="ZZ") == ("foreign",)
    assert (vat_prefix(country="GR"), vat_prefix(country="HU")) == ("EL", "HU")


def _good(country: str, text: str) -> bool:
    try:
        identify(country=country, text=text)
    except Refused:
        return False
    return True
