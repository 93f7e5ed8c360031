"""TOML with exact places, so that a finding says where a mistake stands and an edit changes nothing else."""

from __future__ import annotations

import json
import re
import tomllib
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from goalkeeper.errors import UsageError

Path_ = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?:"{0,2})|\'{3}.*?\'{3}(?:\'{0,2})|"(?:\\.|[^"\\])*"|\'[^\']*\'', re.DOTALL
)
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}\r\n#]*[^,\]}\s#]")
_HINTS = {
    "Cannot overwrite a value": "A key stands once in its table.",
    "Cannot declare": "A table stands once; lists of tables have two brackets, as [[goal]].",
    "Invalid date": "There is no such day.",
    "Invalid value": 'Texts stand in quotes, also such as "75 %"; days are written as 2027-03-31.',
    "Expected newline": 'Texts stand in quotes, also such as "75 %" and "2027-01-01..2027-03-31".',
}


class Place(NamedTuple):
    """A line and a column, both from 1; columns count characters."""

    line: int
    column: int


class Span(NamedTuple):
    """Offsets of a key and its value; those of an element, a header or an implied table have no key of their own."""

    key: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Container:
    """A table or list as it is written: where something can be added after its last member."""

    kind: str  # "table" with lines of its own, "inline" in braces, "list" in brackets
    end: int
    is_empty: bool


@dataclass(frozen=True)
class TomlFile:
    """A parsed TOML text, its name, and where each path stands in the text."""

    name: str
    text: str
    data: Mapping[str, Any]
    spans: Mapping[Path_, Span] = field(repr=False)
    containers: Mapping[Path_, Container] = field(repr=False)

    def where(self, *path: str | int) -> str:
        """``name:line`` of a path such as ``("file", 0, "table", 1, "to")``, or of its nearest parent."""
        place = self.place(*path)
        return f"{self.name}:{place.line}" if place else self.name

    def place(self, *path: str | int, value: bool = False) -> Place | None:
        """Where a path's key (or ``value``) begins; that of its nearest parent where it is not written."""
        for end in range(len(path), 0, -1):
            if span := self.spans.get(path[:end]):
                return self.place_of(span.start if value and end == len(path) else span.key)
        return None

    def place_of(self, offset: int) -> Place:
        """The line and column of an offset in the text."""
        line = bisect_right(self._starts, offset)
        return Place(line, offset - self._starts[line - 1] + 1)

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(found.end() for found in re.finditer("\n", self.text))]


def read_toml(path: Path) -> TomlFile:
    """Reads and parses a TOML file; UsageError if it is absent, not UTF-8 or not TOML."""
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-8-sig")  # some editors write the mark
    except FileNotFoundError:
        raise UsageError("there is no such file.", where=str(path)) from None
    except OSError as error:
        raise UsageError(f"the file cannot be read: {error.strerror}.", where=str(path)) from None
    except UnicodeDecodeError as error:
        before = raw[: error.start].split(b"\n")
        where = f"{path}:{len(before)}:{len(before[-1].decode(errors='replace')) + 1}"
        raise UsageError("the file is not UTF-8 text.", where=where, hint="Save it as UTF-8.") from None
    return parse_toml(text.replace("\r\n", "\n"), path.name)


