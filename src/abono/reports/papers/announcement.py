"""The letter to a customer who has moved here from an older billing system. Its words: `data/announcement.toml`."""

import tomllib
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from importlib import resources
from uuid import UUID

from abono.base.kernel.languages import in_language
from abono.base.kernel.refusal import Refused
from abono.domain.customers.queries import customer_card
from abono.domain.invoicing.paper import Brand, Sheet
from abono.domain.invoicing.paper import format as written
from abono.domain.sellers.policy import Policy
from abono.domain.sellers.queries import SellerCard, policy_in_force, seller_by_id
from abono.reports.papers import party
from abono.reports.papers.parties_now import words_now
from abono.reports.papers.words import by_means, either, method

# What identifies a payer before the tax office is no part of an address.
NOT_ON_ENVELOPES = frozenset({"tax_id", "tax_condition", "activity", "email"})


def announcement_to(
    *, seller_id: int, customer_id: UUID, sign_in_at: str, on: date, samples: Sequence[Sheet] = ()
) -> Sheet:
    """The letter: we have moved, sign in with your e-mail, enter a payment method; and what the attached sample is.

    `sign_in_at` is the address to sign in at. Refuses a customer without an e-mail address, who could not sign in.
    """
    seller, customer = seller_by_id(seller_id=seller_id), customer_card(seller_id=seller_id, customer_id=customer_id)
    if not customer.email:
        raise Refused("papers.no_email", "This customer has no e-mail address to sign in with; enter one first.")
    language = customer.language
    policy = policy_in_force(seller_id=seller_id, on=on).policy
    theirs, ours = words_now(seller=seller, customer=customer)
    address = {name: text for name, text in theirs.items() if name not in NOT_ON_ENVELOPES}
    return Sheet(
        kind="letter",
        language=language,
        currency=customer.currency,
        brand=Brand(seller.name, seller.accent),
        issued_on=on,
        paper="letter" if seller.paper == "letter" else "a4",
        home_currency=seller.currency,
        title=_said("title", language),
        issuer_line=party.issuer_line(words=ours, language=language),
        parties=(party.customer_party(words=address, home=seller.country, language=language),),
        body=tuple(_body(seller, policy, customer.email, sign_in_at, samples, language)),
    )


def _body(
    seller: SellerCard, policy: Policy, email: str, sign_in_at: str, samples: Sequence[Sheet], language: str
) -> Iterator[str]:
    yield _said("moved", language, seller=seller.name)
    yield _said("sign_in", language, address=sign_in_at, email=email)
    yield _how_to_pay(policy, language)
    if samples:
        yield _about_sample(samples[0], seller, language)
    if seller.email:
        yield _said("questions_sample" if samples else "questions", language, email=seller.email)
    yield seller.name


def _how_to_pay(policy: Policy, language: str) -> str:
    saved = [method(name, language) for name, means in policy.means.items() if means.saved]
    other = [by_means(name, language) for name, means in policy.means.items() if not means.saved]
    if not saved:
        return _said("pay_each", language, means=either(other, language))
    otherwise = _said("otherwise", language, means=either(other, language)) if other else ""
    return _said("method", language, methods=either(saved, language), otherwise=otherwise).rstrip()


def _about_sample(sample: Sheet, seller: SellerCard, language: str) -> str:
    return _said(
        "sample",
        language,
        amount=written.money(sample.due_minor, sample.currency, language=language, home=seller.currency),
        day=_held_together(written.long_day(sample.due_on or sample.issued_on, language)),
        issued=_held_together(written.long_day(sample.issued_on, language)),
    )


def _held_together(day: str) -> str:
    return day.replace(" ", written.NBSP)


def _said(key: str, language: str, **facts: str) -> str:
    words = in_language(_sentences()[key], language)
    return words.format(**facts) if facts else words


@cache
def _sentences() -> dict[str, dict[str, str]]:
    file = resources.files("abono.reports.papers").joinpath("data/announcement.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))
