"""Months of the five businesses, told as stories: which documents there are, on which days, over which amounts."""

from datetime import date
from decimal import Decimal

import pytest

from tests.journeys.months import months_of
from tests.world import at

pytestmark = pytest.mark.usefixtures("database")


def test_web_host_in_argentina_asks_fifteen_days_ahead_and_invoices_when_paid() -> None:
    """Two services renew on the 20th and share a proforma, a third does not [C5 C6 B3 B6]. IVA is 21 %."""
    story = months_of("hosting_ar", harmless=True)
    world = story.world
    ana = world.customer("Ferretería El Ñandú")
    for key, price, start in (("web", "120", date(2026, 1, 20)), ("mail", "30", date(2026, 1, 20))):
        world.subscribe(ana, world.plan(key, price), start, on=date(2026, 1, 1), continues=True)
    world.subscribe(ana, world.plan("shop", "50"), date(2026, 2, 3), on=date(2026, 1, 1), continues=True)

    story.to(1, 4)
    assert story.papers() == []
    story.to(1, 5)  # fifteen days before the 20th
    assert story.papers() == ["2026-01-05 P-2026-000001 due 2026-01-20: 15000 + 3150 open"]
    assert story.lines(1) == [
        "[2026-01-20, 2026-02-20) 1 x Plan web: 12000",
        "[2026-01-20, 2026-02-20) 1 x Plan mail: 3000",
    ]
    paid_on = story.to(1, 18)
    world.pay(ana, 18_150, paid_on)
    assert story.papers() == [
        "2026-01-05 P-2026-000001 due 2026-01-20: 15000 + 3150 settled",
        "2026-01-18 A-0001-00000001 due 2026-01-20: 15000 + 3150 settled",
    ]
    story.to(2, 28)
    assert story.papers()[2:] == [
        "2026-01-19 P-2026-000002 due 2026-02-03: 5000 + 1050 open",
        "2026-02-05 P-2026-000003 due 2026-02-20: 15000 + 3150 open",
        "2026-02-16 P-2026-000004 due 2026-03-03: 5000 + 1050 open",
    ]


def test_web_host_in_argentina_starts_a_service_when_its_first_proforma_is_paid() -> None:
    """Ordered on the 10th, due that day, paid on the 12th and active from then [C15]; it renews on its own day."""
    from abono.domain.subscriptions.periods import Cycle
    from abono.runs.at_once import order_service

    story = months_of("hosting_ar", harmless=True)
    world = story.world
    ana, plan = world.customer(), world.plan("web", "120", cycle=("month", 3))
    story.to(1, 10)
    ordered = order_service(
        customer_id=ana,
        plan_id=plan,
        cycle=Cycle("month", 3),
        currency="ARS",
        start=date(2026, 1, 10),
        **story.now(),
    )
    assert story.papers() == ["2026-01-10 P-2026-000001 due 2026-01-10: 12000 + 2520 open"]
    assert story.state(ordered.subscription_id) == "ordered"
    world.pay(ana, 14_520, story.to(1, 12))
    assert story.state(ordered.subscription_id) == "active"
    story.to(4, 1)
    assert story.papers()[1:] == [
        "2026-01-12 A-0001-00000001 due 2026-01-12: 12000 + 2520 settled",
        "2026-03-26 P-2026-000002 due 2026-04-10: 12000 + 2520 open",
    ]
    assert story.lines(2) == ["[2026-04-10, 2026-07-10) 1 x Plan web: 12000"]


def test_web_host_in_argentina_refunds_the_days_of_a_cancelled_month() -> None:
    """Cancelled on 10 February within [20 January, 20 February): 10 of 31 days go back, shown before [C16].

    12000 x 10/31 = 3870.97, so 3871, and IVA in proportion: 2520 x 3871/12000 = 812.91, so 813.
    """
    from abono.domain.payments.actions import refund_payment
    from abono.runs.changes import cancel_service, quote_cancellation

    story = months_of("hosting_ar", harmless=True)
    world = story.world
    ana = world.customer()
    web = world.subscribe(ana, world.plan("web", "120"), date(2026, 1, 20), on=date(2026, 1, 1), continues=True)
    payment = world.pay(ana, 14_520, story.to(1, 9))
    story.to(2, 4)  # a day before the next proforma
    shown = {"subscription_id": web, "on": date(2026, 2, 10), "at_once": True}
    quote = quote_cancellation(seller_id=world.seller_id, **shown)
    assert quote.now_minor == -3_871
    story.to(2, 10)  # the proforma for the next month, issued on the 5th, is voided with the cancellation
    cancel_service(subscription_id=web, at_once=True, **story.now())
    assert story.papers() == [
        "2026-01-05 P-2026-000001 due 2026-01-20: 12000 + 2520 settled",
        "2026-01-09 A-0001-00000001 due 2026-01-20: 12000 + 2520 settled",
        "2026-02-05 P-2026-000002 due 2026-02-20: 12000 + 2520 voided",
        "2026-02-10 NC-A-0001-00000001 due 2026-02-10: 3871 + 813 issued",
    ]
    assert story.state(web) == "cancelled"
    left = refund_payment(payment_id=payment, amount_minor=4_684, key="back", cause="asked for", **story.now())
    assert left == 4_684
    story.to(4, 30)
    assert len(story.papers()) == 4


