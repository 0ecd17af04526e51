"""A business told through the command line alone: every sentence of a mission test is an `abono` command."""

import itertools
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from unittest import mock

from click.testing import CliRunner, Result

from abono.interfaces.cli import clock
from abono.interfaces.cli.main import abono as program

_numbers = itertools.count(1)

LONG_AGO, JAN = "2020-01-01", "2026-01-01"
# What a complete billing profile holds besides its name, by policy.
PROFILES = {
    "hosting_cl": {
        "tax_id": "76.086.428-5",
        "activity": "Comercio",
        "address": "Av. Uno 123",
        "district": "Providencia",
        "city": "Santiago",
    },
    "hosting_ar": {
        "tax_id": "30888888809",
        "tax_condition": "1",
        "address": "Calle 1 234",
        "city": "La Plata",
        "region": "Buenos Aires",
    },
    "partners_us": {"address": "12 Elm Street", "city": "Dallas", "region": "TX", "postal_code": "75201"},
    "franchise_us": {"address": "12 Elm Street", "city": "Dallas", "region": "TX", "postal_code": "75201"},
    "booking_hu": {"tax_id": "28888882-2-41", "address": "Fő utca 1.", "city": "Budapest", "postal_code": "1011"},
}
# The seller's own condition before the tax office, where the law knows one.
CONDITIONS = {"hosting_ar": ("--tax-condition", "1")}


def call(*words: object) -> Result:
    """Call a command as a person would; what it printed and its exit code."""
    return CliRunner().invoke(program, [str(word) for word in words])


def says(*words: object) -> str:
    """What a command prints for people; it must do as it is told."""
    result = call(*words)
    assert result.exit_code == 0, f"abono {' '.join(map(str, words))}: {result.stderr or repr(result.exception)}"
    return result.stdout


def abono(*words: object) -> Any:
    """What a command prints for programs; it must do as it is told."""
    return json.loads(says(*words, "--json"))


def refused(*words: object, code: int = 1) -> str:
    """The one line with which a command says no."""
    result = call(*words)
    assert result.exit_code == code, result.output
    assert result.stderr.startswith("abono: "), result.stderr or repr(result.exception)
    assert result.stderr.count("\n") == 1, result.stderr
    return result.stderr.removeprefix("abono: ").strip()


@contextmanager
def at(day: str, hour: int = 15) -> Iterator[None]:
    """The commands' clock stands at an hour (UTC) of a day: after 08:00 and on the same day for every seller."""
    instant = datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC).replace(hour=hour)
    with mock.patch.object(clock, "clock", return_value=instant):
        yield


def days(first: str, last: str) -> list[str]:
    """All days from one to another, both included."""
    begin = date.fromisoformat(first)
    return [str(begin + timedelta(days=one)) for one in range((date.fromisoformat(last) - begin).days + 1)]


