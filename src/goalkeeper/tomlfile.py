"""TOML with line numbers, so that a finding can say where a mistake stands."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from goalkeeper.errors import UsageError

Path_ = tuple[str | int, ...]
_HEADER = re.compile(r"^\s*(\[\[|\[)\s*(.+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(
    r"""^\s*((?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*'))*)\s*="""
)
_TOKEN = re.compile(r"""#[^\n]*|\"{3}(?:\\.|[^\\])*?\"{3}|'{3}.*?'{3}|"(?:\\.|[^"\\\n])*"|'[^'\n]*'""", re.DOTALL)
_PART = re.compile(r"""[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*'""")


@dataclass(frozen=True, slots=True)
class TomlFile:
    """A parsed TOML text, its name, and the line on which each path stands."""

    name: str
    text: str
    data: Mapping[str, Any]
    lines: Mapping[Path_, int]

    def where(self, *path: str | int) -> str:
        """``name:line`` of a path such as ``("file", 0, "table", 1, "to")``, or of its nearest parent."""
        for end in range(len(path), 0, -1):
            if line := self.lines.get(path[:end]):
                return f"{self.name}:{line}"
        return self.name


def read_toml(path: Path) -> TomlFile:
    """Reads and parses a TOML file; UsageError if it is absent, not UTF-8 or not TOML."""
    try:
        text = path.read_text(encoding="utf-8-sig")  # some editors write the mark
    except FileNotFoundError:
        raise UsageError("there is no such file.", where=str(path)) from None
    except OSError as error:
        raise UsageError(f"the file cannot be read: {error.strerror}.", where=str(path)) from None
    except UnicodeDecodeError as error:
        raise UsageError(f"the file is not UTF-8 text (byte {error.start}).", where=str(path)) from None
    return parse_toml(text, path.name)


def parse_toml(text: str, name: str) -> TomlFile:
    """Parses TOML; a syntax error becomes a UsageError with its line."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        where = f"{name}:{found[1]}:{found[2]}" if found else name
        raise UsageError(f"not valid TOML: {str(error).split(' (at')[0]}.", where=where) from None
    return TomlFile(name, text, data, _lines(text, data))


def _lines(text: str, data: Mapping[str, Any]) -> dict[Path_, int]:
    """The first line of every table and key; array tables are counted from 0."""
    lines: dict[Path_, int] = {}
    counts: dict[Path_, int] = {}
    here: Path_ = ()
    for number, line in enumerate(_TOKEN.sub(_blank, text).split("\n"), start=1):
        if (header := _HEADER.match(line)) and _is_table(data, _parts(header[2])):
            here = _table_path(_parts(header[2]), header[1] == "[[", counts)
            lines.setdefault(here, number)
        elif key := _KEY.match(line):
            parts = _parts(key[1])
            for end in range(1, len(parts) + 1):
                lines.setdefault((*here, *parts[:end]), number)
    return lines


def _table_path(parts: tuple[str, ...], is_array: bool, counts: dict[Path_, int]) -> Path_:
    path: Path_ = ()
    for position, part in enumerate(parts):
        path = (*path, part)
        last = position == len(parts) - 1
        if last and is_array:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def _blank(token: re.Match[str]) -> str:
    """A string of several lines without its words, which may look like keys; any other token as it is."""
    return "\n" * token[0].count("\n") if token[0][:3] in ('"""', "'''") else token[0]


def _is_table(data: Any, parts: tuple[str, ...]) -> bool:
    """Whether a path leads to a table; a line of an array of several lines may look like a header."""
    if isinstance(data, list):
        return any(_is_table(each, parts) for each in data)
    if not isinstance(data, dict):
        return False
    return not parts or (parts[0] in data and _is_table(data[parts[0]], parts[1:]))


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part[1:-1] if part[0] in "\"'" else part for part in _PART.findall(text))
