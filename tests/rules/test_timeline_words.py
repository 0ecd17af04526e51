"""Every kind of fact that is about a customer has a sentence in each language, and every sentence can be filled."""

import ast
import re
import string
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from abono.base.kernel.languages import LANGUAGES

SOURCE = Path(__file__).resolve().parents[2] / "src" / "abono"
WORDS: dict[str, Any] = tomllib.loads((SOURCE / "reports" / "data" / "timeline.toml").read_text(encoding="utf-8"))
MOVES = SOURCE / "domain" / "subscriptions" / "moving.py"
# What happens to a seller and not to one of its customers.
OF_THE_SELLER = {
    "BillingRan",
    "DayPassed",
    "DaysMadeUp",
    "ImportDone",
    "ImportUndone",
    "PlanAdded",
    "PolicyAdded",
    "PriceAdded",
    "RangeLoaded",
    "RunConfirmed",
    "RunHeld",
    "SellerAdded",
    "SellerEdited",
    "WorldOpened",
}
PLACES = {
    "Message",
    "amount",
    "cause",
    "charge",
    "contact",
    "customer",
    "cycle",
    "document",
    "due",
    "from",
    "late",
    "location",
    "message",
    "missing",
    "other",
    "payment",
    "recipient",
    "replaced",
    "said",
    "service",
    "way",
}


def kinds_recorded() -> Iterator[str]:
    """The kinds that the code records: the argument `kind` of a call, or a name like one given to a recorder."""
    shape = re.compile(r"[A-Z][a-z]+([A-Z][a-z]+)+")
    recorders = {"record_fact", "_record", "_fact", "_note"}
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = ast.unparse(node.func).rpartition(".")[2]
            if name not in recorders:
                continue
            given = [*node.args, *(one.value for one in node.keywords if one.arg == "kind")]
            for inner in (each for one in given for each in ast.walk(one)):
                if isinstance(inner, ast.Constant) and isinstance(inner.value, str) and shape.fullmatch(inner.value):
                    yield inner.value


def test_every_kind_about_a_customer_has_words() -> None:
    from abono.domain.invoicing.batch import FACT_KINDS

    found = set(kinds_recorded()) | set(FACT_KINDS.values())
    assert len(found) > 30, "the code is not read rightly"
    found |= set(re.findall(r'"((?:Service|Project)[A-Z][a-z]+)"', MOVES.read_text(encoding="utf-8")))
    found |= {f"Objection{one}" for one in ("Rejected", "Withdrawn", "Upheld")}
    assert found - OF_THE_SELLER - set(WORDS["kind"]) == set()


def test_words_are_there_in_every_language_and_can_be_filled() -> None:
    for kind, row in WORDS["kind"].items():
        for language in LANGUAGES:
            places = {name for _, name, _, _ in string.Formatter().parse(row[language]) if name}
            assert places <= PLACES, kind
            assert ("cause" in places) <= bool(row.get("tells_cause")), kind


def test_every_step_and_state_of_a_message_has_words() -> None:
    steps = {"StepIssue", "StepRemind", "StepMissed", "StepReturned", "StepTerminate.document"}
    steps |= {"StepSuspend.document", "StepSuspend.debtor"}
    states = ("Queued", "Sent", "Failed", "Bounced", "Parked", "Cancelled", "Shown")
    messages = {f"Message{one}" for one in states}
    assert steps | messages <= set(WORDS["kind"])


def test_causes_are_patterns_with_words_in_every_language() -> None:
    for row in WORDS["cause"]:
        groups = re.compile(row["is"]).groups
        for language in LANGUAGES:
            used = {int(name) for _, name, _, _ in string.Formatter().parse(row[language]) if name}
            assert used <= set(range(1, groups + 1)), row["is"]
