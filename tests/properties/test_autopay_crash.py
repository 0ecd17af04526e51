"""Charging killed anywhere, and done again: each debt is charged once, and the books say what the bank says."""

import os
import random
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from abono.base.store.crash import POINTS
from tests.actions.autopay.stage import DUE, Stage, make_stage
from tests.properties.fleet import Fleet
from tests.properties.kept_bank import KeptBank

PAYERS = 8
MINE = [one for one in POINTS if one.startswith("charging.") and one != "charging.asked"]
ONCE = {"charging.locked", "charging.planned"}
ROUNDS = int(os.environ.get("ABONO_CRASH_ROUNDS", "1"))


def busy(folder: Path) -> Stage:
    """Payers who pay by card and by debit, all due on one day, at a bank in a folder."""
    stage = make_stage("franchise_us")
    stage.bank = KeptBank(folder=folder)
    for number in range(PAYERS):
        stage.payer(means=("card", "ach")[number % 2])
    return stage.open()


def charge_all(stage: Stage, folder: Path) -> None:
    """Charge on, with the bank as it is in the folder, until the debits have settled."""
    stage.bank = KeptBank(folder=folder)
    for days in range(5):
        stage.charge(DUE + timedelta(days=days))


def check_once(stage: Stage, owed_minor: int) -> None:
    """Nothing lost, nothing doubled: at the bank, among the attempts, in the books."""
    assert stage.open_minor() == 0
    assert len(stage.bank.entries) == PAYERS
    assert Counter(stage.attempts("state")) == {"settled": PAYERS}
    assert sum(amount for _, amount in stage.payments()) == owed_minor
    stage.check()


@pytest.mark.parametrize("point", MINE)
def test_killed_at_a_point_and_charged_again(fleet: Fleet, tmp_path: Path, point: str) -> None:
    stage = busy(tmp_path)
    owed = stage.open_minor()
    killed = fleet.run(
        "charge",
        env={"ABONO_CRASH_POINT": point, "ABONO_CRASH_PASS": "1" if point in ONCE else "3"},
        seller_id=stage.world.seller_id,
        on=DUE.isoformat(),
        folder=str(tmp_path),
    )
    assert killed.code == -9, killed.said
    states = Counter(stage.attempts("state"))
    charged = len(KeptBank(folder=tmp_path).entries)
    if point not in ONCE:
        assert 0 < states["planned"] < PAYERS, "the kill did not strike in mid-work"
        assert states["sent"] == (point != "charging.recorded")
        assert charged == (2 if point == "charging.sent" else 3)
    else:
        assert states["planned"] == (0 if point == "charging.locked" else PAYERS)
    charge_all(stage, tmp_path)
    check_once(stage, owed)


def test_killed_while_it_asks_about_charges_without_an_answer(fleet: Fleet, tmp_path: Path) -> None:
    stage = busy(tmp_path)
    owed = stage.open_minor()
    lose_answers(stage)
    stage.charge()
    assert Counter(stage.attempts("state"))["unknown"] == 2
    next_day = DUE + timedelta(days=1)
    killed = fleet.run(
        "charge",
        env={"ABONO_CRASH_POINT": "charging.asked", "ABONO_CRASH_PASS": "2"},
        seller_id=stage.world.seller_id,
        on=next_day.isoformat(),
        folder=str(tmp_path),
    )
    assert killed.code == -9, killed.said
    assert Counter(stage.attempts("state"))["unknown"] == 1, "the kill did not strike in mid-work"
    charge_all(stage, tmp_path)
    check_once(stage, owed)


def lose_answers(stage: Stage) -> None:
    """Let the bank's answers to two cards get lost, after it took the money."""
    from abono.simulation.bank import Fate

    for number in (0, 2):
        stage.bank.plan(f"{stage.token}_{number}x", Fate(silent="after"))


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_makers_killed_at_random_and_charged_again(fleet: Fleet, tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    stage = busy(tmp_path)
    owed = stage.open_minor()
    struck = 0
    for _ in range(6):
        point, passes = dice.choice(MINE), dice.randint(1, 3)
        workers = [start(fleet, stage, tmp_path, DUE, point, passes) for _ in range(2)]
        struck += sum(one.wait().code == -9 for one in workers)
    assert struck, "no kill struck"
    charge_all(stage, tmp_path)
    check_once(stage, owed)


def start(fleet: Fleet, stage: Stage, folder: Path, on: date, point: str, passes: int) -> Any:
    """A maker that is killed at a point."""
    return fleet.start(
        "charge",
        env={"ABONO_CRASH_POINT": point, "ABONO_CRASH_PASS": str(passes)},
        seller_id=stage.world.seller_id,
        on=on.isoformat(),
        folder=str(folder),
    )
