"""When a document is made: charge notes, the fiscal document with the payment, incomplete profiles, dates."""

from pathlib import Path
from typing import Any

import click
import pytest

from abono.domain.sellers.policy import builtin_text
from abono.interfaces.cli.main import abono as program
from tests.mission.story import PROFILES, Story, abono, call, refused, says

pytestmark = pytest.mark.usefixtures("database")

FISCAL = ("invoice", "credit_note")


def fiscal(story: Story, customer: str | None = None) -> list[dict[str, Any]]:
    return [one for one in story.documents(customer) if one["kind"] in FISCAL]


@pytest.fixture
def host() -> Story:
    story = Story("hosting_cl")
    story.plan("basic", 10_000)
    story.plan("large", 30_000)
    return story


# --- B3


@pytest.mark.mission("B3", part="engine")
@pytest.mark.parametrize("bought", ["renewal", "upgrade", "one-off service"])
def test_paying_issues_the_fiscal_document_in_the_same_moment(host: Story, bought: str) -> None:
    ana = host.customer()
    subscription, first = host.order(ana, "basic", "2026-01-10")
    host.pay(ana, 11_900, "2026-01-10")
    note, on = _bought(host, ana, subscription, bought)
    before = fiscal(host, ana)
    host.pay(ana, host.show(note)["open_minor"], on, "--document", note)
    (invoice,) = [one for one in fiscal(host, ana) if one not in before]
    assert note not in first
    assert (invoice["kind"], invoice["issued_on"], invoice["state"]) == ("invoice", on, "settled")
    assert invoice["gross_minor"] == host.show(note)["gross_minor"] > 0
    assert note in [one["document"] for one in host.show(invoice["document"])["related"]]
    moments = {one["kind"]: one["at"] for one in abono("timeline", note, *host.own)["events"]}
    assert moments["InvoiceIssued"] == moments["RequestSettled"] == moments["PaymentSettled"]
    host.audit()


def _bought(host: Story, customer: str, subscription: str, what: str) -> tuple[str, str]:
    """The open charge note for what was bought, and the day it is paid on."""
    if what == "renewal":
        host.run("2026-01-31")
        return host.documents(customer, "request")[-1]["document"], "2026-02-05"
    if what == "upgrade":
        words = ("subscription", "change", subscription, *host.own, "--plan", "large", "--when", "at-once")
        (note,) = abono(*words, "--on", "2026-01-20")["documents"]
    else:
        words = ("charge", "add", customer, *host.own, "--words", "Moving a site", "--amount", 45_000)
        (note,) = abono(*words, "--on", "2026-01-20")["documents"]
    return note, "2026-01-20"


# --- B5


@pytest.mark.mission("B5", part="engine")
def test_an_incomplete_profile_is_asked_for_money_and_its_invoice_waits_in_sight(host: Story) -> None:
    ana = host.customer(complete=False)
    subscription, (note,) = host.order(ana, "basic", "2026-01-22")
    assert host.show(note)["open_minor"] == 11_900
    host.pay(ana, 11_900, "2026-01-22")
    assert host.subscription(ana, subscription)["state"] == "active"
    assert fiscal(host) == []
    (row,) = abono("document", "waiting", *host.own)["waiting"]
    assert (row["customer"], row["request"], row["since"]) == (ana, note, "2026-01-22")
    missing = {one["field"] for one in row["reasons"]}
    assert missing == {"tax_id", "activity", "address", "district", "city"}
    told = says("document", "waiting", *host.own)
    assert all(word in told for word in (ana, note, *missing))
    assert says("customer", "profile", ana, *host.own).count("\n") > len(missing)

    for day in ("2026-01-23", "2026-01-28"):
        assert host.run(day)["invoices_issued_late"] == 0
    assert "still waits" not in says("timeline", note, *host.own, "--language", "en")
    host.run("2026-01-29")
    assert "still waits" in says("timeline", note, *host.own, "--language", "en")
    assert fiscal(host) == []
    host.audit()


