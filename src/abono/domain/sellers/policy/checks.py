"""Whether values agree with each other. Each check looks only at values that are valid by themselves."""

from collections.abc import Mapping

from abono.domain.sellers.policy.build import length_of
from abono.domain.sellers.policy.calendar_checks import calendar_faults
from abono.domain.sellers.policy.draft import Draft
from abono.domain.sellers.policy.model import Length
from abono.domain.sellers.policy.vocabulary import MEANS, NEEDS_ALWAYS, WORDINGS

# No service is moved to a period longer than this after a restoration.
LONGEST_RUNG_DAYS = Length("month", 6).shortest_days


def consistency_faults(draft: Draft) -> None:
    """Note in the draft every disagreement between keys."""
    _who_asks(draft)
    _issue_and_due(draft)
    _lead(draft)
    _wordings(draft)
    _anchor(draft)
    _saved_means(draft)
    _needs(draft)
    _arrangement(draft)
    _ladder(draft)
    _recovery(draft)
    calendar_faults(draft)


def _who_asks(draft: Draft) -> None:
    request, invoice = draft.value("documents.request"), draft.value("documents.invoice")
    if request == "none" and invoice == "on-payment":
        wrong = 'an invoice on payment needs a request that asks for the money, and request is "none"'
        draft.blame_key("documents.invoice", wrong, '"at-issue", or another request')
    elif request and request != "none" and invoice == "at-issue":
        wrong = f"the {request} already asks for the money, so an invoice at issue would ask twice"
        draft.blame_key("documents.invoice", wrong, '"on-payment", or request = "none"')


def _issue_and_due(draft: Draft) -> None:
    issue, due = draft.value("documents.issue_days"), draft.value("documents.due_days")
    without = draft.value("documents.due_days_without_method")
    named = {"due_days": due} | ({"due_days_without_method": without} if without != due else {})
    for name, days in named.items():
        if issue is not None and days is not None and days < issue:
            wrong = f"payment would be due before the issue ({days} is before {issue})"
            draft.blame_key(f"documents.{name}", wrong, f"{issue} or later")


def _lead(draft: Draft) -> None:
    issue, sold = draft.value("documents.issue_days"), draft.value("cycle.sold")
    if issue is None or sold is None:
        return
    shortest = min((length_of(text) for text in sold), key=lambda length: length.shortest_days)
    days = shortest.shortest_days
    if -issue >= days:
        wrong = f"{-issue} days ahead is not less than the shortest period sold ({shortest}: {days} days)"
        draft.blame_key("documents.issue_days", wrong, f"{1 - days} to 0, or only longer periods in cycle.sold")


def _wordings(draft: Draft) -> None:
    notes, annex = draft.value("documents.notes"), draft.value("partner.annex")
    request, invoice = draft.value("documents.request"), draft.value("documents.invoice")
    if notes is None or request is None or invoice is None or annex is None:
        return
    issued = {request, "invoice"} - {"none"} | ({"annex"} if annex else set())
    fitting = ", ".join(f'"{name}"' for name, wording in WORDINGS.items() if wording.document in issued)
    seen: dict[str, str] = {}
    for index, name in enumerate(notes):
        document = WORDINGS[name].document
        place = ("documents", "notes", index)
        if document not in issued:
            draft.blame(place, f'"{name}" belongs to the {document}, which is not issued here', fitting)
        elif document in seen:
            draft.blame(
                place,
                f'"{name}" is a second wording of the {document}, after "{seen[document]}"',
                "one for each",
            )
        seen.setdefault(document, name)


def _anchor(draft: Draft) -> None:
    sold = draft.value("cycle.sold")
    if sold is None or draft.value("cycle.anchor") != "first-of-month":
        return
    for index, text in enumerate(sold):
        if length_of(text).unit == "week":
            wrong = f'"{text}" cannot renew on the first of a month, as cycle.anchor says'
            draft.blame(("cycle", "sold", index), wrong, "months and years, or another anchor")


def _saved_means(draft: Draft) -> None:
    savable = ", ".join(name for name, word in MEANS.items() if word.savable)
    for name, word in MEANS.items():
        if draft.value(f"means.{name}.saved") and not word.savable:
            wrong = f"a payment {word.words['en']} cannot be kept on file and charged"
            draft.blame_key(f"means.{name}.saved", wrong, f"false; true only for {savable}")


def _needs(draft: Draft) -> None:
    needs = draft.value("suspension.needs")
    missing = [need for need in NEEDS_ALWAYS if needs is not None and need not in needs]
    for need in missing:
        wrong = f'"{need}" is missing, and without it nothing may be stopped'
        draft.blame_key("suspension.needs", wrong, "always " + " and ".join(f'"{always}"' for always in NEEDS_ALWAYS))


def _arrangement(draft: Draft) -> None:
    limits: Mapping[str, int | None] = {name: draft.value(f"arrangement.{name}") for name in ("max_days", "per_year")}
    if None in limits.values() or all(limits.values()) or not any(limits.values()):
        return
    name, other = ("per_year", "max_days") if limits["max_days"] else ("max_days", "per_year")
    wrong = f"is 0 while {other} is {limits[other]}, so no arrangement could ever be made"
    draft.blame_key(f"arrangement.{name}", wrong, "both above 0, or both 0")


def _ladder(draft: Draft) -> None:
    ladder, sold = draft.value("restoration.longer_period"), draft.value("cycle.sold")
    mode = draft.value("restoration.longer_period_mode")
    if ladder is None or sold is None:
        return
    rungs, on_sale = [length_of(text) for text in ladder], [length_of(text) for text in sold]
    path = ("restoration", "longer_period")
    for index, rung in enumerate(rungs):
        if rung not in on_sale:
            draft.blame((*path, index), f'"{rung}" is not among cycle.sold', ", ".join(f'"{one}"' for one in on_sale))
        if rung.shortest_days > LONGEST_RUNG_DAYS:
            draft.blame((*path, index), f'"{rung}" is longer than half a year', "at most 6 months")
        if index and rung.shortest_days <= rungs[index - 1].shortest_days:
            draft.blame((*path, index), f'"{rung}" is not longer than the one before it', "shortest first")
    if mode in ("offer", "automatic") and len(rungs) < 2:
        wrong = f'is "{mode}", but longer_period names no two periods to go from and to'
        draft.blame_key("restoration.longer_period_mode", wrong, '"off", or two periods or more')


def _recovery(draft: Draft) -> None:
    within, fee = draft.value("recovery.within_days"), draft.value("recovery.fee_minor")
    if within == 0 and fee:
        draft.blame_key("recovery.fee_minor", "there is a fee, but no days to recover in", "0, or within_days above 0")
    steps = draft.steps
    if within and steps is not None and not any(step.do == "terminate" for step in steps):
        wrong = "nothing is ever terminated by this calendar, so nothing can be recovered"
        draft.blame_key("recovery.within_days", wrong, "0, or a step that terminates")
