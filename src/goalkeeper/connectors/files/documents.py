"""A JSON document → NDJSON: its rows are cut out as text, so that nothing in them changes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from goalkeeper.connectors.files.delimited import as_utf8
from goalkeeper.connectors.files.lines import keys_of
from goalkeeper.connectors.files.plain import GiB, Limits, MiB, PlainFile
from goalkeeper.connectors.files.scan import Progress, scan
from goalkeeper.errors import SourceError

MAX_DOCUMENT = 1 * GiB
_WINDOW = 4 * MiB
_SPACE = re.compile(r"[ \t\r\n]*")
_STRING_OR_CONSTANT = re.compile(r'"(?:[^"\\]|\\.)*"|-?Infinity|NaN', re.DOTALL)
_OWN_IDS = frozenset(("id", "key", "number", "ticket_id", "uuid", "gid"))


class _Window:
    """A text read piece by piece, of which whole JSON values are cut off the front."""

    def __init__(self, stream: IO[str], member: str, limits: Limits) -> None:
        self.stream, self.member, self.limits = stream, member, limits
        self.text, self.at, self.ended, self.line = "", 0, False, 1
        self.constants = False
        self._decoder = json.JSONDecoder(parse_constant=self._constant, parse_int=len, parse_float=len)

    def _constant(self, name: str) -> str:
        self.constants = True
        return name

    def _more(self) -> bool:
        if self.ended:
            return False
        piece = self.stream.read(max(_WINDOW, len(self.text) - self.at))
        self.ended = not piece
        self.line += self.text.count("\n", 0, self.at)
        self.text, self.at = self.text[self.at :] + piece, 0
        return not self.ended

    def peek(self) -> str:
        """The next character that is not blank; "" at the end."""
        while True:
            found = _SPACE.match(self.text, self.at)
            self.at = found.end() if found else self.at
            if self.at < len(self.text):
                return self.text[self.at]
            if not self._more():
                return ""

    def take(self, wanted: str) -> None:
        """Step over one expected character."""
        found = self.peek()
        if found not in wanted or not found:
            raise self.broken(f"expected {' or '.join(wanted)}, found {found or 'the end'}")
        self.at += 1

    def value(self) -> tuple[Any, str]:
        """The next value parsed, and its own text."""
        self.peek()
        while True:
            self.constants = False
            try:
                value, end = self._decoder.raw_decode(self.text, self.at)
            except (ValueError, RecursionError) as error:
                if isinstance(error, RecursionError) or len(self.text) - self.at > self.limits.max_line:
                    raise self.broken("a value is nested too deeply or is too long") from error
                if not self._more():
                    raise self.broken(getattr(error, "msg", str(error))) from error
                continue
            if end == len(self.text) and not self.ended and self._more():
                continue
            text = self.text[self.at : end]
            self.at = end
            return value, _quoted_constants(text) if self.constants else text

    def broken(self, why: str) -> SourceError:
        line = self.line + self.text.count("\n", 0, self.at)
        return SourceError(
            f"the JSON breaks near line {line:,}: {why}.",
            where=self.member,
            hint="It was cut off or edited: export it again. Nothing of it was read.",
        )


def _quoted_constants(text: str) -> str:
    """NaN and Infinity, which JSON does not know, as texts."""
    return _STRING_OR_CONSTANT.sub(lambda m: m[0] if m[0].startswith('"') else f'"{m[0]}"', text)


def open_document(
    path: Path,
    name: str,
    member: str,
    scratch: Path,
    limits: Limits,
    progress: Progress | None,
    rows: str | None = None,
) -> PlainFile:
    """The table of a JSON document: its array, its member `rows`, or else its largest list of objects.

    An object with an id of its own, or without any list of objects, is one row.
    """
    own = scan(path, progress)
    if own.size > MAX_DOCUMENT:
        raise SourceError(
            f"the JSON document has {own.size / GiB:.2g} GiB; at most {MAX_DOCUMENT / GiB:.3g} GiB are read.",
            where=name,
            hint="Export it as NDJSON, one object a line, which has no such limit.",
        )
    _, readable, notes = as_utf8(path, own, scratch, lenient=True)
    target = scratch / "rows.ndjson"
    with readable.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
        window = _Window(stream, member, limits)
        if window.peek() == "[":
            count = _write_rows(_elements(window), target)
        else:
            target, count, more = _object_rows(window, scratch, rows)
            notes += more
        if window.peek():
            raise window.broken("more text follows the document; several objects belong on one line each (NDJSON)")
    if not count:
        notes.append("no rows")
    content = scan(target)
    return PlainFile(
        name=name,
        member=member,
        kind="ndjson",
        path=target,
        columns=keys_of(target, limits),
        scratch=scratch,
        sha256=own.sha256,
        bytes=own.size,
        notes=tuple(notes),
        content=content,
    )


def _elements(window: _Window) -> Iterator[tuple[Any, str]]:
    window.take("[")
    if window.peek() == "]":
        window.take("]")
        return
    while True:
        yield window.value()
        if window.peek() == "]":
            window.take("]")
            return
        window.take(",")


def _write_rows(elements: Iterator[tuple[Any, str]], target: Path) -> int:
    """Write each element on a line of its own; how many of them are objects."""
    objects = 0
    with target.open("w", encoding="utf-8", errors="replace", newline="") as out:
        for value, text in elements:
            objects += isinstance(value, dict)
            out.write(text.replace("\r", " ").replace("\n", " ") + "\n")
    return objects


def _object_rows(window: _Window, scratch: Path, rows: str | None) -> tuple[Path, int, list[str]]:
    lists: dict[str, tuple[Path, int]] = {}
    others: dict[str, str] = {}
    scalars: set[str] = set()
    for key in _keys(window):
        if window.peek() == "[":
            target = scratch / f"list{len(lists)}.ndjson"
            lists[key] = (target, _write_rows(_elements(window), target))
        else:
            value, others[key] = window.value()
            scalars |= set() if isinstance(value, dict | list) else {key.lower()}
    if rows is not None:
        if rows not in lists:
            found = ", ".join(f"'{key}'" for key in lists) or "none"
            raise SourceError(f"the document has no list '{rows}'.", where=window.member, hint=f"Its lists: {found}.")
        return (*lists[rows], _left(lists, others, rows))
    best = max(lists, key=lambda key: lists[key][1], default=None)
    if best is not None and (lists[best][1] or not scalars) and not scalars & _OWN_IDS:
        return (*lists[best], _left(lists, others, best))
    return _one_row(scratch / "row.ndjson", lists, others), 1, ["the document is one object, so one row"]


def _keys(window: _Window) -> Iterator[str]:
    window.take("{")
    if window.peek() == "}":
        window.take("}")
        return
    while True:
        if window.peek() != '"':
            raise window.broken("expected a name in quotes")
        key, _ = window.value()
        window.take(":")
        yield key
        if window.peek() == "}":
            window.take("}")
            return
        window.take(",")


def _left(lists: dict[str, tuple[Path, int]], others: dict[str, str], rows: str) -> list[str]:
    notes = [f"rows are those of '{rows}'"]
    for key, (_, count) in lists.items():
        if key != rows and count:
            notes.append(f"the list '{key}' with {count:,} objects is left out; name it with rows = \"{key}\"")
    kept = [key for key in others if others[key] not in ("null", "")]
    return notes + ([f"beside them: {', '.join(kept[:10])}"] if kept else [])


def _one_row(target: Path, lists: dict[str, tuple[Path, int]], others: dict[str, str]) -> Path:
    parts = {key: text.replace("\r", " ").replace("\n", " ") for key, text in others.items()}
    for key, (path, _) in lists.items():
        elements = path.read_text(encoding="utf-8").splitlines()
        parts[key] = "[" + ", ".join(elements) + "]"
    row = ", ".join(f"{json.dumps(key, ensure_ascii=False)}: {text}" for key, text in parts.items())
    target.write_text("{" + row + "}\n", encoding="utf-8", newline="")
    return target
