"""Billing profiles: cleaning, lengths, what is required, and the 346 comunas."""

import csv
import os
from pathlib import Path

import pytest

from abono.base.kernel.languages import LANGUAGES
from abono.domain.customers.identifiers import invent_identifier
from abono.domain.customers.profile_rules import (
    ProfileCheck,
    check_profile,
    comunas,
    field_label,
    folded,
    required_by_law,
    tax_conditions,
    text_fault,
)

CHILEAN = {
    "legal_name": "  Panadería Ñandú SpA ",
    "tax_id": "76.086.428-5",
    "activity": "Panadería y pastelería",
    "address": "Avenida Irarrázaval 1234",
    "district": "nunoa",
    "city": "Santiago",
}
ARGENTINE = {"legal_name": "Aguas SRL", "tax_condition": "Responsable Inscripto", "address": "Lavalle 1"}
HUNGARIAN = {"legal_name": "Szép Kft.", "address": "Fő utca 1.", "city": "Budapest", "postal_code": "1051"}


def codes(check: ProfileCheck) -> dict[str, str]:
    return {problem.field: problem.code for problem in check.problems}


def chilean(**changed: str) -> ProfileCheck:
    return check_profile(country="CL", fields=CHILEAN | changed, required=[])


def test_a_good_profile_is_complete_and_cleaned() -> None:
    check = chilean(email="Cobros@Example.CL", region="metropolitana", phone="+56 2 2345 6789")
    assert check.complete
    assert check.problems == ()
    assert check.fields == {
        "legal_name": "Panadería Ñandú SpA",
        "tax_id": "76086428-5",
        "activity": "Panadería y pastelería",
        "address": "Avenida Irarrázaval 1234",
        "district": "Ñuñoa",
        "city": "Santiago",
        "email": "Cobros@example.cl",
        "region": "Metropolitana de Santiago",
        "phone": "+56 2 2345 6789",
        "country": "CL",
    }


def test_what_the_law_wants_is_required_even_if_the_policy_is_silent() -> None:
    check = check_profile(country="CL", fields={"legal_name": "X"}, required=[])
    assert not check.complete
    assert codes(check) == dict.fromkeys(["tax_id", "activity", "address", "district"], "missing")
    assert required_by_law(country="CL") == ("legal_name", "tax_id", "activity", "address", "district")


def test_the_policy_may_ask_for_more_and_for_own_fields() -> None:
    check = check_profile(country="CL", fields=CHILEAN, required=["email", "own:contract no"])
    assert codes(check) == {"email": "missing", "own:contract no": "missing"}
    full = CHILEAN | {"email": "a@b.cl", "own:contract no": "77"}
    assert check_profile(country="CL", fields=full, required=["email", "own:contract no"]).complete


def test_a_foreign_buyer_is_not_asked_for_what_does_not_exist_there() -> None:
    fields = {"legal_name": "Tex Inc", "country": "us", "region": "Texas", "postal_code": "78701"}
    check = check_profile(country="CL", fields=fields, required=["activity", "district", "region"])
    assert check.complete
    assert (check.fields["region"], check.fields["country"]) == ("TX", "US")


@pytest.mark.parametrize(
    ("field", "limit"),
    [("legal_name", 100), ("activity", 40), ("address", 70), ("city", 20)],
)
def test_chilean_lengths_are_those_of_the_tax_document(field: str, limit: int) -> None:
    assert chilean(**{field: "Ñ" * limit}).complete
    check = chilean(**{field: "Ñ" * (limit + 1)})
    assert codes(check) == {field: "too-long"}
    assert str(limit) in check.problems[0].words["en"]


def test_words_exist_in_every_language_and_name_the_field() -> None:
    check = chilean(activity="x" * 41, district="Atlantis", tax_id="1-1", email="a@", phone="1", region="x")
    for problem in check.problems:
        assert set(problem.words) == set(LANGUAGES)
        assert all(words and "{" not in words for words in problem.words.values())
    assert check.problems[1].words["es"].startswith("Giro: 41 caracteres")


def test_problems_come_in_the_order_of_the_form() -> None:
    check = check_profile(country="CL", fields={"own:b": "\n", "own:a": "\n", "email": "x"}, required=[])
    expected = ["legal_name", "tax_id", "activity", "address", "district", "email", "own:a", "own:b"]
    assert [problem.field for problem in check.problems] == expected


