"""How a delimited text is written: its delimiter, quotes and header, found on a sample."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from goalkeeper.connectors.files.headers import SAMPLE_ROWS, is_figure, several_rows, title_rows
from goalkeeper.connectors.files.plain import Limits, shortened
from goalkeeper.errors import SourceError

DELIMITERS: tuple[str, ...] = (",", ";", "\t", "|", "\x1f", "\x01")
_SPELLED = {
    ",": "comma",
    ";": "semicolon",
    "\t": "tab",
    "|": "bar",
    "\x1f": "unit separator",
    "\x01": "Ctrl-A",
}


@dataclass(frozen=True, slots=True)
class Dialect:
    """A delimited text's form; `skip` counts the physical lines before its header."""

    delimiter: str
    quote: str
    escape: str
    skip: int
    header_lines: int
    header_records: int
    header: tuple[str, ...]
    notes: tuple[str, ...] = ()
    added: tuple[tuple[str, str], ...] = ()


def find_dialect(text: str, whole: bool, member: str, limits: Limits, *, comma: bool = False) -> Dialect:
    """The dialect of a text's beginning (`whole`: it is all of it); a `SourceError` for a header too wide."""
    text = text.removeprefix("\ufeff")
    skip, named, body = (0, ",", text) if comma else _preamble(text)
    body = body.replace("\r\n", "\n").replace("\r", "\n")
    _refuse_wide(body, whole, member, limits)
    if not whole:
        body = body[: body.rfind("\n") + 1] or body
    quote = '"' if comma else _quote(body)
    escape = "\\" if not comma and _backslashed(body, quote) else quote
    delimiter = named or _delimiter(body, quote, escape)
    rows = _rows(body, delimiter, quote, escape)
    titles, first_line = title_rows(rows), body.partition("\n")[0]
    if titles:
        above = _lines_before(body, delimiter, quote, escape, titles)
        skip, body = skip + above, body.split("\n", above)[above]
        rows = rows[titles:]
    several = several_rows(rows)
    records = several.records if several else 1
    header = list(several.names) if several else rows[0] if rows else []
    lines = _header_lines(body, delimiter, quote, escape, records)
    names, notes = _named(_widened(header, rows[records:]))
    if len(names) > limits.max_columns:
        raise _too_wide(len(names), member, limits)
    if delimiter != ",":
        notes.append(f"{_SPELLED.get(delimiter, repr(delimiter))} between fields")
    if len(rows) > 1 and header and all(is_figure(name) for name in header if name.strip()):
        notes.append("the first row looks like data, not like column names")
    if titles:
        said = shortened(first_line.strip(f"{delimiter}{quote} "), 60)
        notes.append(f"its header is on line {skip + 1}, under '{said}'")
    if several:
        notes.append(f"its {records} header rows are read as one")
    added = several.added if several else ()
    return Dialect(delimiter, quote, escape, skip, lines, records, tuple(names), tuple(notes), added)


def _preamble(text: str) -> tuple[int, str | None, str]:
    """The lines before the header (blank ones, Excel's `sep=;`), the delimiter named there, the rest."""
    skip, named = 0, None
    while found := re.match(r"[ \t\v\f]*(?:\r\n|\n|\r)|(?i:\"?sep=(.)\"?)[ \t]*(?:\r\n|\n|\r)", text):
        named = found.group(1) or named
        skip, text = skip + 1, text[found.end() :]
    return skip, named, text


