"""A careful reading, record by record, for texts that a fast reader cannot take apart.

Each broken record is set aside with its reason, and the sound ones after it are read on, into a clean copy.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from goalkeeper.connectors.files.plain import MiB, PlainFile, Reject, shortened

# How far a closing quote is looked for: each quote that lacks one costs a look that far.
_MAX_RECORD = 1 * MiB


@dataclass
class Clean:
    """The clean copy's rows and the records set aside; `path` is comma-separated UTF-8 with a header."""

    path: Path
    rows: int = 0
    rejects: list[Reject] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Broken:
    reason: str
    ends_line: int


class _Lines:
    """Physical lines with their numbers, of which some can be put back."""

    def __init__(self, stream: BinaryIO, newline: bytes) -> None:
        self._lines = _split(stream, newline)
        self._back: deque[bytes] = deque()
        self.number = 0

    def next(self) -> bytes | None:
        line = self._back.popleft() if self._back else next(self._lines, None)
        self.number += line is not None
        return line

    def take(self, size: int) -> list[bytes]:
        """The next lines of at least `size` bytes together, fewer at the end; none where `size` is not positive."""
        taken: list[bytes] = []
        while size > 0 and (line := self.next()) is not None:
            taken.append(line)
            size -= len(line)
        return taken

    def put_back(self, lines: list[bytes]) -> None:
        self._back.extendleft(reversed(lines))
        self.number -= len(lines)


def _split(stream: BinaryIO, newline: bytes) -> Iterator[bytes]:
    if newline == b"\n":
        yield from stream
        return
    rest = b""
    while chunk := stream.read(MiB):
        *lines, rest = (rest + chunk).split(newline)
        yield from (line + newline for line in lines)
    if rest:
        yield rest


class _Parser:
    """Takes records apart: quoted fields may hold line ends, a quote inside a bare field is text."""

    def __init__(self, file: PlainFile) -> None:
        self.width = len(file.columns)
        self.delimiter = file.delimiter.encode()
        quote, escape = re.escape(file.quote.encode()), re.escape(file.escape.encode())
        # Possessive, since giving back half of a doubled quote would take it for the closing one.
        inside = rb"(?:[^%b]++|%b%b)*+" % (quote, quote, quote)
        if file.escape != file.quote:
            inside = rb"(?:[^%b%b]++|%b.)*+" % (quote, escape, escape)
        separator = re.escape(self.delimiter)
        self.opened = re.compile(rb"[ \t]*%b" % quote if file.delimiter != "\t" else rb" *%b" % quote)
        self.quoted = re.compile(rb"(%b)%b[ \t]*?(?=%b|\r?\Z|\r?\n\Z)" % (inside, quote, separator), re.DOTALL)
        self.bare = re.compile(rb"([^%b]*?)(?=%b|\r?\n?\Z)" % (separator, separator), re.DOTALL)
        self.closing = re.compile(rb"%b%b" % (inside, quote), re.DOTALL)
        self.quote, self.doubled = file.quote.encode(), file.escape == file.quote
        self.escape = file.escape.encode()

    def record(self, first: bytes, lines: _Lines) -> tuple[list[bytes], bytes] | _Broken:
        """The fields of the record that begins with `first`, drawing further lines as its quotes ask for."""
        if self.quote not in first:
            fields = first.rstrip(b"\r\n").split(self.delimiter)
            return self._of_width(fields, first, first, lines, [])
        text, at, fields = first, 0, []
        drawn: list[bytes] = []
        while True:
            opened = self.opened.match(text, at)
            if opened is None:
                found = self.bare.match(text, at)
            else:
                text = self._to_closing(text, opened.end(), lines, drawn)
                found = self.quoted.match(text, opened.end())
            if found is None:
                return self._broken("its quotes do not pair up", first, lines, drawn)
            fields.append(self._unquoted(found[1]) if opened else found[1])
            if text[found.end() : found.end() + len(self.delimiter)] != self.delimiter:
                break
            at = found.end() + len(self.delimiter)
        return self._of_width(fields, first, text, lines, drawn)

    def _to_closing(self, text: bytes, at: int, lines: _Lines, drawn: list[bytes]) -> bytes:
        """The text with as many more lines as the field open at `at` needs to close, or all it may draw."""
        while (closing := self.closing.match(text, at)) is None:
            more = lines.take(min(len(text), _MAX_RECORD - len(text)))
            if not more:
                return text
            drawn += more
            text = b"".join((text, *more))
        beyond: list[bytes] = []
        while drawn and len(text) - len(drawn[-1]) >= closing.end():
            beyond.append(drawn.pop())
            text = text[: -len(beyond[-1])]
        lines.put_back(beyond[::-1])
        return text

    def _unquoted(self, text: bytes) -> bytes:
        if self.doubled:
            return text.replace(self.quote + self.quote, self.quote)
        return re.sub(re.escape(self.escape) + rb"(.)", rb"\1", text, flags=re.DOTALL)

    def _broken(self, reason: str, first: bytes, lines: _Lines, drawn: list[bytes]) -> _Broken:
        """Only the first line is given up; the lines drawn for it are read anew."""
        lines.put_back(drawn)
        return _Broken(reason, lines.number)

    def _of_width(
        self, fields: list[bytes], first: bytes, text: bytes, lines: _Lines, drawn: list[bytes]
    ) -> tuple[list[bytes], bytes] | _Broken:
        if len(fields) == self.width + 1 and not fields[-1] and self.width > 1:
            fields.pop()
        if len(fields) == self.width:
            return fields, text
        if drawn and self.width > 1 and all(line.count(self.delimiter) == self.width - 1 for line in drawn):
            return self._broken("its quotes do not pair up", first, lines, drawn)
        return _Broken(wrong_width(len(fields), self.width), lines.number)


def wrong_width(found: int, expected: int) -> str:
    """The reason for a row with too few or too many fields."""
    return f"has {found} field{'s' if found != 1 else ''} where the header has {expected}"


def read_carefully(file: PlainFile, target: Path) -> Clean:
    """Write the file's sound records to `target` and set the others aside."""
    parser, clean = _Parser(file), Clean(target)
    newline = file.content.newline if file.content is not None else b"\n"
    header = [name.encode() for name in file.columns]
    with file.path.open("rb") as stream, target.open("wb") as out:
        out.write(_row(header))
        lines = _Lines(stream, newline)
        for _ in range(file.skip + file.header_lines):
            lines.next()
        while (line := lines.next()) is not None:
            if not line.strip():
                continue
            number = lines.number
            found = parser.record(line, lines)
            reason = found.reason if isinstance(found, _Broken) else _unreadable(found[1])
            if not isinstance(found, _Broken) and found[0] == header and len(header) > 1:
                reason = "repeats the header"
            if reason:
                text = line if isinstance(found, _Broken) else found[1]
                clean.rejects.append(Reject(number, reason, shortened(text[:1000].decode(errors="replace"))))
            elif not isinstance(found, _Broken):
                out.write(_row(found[0]))
                clean.rows += 1
    return clean


def _unreadable(text: bytes) -> str:
    if b"\0" in text:
        return "holds a NUL byte"
    if text.isascii():
        return ""
    try:
        text.decode()
    except UnicodeDecodeError:
        return "holds bytes that are not UTF-8"
    return ""


def _row(fields: list[bytes]) -> bytes:
    return b'"' + b'","'.join(field.replace(b'"', b'""') for field in fields) + b'"\n'
