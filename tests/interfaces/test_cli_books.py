"""The commands on a real database: what they write, what they refuse, what they print for programs."""

import re
from pathlib import Path

import pytest

from tests.shop import FEB, JAN, Shop, call, data, fields_of, refused, told
from tests.world import make_world

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(scope="module")
def shop(django_ready: None) -> Shop:
    """A seller that all tests share which issue documents on the first day alone: documents are dated in order."""
    return Shop()


# --- sellers, plans, indexes


def test_a_seller_is_added_with_its_policy_and_edited(tmp_path: Path) -> None:
    key = f"cli-{tmp_path.name[-8:]}"
    own = ("--seller", key)
    words = ("--name", "Shop", "--legal-name", "Shop SA", "--tax-id", "30-1", "--email", "a@shop.example")
    told("seller", "add", *own, *words, "--policy", "hosting_ar", "--from", JAN, "--address", "Calle 1")
    shown = data("seller", "show", *own)
    assert (shown["country"], shown["currency"], shown["language"]) == ("AR", "ARS", "es")
    assert [one["from"] for one in shown["policies"]] == [JAN]
    told("seller", "edit", *own, "--legal-name", "Shop SRL", "--address", "Calle 2", "--address", "La Plata")
    shown = data("seller", "show", *own)
    assert (shown["legal_name"], shown["address"]) == ("Shop SRL", ["Calle 2", "La Plata"])
    assert key in [one["key"] for one in data("seller", "list")["sellers"]]
    assert "already" in refused("seller", "add", *own, *words, "--policy", "hosting_ar")
    assert "another currency" in refused("seller", "set-policy", *own, "--from", FEB, "booking_hu")


def test_a_policy_with_faults_is_refused_line_by_line(shop: Shop, tmp_path: Path) -> None:
    file = tmp_path / "bad.toml"
    file.write_text("[seller]\ncountry = 1\n", encoding="utf-8")
    result = call("seller", "set-policy", *shop.own, "--from", FEB, file)
    assert result.exit_code == 1
    lines = result.stderr.splitlines()
    assert len(lines) > 1
    assert all(line.startswith("abono: ") for line in lines)
    assert any(f"{file}:2: seller.country" in line for line in lines)


def test_an_unknown_seller_is_a_wrong_call() -> None:
    assert "nobody" in refused("customer", "list", "--seller", "nobody", code=2)


def test_plans_are_listed_with_their_prices(shop: Shop) -> None:
    told("plan", "add", "seats", *shop.own, "--name", "Seats", "--on", JAN)
    tiers = ("--tier", "10:5.00", "--tier", "-:4.50:2.00")
    told("plan", "price", "seats", *shop.own, "--cycle", "yearly", "--model", "graduated", *tiers, "--on", JAN)
    rows = {one["key"]: one for one in data("plan", "list", *shop.own)["plans"]}
    assert rows["seats"]["tiers"] == [[10, "5.00"], [None, "4.50", 200]]
    assert (rows["basic"]["unit_price"], rows["basic"]["name"]["es"]) == ("100.000000", "Básico")
    assert "graduated 10: 5.00" in told("plan", "list", *shop.own)
    overlapping = ("--tier", "10:5.00", "--tier", "10:4.50", "--tier", "-:4")
    wrong = ("plan", "price", "seats", *shop.own, "--cycle", "monthly", "--model", "volume", *overlapping)
    assert "covers units" in refused(*wrong)


def test_index_values_are_loaded_once_and_never_change(tmp_path: Path) -> None:
    name = f"UF-{tmp_path.name}"
    file = tmp_path / "uf.csv"
    file.write_text("day;value\n2026-03-01;38.123,45\n", encoding="utf-8")
    words = ("index", "load", file, "--name", name, "--source", "Banco Central", "--decimal", "comma")
    assert data(*words) == {"index": name, "values": 1, "new": 1}
    assert data(*words)["new"] == 0
    file.write_text("2026-03-01;38.123,46\n2026-03-02;1\n", encoding="utf-8")
    assert "do not change" in refused(*words)


# --- customers


