"""The commands of the collection for people: what they print, what they refuse in one line."""

import json
from typing import Any

import pytest

from tests.mission.story import Story, abono, call, refused, says

pytestmark = pytest.mark.usefixtures("database")

ISSUED, REMINDED, DUE, STOPPED = "2026-01-05", "2026-01-19", "2026-01-20", "2026-01-22"


@pytest.fixture(scope="module")
def stopped(django_ready: None) -> tuple[Story, str, str, str]:
    """A host's seller, a customer, its service, and the document that suspended it on 22 January."""
    story = Story("hosting_ar")
    story.plan("site", 100)
    customer = story.customer()
    service = story.move_in(customer, "site", "2026-01-01", "--start", DUE, "--words", "ana.example")
    story.live(ISSUED, REMINDED, STOPPED)
    return story, customer, service, str(story.documents(customer)[0]["document"])


def test_a_service_says_why_it_is_stopped_and_how_that_ends(stopped: tuple[Story, str, str, str]) -> None:
    story, customer, service, document = stopped
    lines = says("service", "show", service, *story.own, "--on", STOPPED, "--language", "en").splitlines()
    assert lines[0] == "ana.example (Site)  suspended"
    assert f"stopped since {STOPPED} by {document}, due {DUE}, 121.00 ARS open (its own document)" in lines
    assert any(
        line.endswith(f"is restored as soon as this is paid: Proforma invoice {document}, $121.00.") for line in lines
    )
    assert any(line.startswith("2026-01-27  If Proforma invoice") for line in lines)
    table = says("service", "list", *story.own, "--on", STOPPED, "--state", "suspended")
    assert customer in table
    assert says("service", "list", *story.own, "--state", "frozen").count("\n") == 1
    assert "no subscription" in refused("service", "show", "nothing", *story.own)


def test_holds_and_what_waits_are_listed(stopped: tuple[Story, str, str, str]) -> None:
    story, customer, _, document = stopped
    shown = says("hold", "list", *story.own, "--customer", customer)
    assert document in shown
    assert "its services" in shown
    # The steps that follow keep their distance from one that came on its day: nothing waits.
    assert says("postponed", "list", *story.own) == "nothing waits\n"
    assert "no customer" in refused("hold", "list", *story.own, "--customer", "C-99999")


def test_the_run_tells_what_collecting_did() -> None:
    story = Story("hosting_ar")
    story.plan("site", 100)
    story.move_in(story.customer(), "site", "2026-01-01", "--start", DUE)
    story.live(ISSUED, REMINDED)
    told = says("run", *story.own, "--on", STOPPED, "--catch-up")
    assert "  1 service suspended\n" in told
    assert "messages made" in told
    done = abono("run", *story.own, "--on", STOPPED)
    assert done["collecting"]["suspended"] == 0


def test_what_is_not_owed_is_neither_objected_to_nor_put_off() -> None:
    story = Story("hosting_ar")
    story.plan("site", 100)
    customer = story.customer()
    _, (document,) = story.order(customer, "site", "2026-01-01")
    story.pay(customer, 121, "2026-01-01")
    for words in (("objection", "raise", document, "--words", "x"), ("arrangement", "grant", document, "--until", DUE)):
        assert "Nothing of this document is owed" in refused(*words, *story.own, "--on", "2026-01-02")
    assert says("objection", "list", *story.own) == "no objection is open\n"
    assert says("objection", "list", *story.own, "--all") == "nobody objected\n"


def test_an_objection_is_named_with_its_words_and_withdrawn(stopped: tuple[Story, str, str, str]) -> None:
    story, _, _, document = stopped
    on = ("--on", "2026-01-23")
    assert says("objection", "raise", document, *story.own, "--words", "Not mine", *on).endswith("is open\n")
    assert f"{document} of " in says("objection", "list", *story.own)
    assert "Not mine" in says("objection", "list", *story.own)
    says("objection", "withdraw", document, *story.own, "--words", "It is", *on)
    assert "withdrawn on 2026-01-23: It is" in says("objection", "list", *story.own, "--all")
    assert "stopped for this document" in refused(
        "arrangement", "grant", document, *story.own, "--until", "2026-01-25", *on
    )


def test_a_project_is_opened_listed_and_closed_once() -> None:
    story = Story("hosting_ar")
    customer = story.customer()
    told = says("project", "open", customer, *story.own, "--words", "New shop", "--on", "2026-01-02")
    project = told.split()[1]
    assert "New shop" in says("project", "list", *story.own)
    says("project", "close", project, *story.own, "--on", "2026-01-03")
    assert "closed already" in refused("project", "close", project, *story.own, "--on", "2026-01-03")
    story.plan("site", 100)
    service = story.move_in(customer, "site", "2026-01-03")
    assert "no such project" in refused("project", "close", service, *story.own, "--on", "2026-01-03")


def test_nothing_to_recover_and_nothing_on_offer_is_said_so(stopped: tuple[Story, str, str, str]) -> None:
    story, _, service, _ = stopped
    assert "cannot be recovered" in refused("recovery", "ask", service, *story.own, "--on", STOPPED)
    assert says("recovery", "list", *story.own).count("\n") == 1
    assert "No longer period" in refused("offer", "accept", service, *story.own)
    assert says("offer", "list", *story.own).count("\n") == 1


def test_the_door_says_no_with_the_reason_and_exit_code_one(stopped: tuple[Story, str, str, str]) -> None:
    story, customer, service, document = stopped
    answer = call("entitled", *story.own, "--customer", customer, "--on", STOPPED)
    assert (answer.exit_code, answer.stderr) == (1, "")
    assert answer.stdout == f"no: ana.example (Site): it is not paid; to pay: {document}, 121.00 ARS\n"
    told = call("entitled", *story.own, "--customer", customer, "--service", service, "--on", STOPPED, "--json")
    facts: dict[str, Any] = json.loads(told.stdout)
    assert (facts["entitled"], facts["services"][0]["reason"]) == (False, "unpaid")
    assert facts["services"][0]["to_pay"][0] == {
        "document": document,
        "due_on": DUE,
        "open_minor": 121_00,
        "currency": "ARS",
    }
    assert "no customer" in refused("entitled", *story.own, "--customer", "C-99999")


def test_what_happens_next_names_the_charge_of_a_method_on_file() -> None:
    story = Story("hosting_ar")
    story.plan("site", 100)
    customer = story.customer()
    story.move_in(customer, "site", "2026-01-01", "--start", DUE)
    card = ("--means", "card", "--brand", "visa", "--last4", "4242", "--expires", "2028-05", "--on", "2026-01-01")
    says("method", "add", customer, *story.own, "--token", f"pm_{story.key}", *card)
    story.live(ISSUED)
    ahead = story.timeline(customer, ISSUED)["ahead"]
    (charge,) = [one for one in ahead if one["kind"] == "charge"]
    assert charge["on"] == DUE
    assert charge["words"].endswith("is charged to visa 4242, if it is still unpaid.")
