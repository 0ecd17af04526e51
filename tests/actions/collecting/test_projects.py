"""Work in progress freezes with all else that the debtor pays for, and goes on with it."""

import pytest

from abono.base.kernel.refusal import Refused
from tests.actions.collecting.days import TOLD, acting, argentine, day, holds, moves, owed, run, states
from tests.books import check_audit

pytestmark = pytest.mark.usefixtures("database")


def test_a_project_freezes_on_the_fifth_working_day_and_thaws_with_the_payment() -> None:
    from abono.runs.collecting.projects import close_project, open_project

    world, customer, service = argentine()
    project = open_project(customer_id=customer, words="New shop", **acting(world, "01-02"))
    run(world, *TOLD, "01-22", "01-26")
    assert states(world, service, project) == ["suspended", "active"]
    # 20 January 2026 is a Tuesday: the fifth working day after it is the 27th.
    run(world, "01-27")
    assert states(world, service, project) == ["suspended", "frozen"]
    assert holds(world, service) == ["document 01-22", "debtor 01-27"]
    assert holds(world, project) == ["debtor 01-27"]
    world.pay(customer, owed(world, customer), day("01-28"))
    assert states(world, service, project) == ["active", "active"]
    assert moves(world, project) == ["01-27 active > frozen", "01-28 frozen > active"]
    close_project(project_id=project, **acting(world, "01-29"))
    with pytest.raises(Refused, match="closed already"):
        close_project(project_id=project, **acting(world, "01-30"))
    check_audit(world)


def test_a_frozen_project_that_is_closed_holds_nothing_and_stays_closed() -> None:
    from abono.runs.collecting.projects import close_project, open_project

    world, customer, _ = argentine()
    project = open_project(customer_id=customer, words="New shop", **acting(world, "01-02"))
    run(world, *TOLD, "01-22", "01-27")
    close_project(project_id=project, **acting(world, "01-28"))
    run(world, "01-28")
    assert holds(world, project) == ["debtor 01-27 to 01-28 ended"]
    world.pay(customer, owed(world, customer), day("01-29"))
    run(world, "01-29")
    assert states(world, project) == ["cancelled"]
    check_audit(world)
