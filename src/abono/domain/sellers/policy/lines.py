"""On which line of a TOML text each table, key and list entry stands.

The standard library reads TOML but does not say where. This scanner walks a text that `tomllib` has already
accepted, so it need not judge it; it only notes lines. A place is a path of keys and list indexes, such as
("calendar", "steps", 0, "do").
"""

import tomllib
from bisect import bisect_right
from collections.abc import Mapping

Place = tuple[str | int, ...]

_BLANK = " \t"
_BARE_END = ",]}#\n"


def lines_of(text: str) -> dict[Place, int]:
    """The line of every table, key and list entry of a valid TOML text; the whole is on line 1."""
    return _Scanner(text.replace("\r\n", "\n")).scan()


def line_at(lines: Mapping[Place, int], place: Place) -> int:
    """The line of a place, or of the nearest place that contains it; 0 when there is no text."""
    while place not in lines and place:
        place = place[:-1]
    return lines.get(place, 0)


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[Place, int] = {(): 1}
        self.breaks = [index for index, character in enumerate(text) if character == "\n"]
        self.table: Place = ()
        self.counts: dict[Place, int] = {}

    def scan(self) -> dict[Place, int]:
        self._skip()
        while self.at < len(self.text):
            if self._peek() == "[":
                self._header()
            else:
                self._pair(self.table)
            self._skip()
        return self.lines

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def _note(self, place: Place) -> None:
        self.lines.setdefault(place, bisect_right(self.breaks, self.at - 1) + 1)

    def _skip(self, *, within_line: bool = False) -> None:
        """Pass blanks, and unless `within_line` also ends of lines and comments."""
        while self.at < len(self.text):
            character = self.text[self.at]
            if character == "#" and not within_line:
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            elif character in _BLANK or (character == "\n" and not within_line):
                self.at += 1
            else:
                return

    def _header(self) -> None:
        start = self.at
        many = self.text.startswith("[[", self.at)
        self.at += 2 if many else 1
        keys = self._keys()
        place: Place = ()
        for index, key in enumerate(keys):
            place = (*place, key)
            last = index == len(keys) - 1
            if last and many:
                self.counts[place] = self.counts.get(place, -1) + 1
            if place in self.counts:
                place = (*place, self.counts[place])
        after, self.at = self.at, start
        for length in range(1, len(place) + 1):
            self._note(place[:length])
        self.at = after + (2 if many else 1)
        self.table = place

    def _pair(self, table: Place) -> None:
        start = self.at
        keys = self._keys()
        after, self.at = self.at, start
        for length in range(1, len(keys) + 1):
            self._note(table + keys[:length])
        self.at = after + 1
        self._skip(within_line=True)
        self._value(table + keys)

    def _keys(self) -> tuple[str, ...]:
        """The parts of a dotted key; stops before `=` or `]`."""
        keys: list[str] = []
        while True:
            self._skip(within_line=True)
            start = self.at
            if self._peek() in ("'", '"'):
                self._string()
                keys.append(tomllib.loads(f"key = {self.text[start : self.at]}")["key"])
            else:
                while self.at < len(self.text) and self.text[self.at] not in "=.] \t\n":
                    self.at += 1
                keys.append(self.text[start : self.at])
            self._skip(within_line=True)
            if self._peek() != ".":
                return tuple(keys)
            self.at += 1

    def _value(self, place: Place) -> None:
        first = self._peek()
        if first == "[":
            self._list(place)
        elif first == "{":
            self._inline(place)
        elif first in ("'", '"'):
            self._string()
        else:
            while self.at < len(self.text) and self.text[self.at] not in _BARE_END:
                self.at += 1

    def _list(self, place: Place) -> None:
        self.at += 1
        index = 0
        self._skip()
        while self.at < len(self.text) and self._peek() != "]":
            self._note((*place, index))
            self._value((*place, index))
            index += 1
            self._skip()
            self.at += self._peek() == ","
            self._skip()
        self.at += 1

    def _inline(self, place: Place) -> None:
        self.at += 1
        self._skip()
        while self.at < len(self.text) and self._peek() != "}":
            self._pair(place)
            self._skip()
            self.at += self._peek() == ","
            self._skip()
        self.at += 1

    def _string(self) -> None:
        quote = self.text[self.at]
        fence = quote * 3 if self.text.startswith(quote * 3, self.at) else quote
        self.at += len(fence)
        while self.at < len(self.text) and not self.text.startswith(fence, self.at):
            self.at += 2 if quote == '"' and self.text[self.at] == "\\" else 1
        self.at += len(fence)
        while len(fence) == 3 and self._peek() == quote:
            self.at += 1
