"""To whom a notice goes, by whose choice, in which language, by which channels. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

# These stand in for the customer's own address; a technical contact's copy does not.
_IN_PLACE_OF_OWNER = ("owner", "accounting")
EMAIL, LETTER, PORTAL = "email", "letter", "portal"


@dataclass(frozen=True, slots=True)
class Person:
    """A contact as far as notices look at it."""

    id: UUID
    name: str
    email: str
    language: str
    role: str
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """A customer as far as notices look at it; its own e-mail address is the owner's."""

    id: UUID
    number: str
    name: str
    email: str
    language: str
    people: tuple[Person, ...] = ()


@dataclass(frozen=True, slots=True)
class Address:
    """One message to make: `recipient` by `channel`, spoken to as `name`. `contact_id` None: the customer itself."""

    channel: str
    recipient: str
    name: str
    language: str
    contact_id: UUID | None = None


def addresses_for(
    *, account: Account, notice: str, owner_too: bool, by: Sequence[str], languages: Sequence[str]
) -> list[Address]:
    """Where a notice goes, each place once.

    By e-mail it goes to the contacts who chose it; to the owner if no owner's or accounting contact did, and always if
    `owner_too`. Who has no e-mail address at all gets a letter instead. Channels that have no driver are passed over.
    A language that the policy (`languages`) does not offer becomes the customer's, else the policy's first.
    """
    found: list[Address] = []
    own = _spoken(account.language, languages, languages[0])
    if PORTAL in by:
        found.append(Address(PORTAL, account.number, account.name, own))
    mails = _mails(account, notice, owner_too, languages, own) if EMAIL in by else []
    found.extend(mails)
    if LETTER in by or (EMAIL in by and not mails):
        found.append(Address(LETTER, account.name, account.name, own))
    return found


def _mails(account: Account, notice: str, owner_too: bool, languages: Sequence[str], own: str) -> list[Address]:
    chosen = [one for one in account.people if notice in one.notices and one.email]
    stands_in = any(one.role in _IN_PLACE_OF_OWNER for one in chosen)
    found: dict[str, Address] = {}
    if owner_too or not stands_in:
        owner = _owner(account, own, languages)
        if owner:
            found[owner.recipient.casefold()] = owner
    for one in chosen:
        language = _spoken(one.language, languages, own)
        found.setdefault(one.email.casefold(), Address(EMAIL, one.email, one.name, language, one.id))
    return list(found.values())


def _owner(account: Account, own: str, languages: Sequence[str]) -> Address | None:
    """The customer's own address, else that of a contact who is the owner, else of anybody there is."""
    if account.email:
        return Address(EMAIL, account.email, account.name, own)
    for one in sorted(account.people, key=lambda one: one.role != "owner"):
        if one.email:
            return Address(EMAIL, one.email, one.name, _spoken(one.language, languages, own), one.id)
    return None


def _spoken(wanted: str, languages: Sequence[str], otherwise: str) -> str:
    return wanted if wanted in languages else otherwise