@pytest.mark.parametrize("sign", ["\r", "\n", "\t", "\0", "\x1b", "\x7f", "\x85", "\u2028", "\u200b", "\ufeff"])
def test_control_characters_are_refused_and_never_kept(sign: str) -> None:
    for text in (f"Panadería{sign}SpA", f"Panadería SpA{sign}"):
        check = chilean(legal_name=text)
        assert codes(check) == {"legal_name": "control"}
        assert sign not in check.fields["legal_name"]


@pytest.mark.parametrize("sign", ["\u200e", "\u200f", "\u061c", "\u202a", "\u202e", "\u2066", "\u2069"])
def test_marks_that_turn_the_text_are_refused_and_never_kept(sign: str) -> None:
    check = check_profile(country="HU", fields=HUNGARIAN | {"legal_name": f"Szép{sign} Kft."}, required=[])
    assert codes(check) == {"legal_name": "direction"}
    assert check.fields["legal_name"] == "Szép Kft."


def test_letters_of_any_script_are_welcome_where_the_tax_office_can_write_them() -> None:
    hebrew = "\u05de\u05d0\u05e4\u05d9\u05d9\u05d4 \u05d1\u05e2\u05de"
    assert text_fault(text=hebrew) == ""
    assert check_profile(country="HU", fields=HUNGARIAN | {"legal_name": hebrew}, required=[]).complete
    assert codes(chilean(legal_name=hebrew)) == {"legal_name": "alphabet"}


def test_a_surrogate_half_is_refused() -> None:
    assert codes(chilean(legal_name="a\ud800b")) == {"legal_name": "control"}


def test_huge_text_is_cut_before_it_is_kept() -> None:
    check = chilean(legal_name="x" * 1_000_000)
    assert codes(check) == {"legal_name": "too-long"}
    assert len(check.fields["legal_name"]) == 500


def test_accents_typed_in_two_signs_count_as_one() -> None:
    check = chilean(city="Vin\u0303a del Mar")
    assert check.fields["city"] == "Viña del Mar"
    assert check.complete


def test_unknown_fields_are_named_and_dropped() -> None:
    check = chilean(nickname="x", **{"own:": "y", "own:<b>": "z"})
    assert codes(check) == dict.fromkeys(["nickname", "own:", "own:<b>"], "unknown-field")
    assert not {"nickname", "own:", "own:<b>"} & set(check.fields)


@pytest.mark.parametrize(
    ("typed", "official"),
    [
        ("PROVIDENCIA", "Providencia"),
        ("Til Til", "Tiltil"),
        ("llay-llay", "Llaillay"),
        ("o higgins", "O'Higgins"),
        ("COIHAIQUE", "Coyhaique"),
        ("San Vicente de Tagua-Tagua", "San Vicente"),
        ("Conchali", "Conchalí"),
    ],
)
def test_comunas_are_found_however_they_are_typed(typed: str, official: str) -> None:
    assert chilean(district=typed).fields["district"] == official


def test_an_unknown_comuna_gets_a_suggestion() -> None:
    check = chilean(district="Probidencia")
    assert codes(check) == {"district": "unknown-district"}
    assert "Providencia?" in check.problems[0].words["es"]
    assert chilean(district="Atlantis").problems[0].words["en"] == "Comuna: not in the official list."


def test_the_longest_comuna_fits_the_tax_document() -> None:
    names = [name for name, _ in comunas().values()]
    assert len(names) == 346
    assert max(map(len, names)) <= 20
    assert len({folded(text=name) for name in names}) == 346
    assert len({region for _, region in comunas().values()}) == 16


def test_comunas_agree_with_the_given_list() -> None:
    given = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "chile-comunas.csv"
    if not given.exists():
        assert not os.environ.get("CI"), f"the list to check against is missing: {given}"
        pytest.skip(f"no list to check against at {given}")
    with given.open(encoding="utf-8-sig", newline="") as file:
        expected = {row["code"]: row["name"] for row in csv.DictReader(file)}
    assert {code: name for code, (name, _) in comunas().items()} == expected


def test_argentine_conditions_are_stored_as_codes() -> None:
    cuit = invent_identifier(country="AR", seed=1)
    check = check_profile(country="AR", fields=ARGENTINE | {"tax_id": cuit}, required=["activity"])
    assert check.complete
    assert check.fields["tax_condition"] == "1"
    again = check_profile(country="AR", fields=check.fields, required=[])
    assert again.fields == check.fields
    assert set(tax_conditions(country="AR")) == {"1", "4", "5", "6", "7", "8", "9", "10", "13", "15", "16"}