class Story:
    """A seller of its own under one of the five policies. Days are texts; amounts are whole units, as typed."""

    def __init__(self, policy: str) -> None:
        self.policy = policy
        self.key = f"{policy}-story-{os.getpid()}-{next(_numbers)}"
        self.own = ("--seller", self.key)
        words = ("--name", "Testing", "--legal-name", "Testing Inc.", "--tax-id", "1", "--email", "pay@seller.example")
        address = ("--address", "1 Main Street", "--policy", policy, "--from", LONG_AGO)
        abono("seller", "add", *self.own, *words, *address, *CONDITIONS.get(policy, ()))

    def plan(self, key: str, amount: object = None, *more: object, cycle: str = "monthly") -> None:
        """Something to sell with its price; `more` are options of `abono plan price`."""
        known = {one["key"] for one in abono("plan", "list", *self.own)["plans"]}
        if key not in known:
            abono("plan", "add", key, *self.own, "--name", key.capitalize(), "--on", JAN)
        price = ("--amount", amount) if amount is not None else ()
        abono("plan", "price", key, *self.own, "--cycle", cycle, *price, "--from", LONG_AGO, "--on", JAN, *more)

    def counted_plan(self, key: str, *price: object) -> None:
        """Something paid for by the number of active locations."""
        abono("plan", "add", key, *self.own, "--name", key.capitalize(), "--counted", "locations", "--on", JAN)
        self.plan(key, None, *price)

    def customer(self, name: str = "Ana", *, complete: bool = True, on: str = JAN) -> str:
        """A new customer's number, with a billing profile in good order or with a name alone."""
        fields = PROFILES[self.policy] if complete else {}
        options = [part for field, value in fields.items() for part in ("--set", f"{field}={value}")]
        email = f"c{next(_numbers)}@customer.example"
        words = ("customer", "add", *self.own, "--name", name, "--email", email, "--on", on)
        return str(abono(*words, *options)["customer"])

    def order(self, customer: str, plan: str, on: str, *more: object, cycle: str = "monthly") -> tuple[str, list[str]]:
        """Order a service: the subscription and the documents that ask for it at once."""
        words = ("subscription", "add", customer, *self.own, "--plan", plan, "--cycle", cycle, "--on", on)
        made = abono(*words, *more)
        return made["subscription"], made["documents"]

    def move_in(self, customer: str, plan: str, on: str, *more: object) -> str:
        """A service that ran before: nothing is asked for until the run."""
        return self.order(customer, plan, on, "--continues", *more)[0]

    def location(self, customer: str, subscription: str, name: str, *, since: str, on: str | None = None) -> None:
        """Open a location that counts for a subscription."""
        when = ("--from", since, "--on", on or since)
        abono("customer", "location", "add", customer, *self.own, "--name", name, *when)
        says("subscription", "locate", subscription, name, *self.own, *when)

    def run(self, on: str) -> Any:
        """The day's run; days between are made up for."""
        return abono("run", *self.own, "--on", on, "--catch-up")

    def live(self, *which: str) -> Any:
        """Days as they pass, each with its run and its mails sent into a folder; what the last run did.

        Days that are not named did not run; the next one makes up for them.
        """
        done: Any = None
        with tempfile.TemporaryDirectory() as folder, mock.patch.dict(os.environ, {"ABONO_MAIL_FOLDER": folder}):
            for one in which:
                with at(one):
                    done = abono("run", *self.own, "--on", one, "--catch-up", "--confirm")
                    says("notices", "send", *self.own)
        return done

    def service(self, service: str, on: str) -> dict[str, Any]:
        """A service as it stands on a day, in English."""
        return dict(abono("service", "show", service, *self.own, "--on", on, "--language", "en"))

    def timeline(self, about: str, on: str) -> dict[str, Any]:
        """What happened and what happens next, in English."""
        return dict(abono("timeline", about, *self.own, "--on", on, "--language", "en"))

    def messages(self, *narrowed: str) -> list[dict[str, Any]]:
        """Messages in the order they were made."""
        return list(reversed(abono("notices", "list", *self.own, *narrowed, "--limit", 0)["messages"]))

    def pay(self, customer: str, amount: object, on: str, *more: object, means: str = "card") -> Any:
        """Money that is here."""
        words = ("pay", *self.own, "--customer", customer, "--means", means, "--amount", amount, "--on", on)
        return abono(*words, "--state", "settled", *more)

    def documents(self, customer: str | None = None, kind: str | None = None) -> list[dict[str, Any]]:
        """Documents in the order in which they were issued."""
        options = ("--customer", customer) if customer else ()
        kinds = ("--kind", kind) if kind else ()
        return list(reversed(abono("document", "list", *self.own, *options, *kinds, "--limit", 0)["documents"]))

    def show(self, document: str) -> dict[str, Any]:
        """All of a document."""
        return dict(abono("document", "show", document, *self.own))

    def subscription(self, customer: str, subscription: str) -> dict[str, Any]:
        """A subscription as the customer's list shows it."""
        rows = abono("subscription", "list", *self.own, "--customer", customer)["subscriptions"]
        return dict(next(one for one in rows if one["id"] == subscription))

    def balance(self, customer: str, on: str) -> tuple[int, int, int]:
        """Asked for, invoiced, and theirs with us at the end of a day, in minor units."""
        found = abono("balance", customer, *self.own, "--on", on)["balances"]
        names = ("asked_minor", "receivable_minor", "money_minor")
        return tuple(found[0][name] for name in names) if found else (0, 0, 0)

    def audit(self) -> None:
        """The books are right."""
        assert says("audit", *self.own).endswith("audit: ok\n")
