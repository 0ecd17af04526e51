"""Fixed legal sentences and titles."""

import tomllib
from importlib import resources
from typing import Any

import pytest

from abono.base.kernel.languages import LANGUAGES
from abono.base.kernel.refusal import Refused
from abono.domain.invoicing.wording import title_of, wording, wording_names
from abono.domain.sellers.policy.vocabulary import WORDINGS

DOCUMENT_KINDS = ("invoice", "credit_note", "receipt", "sample", "annex")
REQUEST_KINDS = ("proforma", "charge-note", "payment-request")


def table() -> dict[str, Any]:
    text = resources.files("abono.domain.invoicing").joinpath("data/wordings.toml").read_text("utf-8")
    return tomllib.loads(text)


def test_the_names_are_those_a_policy_may_give() -> None:
    assert set(wording_names()) == set(WORDINGS)
    for name in wording_names():
        assert wording(name=name, language="en").document == WORDINGS[name].document


def test_every_wording_has_its_source_and_every_language() -> None:
    for name, row in table()["wording"].items():
        assert row["source"], name
        for more in (row, *row.get("treatment", {}).values()):
            assert all(more[language] for language in LANGUAGES), name
    for row in table()["title"].values():
        assert all(row[language] for language in LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_requests_say_that_they_are_no_invoice(language: str) -> None:
    denial = {"en": "not", "es": "no ", "hu": "nem"}[language]
    for name in ("charge-note-cl", "proforma-ar", "payment-request-hu"):
        assert denial in wording(name=name, language=language).text.lower()


def test_the_argentine_proforma_carries_its_letter_and_legend_in_every_language() -> None:
    for language in LANGUAGES:
        found = wording(name="proforma-ar", language=language)
        assert (found.letter, found.legend) == ("X", "DOCUMENTO NO VÁLIDO COMO FACTURA")


@pytest.mark.parametrize("language", LANGUAGES)
def test_reverse_charge_is_named_on_hungarian_invoices(language: str) -> None:
    plain = wording(name="invoice-hu", language=language).text
    charged = wording(name="invoice-hu", language=language, treatment="reverse-charge").text
    assert "fordított adózás" not in plain.lower()
    assert "fordított adózás" in charged.lower()
    assert charged.startswith(plain)


def test_an_unknown_wording_names_the_known_ones() -> None:
    with pytest.raises(Refused, match="invoice-hu") as refusal:
        wording(name="invoice-zz", language="en")
    assert refusal.value.code == "invoicing.unknown_wording"


def test_titles_exist_for_every_document() -> None:
    for language in LANGUAGES:
        for country in ("CL", "AR", "HU", "US", "ZZ"):
            for kind in DOCUMENT_KINDS:
                assert title_of(kind=kind, request_kind="", language=language, country=country)
            for request in REQUEST_KINDS:
                title = title_of(kind="request", request_kind=request, language=language, country=country)
                assert "{" not in title


@pytest.mark.parametrize(
    ("kind", "request_kind", "language", "country", "title"),
    [
        ("request", "charge-note", "es", "CL", "Nota de cobro"),
        ("request", "proforma", "es", "AR", "Factura proforma"),
        ("request", "payment-request", "hu", "HU", "Díjbekérő"),
        ("invoice", "proforma", "es", "AR", "Factura"),
        ("invoice", "none", "hu", "HU", "Számla"),
        ("credit_note", "", "es", "CL", "Nota de crédito"),
        ("sample", "", "en", "US", "Sample invoice"),
    ],
)
def test_titles(kind: str, request_kind: str, language: str, country: str, title: str) -> None:
    found = title_of(kind=kind, request_kind=request_kind, language=language, country=country)
    assert found == title


def test_an_unknown_title_is_refused() -> None:
    with pytest.raises(Refused, match="allowed"):
        title_of(kind="poem", request_kind="", language="en", country="CL")