def test_web_host_in_chile_holds_the_invoice_until_the_profile_is_complete() -> None:
    """The charge note goes out and is paid; the invoice waits, cycle after cycle, until the profile is saved [B5]."""
    from abono.runs.at_once import save_profile

    story = months_of("hosting_cl", harmless=True)
    world = story.world
    ana = world.customer("Óptica Calafate", complete=False, address="Av. Uno 123")
    world.subscribe(ana, world.plan("hosting", "10000"), date(2026, 1, 15), on=date(2026, 1, 1), continues=True)
    world.pay(ana, 11_900, story.to(1, 14))
    world.pay(ana, 11_900, story.to(2, 13))
    assert story.papers() == [
        "2026-01-05 P-2026-000001 due 2026-01-15: 10000 + 1900 settled",
        "2026-02-05 P-2026-000002 due 2026-02-15: 10000 + 1900 settled",
    ]
    waiting = world.rows("SELECT reasons FROM waiting_invoices WHERE seller_id = %(seller)s ORDER BY since")
    missing = [one["field"] for one in waiting[0][0]]
    assert (len(waiting), missing) == (2, ["tax_id", "activity", "district", "city"])

    story.to(2, 20)
    complete = {"legal_name": "Óptica Calafate SpA", "tax_id": "76.354.771-K", "activity": "Comercio"}
    complete |= {"address": "Av. Uno 123", "district": "Providencia", "city": "Santiago"}
    ((profile_id,),) = world.rows("SELECT default_profile_id FROM customers WHERE seller_id = %(seller)s")
    _, freed = save_profile(customer_id=ana, country="CL", fields=complete, profile_id=profile_id, **story.now())
    assert freed == 2
    world.pay(ana, 11_900, story.to(3, 10))
    assert story.papers()[2:] == [
        "2026-02-20 F-1 due 2026-02-20: 10000 + 1900 settled",
        "2026-02-20 F-2 due 2026-02-20: 10000 + 1900 settled",
        "2026-03-05 P-2026-000003 due 2026-03-15: 10000 + 1900 settled",
        "2026-03-10 F-3 due 2026-03-15: 10000 + 1900 settled",
    ]
    assert world.rows("SELECT 1 FROM waiting_invoices WHERE seller_id = %(seller)s") == []


def test_web_host_in_chile_freezes_the_value_of_the_scheduled_day() -> None:
    """1.5 units of an index, worth that of the tenth day before the renewal, also when the run is late.

    1.5 x 38,912.34 = 58,368.51, so 58,369; IVA on that: 11,090.11, so 11,090.
    """
    from abono.domain.catalogue.actions import add_index_values
    from abono.runs.daily import run_day

    story = months_of("hosting_cl", harmless=True)
    world = story.world
    add_index_values(
        name="journey",
        values={date(2026, 1, 5): Decimal("38912.34"), date(2026, 2, 5): Decimal("39000.00")},
        source="made up for a test",
    )
    ana = world.customer()
    plan = world.plan("server", "1.5", index_name="journey")
    world.subscribe(ana, plan, date(2026, 1, 15), on=date(2026, 1, 1), continues=True)
    story.to(1, 5)
    assert story.papers() == ["2026-01-05 P-2026-000001 due 2026-01-15: 58369 + 11090 open"]
    story.to(2, 4)
    late = run_day(seller_id=world.seller_id, on=date(2026, 2, 8), at=at(date(2026, 2, 8)))
    assert late.made_up == (date(2026, 2, 5), date(2026, 2, 6), date(2026, 2, 7))
    assert story.papers()[1:] == ["2026-02-08 P-2026-000002 due 2026-02-15: 58500 + 11115 open"]
    frozen = world.rows("SELECT extra -> 'index' FROM documents WHERE seller_id = %(seller)s ORDER BY number")
    assert frozen == [
        ({"journey": ["2026-01-05", "38912.340000"]},),
        ({"journey": ["2026-02-05", "39000.000000"]},),
    ]


