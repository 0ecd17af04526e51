"""The calendar of an unpaid document, what it stops, and what makes it good again: through the command line alone."""

from typing import Any

import psycopg
import pytest

from tests.mission.story import Story, abono, at, call, days, refused, says

pytestmark = pytest.mark.usefixtures("database")

# The host's service renews on 20 January 2026: asked for on the 5th, reminded of on the 10th, 15th and 19th, suspended
# on the 22nd, all of the debtor's on the 27th (five working days), terminated on 14 February.
ISSUED, DUE, SUSPENDED, DEBTOR, TERMINATED = "2026-01-05", "2026-01-20", "2026-01-22", "2026-01-27", "2026-02-14"
REMINDED = ("2026-01-10", "2026-01-15", "2026-01-19")


class Debt:
    """A customer of a host with one service, whose document nobody pays."""

    def __init__(self, policy: str = "hosting_ar", price: object = 100) -> None:
        self.story = Story(policy)
        self.story.plan("site", price)
        self.customer = self.story.customer()
        self.service = self.story.move_in(self.customer, "site", "2026-01-01", "--start", DUE)

    def until(self, last: str) -> Any:
        """Let the days pass on which something falls, up to one."""
        found = [one for one in (ISSUED, *REMINDED, SUSPENDED, DEBTOR, TERMINATED) if one <= last]
        return self.story.live(*found, *([] if last in found else [last]))

    @property
    def document(self) -> str:
        found = self.story.documents(self.customer, kind="request")
        return str(next(one["document"] for one in found if one["due_on"] == DUE))

    def state(self, on: str) -> str:
        return str(self.story.service(self.service, on)["state"])

    def steps(self, on: str) -> list[tuple[str, str]]:
        events = self.story.timeline(self.document, on)["events"]
        return [(one["kind"], one["on"]) for one in events if one["kind"].startswith("Step")]


@pytest.mark.mission("C7", part="engine")
def test_each_reminder_goes_once_to_the_day() -> None:
    debt = Debt()
    debt.story.live(*days(ISSUED, DUE))
    assert debt.steps(DUE) == [("StepIssue", ISSUED), *(("StepRemind", one) for one in REMINDED)]
    mails = [one for one in debt.story.messages("--customer", debt.customer) if one["channel"] == "email"]
    assert [(one["kind"], one["left_on"]) for one in mails] == [
        ("issued", ISSUED),
        ("first-reminder", REMINDED[0]),
        ("second-reminder", REMINDED[1]),
        ("last-reminder", REMINDED[2]),
    ]
    debt.story.live(DUE)
    assert len(debt.steps(DUE)) == 4


@pytest.mark.mission("C7", part="engine")
def test_after_an_outage_one_reminder_goes_with_the_days_that_are_left() -> None:
    debt = Debt()
    debt.story.live(ISSUED, "2026-01-09", "2026-01-16")
    reminders = [one for one in debt.story.messages("--customer", debt.customer) if "reminder" in one["kind"]]
    assert {one["kind"] for one in reminders} == {"second-reminder"}
    (mail,) = [one for one in reminders if one["channel"] == "email"]
    assert "4 días" in mail["subject"]
    assert debt.steps("2026-01-16")[1:] == [("StepMissed", "2026-01-16"), ("StepRemind", "2026-01-16")]


@pytest.mark.mission("C8", part="engine")
def test_suspension_two_days_after_and_the_end_twenty_five_days_after() -> None:
    debt = Debt()
    debt.until("2026-01-21")
    assert debt.state("2026-01-21") == "active"
    assert debt.story.live(SUSPENDED)["collecting"]["suspended"] == 1
    assert debt.state(SUSPENDED) == "suspended"
    debt.story.live(DEBTOR, "2026-02-13")
    assert debt.state("2026-02-13") == "suspended"
    assert debt.story.live(TERMINATED)["collecting"]["terminated"] == 1
    assert debt.state(TERMINATED) == "terminated"
    told = says("run", *debt.story.own, "--on", TERMINATED)
    assert "terminated" not in told
    debt.story.audit()


@pytest.mark.mission("C14", part="engine")
def test_document_and_timeline_tell_each_date_from_the_due_date_past_and_planned() -> None:
    debt = Debt()
    debt.until(REMINDED[1])
    found = debt.story.timeline(debt.document, REMINDED[1])
    assert [one["on"] for one in found["events"] if one["kind"] == "StepRemind"] == list(REMINDED[:2])
    assert [(one["kind"], one["on"]) for one in found["ahead"]] == [
        ("remind", REMINDED[2]),
        ("due", DUE),
        ("suspend.document", SUSPENDED),
        ("suspend.debtor", DEBTOR),
        ("terminate.document", TERMINATED),
    ]
    shown = abono("document", "show", debt.document, *debt.story.own, "--on", REMINDED[1])
    assert (shown["due_on"], [one["on"] for one in shown["ahead"]][-1]) == (DUE, TERMINATED)
    spoken = says("timeline", debt.document, *debt.story.own, "--on", REMINDED[1])
    assert f"{SUSPENDED}  Si Factura proforma {debt.document} sigue impaga, se suspenden sus servicios." in spoken


