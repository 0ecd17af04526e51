"""Every fault of a policy file is told with its file, line and key, what is wrong, and what is allowed."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from abono.base.kernel.refusal import Missing, Refused
from abono.domain.sellers.policy import Policy, PolicyError, Problem, read_policy, read_policy_file

FILE = "shop.toml"
VALID = """\
[seller]
country = "AR"
currency = "ARS"
time_zone = "America/Argentina/Buenos_Aires"
languages = ["es", "en"]

[documents]
request = "proforma"
invoice = "on-payment"
group = "same-day"
issue_days = -15
due_days = 0
min_days_to_pay = 3
notes = ["proforma-ar", "invoice-ar"]

[cycle]
sold = ["1 month", "3 months", "6 months", "1 year"]
anchor = "service"

[profile]
requires = [
  "legal_name",
  "tax_id",
]

[means]
card = { settles = "at-once", saved = true, fee_bp = 300 }
transfer = { settles = "when-matched" }

[calendar]
steps = [
  { day = -15, do = "issue", by = ["email", "whatsapp"] },
  { day = -5, do = "remind", text = "first-reminder" },
  { day = -1, do = "remind", text = "last-reminder" },
  { day = 2, do = "suspend" },
  { business_day = 5, do = "suspend", scope = "debtor" },
  { day = 25, do = "terminate" },
]

[suspension]
needs = ["overdue", "notified"]
max_hold_days = 5

[arrangement]
max_days = 7
per_year = 2

[restoration]
longer_period = ["1 month", "3 months", "6 months"]
longer_period_mode = "offer"

