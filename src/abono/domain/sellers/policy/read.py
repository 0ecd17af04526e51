"""Reads a policy file: every fault is found, with its line, before anything is said."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from abono.base.kernel.refusal import Missing
from abono.domain.sellers.policy.build import policy_from, step_from
from abono.domain.sellers.policy.checks import consistency_faults
from abono.domain.sellers.policy.draft import Draft
from abono.domain.sellers.policy.keys import KEYS, SECTIONS, Key, Same, keys_of
from abono.domain.sellers.policy.kinds import FloatText, did_you_mean, shown, type_words
from abono.domain.sellers.policy.lines import Place, lines_of
from abono.domain.sellers.policy.model import Policy
from abono.domain.sellers.policy.problems import PolicyError, Problem
from abono.domain.sellers.policy.vocabulary import MEANS

# Far above any policy; what is larger is another kind of file.
MOST_CHARACTERS = 65_536

_AT_LINE = re.compile(r" ?\(at line (\d+), column \d+\)")
_SECTION_LIST = ", ".join(f"[{section}]" for section in SECTIONS)


def read_policy(*, text: str, file: str) -> Policy:
    """The policy of a TOML text; `file` is its name in messages. Raises PolicyError with every fault."""
    if len(text) > MOST_CHARACTERS:
        raise PolicyError([Problem(file, 1, "", f"the file has {len(text)} characters", f"at most {MOST_CHARACTERS}")])
    text = text.removeprefix("\ufeff")
    try:
        tree = tomllib.loads(text, parse_float=FloatText)
        lines = lines_of(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise PolicyError([_syntax_problem(error, text, file)]) from None
    return read_tree(tree=tree, file=file, lines=lines)


def read_policy_file(path: str | Path) -> Policy:
    """The policy of a file in UTF-8, with or without byte order mark. Missing if there is no such file."""
    name = str(path)
    try:
        data = Path(path).read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise Missing("policy.no_file", f"{name}: cannot be read: {reason}.", file=name) from None
    return read_policy(text=_decoded(data, name), file=name)


def read_tree(*, tree: Mapping[str, Any], file: str, lines: Mapping[Place, int]) -> Policy:
    """The policy that a tree of plain values states; without `lines`, faults name no line."""
    draft = Draft(file, lines)
    _read_sections(draft, tree)
    consistency_faults(draft)
    if draft.problems:
        raise PolicyError(draft.problems)
    assert draft.steps is not None
    return policy_from(draft.values, draft.steps)


def _decoded(data: bytes, file: str) -> str:
    utf8 = "text in UTF-8"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in data[:200]:
        raise PolicyError([Problem(file, 1, "", "the file is not in UTF-8 (it looks like UTF-16)", utf8)])
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        wrong = f"the file is not in UTF-8 (byte 0x{data[error.start]:02x})"
        raise PolicyError([Problem(file, line, "", wrong, utf8)]) from None


def _syntax_problem(error: Exception, text: str, file: str) -> Problem:
    if isinstance(error, RecursionError):
        return Problem(file, 1, "", "lists or tables are nested too deeply", "at most what a policy needs")
    words = str(error)
    found = _AT_LINE.search(words)
    line = int(found[1]) if found else text.count("\n") + (not text.endswith("\n")) or 1
    reason = _AT_LINE.sub("", words).removesuffix(" (at end of document)").splitlines()[0][:160]
    return Problem(file, line, "", f"not valid TOML: {reason}", "TOML 1.0 (https://toml.io)")


def _read_sections(draft: Draft, tree: Mapping[str, Any]) -> None:
    for name, value in tree.items():
        if name not in SECTIONS:
            _blame_unknown_section(draft, name, value)
        elif not isinstance(value, dict) and not draft.blame_floats((name,), value):
            draft.blame((name,), f"is {type_words(value)} ({shown(value)}), not a section", f"a section [{name}]")
    for section in SECTIONS:
        table = tree.get(section, {})
        if not isinstance(table, dict):
            continue
        if section == "means":
            _read_means(draft, table)
        else:
            _read_table(draft, (section,), section, table)
    _read_steps(draft)


def _read_table(draft: Draft, place: Place, section: str, table: Mapping[str, Any]) -> None:
    """Check one table against the rows of its section; keep its valid values under `place`."""
    rows = keys_of(section)
    for name, value in table.items():
        if name not in rows:
            _blame_unknown_key(draft, (*place, name), rows)
            draft.blame_floats((*place, name), value)
    for name, row in rows.items():
        if name in table:
            _read_value(draft, (*place, name), row, table[name])
        elif row.required:
            draft.blame(place, "is missing", row.kind.allowed, key=(*place, name))
        elif isinstance(row.default, Same):
            draft.put((*place, name), draft.values.get((*place, row.default.name)))
        else:
            draft.put((*place, name), row.default)


def _read_value(draft: Draft, place: Place, row: Key, value: object) -> None:
    floats = draft.blame_floats(place, value)
    faults = [fault for fault in row.kind.faults(value) if (*place, *fault.path) not in floats]
    for fault in faults:
        draft.blame((*place, *fault.path), fault.wrong, fault.allowed)
    if not faults and not floats:
        draft.put(place, tuple(value) if isinstance(value, list) else value)


def _read_means(draft: Draft, table: Mapping[str, Any]) -> None:
    allowed = ", ".join(MEANS)
    if not table:
        draft.blame(
            ("means",),
            "there is no means of payment",
            f'for example transfer = {{ settles = "when-matched" }}; {allowed}',
        )
    for name, value in table.items():
        place = ("means", name)
        if name not in MEANS:
            draft.blame(place, "unknown means of payment" + did_you_mean(name, MEANS), allowed)
            draft.blame_floats(place, value)
        elif not isinstance(value, dict):
            if not draft.blame_floats(place, value):
                draft.blame(place, f"is {type_words(value)} ({shown(value)}), not a table", '{ settles = "at-once" }')
        else:
            _read_table(draft, place, "means.*", value)


def _read_steps(draft: Draft) -> None:
    """Check each step of a calendar that is a list of tables; keep them only when all are valid."""
    raw = draft.value("calendar.steps")
    if raw is None:
        return
    before = len(draft.problems)
    for index, step in enumerate(raw):
        _read_table(draft, ("calendar", "steps", index), "calendar.steps", step)
        _blame_step_parts(draft, ("calendar", "steps", index), step)
    if len(draft.problems) == before:
        draft.steps = tuple(step_from(draft.values, index) for index in range(len(raw)))


def _blame_step_parts(draft: Draft, place: Place, step: Mapping[str, Any]) -> None:
    """What a step must have and must not have besides."""
    days = [name for name in ("day", "business_day") if name in step]
    does = step.get("do")
    if len(days) != 1:
        wrong = "has both day and business_day" if days else "has neither day nor business_day"
        draft.blame(place, wrong, "exactly one of day, business_day")
    if does == "remind" and "text" not in step:
        draft.blame(place, "the reminder has no text", keys_of("calendar.steps")["text"].kind.allowed)
    if does in ("issue", "remind") and "scope" in step:
        draft.blame((*place, "scope"), f'"{does}" has no scope', "scope only with suspend and terminate")
    if does == "issue" and "text" in step:
        draft.blame((*place, "text"), '"issue" has no text', "text only with remind, suspend and terminate")


def _blame_unknown_section(draft: Draft, name: str, value: object) -> None:
    homes = [key.section for key in KEYS if key.name == name and key.section in SECTIONS]
    if isinstance(value, dict):
        draft.blame((name,), "unknown section" + did_you_mean(name, SECTIONS), _SECTION_LIST)
    elif homes:
        draft.blame(
            (name,),
            f"stands outside its section, it belongs in [{homes[0]}]",
            f"a key within {_SECTION_LIST}",
        )
    else:
        draft.blame((name,), "unknown key outside any section", f"a key within {_SECTION_LIST}")
    draft.blame_floats((name,), value)


def _blame_unknown_key(draft: Draft, place: Place, rows: Mapping[str, Key]) -> None:
    name = str(place[-1])
    near = did_you_mean(name, rows)
    homes = [key.section for key in KEYS if key.name == name and key.section in SECTIONS]
    hint = near or (f", it belongs in [{homes[0]}]" if homes else "")
    draft.blame(place, "unknown key" + hint, ", ".join(rows))