@pytest.mark.mission("C11", part="engine")
def test_a_card_restores_in_the_same_moment() -> None:
    debt = Debt()
    debt.until(SUSPENDED)
    (hold,) = abono("hold", "list", *debt.story.own)["holds"]
    assert (hold["document"], hold["scope"], hold["opened_on"]) == (debt.document, "document", SUSPENDED)
    debt.story.pay(debt.customer, 121, SUSPENDED)
    assert debt.state(SUSPENDED) == "active"
    assert abono("hold", "list", *debt.story.own)["holds"] == []
    assert abono("hold", "list", *debt.story.own, "--all")["holds"][0]["closed_by"] == "paid"
    debt.story.audit()


@pytest.mark.mission("C11", part="engine")
def test_a_transfer_restores_when_it_is_settled_and_a_part_does_not() -> None:
    debt = Debt()
    debt.until(SUSPENDED)
    debt.story.pay(debt.customer, 120, SUSPENDED)
    assert debt.state(SUSPENDED) == "suspended"
    words = ("--customer", debt.customer, "--means", "transfer", "--amount", 1, "--key", "slip", "--on", "2026-01-23")
    abono("pay", *debt.story.own, *words, "--state", "reported")
    assert debt.state("2026-01-23") == "suspended"
    says("payment", "settle", "slip", *debt.story.own, "--on", "2026-01-24")
    assert debt.state("2026-01-24") == "active"
    debt.story.audit()


@pytest.mark.mission("C12", part="engine")
def test_the_debtor_is_the_customer_after_five_working_days_and_work_in_progress_freezes() -> None:
    debt = Debt()
    other, (first,) = debt.story.order(debt.customer, "site", "2026-01-02")
    debt.story.pay(debt.customer, 121, "2026-01-02", "--document", first)
    project = abono("project", "open", debt.customer, *debt.story.own, "--words", "New shop", "--on", "2026-01-02")
    debt.until("2026-01-26")
    states = {one["id"]: one["state"] for one in abono("service", "list", *debt.story.own)["services"]}
    assert states == {debt.service: "suspended", other: "active", project["project"]: "active"}
    debt.story.live(DEBTOR)
    states = {one["id"]: one["state"] for one in abono("service", "list", *debt.story.own)["services"]}
    assert states == {debt.service: "suspended", other: "suspended", project["project"]: "frozen"}
    (frozen,) = abono("project", "list", *debt.story.own)["projects"]
    assert frozen["held_by"] == [debt.document]
    debt.story.pay(debt.customer, 121, DEBTOR, "--document", debt.document)
    states = {one["state"] for one in abono("service", "list", *debt.story.own)["services"]}
    assert states == {"active"}
    says("project", "close", project["project"], *debt.story.own, "--on", "2026-01-28")
    assert abono("project", "list", *debt.story.own)["projects"][0]["state"] == "closed"
    debt.story.audit()


@pytest.mark.mission("C9", part="engine")
def test_a_terminated_service_comes_back_from_its_backup_when_the_fee_is_paid() -> None:
    debt = Debt()
    debt.until(TERMINATED)
    (offered,) = abono("recovery", "list", *debt.story.own)["recoveries"]
    assert (offered["state"], offered["expires_on"], offered["fee_minor"]) == ("offered", "2026-03-16", 25_000_00)
    asked = abono("recovery", "ask", debt.service, *debt.story.own, "--on", "2026-02-20")["document"]
    assert abono("recovery", "ask", debt.service, *debt.story.own, "--on", "2026-02-20")["document"] == asked
    result = call("entitled", *debt.story.own, "--customer", debt.customer, "--on", "2026-02-20")
    assert (result.exit_code, f"to pay: {asked}" in result.stdout) == (1, True)
    debt.story.pay(debt.customer, 30_250, "2026-02-21", "--document", asked)
    assert debt.state("2026-02-21") == "active"
    assert debt.story.service(debt.service, "2026-02-21")["next_renewal"] == "2026-03-21"
    debt.story.audit()


