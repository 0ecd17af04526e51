"""Where things stand in a TOML text, against a text of every form that TOML has."""

import tomllib

import pytest

from abono.domain.sellers.policy.lines import line_at, lines_of

TEXT = '''\
# a comment with [brackets] = and "quotes
[seller]          # another ] comment
country = "A\\"]#R"
"quoted key" = 'literal \\'
a.b.c = 1
long = """
[not.a.section]
x = "1" \\
"""
other = \'\'\'
[neither] = 2\'\'\'
after = 3

[calendar]
steps = [ # first
  { day = 1, by = ["a",
    ] },

  { day = 2, "do" = "b" }, # [x]
]
dates = [ 2026-01-01, 2026-01-01T10:00:00Z,
  10:00:00 ]
[[many]]
one = 1
[[many]]
one = 2
[many.inner]
two = { x = { y = [ "," , "]" ] }, z = 1 }
  [ spaced . "out" ]
  k = true'''

EXPECTED = {
    ("seller",): 2,
    ("seller", "country"): 3,
    ("seller", "quoted key"): 4,
    ("seller", "a", "b", "c"): 5,
    ("seller", "long"): 6,
    ("seller", "other"): 10,
    ("seller", "after"): 12,
    ("calendar", "steps"): 15,
    ("calendar", "steps", 0): 16,
    ("calendar", "steps", 0, "by", 0): 16,
    ("calendar", "steps", 1): 19,
    ("calendar", "steps", 1, "do"): 19,
    ("calendar", "dates", 1): 21,
    ("calendar", "dates", 2): 22,
    ("many", 0, "one"): 24,
    ("many", 1): 25,
    ("many", 1, "one"): 26,
    ("many", 1, "inner"): 27,
    ("many", 1, "inner", "two", "x", "y", 1): 28,
    ("many", 1, "inner", "two", "z"): 28,
    ("spaced", "out", "k"): 30,
}


def places(value: object, place: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = {place} if place else set()
    for name, item in inner:
        found |= places(item, (*place, name))
    return found


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_every_form_is_found_on_its_line(ends: str) -> None:
    lines = lines_of(TEXT.replace("\n", ends))
    assert {place: lines.get(place) for place in EXPECTED} == EXPECTED


def test_exactly_the_places_that_the_text_has_are_found() -> None:
    assert set(lines_of(TEXT)) == places(tomllib.loads(TEXT)) | {()}
    assert lines_of("") == {(): 1}


def test_a_place_that_is_not_written_has_the_line_of_what_contains_it() -> None:
    lines = lines_of(TEXT)
    assert line_at(lines, ("seller", "currency")) == 2
    assert line_at(lines, ("calendar", "steps", 1, "text")) == 19
    assert line_at(lines, ("means", "card")) == 1
    assert line_at({}, ("means",)) == 0