def written(value: Any) -> str:
    """A text, number, flag, day, list or table as TOML on one line."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")  # JSON's escapes are TOML's
        case date():
            return value.isoformat()
        case Mapping():
            pairs = ", ".join(f"{written_key(key)} = {written(each)}" for key, each in value.items())
            return f"{{ {pairs} }}" if pairs else "{}"
        case list() | tuple():
            return "[" + ", ".join(map(written, value)) + "]"
        case _:
            return str(value)


def written_key(key: str) -> str:
    """A key as TOML, in quotes where it has to be."""
    return key if _BARE_KEY.fullmatch(key) else written(key)


def parse_toml(text: str, name: str) -> TomlFile:
    """Parses TOML; a syntax error becomes a UsageError with its line and column."""
    try:
        data = tomllib.loads(text)
        scanner = _Scanner(text)
        scanner.document()
    except RecursionError:
        raise UsageError("lists or tables are nested too deeply.", where=name) from None
    except ValueError as error:  # a TOMLDecodeError, or a number of thousands of digits
        raise _refused(str(error), text, name) from None
    return TomlFile(name, text, data, scanner.spans, scanner.containers)


def _refused(message: str, text: str, name: str) -> UsageError:
    said, _, at = message.partition(" (at ")
    found = re.match(r"line (\d+), column (\d+)", at)
    last = text.split("\n")
    where = f"{name}:{found[1]}:{found[2]}" if found else f"{name}:{len(last)}:{len(last[-1]) + 1}" if at else name
    hint = next((hint for start, hint in _HINTS.items() if said.startswith(start)), "")
    return UsageError(f"not valid TOML: {said}.", where=where, hint=hint)


class _Scanner:
    """Walks over a text that is known to be valid TOML and notes where everything stands."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.spans: dict[Path_, Span] = {}
        self.containers: dict[Path_, Container] = {(): Container("table", 0, True)}
        self._counts: dict[Path_, int] = {}

    def document(self) -> None:
        here: Path_ = ()
        while self._skip(_BLANK) < len(self.text):
            if self.text[self.at] == "[":
                here = self._header()
            else:
                self._pair(here)
                self.containers[here] = Container("table", self.at, False)

    def _header(self) -> Path_:
        start, is_list = self.at, self.text.startswith("[[", self.at)
        self.at += 1 + is_list
        parts = self._key()
        self.at += 1 + is_list
        path: Path_ = ()
        for position, part in enumerate(parts):
            path = (*path, part)
            if is_list and position == len(parts) - 1:
                self._counts[path] = self._counts.get(path, -1) + 1
            self.spans.setdefault(path, Span(start, start, self.at))
            if path in self._counts:
                path = (*path, self._counts[path])
        self.spans.setdefault(path, Span(start, start, self.at))
        self.containers[path] = Container("table", self.at, True)
        return path

    def _pair(self, here: Path_) -> None:
        key = self.at
        parts = self._key()
        self.at += 1  # the sign =
        self._skip(_SPACE)
        start = self.at
        path = (*here, *parts)
        self._value(path)
        for end in range(len(here) + 1, len(path) + 1):
            self.spans.setdefault(path[:end], Span(key, start, self.at))

    def _key(self) -> list[str]:
        parts: list[str] = []
        while True:
            self._skip(_SPACE)
            if self.text[self.at] in "\"'":
                parts.append(tomllib.loads(f"k = {self._take(_STRING)}")["k"])
            else:
                parts.append(self._take(_BARE_KEY))
            self._skip(_SPACE)
            if self.text[self.at] != ".":
                return parts
            self.at += 1

    def _value(self, path: Path_) -> None:
        sign = self.text[self.at]
        if sign in "\"'":
            self._take(_STRING)
        elif sign == "[":
            self._members(path, "list", "]")
        elif sign == "{":
            self._members(path, "inline", "}")
        else:
            self._take(_SCALAR)

    def _members(self, path: Path_, kind: str, closing: str) -> None:
        self.at += 1
        count, last = 0, self.at
        while self.text[self._skip(_BLANK)] != closing:
            if self.text[self.at] == ",":
                self.at += 1
                continue
            if kind == "list":
                start = self.at
                self._value((*path, count))
                self.spans[(*path, count)] = Span(start, start, self.at)
            else:
                self._pair(path)
            count, last = count + 1, self.at
        self.at += 1
        self.containers[path] = Container(kind, last, not count)

    def _take(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.text, self.at)
        if found is None:
            raise ValueError(f"nothing that can be read stands at {self.at}")
        self.at = found.end()
        return found[0]

    def _skip(self, pattern: re.Pattern[str]) -> int:
        found = pattern.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return self.at