@pytest.mark.mission("C9", part="engine")
def test_a_recovery_is_refused_once_the_backup_is_gone() -> None:
    debt = Debt()
    debt.until(TERMINATED)
    debt.story.live("2026-03-17")
    assert abono("recovery", "list", *debt.story.own)["recoveries"] == []
    assert "no backup" in refused("recovery", "ask", debt.service, *debt.story.own, "--on", "2026-03-17")


@pytest.mark.mission("C13", part="engine")
def test_after_a_restoration_the_longer_period_is_offered_with_its_amounts() -> None:
    debt = Debt()
    debt.story.plan("site", 270, cycle="quarterly")
    debt.until(SUSPENDED)
    debt.story.pay(debt.customer, 121, SUSPENDED)
    (offer,) = abono("offer", "list", *debt.story.own)["offers"]
    assert (offer["now_minor"], offer["new_minor"], offer["from_on"]) == (100_00, 270_00, "2026-02-20")
    accepted = abono("offer", "accept", debt.service, *debt.story.own, "--on", "2026-01-23")
    assert accepted["from"] == "2026-02-20"
    assert "No longer period" in refused("offer", "decline", debt.service, *debt.story.own)
    debt.story.live("2026-02-05")
    assert debt.story.documents(debt.customer, kind="request")[-1]["net_minor"] == 270_00


@pytest.mark.mission("C13", part="engine")
def test_a_longer_period_that_is_declined_changes_nothing() -> None:
    debt = Debt()
    debt.story.plan("site", 270, cycle="quarterly")
    debt.until(SUSPENDED)
    debt.story.pay(debt.customer, 121, SUSPENDED)
    says("offer", "decline", debt.service, *debt.story.own, "--on", "2026-01-23")
    debt.story.live("2026-02-05")
    assert debt.story.documents(debt.customer, kind="request")[-1]["net_minor"] == 100_00


@pytest.mark.mission("C4", part="engine")
def test_an_objection_stops_the_calendar_until_it_is_decided() -> None:
    debt = Debt()
    debt.until(REMINDED[2])
    words = ("--words", "I did not order this")
    abono("objection", "raise", debt.document, *debt.story.own, *words, "--on", DUE)
    assert "open objection" in refused("objection", "raise", debt.document, *debt.story.own, *words, "--on", DUE)
    debt.story.live(SUSPENDED, "2026-01-23")
    assert debt.state("2026-01-23") == "active"
    (waits,) = abono("postponed", "list", *debt.story.own)["postponed"]
    assert (waits["document"], waits["why"], waits["since_on"]) == (debt.document, "no-objection", SUSPENDED)
    assert "an objection is open" in says("postponed", "list", *debt.story.own)
    says("objection", "reject", debt.document, *debt.story.own, "--words", "Ordered by phone", "--on", "2026-01-23")
    debt.story.live("2026-01-24")
    assert debt.state("2026-01-24") == "suspended"
    assert abono("objection", "list", *debt.story.own)["objections"] == []
    debt.story.audit()


@pytest.mark.mission("C4", part="engine")
def test_an_objection_that_is_right_takes_the_document_back_and_restores() -> None:
    debt = Debt()
    debt.until(SUSPENDED)
    own = (debt.document, *debt.story.own)
    abono("objection", "raise", *own, "--words", "Asked for twice", "--on", SUSPENDED)
    says("objection", "uphold", *own, "--words", "So it is", "--on", "2026-01-23")
    assert debt.state("2026-01-23") == "active"
    assert debt.story.show(debt.document)["state"] == "voided"
    (decided,) = abono("objection", "list", *debt.story.own, "--all")["objections"]
    assert (decided["state"], decided["decision"]) == ("upheld", "So it is")
    assert "no open objection" in refused("objection", "withdraw", *own, "--words", "x", "--on", "2026-01-24")
    debt.story.audit()


@pytest.mark.mission("C4", part="engine")
def test_silence_counts_only_so_many_days_after_proved_receipt() -> None:
    debt = Debt()
    debt.until(ISSUED)

    def silence(on: str) -> Any:
        return abono("document", "show", debt.document, *debt.story.own, "--on", on)["silence"]

    assert silence("2026-03-01")["counts_on"] is None
    (mail,) = [one for one in debt.story.messages("--document", debt.document) if one["channel"] == "email"]
    says("notices", "received", mail["id"], *debt.story.own, "--on", "2026-01-06", "--words", "opened")
    assert silence("2026-01-10")["counts_on"] == "2026-01-16"
    assert silence("2026-01-16")["words"] == "No objection by Jan 16, 2026."
    debt.story.pay(debt.customer, 121, "2026-01-12")
    debt.story.live("2026-01-13")
    invoice = debt.story.documents(debt.customer, kind="invoice")[0]["document"]
    (sent,) = [one for one in debt.story.messages("--document", invoice) if one["channel"] == "email"]
    says("notices", "received", sent["id"], *debt.story.own, "--on", "2026-01-13", "--words", "opened")
    told = says("document", "show", invoice, *debt.story.own, "--on", "2026-01-23")
    assert "Presumed accepted since Jan 23, 2026." in told


