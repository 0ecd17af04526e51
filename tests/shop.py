"""A seller kept through the command line alone, and what its commands answer."""

import json
from typing import Any

from click.testing import CliRunner, Result

from abono.interfaces.cli.main import abono
from tests.world import FIELDS, World, make_world

JAN, FEB = "2026-01-01", "2026-02-01"


def call(*words: object) -> Result:
    return CliRunner().invoke(abono, [str(word) for word in words])


def told(*words: object) -> str:
    """What a command prints, when it does as it is told."""
    result = call(*words)
    assert result.exit_code == 0, result.stderr or result.exception
    assert result.stderr == ""
    return result.stdout


def data(*words: object) -> Any:
    """What a command prints for programs."""
    return json.loads(told(*words, "--json"))


def refused(*words: object, code: int = 1) -> str:
    """The one line with which a command says no."""
    result = call(*words)
    assert result.exit_code == code, result.output
    assert result.stderr.startswith("abono: ")
    assert result.stderr.count("\n") == 1, result.stderr
    assert "Traceback" not in result.stderr
    return result.stderr.removeprefix("abono: ").strip()


def fields_of(world: World) -> list[str]:
    """Options that make a billing profile complete."""
    from abono.domain.customers.identifiers import invent_identifier

    tax_id = invent_identifier(country=world.country, seed=1)
    fields = {**FIELDS[world.country], "tax_id": tax_id, "email": "c@customer.example"}
    return [part for name, value in fields.items() for part in ("--set", f"{name}={value}")]


class Shop:
    """A seller of the command line's own, with a plan."""

    def __init__(self, policy: str = "hosting_ar") -> None:
        self.world = make_world(policy)
        self.own = ("--seller", self.world.key)
        told("plan", "add", "basic", *self.own, "--name", "Basic", "--name", "es=Básico", "--on", JAN)
        told("plan", "price", "basic", *self.own, "--cycle", "monthly", "--amount", "100", "--from", JAN, "--on", JAN)

    def customer(self, name: str = "Ana") -> str:
        words = ("customer", "add", *self.own, "--name", name, "--on", JAN, *fields_of(self.world))
        return str(data(*words)["customer"])

    def order(self, customer: str, **options: object) -> dict[str, Any]:
        more = [part for name, value in options.items() for part in (f"--{name.replace('_', '-')}", value)]
        words = (
            "subscription",
            "add",
            customer,
            *self.own,
            "--plan",
            "basic",
            "--cycle",
            "monthly",
            "--on",
            JAN,
            *more,
        )
        return dict(data(*words))
