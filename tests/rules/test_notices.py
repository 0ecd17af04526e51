"""The texts of the notices: complete in every language, filled in once and never interpreted; who gets them."""

import json
import tomllib
from datetime import date, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from babel import Locale

from abono.base.kernel.languages import LANGUAGES
from abono.base.kernel.refusal import Refused
from abono.domain.customers.actions import NOTICES
from abono.domain.notices import texts
from abono.domain.notices.addressing import Account, Person, addresses_for
from abono.domain.notices.kinds import KINDS, WITHOUT_AMOUNTS, reminder_kind
from abono.domain.notices.press import Letter, letter_pdf, parts_of
from abono.domain.notices.rendering import About, Matter, Voice, when, written
from abono.domain.notices.retries import LONGEST, next_try
from abono.domain.sellers.policy.vocabulary import MESSAGES
from tests.notice_samples import DUE, NAMES, PAPERS, VOICES, golden, kinds_and_forms, matters

DATA = files("abono.domain.notices").joinpath("data")
GOLDEN = Path(__file__).parents[1] / "golden" / "notices"
# Saying the document's name at the head of a line or within a sentence is the same place.
SAME = {"heading": "title"}


def test_every_kind_has_a_text_and_every_text_a_kind() -> None:
    there = {Path(str(one)).stem for one in DATA.joinpath("texts").iterdir()}
    assert there == set(KINDS)
    assert {reminder_kind(text=one) for one in MESSAGES} == set(MESSAGES)
    assert {one.notice for one in KINDS.values()} <= set(NOTICES)


@pytest.mark.parametrize(("kind", "form"), kinds_and_forms())
def test_every_language_says_the_same_with_known_places(kind: str, form: str) -> None:
    said = {language: texts.text_of(kind, form, language, True).places for language in LANGUAGES}
    for language, places in said.items():
        assert places <= texts.WORDS | texts.PARTS, language
    alike = {frozenset(SAME.get(one, one) for one in places) for places in said.values()}
    assert len(alike) == 1, said


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_plural_form_is_missing(language: str) -> None:
    plural = Locale.parse(language).plural_form
    needed = {plural(count) for count in (*range(1_000), 1_000_000)}
    frame: dict[str, Any] = tomllib.loads(DATA.joinpath("frame.toml").read_text(encoding="utf-8"))
    counted = [("when", "ahead"), ("when", "past"), ("length", "week"), ("length", "month")]
    for section, name in counted:
        assert set(frame[section][name][language]) == needed, (section, name)
    for section in frame.values():
        for entry in section.values() if "en" not in section else [section]:
            if isinstance(entry, dict):
                assert set(LANGUAGES) <= set(entry) or set(entry) <= {"greeting", "closing", "without", *needed}, entry


@pytest.mark.parametrize(
    ("days", "en", "es", "hu"),
    [
        (5, "in 5 days", "en 5 días", "5 nap múlva"),
        (2, "in 2 days", "en 2 días", "2 nap múlva"),
        (1, "tomorrow", "mañana", "holnap"),
        (0, "today", "hoy", "ma"),
        (-1, "yesterday", "ayer", "tegnap"),
        (-2, "2 days ago", "hace 2 días", "2 napja"),
        (-21, "21 days ago", "hace 21 días", "21 napja"),
    ],
)
def test_how_far_a_day_is(days: int, en: str, es: str, hu: str) -> None:
    assert [when(days, language) for language in ("en", "es", "hu")] == [en, es, hu]


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_texts_read_as_they_did(language: str) -> None:
    stored = (GOLDEN / f"{language}.txt").read_text(encoding="utf-8")
    assert golden(language) == stored, "read the new texts, then run: python -m tests.notice_samples"


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_texts_are_plain_and_narrow(language: str) -> None:
    for kind, form in kinds_and_forms():
        for one in matters(kind, form, language):
            said = written(one, voice=VOICES[language], name=NAMES[language], language=language)
            assert "{" not in said.subject + said.body, kind
            assert ".." not in said.subject + said.body, kind
            assert "  " not in said.subject, kind
            assert max(map(len, said.body.splitlines())) <= texts.COLUMNS, kind
            assert said.subject == said.subject.strip(), kind