@pytest.mark.mission("B5", part="engine")
def test_saving_the_profile_frees_the_invoice_at_once_and_not_before_it_is_complete(host: Story) -> None:
    ana = host.customer(complete=False)
    _, (note,) = host.order(ana, "basic", "2026-01-22")
    host.pay(ana, 11_900, "2026-01-22")
    save = ("customer", "profile", ana, *host.own, "--on", "2026-02-03")
    fields = [f"{name}={value}" for name, value in PROFILES["hosting_cl"].items()]
    half = abono(*save, *(part for one in fields[:3] for part in ("--set", one)))
    assert (half["complete"], half["invoices_issued"]) == (False, 0)
    (row,) = abono("document", "waiting", *host.own)["waiting"]
    assert {one["field"] for one in row["reasons"]} == {"district", "city"}
    wrong = abono(*save, *(part for one in fields for part in ("--set", one)), "--set", "district=Nowhere")
    assert (wrong["complete"], wrong["invoices_issued"]) == (False, 0)
    assert fiscal(host) == []
    whole = abono(*save, *(part for one in fields for part in ("--set", one)))
    assert (whole["complete"], whole["invoices_issued"]) == (True, 1)
    (invoice,) = fiscal(host)
    shown = host.show(invoice["document"])
    assert (shown["issued_on"], shown["gross_minor"], shown["to"]["tax_id"]) == ("2026-02-03", 11_900, "76086428-5")
    assert [one["document"] for one in shown["related"]] == [note]
    assert says("document", "waiting", *host.own) == "no invoice waits\n"
    assert host.run("2026-02-04")["invoices_issued_late"] == 0
    assert len(fiscal(host)) == 1
    host.audit()


@pytest.mark.mission("B5", part="engine")
def test_each_run_tries_again_with_what_the_policy_asks_for_then(host: Story, tmp_path: Path) -> None:
    now = builtin_text("hosting_cl")
    more, less = tmp_path / "more.toml", tmp_path / "less.toml"
    more.write_text(now.replace('"city"]', '"city", "own:order_number"]'), encoding="utf-8")
    less.write_text(now, encoding="utf-8")
    says("seller", "set-policy", *host.own, "--from", "2026-01-01", more)
    ana = host.customer()
    _, (note,) = host.order(ana, "basic", "2026-01-20")
    host.pay(ana, 11_900, "2026-01-20")
    (row,) = abono("document", "waiting", *host.own)["waiting"]
    assert [one["field"] for one in row["reasons"]] == ["own:order_number"]
    says("seller", "set-policy", *host.own, "--from", "2026-02-01", less)
    assert host.run("2026-01-31")["invoices_issued_late"] == 0
    assert host.run("2026-02-01")["invoices_issued_late"] == 1
    (invoice,) = fiscal(host)
    assert invoice["issued_on"] == "2026-02-01"
    assert note in [one["document"] for one in host.show(invoice["document"])["related"]]
    host.audit()


# --- B6


@pytest.mark.mission("B6", part="engine")
def test_the_charge_note_comes_first_and_the_fiscal_document_with_the_whole_payment(host: Story) -> None:
    ana = host.customer()
    _, (note,) = host.order(ana, "basic", "2026-01-10")
    shown = host.show(note)
    assert (shown["kind"], shown["extra"]["request"]) == ("request", "charge-note")
    assert host.balance(ana, "2026-01-10") == (11_900, 0, 0)
    host.pay(ana, 11_899, "2026-01-10", means="transfer")
    assert fiscal(host) == []
    host.pay(ana, 1, "2026-01-12", means="transfer")
    (invoice,) = fiscal(host)
    assert (invoice["issued_on"], invoice["gross_minor"], invoice["open_minor"]) == ("2026-01-12", 11_900, 0)
    assert host.balance(ana, "2026-01-12") == (0, 0, 0)
    host.audit()


@pytest.mark.mission("B6", part="engine")
def test_no_command_issues_a_fiscal_document_before_its_payment(host: Story) -> None:
    ana = host.customer()
    _, (note,) = host.order(ana, "basic", "2026-01-10")
    day = ("--on", "2026-01-11")
    why = ("--reason", "because I say so")
    assert "invoice" in refused("document", "credit", note, *host.own, *why, *day)
    assert "Only an invoice" in refused("document", "write-off", note, *host.own, *why, *day)
    pay = ("pay", *host.own, "--customer", ana, "--means", "transfer", "--amount", 11_900, *day)
    says(*pay, "--state", "reported", "--key", f"{host.key}-a")
    says("payment", "accept", f"{host.key}-a", *host.own, *day)
    says("payment", "fail", f"{host.key}-a", *host.own, "--cause", "never came", *day)
    says("customer", "profile", ana, *host.own, "--set", "city=Valparaíso", *day)
    note = abono("document", "reissue", note, *host.own, *why, *day)["document"]
    host.run("2026-01-12")
    assert fiscal(host) == []
    assert host.show(note)["kind"] == "request"
    host.audit()