def test_a_registered_argentine_needs_a_cuit_and_a_consumer_does_not() -> None:
    assert codes(check_profile(country="AR", fields=ARGENTINE, required=[])) == {"tax_id": "missing"}
    consumer = ARGENTINE | {"tax_condition": "consumidor final"}
    assert check_profile(country="AR", fields=consumer, required=[]).complete
    wrong = check_profile(country="AR", fields=ARGENTINE | {"tax_condition": "2"}, required=[])
    assert codes(wrong) == {"tax_condition": "tax-condition"}
    assert "6 Responsable Monotributo" in wrong.problems[0].words["hu"]


@pytest.mark.parametrize(
    ("country", "good", "bad"),
    [
        ("HU", ["1051", "9985"], ["0123", "105", "10511", "H-1051"]),
        ("US", ["78701", "78701-1234"], ["7870", "78701-12", "ABCDE"]),
        ("CL", ["8320000", "832 0000"], ["83200", "A320000"]),
        ("AR", ["1043", "c1043aaz"], ["104", "1043AAZ", "CC1043AA"]),
        ("GB", ["SW1A 1AA", "1"], ["<b>", "-1", "A" * 13]),
    ],
)
def test_postal_codes_by_country(country: str, good: list[str], bad: list[str]) -> None:
    for text in good:
        check = check_profile(country=country, fields={"postal_code": text}, required=[])
        assert "postal_code" not in codes(check), text
    for text in bad:
        check = check_profile(country=country, fields={"postal_code": text}, required=[])
        assert codes(check)["postal_code"] in ("postal-code", "too-long"), text


@pytest.mark.parametrize(
    ("country", "typed", "stored"),
    [("US", "tx", "TX"), ("US", "new york", "NY"), ("AR", "Cordoba", "Córdoba"), ("CL", "Bío-Bío", "Biobío")],
)
def test_regions_are_looked_up(country: str, typed: str, stored: str) -> None:
    assert check_profile(country=country, fields={"region": typed}, required=[]).fields["region"] == stored


def test_an_unknown_state_is_a_problem() -> None:
    check = check_profile(country="US", fields={"legal_name": "X", "region": "Texaz"}, required=[])
    assert codes(check) == {"region": "unknown-region"}
    assert "did you mean" in check.problems[0].words["en"]


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "a@b",
        "@b.cl",
        "a@b..cl",
        ".a@b.cl",
        "a.@b.cl",
        "a b@c.cl",
        "a@b.cl,c@d.cl",
        "<a@b.cl>",
        "a@-b.cl",
        "a@b.c1 ",
        "a" * 65 + "@b.cl",
        "a@1.2.3.4",
        "ñ@b.cl",
    ],
)
def test_addresses_that_are_no_mailbox(text: str) -> None:
    expected = set() if text == "a@b.c1 " else {"email"}
    assert set(codes(chilean(email=text))) == expected


@pytest.mark.parametrize("text", ["a@b.cl", "first.last+tag@sub.example.com", "o'neil@example.co.uk"])
def test_addresses_that_are_one(text: str) -> None:
    assert chilean(email=text).complete


@pytest.mark.parametrize(("text", "good"), [("+36 1 234 5678", True), ("12345", False), ("call me", False)])
def test_telephones(text: str, good: bool) -> None:
    assert chilean(phone=text).complete == good


def test_a_profile_without_a_letter_or_with_a_strange_country_is_incomplete() -> None:
    assert codes(chilean(activity="---")) == {"activity": "no-letter"}
    assert codes(chilean(country="Chile")) == {"country": "country"}


def test_an_empty_field_is_no_field() -> None:
    check = chilean(email="   ", activity="")
    assert codes(check) == {"activity": "missing"}
    assert "email" not in check.fields


def test_labels_follow_the_country() -> None:
    assert field_label(field="activity", country="CL", language="es") == "Giro"
    assert field_label(field="region", country="US", language="en") == "State"
    assert field_label(field="region", country="FR", language="hu") == "Állam vagy régió"
    assert field_label(field="own:contract", country="CL", language="es") == "contract"
