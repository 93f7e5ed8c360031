"""Stage a plain file: one table of texts in the database, every row kept or handed back as rejected."""

from __future__ import annotations

import csv
import itertools
import os
import re
from dataclasses import replace
from pathlib import Path

import duckdb

from goalkeeper.connectors.files.careful import read_carefully, wrong_width
from goalkeeper.connectors.files.dialect import read_records
from goalkeeper.connectors.files.plain import Bytes, MiB, PlainFile, Reject, shortened
from goalkeeper.connectors.files.scan import head
from goalkeeper.connectors.files.sqltext import parquet_source, path_literal
from goalkeeper.connectors.files.structure import count_records
from goalkeeper.engines.text import literal, quoted
from goalkeeper.errors import SourceError

_MAX_RECORD = 16 * MiB
_BUFFER = 2 * _MAX_RECORD
_LONGEST = _MAX_RECORD - 1024
# Four bytes that no JSON text holds: control characters may not stand in one.
_NEVER = "\x01\x02\x03\x04"
_LARGE = 8 * MiB  # below it how a table is packed does not tell
_ZSTD = " VARCHAR USING COMPRESSION zstd"
_NOT_THE_FILES = (duckdb.CatalogException, duckdb.TransactionException, duckdb.OutOfMemoryException)
_TOTALS = {
    "total", "totals", "grand total", "sum", "summe", "gesamt", "gesamtsumme", "insgesamt", "somme", "total général",
    "totale", "totaal", "suma",
}  # fmt: skip
_AMOUNT = re.compile(r"(?=\D*\d)[\d.,'\s%€$£¥+-]{1,40}")
_serial = itertools.count(1)


def stage(con: duckdb.DuckDBPyConnection, file: PlainFile, table: str) -> list[Reject]:
    """Create `table` (a quoted SQL name) from the file, and return the rows that could not be taken apart.

    CSV: the file's columns as VARCHAR under their header names; an empty field is '', never NULL; rowid + 1 is
    the row's place among those kept. NDJSON: what `lines` selects from. Parquet: every column as
    VARCHAR, moments as ISO text in UTC, lists and structs as JSON text, NULL kept.
    Call it outside a transaction: a reader's failure, from which this recovers, would end one.
    """
    own = replace(file, columns=file.columns[: len(file.columns) - len(file.added)])
    staged = {"csv": _stage_csv, "ndjson": _stage_lines, "parquet": _stage_parquet}[file.kind]
    try:
        rejects = staged(con, own, table)
        if file.kind == "csv":
            rejects += _totals(con, own, table)
        for name, value in file.added:
            con.execute(f"ALTER TABLE {table} ADD COLUMN {quoted(name)} VARCHAR DEFAULT {literal(value)}")
    except _NOT_THE_FILES:
        raise
    except duckdb.Error as error:
        raise SourceError(
            f"the file cannot be read ({str(error).splitlines()[0][:150]}).",
            where=file.name,
            hint="It was cut off, edited or damaged: export it again.",
        ) from error
    return rejects


def lines(con: duckdb.DuckDBPyConnection, table: str) -> str:
    """What to select from for the rows of a staged NDJSON: `_position`, the 1-based line, and `_line`, the raw text of
    one JSON object. The table holds positions only where other lines stood between."""
    if any(name == "_position" for name, *_ in con.execute(f"DESCRIBE {table}").fetchall()):
        return table
    return f"(SELECT rowid + 1 AS _position, _line FROM {table})"


def _stage_csv(con: duckdb.DuckDBPyConnection, file: PlainFile, table: str) -> list[Reject]:
    content = file.content
    if content is None or content.nul or content.long_line or file.header_records > 1 or _mixed(file):
        return _stage_careful(con, file, table)
    try:
        rows, rejects, plain = _read_csv(con, file, table)
    except duckdb.Error:
        return _stage_careful(con, file, table)
    if plain and _tallies(file, content, rows + len(rejects)) and not _repeats_header(con, file, table):
        return [reject for reject in rejects if reject.text.strip()]
    con.execute(f"DROP TABLE {table}")
    return _stage_careful(con, file, table)


