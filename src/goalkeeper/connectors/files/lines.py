"""NDJSON: one JSON object a line; the keys its first rows have."""

from __future__ import annotations

import json
from pathlib import Path

from goalkeeper.connectors.files.delimited import as_utf8
from goalkeeper.connectors.files.plain import Bytes, Limits, PlainFile
from goalkeeper.connectors.files.scan import Progress, head, scan

_ROWS = 200
_SAMPLE = 4 * 1024 * 1024


def open_lines(
    path: Path, name: str, member: str, scratch: Path, limits: Limits, progress: Progress | None
) -> PlainFile:
    """The table of an NDJSON text; lines that are no objects are rejected when it is staged."""
    own = scan(path, progress)
    content, path, notes = as_utf8(path, own, scratch, lenient=True)
    if content.mixed_ends or content.newline == b"\r":
        path, content = _lf_only(path, scratch / "lf.ndjson")
    return PlainFile(
        name=name,
        member=member,
        kind="ndjson",
        path=path,
        columns=keys_of(path, limits),
        scratch=scratch,
        sha256=own.sha256,
        bytes=own.size,
        notes=tuple(notes),
        content=content,
    )


def keys_of(path: Path, limits: Limits) -> tuple[str, ...]:
    """The top-level keys of the first rows, in the order they are met; at most `max_columns` of them."""
    keys: dict[str, None] = {}
    for line in head(path, _SAMPLE).splitlines()[:_ROWS]:
        try:
            row = json.loads(line.decode("utf-8-sig", errors="replace"))
        except (ValueError, RecursionError):
            continue
        if isinstance(row, dict):
            keys.update(dict.fromkeys(row))
    return tuple(keys)[: limits.max_columns]


def _lf_only(path: Path, target: Path) -> tuple[Path, Bytes]:
    """A copy whose lines all end in LF: inside JSON a raw line end is never part of a value."""
    with path.open("rb") as stream, target.open("wb") as out:
        while chunk := stream.read(4 * 1024 * 1024):
            if chunk.endswith(b"\r"):
                chunk += stream.read(1)
            out.write(chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n"))
    return target, scan(target)
