"""Partners that pay for their clients: one invoice, a price by all active locations, the programme's day, the annex."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest

from tests.mission.story import Story, abono, says

pytestmark = pytest.mark.usefixtures("database")


@dataclass
class Programme:
    """A partner with two clients, of three and two kitchens, since 2026-01-01: 50.00 each up to 4, 40.00 from 5 on."""

    story: Story
    partner: str
    alma: str
    bruno: str
    services: dict[str, str]

    def invoices(self) -> list[dict[str, Any]]:
        return [self.story.show(one["document"]) for one in self.story.documents(self.partner, "invoice")]


@pytest.fixture
def programme() -> Programme:
    story = Story("partners_us")
    story.counted_plan("orders", "--model", "volume", "--tier", "4:50", "--tier", "-:40")
    partner, alma, bruno = (story.customer(name) for name in ("Partner", "Alma", "Bruno"))
    services = {}
    for client, kitchens in ((alma, 3), (bruno, 2)):
        sponsor(story, client, partner, "2026-01-01")
        services[client] = story.order(client, "orders", "2026-01-01")[0]
        for number in range(1, kitchens + 1):
            story.location(client, services[client], f"Kitchen {number}", since="2026-01-01")
    return Programme(story, partner, alma, bruno, services)


def sponsor(story: Story, client: str, partner: str, since: str) -> None:
    says("customer", "sponsor", client, *story.own, "--payer", partner, "--from", since, "--on", since)


# --- D1


@pytest.mark.mission("D1", part="engine")
def test_the_partner_pays_for_its_clients_in_one_invoice_and_they_get_none(programme: Programme) -> None:
    story = programme.story
    for day in ("2026-01-01", "2026-02-01"):
        done = story.run(day)
        assert done["totals"] == [
            {"kind": "invoice", "currency": "USD", "documents": 1, "net_minor": 20_000, "gross_minor": 21_320}
        ]
    assert [one["customer"] for one in programme.invoices()] == [programme.partner] * 2
    for client in (programme.alma, programme.bruno):
        assert story.documents(client) == []
        assert story.balance(client, "2026-02-01") == (0, 0, 0)
        seen = says("timeline", client, *story.own, "--language", "en") + says("customer", "show", client, *story.own)
        assert not any(price in seen for price in ("200.00", "213.20", "120.00", "80.00", "40.00"))
    story.pay(programme.partner, "426.40", "2026-02-01", means="ach")
    assert [one["open_minor"] for one in programme.invoices()] == [0, 0]
    story.audit()


@pytest.mark.mission("D1", part="engine")
def test_a_client_that_joins_goes_on_the_same_invoice_and_others_keep_their_own(programme: Programme) -> None:
    story = programme.story
    story.plan("menu", 30)
    alone = story.customer("Clara")
    _, own = story.order(alone, "menu", "2026-01-01")
    story.run("2026-01-01")
    sponsor(story, alone, programme.partner, "2026-02-01")
    story.run("2026-02-01")
    assert [one["document"] for one in story.documents(alone)] == own
    february = programme.invoices()[-1]
    assert sorted((one["words"], one["net_minor"]) for one in february["lines"]) == [
        ("Menu", 3_000),
        ("Orders", 20_000),
    ]
    story.audit()


# --- D2


@pytest.mark.mission("D2", part="engine")
def test_the_volume_price_follows_from_all_active_locations_together(programme: Programme) -> None:
    story = programme.story
    story.run("2026-01-01")
    close = ("customer", "location", "close", programme.alma, "Kitchen 1", *story.own)
    says(*close, "--to", "2026-02-01", "--on", "2026-01-20")
    story.run("2026-02-01")
    story.location(programme.bruno, programme.services[programme.bruno], "Garden", since="2026-03-01")
    story.run("2026-03-01")
    billed = [[(one["quantity"], one["unit_price"]) for one in invoice["lines"]] for invoice in programme.invoices()]
    # Neither client has five locations of its own; together they have, until one closes.
    assert billed == [[(5, "40.000000")], [(4, "50.000000")], [(5, "40.000000")]]
    story.audit()


# --- D4

# Programme begins in January -> renewals, where the month has that day, else on its last one.
RENEWALS = {
    "2026-01-29": ["2026-02-28", "2026-03-29", "2026-04-29"],
    "2026-01-30": ["2026-02-28", "2026-03-30", "2026-04-30"],
    "2026-01-31": ["2026-02-28", "2026-03-31", "2026-04-30"],
    "2028-01-31": ["2028-02-29", "2028-03-31", "2028-04-30"],
    "2026-01-15": ["2026-02-15", "2026-03-15", "2026-04-15"],
}


def by_hand(renewal: str) -> str:
    """When a partner without a method on file has to pay: 15 days after its renewal."""
    return (date.fromisoformat(renewal) + timedelta(days=15)).isoformat()


@pytest.mark.mission("D4", part="engine")
@pytest.mark.parametrize("begun", RENEWALS)
def test_billing_is_on_the_day_the_programme_began(begun: str) -> None:
    story = Story("partners_us")
    story.plan("menu", 30)
    partner = story.customer("Partner", on=begun)
    story.order(partner, "menu", begun)
    later = story.customer("Later", on=begun)
    sponsor(story, later, partner, begun)
    for renewal in RENEWALS[begun]:
        eve = f"{renewal[:8]}{int(renewal[8:]) - 1:02d}"
        assert story.run(eve)["documents"] == 0
        assert story.run(renewal)["documents"] == 1
        last = story.documents(partner)[-1]
        assert (last["issued_on"], last["due_on"], last["net_minor"]) == (renewal, by_hand(renewal), 3_000)
    # A client that begins in between joins the partner's day.
    joined = f"{begun[:4]}-05-02"
    subscription, _ = story.order(later, "menu", joined)
    assert story.subscription(later, subscription)["anchor_day"] == int(begun[8:])
    story.audit()


@pytest.mark.mission("D4", part="engine")
def test_billing_is_on_the_1st_where_that_was_agreed() -> None:
    story = Story("partners_us")
    story.plan("menu", 31)
    partner = story.customer("Partner")
    _, (first,) = story.order(partner, "menu", "2026-01-11", "--anchor-day", 1)
    # 21 of January's 31 days until the 1st.
    (stub,) = story.show(first)["lines"]
    assert (stub["period_from"], stub["period_to"], stub["net_minor"]) == ("2026-01-11", "2026-02-01", 2_100)
    for day in ("2026-02-01", "2026-03-01"):
        assert story.run(day)["documents"] == 1
        last = story.documents(partner)[-1]
        assert (last["issued_on"], last["due_on"], last["net_minor"]) == (day, by_hand(day), 3_100)
    story.audit()


# --- D5


@pytest.mark.mission("D5", part="engine")
def test_lines_name_product_locations_and_price_and_the_annex_has_every_location(programme: Programme) -> None:
    story = programme.story
    story.run("2026-01-01")
    (invoice,) = programme.invoices()
    (line,) = invoice["lines"]
    assert (line["words"], line["quantity"], line["unit_price"]) == ("Orders", 5, "40.000000")
    assert (line["period_from"], line["period_to"], line["net_minor"]) == ("2026-01-01", "2026-02-01", 20_000)
    assert invoice["locations"] == 5
    assert "annex: 5 rows of locations" in says("document", "show", invoice["document"], *story.own)


@pytest.mark.mission("D5", part="engine")
def test_who_joined_or_left_is_made_up_for_by_day_on_the_next_invoice(programme: Programme) -> None:
    story = programme.story
    story.run("2026-01-01")
    story.location(programme.alma, programme.services[programme.alma], "Garden", since="2026-01-17")
    close = ("customer", "location", "close", programme.bruno, "Kitchen 2", *story.own)
    says(*close, "--to", "2026-01-11", "--on", "2026-01-11")
    story.run("2026-02-01")
    february = programme.invoices()[-1]
    amounts = {one["words"].split(":")[-1].strip(): one["net_minor"] for one in february["lines"]}
    # Joined for 15 of 31 days, gone for 21 of 31, at 40.00 each.
    assert amounts == {"Orders": 20_000, "Locations that joined, by day": 1_935, "Locations that left, by day": -2_710}
    assert february["net_minor"] == sum(amounts.values())
    assert february["locations"] == 5 + 2
    story.audit()


@pytest.mark.mission("D5", part="engine")
def test_the_timeline_of_a_client_names_each_location_with_its_days(programme: Programme) -> None:
    told = [
        one["words"] for one in abono("timeline", programme.bruno, *programme.story.own, "--language", "en")["events"]
    ]
    for number in (1, 2):
        assert f"Location Kitchen {number} counts from Jan 1, 2026." in told