def test_web_host_in_chile_charges_an_upgrade_by_the_day() -> None:
    """From the 20th of [5 March, 5 April): 16 of 31 days at the new price less those at the old [B10].

    16000 x 16/31 = 8258.06 and 10000 x 16/31 = 5161.29: 8258 - 5161 = 3097, and IVA 588.
    """
    from abono.runs.changes import change_now, quote_change

    story = months_of("hosting_cl", harmless=True)
    world = story.world
    ana = world.customer()
    small, large = world.plan("small", "10000"), world.plan("large", "16000")
    hosting = world.subscribe(ana, small, date(2026, 3, 5), on=date(2026, 1, 1), continues=True)
    world.pay(ana, 11_900, story.to(3, 5), means="card")
    story.to(3, 20)
    quote = quote_change(seller_id=world.seller_id, subscription_id=hosting, plan_id=large, on=date(2026, 3, 20))
    assert (quote.now_minor, quote.next_renewal, quote.then_minor) == (3_097, date(2026, 4, 5), 16_000)
    changed = change_now(subscription_id=hosting, plan_id=large, **story.now())
    assert changed.quote == quote
    assert story.lines(2) == [
        "[2026-03-20, 2026-04-05) 1 x Resto del período, Plan large: 8258",
        "[2026-03-20, 2026-04-05) 1 x Tiempo no usado de Plan small: -5161",
    ]
    world.pay(ana, 3_685, story.to(3, 21), means="card")
    story.to(4, 4)
    assert story.papers() == [
        "2026-02-23 P-2026-000001 due 2026-03-05: 10000 + 1900 settled",
        "2026-03-05 F-1 due 2026-03-05: 10000 + 1900 settled",
        "2026-03-20 P-2026-000002 due 2026-03-20: 3097 + 588 settled",
        "2026-03-21 F-2 due 2026-03-21: 3097 + 588 settled",
        "2026-03-26 P-2026-000003 due 2026-04-05: 16000 + 3040 open",
    ]


def test_booking_platform_in_hungary_prices_seats_for_a_length() -> None:
    """Four seats for three months at 12,790 Ft, one more from day 20: whole forints, ÁFA 27 %.

    [10 January, 10 April) has 90 days; from 30 January 70 are left: 5 x 12790 x 70/90 = 49738.89 and
    4 x 12790 x 70/90 = 39791.11: 49739 - 39791 = 9948, ÁFA 2685.96, so 2686.
    """
    from abono.domain.subscriptions.periods import Cycle
    from abono.runs.changes import change_now

    story = months_of("booking_hu", harmless=True)
    world = story.world
    ana = world.customer("Tölgyfa Szépségszalon Kft.")
    plan = world.plan("seat", "12790", model="per_unit", cycle=("month", 3))
    seats = world.subscribe(
        ana, plan, date(2026, 1, 10), cycle=Cycle("month", 3), quantity=4, on=date(2026, 1, 1), continues=True
    )
    story.to(1, 2)
    assert story.papers() == ["2026-01-02 P-2026-000001 due 2026-01-10: 51160 + 13813 open"]
    world.pay(ana, 64_973, story.to(1, 9))
    story.to(1, 30)
    change_now(subscription_id=seats, quantity=5, **story.now())
    world.pay(ana, 12_634, story.to(2, 2))
    story.to(4, 10)
    assert story.papers() == [
        "2026-01-02 P-2026-000001 due 2026-01-10: 51160 + 13813 settled",
        "2026-01-09 I-2026-000001 due 2026-01-10: 51160 + 13813 settled",
        "2026-01-30 P-2026-000002 due 2026-01-30: 9948 + 2686 settled",
        "2026-02-02 I-2026-000002 due 2026-02-02: 9948 + 2686 settled",
        "2026-04-02 P-2026-000003 due 2026-04-10: 63950 + 17267 open",
    ]
    assert story.lines(3) == ["[2026-04-10, 2026-07-10) 5 x seat csomag: 63950"]