@pytest.mark.mission("B6", part="engine")
def test_no_command_types_a_fiscal_document_by_hand(host: Story) -> None:
    for wanted in ("add", "issue", "new", "create", "invoice"):
        assert call("document", wanted, "--help").exit_code == 2
        assert call("invoice", wanted, "--help").exit_code == 2
    made_by = ("issue", "invoice", "type", "number", "series", "tax")
    for name, command in _commands():
        last = name.split()[-1]
        assert last not in made_by, name
        if name.startswith("document ") and last in ("void", "reissue", "credit", "write-off"):
            options = {option for one in command.params for option in one.opts}
            allowed = {"document", "--seller", "--on", "--reason", "--net", "--words", "--json"}
            assert options <= allowed, f"{name} lets one type what the engine decides: {options - allowed}"


def _commands() -> list[tuple[str, click.Command]]:
    def below(group: click.Group, context: click.Context, path: str) -> list[tuple[str, click.Command]]:
        found: list[tuple[str, click.Command]] = []
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            assert command is not None
            inner = click.Context(command, info_name=name, parent=context)
            whole = f"{path} {name}".strip()
            found += below(command, inner, whole) if isinstance(command, click.Group) else [(whole, command)]
        return found

    return below(program, click.Context(program, info_name="abono"), "")


# --- C5, C6


@pytest.fixture
def strict() -> Story:
    story = Story("hosting_ar")
    story.plan("site", 100)
    story.plan("mail", 20)
    return story


@pytest.mark.mission("C5", part="engine")
def test_each_service_has_its_document_unless_two_renew_the_same_day(strict: Story) -> None:
    ana = strict.customer()
    for plan, start in (("site", "2026-01-05"), ("mail", "2026-01-05"), ("site", "2026-01-07")):
        strict.move_in(ana, plan, "2026-01-01", "--start", start, "--words", f"{plan}-{start}.example")
    strict.run("2026-01-02")
    january = strict.documents(ana)
    assert [one["due_on"] for one in january] == ["2026-01-05", "2026-01-07"]
    assert [one["net_minor"] for one in january] == [12_000, 10_000]
    both, alone = (strict.show(one["document"])["lines"] for one in january)
    assert sorted(one["net_minor"] for one in both) == [2_000, 10_000]
    assert [one["period_from"] for one in alone] == ["2026-01-07"]
    strict.run("2026-01-23")
    february = [one for one in strict.documents(ana) if one not in january]
    assert [(one["due_on"], one["net_minor"]) for one in february] == [("2026-02-05", 12_000), ("2026-02-07", 10_000)]
    for one in february:
        strict.pay(ana, f"{one['gross_minor'] / 100:.2f}", "2026-02-05", "--document", one["document"])
    assert [one["net_minor"] for one in fiscal(strict, ana)] == [12_000, 10_000]
    strict.audit()


@pytest.mark.mission("C5", part="engine")
def test_a_service_ordered_later_has_a_document_of_its_own(strict: Story) -> None:
    ana = strict.customer()
    _, first = strict.order(ana, "site", "2026-01-05")
    _, second = strict.order(ana, "mail", "2026-01-05")
    assert len({*first, *second}) == 2


@pytest.mark.mission("C6", part="engine")
def test_a_renewal_is_issued_15_days_before_it_is_due(strict: Story) -> None:
    ana = strict.customer()
    strict.order(ana, "site", "2026-01-10")
    strict.pay(ana, 121, "2026-01-10")
    assert strict.run("2026-01-25")["documents"] == 0
    assert strict.run("2026-01-26")["documents"] == 1
    renewal = strict.documents(ana, "request")[-1]
    assert (renewal["issued_on"], renewal["due_on"], renewal["state"]) == ("2026-01-26", "2026-02-10", "open")
    (line,) = strict.show(renewal["document"])["lines"]
    assert (line["period_from"], line["period_to"]) == ("2026-02-10", "2026-03-10")
    assert strict.run("2026-01-26")["documents"] == 0