def _repeats_header(con: duckdb.DuckDBPyConnection, file: PlainFile, table: str) -> bool:
    """Whether a row says what the header says, as where files were put together; in one column it may be a value."""
    same = " AND ".join(f"{quoted(name)} = {literal(name)}" for name in file.columns[:20])
    return len(file.columns) > 1 and bool(con.execute(f"SELECT 1 FROM {table} WHERE {same} LIMIT 1").fetchall())


def _totals(con: duckdb.DuckDBPyConnection, file: PlainFile, table: str) -> list[Reject]:
    """The last row where it only says "Total", with nothing but numbers beside it; it is taken out of the table."""
    last = f"rowid = (SELECT max(rowid) FROM {table})"
    found = con.execute(f"SELECT * FROM {table} WHERE {last}").fetchone()
    first, *others = [str(text).strip() for text in found or () if text and str(text).strip()] or [""]
    if first.rstrip(" :").lower() not in _TOTALS or len(others) + 1 == len(file.columns) or file.content is None:
        return []
    if not all(_AMOUNT.fullmatch(text) for text in others):
        return []
    con.execute(f"DELETE FROM {table} WHERE {last}")
    with file.path.open("rb") as stream:
        stream.seek(-min(file.content.size, MiB), os.SEEK_END)
        tail = stream.read()
    blank = tail[len(tail.rstrip(b"\r\n")) :].count(file.content.newline)
    text = shortened(file.delimiter.join(str(text or "") for text in found or ()))
    return [Reject(file.content.breaks + 1 - blank, "is a row of totals", text)]


def _tallies(file: PlainFile, content: Bytes, found: int) -> bool:
    """Whether the records found are all there are: as many as lines, or as the quotes themselves tell."""
    if found == _line_count(content) - file.skip - file.header_lines:
        return True
    return found == count_records(file.path, file.quote, content.newline)[0] - _header_records(file)


def _mixed(file: PlainFile) -> bool:
    content = file.content
    return (
        content is not None
        and content.mixed_ends
        and not (content.quotes and count_records(file.path, file.quote, content.newline)[1])
    )


def _header_records(file: PlainFile) -> int:
    """The header, and the line before it that is not blank (Excel's `sep=`)."""
    if not file.skip:
        return 1
    newline = file.content.newline if file.content is not None else b"\n"
    before = head(file.path).removeprefix(b"\xef\xbb\xbf").split(newline)[: file.skip]
    return 1 + sum(bool(line.strip(b"\r")) for line in before)


def _read_csv(con: duckdb.DuckDBPyConnection, file: PlainFile, table: str) -> tuple[int, list[Reject], bool]:
    """DuckDB's strict reading: how many rows the table holds, the records set aside, and whether those are plain.

    They are not where quotes are broken or lines were joined: then sound rows may stand within them.
    """
    mine = f"goalkeeper_rejects_{next(_serial)}"
    single = len(file.columns) == 1
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in file.columns)
    options = {
        "auto_detect": "false",
        "compression": "'none'",
        "hive_partitioning": "false",
        "header": "true",
        "skip": str(file.skip),
        "columns": "{" + columns + "}",
        "delim": literal(file.delimiter),
        "quote": literal(file.quote),
        "escape": literal(file.escape),
        "max_line_size": str(_MAX_RECORD),
        "buffer_size": str(_BUFFER),
        "store_rejects": "true",
        "rejects_table": literal(mine),
        "rejects_scan": literal(f"{mine}_scan"),
    }
    if single:
        options["allow_quoted_nulls"] = "false"
    else:
        options["force_not_null"] = "[" + ", ".join(map(literal, file.columns)) + "]"
    settings = ", ".join(f"{key} = {value}" for key, value in options.items())
    # A blank line of a one-column file is read as NULL, a quoted empty field as ''.
    where = f" WHERE {quoted(file.columns[0])} IS NOT NULL" if single else ""
    source = f"read_csv({path_literal(file.path)}, {settings})"
    try:
        packed = _varied(file) if file.path.stat().st_size > _LARGE else set()
        kinds = ", ".join(quoted(name) + (_ZSTD if name in packed else " VARCHAR") for name in file.columns)
        rows = _fill(con, table, kinds, f"SELECT * FROM {source}{where}")
        return rows, *_rejects(con, file, mine)
    finally:
        con.execute(f'DROP TABLE IF EXISTS temp."{mine}"; DROP TABLE IF EXISTS temp."{mine}_scan"')


