"""An XLSX workbook → one CSV a sheet: dates as ISO text, numbers as they print exactly."""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import itertools
import re
import warnings
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from defusedxml.common import DefusedXmlException
from openpyxl.cell.read_only import EMPTY_CELL
from openpyxl.styles.numbers import is_datetime
from openpyxl.utils.exceptions import InvalidFileException

from goalkeeper.connectors.files.delimited import open_delimited
from goalkeeper.connectors.files.headers import SAMPLE_ROWS, title_rows
from goalkeeper.connectors.files.plain import Limits, PlainFile
from goalkeeper.connectors.files.scan import Progress, scan
from goalkeeper.connectors.files.unpack import Meter, open_zip
from goalkeeper.errors import SourceError

_BROKEN = (
    KeyError, ValueError, TypeError, IndexError, AttributeError, EOFError, OSError, ParseError,
    DefusedXmlException, InvalidFileException, zipfile.BadZipFile, zlib.error, RuntimeError, ArithmeticError,
    AssertionError,
)  # fmt: skip

_FORMULA = re.compile(rb"<(\w{1,20}:)?f[\s/>]")
_WAIT = re.compile(rb"""\sfullCalcOnLoad=["'](1|true)["']""")


def is_workbook(names: Iterable[str]) -> bool:
    """Whether a zip archive with these members is an Excel workbook."""
    return "xl/workbook.xml" in set(names)


def office_document(names: Iterable[str]) -> str | None:
    """What other Office document a zip archive with these members is."""
    for name in names:
        for start, looks_like in _OFFICE.items():
            if name.startswith(start):
                return looks_like
    return None


_OFFICE = {
    "word/": "a Word document",
    "ppt/": "a PowerPoint presentation",
    "xl/workbook.bin": "a binary Excel workbook (.xlsb)",
    "META-INF/MANIFEST.MF": "a Java archive",
    "AndroidManifest.xml": "an Android app",
    "META-INF/manifest.xml": "an OpenDocument file",
}


def open_workbook(
    path: Path, name: str, member: str, scratch: Path, limits: Limits, progress: Progress | None
) -> list[PlainFile]:
    """A table for each sheet that is not empty; leading blank rows are passed over."""
    own = scan(path)
    formulas = _look_through(path, name, limits)
    tables: list[PlainFile] = []
    empty: list[str] = []
    with warnings.catch_warnings():
        # openpyxl warns of styles and extensions that it leaves out; none of them holds a value.
        warnings.simplefilter("ignore")
        for number, (title, rows, facts) in enumerate(_sheets(path, name, formulas)):
            folder = scratch / f"sheet{number}"
            folder.mkdir(parents=True, exist_ok=True)
            target = folder / "sheet.csv"
            if not _write(rows, target, limits, f"{name} › {title}", progress):
                empty.append(title)
                continue
            file = open_delimited(target, f"{name} › {title}", title, folder, limits, None, comma=True)
            notes = (*file.notes, *_notes(facts))
            tables.append(replace(file, sha256=own.sha256, bytes=own.size, notes=notes))
    if not tables:
        raise SourceError(
            "the workbook's sheets are all empty.", where=name, hint="A header row is the least it needs."
        )
    return tables


@dataclass
class _Formulas:
    """Whether a workbook has formulas, and whether it waits for the program that opens it to calculate them."""

    some: bool = False
    wait: bool = False


def _look_through(path: Path, name: str, limits: Limits) -> _Formulas:
    """Refuse a workbook whose parts claim, or turn out, to unpack beyond the limits; look for formulas by the way."""
    meter = Meter(path.stat().st_size, name, limits)
    found = _Formulas()
    with open_zip(path, name) as archive:
        for info in archive.infolist():
            try:
                with archive.open(info) as stream:
                    end = b""
                    while chunk := stream.read(1024 * 1024):
                        meter.add(len(chunk))
                        found.some = found.some or _FORMULA.search(end + chunk) is not None
                        found.wait = found.wait or _WAIT.search(end + chunk) is not None
                        end = chunk[-32:]
            except _BROKEN as error:
                raise _broken(name, error) from error
    return found


def _broken(name: str, error: Exception) -> SourceError:
    said = str(error).split("\n")[0][:120] or type(error).__name__
    return SourceError(
        f"the workbook cannot be read ({said}).",
        where=name,
        hint="Open it in a spreadsheet program and save it anew.",
    )


@dataclass
class _Facts:
    """What a sheet's cells do not say: whether it is hidden, what errors stand in the place of values, and which
    formulas nobody calculated."""

    hidden: bool
    errors: Counter[str] = field(default_factory=Counter)
    uncalculated: int = 0
    first: str = ""


