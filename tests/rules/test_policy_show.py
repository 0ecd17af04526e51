"""A policy read back as terms of service: one sentence for each key, in the grammar of three languages."""

import re

import pytest

from abono.base.kernel.languages import LANGUAGES
from abono.base.kernel.refusal import Refused
from abono.domain.sellers.policy import (
    KEYS,
    Policy,
    builtin_names,
    builtin_policy,
    changed,
    key_named,
    sentence_of,
    sentences,
)
from abono.domain.sellers.policy.keys import PARTS, STEP_KEYS
from abono.domain.sellers.policy.kinds import Choice, Flag
from abono.domain.sellers.policy.model import Length
from abono.domain.sellers.policy.words import joined, length_words, money_words

PLACEHOLDER = re.compile(r"[{}]|\bNone\b|\(\)|  | ,| \.|“”|«»|„”")


def hosting() -> Policy:
    return builtin_policy("hosting_ar")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", builtin_names())
def test_exactly_one_sentence_for_each_key(name: str, language: str) -> None:
    policy = builtin_policy(name)
    said = sentences(policy, language)
    assert [key for key, _ in said] == list(policy.settings())
    assert len({sentence for _, sentence in said}) == len(said)
    for key, sentence in said:
        assert sentence[0].isupper() or sentence[0].isdigit(), (key, sentence)
        assert sentence.endswith("."), (key, sentence)
        inside = re.sub(r"\d[.,]\d", "", sentence[:-1])
        assert ". " not in inside, (key, sentence)
        assert "\n" not in sentence, (key, sentence)
        assert not PLACEHOLDER.search(sentence), (key, sentence)


@pytest.mark.parametrize("name", builtin_names())
def test_the_three_languages_say_it_in_their_own_words(name: str) -> None:
    policy = builtin_policy(name)
    for key in policy.settings():
        assert len({sentence_of(policy, key, language) for language in LANGUAGES}) == 3, key


def test_every_value_of_a_choice_has_its_own_sentence_in_every_language() -> None:
    for key in KEYS:
        values = key.kind.values if isinstance(key.kind, Choice) else ()
        values = ("true", "false") if isinstance(key.kind, Flag) else values
        assert set(values) <= set(key.say), key.path
        for index in range(len(LANGUAGES)):
            said = [key.say[value][index] for value in values]
            assert len(set(said)) == len(said), key.path


def test_every_key_has_a_sentence_a_purpose_and_a_part() -> None:
    for key in KEYS + STEP_KEYS:
        assert key.part in PARTS
        assert key.about.endswith(".") or key.about.endswith("`.")
        assert key.say or key.section == "calendar.steps"
        assert all(len(said) == len(LANGUAGES) for said in key.say.values())


def test_hungarian_never_glues_a_suffix_or_an_article_to_a_value() -> None:
    for key in KEYS:
        for said in key.say.values():
            assert not re.search(r"\}[-\w]", said[2]), (key.path, said[2])
            assert not re.search(r"\b[Aa]z? \{(?!by)", said[2]), (key.path, said[2])


def test_unknown_language_is_refused() -> None:
    with pytest.raises(Refused, match="Unknown language 'pt'; allowed: en, es, hu"):
        sentences(hosting(), "pt")


def said(policy: Policy, key: str, language: str) -> str:
    return sentence_of(policy, key, language).replace("\u00a0", " ")


SAID = [
    ("documents.issue_days", -1, "en", "Documents are issued 1 day before the service renews."),
    ("documents.issue_days", -2, "en", "Documents are issued 2 days before the service renews."),
    ("documents.issue_days", 0, "en", "Documents are issued on the day the service renews."),
    ("documents.issue_days", -1, "es", "Los documentos se emiten 1 día antes de la renovación del servicio."),
    ("documents.issue_days", -9, "hu", "A bizonylatok a szolgáltatás megújulása előtt 9 nappal készülnek."),
    ("documents.due_days", 3, "en", "Payment is due 3 days after the service renews."),
    ("documents.due_days", 0, "es", "El pago vence el mismo día en que se renueva el servicio."),
    ("documents.due_days", 1, "hu", "A fizetés a szolgáltatás megújulása után 1 nappal esedékes."),
    ("cycle.sold", ["1 month", "8 months"], "es", "Los servicios se contratan por períodos de 1 mes u 8 "
     "meses."),
    ("cycle.sold", ["1 year"], "hu", "A szolgáltatások a következő időszakokra rendelhetők: 1 év."),
    ("seller.languages", ["hu"], "hu", "A bizonylatok és az üzenetek magyarul készülnek."),
    ("seller.country", "US", "en", "The seller is established in the United States, whose rules on tax, "
     "identifiers and public holidays apply."),
    ("seller.currency", "HUF", "es", "Los precios, los documentos y los pagos se expresan en forintos "
     "húngaros (HUF)."),
    ("means.card.fee_bp", 300, "en", "A payment by card costs a fee of 3%, as far as the law allows it."),
    ("means.card.fee_bp", 250, "es", "Un pago con tarjeta tiene un recargo del 2,5 %, en la medida en que la "
     "ley lo permita."),
    ("means.card.fee_bp", 250, "hu", "Bankkártyás fizetésnél a jogszabályok által megengedett mértékig 2,5% "
     "kezelési díj fizetendő."),
    ("recovery.fee_minor", 2500050, "en", "Recovery costs ARS 25,000.50 before tax."),
    ("recovery.fee_minor", 2500050, "es", "La recuperación cuesta 25.000,50 ARS antes de impuestos."),
    ("recovery.fee_minor", 2500050, "hu", "A helyreállítás nettó díja: 25 000,50 ARS."),
    ("arrangement.per_year", 1, "en", "A postponement is granted at most 1 time a year."),
    ("arrangement.per_year", 1, "es", "Se concede una postergación como máximo 1 vez al año."),
    ("profile.requires", ["city", "own:cost_center"], "en", "An invoice needs these details of the "
     "customer: city and own field “cost_center”."),
]  # fmt: skip