@pytest.mark.mission("A17", part="engine")
def test_a_later_date_is_taken_within_the_limits_and_holds_until_it_is_over() -> None:
    debt = Debt()
    debt.until(REMINDED[2])
    grant = ("arrangement", "grant", debt.document, *debt.story.own, "--on", REMINDED[2])
    assert "2026-01-27" in refused(*grant, "--until", "2026-01-28")
    assert "together" in refused(*grant, "--until", "2026-02-28", "--staff", code=2)
    abono(*grant, "--until", "2026-01-26")
    debt.story.live(SUSPENDED, "2026-01-26")
    assert debt.state("2026-01-26") == "active"
    debt.story.live("2026-01-27")
    assert debt.state("2026-01-27") == "suspended"
    (granted,) = abono("arrangement", "list", *debt.story.own)["arrangements"]
    assert (granted["document"], granted["until_on"], granted["by"]) == (debt.document, "2026-01-26", "customer")
    staff = ("--until", "2026-02-20", "--staff", "--reason", "agreed by phone")
    assert abono("arrangement", "grant", debt.document, *debt.story.own, *staff, "--on", "2026-01-28")["by"] == "staff"


@pytest.mark.mission("A17", part="engine")
def test_a_later_date_is_taken_so_many_times_a_year() -> None:
    debt = Debt("hosting_ar")
    documents = [debt.story.order(debt.customer, "site", "2026-01-01")[1][0] for _ in range(3)]
    grant = ("--until", "2026-01-05", *debt.story.own, "--on", "2026-01-01")
    for document in documents[:2]:
        abono("arrangement", "grant", document, *grant)
    assert "allows 2" in refused("arrangement", "grant", documents[2], *grant)
    assert len(abono("arrangement", "list", *debt.story.own, "--customer", debt.customer)["arrangements"]) == 2


@pytest.mark.mission("A13", part="engine")
def test_a_product_lets_in_who_paid_and_refuses_the_unpaid_one_with_the_document_to_pay() -> None:
    story = Story("franchise_us")
    story.plan("orders", 100)
    story.plan("menus", 50)
    owner = story.customer()
    story.move_in(owner, "orders", "2026-01-01", "--start", "2026-02-01")
    _, (asked,) = story.order(owner, "menus", "2026-01-10")
    door = ("entitled", *story.own, "--customer", owner)
    assert says(*door, "--service", "orders", "--on", "2026-01-10") == "yes: Orders\n"
    closed = call(*door, "--service", "menus", "--on", "2026-01-10")
    assert (closed.exit_code, closed.stderr) == (1, "")
    assert closed.stdout.startswith(f"no: Menus: it is not paid; to pay: {asked}, ")
    (owed,) = [one for one in story.documents(owner) if one["open_minor"]]
    story.pay(owner, owed["open_minor"] / 100, "2026-01-10")
    assert says(*door, "--on", "2026-01-10").splitlines() == ["yes: Orders", "yes: Menus"]
    story.live("2026-01-12", "2026-01-27", "2026-02-04", "2026-02-11", "2026-02-15")
    assert says(*door, "--on", "2026-02-15").count("yes") == 2
    story.live("2026-02-16")
    refusal = call(*door, "--json", "--on", "2026-02-16")
    assert refusal.exit_code == 1
    assert '"reason": "unpaid"' in refusal.stdout
    assert "no such service" in call(*door, "--service", "bikes").stdout


@pytest.mark.mission("D1", part="engine")
def test_a_client_whose_partner_does_not_pay_is_told_of_the_provider_and_of_no_amount() -> None:
    story = Story("partners_us")
    story.plan("drive", 100)
    partner, client = story.customer("Partner"), story.customer("Client")
    says("customer", "sponsor", client, *story.own, "--payer", partner, "--from", "2026-01-01", "--on", "2026-01-01")
    service, _ = story.order(client, "drive", "2026-01-01")
    story.live("2026-01-01", "2026-01-20", "2026-01-21", "2026-01-31", "2026-02-03")
    assert story.service(service, "2026-02-03")["state"] == "suspended"
    answer = call("entitled", *story.own, "--customer", client, "--on", "2026-02-03")
    assert answer.exit_code == 1
    assert "your provider's account is not in order" in answer.stdout
    for told in (answer.stdout, says("timeline", client, *story.own, "--on", "2026-02-03")):
        assert "100" not in told
        assert "I-2026" not in told
    (owed,) = [one for one in story.documents(partner) if one["open_minor"]]
    story.pay(partner, owed["open_minor"] / 100, "2026-02-04")
    assert says("entitled", *story.own, "--customer", client, "--on", "2026-02-04").startswith("yes")
    assert "100" not in says("timeline", client, *story.own, "--on", "2026-02-04")
    story.audit()


