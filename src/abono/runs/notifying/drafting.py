"""From items to messages: each item in the words of its kind, once for every place that it goes to."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from abono.base.kernel.languages import in_language
from abono.domain.notices.addressing import LETTER, PORTAL, Account, Address, addresses_for
from abono.domain.notices.batch import Draft
from abono.domain.notices.digest import message_digest
from abono.domain.notices.kinds import KINDS
from abono.domain.notices.rendering import Coming, Matter, written
from abono.domain.payments.methods import kept_means, usable_methods
from abono.runs.notifying.desk import Desk
from abono.runs.notifying.items import Item, Service
from abono.runs.notifying.reading import Paper, accounts, papers

# A message names so many services and says how many more there are.
MOST_SERVICES = 40


def drafts_of(
    *, items: Sequence[Item], desk: Desk, places: Mapping[str, Sequence[Address]] | None = None
) -> list[Draft]:
    """The messages of these items; none of what has lost its point, such as a reminder of a document paid meanwhile.

    `places` says where each goes, by its `ref`; otherwise the customer's contacts decide.
    """
    seller_id = desk.seller.id
    documents = papers(seller_id=seller_id, country=desk.seller.country, ids=(one.document_id for one in items))
    people = accounts(seller_id=seller_id, ids=(one.customer_id for one in items))
    charged = _charged(items, documents, desk)
    found: list[Draft] = []
    for item in items:
        paper = documents.get(item.document_id) if item.document_id else None
        if not _has_point(item, paper):
            continue
        account, words_id = people[item.customer_id]
        matter = _matter(item, paper, desk, charged)
        where = (
            _places(item, account, desk) if places is None else [_as_called(one, account) for one in places[item.ref]]
        )
        found.extend(_drafts(item, matter, paper, where, words_id, desk))
    return found


def _charged(items: Sequence[Item], documents: dict[UUID, Paper], desk: Desk) -> set[UUID]:
    """The customers among those who are asked for money who are charged without doing anything."""
    means = kept_means(policy=desk.in_force)
    asked = {one.customer_id for one in items if one.kind == "issued"}
    if not means or not asked:
        return set()
    return set(usable_methods(seller_id=desk.seller.id, customers=asked, means=means, on=desk.on))


def _has_point(item: Item, paper: Paper | None) -> bool:
    if paper is None:
        return True
    if item.round_no is not None and item.round_no < paper.round_no:
        return False
    if KINDS[item.kind].while_owed:
        return paper.is_owed
    return paper.state != "voided" or item.kind != "issued"


def _matter(item: Item, paper: Paper | None, desk: Desk, charged: set[UUID]) -> Matter:
    form = item.form
    if item.kind == "issued" and paper is not None:
        form = "paid" if not paper.about.open_minor else "automatic" if item.customer_id in charged else "ask"
    coming: tuple[Coming, ...] = ()
    if item.foretells and paper is not None and not (item.kind == "issued" and _reminded_first(paper, desk)):
        coming = desk.foretold(
            version=paper.policy_version,
            after_step=item.after_step,
            day_zero=paper.round_zero or paper.about.due_on,
            begun_on=paper.round_on or paper.issued_on,
            not_before=item.until,
        )
    policy = desk.policies[paper.policy_version] if paper is not None else desk.in_force
    return Matter(
        kind=item.kind,
        on=desk.speaks_on,
        about=paper.about if paper else None,
        form=form,
        day=item.day,
        until=item.until,
        coming=coming,
        access=policy.suspension.access,
        paid_minor=item.paid_minor,
        fee_minor=item.fee_minor,
        corrected=paper.corrected if paper else "",
        words=item.words,
        periods=item.periods,
    )


def _reminded_first(paper: Paper, desk: Desk) -> bool:
    """Whether a document that is only just issued is reminded of before anything harmful: then it need not say so."""
    return desk.reminds_first(version=paper.policy_version, due_on=paper.about.due_on, issued_on=paper.issued_on)


def _places(item: Item, account: Account, desk: Desk) -> list[Address]:
    kind = KINDS[item.kind]
    return addresses_for(
        account=account,
        notice=kind.notice,
        owner_too=kind.owner or item.owner_too,
        by=item.by,
        languages=desk.languages,
    )


def _as_called(place: Address, account: Account) -> Address:
    """The place with the name of whoever is there."""
    names = {one.id: one.name for one in account.people}
    return replace(place, name=names.get(place.contact_id, account.name) if place.contact_id else account.name)


def _drafts(
    item: Item, matter: Matter, paper: Paper | None, places: Sequence[Address], words_id: UUID | None, desk: Desk
) -> Iterator[Draft]:
    kind = KINDS[item.kind]
    for place in places:
        said = written(_named(matter, item, place.language), voice=desk.voice, name=place.name, language=place.language)
        attached = []
        if kind.attached and paper is not None and place.channel != PORTAL:
            attached = [{"document": str(paper.id), "name": f"{paper.about.number}.pdf", "digest": paper.digest}]
        yield Draft(
            ref=item.ref,
            kind=item.kind,
            channel=place.channel,
            recipient=place.recipient,
            customer_id=item.customer_id,
            document_id=item.document_id,
            subscription_id=item.subscription_id,
            round_no=item.round_no,
            step_no=item.step_no,
            contact_id=place.contact_id,
            words_id=_envelope(place, paper, item, words_id),
            language=place.language,
            subject=said.subject,
            body=said.body,
            attachments=json.dumps(attached),
            digest=message_digest(
                channel=place.channel,
                recipient=place.recipient,
                subject=said.subject,
                body=said.body,
                attached=(one["digest"] for one in attached),
            ),
        )


def _envelope(place: Address, paper: Paper | None, item: Item, words_id: UUID | None) -> UUID | None:
    """The frozen words of the address that a letter goes to: the document's, to whom the document is made out."""
    if place.channel != LETTER:
        return None
    return paper.words_id if paper is not None and paper.customer_id == item.customer_id else words_id


def _named(matter: Matter, item: Item, language: str) -> Matter:
    """The matter with its services by their names in a language."""
    if not item.services and item.service is None:
        return matter
    services = [one for one in item.services if not one.is_project]
    projects = [one for one in item.services if one.is_project]
    periods = matter.periods
    if periods is not None and item.service is not None:
        periods = replace(periods, service=service_name(item.service, item.customer_id, language))
    return replace(
        matter,
        services=_names(services, item.customer_id, language),
        projects=_names(projects, item.customer_id, language),
        periods=periods,
    )


def _names(services: Sequence[Service], customer_id: UUID, language: str) -> list[str]:
    names = [service_name(one, customer_id, language) for one in services[:MOST_SERVICES]]
    more = len(services) - len(names)
    return [*names, f"… (+{more})"] if more else names


def service_name(service: Service, customer_id: UUID, language: str) -> str:
    """A service by its own words, with its plan's name; before it whose it is, if not the customer's."""
    plan = in_language(service.plan, language) if service.plan else ""
    name = f"{service.words} ({plan})" if service.words and plan else service.words or plan
    return name if service.customer_id == customer_id else f"{service.customer}: {name}"