def bare() -> Policy:
    """A policy in which keys can be changed one at a time: nothing in it depends on another key."""
    free = {"calendar.steps": (), "recovery.fee_minor": 0, "recovery.within_days": 0}
    return changed(hosting(), free | {"restoration.longer_period_mode": "off", "restoration.longer_period": ()})


@pytest.mark.parametrize(("key", "value", "language", "expected"), SAID)
def test_numbers_money_and_lists_take_the_form_of_the_language(
    key: str, value: object, language: str, expected: str
) -> None:
    policy = hosting() if key == "recovery.fee_minor" else bare()
    assert said(changed(policy, {key: value}), key, language) == expected


def test_a_policy_without_steps_says_so() -> None:
    assert said(bare(), "calendar.steps", "en") == "Nothing happens by itself before or after the due date."


def test_steps_in_words() -> None:
    policy = hosting()
    assert said(policy, "calendar.steps.remind.last-reminder", "en") == (
        "1 day before the due date, the last reminder goes out by e-mail and by WhatsApp."
    )
    assert said(policy, "calendar.steps.suspend.debtor", "es").startswith(
        "5 días hábiles después del vencimiento, se suspenden todos los servicios que paga el deudor"
    )
    assert said(policy, "calendar.steps.terminate.document", "hu").startswith(
        "Az esedékesség után 25 nappal a kifizetetlen bizonylaton szereplő szolgáltatások megszűnnek"
    )
    today = builtin_policy("hosting_cl")
    assert said(today, "calendar.steps.remind.due-today", "es").startswith("El día del vencimiento, se envía")


def test_own_message_names_are_quoted_and_a_message_with_a_suspension_is_named() -> None:
    steps = (
        {"day": -2, "do": "remind", "text": "pay-please", "by": ("sms",)},
        {"day": 1, "do": "suspend", "scope": "document", "text": "stopped", "by": ("email",)},
    )
    policy = changed(bare(), {"calendar.steps": steps})
    assert said(policy, "calendar.steps.remind.pay-please", "en") == (
        "2 days before the due date, the message “pay-please” goes out by text message."
    )
    assert said(policy, "calendar.steps.suspend.document", "es").endswith(
        "y se avisa al cliente por correo electrónico con el mensaje «stopped»."
    )


@pytest.mark.parametrize(
    ("words", "language", "last", "expected"),
    [
        (["a"], "en", "and", "a"),
        (["a", "b"], "en", "and", "a and b"),
        (["a", "b", "c"], "en", "or", "a, b or c"),
        (["español", "inglés"], "es", "and", "español e inglés"),
        (["uno", "otro"], "es", "or", "uno u otro"),
        (["agua", "hielo"], "es", "and", "agua y hielo"),
        (["7", "11"], "es", "or", "7 u 11"),
        (["7", "110"], "es", "or", "7 o 110"),
        (["a", "b"], "hu", "or", "a vagy b"),
        ([], "hu", "and", ""),
    ],
)
def test_lists_are_joined_as_the_language_does(words: list[str], language: str, last: str, expected: str) -> None:
    assert joined(words, language, last=last) == expected


def test_money_shows_the_decimals_that_documents_have() -> None:
    plain = {language: money_words(1234567, "CLP", language, "CL") for language in LANGUAGES}
    assert {language: text.replace("\u00a0", " ") for language, text in plain.items()} == {
        "en": "CLP 1,234,567",
        "es": "1.234.567 CLP",
        "hu": "1 234 567 CLP",
    }


def test_twelve_months_are_a_year() -> None:
    assert str(Length("month", 12)) == "1 year"
    assert str(Length("month", 18)) == "18 months"
    assert length_words(Length("week", 2), "es").replace("\u00a0", " ") == "2 semanas"


def test_keys_belong_to_the_part_that_reads_them() -> None:
    policy = hosting()
    now, later = policy.effect_keys(part="I"), policy.effect_keys(part="II")
    assert set(now).isdisjoint(later)
    assert set(now) | set(later) == set(policy.settings())
    assert all(key_named(key).in_effect for key in (*now, *later))
    assert {"documents.issue_days", "means.card.fee_bp", "runs.hold_total_percent"} <= set(now)
    assert {"calendar.steps.issue", "means.card.saved", "suspension.needs"} <= set(later)