def test_restaurant_software_bills_every_store_on_the_first() -> None:
    """Twenty days ahead, a line for each product and store; a store opened on the 12th begins with a stub.

    In Austin 80 % of the price is taxed, 6.25 % by the state and 2 % by the city, rounded line by line.
    20 of 31 days of 79.00 are 50.97.
    """
    from abono.domain.subscriptions.periods import Cycle
    from abono.runs.at_once import order_service

    story = months_of("franchise_us", harmless=True)
    world = story.world
    ana = world.customer("Two Rivers Burgers LLC", city="Austin", region="TX", postal_code="78702")
    till, screen = world.plan("till", "79"), world.plan("screen", "34")
    for plan in (till, screen):
        world.subscribe(ana, plan, date(2026, 2, 1), words="Cedar Lane 91", on=date(2026, 1, 1), continues=True)
    story.to(1, 12)
    order_service(
        customer_id=ana,
        plan_id=till,
        cycle=Cycle("month", 1),
        currency="USD",
        start=date(2026, 1, 12),
        words="Mill Road 7",
        **story.now(),
    )
    story.to(2, 10)
    assert story.papers() == [
        "2026-01-12 I-2026-000001 due 2026-02-01: 11300 + 745 open",
        "2026-01-12 I-2026-000002 due 2026-01-12: 5097 + 337 open",
        "2026-01-13 I-2026-000003 due 2026-02-01: 7900 + 521 open",
        "2026-02-09 I-2026-000004 due 2026-03-01: 19200 + 1266 open",
    ]
    assert story.lines(2, kind="invoice") == ["[2026-01-12, 2026-02-01) 1 x Plan till, Mill Road 7: 5097"]
    assert story.lines(4, kind="invoice") == [
        "[2026-03-01, 2026-04-01) 1 x Plan till, Cedar Lane 91: 7900",
        "[2026-03-01, 2026-04-01) 1 x Plan screen, Cedar Lane 91: 3400",
        "[2026-03-01, 2026-04-01) 1 x Plan till, Mill Road 7: 7900",
    ]
    world.pay(ana, 5_434 + 12_045, story.to(2, 11), means="ach")  # the oldest due is paid first
    assert [one.rpartition(" ")[2] for one in story.papers()] == ["settled", "settled", "open", "open"]


def test_a_card_fee_is_passed_on_with_a_receipt_and_goes_back_with_a_refund() -> None:
    """3 % on a credit card in Illinois: 103 pays 100 and a receipt of 3; half refunded takes half the fee along [D9].

    A debit card carries none."""
    from abono.domain.payments.actions import refund_payment
    from abono.domain.payments.credit import credit_invoice

    story = months_of("partners_us", harmless=True)
    world = story.world
    ana = world.customer("Larkrow Kitchens LLC", city="Peoria", region="IL", postal_code="61602")
    world.subscribe(ana, world.plan("hub", "100"), date(2026, 1, 15), on=date(2026, 1, 1), anchor_day=15)
    story.to(1, 15)
    assert story.papers() == ["2026-01-15 I-2026-000001 due 2026-01-15: 10000 + 0 open"]
    payment = world.pay(ana, 10_300, story.to(1, 16), funding="credit", brand="visa")
    assert story.papers() == [
        "2026-01-15 I-2026-000001 due 2026-01-15: 10000 + 0 settled",
        "2026-01-16 R-2026-000001 due 2026-01-16: 300 + 0 settled",
    ]
    story.to(1, 20)
    invoice = story.document(1, kind="invoice")
    credit_invoice(document_id=invoice, reason="service was down", **story.now())
    left = refund_payment(payment_id=payment, amount_minor=5_000, key="half", cause="asked for", **story.now())
    assert left == 5_150
    assert story.papers()[2:] == [
        "2026-01-20 N-2026-000001 due 2026-01-20: 10000 + 0 issued",
        "2026-01-20 N-2026-000002 due 2026-01-20: 150 + 0 issued",
    ]
    debit = world.customer("Elm & Rye", city="Peoria", region="IL", postal_code="61602")
    world.subscribe(debit, world.plans["hub"], date(2026, 1, 25), on=date(2026, 1, 20), anchor_day=25)
    world.pay(debit, 10_000, story.to(1, 25), funding="debit", brand="visa")
    assert story.papers(debit) == ["2026-01-25 I-2026-000002 due 2026-01-25: 10000 + 0 settled"]


def test_an_upgrade_in_an_index_needs_no_value_that_nobody_knows_yet() -> None:
    """On 20 January the value for the renewal on 15 July is not published: what it will cost then is not said.

    [15 January, 15 July) has 181 days, 176 left: 3 x 39000 x 176/181 = 113767.96 less 1.5 x 39000 x 176/181 =
    56883.98, so 113768 - 56884 = 56884.
    """
    from abono.domain.catalogue.actions import add_index_values
    from abono.domain.subscriptions.periods import Cycle
    from abono.runs.changes import change_now

    story = months_of("hosting_cl", harmless=True)
    world = story.world
    values = {date(2026, 1, 5): Decimal(39000)}
    add_index_values(name="journey-2", values=values, source="made up for a test")
    ana, half_a_year = world.customer(), ("month", 6)
    small = world.plan("server-2", "1.5", index_name="journey-2", cycle=half_a_year)
    large = world.plan("server-4", "3", index_name="journey-2", cycle=half_a_year)
    start, cycle = date(2026, 1, 15), Cycle("month", 6)
    server = world.subscribe(ana, small, start, cycle=cycle, on=date(2026, 1, 1), continues=True)
    world.pay(ana, 69_615, story.to(1, 14), means="card")
    story.to(1, 20)
    quote = change_now(subscription_id=server, plan_id=large, **story.now()).quote
    assert (quote.now_minor, quote.next_renewal, quote.then_minor) == (56_884, date(2026, 7, 15), None)
