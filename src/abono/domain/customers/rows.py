"""Rows of customers and billing profiles, checked and ready to store: a sign-up and a whole file make the same ones."""

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from abono.base.kernel.money import minor_digits
from abono.base.kernel.refusal import Refused
from abono.domain.customers.plain_text import plain
from abono.domain.customers.profile_rules import ProfileCheck
from abono.domain.sellers.policy.model import Seller as Rules


class CustomerRow(NamedTuple):
    """What is stored of an account, beside its id and number."""

    name: str
    email: str
    country: str
    language: str
    currency: str
    reference: str | None


class ProfileRow(NamedTuple):
    """What is stored of a billing profile, beside its ids and its words. JSON is text here."""

    country: str
    fields: str
    complete: bool
    problems: str
    vat_evidence: str | None
    exemptions: str
    tax_key: str


def customer_row(
    *,
    rules: Rules,
    name: str,
    email: str,
    country: str,
    language: str | None,
    currency: str | None,
    reference: str | None,
) -> CustomerRow:
    """The row of an account; a language or currency that is not given is the policy's.

    Refuses an unknown currency, a language that the policy does not offer, and names that cannot be printed.
    """
    language, currency = language or rules.languages[0], currency or rules.currency
    minor_digits(currency)
    check_language(rules=rules, language=language)
    return CustomerRow(
        plain(name, what="the customer's name", longest=200),
        plain(email, what="the e-mail address", longest=254),
        country,
        language,
        currency,
        None if reference is None else plain(reference, what="the reference", longest=200),
    )


def check_language(*, rules: Rules, language: str) -> None:
    """Refuse a language in which the policy's documents and messages are not written."""
    if language not in rules.languages:
        allowed = ", ".join(rules.languages)
        raise Refused("customers.language", f"The policy does not offer the language {language!r}; allowed: {allowed}.")


def first_fields(*, customer: CustomerRow, profile: Mapping[str, str]) -> dict[str, str]:
    """The fields of an account's first profile: what is known of the account, and over it what was given."""
    return {"legal_name": customer.name, "email": customer.email, "country": customer.country, **profile}


def profile_row(
    *,
    country: str,
    check: ProfileCheck,
    vat_evidence: Mapping[str, object] | None = None,
    exemptions: Sequence[Mapping[str, object]] = (),
) -> ProfileRow:
    """The row of a checked profile; problems are stored with it."""
    problems = [{"field": one.field, "code": one.code, "words": dict(one.words)} for one in check.problems]
    return ProfileRow(
        country,
        json.dumps(dict(check.fields), ensure_ascii=False),
        check.complete,
        json.dumps(problems, ensure_ascii=False),
        None if vat_evidence is None else json.dumps(dict(vat_evidence), default=str),
        json.dumps([dict(one) for one in exemptions], default=str),
        tax_key(
            country=check.fields.get("country") or country,
            fields=check.fields,
            vat_evidence=vat_evidence,
            exemptions=exemptions,
        ),
    )


def profile_words(*, country: str, fields: Mapping[str, str]) -> dict[str, str]:
    """What documents print of a profile."""
    return {"country": country, **fields}


def tax_key(
    *,
    country: str,
    fields: Mapping[str, str],
    vat_evidence: Mapping[str, object] | None,
    exemptions: Sequence[Mapping[str, object]],
) -> str:
    """JSON of all that tax depends on. The tax id stands in it only beside evidence, which is about that number."""
    key: dict[str, object] = {"country": country}
    for name in ("region", "city", "postal_code", "tax_condition"):
        if fields.get(name):
            key[name] = fields[name]
    if fields.get("tax_id"):
        key["business"] = True
    if vat_evidence:
        key["tax_id"] = fields.get("tax_id", "")
        key["evidence"] = dict(vat_evidence)
    if exemptions:
        key["exemptions"] = [dict(one) for one in exemptions]
    return json.dumps(key, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
