"""The reference of the policy language, made from the key table: docs/reference/policy.md."""

from collections.abc import Iterable

from abono.domain.sellers.policy.builtin import builtin_names, builtin_policy
from abono.domain.sellers.policy.keys import KEYS, SECTIONS, STEP_KEYS, Key, Same
from abono.domain.sellers.policy.kinds import Choice, Flag, Listed, shown
from abono.domain.sellers.policy.show import sentence_of
from abono.domain.sellers.policy.vocabulary import CHANNELS, FIELDS, MEANS, NEEDS, WORDINGS

_SECTION_WORDS = {
    "seller": "Where the business is, in what it counts and how it speaks.",
    "documents": "What asks for the money, and when. A *request* is a proforma, a charge note or a payment "
    "request: "
    "it asks for money and is no invoice. Offsets are days from the *renewal day*, on which a new period "
    "begins.",
    "cycle": "Which periods are sold, when they turn, and how services start, change and end.",
    "profile": "What a customer's billing profile must say before an invoice can be made out to it.",
    "means": 'The accepted ways to pay, one line each: `card = { settles = "at-once" }`. At least one.',
    "partner": "Quantities that are counted, and partners that pay for their clients.",
    "runs": "What the daily run may do without asking a person.",
    "calendar": "What happens around a document's due date, one step a line.",
    "suspension": "When a service may be stopped, and what that means.",
    "objection": "How a document may be objected to.",
    "arrangement": "A later date that a customer may take without asking anybody.",
    "restoration": "What follows when a service comes back.",
    "recovery": "Bringing a terminated service back from its backup.",
}

_OPENING = """# The policy language

<!-- Made from the key table by `abono policy reference`. Do not edit: a test compares. -->

A policy is one TOML file that says how a business bills and collects. `abono policy check FILE` names every
fault with its file, line and key; `abono policy show FILE` reads it back as terms of service, one sentence
for each key, in English, Spanish or Hungarian; `abono policy diff A B` says what two policies do differently.

- Numbers are whole. Money is in minor units of the seller's currency (cents, or whole forints where there are
  none), rates are in basis points (300 = 3 %). A decimal point is refused wherever it stands.
- Rates, caps and deadlines that the law sets are not in a policy: they stand in dated tables.
- A key without a default must be written. Unknown sections and keys are refused.
- *Part* is the part of Abono that reads the key: I billing, II collection, III portal and gateways, IV
  channels and staff. Keys of parts that are not built yet are checked and shown, and marked as not yet in
  effect.
- A policy is added with the day from which it applies. A document keeps the policy of its issue for its whole
  calendar.
"""

_CALENDAR_RULES = """\
Day 0 is the document's due date, all of which can be used to pay. `{ day = 2, ... }` acts in the run for
the second day after it, `{ business_day = 5, ... }` in the run for the fifth working day of the seller's
country. A calendar is refused if, on any weekday and with up to five holidays in the way,

- a step could fall before the one above it, or on or before the issue;
- two harmful steps (`suspend`, `terminate`) could fall on one day, or one on or before the due date;
- a suspension has no reminder on an earlier day, or a scope is suspended twice;
- a termination has no suspension before it, or anything harmful or a reminder comes after it;
- the `issue` step is not first, or not on `documents.issue_days - documents.due_days`;
- two messages have the same text.
"""

_AGREEMENTS = """## Keys that must agree

- `documents.request = "none"` goes with `invoice = "at-issue"`, every request with `invoice = "on-payment"`.
- Documents are issued fewer days ahead than the shortest period sold may last (a month 28 days, a year 365).
- Payment is never due before the issue.
- A legal wording belongs to a document that is issued, and each document has at most one.
- `anchor = "first-of-month"` goes with months and years, not with weeks.
- Only a card, an ACH account or a direct debit can be kept on file.
- `suspension.needs` always contains `overdue` and `notified`.
- `arrangement.max_days` and `per_year` are both 0 or both above.
- The ladder of `restoration.longer_period` climbs, and stays within half a year and within what is sold; to
  be offered or applied it has two rungs or more.
- A recovery needs a termination, and a fee needs days to recover in.
"""