def test_a_customer_is_added_shown_and_found(shop: Shop) -> None:
    made = data("customer", "add", *shop.own, "--name", "Eva Núñez", "--reference", "ext-1", "--on", JAN)
    assert re.fullmatch(r"C-\d{5}", made["customer"])
    assert made["complete"] is False
    assert {"field", "code", "words"} <= set(made["problems"][0])
    found = data("customer", "list", *shop.own, "--search", "núñez")
    assert [one["number"] for one in found["customers"]] == [made["customer"]]
    assert found["more"] is False
    sheet = data("customer", "show", "ext-1", *shop.own, "--on", JAN)
    assert (sheet["name"], sheet["balances"], sheet["documents"]) == ("Eva Núñez", [], [])
    assert "incomplete" in told("customer", "show", made["customer"], *shop.own)
    assert "already" in refused("customer", "add", *shop.own, "--name", "X", "--reference", "ext-1")


def test_a_customer_has_a_currency_that_something_is_sold_in(shop: Shop) -> None:
    words = ("customer", "add", *shop.own, "--name", "Eva", "--on", JAN, "--currency", "EUR")
    why = refused(*words)
    assert "Nothing is sold in EUR" in why
    assert "ARS" in why
    plan = f"abroad-{data('customer', 'list', *shop.own)['customers'][-1]['number']}"
    told("plan", "add", plan, *shop.own, "--name", "Abroad", "--on", JAN)
    price = ("--cycle", "monthly", "--amount", "9", "--currency", "EUR", "--from", JAN, "--on", JAN)
    told("plan", "price", plan, *shop.own, *price)
    eva = data(*words)["customer"]
    service = ("subscription", "add", eva, *shop.own, "--cycle", "monthly", "--on", JAN, "--plan")
    assert "it has: ARS for 1 month(s)" in refused(*service, "basic")
    (request,) = data(*service, plan)["documents"]
    assert data("document", "show", request, *shop.own)["currency"] == "EUR"


def test_what_a_sponsor_would_pay_for_needs_a_price_too(shop: Shop) -> None:
    sponsor, client = shop.customer("Sponsor"), shop.customer("Client")
    told("customer", "sponsor", client, *shop.own, "--payer", sponsor, "--from", JAN, "--on", JAN)
    words = ("subscription", "add", client, *shop.own, "--plan", "basic", "--on", JAN, "--cycle")
    assert "no price" in refused(*words, "yearly")
    assert data(*words, "monthly")["documents"] == []


def test_a_list_is_cut_and_says_so(shop: Shop) -> None:
    for name in ("cut one", "cut two"):
        shop.customer(name)
    found = data("customer", "list", *shop.own, "--search", "cut", "--limit", 1)
    assert (len(found["customers"]), found["more"]) == (1, True)
    assert "and more" in told("customer", "list", *shop.own, "--search", "cut", "--limit", 1)
    assert len(data("customer", "list", *shop.own, "--search", "cut", "--limit", 0)["customers"]) == 2


def test_a_profile_is_saved_field_by_field_and_keeps_the_rest(shop: Shop) -> None:
    number = str(data("customer", "add", *shop.own, "--name", "Luz", "--on", JAN)["customer"])
    evidence = ("--vat-number", "1", "--vat-checked-on", JAN, "--vat-source", "registry", "--vat-result", "valid")
    words = ("customer", "profile", number, *shop.own, "--on", JAN)
    told(*words, "--set", "city=La Plata", *evidence, "--exemption", "77,AR,2026-01-01")
    saved = data(*words, "--set", "address=Calle 1")
    assert saved["fields"]["city"] == "La Plata"
    assert saved["vat_evidence"] == {"number": "1", "checked_at": JAN, "source": "registry", "result": "valid"}
    assert [one["jurisdiction"] for one in saved["exemptions"]] == ["AR"]
    assert "city" not in data(*words, "--set", "city=")["fields"]
    assert "falta este dato" in told(*words, "--language", "es")
    assert "all four" in refused(*words, "--vat-number", "1", code=2)
    assert data(*words, "--profile", "new", "--set", "legal_name=Other")["is_default"] is False
    assert "no billing profile" in refused(*words, "--profile", "0190a5b4-7c4e-7a31-8f00-3d2c1b0a9e8f")


