"""What people and files get wrong: a plain refusal that leaves nothing half-written, or the right thing stored."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from abono.base.kernel.refusal import Refused
from abono.domain.subscriptions.periods import Cycle
from tests.books import check_audit, check_sound, fingerprints
from tests.world import JANUARY, World, at, make_world

pytestmark = pytest.mark.usefixtures("database")

# Signs that mean something to a shell, SQL, COPY, JSON, typst, HTML or a spreadsheet, and nothing here.
GOOD_NAMES = [
    'O\'Brien "& Sons"; DROP TABLE customers; --',
    r"back\slash, \N, \., \t and \\",
    '#set page(fill: red) $x^2$ *bold* _it_ @ref <label> `raw` #read("/etc/passwd")',
    "<script>alert(1)</script> {{7*7}} {0} %s %(name)s ${HOME}",
    "=1+1",
    "Ñuñoa ő Ű 日本語 😀 العربية",
    "x" * 200,
]
# One line that anybody can read: no control signs, nothing that turns the direction, not without end.
BAD_NAMES = ["two\r\nlines", "two\nlines", "a\ttab", "nul\0", "unit\x1fseparator", "bell\x07", "x" * 501]
BAD_NAMES += ["right\u202eto left", "mark\u200f", "isolate\u2066", "line\u2028separator"]


def now(world: World, on: date = JANUARY) -> dict[str, Any]:
    return {"seller_id": world.seller_id, "on": on, "at": at(on)}


def check_refused(world: World, code: str, deed: Callable[[], object]) -> None:
    """A code for programs, one sentence for people, and not a row or value of the seller has changed."""
    before = fingerprints(world)
    with pytest.raises(Refused) as why:
        deed()
    assert why.value.code == code
    assert why.value.words.endswith((".", "?"))
    assert "\n" not in why.value.words
    assert fingerprints(world) == before


# --- names


@pytest.mark.parametrize("name", GOOD_NAMES)
@pytest.mark.parametrize("policy", ["hosting_cl", "partners_us"])
def test_any_readable_name_goes_through_to_the_paid_document(policy: str, name: str) -> None:
    from abono.domain.catalogue.actions import add_plan, add_price
    from abono.domain.customers.actions import add_location
    from abono.domain.subscriptions.actions import activate_location, add_discount
    from abono.runs.at_once import add_one_off

    world = make_world(policy)
    ana = world.customer(name)
    counted = "locations" if policy == "partners_us" else "fixed"
    plan = add_plan(**now(world), key="named", name={"en": name, "es": name}, counted=counted)
    price: dict[str, Any] = {"currency": world.currency, "model": "per_unit", "unit_price": "100"}
    add_price(**now(world), plan_id=plan, cycle_unit="month", cycle_count=1, effective_on=JANUARY, **price)
    service = world.subscribe(ana, plan, words=name)
    if counted == "locations":
        place = add_location(**now(world), customer_id=ana, name=name, address=name, active_from=JANUARY)
        activate_location(**now(world), subscription_id=service, location_id=place, from_on=JANUARY)
    add_discount(**now(world), subscription_id=service, from_on=JANUARY, percent_bp=1_000, words=name)
    add_one_off(
        **now(world), customer_id=ana, words=name, net_minor=500, currency=world.currency, key=name, at_once=False
    )
    world.run(JANUARY)
    (document,) = world.documents(ana)
    world.pay(ana, document["gross_minor"], JANUARY, key=f"pay {name}"[:200], reference=name)
    words = {row[0] for row in world.rows("SELECT words FROM lines WHERE seller_id = %(seller)s")}
    assert words == {name, name if counted == "locations" else f"{name}, {name}"}
    places = world.rows("SELECT DISTINCT location, client, product FROM annex_rows WHERE seller_id = %(seller)s")
    assert places == ([(name, name, name)] if counted == "locations" else [])
    (body,) = world.rows(
        "SELECT DISTINCT w.body->>'legal_name' FROM documents AS d JOIN party_words AS w "
        "ON w.seller_id = d.seller_id AND w.id = d.words_id WHERE d.seller_id = %(seller)s"
    )
    assert body == (name,)
    check_sound(world)
    check_audit(world)


@pytest.mark.parametrize("name", BAD_NAMES, ids=ascii)
def test_an_unreadable_name_is_refused_wherever_it_is_typed(name: str) -> None:
    from abono.domain.catalogue.actions import add_plan
    from abono.domain.customers.actions import add_contact, add_location
    from abono.domain.subscriptions.actions import add_discount
    from abono.runs.at_once import add_one_off

    world = make_world("hosting_cl")
    ana = world.customer()
    plan = world.plan()
    service = world.subscribe(ana, plan)
    code = "customers.too_long" if len(name) > 500 else "customers.unprintable"
    contact: dict[str, Any] = {"language": "es", "role": "owner", "notices": ["documents"]}
    for deed in (
        lambda: world.customer(name),
        lambda: world.subscribe(ana, plan, words=name),
        lambda: world.subscribe(ana, plan, reference=name),
        lambda: add_plan(**now(world), key="new", name={"en": "New", "es": name}),
        lambda: add_contact(**now(world), customer_id=ana, name=name, **contact),
        lambda: add_contact(**now(world), customer_id=ana, name="Ana", phone=name, **contact),
        lambda: add_location(**now(world), customer_id=ana, name=name, active_from=JANUARY),
        lambda: add_location(**now(world), customer_id=ana, name="Centro", address=name, active_from=JANUARY),
        lambda: add_discount(**now(world), subscription_id=service, from_on=JANUARY, percent_bp=1, words=name),
        lambda: add_one_off(
            **now(world), customer_id=ana, words=name, net_minor=1, currency="CLP", key="k", at_once=True
        ),
    ):
        check_refused(world, code, deed)


@pytest.mark.parametrize("name", BAD_NAMES, ids=ascii)
def test_an_unreadable_profile_is_kept_as_a_problem_never_as_it_is(name: str) -> None:
    """What a page sends is stored with what is wrong with it, so that its owner can put it right."""
    from abono.runs.at_once import save_profile

    world = make_world("hosting_cl")
    ana = world.customer()
    world.subscribe(ana, world.plan())
    (profile,) = world.rows("SELECT id, fields FROM billing_profiles WHERE seller_id = %(seller)s")
    fields = {**profile[1], "legal_name": name}
    save_profile(**now(world), customer_id=ana, country="CL", fields=fields, profile_id=profile[0])
    (saved,) = world.rows(
        "SELECT complete, fields->>'legal_name', problems FROM billing_profiles WHERE seller_id = %(seller)s"
    )
    assert saved[0] is False
    assert [one["field"] for one in saved[2]] == ["legal_name"]
    assert saved[1] is None or (len(saved[1]) <= 500 and saved[1].isprintable())
    world.run(JANUARY)
    world.pay(ana, 119, JANUARY)
    assert [row["kind"] for row in world.documents(ana)] == ["request"]
    assert world.rows("SELECT count(*) FROM waiting_invoices WHERE seller_id = %(seller)s") == [(1,)]


# --- money and numbers


@pytest.mark.parametrize("currency", ["XXX", "usd", "", "DOLLARS", "U$D"])
def test_an_unknown_currency_is_refused_everywhere(currency: str) -> None:
    from abono.runs.at_once import add_one_off, order_service

    world = make_world("hosting_ar")
    ana = world.customer()
    plan = world.plan()
    order: dict[str, Any] = {"customer_id": ana, "plan_id": plan, "cycle": Cycle("month", 1), "start": JANUARY}
    world_of: dict[str, Any] = {"customer_id": ana, "words": "Training", "net_minor": 1, "key": "k", "at_once": False}
    money: dict[str, Any] = {"customer_id": ana, "means": "card", "amount_minor": 1, "key": "k", "state": "settled"}

    def customer() -> None:
        from abono.domain.customers.actions import add_customer

        # An empty one is no currency but the policy's.
        add_customer(**now(world), name="Ana", country="AR", language="es", currency=currency or "?")

    def price() -> None:
        from abono.domain.catalogue.actions import add_price

        add_price(
            **now(world),
            plan_id=plan,
            currency=currency,
            cycle_unit="month",
            cycle_count=1,
            model="flat",
            unit_price="1",
            effective_on=JANUARY,
        )

    def payment() -> None:
        from abono.domain.payments.actions import record_payment

        record_payment(**now(world), **money, currency=currency)

    for deed in (
        customer,
        price,
        payment,
        lambda: world_subscribe(world, order, currency),
        lambda: order_service(**now(world), **order, currency=currency),
        lambda: add_one_off(**now(world), **world_of, currency=currency),
    ):
        check_refused(world, "money.unknown_currency", deed)


def world_subscribe(world: World, order: dict[str, Any], currency: str) -> None:
    from abono.domain.subscriptions.actions import add_subscription

    add_subscription(**now(world), **order, currency=currency)


BAD_PRICES: list[tuple[str, dict[str, Any]]] = [
    ("catalogue.negative_price", {"price": "-1"}),
    ("catalogue.negative_price", {"price": Decimal("-0.000001")}),
    ("catalogue.not_a_number", {"price": "ten"}),
    ("catalogue.not_a_number", {"price": "1,50"}),
    ("catalogue.not_a_number", {"price": 1.5}),
    ("catalogue.not_a_number", {"price": "NaN"}),
    ("catalogue.not_a_number", {"price": Decimal("Infinity")}),
    ("catalogue.not_a_number", {"price": None}),
    ("catalogue.not_a_number", {"price": True}),
    ("catalogue.not_a_number", {"price": "1e5"}),
    ("catalogue.price_too_fine", {"price": "0.0000001"}),
    ("catalogue.price_too_large", {"price": "1000000000000"}),
    ("catalogue.unknown_model", {"model": "per seat"}),
    ("catalogue.tiers_overlap", {"model": "graduated", "tiers": [[5, "1"], [5, "2"], [None, "3"]]}),
    ("catalogue.tiers_overlap", {"model": "volume", "tiers": [[None, "1"], [None, "2"]]}),
    ("catalogue.tiers_unordered", {"model": "graduated", "tiers": [[9, "1"], [5, "2"], [None, "3"]]}),
    ("catalogue.no_open_tier", {"model": "volume", "tiers": [[5, "1"]]}),
    ("catalogue.no_tiers", {"model": "volume", "tiers": []}),
    ("catalogue.bad_tier", {"model": "volume", "tiers": [[0, "1"], [None, "1"]]}),
    ("catalogue.bad_tier", {"model": "volume", "tiers": ["all"]}),
    ("catalogue.negative_price", {"model": "volume", "tiers": [[None, "-1"]]}),
    ("catalogue.unwanted_tiers", {"model": "flat", "tiers": [[None, "1"]]}),
    ("catalogue.setup", {"setup_minor": -1}),
    ("catalogue.price_taken", {"price": "1"}),
]


@pytest.mark.parametrize(("code", "price"), BAD_PRICES, ids=[f"{code} {price}" for code, price in BAD_PRICES])
def test_a_price_that_cannot_be_is_refused(code: str, price: dict[str, Any]) -> None:
    world = make_world("hosting_ar")
    world.plan()
    check_refused(world, code, lambda: world.plan(**{"price": "1", **price}))


@pytest.mark.parametrize(
    ("code", "order"),
    [
        ("catalogue.bad_quantity", {"quantity": -1}),
        ("catalogue.bad_quantity", {"quantity": 10**9 + 1}),
        ("catalogue.not_a_number", {"quantity": "two"}),
        ("catalogue.broken_quantity", {"quantity": "1.5"}),
        ("catalogue.negative_price", {"own_price": "-1"}),
        ("catalogue.not_a_number", {"own_price": "free"}),
        ("subscriptions.cycle_not_sold", {"cycle": Cycle("week", 1)}),
        ("subscriptions.anchor", {"anchor_day": 15}),
        ("subscriptions.end_before_start", {"end": date(2025, 12, 31)}),
        ("subscriptions.day_out_of_range", {"start": date(206, 1, 1), "on": JANUARY}),
    ],
)
def test_an_order_that_cannot_be_is_refused(code: str, order: dict[str, Any]) -> None:
    world = make_world("hosting_ar")
    ana, plan = world.customer(), world.plan()
    check_refused(world, code, lambda: world.subscribe(ana, plan, **order))


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("catalogue.negative_price", {"own_price": "-1"}),
        ("catalogue.not_a_number", {"own_price": "free"}),
        ("catalogue.bad_quantity", {"quantity": -1}),
        ("catalogue.unknown_plan", {"plan_id": JANUARY}),
    ],
)
@pytest.mark.parametrize("when", ["now", "quoted", "at renewal"])
def test_a_change_that_cannot_be_is_refused(code: str, change: dict[str, Any], when: str) -> None:
    from uuid import uuid4

    from abono.domain.subscriptions.actions import plan_change_at_renewal
    from abono.runs.changes import change_now, quote_change

    world = make_world("hosting_ar")
    service = world.subscribe(world.customer(), world.plan())
    world.run(JANUARY)
    terms = {**change, "subscription_id": service}
    if "plan_id" in change:
        terms["plan_id"] = uuid4()
    deeds: dict[str, Callable[[], object]] = {
        "now": lambda: change_now(**now(world), **terms),
        "quoted": lambda: quote_change(seller_id=world.seller_id, on=JANUARY, **terms),
        "at renewal": lambda: plan_change_at_renewal(**now(world), **terms),
    }
    check_refused(world, code, deeds[when])


def test_a_cycle_that_is_not_sold_is_refused_also_for_later() -> None:
    from abono.domain.subscriptions.actions import plan_change_at_renewal

    world = make_world("hosting_ar")
    service = world.subscribe(world.customer(), world.plan())
    check_refused(
        world,
        "subscriptions.cycle_not_sold",
        lambda: plan_change_at_renewal(**now(world), subscription_id=service, cycle=Cycle("week", 1)),
    )


def test_an_unknown_plan_or_a_strangers_profile_is_refused() -> None:
    from uuid import uuid4

    world = make_world("hosting_ar")
    ana, bea, plan = world.customer(), world.customer("Bea"), world.plan()
    (profile,) = world.rows(
        "SELECT default_profile_id FROM customers WHERE seller_id = %(seller)s AND id = %(customer)s", customer=bea
    )
    check_refused(world, "catalogue.unknown_plan", lambda: world.subscribe(ana, uuid4()))
    check_refused(world, "customers.unknown", lambda: world.subscribe(uuid4(), plan))
    check_refused(world, "customers.unknown", lambda: world.subscribe(ana, plan, profile_id=profile[0]))


@pytest.mark.parametrize(
    ("code", "payment"),
    [
        ("payments.amount", {"amount_minor": 0}),
        ("payments.amount", {"amount_minor": -100}),
        ("payments.amount", {"amount_minor": 10**16}),
        ("payments.means", {"means": "shells"}),
        ("payments.state", {"state": "returned"}),
        ("payments.key", {"key": ""}),
        ("payments.key", {"key": "k" * 201}),
        ("payments.funding", {"funding": "borrowed"}),
    ],
)
def test_a_payment_that_cannot_be_is_refused(code: str, payment: dict[str, Any]) -> None:
    world = make_world("hosting_ar")
    ana = world.customer()
    amount = payment.pop("amount_minor", 100)
    check_refused(world, code, lambda: world.pay(ana, amount, JANUARY, **payment))


@pytest.mark.parametrize(
    "discount",
    [
        {},
        {"percent_bp": 0},
        {"percent_bp": 10_001},
        {"fixed_minor": 0},
        {"percent_bp": 1, "fixed_minor": 1},
        {"percent_bp": 1, "until_on": JANUARY},
    ],
)
def test_a_discount_that_cannot_be_is_refused(discount: dict[str, Any]) -> None:
    from abono.domain.subscriptions.actions import add_discount

    world = make_world("hosting_ar")
    service = world.subscribe(world.customer(), world.plan())
    check_refused(
        world,
        "catalogue.bad_discount",
        lambda: add_discount(**now(world), subscription_id=service, from_on=JANUARY, **discount),
    )


# --- sizes and money without decimals


@pytest.mark.parametrize(("policy", "tax"), [("hosting_cl", 844), ("booking_hu", 1_200)], ids=["CLP", "HUF"])
def test_money_without_decimals_is_whole(policy: str, tax: int) -> None:
    """Half up once a line, tax (19 % and 27 %) once a document, no fraction anywhere."""
    from abono.base.kernel.money import to_minor

    world = make_world(policy)
    ana = world.customer()
    world.subscribe(ana, world.plan(price="1110.83"))
    for quantity in (2, 4):
        world.subscribe(ana, world.plan(f"p{quantity}", "555.5", model="per_unit"), quantity=quantity)
    world.run(JANUARY)
    (document,) = world.documents(ana)
    assert (document["net_minor"], document["tax_minor"]) == (1_111 + 1_111 + 2_222, tax)
    with pytest.raises(Refused, match="decimals"):
        to_minor("10.5", world.currency)
    world.pay(ana, document["gross_minor"], JANUARY)
    check_sound(world)
    check_audit(world)


def test_a_document_of_ten_thousand_lines_adds_up(database: str) -> None:
    from abono.base.kernel.ids import new_id
    from abono.base.store import sql
    from abono.domain.sellers.queries import policy_in_force
    from abono.domain.subscriptions.batch import NewSubscription, write_subscriptions
    from abono.domain.subscriptions.rows import subscription_row

    world = make_world("hosting_cl")
    ana = world.customer()
    plan = world.plan(price="99.5", model="per_unit")
    rules = policy_in_force(seller_id=world.seller_id, on=JANUARY).policy.cycle
    rows = [
        subscription_row(
            rules=rules,
            plan_id=plan,
            cycle=Cycle("month", 1),
            currency="CLP",
            start=JANUARY,
            quantity=1 + number % 7,
            words=f"Site {number}",
        )
        for number in range(10_000)
    ]
    many = [NewSubscription(new_id(), ana, row, "order") for row in rows]
    for batch in (many[:300], many[300:]):
        with sql.in_transaction():
            write_subscriptions(**now(world), anchor="service", subscriptions=batch)
        # What PostgreSQL knows of the tables must not be from when each seller had a handful of rows.
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute("ANALYZE customers, subscriptions, cursors")
    assert world.run(JANUARY).written.documents == 1
    (document,) = world.documents(ana)
    # Half up by line: 99.5 -> 100, 199, 298.5 -> 299, 398, 497.5 -> 498, 597, 696.5 -> 697.
    by_quantity = [100, 199, 299, 398, 498, 597, 697]
    assert document["net_minor"] == sum(by_quantity[number % 7] for number in range(10_000))
    world.pay(ana, document["gross_minor"], JANUARY)
    copies = world.rows(
        "SELECT d.kind, count(*), sum(l.net_minor) FROM documents AS d JOIN lines AS l ON l.seller_id = d.seller_id "
        "AND l.document_id = d.id WHERE d.seller_id = %(seller)s GROUP BY 1 ORDER BY 1"
    )
    assert copies == [(kind, 10_000, document["net_minor"]) for kind in ("invoice", "request")]
    assert world.rows("SELECT count(*) FROM subscriptions WHERE seller_id = %(seller)s AND state = 'active'") == [
        (10_000,)
    ]
    check_sound(world)
    check_audit(world)
