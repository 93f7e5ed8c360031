"""A delimited text → a plain file: encoding settled, dialect found, no copy where none is needed."""

from __future__ import annotations

import io
from pathlib import Path

from goalkeeper.connectors.files.dialect import Dialect, find_dialect
from goalkeeper.connectors.files.encoding import encoding_of, to_utf8
from goalkeeper.connectors.files.kinds import bom_encoding
from goalkeeper.connectors.files.plain import Bytes, Limits, PlainFile
from goalkeeper.connectors.files.scan import Progress, head, scan


def open_delimited(
    path: Path,
    name: str,
    member: str,
    scratch: Path,
    limits: Limits,
    progress: Progress | None,
    *,
    comma: bool = False,
) -> PlainFile:
    """The table of a delimited text; `comma` for one of our own writing, which needs no guesses."""
    own = scan(path, progress)
    content, path, notes = as_utf8(path, own, scratch)
    dialect = _dialect(path, content, member, limits, comma)
    if content.newline == b"\r" and not content.mixed_ends:
        notes.append("bare CR line ends")
    elif content.mixed_ends and not content.quotes:
        notes.append("mixed line ends")
        path = _one_line_end(path, content, scratch / "one_line_end.csv")
        content = scan(path)
    notes += dialect.notes
    if content.breaks + content.open_end <= dialect.skip + dialect.header_lines:
        notes.append("a header and no rows")
    return PlainFile(
        name=name,
        member=member,
        kind="csv",
        path=path,
        columns=(*dialect.header, *(name for name, _ in dialect.added)),
        scratch=scratch,
        sha256=own.sha256,
        bytes=own.size,
        delimiter=dialect.delimiter,
        quote=dialect.quote,
        escape=dialect.escape,
        skip=dialect.skip,
        header_lines=dialect.header_lines,
        header_records=dialect.header_records,
        added=dialect.added,
        notes=tuple(notes),
        content=content,
    )


def as_utf8(path: Path, content: Bytes, scratch: Path, *, lenient: bool = False) -> tuple[Bytes, Path, list[str]]:
    """The text's facts and path once it is UTF-8; a copy in `scratch` where it was not.

    A text that is UTF-8 but for some lines stays as it is, or with `lenient` is copied without its bad bytes.
    """
    mark = bom_encoding(head(path, 4096))
    if content.utf8 and mark in (None, "utf-8-sig"):
        return content, path, []
    encoding, note = encoding_of(path)
    if encoding == "utf-8" and not lenient:
        return content, path, [note]
    target = scratch / "utf8.txt"
    bad = to_utf8(path, encoding, target)
    notes = [note] + ([f"{bad:,} characters could not be decoded and became \ufffd"] if bad else [])
    return scan(target), target, notes


def _dialect(path: Path, content: Bytes, member: str, limits: Limits, comma: bool) -> Dialect:
    """The dialect from a sample that is enlarged until it holds a whole line."""
    size = 256 * 1024
    while True:
        sample = head(path, size)
        whole = len(sample) >= content.size
        if whole or size >= limits.max_line or _enough(sample):
            text = io.TextIOWrapper(io.BytesIO(sample), "utf-8", errors="replace", newline="").read()
            return find_dialect(text, whole, member, limits, comma=comma)
        size *= 8


def _enough(sample: bytes) -> bool:
    return sample.count(b"\n") + sample.count(b"\r") > 20


def _one_line_end(path: Path, content: Bytes, target: Path) -> Path:
    """A copy with LF line ends only; a lone CR is a line end where most lines end so, else it is text.

    Only for texts without quotes: there every line end is one.
    """
    from_cr = content.newline == b"\r"
    with path.open("rb") as stream, target.open("wb") as out:
        carried = b""
        while chunk := stream.read(4 * 1024 * 1024):
            chunk, carried = carried + chunk, b""
            if chunk.endswith(b"\r"):
                chunk, carried = chunk[:-1], b"\r"
            out.write(_lf(chunk, from_cr))
        out.write(_lf(carried, from_cr))
    return target


def _lf(chunk: bytes, from_cr: bool) -> bytes:
    chunk = chunk.replace(b"\r\n", b"\n")
    return chunk.replace(b"\r", b"\n") if from_cr else chunk
