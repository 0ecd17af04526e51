"""Which services are stopped, worked out day by day from the contract's words alone; shares no code with the sweep.

A document's calendar here: a message at issue, one the day before it is due; one day after, its own services stop;
three days after, all that its debtor pays for; six days after, its own services end. Each keeps its distance from the
message before it as that really left, and from the harmful step before it as that really happened. A document that a
returned payment opens again counts from the return, and the message about that announces what follows.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

HARM = ((1, "document"), (3, "debtor"), (6, "end"))
REMIND = -1
DAY = timedelta(days=1)


@dataclass
class Paper:
    """A document that was owed at some time. `message` is when the latest was scheduled and when it left."""

    debtor: UUID
    services: frozenset[UUID]
    due: date
    zero: date
    begun: date
    message: tuple[date, date] | None
    taken: list[tuple[date, date]] = field(default_factory=list)
    steps: int = 0
    round_no: int = 0
    objected: bool = False
    decided: date | None = None
    put_off: date | None = None


@dataclass
class Oracle:
    """All that is known: whose services are whose, who pays for whom, what is owed, what holds what."""

    owner: dict[UUID, UUID]
    sponsor: dict[UUID, UUID]
    papers: dict[UUID, Paper] = field(default_factory=dict)
    owed: set[UUID] = field(default_factory=set)
    over: set[UUID] = field(default_factory=set)
    holds: set[tuple[UUID, UUID]] = field(default_factory=set)

    def issued(self, document: UUID, paper: Paper) -> None:
        """A document asks for money; its message leaves in the morning on which it is noted."""
        self.papers[document] = paper

    def returned(self, document: UUID, on: date) -> None:
        """It is owed again: the calendar counts anew; the message about it leaves on the next morning."""
        paper = self.papers[document]
        paper.zero, paper.begun, paper.taken, paper.steps = max(paper.due, on), on, [], 0
        paper.message = (on, on + DAY)
        paper.round_no += 1

    def left(self, client: UUID) -> None:
        """A client pays for itself from now on."""
        self.sponsor.pop(client, None)

    def morning(self, on: date, *, order: list[UUID]) -> None:
        """The run of a day: messages first, then at most one harmful step of each document that is owed."""
        for document in self.owed:
            self._message(self.papers[document], on)
        due = [one for one in order if one in self.owed and self._due(self.papers[one], on)]
        for document in due:
            self._take(document, self.papers[document], on)

    def settle(self, owed: set[UUID]) -> None:
        """Nothing but a document that is owed holds a service, and only one that its debtor is answerable for."""
        self.owed = owed
        self.holds = {
            (service, document)
            for service, document in self.holds
            if document in owed and service not in self.over and self._answers(self.papers[document], service)
        }

    def state(self, service: UUID) -> str:
        if service in self.over:
            return "terminated"
        return "suspended" if any(one == service for one, _ in self.holds) else "active"

    def _answers(self, paper: Paper, service: UUID) -> bool:
        owner = self.owner[service]
        return owner == paper.debtor or self.sponsor.get(owner) == paper.debtor

    def _message(self, paper: Paper, on: date) -> None:
        day = paper.zero + REMIND * DAY
        if paper.round_no == 0 and day == on and day > paper.begun and not self._quiet(paper, on):
            paper.message = (day, on)

    def _quiet(self, paper: Paper, on: date) -> bool:
        return paper.objected or (paper.put_off is not None and on <= paper.put_off)

    def _due(self, paper: Paper, on: date) -> bool:
        steps = [(offset, what) for offset, what in HARM if paper.zero + offset * DAY > paper.begun]
        if paper.steps == len(steps) or paper.message is None:
            return False
        scheduled = paper.zero + steps[paper.steps][0] * DAY
        told, left = paper.message
        earliest = max(scheduled, left + (scheduled - told))
        if paper.taken:
            before, happened = paper.taken[-1]
            earliest = max(earliest, happened + max(DAY, scheduled - before))
        if on < earliest or on <= paper.due or left > on:
            return False
        return not self._quiet(paper, on) and paper.decided != on

    def _take(self, document: UUID, paper: Paper, on: date) -> None:
        steps = [(offset, what) for offset, what in HARM if paper.zero + offset * DAY > paper.begun]
        offset, what = steps[paper.steps]
        paper.steps += 1
        paper.taken.append((paper.zero + offset * DAY, on))
        mine = paper.services if what != "debtor" else frozenset(self.owner)
        for service in mine - self.over:
            if not self._answers(paper, service):
                continue
            if what == "end":
                self.over.add(service)
            elif what == "document" or self.sponsor.get(self.owner[service], self.owner[service]) == paper.debtor:
                self.holds.add((service, document))
