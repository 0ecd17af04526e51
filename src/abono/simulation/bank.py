"""An invented bank in memory: a gateway for journeys and the demo. It moves no money, and it moves none twice.

What a charge meets follows from the bank's seed and the charge's key, so that the same story comes out each time;
`plan` says it for a token instead, charge by charge. The bank has its own calendar: open it on each day that passes.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from abono.base.kernel.days import plus_days
from abono.domain.payments.gateways.port import Gateway, Outcome, Returned, Unreachable
from abono.simulation.dice import Dice

# How often in a thousand a charge that nobody planned is refused, by means, and with which codes by weight.
_REFUSED_PER_MILLE = {"card": 60, "ach": 30, "direct-debit": 30}
_CODES: Mapping[str, Mapping[str, int]] = {
    "card": {"51": 50, "05": 20, "91": 10, "54": 10, "41": 10},
    "ach": {"R01": 60, "R09": 20, "R02": 10, "R10": 10},
    "direct-debit": {"AM04": 100},
}
_SILENT_PER_MILLE = 10
# A debit is settled so many days after it was accepted; one that is refused comes back the day before.
CLEARING_DAYS, REFUSED_DAYS = 3, 2


@dataclass(frozen=True, slots=True)
class Fate:
    """What a charge meets. `code` refuses it: at once for a card, `after_days` later for a debit (None: as usual).

    With `returned_days` it settles first and goes back so many days after it was made. `silent`: the answer is lost,
    `before` the bank took note or `after`. `short_minor` is what the bank takes too little, `currency` what it says
    instead of the currency asked for.
    """

    code: str = ""
    after_days: int | None = None
    returned_days: int | None = None
    silent: str = ""
    short_minor: int = 0
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A charge that the bank took note of."""

    key: str
    token: str
    means: str
    amount_minor: int
    currency: str
    on: date
    fate: Fate


class Bank(Gateway):
    """A gateway for every means. Open it on a day before it is asked anything; many may ask at once."""

    def __init__(self, *, seed: int, unplanned: bool = True, silent: bool = True) -> None:
        """`unplanned`: what no plan speaks of is refused now and then, or (`silent`) unanswered; else all is taken."""
        self.entries: dict[str, Entry] = {}
        self.calls: list[str] = []
        self.day: date | None = None
        self.reachable = True
        self._seed = seed
        self._unplanned = unplanned
        self._silent = silent
        self._plans: dict[str, list[Fate]] = {}
        self._turns: dict[str, int] = {}
        self._lock = threading.Lock()

    def open(self, *, on: date) -> "Bank":
        """It is this day at the bank."""
        self.day = on
        return self

    def plan(self, token: str, *fates: Fate) -> None:
        """What the next charges of a token meet, one after the other; later ones are taken."""
        self._plans[token] = list(fates)

    def gateways(self, *means: str) -> dict[str, Gateway]:
        """This bank as the gateway of some means; of all, without any named."""
        return dict.fromkeys(means or _CODES, self)

    def charge(self, *, key: str, token: str, amount_minor: int, currency: str, means: str) -> Outcome:
        """Take note of a charge, once per key; the answer may get lost."""
        with self._lock:
            self.calls.append(key)
            if not self.reachable:
                raise Unreachable(key)
            entry = self.entries.get(key)
            if entry is None:
                fate = self._fate(token, means)
                if fate.silent == "before":
                    raise Unreachable(key)
                entry = Entry(key, token, means, amount_minor, currency, self._today(), fate)
                self.note(entry)
                if fate.silent == "after":
                    raise Unreachable(key)
            return self._answer(entry)

    def outcome_of(self, *, key: str) -> Outcome | None:
        """How a charge stands today."""
        with self._lock:
            if not self.reachable:
                raise Unreachable(key)
            entry = self.entries.get(key)
            return self._answer(entry) if entry else None

    def returned_since(self, *, day: date) -> Sequence[Returned]:
        """What was taken back on a day or later: settled money, and debits that were refused while under way."""
        with self._lock:
            if not self.reachable:
                raise Unreachable
            found = []
            for entry in self.entries.values():
                back = self._back_on(entry)
                if back is not None and day <= back <= self._today():
                    answer = self._answer(entry)
                    found.append(Returned(entry.key, answer.amount_minor, answer.currency, answer.code, entry.key))
            return found

    def taken_minor(self) -> int:
        """What the bank has taken and not given back."""
        return sum(one.amount_minor for one in self.entries.values() if self._answer(one).state == "settled")

    def remember(self, *, key: str, token: str, means: str, amount_minor: int, currency: str, on: date) -> None:
        """Take note again of a charge of an earlier life of this bank, in the order in which they were made.

        It meets the fate that it met then; only of a bank that never was silent.
        """
        self.note(Entry(key, token, means, amount_minor, currency, on, self._fate(token, means)))

    def note(self, entry: Entry) -> None:
        """Keep an entry."""
        self.entries[entry.key] = entry

    def _fate(self, token: str, means: str) -> Fate:
        planned = self._plans.get(token)
        if planned:
            return planned.pop(0)
        if planned is not None or not self._unplanned:
            return Fate()
        # By token and turn and not by key: keys are made anew in each world.
        turn = self._turns[token] = self._turns.get(token, 0) + 1
        dice = Dice(f"{self._seed}").of(token, turn)
        if self._silent and dice.chance(_SILENT_PER_MILLE, "silent"):
            return Fate(silent=dice.pick(("before", "after"), "when"))
        if dice.chance(_REFUSED_PER_MILLE[means], "refused"):
            return Fate(code=dice.weighted(_CODES[means], "code"))
        return Fate()

    def _answer(self, entry: Entry) -> Outcome:
        fate = entry.fate
        base = Outcome("settled", entry.amount_minor - fate.short_minor, fate.currency or entry.currency, "", entry.key)
        refused = replace(base, state="declined", code=fate.code)
        back = self._back_on(entry)
        if entry.means == "card" and fate.code and fate.returned_days is None:
            return refused
        if back is not None and back <= self._today():
            return replace(refused, state="declined" if fate.returned_days is None else "returned")
        if entry.means == "card" or self._today() >= plus_days(entry.on, CLEARING_DAYS):
            return base
        return replace(base, state="pending")

    def _back_on(self, entry: Entry) -> date | None:
        """The day on which the money of a charge goes back, or on which a debit turns out refused; None: never."""
        fate = entry.fate
        if fate.returned_days is not None:
            return plus_days(entry.on, fate.returned_days)
        if not fate.code or entry.means == "card":
            return None
        return plus_days(entry.on, REFUSED_DAYS if fate.after_days is None else fate.after_days)

    def _today(self) -> date:
        assert self.day is not None, "the bank is not open: tell it the day"
        return self.day