def _fill(con: duckdb.DuckDBPyConnection, table: str, columns: str, query: str) -> int:
    """Makes a table of a query's rows and returns how many; leaves none where that fails."""
    con.execute(f"CREATE TABLE {table} ({columns})")
    try:
        (rows,) = con.execute(f"INSERT INTO {table} {query}").fetchone() or (0,)
    except duckdb.Error:
        con.execute(f"DROP TABLE {table}")
        raise
    return int(rows)


def _varied(file: PlainFile) -> set[str]:
    """The columns whose first values are mostly different ones: no dictionary helps, and to look for one is slow."""
    sample = read_records(head(file.path).decode(errors="replace"), file.delimiter, file.quote, file.escape)
    try:
        rows = list(itertools.islice(sample, file.skip + file.header_records, 2048))
    except csv.Error:  # a field that is very long
        return set()
    values = itertools.zip_longest(*rows, fillvalue="")
    return {name for name, column in zip(file.columns, values, strict=False) if len(set(column)) > len(rows) / 2}


def _rejects(con: duckdb.DuckDBPyConnection, file: PlainFile, table: str) -> tuple[list[Reject], bool]:
    found = con.execute(
        "SELECT line_byte_position, arg_min(error_type::VARCHAR, byte_position), max(column_idx),"
        " any_value(left(csv_line, 1000)), bool_or(contains(trim(csv_line, chr(10) || chr(13)), chr(10)))"
        f' FROM temp."{table}" GROUP BY line_byte_position ORDER BY 1'
    ).fetchall()
    positions = _line_numbers(file, [row[0] for row in found])
    rejects = [
        Reject(position, _reason(kind, fields, len(file.columns)), shortened(text or ""))
        for position, (_, kind, fields, text, _) in zip(positions, found, strict=True)
    ]
    return rejects, not any(kind == "UNQUOTED VALUE" or joined for _, kind, _, _, joined in found)


def _line_numbers(file: PlainFile, offsets: list[int]) -> list[int]:
    """Physical lines (1-based) of ascending 1-based byte offsets, past blank lines that stand there."""
    newline = file.content.newline if file.content is not None else b"\n"
    numbers, line, at = [], 1, 0
    with file.path.open("rb") as stream:
        for offset in offsets:
            while at < offset - 1:
                chunk = stream.read(min(4 * MiB, offset - 1 - at))
                line += chunk.count(newline)
                at += len(chunk)
            ahead = stream.read(64)
            stream.seek(at)
            numbers.append(line + ahead[: len(ahead) - len(ahead.lstrip(b"\r\n"))].count(newline))
    return numbers


def _reason(kind: str, fields: int, expected: int) -> str:
    match kind:
        case "MISSING COLUMNS":
            return wrong_width(fields - 1 if fields == expected and expected > 1 else fields, expected)
        case "TOO MANY COLUMNS":
            return wrong_width(fields, expected)
        case "INVALID ENCODING" | "INVALID_ENCODING":
            return "holds bytes that are not UTF-8"
        case "LINE SIZE OVER MAXIMUM":
            return f"is longer than {_MAX_RECORD // MiB} MiB"
        case "UNQUOTED VALUE":
            return "its quotes do not pair up"
    return f"cannot be taken apart ({kind.lower()})"


def _stage_careful(con: duckdb.DuckDBPyConnection, file: PlainFile, table: str) -> list[Reject]:
    target = file.scratch / f"clean{next(_serial)}.csv"
    clean = read_carefully(file, target)
    copy = replace(
        file, path=target, delimiter=",", quote='"', escape='"', skip=0, header_lines=1, header_records=1, content=None
    )
    rows, more, _ = _read_csv(con, copy, table)
    if rows + len(more) != clean.rows:
        con.execute(f"DROP TABLE {table}")
        raise SourceError(
            f"of {clean.rows:,} rows only {rows:,} could be read, and it is not clear which.",
            where=file.name,
            hint="Save it anew as UTF-8 CSV with every field in quotes.",
        )
    target.unlink()
    return clean.rejects + more