def test_saving_a_profile_issues_the_invoice_that_waited(shop: Shop) -> None:
    number = str(data("customer", "add", *shop.own, "--name", "Waits", "--on", JAN)["customer"])
    shop.order(number)
    told(
        "pay",
        *shop.own,
        "--customer",
        number,
        "--means",
        "transfer",
        "--amount",
        "121",
        "--state",
        "settled",
        "--on",
        JAN,
    )
    saved = data("customer", "profile", number, *shop.own, "--on", JAN, *fields_of(shop.world))
    assert (saved["complete"], saved["invoices_issued"]) == (True, 1)


def test_contacts_locations_and_sponsors(shop: Shop) -> None:
    ana, partner = shop.customer("Client"), shop.customer("Partner")
    told("customer", "contact", ana, *shop.own, "--name", "Eva", "--notice", "documents")
    location = data("customer", "location", "add", ana, *shop.own, "--name", "Elm", "--from", JAN)["location"]
    told("customer", "location", "close", ana, "Elm", *shop.own, "--to", "2026-06-01")
    assert "cannot close" in refused("customer", "location", "close", ana, location, *shop.own, "--to", "2026-07-01")
    told("customer", "sponsor", ana, *shop.own, "--payer", partner, "--from", FEB)
    assert "pays for this customer" in refused("customer", "sponsor", ana, *shop.own, "--payer", partner, "--from", FEB)
    left = data("customer", "unsponsor", ana, *shop.own, "--to", "2026-03-01")
    assert left == {"payer": partner, "credit_minor": 0, "documents": []}
    sheet = data("customer", "show", ana, *shop.own)
    assert [one["name"] for one in sheet["contacts"]] == ["Eva"]
    assert sheet["locations"][0]["active_to"] == "2026-06-01"
    assert sheet["sponsorships"][0]["payer_number"] == partner


def test_another_sellers_customer_is_refused(shop: Shop) -> None:
    other = make_world("hosting_ar")
    stranger = other.customer("Stranger")
    for words in (
        ("customer", "show", stranger),
        ("balance", stranger),
        ("timeline", stranger),
        ("subscription", "add", stranger, "--plan", "basic", "--cycle", "monthly"),
        ("charge", "add", stranger, "--words", "x", "--amount", "1"),
        ("pay", "--customer", stranger, "--means", "card", "--amount", "1"),
        ("parked", "free", stranger),
    ):
        assert "no customer" in refused(*words, *shop.own)
    before = other.rows("SELECT count(*) FROM facts WHERE seller_id = %(seller)s")
    assert other.rows("SELECT count(*) FROM facts WHERE seller_id = %(seller)s") == before


# --- subscriptions


def test_a_service_is_ordered_and_asked_for_at_once(shop: Shop) -> None:
    ana = shop.customer()
    made = shop.order(ana, words="ana.example", reference=f"ref-{ana}")
    assert len(made["documents"]) == 1
    rows = data("subscription", "list", *shop.own, "--customer", ana)["subscriptions"]
    assert rows[0]["id"] == made["subscription"]
    assert (rows[0]["cycle"], rows[0]["next_renewal"], rows[0]["state"]) == ("1 month", FEB, "ordered")
    shown = data("document", "show", made["documents"][0], *shop.own)
    assert (shown["net_minor"], shown["tax_minor"], shown["gross_minor"]) == (10_000, 2_100, 12_100)
    assert shown["lines"][0]["words"] == "Básico, ana.example"
    assert "ana.example" in told("document", "show", made["documents"][0], *shop.own)
    assert told("subscription", "list", *shop.own, "--customer", ana).count("\n") == 2


def test_a_service_that_is_moved_in_is_left_to_the_run(shop: Shop) -> None:
    words = ("subscription", "add", shop.customer(), *shop.own, "--plan", "basic", "--cycle", "monthly", "--continues")
    assert data(*words, "--on", JAN)["documents"] == []


def test_orders_that_cannot_be_are_refused(shop: Shop) -> None:
    ana, other = shop.customer(), shop.customer()
    words = ("subscription", "add", ana, *shop.own, "--cycle", "monthly", "--on", JAN)
    assert "no plan" in refused(*words, "--plan", "nothing")
    assert "no price" in refused(*words, "--plan", "basic", "--currency", "USD")
    profile = data("customer", "show", other, *shop.own)["profiles"][0]["id"]
    assert "profile" in refused(*words, "--plan", "basic", "--profile", profile)
    weekly = ("subscription", "add", ana, *shop.own, "--plan", "basic", "--cycle", "weekly", "--on", JAN)
    assert "does not sell" in refused(*weekly)
    shop.order(ana, reference=f"taken-{ana}")
    assert "already" in refused(*words, "--plan", "basic", "--reference", f"taken-{ana}")
    assert data("subscription", "list", *shop.own, "--customer", other)["subscriptions"] == []