@pytest.mark.parametrize("kind", sorted(WITHOUT_AMOUNTS))
def test_a_partners_client_reads_no_amount(kind: str) -> None:
    for language in LANGUAGES:
        (one,) = matters(kind, "", language)
        said = written(one, voice=VOICES[language], name="Client", language=language)
        amount = PAPERS[language]
        digits = str(amount.gross_minor)[:3]
        assert not any(sign in said.subject + said.body for sign in (digits, amount.number, "$", "Ft", "€"))


def test_a_late_last_reminder_does_not_say_tomorrow() -> None:
    for language in LANGUAGES:
        late = Matter("last-reminder", date(2026, 12, 8), PAPERS[language])
        said = written(late, voice=VOICES[language], name="X", language=language)
        near = {texts.said(f"when.{one}", language) for one in ("tomorrow", "today", "yesterday")}
        assert not near & set(said.body.replace(",", " ").split())
        assert when(-10, language) in said.subject


INJECTIONS = [
    "{{7*7}}",
    "{name.__class__}",
    "{0}",
    "{seller}",
    "{amount}",
    "${7*7}",
    "#{7*7}",
    "<%= 7*7 %>",
    "{% for x in y %}",
    "{{config.items()}}",
    "%(name)s",
    "%s %d",
    "{{''.__class__.__mro__[1].__subclasses__()}}",
    "*{T(java.lang.Runtime).getRuntime()}",
    "[[${7*7}]]",
    "@(7*7)",
    "<script>alert(1)</script>",
    "\\u007bname\\u007d",
    "#set x = 7*7",
    "$!{x}",
]


@pytest.mark.parametrize("text", INJECTIONS)
def test_values_are_printed_as_they_are(text: str) -> None:
    voice = Voice(text, "a@b.example", "US", "USD", "", text)
    about = About("invoice", "", "I-1", "USD", 100, 100, DUE)
    matter = Matter("objection-decided", DUE, about, form="rejected", words=text)
    said = written(matter, voice=voice, name=text, language="en")
    assert f"Dear {text}," in said.body
    assert said.body.count(text) >= 4
    assert "49" not in said.body.replace(text, "")


@pytest.mark.parametrize("text", ["a\r\nBcc: x@y", "a\nb", "a\x00b", "a\u202eb", "a\u2028b"])
def test_values_end_no_line_and_turn_no_direction(text: str) -> None:
    voice = Voice(text, "a@b.example", "US", "USD")
    said = written(
        Matter("restored", DUE, form="paid", day=DUE, services=[text]), voice=voice, name=text, language="en"
    )
    assert f"Dear {text}" not in said.body
    assert not set(said.subject + said.body) & set("\r\x00\u202e\u2028")
    assert "Bcc" not in said.subject
    assert not any(line.startswith("Bcc") for line in said.body.splitlines())


@pytest.mark.parametrize("text", ["{password}", "{name.x}", "{__class__}", "{facts}{unknown}"])
def test_a_text_with_an_unknown_place_is_refused(text: str) -> None:
    if "." in text:
        assert texts.template(text).filled({}) == text, "no place at all: printed as it is"
    else:
        with pytest.raises(Refused, match="not known"):
            texts.template(text)


# --- to whom

OWNER = "owner@x.example"


def person(role: str, *notices: str, email: str = "", language: str = "en") -> Person:
    return Person(UUID(int=len(role)), role, email or f"{role}@x.example", language, role, notices)


def places(account: Account, notice: str = "documents", *, owner_too: bool = False, by: Any = ("email",)) -> list[str]:
    found = addresses_for(account=account, notice=notice, owner_too=owner_too, by=by, languages=("es", "en"))
    return [f"{one.channel}:{one.recipient}:{one.language}" for one in found]