def _refuse_wide(body: str, whole: bool, member: str, limits: Limits) -> None:
    first, ended, _ = body.partition("\n")
    count = 1 + max(first.count(delimiter) for delimiter in DELIMITERS)
    complete = bool(ended) or whole
    if count > 8 * limits.max_columns or (not complete and len(first) >= limits.max_line // 2):
        raise _too_wide(count, member, limits, complete)


def _too_wide(count: int, member: str, limits: Limits, complete: bool = True) -> SourceError:
    more = "" if complete else " or more"
    return SourceError(
        f"the header has {count:,} columns{more}; at most {limits.max_columns:,} are read.",
        where=member,
        hint="Is this the right file, and does each record stand on its own line?",
    )


def read_records(body: str, delimiter: str, quote: str, escape: str) -> Iterator[list[str]]:
    """The fields of a text's records; csv.Error where one goes beyond what that module reads."""
    doubled = escape == quote
    return csv.reader(
        _kept_lines(body),
        delimiter=delimiter,
        quotechar=quote,
        doublequote=doubled,
        escapechar=None if doubled else escape,
    )


def _kept_lines(body: str) -> Iterator[str]:
    start = 0
    while (end := body.find("\n", start)) >= 0:
        yield body[start : end + 1]
        start = end + 1
    if start < len(body):
        yield body[start:]


def _rows(body: str, delimiter: str, quote: str, escape: str) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        for row in read_records(body, delimiter, quote, escape):
            if _is_row(row):
                rows.append(row)
            if len(rows) >= SAMPLE_ROWS:
                break
    except csv.Error:
        # A field beyond csv's limit or a stray NUL: the rows before it are sample enough.
        return rows
    return rows


def _is_row(row: Sequence[str]) -> bool:
    return len(row) > 1 or (len(row) == 1 and bool(row[0].strip()))


def _lines_before(body: str, delimiter: str, quote: str, escape: str, rows: int) -> int:
    """How many physical lines stand before the record that comes after so many that are not blank."""
    lines = 0
    for row in read_records(body, delimiter, quote, escape):
        if _is_row(row):
            rows -= 1
            if rows < 0:
                break
        lines += 1 + sum(cell.count("\n") for cell in row)
    return lines


def _header_lines(body: str, delimiter: str, quote: str, escape: str, records: int) -> int:
    """How many physical lines the header's records stand on."""
    reader = read_records(body, delimiter, quote, escape)
    try:
        first = [row for _, row in zip(range(records), reader, strict=False)]
    except csv.Error:
        return 1
    return records + sum(name.count("\n") for row in first for name in row)


def _quote(body: str) -> str:
    lines = body.split("\n", 50)[:50]
    single = sum(bool(re.match(r"\s*'[^']*'\s*[,;\t|]\s*'", line)) for line in lines)
    return "'" if single > len(lines) / 2 and not any('"' in line for line in lines) else '"'


def _backslashed(body: str, quote: str) -> bool:
    """Whether quotes inside fields are written with a backslash: such pairs occur, doubled quotes do not."""
    inside = len(re.findall(rf"\\{quote}(?=[^\n,;\t|])", body))
    return inside > 0 and not re.search(rf"[^\n,;\t|{quote}\\]{quote}{quote}[^\n{quote}]", body)


def _delimiter(body: str, quote: str, escape: str) -> str:
    """The candidate that most rows split by into as many fields as the header; the more fields win a tie.

    A header under titles is looked for only where hardly any row is as wide as the first.
    """
    split = {delimiter: _rows(body, delimiter, quote, escape) for delimiter in DELIMITERS}
    best, score = _agreed(split)
    if score < 0.5:
        best, _ = _agreed({delimiter: rows[title_rows(rows) :] for delimiter, rows in split.items()})
    return best


def _agreed(split: Mapping[str, Sequence[Sequence[str]]]) -> tuple[str, float]:
    best, best_score = ",", (0.0, 0)
    for delimiter, rows in split.items():
        if not rows or len(rows[0]) < 2:
            continue
        width = len(rows[0])
        counts = Counter(len(row) for row in rows[1:]) or Counter({width: 1})
        alike = max(counts[width], counts[width + 1]) / counts.total()
        score = (round(alike, 1), width)
        if score > best_score:
            best, best_score = delimiter, score
    return best, best_score[0]


def _widened(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """The header with a name for each field: rows may end in a delimiter, or begin with unnamed numbers."""
    width = len(header)
    if not rows or width < 2 or sum(len(row) == width + 1 for row in rows) < 0.9 * len(rows):
        return list(header)
    longer = [row for row in rows if len(row) == width + 1]
    if all(not row[-1] for row in longer):
        return [*header, ""]
    if len({row[0] for row in longer}) == len(longer) > 1 and any(row[-1] for row in longer):
        return ["", *header]
    return list(header)


def _named(header: Sequence[str]) -> tuple[list[str], list[str]]:
    """Names made unique (the engine knows no case in them) and the notes that say which were changed."""
    seen: set[str] = set()
    names, notes = [], []
    taken = {name.casefold() for name in header}
    for index, given in enumerate(header, start=1):
        name = given.replace("\0", "")
        if not name.strip():
            name = f"column_{index}"
            notes.append(f"column {index} has no name; it is called {name}")
        base, number = name, 1
        while name.casefold() in seen or (name != given and name.casefold() in taken):
            number += 1
            name = f"{base}_{number}"
        if number > 1:
            notes.append(f"the name '{base}' stands twice; column {index} is called {name}")
        seen.add(name.casefold())
        names.append(name)
    return names, notes