def reference_page() -> str:
    """The whole page as Markdown. Deterministic: the same table gives the same text."""
    parts = [_OPENING]
    for section in SECTIONS:
        parts += [f"## [{section}]\n", _SECTION_WORDS[section] + "\n", _table(_rows_of(section))]
        if section == "calendar":
            parts += [_CALENDAR_RULES, "Each step:\n", _table(STEP_KEYS)]
        parts += _examples(section)
    parts += [_AGREEMENTS, _vocabulary(), _files()]
    return "\n".join(parts)


def _rows_of(section: str) -> list[Key]:
    return [key for key in KEYS if key.section.split(".")[0] == section]


def _table(rows: Iterable[Key]) -> str:
    lines = ["| key | allowed | default | part | what it settles |", "| --- | --- | --- | --- | --- |"]
    for key in rows:
        part = key.part if key.in_effect else f"{key.part}, not yet in effect"
        lines.append(f"| `{key.name}` | {_allowed(key)} | {_default(key)} | {part} | {key.about} |")
    return "\n".join(lines) + "\n"


def _allowed(key: Key) -> str:
    kind = key.kind
    if isinstance(kind, Listed):
        own = ", `own:NAME`" if kind.own else ""
        return "a list of " + ", ".join(f"`{value}`" for value in kind.values) + own
    if isinstance(kind, Choice):
        return ", ".join(f"`{value}`" for value in kind.values)
    if isinstance(kind, Flag):
        return "`true`, `false`"
    return kind.allowed.replace("|", "\\|")


def _default(key: Key) -> str:
    if key.required:
        return "must be written"
    if isinstance(key.default, Same):
        return f"as `{key.default.name}`"
    if key.default is None:
        return "none"
    if isinstance(key.default, tuple):
        return "`[" + ", ".join(shown(item) for item in key.default) + "]`"
    return f"`{shown(key.default)}`"


def _examples(section: str) -> list[str]:
    """Each choice of the section with the sentence that it makes."""
    lines = []
    for key in _rows_of(section):
        if isinstance(key.kind, Choice | Flag):
            for case, said in key.say.items():
                sentence = said[0].format(means="by card", Means="By card")
                lines.append(f"- `{key.name} = {case if isinstance(key.kind, Flag) else shown(case)}`: {sentence}")
    return ["\n".join(lines) + "\n"] if lines else []


def _vocabulary() -> str:
    lines = ["## Names\n"]
    lines.append("- Means of payment: " + ", ".join(f"`{name}`" for name in MEANS) + ".")
    lines.append("- Fields of a profile: " + _named({name: words["en"] for name, words in FIELDS.items()}) + ".")
    lines.append("- Legal wordings: " + _named({name: word.words["en"] for name, word in WORDINGS.items()}) + ".")
    lines.append("- Conditions: " + _named({name: words["en"] for name, words in NEEDS.items()}) + ".")
    lines.append("- Channels: " + ", ".join(f"`{name}`" for name in CHANNELS) + ".")
    return "\n".join(lines) + "\n"


def _named(words: dict[str, str]) -> str:
    return ", ".join(f"`{name}` ({meaning})" for name, meaning in words.items())


def _files() -> str:
    names = ", ".join(f"`{name}`" for name in builtin_names())
    example = builtin_names()[0]
    policy = builtin_policy(example)
    lines = [
        "## The policies that come with Abono\n",
        f"{names}: `abono policy show NAME` reads one. `{example}` begins:\n",
    ]
    lines += [f"> {sentence_of(policy, key, 'en')}" + "  " for key in list(policy.settings())[:12]]
    return "\n".join(lines) + "\n"
