"""What may be kept of a card or account: a token of a vault or gateway and a few words, never a number that pays."""

import re

from abono.base.kernel.refusal import Refused
from abono.domain.payments.account_numbers import looks_like

CHARGEABLE = ("card", "ach", "direct-debit")
FUNDINGS = ("", "credit", "debit", "prepaid", "unknown")
# Means whose account must be shown to be the customer's before the first debit; a card's gateway does that itself.
TO_BE_VERIFIED = ("ach", "direct-debit")
_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{7,199}")
_BRAND = re.compile(r"[a-z][a-z -]{0,29}")
_DIGITS_ALONE = re.compile(r"[0-9]{6,}")


def check_words(*, token: str, fingerprint: str, means: str, brand: str, last4: str, funding: str) -> None:
    """Refuse a saved method whose words are none, and above all what looks like a number that pays by itself."""
    if means not in CHARGEABLE:
        raise Refused("payments.means", f"Only {', '.join(CHARGEABLE)} can be charged; not {means[:40]!r}.")
    if any(_is_a_number(one) for one in (token, fingerprint, brand)):
        raise Refused(
            "payments.not_a_token",
            "This looks like a card or bank number. Such numbers go to the vault alone; give the token it answers.",
        )
    if not _TOKEN.fullmatch(token) or not re.search("[A-Za-z]", token):
        raise Refused("payments.token", "A token is 8 to 200 letters, digits and _.:- with a letter among them.")
    if fingerprint and not _TOKEN.fullmatch(fingerprint):
        raise Refused("payments.token", "A fingerprint is 8 to 200 letters, digits and _.:-")
    if brand and not _BRAND.fullmatch(brand):
        raise Refused("payments.brand", "A brand is a word such as visa, in small letters.")
    if not re.fullmatch("([0-9]{4})?", last4):
        raise Refused("payments.last4", "Of a number only the last four digits may be known here.")
    if funding not in FUNDINGS:
        raise Refused("payments.funding", f"Unknown card funding {funding!r}; allowed: credit, debit, prepaid.")


def _is_a_number(text: str) -> bool:
    """Whether it is, or carries behind a prefix, digits that a bank or card network would know."""
    bare = re.split("[_:.]", text)[-1].replace("-", "")
    return bool(looks_like(text) or _DIGITS_ALONE.fullmatch(bare))