[recovery]
within_days = 30
fee_minor = 2500000
"""


@dataclass(frozen=True)
class Case:
    """A change to the valid text and the one fault that it makes."""

    before: str
    after: str
    line: int
    key: str
    says: str
    allows: str


def case(before: str, after: str, line: int, key: str, says: str, allows: str) -> Case:
    return Case(before, after, line, key, says, allows)


# fmt: off
CASES = [
    # unknown names, with the nearest
    case("[documents]", "[document]", 7, "document", 'did you mean "documents"?', "[documents]"),
    case("due_days = 0", "due_dayz = 0", 12, "documents.due_dayz", 'did you mean "due_days"?', "due_days"),
    case("due_days = 0", "anchor = 'service'", 12, "documents.anchor", "it belongs in [cycle]", "due_days"),
    case("due_days = 0", "zebra = 0", 12, "documents.zebra", "unknown key", "request, invoice, group"),
    case("[seller]", "mode = 1\n[seller]", 1, "mode", "unknown key outside any section", "[seller]"),
    case("[seller]", "anchor = 1\n[seller]", 1, "anchor", "it belongs in [cycle]", "[seller]"),
    case("saved = true", "savd = true", 27, "means.card.savd", 'did you mean "saved"?',
         "settles, fee_bp, saved"),
    case("transfer =", "transfr =", 28, "means.transfr", 'did you mean "transfer"?', "card, ach"),
    case(' by = ["email", "whatsapp"] },', ' via = "email" },', 32, "calendar.steps[1].via", "unknown key",
         "day"),
    # wrong types
    case('country = "AR"', "country = 54", 2, "seller.country", "is a whole number (54), not text",
         "ISO 3166"),
    case("due_days = 0", 'due_days = "0"', 12, "documents.due_days", 'is text ("0"), not a whole',
         "-180 to 180"),
    case("due_days = 0", "due_days = true", 12, "documents.due_days", "is true or false (true)",
         "-180 to 180"),
    case("due_days = 0", "due_days = 2026-01-01", 12, "documents.due_days", "is a date or time",
         "-180 to 180"),
    case("due_days = 0", "due_days = [0]", 12, "documents.due_days", "is a list", "-180 to 180"),
    case("saved = true", "saved = 1", 27, "means.card.saved", "is a whole number (1)", "true, false"),
    case('"same-day"', "3", 10, "documents.group", "is a whole number (3), not text", '"each", "same-day"'),
    case('["es", "en"]', '"es"', 5, "seller.languages", 'is text ("es"), not a list', '"en", "es", "hu"'),
    case('["es", "en"]', '["es", 7]', 5, "seller.languages[2]", "is a whole number (7)", '"en", "es", "hu"'),
    case("[suspension]", "[[suspension]]", 40, "suspension", "is a list", "a section [suspension]"),
    case('{ settles = "when-matched" }', '"when-matched"', 28, "means.transfer", "is text", "{ settles ="),
    case("  { day = 2, do = ", '  "suspend", { day = 2, do = ', 35, "calendar.steps[4]", "not a step",
         "steps"),
    case("  { day = 2,", '  { day = "2",', 35, "calendar.steps[4].day", "is text", "-180 to 730"),
    case("fee_minor = 2500000", "fee_minor = { a = 1 }", 54, "recovery.fee_minor", "is a table", "0 to"),
    # floats, wherever they are
    case("due_days = 0", "due_days = 0.0", 12, "documents.due_days", "0.0 is a decimal number",
         "whole numbers"),
    case("due_days = 0", "due_days = 1e3", 12, "documents.due_days", "1e3 is a decimal number",
         "basis points"),
    case("due_days = 0", "due_days = inf", 12, "documents.due_days", "inf is a decimal number",
         "minor units"),
    case("due_days = 0", "due_days = nan", 12, "documents.due_days", "nan is a decimal number",
         "minor units"),
    case("fee_bp = 300", "fee_bp = 3.5", 27, "means.card.fee_bp", "3.5 is a decimal number", "basis points"),
    case("{ day = 2,", "{ day = 2.5,", 35, "calendar.steps[4].day", "2.5 is a decimal number", "whole"),
    case('["es", "en"]', '["es", 1.5]', 5, "seller.languages[2]", "1.5 is a decimal number", "whole"),
    # ranges and words
    case("issue_days = -15", "issue_days = 5", 11, "documents.issue_days", "5 is out of range", "-180 to 0"),
    case("due_days = 0", f"due_days = {'9' * 60}", 12, "documents.due_days", "more than 40 digits",
         "-180 to 180"),
    case("max_days = 7", "max_days = -1", 45, "arrangement.max_days", "-1 is out of range", "0 to 90"),
    case("per_year = 2", "per_year = -2", 46, "arrangement.per_year", "-2 is out of range", "0 to 12"),
    case("fee_bp = 300", "fee_bp = 1001", 27, "means.card.fee_bp", "1001 is out of range", "0 to 1000"),
    case("max_hold_days = 5", "max_hold_days = 0", 42, "suspension.max_hold_days", "out of range", "1 to 30"),
    case("business_day = 5", "business_day = 0", 36, "calendar.steps[5].business_day", "no meaning",
         "without 0"),
    case('"same-day"', '"same day"', 10, "documents.group", 'did you mean "same-day"?', '"payer"'),
    case('"at-once"', '"at once"', 27, "means.card.settles", 'did you mean "at-once"?', '"when-cleared"'),
    case('do = "terminate"', 'do = "delete"', 37, "calendar.steps[6].do", "unknown value", '"terminate"'),
    case('"whatsapp"', '"telegram"', 32, "calendar.steps[1].by[2]", "unknown value", '"whatsapp"'),
    case('["email", "whatsapp"]', "[]", 32, "calendar.steps[1].by", "the list is empty", '"email"'),
    case('["es", "en"]', "[]", 5, "seller.languages", "the list is empty", '"en"'),
    case('["es", "en"]', '["es", "es"]', 5, "seller.languages[2]", '"es" is named twice', '"en"'),
    case('  "tax_id",', '  "tax_it",', 23, "profile.requires[2]", 'did you mean "tax_id"?', '"own:NAME"'),
    case('  "tax_id",', '  "own:Bad Name",', 23, "profile.requires[2]", "unknown value", '"own:NAME"'),
    case('"1 year"]', '"1 years"]', 17, "cycle.sold[4]", '"1 years" is not a period', '"2 weeks"'),
    case('"1 year"]', '"12 months", "1 year"]', 17, "cycle.sold[5]", '"1 year" is named twice', '"1 year"'),
    case('"1 year"]', '"11 years"]', 17, "cycle.sold[4]", '"11 years" is not a period', '"2 weeks"'),
    case('"first-reminder"', '"First!"', 33, "calendar.steps[2].text", "is not a name", "hyphens"),
    # the world
    case('"AR"', '"ar"', 2, "seller.country", 'unknown country "ar"', "ISO 3166"),
    case('"AR"', '"EU"', 2, "seller.country", 'unknown country "EU"', "ISO 3166"),
    case('"ARS"', '"ARX"', 3, "seller.currency", 'unknown currency "ARX", did you mean "ARS"?', '"CLP"'),
    case("Buenos_Aires", "Buenos_Ayres", 4, "seller.time_zone", 'did you mean "America/Argentina/Buen',
         "UTC"),
    case("America/Argentina/Buenos_Aires", "America", 4, "seller.time_zone", "unknown time zone", "UTC"),
    case("America/Argentina/Buenos_Aires", "../etc/passwd", 4, "seller.time_zone", "unknown time zone",
         "UTC"),
    case('["es", "en"]', '["es", "pt"]', 5, "seller.languages[2]", "unknown value", '"en", "es", "hu"'),
    # what is missing
    case('currency = "ARS"\n', "", 1, "seller.currency", "is missing", '"ARS"'),
    case('sold = ["1 month", "3 months", "6 months", "1 year"]\n', "", 16, "cycle.sold", "is missing",
         "periods"),
    case('settles = "when-matched"', "", 28, "means.transfer.settles", "is missing", '"at-once"'),
    case('do = "terminate"', 'text = "gone"', 37, "calendar.steps[6].do", "is missing", '"suspend"'),
    case('remind", text = "last-reminder"', 'remind"', 34, "calendar.steps[3]", "has no text", "a name of"),
    case("{ day = 2, do", "{ do", 35, "calendar.steps[4]", "neither day nor business_day", "exactly one"),
    case("{ day = 2, do", "{ day = 2, business_day = 2, do", 35, "calendar.steps[4]", "has both",
         "exactly one"),
    # keys that do not agree
    case('"proforma"\n', '"none"\n', 9, "documents.invoice", "needs a request", '"at-issue"'),
    case('"on-payment"', '"at-issue"', 9, "documents.invoice", "would ask twice", 'request = "none"'),
    case("due_days = 0", "due_days = -16", 12, "documents.due_days", "due before the issue", "-15 or later"),
    case('["1 month", "3 months", "6 months", "1 year"]', '["1 month", "3 months", "6 months", "2 weeks"]',
         11, "documents.issue_days", "the shortest period sold (2 weeks: 14 days)", "-13 to 0"),
    case('"invoice-ar"]', '"invoice-cl"]\nx = 1', 15, "documents.x", "unknown key", "notes"),
    case('"invoice-ar"]', '"payment-request-hu"]', 14, "documents.notes[2]", "which is not issued here",
         "ar"),
    case('"invoice-ar"]', '"invoice-ar", "invoice-cl"]', 14, "documents.notes[3]", "a second wording", "one"),
    case('"invoice-ar"]', '"annex-us"]', 14, "documents.notes[2]", "belongs to the annex", '"proforma-ar"'),
    case("when-matched\" }", "when-matched\", saved = true }", 28, "means.transfer.saved", "kept on file",
         "card"),
    case('["overdue", "notified"]', '["notified"]', 41, "suspension.needs", '"overdue" is missing', "always"),
    case('["overdue", "notified"]', '["overdue"]', 41, "suspension.needs", '"notified" is missing', "always"),
    case("max_days = 7", "max_days = 0", 45, "arrangement.max_days", "is 0 while per_year is 2", "both"),
    case("per_year = 2", "per_year = 0", 46, "arrangement.per_year", "is 0 while max_days is 7", "both"),
    case('"3 months", "6 months"]\nlonger', '"2 months"]\nlonger', 49, "restoration.longer_period[2]",
         "not among cycle.sold", '"3 months"'),
    case('"3 months", "6 months"]\nlonger', '"1 year"]\nlonger', 49, "restoration.longer_period[2]",
         "longer than half a year", "6 months"),
    case('"1 month", "3 months", "6 months"]\nlonger', '"3 months", "1 month"]\nlonger', 49,
         "restoration.longer_period[2]", "not longer than the one before", "shortest first"),
    case('"1 month", "3 months", "6 months"]\nlonger', '"1 month"]\nlonger',
         50, "restoration.longer_period_mode",
         "no two periods", '"off"'),
    case("within_days = 30", "within_days = 0", 54, "recovery.fee_minor", "no days to recover in", "0, or"),
    case("  { day = 25, do = \"terminate\" },\n", "", 52, "recovery.within_days", "nothing is ever",
         "terminates"),
]

STEPS = [
    case("{ day = -5, do", "{ day = 1, do", 34, "calendar.steps[3]", "day -1 can fall before",
         "in the order"),
    case("{ day = 2, do", "{ day = 6, do", 36, "calendar.steps[5]", "5 can be 5 to 14 days", "in the order"),
    case("{ day = 25, do", "{ day = 13, do", 37, "calendar.steps[6]", "5 can be 5 to 14 days",
         "in the order"),
    case("{ day = 25, do", "{ day = 14, do", 37, "calendar.steps[6]", "on the same day as the suspend",
         "one"),
    case("{ day = 2, do", "{ day = 0, do", 35, "calendar.steps[4]", "paid all of its due date", "1 or later"),
    case("{ day = -15, do", "{ day = -14, do", 32, "calendar.steps[1]", "issued -15 days", "day = -15"),
    case("{ day = -15, do", "{ business_day = -15, do", 32, "calendar.steps[1]", "issued -15 days",
         "day = -15"),
    case("{ day = -5, do", "{ day = -15, do", 33, "calendar.steps[2]", "not after the issue",
         "days after -15"),
    case('text = "last-reminder"', 'text = "first-reminder"', 34, "calendar.steps[3].text", "used twice",
         "another"),
    case('"terminate" },', '"terminate" },\n  { day = 26, do = "remind", text = "bye" },', 38,
         "calendar.steps[7]", "a reminder after the termination", "before it"),
    case('"terminate" },', '"terminate" },\n  { day = 26, do = "terminate" },', 38,
         "calendar.steps[7]", "terminate after the termination", "nothing harmful"),
    case('scope = "debtor"', 'scope = "document"', 36, "calendar.steps[5].scope", "already suspended",
         "each scope"),
    case('{ day = 2, do = "suspend" }', '{ day = 2, do = "suspend", scope = "debtor" }',
         36, "calendar.steps[5].scope",
         "already suspended", "each scope once"),
    case('{ day = 25, do = "terminate" }', '{ day = 25, do = "terminate", scope = "debtor" }', 37,
         "calendar.steps[6].scope", "only the services on the document", '"document"'),
    case('"last-reminder" }', '"last-reminder", scope = "debtor" }', 34, "calendar.steps[3].scope",
         "no scope", "only"),
    case('do = "issue",', 'do = "issue", text = "hello",', 32, "calendar.steps[1].text", "has no text",
         "only"),
]
# fmt: on


def problems_of(text: str) -> tuple[Problem, ...]:
    with pytest.raises(PolicyError) as caught:
        read_policy(text=text, file=FILE)
    return caught.value.problems


def replaced(text: str, before: str, after: str) -> str:
    assert text.count(before) >= 1, before
    return text.replace(before, after, 1)


def test_the_base_of_these_cases_is_valid() -> None:
    policy = read_policy(text=VALID, file=FILE)
    assert isinstance(policy, Policy)
    assert policy.documents.issue_days == -15
    assert policy.means["card"].fee_bp == 300


@pytest.mark.parametrize("one", CASES + STEPS, ids=lambda one: f"{one.key}:{one.after[:24]}")
def test_a_fault_is_told_with_file_line_key_and_what_is_allowed(one: Case) -> None:
    problems = problems_of(replaced(VALID, one.before, one.after))
    told = [problem for problem in problems if (problem.line, problem.key) == (one.line, one.key)]
    assert told, [str(problem) for problem in problems]
    assert any(one.says in problem.wrong and one.allows in problem.allowed for problem in told), told
    assert all(problem.file == FILE for problem in problems)
    line = str(told[0])
    assert line.startswith(f"{FILE}:{one.line}: {one.key}: ")
    assert "; allowed: " in line
    assert "\n" not in line


# These changes rightly upset other keys too.
ELSEWHERE_TOO = ('"proforma"\n', "due_days = -16", "[document]")
ONE_FAULT_ONLY = [one for one in CASES + STEPS if one.before not in ELSEWHERE_TOO and one.after not in ELSEWHERE_TOO]


@pytest.mark.parametrize("one", ONE_FAULT_ONLY, ids=lambda one: f"{one.key}:{one.after[:24]}")
def test_one_slip_makes_one_complaint(one: Case) -> None:
    """A value that is wrong by itself is left out of the comparisons between keys: nothing is said twice."""
    problems = problems_of(replaced(VALID, one.before, one.after))
    assert len({problem.line for problem in problems}) == 1, [str(problem) for problem in problems]


def test_suspension_needs_a_reminder_on_an_earlier_day() -> None:
    text = replaced(VALID, '  { day = -5, do = "remind", text = "first-reminder" },\n', "")
    text = replaced(text, '{ day = -1, do = "remind"', '{ day = 2, do = "remind"')
    problems = problems_of(text)
    assert [(problem.line, problem.key) for problem in problems] == [(34, "calendar.steps[3]")]
    assert "no reminder on an earlier day announces it" in problems[0].wrong


def test_termination_needs_a_suspension() -> None:
    text = replaced(VALID, '  { day = 2, do = "suspend" },\n', "")
    text = replaced(text, '  { business_day = 5, do = "suspend", scope = "debtor" },\n', "")
    problems = problems_of(text)
    assert [(problem.line, problem.key) for problem in problems] == [(35, "calendar.steps[4]")]
    assert "nothing was suspended before it" in problems[0].wrong


def test_the_first_of_a_month_does_not_go_with_weeks() -> None:
    text = replaced(replaced(VALID, '"service"', '"first-of-month"'), '"1 year"]', '"4 weeks"]')
    problems = problems_of(text)
    assert [(problem.line, problem.key) for problem in problems] == [(17, "cycle.sold[4]")]


def test_the_issue_is_named_once_and_first() -> None:
    text = replaced(VALID, "  { day = -5, do", '  { day = -15, do = "issue" },\n  { day = -5, do')
    assert [(one.line, one.key) for one in problems_of(text)] == [(33, "calendar.steps[2]")]


def test_all_faults_are_told_at_once_in_the_order_of_the_lines() -> None:
    text = VALID
    for before, after in (
        ('"AR"', '"XX"'),
        ("due_days = 0", "due_days = 1.5"),
        ("per_year = 2", "per_year = 99"),
    ):
        text = replaced(text, before, after)
    problems = problems_of(text)
    assert [problem.line for problem in problems] == [2, 12, 46]
    with pytest.raises(PolicyError) as caught:
        read_policy(text=text, file=FILE)
    assert str(caught.value).splitlines() == [str(problem) for problem in problems]
    assert caught.value.code == "policy.invalid"
    assert isinstance(caught.value, Refused)


def test_an_empty_file_names_every_key_that_must_be_written() -> None:
    missing = {problem.key for problem in problems_of("")}
    assert {"seller.country", "documents.request", "cycle.sold", "means"} <= missing
    assert all("is missing" in one.wrong or one.key == "means" for one in problems_of(""))


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        (VALID.replace("due_days = 0", "due_days = "), 12, "Invalid value"),
        (VALID.replace("[cycle]", "[cycle"), 16, "Expected"),
        (VALID + '[seller]\ncountry = "CL"\n', 55, "Cannot declare"),
        (VALID.replace("due_days = 0", "issue_days = 0"), 12, "Cannot overwrite"),
        (VALID.replace("due_days = 0", "due_days = 007"), 12, "Expected newline"),
        ('[seller]\ncountry = "AR', 2, ""),
        ("[seller]\ncountry = \"A\x00R\"\n", 2, ""),
        ("a = " + "[" * 30_000, 1, ""),
        (VALID.replace("due_days = 0", f"due_days = {'9' * 5000}"), 1, ""),
        ("# " + "x" * 70_000, 1, "characters"),
        ("\r[seller]", 1, ""),
    ],
)  # fmt: skip
def test_text_that_is_no_toml_is_refused_with_its_line(text: str, line: int, says: str) -> None:
    problems = problems_of(text)
    assert len(problems) == 1
    assert says in problems[0].wrong
    if line > 1:
        assert problems[0].line == line
    assert "\n" not in str(problems[0])


def test_byte_order_mark_and_windows_line_ends_are_tolerated(tmp_path: Path) -> None:
    plain = read_policy(text=VALID, file=FILE)
    path = tmp_path / "windows.toml"
    path.write_bytes(b"\xef\xbb\xbf" + VALID.replace("\n", "\r\n").encode())
    assert read_policy_file(path) == plain
    path.write_bytes(b"\xef\xbb\xbf" + VALID.replace("\n", "\r\n").replace('"AR"', '"XX"').encode())
    with pytest.raises(PolicyError) as caught:
        read_policy_file(path)
    assert [(one.file, one.line) for one in caught.value.problems] == [(str(path), 2)]


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (VALID.encode("utf-16"), 1),
        (VALID.encode("utf-16-le"), 1),
        (VALID.replace("shop", "x").encode() + "# año\n".encode("latin-1"), 55),
    ],
)
def test_other_encodings_are_refused(data: bytes, line: int, tmp_path: Path) -> None:
    path = tmp_path / "other.toml"
    path.write_bytes(data)
    with pytest.raises(PolicyError) as caught:
        read_policy_file(path)
    assert [(one.line, one.allowed) for one in caught.value.problems] == [(line, "text in UTF-8")]


def test_a_file_that_is_not_there_is_missing(tmp_path: Path) -> None:
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(Missing) as caught:
            read_policy_file(path)
        assert caught.value.code == "policy.no_file"
        assert "\n" not in str(caught.value)


def test_odd_characters_in_names_and_values_stay_on_one_line() -> None:
    text = VALID + '"new\\nline\\u202e" = 1\n' + '["s\\r\\n"]\n'
    for problem in problems_of(replaced(text, '"same-day"', '"\\u202eab\\n"')):
        assert str(problem).isprintable()


def test_a_month_may_be_billed_27_days_ahead_but_not_28() -> None:
    steps = VALID[VALID.index("[calendar]") : VALID.index("[suspension]")]
    text = replaced(replaced(VALID, steps, ""), "[recovery]\nwithin_days = 30\nfee_minor = 2500000\n", "")
    assert read_policy(text=replaced(text, "-15", "-27"), file=FILE).documents.issue_days == -27
    problems = problems_of(replaced(text, "-15", "-28"))
    assert [(one.line, one.key) for one in problems] == [(11, "documents.issue_days")]