def test_a_change_is_quoted_and_done() -> None:
    shop = Shop()
    ana = shop.customer()
    made = shop.order(ana)["subscription"]
    told("plan", "add", f"large-{ana}", *shop.own, "--name", "Large", "--on", JAN)
    price = ("--cycle", "monthly", "--amount", "200", "--from", JAN, "--on", JAN)
    told("plan", "price", f"large-{ana}", *shop.own, *price)
    words = ("subscription", "change", made, *shop.own, "--plan", f"large-{ana}", "--on", "2026-01-16")
    quote = data(*words, "--when", "at-once", "--quote")
    assert quote["then_minor"] == 20_000
    assert quote["now_minor"] == 5_162
    assert "nothing was changed" in told(*words, "--when", "at-once", "--quote")
    done = data(*words, "--when", "at-once")
    assert done["now_minor"] == quote["now_minor"]
    assert len(done["documents"]) == 1
    yearly = ("subscription", "change", made, *shop.own, "--cycle", "yearly", "--on", "2026-01-16")
    assert "no price in ARS for 12 month(s)" in refused(*yearly)
    price = ("--cycle", "yearly", "--amount", "2000", "--from", JAN, "--on", JAN)
    told("plan", "price", f"large-{ana}", *shop.own, *price)
    later = data(*yearly)
    assert later == {"from": FEB, "replaced": {}, "kept": {}}
    at_renewal = ("subscription", "change", made, *shop.own, "--when", "renewal", "--on", "2026-01-16")
    told(*at_renewal, "--quantity", "3")
    assert data(*at_renewal, "--quantity", "4") == {
        "from": FEB,
        "replaced": {"quantity": 3},
        "kept": {"cycle": "12 months"},
    }
    again = told(*at_renewal, "--plan", f"large-{ana}", "--cycle", "monthly")
    assert "it replaces what was planned before: cycle 12 months\n" in again
    assert "it comes with what was planned before: quantity 4\n" in again
    assert "never within a period" in refused(*at_renewal[:-4], "--cycle", "yearly", "--when", "at-once", "--on", JAN)
    assert "Nothing to change" in refused("subscription", "change", made, *shop.own, code=2)


def test_pause_resume_discount_and_cancellation(shop: Shop) -> None:
    made = shop.order(shop.customer())["subscription"]
    words = ("subscription", "pause", made, *shop.own, "--on", JAN)
    assert "asked for already" in refused(*words, "--from", JAN)
    told(*words, "--from", "2026-03-01")
    told("subscription", "resume", made, *shop.own, "--on", JAN, "--from", "2026-04-01")
    told("subscription", "discount", made, *shop.own, "--on", JAN, "--percent", "25", "--until", "2026-06-01")
    both = ("subscription", "discount", made, *shop.own, "--percent", "25", "--amount", "1")
    assert "either" in refused(*both, code=2)
    ended = data("subscription", "cancel", made, *shop.own, "--on", "2026-01-20", "--when", "period-end")
    assert ended["documents"] == []
    row = next(
        one for one in data("subscription", "list", *shop.own, "--limit", 0)["subscriptions"] if one["id"] == made
    )
    assert (row["ends_on"], row["next_renewal"]) == (FEB, None)
    assert "no subscription" in refused("subscription", "cancel", "nothing", *shop.own)


def test_locations_count_for_a_subscription(shop: Shop) -> None:
    told("plan", "add", "places", *shop.own, "--name", "Places", "--counted", "locations", "--on", JAN)
    price = ("--cycle", "monthly", "--model", "per-unit", "--amount", "5", "--from", JAN, "--on", JAN)
    told("plan", "price", "places", *shop.own, *price)
    ana = shop.customer()
    words = (
        "subscription",
        "add",
        ana,
        *shop.own,
        "--plan",
        "places",
        "--cycle",
        "monthly",
        "--continues",
        "--on",
        JAN,
    )
    made = data(*words)["subscription"]
    told("customer", "location", "add", ana, *shop.own, "--name", "Elm", "--from", JAN, "--on", JAN)
    told("subscription", "locate", made, "Elm", *shop.own, "--from", JAN, "--on", JAN)
    assert "already" in refused("subscription", "locate", made, "Elm", *shop.own, "--from", JAN, "--on", JAN)
    told("subscription", "locate", made, "Elm", *shop.own, "--to", FEB, "--on", JAN)
    assert "--from or --to" in refused("subscription", "locate", made, "Elm", *shop.own, code=2)


