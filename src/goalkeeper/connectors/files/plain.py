"""What the file readers hand on: plain tables, rejected rows, and the limits they keep."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

MiB = 1024 * 1024
GiB = 1024 * MiB

TableKind = Literal["csv", "ndjson", "parquet"]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one file may unpack to; beyond them a file is refused, never cut.

    `max_ratio` (unpacked to packed bytes) counts only once more than `ratio_from` bytes were unpacked, since
    small files of repeated text pack well. `max_line` bounds one line of a header or one JSON row.
    """

    max_bytes: int = 20 * GiB
    max_ratio: int = 200
    ratio_from: int = 50 * MiB
    max_members: int = 2000
    max_columns: int = 2000
    max_line: int = 16 * MiB


@dataclass(frozen=True, slots=True)
class Reject:
    """A row the reader could not take apart: its physical line (1-based), why, and its text shortened."""

    position: int
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class Bytes:
    """What one pass over a file's bytes tells; `newline` ends its lines, `breaks` counts them."""

    sha256: str
    size: int
    breaks: int
    newline: bytes
    mixed_ends: bool
    open_end: bool
    quotes: bool
    nul: bool
    utf8: bool
    long_line: bool


@dataclass(frozen=True, slots=True)
class PlainFile:
    """One table of a file, in a form DuckDB reads directly.

    `name` is what the user sees ("export.zip › tickets.csv"), `member` what globs match ("tickets.csv").
    `path` is the user's own file when it is plain UTF-8, else a converted one in `scratch`. `columns` are
    unique even without regard to case; for NDJSON they are the keys of its first rows. The last of them are `added`
    where the file says something once for all rows: their names and values. `header_lines` are the physical lines of
    the `header_records`. `sha256` and `bytes` are those of the member's own bytes (unpacked, before any conversion;
    for a sheet those of its workbook).
    """

    name: str
    member: str
    kind: TableKind
    path: Path
    columns: tuple[str, ...]
    scratch: Path
    sha256: str
    bytes: int
    delimiter: str = ","
    quote: str = '"'
    escape: str = '"'
    skip: int = 0
    header_lines: int = 1
    header_records: int = 1
    added: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    content: Bytes | None = field(default=None, repr=False)


def shortened(text: str, limit: int = 200) -> str:
    """The text on one line, cut at `limit` characters with an ellipsis."""
    flat = text.strip("\r\n").replace("\r\n", "⏎").replace("\n", "⏎").replace("\r", "⏎").replace("\0", "␀")
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"
