"""Whether a calendar is possible, whichever weekday the due date falls on and whatever holidays come."""

from abono.domain.sellers.policy.draft import Draft
from abono.domain.sellers.policy.model import Step

# Working days are counted as if up to this many holidays could fall on them: enough for the longest runs of
# them
# (Christmas to New Year, Holy Week) in the countries of the holiday data.
HOLIDAYS_RECKONED = 5


def earliest(step: Step) -> int:
    """The least number of calendar days from the due date at which the step can fall."""
    if step.kind == "day":
        return step.number
    return _fewest(step.number) if step.number > 0 else -_most(-step.number)


def latest(step: Step) -> int:
    """The greatest number of calendar days from the due date at which the step can fall."""
    if step.kind == "day":
        return step.number
    return _most(step.number) if step.number > 0 else -_fewest(-step.number)


def _fewest(working_days: int) -> int:
    """Counted from a Sunday, without holidays."""
    return working_days + 2 * ((working_days - 1) // 5)


def _most(working_days: int) -> int:
    """Counted from a Friday, with holidays."""
    counted = working_days + HOLIDAYS_RECKONED
    return counted + 2 * ((counted - 1) // 5 + 1)


def calendar_faults(draft: Draft) -> None:
    """Note in the draft what is impossible in its calendar."""
    steps = draft.steps
    if steps is None:
        return
    _order(draft, steps)
    _issue(draft, steps)
    _messages(draft, steps)
    _harm(draft, steps)


def _blame(draft: Draft, index: int, wrong: str, allowed: str, *part: str) -> None:
    draft.blame(("calendar", "steps", index, *part), wrong, allowed)


def _offset(step: Step) -> str:
    return f"{step.kind} {step.number}"


def _comes_after(later: Step, sooner: Step) -> tuple[bool, bool]:
    """Whether `later` never falls before `sooner`, and whether it always falls on a later day."""
    if later.kind == sooner.kind:
        return later.number >= sooner.number, later.number > sooner.number
    return earliest(later) >= latest(sooner), earliest(later) > latest(sooner)


def _order(draft: Draft, steps: tuple[Step, ...]) -> None:
    """Each step on the day of the one before it or later; two that harm never on one day."""
    harm: Step | None = None
    for index, step in enumerate(steps):
        if index and not _comes_after(step, steps[index - 1])[0]:
            before = steps[index - 1]
            wrong = f"{_offset(step)} can fall before the step above it ({_offset(before)})"
            if step.kind != before.kind:
                span = before if before.kind == "business_day" else step
                wrong += f"; {_offset(span)} can be {earliest(span)} to {latest(span)} days from the due date"
            _blame(draft, index, wrong, "steps in the order of their days")
        elif harm and step.harmful and not _comes_after(step, harm)[1]:
            wrong = f"{step.do} can fall on the same day as the {harm.do} on {_offset(harm)}"
            _blame(draft, index, wrong, "one harmful step a day")
        harm = step if step.harmful else harm


def _issue(draft: Draft, steps: tuple[Step, ...]) -> None:
    """The issue is named once, first, on the day that the documents' keys say; nothing comes before it."""
    issue, due = draft.value("documents.issue_days"), draft.value("documents.due_days")
    without = draft.value("documents.due_days_without_method")
    if issue is None or due is None or without is None:
        return
    named = 0
    for index, step in enumerate(steps):
        if step.do != "issue":
            if latest(step) <= issue - max(due, without):
                allowed = f"days after {issue - max(due, without)}"
                _blame(draft, index, f"{_offset(step)} is not after the issue, so it would never happen", allowed)
            continue
        named += 1
        if named > 1:
            _blame(draft, index, "the issue is named twice", "once")
        elif step.kind != "day" or step.number != issue - due:
            wrong = f"documents are issued {issue - due} days from the due date (documents.issue_days - due_days)"
            _blame(draft, index, wrong, f"day = {issue - due}")
        elif index:
            _blame(draft, index, "the issue is not the first step", "first")


def _messages(draft: Draft, steps: tuple[Step, ...]) -> None:
    """Each text once; no reminder once all is over."""
    texts: set[str] = set()
    ended = False
    for index, step in enumerate(steps):
        if step.text in texts:
            _blame(draft, index, f'the text "{step.text}" is used twice', "another name for each message", "text")
        if step.text:
            texts.add(step.text)
        if ended and step.do == "remind":
            _blame(draft, index, "a reminder after the termination", "reminders before it")
        ended = ended or step.do == "terminate"


def _harm(draft: Draft, steps: tuple[Step, ...]) -> None:
    """Suspension after the due date, announced, wider each time; then at most one termination."""
    scopes: list[str] = []
    ended = False
    for index, step in enumerate(steps):
        if not step.harmful:
            continue
        if earliest(step) <= 0:
            wrong = f"{step.do} on {_offset(step)}, but a document can be paid all of its due date"
            _blame(draft, index, wrong, "after the due date (1 or later)")
        if ended:
            _blame(draft, index, f"{step.do} after the termination", "nothing harmful after it")
        elif step.do == "suspend":
            _suspension(draft, steps, index, scopes)
        else:
            _termination(draft, step, index, scopes)
            ended = True


def _suspension(draft: Draft, steps: tuple[Step, ...], index: int, scopes: list[str]) -> None:
    step = steps[index]
    announced = any(other.do == "remind" and _comes_after(step, other)[1] for other in steps[:index])
    if not announced:
        _blame(draft, index, "no reminder on an earlier day announces it", "a remind step on an earlier day")
    if step.scope in scopes or "debtor" in scopes:
        wrong = f'scope "{step.scope}" is already suspended by a step above'
        _blame(draft, index, wrong, 'each scope once, "document" before "debtor"', "scope")
    scopes.append(str(step.scope))


def _termination(draft: Draft, step: Step, index: int, scopes: list[str]) -> None:
    if not scopes:
        _blame(draft, index, "nothing was suspended before it", "a suspend step on an earlier day")
    if step.scope != "document":
        wrong = "only the services on the document itself can be terminated"
        _blame(draft, index, wrong, '"document"', "scope")