# --- charges, money, documents


def test_a_charge_exists_once_by_its_key(shop: Shop) -> None:
    ana = shop.customer()
    words = ("charge", "add", ana, *shop.own, "--words", "Moving", "--amount", "45", "--key", f"c-{ana}", "--on", JAN)
    first, again = data(*words), data(*words)
    assert len(first["documents"]) == 1
    assert again == {"charge": first["charge"], "documents": []}
    assert "decimals" in refused("charge", "add", ana, *shop.own, "--words", "x", "--amount", "0.005", code=2)
    assert "above zero" in refused("charge", "add", ana, *shop.own, "--words", "x", "--amount", "0")
    none = ("charge", "add", ana, *shop.own, "--words", "x", "--amount", "5", "--quantity")
    assert "one unit or more" in refused(*none, "0")
    assert "whole number" in refused(*none, "-1", code=2)


def test_what_no_document_asks_for_yet_is_listed(shop: Shop) -> None:
    ana = shop.customer()
    words = ("charge", "add", ana, *shop.own, "--words", "Later", "--amount", "45", "--later", "--on", JAN)
    charge = data(*words)["charge"]
    listed = ("charge", "list", *shop.own, "--customer", ana)
    (row,) = data(*listed)["charges"]
    assert (row["id"], row["customer_number"], row["net_minor"]) == (charge, ana, 4_500)
    assert "Later" in told(*listed)
    assert data(*listed, "--waiting") == {"charges": [], "more": False}


def test_money_is_recorded_once_and_pays_the_oldest(shop: Shop) -> None:
    ana = shop.customer()
    document = shop.order(ana)["documents"][0]
    words = ("pay", *shop.own, "--customer", ana, "--means", "card", "--amount", "150", "--on", JAN)
    paid = data(*words, "--key", f"p-{ana}")
    assert (paid["state"], paid["amount_minor"], paid["free_minor"]) == ("settled", 15_000, 2_900)
    assert [(one["document"], one["amount_minor"]) for one in paid["pays"]] == [(document, 12_100)]
    assert data(*words, "--key", f"p-{ana}")["payment"] == paid["payment"]
    other = ("pay", *shop.own, "--customer", ana, "--means", "card", "--amount", "151", "--key", f"p-{ana}")
    assert "another payment" in refused(*other, "--on", JAN)
    assert "does not accept" in refused("pay", *shop.own, "--customer", ana, "--means", "gold", "--amount", "1")
    assert "--amount" in refused("pay", *shop.own, "--customer", ana, "--means", "transfer", code=2)
    balance = data("balance", ana, *shop.own, "--on", JAN)["balances"]
    assert balance == [{"currency": "ARS", "asked_minor": 0, "receivable_minor": 0, "money_minor": 2_900}]
    assert data("balance", ana, *shop.own, "--on", "2025-12-31")["balances"] == []


def test_a_payment_goes_its_way() -> None:
    shop = Shop()
    ana = shop.customer()
    document = shop.order(ana)["documents"][0]
    first = ("pay", *shop.own, "--customer", ana, "--means", "transfer", "--amount", "121", "--on", JAN)
    told(*first, "--state", "reported", "--key", f"a-{ana}", "--document", document)
    at = ("--on", "2026-01-03")
    assert data("payment", "accept", f"a-{ana}", *shop.own, *at)["state"] == "pending"
    assert data("payment", "settle", f"a-{ana}", *shop.own, *at)["pays"][0]["amount_minor"] == 12_100
    assert "cannot become" in refused("payment", "fail", f"a-{ana}", *shop.own, "--cause", "x")
    back = data("payment", "return", f"a-{ana}", *shop.own, "--cause", "chargeback", *at)
    assert (back["state"], back["pays"]) == ("returned", [])
    told(*first, "--state", "pending", "--key", f"b-{ana}")
    assert data("payment", "fail", f"b-{ana}", *shop.own, "--cause", "no money")["state"] == "failed"
    told(*first[:-3], "200", *first[-2:], "--state", "settled", "--key", f"c-{ana}")
    sent = data("payment", "refund", f"c-{ana}", *shop.own, "--cause", "too much", "--key", f"r-{ana}", *at)
    assert (sent["refunded_minor"], sent["free_minor"]) == (7_900, 0)
    rows = data("payment", "list", *shop.own, "--customer", ana)["payments"]
    assert [one["state"] for one in rows] == ["settled", "failed", "returned"]
    assert told("payment", "show", f"c-{ana}", *shop.own).startswith(f"payment c-{ana}: 200.00 ARS by transfer")
    assert "no payment" in refused("payment", "show", "nothing", *shop.own)