def account(*people: Person, email: str = OWNER) -> Account:
    return Account(UUID(int=1), "C-00001", "Ana", email, "es", people)


@pytest.mark.parametrize(
    ("people", "owner_too", "expected"),
    [
        ((), False, ["email:owner@x.example:es"]),
        ((person("accounting", "documents"),), False, ["email:accounting@x.example:en"]),
        (
            (person("accounting", "documents"),),
            True,
            ["email:owner@x.example:es", "email:accounting@x.example:en"],
        ),
        ((person("accounting", "reminders"),), False, ["email:owner@x.example:es"]),
        (
            (person("technical", "documents"),),
            False,
            ["email:owner@x.example:es", "email:technical@x.example:en"],
        ),
        ((person("accounting", "documents", email="OWNER@x.example"),), True, ["email:owner@x.example:es"]),
        ((person("accounting", "documents", language="hu"),), False, ["email:accounting@x.example:es"]),
    ],
)
def test_who_gets_a_document(people: tuple[Person, ...], owner_too: bool, expected: list[str]) -> None:
    assert places(account(*people), owner_too=owner_too) == expected


def test_channels() -> None:
    assert places(account(email="")) == ["letter:Ana:es"]
    assert places(account(), by=("portal", "whatsapp", "sms")) == ["portal:C-00001:es"]
    assert places(account(), by=("letter",)) == ["letter:Ana:es"]
    assert places(account(person("technical"), email="")) == ["email:technical@x.example:en"]
    assert places(account(), by=("whatsapp",)) == []


# --- retries and letters


def test_waits_grow_and_end() -> None:
    leaves = at = datetime.fromisoformat("2026-01-01T08:00:00+00:00")
    tries = 0
    while (later := next_try(attempts=tries + 1, leaves_at=leaves, at=at)) is not None:
        assert later > at
        at, tries = later, tries + 1
    assert at - leaves <= LONGEST
    assert at - leaves > LONGEST - timedelta(hours=30)


def test_a_letter_undoes_the_line_breaks() -> None:
    said = written(matters("suspended", "document", "es")[0], voice=VOICES["es"], name="Ana", language="es")
    parts = parts_of(said.body)
    running = [str(one["text"]) for one in parts if one["is"] == "text"]
    assert any("estos servicios:" in one and "\n" not in one and len(one) > texts.COLUMNS for one in running)
    (facts,) = [one["rows"] for one in parts if one["is"] == "rows"]
    assert ["Vencimiento:", "28\xa0de\xa0noviembre\xa0de\xa02026"] in facts  # type: ignore[operator]
    assert json.dumps(parts).count("Banco Sur 00-123-45") == 1


@pytest.mark.parametrize(("paper", "first", "last"), [("a4", 45 * 72 / 25.4, 90 * 72 / 25.4), ("letter", 180, 261)])
def test_a_letter_has_its_address_in_the_window(paper: str, first: float, last: float) -> None:
    from io import BytesIO

    from pypdf import PdfReader

    said = written(matters("last-notice", "past", "en")[0], voice=VOICES["en"], name="Ann", language="en")
    rows = ["#strong[Ann]", "2 Elm Street", "Fresno CA 93701"]
    letter = Letter("Northwind", "Northwind, 1 Main St", "foot", rows, said.subject, said.body, "en", paper, DUE)
    pdf = PdfReader(BytesIO(letter_pdf(letter)))
    (page,) = pdf.pages
    found: dict[str, float] = {}

    def seen(text: str, cm: Any, tm: Any, font: Any, size: Any) -> None:
        found.setdefault(text.strip(), float(page.mediabox.height) - (tm[5] * cm[3] + cm[5]))

    page.extract_text(visitor_text=seen)
    for row in rows:
        assert first < found[row] < last, "markup is printed as it is, inside the window"
    assert found["Dear Ann,"] > last