def _notes(facts: _Facts) -> Iterator[str]:
    if facts.hidden:
        yield "a hidden sheet"
    if facts.errors:
        kinds = ", ".join(sorted(facts.errors))
        yield f"{facts.errors.total():,} cells hold an error of the spreadsheet ({kinds}) and are read as empty"
    if facts.uncalculated:
        yield (
            f"{facts.uncalculated:,} cells hold a formula that was never calculated (the first is {facts.first}) and "
            "are read as empty; open the file in a spreadsheet program and save it"
        )


def _sheets(path: Path, name: str, found: _Formulas) -> Iterator[tuple[str, Iterator[list[str]], _Facts]]:
    with contextlib.ExitStack() as opened:
        try:
            book = _book(path, opened, data_only=True)
            formulas = _book(path, opened, data_only=False) if found.some else None
        except _BROKEN as error:
            raise _broken(name, error) from error
        for number, sheet in enumerate(book.worksheets):
            sheet.reset_dimensions()
            facts = _Facts(sheet.sheet_state != "visible")
            cells = sheet.iter_rows()
            if formulas is not None:
                same = formulas.worksheets[number]
                same.reset_dimensions()
                cells = _calculated(cells, same.iter_rows(), facts, zeros=not found.wait)
            yield sheet.title, _rows(cells, f"{name} › {sheet.title}", facts.errors), facts


def _book(path: Path, opened: contextlib.ExitStack, *, data_only: bool) -> Any:
    book = openpyxl.load_workbook(path, read_only=True, data_only=data_only, keep_links=False)
    opened.callback(book.close)
    return book


def _calculated(rows: Iterable[Any], formulas: Iterable[Any], facts: _Facts, *, zeros: bool) -> Iterator[list[Any]]:
    """The cells of each row, those empty whose formula nobody calculated.

    Programs that calculate nothing store no value, or, in a file to be calculated when it is opened, a zero.
    """
    for row, same in zip(rows, formulas, strict=True):
        cells = list(row)
        for place, (cell, formula) in enumerate(zip(row, same, strict=True)):
            if formula.data_type != "f" or cell.data_type == "str":  # an empty text is a result
                continue
            if cell.value is None or (cell.value == 0 and not zeros and cell.data_type == "n"):
                facts.uncalculated += 1
                facts.first = facts.first or formula.coordinate
                cells[place] = EMPTY_CELL
        yield cells


def _rows(rows: Iterable[Iterable[Any]], name: str, errors: Counter[str]) -> Iterator[list[str]]:
    try:
        for cells in rows:
            yield [_text(cell, errors) for cell in cells]
    except _BROKEN as error:
        raise _broken(name, error) from error


def _write(rows: Iterator[list[str]], target: Path, limits: Limits, name: str, progress: Progress | None) -> bool:
    """Write the rows that are not blank, from the header on each at least as wide as it; False for an empty sheet."""
    rows = _filled(rows, limits, name)
    first = list(itertools.islice(rows, SAMPLE_ROWS))
    titles = title_rows(first, ragged=True)
    width = len(first[titles]) if first else 0
    with target.open("w", encoding="utf-8", errors="replace", newline="") as out:
        writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
        writer.writerows(first[:titles])
        for count, row in enumerate(itertools.chain(first[titles:], rows), start=1):
            writer.writerow(row + [""] * (width - len(row)))
            if progress is not None and count % 5000 == 0:
                progress(count, 0)
    return width > 0


def _filled(rows: Iterator[list[str]], limits: Limits, name: str) -> Iterator[list[str]]:
    """The rows that are not blank, without blank cells at their end."""
    for count, row in enumerate(rows, start=1):
        while row and not row[-1]:
            row.pop()
        if len(row) > limits.max_columns:
            raise SourceError(
                f"row {count:,} has {len(row):,} cells; at most {limits.max_columns:,} columns are read.",
                where=name,
                hint="Is this the right sheet?",
            )
        if row:
            yield row


def _text(cell: Any, errors: Counter[str]) -> str:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "e":
        errors[str(value)] += 1
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, dt.datetime):
        dated = is_datetime(cell.number_format or "") == "date" and value.time() == dt.time()
        return value.date().isoformat() if dated else value.isoformat()
    if isinstance(value, dt.timedelta):
        return _span(value)
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value)


def _number(value: float) -> str:
    """The shortest digits that give the number back, without exponent and without a bare `.0`."""
    if value != value or value in (float("inf"), float("-inf")):
        return repr(value)
    text = format(Decimal(repr(value)), "f")
    return text.removesuffix(".0")


def _span(value: dt.timedelta) -> str:
    """A span of time as H:MM:SS, however many hours."""
    seconds = round(value.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
