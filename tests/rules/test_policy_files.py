"""The five policies that come with Abono: short, valid, and as the businesses describe themselves."""

import pytest

from abono.domain.sellers.policy import (
    Length,
    Policy,
    builtin_names,
    builtin_policy,
    builtin_text,
    policy_text,
    read_policy,
)

FIVE = ("booking_hu", "franchise_us", "hosting_ar", "hosting_cl", "partners_us")


def steps_of(policy: Policy) -> list[tuple[str, int, str]]:
    return [(step.kind, step.number, step.do) for step in policy.calendar.steps]


def test_there_are_five() -> None:
    assert builtin_names() == FIVE


@pytest.mark.parametrize("name", FIVE)
def test_each_is_at_most_70_lines_of_100_columns_and_says_what_is_assumed(name: str) -> None:
    text = builtin_text(name)
    assert len(text.splitlines()) <= 70
    assert max(map(len, text.splitlines())) <= 100
    assert "assumed" in text
    assert text.startswith("# ")


@pytest.mark.parametrize("name", FIVE)
def test_each_reads_back_equal_after_being_written_out(name: str) -> None:
    policy = builtin_policy(name)
    written = policy_text(policy)
    again = read_policy(text=written, file="written.toml")
    assert again == policy
    assert again.fingerprint == policy.fingerprint
    assert policy_text(again) == written


def test_hosting_ar_is_strict_and_automatic() -> None:
    policy = builtin_policy("hosting_ar")
    assert (policy.documents.request, policy.documents.invoice) == ("proforma", "on-payment")
    assert policy.documents.group == "same-day"
    assert steps_of(policy) == [
        ("day", -15, "issue"),
        ("day", -10, "remind"),
        ("day", -5, "remind"),
        ("day", -1, "remind"),
        ("day", 2, "suspend"),
        ("business_day", 5, "suspend"),
        ("day", 25, "terminate"),
    ]
    assert [step.scope for step in policy.calendar.steps if step.do == "suspend"] == ["document", "debtor"]
    assert policy.calendar.steps[0].by == ("email", "whatsapp", "portal")
    assert policy.restoration.longer_period == (Length("month", 1), Length("month", 3), Length("month", 6))
    assert policy.restoration.longer_period_mode == "offer"
    assert policy.recovery.within_days > 0
    assert policy.cycle.activate == "on-payment"


def test_hosting_cl_asks_by_charge_note_and_invoices_what_is_paid() -> None:
    policy = builtin_policy("hosting_cl")
    assert (policy.documents.request, policy.documents.invoice) == ("charge-note", "on-payment")
    assert policy.documents.issue_days == -10
    assert {"legal_name", "tax_id", "activity", "address", "district", "city"} <= set(policy.profile.requires)
    assert policy.documents.tax_rounding == "document"
    assert steps_of(policy)[1:] == [
        ("day", -3, "remind"),
        ("day", 0, "remind"),
        ("day", 3, "remind"),
        ("day", 5, "suspend"),
        ("day", 30, "terminate"),
    ]
    assert [length.count for length in policy.cycle.sold] == [1, 3, 6, 12, 24]
    assert policy.documents.notes_by_document == {"charge-note": "charge-note-cl", "invoice": "invoice-cl"}


def test_franchise_us_invoices_the_account_on_the_first_twenty_days_ahead() -> None:
    policy = builtin_policy("franchise_us")
    assert (policy.documents.request, policy.documents.invoice) == ("none", "at-issue")
    assert (policy.documents.issue_days, policy.documents.due_days) == (-20, 0)
    assert (policy.documents.group, policy.cycle.anchor) == ("payer", "first-of-month")
    assert set(policy.means) == {"ach", "card", "e-check", "cheque"}
    assert {name for name, means in policy.means.items() if means.saved} == {"ach", "card"}
    assert all(step.number >= 60 for step in policy.calendar.steps if step.do == "terminate")
    assert policy.arrangement.max_days > 0


def test_partners_us_rolls_clients_up_with_an_annex_and_passes_the_card_fee_on() -> None:
    policy = builtin_policy("partners_us")
    assert (policy.documents.issue_days, policy.documents.due_days) == (0, 0)
    assert policy.documents.due_days_without_method == 15
    assert (policy.documents.group, policy.cycle.anchor) == ("payer", "programme")
    assert (policy.partner.annex, policy.partner.true_up) == (True, "days")
    assert (policy.means["card"].fee_bp, policy.means["ach"].fee_bp) == (300, 0)
    assert "terminate" not in [step.do for step in policy.calendar.steps]
    assert policy.documents.notes_by_document == {"invoice": "invoice-us", "annex": "annex-us"}


def test_booking_hu_suspends_to_read_only() -> None:
    policy = builtin_policy("booking_hu")
    assert (policy.documents.request, policy.documents.invoice) == ("payment-request", "on-payment")
    assert policy.documents.issue_days == -8
    assert policy.suspension.access == "read-only"
    assert steps_of(policy)[-2:] == [("day", 8, "suspend"), ("day", 30, "terminate")]
    assert policy.seller.languages[0] == "hu"


def test_every_policy_holds_a_run_that_differs_by_more_than_thirty_per_cent() -> None:
    assert {builtin_policy(name).runs.hold_total_percent for name in FIVE} == {30}
