"""Over sequences of refusals at random: never over the cap, never after a code that says never."""

from collections.abc import Sequence
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from abono.domain.payments.autopay_rules import Charged, is_due, next_charge_on

FIRST = date(2026, 1, 1)
NEVER = {
    "visa": {"04", "07", "12", "14", "15", "41", "43", "46", "57", "R0", "R1", "R3"},
    "mastercard": {"MAC03", "MAC21", "04", "41"},
    "ach": {"R02", "R03", "R04", "R05", "R07", "R08", "R10", "R11", "R16", "R20", "R29", "R61", "X9"},
}
SOFT = {"visa": ["51", "05", "91", "61"], "mastercard": ["51", "05", "96"], "ach": ["R01", "R09"]}
CAPS = {"visa": (8, 14), "mastercard": (8, 14), "ach": (3, 180)}

# A refusal: its code, after how many days it becomes known, whether the money had settled before; and how many days
# pass until the next run.
Refusal = tuple[str, int, bool, int]


def refusals(scheme: str) -> st.SearchStrategy[list[Refusal]]:
    codes = st.sampled_from([*SOFT[scheme] * 8, *sorted(NEVER[scheme])])
    return st.lists(st.tuples(codes, st.integers(0, 70), st.booleans(), st.integers(0, 40)), min_size=1, max_size=60)


def charges(scheme: str, met: Sequence[Refusal]) -> list[tuple[date, str]]:
    """The days on which a debt is charged, with the code that each met, when there is a run on most days."""
    charged: list[Charged] = []
    codes: list[str] = []
    today = FIRST
    for code, known_after, settled, idle in met:
        for _ in range(idle % 9):
            if is_due(scheme=scheme, charged=charged, on=today):
                break
            today += timedelta(days=1)
        if not is_due(scheme=scheme, charged=charged, on=today):
            today += timedelta(days=idle)
            continue
        sent = [one.sent_on for one in charged] + [today]
        known = today + timedelta(days=known_after if scheme == "ach" else 0)
        returned = settled and scheme == "ach"
        again = next_charge_on(scheme=scheme, code=code, sent_days=sent, known_on=known, returned=returned)
        charged.append(Charged(today, "returned" if returned else "declined", again))
        codes.append(code)
        today = known
    return [(one.sent_on, code) for one, code in zip(charged, codes, strict=True)]


def check(scheme: str, met: Sequence[Refusal]) -> int:
    made = charges(scheme, met)
    most, days = CAPS[scheme]
    for place, (day, _) in enumerate(made):
        assert sum(day - timedelta(days=days) < other <= day for other, _ in made[: place + 1]) <= most
        assert (day - made[0][0]).days <= days or scheme != "ach"
        assert not {code for _, code in made[:place]} & NEVER[scheme], "charged after a code that says never"
        assert place == 0 or day > made[place - 1][0], "two charges of one debt on a day"
    if scheme == "ach":
        assert len(made) <= most
    return len(made)


@settings(max_examples=400, deadline=None)
@given(refusals("visa"))
def test_visa(met: list[Refusal]) -> None:
    check("visa", met)


@settings(max_examples=400, deadline=None)
@given(refusals("mastercard"))
def test_mastercard(met: list[Refusal]) -> None:
    check("mastercard", met)


@settings(max_examples=400, deadline=None)
@given(refusals("ach"))
def test_ach(met: list[Refusal]) -> None:
    check("ach", met)


def test_a_hundred_thousand_refusals_drawn_at_random() -> None:
    import random

    dice = random.Random(20260201)
    drawn = made = 0
    for _ in range(2_500):
        scheme = dice.choice(sorted(CAPS))
        codes = [*SOFT[scheme] * 8, *sorted(NEVER[scheme])]
        met = [(dice.choice(codes), dice.randrange(70), dice.random() < 0.5, dice.randrange(40)) for _ in range(40)]
        drawn += len(met)
        made += check(scheme, met)
    assert drawn == 100_000
    assert made > 5_000, "hardly anything was charged"
