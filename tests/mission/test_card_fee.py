"""The card fee passed on: shown before paying, only where policy, card and law allow, and given back with a refund."""

from typing import Any

import pytest

from tests.mission.story import Story, abono, says

pytestmark = pytest.mark.usefixtures("database")

DAY = ("--on", "2026-02-01")
CREDIT = ("--funding", "credit", "--brand", "visa")


@pytest.fixture
def owed() -> tuple[Story, str, str]:
    """A seller that passes the fee on, a customer in Texas, and an invoice over 213.20."""
    story = Story("partners_us")
    story.plan("menu", 200)
    ana = story.customer()
    _, (invoice,) = story.order(ana, "menu", "2026-02-01")
    assert story.show(invoice)["gross_minor"] == 21_320
    return story, ana, invoice


def quote(story: Story, customer: str, *more: object, means: str = "card") -> dict[str, Any]:
    words = ("pay", *story.own, "--customer", customer, "--means", means, *DAY, "--quote")
    return dict(abono(*words, *more))


@pytest.mark.mission("D9", part="engine")
def test_three_per_cent_are_shown_before_paying_and_have_a_receipt_of_their_own(owed: tuple[Story, str, str]) -> None:
    story, ana, invoice = owed
    shown = quote(story, ana, *CREDIT)
    assert (shown["fee_bp"], shown["base_minor"], shown["fee_minor"]) == (300, 21_320, 640)
    assert shown["total_minor"] == 21_960
    told = says("pay", *story.own, "--customer", ana, "--means", "card", *CREDIT, *DAY, "--quote")
    assert "card fee:    6.40 USD" in told
    assert "to pay:      219.60 USD" in told
    assert abono("payment", "list", *story.own)["payments"] == []
    assert story.documents(ana, "receipt") == []

    paid = story.pay(ana, "219.60", "2026-02-01", *CREDIT)
    assert paid["fee_minor"] == shown["fee_minor"]
    assert (story.show(invoice)["open_minor"], len(story.show(invoice)["lines"])) == (0, 1)
    (receipt,) = story.documents(ana, "receipt")
    (line,) = story.show(receipt["document"])["lines"]
    assert (receipt["gross_minor"], receipt["open_minor"], line["net_minor"]) == (640, 0, 640)
    assert "3" in line["words"]
    assert {one["document"]: one["amount_minor"] for one in paid["pays"]} == {
        invoice: 21_320,
        receipt["document"]: 640,
    }
    story.audit()


@pytest.mark.mission("D9", part="engine")
@pytest.mark.parametrize(
    ("means", "card"),
    [
        ("card", ("--funding", "debit", "--brand", "visa")),
        ("card", ("--funding", "prepaid", "--brand", "visa")),
        ("card", ("--brand", "visa")),
        ("card", ("--funding", "credit")),
        ("ach", ()),
    ],
    ids=["debit", "prepaid", "unknown funding", "unknown brand", "ach"],
)
def test_no_fee_on_other_cards_nor_on_a_bank_debit(
    owed: tuple[Story, str, str], means: str, card: tuple[str, ...]
) -> None:
    story, ana, invoice = owed
    shown = quote(story, ana, *card, means=means)
    assert (shown["fee_minor"], shown["total_minor"]) == (0, 21_320)
    paid = story.pay(ana, "213.20", "2026-02-01", *card, means=means)
    assert (paid["fee_minor"], paid["free_minor"]) == (0, 0)
    assert story.show(invoice)["open_minor"] == 0
    assert story.documents(ana, "receipt") == []


@pytest.mark.mission("D9", part="engine")
def test_no_fee_where_the_law_of_the_place_allows_none(owed: tuple[Story, str, str]) -> None:
    story, ana, _ = owed
    assert quote(story, ana, *CREDIT)["reason_code"] == "allowed"
    boston = ("--set", "region=MA", "--set", "city=Boston", "--set", "postal_code=02108")
    says("customer", "profile", ana, *story.own, *boston, *DAY)
    shown = quote(story, ana, *CREDIT)
    assert (shown["fee_minor"], shown["reason_code"] == "allowed") == (0, False)
    assert shown["reason"]["en"]
    assert story.pay(ana, "213.20", "2026-02-01", *CREDIT)["fee_minor"] == 0
    assert story.documents(ana, "receipt") == []


@pytest.mark.mission("D9", part="engine")
def test_no_fee_where_the_policy_asks_for_none() -> None:
    story = Story("franchise_us")
    ana = story.customer()
    assert quote(story, ana, "--amount", "100", *CREDIT)["fee_minor"] == 0


@pytest.mark.mission("D9", part="engine")
def test_a_refund_gives_its_share_of_the_fee_back(owed: tuple[Story, str, str]) -> None:
    story, ana, invoice = owed
    story.pay(ana, "219.60", "2026-02-01", *CREDIT, "--key", f"{story.key}-1")
    says("document", "credit", invoice, *story.own, "--net", 100, "--reason", "half a month", *DAY)
    back = ("payment", "refund", f"{story.key}-1", *story.own, "--cause", "half a month", *DAY)
    half = abono(*back, "--key", f"{story.key}-r1")
    # Half of the base, 106.60, and half of the fee, 3.20.
    assert half["refunded_minor"] == 10_660 + 320
    assert [one["gross_minor"] for one in story.documents(ana, "credit_note")] == [10_660, 320]
    says("document", "credit", invoice, *story.own, "--reason", "all of it", *DAY)
    rest = abono(*back, "--key", f"{story.key}-r2")
    assert half["refunded_minor"] + rest["refunded_minor"] == 21_960
    assert story.balance(ana, "2026-02-01") == (0, 0, 0)
    story.audit()