@pytest.mark.mission("B7", part="engine")
def test_accounting_gets_the_charge_note_and_the_last_notice_before_a_suspension_also_the_owner() -> None:
    debt = Debt("hosting_cl", 10_000)
    words = ("--name", "Eva", "--email", "accounts@customer.example", "--role", "accounting")
    says(
        "customer", "contact", debt.customer, *debt.story.own, *words, "--notice", "documents", "--notice", "reminders"
    )
    debt.story.live("2026-01-10", "2026-01-17", "2026-01-20", "2026-01-23")
    mails = [one for one in debt.story.messages("--customer", debt.customer) if one["channel"] == "email"]
    to = {(one["kind"], one["recipient"] == "accounts@customer.example") for one in mails}
    assert ("issued", True) in to
    assert ("issued", False) not in to
    assert {("last-notice", True), ("last-notice", False)} <= to


@pytest.mark.mission("C6", part="engine")
def test_the_renewal_is_issued_fifteen_days_before_and_leaves_with_its_paper() -> None:
    debt = Debt()
    debt.story.live("2026-01-04")
    assert debt.story.documents(debt.customer) == []
    debt.story.live(ISSUED)
    (mail,) = [one for one in debt.story.messages("--customer", debt.customer) if one["channel"] == "email"]
    assert (mail["kind"], mail["state"], mail["left_on"]) == ("issued", "sent", ISSUED)
    assert debt.document in says("notices", "show", mail["id"], *debt.story.own)


@pytest.mark.mission("C10", part="engine")
def test_no_command_switches_a_service() -> None:
    debt = Debt()
    debt.until(SUSPENDED)
    assert "Nobody switches one by hand" in " ".join(says("service", "--help").split())
    for name in ("suspend", "restore", "activate", "terminate", "set", "edit"):
        assert call("service", name, debt.service, *debt.story.own).exit_code == 2
        assert call("subscription", name, debt.service, *debt.story.own).exit_code == 2


ACTS = {
    "state": "UPDATE subscriptions SET state = 'active', move_no = move_no + 1 WHERE id = '{service}'",
    "hold": "UPDATE holds SET closed_on = opened_on, closed_at = opened_at, closed_by = 'paid' "
    "WHERE subscription_id = '{service}'",
    "no hold": "DELETE FROM holds WHERE subscription_id = '{service}'",
}


@pytest.mark.mission("C10", part="engine")
def test_no_role_of_the_database_switches_a_service(database: str) -> None:
    debt = Debt()
    debt.until(SUSPENDED)
    for role in ("abono_owner", "abono_engine", "abono_portal", "abono_staff"):
        for act in ACTS.values():
            assert struck(database, role, act.format(service=debt.service)), (role, act)
    assert debt.state(SUSPENDED) == "suspended"
    assert len(abono("hold", "list", *debt.story.own)["holds"]) == 1


def struck(database: str, role: str, act: str) -> bool:
    """Whether the database refuses what a role tries, or lets it see nothing to try it on."""
    with psycopg.connect(database) as connection:
        connection.execute(f"SET ROLE {role}")  # type: ignore[arg-type]
        try:
            touched = connection.execute(act).rowcount  # type: ignore[arg-type]
            connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        except psycopg.Error:
            connection.rollback()
            return True
        return touched == 0


@pytest.mark.mission("F2", part="engine")
def test_the_books_are_proved_after_all_that_collecting_does() -> None:
    debt = Debt()
    debt.until(TERMINATED)
    debt.story.audit()


@pytest.mark.mission("F3", part="engine")
def test_the_same_day_of_collecting_again_changes_nothing() -> None:
    debt = Debt()
    debt.until(SUSPENDED)
    before = debt.story.timeline(debt.customer, SUSPENDED)
    for day in (SUSPENDED, DUE):
        with at(day):
            done = debt.story.run(day)
        assert done["collecting"]["suspended"] == done["collecting"]["messages"] == 0
    assert debt.story.timeline(debt.customer, SUSPENDED) == before
    debt.story.audit()