def test_the_card_fee_is_quoted_before_paying() -> None:
    shop = Shop("partners_us")
    ana = shop.customer()
    shop.order(ana)
    words = ("pay", *shop.own, "--customer", ana, "--means", "card", "--on", JAN, "--quote")
    credit = data(*words, "--amount", "100", "--funding", "credit", "--brand", "visa")
    assert credit["total_minor"] == credit["base_minor"] + credit["fee_minor"]
    assert credit["base_minor"] == 10_000
    debit = data(*words, "--amount", "100", "--funding", "debit", "--brand", "visa")
    assert (debit["fee_minor"], debit["reason_code"]) == (0, "not-credit")
    asked = sum(one["open_minor"] for one in shop.world.documents())
    assert data(*words)["base_minor"] == asked
    assert "to pay:" in told(*words)
    own = shop.world.documents()[0]
    number = f"{own['series']}-{own['number']:06d}"
    assert data(*words, "--document", number)["base_minor"] == own["open_minor"]
    stranger = ("pay", *shop.own, "--customer", shop.customer("Other"), "--means", "card", "--quote", "--on", JAN)
    assert "can pay" in refused(*stranger, "--document", number)
    assert shop.world.rows("SELECT count(*) FROM payments WHERE seller_id = %(seller)s") == [(0,)]


def test_documents_are_listed_voided_reissued_credited_and_written_off() -> None:
    shop = Shop("franchise_us")
    ana = shop.customer()
    first = ("charge", "add", ana, *shop.own, "--on", JAN, "--amount", "100", "--words")
    one = data(*first, "Moving")["documents"][0]
    listed = data("document", "list", *shop.own, "--customer", ana, "--on", FEB)["documents"]
    assert [(row["document"], row["kind"], row["state"]) for row in listed] == [(one, "invoice", "open")]
    assert data("document", "list", *shop.own, "--overdue", "--on", JAN)["documents"] == []
    overdue = data("document", "list", *shop.own, "--overdue", "--on", "2026-12-31")["documents"]
    assert [row["document"] for row in overdue] == [one]
    assert "Only an open request" in refused("document", "void", one, *shop.own, "--reason", "x")
    note = data("document", "credit", one, *shop.own, "--net", "40", "--reason", "too much", "--on", JAN)
    assert note["corrects"] == one
    assert data("document", "show", note["document"], *shop.own)["net_minor"] == 4_000
    assert "At most" in refused("document", "credit", one, *shop.own, "--net", "61", "--reason", "x", "--on", JAN)
    left = data("document", "show", one, *shop.own)
    assert [row["how"] for row in left["related"]] == ["corrected by"]
    lost = data("document", "write-off", one, *shop.own, "--reason", "gone", "--on", FEB)
    assert lost["written_off_minor"] == left["open_minor"]
    assert "no document" in refused("document", "show", "X-1", *shop.own)


def test_a_request_is_reissued_and_voided(shop: Shop) -> None:
    ana = shop.customer()
    first = shop.order(ana)["documents"][0]
    second = data("document", "reissue", first, *shop.own, "--reason", "new name", "--on", JAN)
    assert (second["voided"], second["document"] != first) == (first, True)
    assert "is void" in told("document", "void", second["document"], *shop.own, "--reason", "x", "--on", JAN)
    states = [row["state"] for row in data("document", "list", *shop.own, "--customer", ana)["documents"]]
    assert states == ["voided", "voided"]