def _stage_lines(con: duckdb.DuckDBPyConnection, file: PlainFile, table: str) -> list[Reject]:
    """The lines as they are, each the one field of a text without quotes; then those that are no objects go."""
    rejects, path = _without_long_lines(file) if file.content and file.content.long_line else ([], file.path)
    settings = (
        "auto_detect = false, compression = 'none', hive_partitioning = false, header = false,"
        " columns = {'_line': 'VARCHAR'}, quote = '', escape = '',"
        f" delim = '{_NEVER}', max_line_size = {_MAX_RECORD}, buffer_size = {_BUFFER}"
    )
    source = f"SELECT _line FROM read_csv({path_literal(path)}, {settings})"
    no_object = (
        "_line IS NULL OR CASE WHEN NOT json_valid(_line) THEN true WHEN starts_with(_line, '{') THEN false"
        " ELSE json_type(_line) <> 'OBJECT' END"
    )
    if file.content is not None and not rejects:  # mostly every line is an object, which one reading then tells
        if _fill(con, table, f"_line{_ZSTD}", f"{source} WHERE NOT ({no_object})") == _line_count(file.content):
            return []
        con.execute(f"DROP TABLE {table}")
    _fill(con, table, f"_line{_ZSTD}", source)
    if not con.execute(f"SELECT 1 FROM {table} WHERE {no_object} LIMIT 1").fetchall():
        return rejects
    con.execute(f"ALTER TABLE {table} ADD COLUMN _position BIGINT; UPDATE {table} SET _position = rowid + 1")
    bad = con.execute(
        f"SELECT _position, json_valid(_line), left(_line, 1000) FROM {table}"
        f" WHERE ({no_object}) AND trim(_line, ' \t\r') <> '' ORDER BY 1"
    ).fetchall()
    con.execute(f"DELETE FROM {table} WHERE {no_object}")
    reasons = {True: "is JSON but not an object", False: "is not valid JSON"}
    rejects += [Reject(position, reasons[valid], shortened(text)) for position, valid, text in bad]
    return sorted(rejects, key=lambda reject: reject.position)


def _line_count(content: Bytes) -> int:
    return content.breaks + content.open_end


def _without_long_lines(file: PlainFile) -> tuple[list[Reject], Path]:
    """A copy in which lines beyond the reader's bound are blank, and those lines as rejects."""
    target, rejects = file.scratch / f"lines{next(_serial)}.ndjson", []
    with file.path.open("rb") as stream, target.open("wb") as out:
        number = 1
        while line := stream.readline(_LONGEST):
            if len(line) == _LONGEST and not line.endswith(b"\n"):
                text = shortened(line[:1000].decode(errors="replace"))
                rejects.append(Reject(number, f"is longer than {_MAX_RECORD // MiB} MiB", text))
                while line and not line.endswith(b"\n"):
                    line = stream.readline(_LONGEST)
                line = b"\n"
            out.write(line)
            number += 1
    return rejects, target


def _stage_parquet(con: duckdb.DuckDBPyConnection, file: PlainFile, table: str) -> list[Reject]:
    source = parquet_source(file.path)
    described = con.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
    names = ", ".join(
        f"{parquet_text(quoted(own), kind)} AS {quoted(given)}"
        for (own, kind, *_), given in zip(described, file.columns, strict=True)
    )
    con.execute(f"CREATE TABLE {table} AS SELECT {names} FROM {source}")
    return []


def parquet_text(column: str, kind: str) -> str:
    """The SQL that turns a Parquet column of this type into text."""
    if kind.startswith("TIMESTAMP WITH TIME ZONE"):
        return f"strftime({column} AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ')"
    if kind.startswith("TIMESTAMP"):
        return f"strftime({column}, '%Y-%m-%dT%H:%M:%S.%f')"
    if kind.startswith(("STRUCT", "MAP", "UNION")) or kind.endswith("]"):
        return f"CAST(to_json({column}) AS VARCHAR)"
    if kind == "BLOB":
        return f"CASE WHEN {column} IS NOT NULL THEN coalesce(TRY(decode({column})), hex({column})) END"
    return f"CAST({column} AS VARCHAR)"
