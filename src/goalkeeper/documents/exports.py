"""Numbers as files for spreadsheets: no text of the data becomes a formula in them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date

import xlsxwriter

from goalkeeper.measure import Estimates

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""The media type of a workbook."""
Cell = str | int | float | bool | date | None


def safe(cell: Cell) -> Cell:
    """A cell of a CSV file: text that a spreadsheet would take for a formula begins with an apostrophe."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_STARTS) else cell


def as_csv(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A CSV file as UTF-8 with a mark of it, which spreadsheets need to read it rightly."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([safe(name) for name in head])
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A workbook of one sheet; numbers are numbers, days are days, and text is text whatever it begins with."""
    made = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(made, options) as book:
        sheet = book.add_worksheet("".join(c for c in name if c not in r"[]:*?/\'")[:31] or "Numbers")
        day, bold = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        for column, cell in enumerate(head):
            sheet.write_string(0, column, cell, bold)
        for number, row in enumerate(rows, 1):
            for column, value in enumerate(row):
                match value:
                    case None:
                        pass
                    case bool():
                        sheet.write_boolean(number, column, value)
                    case int() | float():
                        sheet.write_number(number, column, value)
                    case date():
                        sheet.write_datetime(number, column, value, day)
                    case _:
                        sheet.write_string(number, column, value)
    return made.getvalue()


def _table(found: Estimates) -> tuple[list[str], list[list[Cell]]]:
    table = found.to_arrow()
    return table.column_names, [list(row.values()) for row in table.to_pylist()]


def estimates_csv(found: Estimates) -> bytes:
    """The cells of a measurement as CSV, in the metric's unit."""
    return as_csv(*_table(found))


def estimates_xlsx(found: Estimates) -> bytes:
    """The same as a workbook."""
    return as_xlsx(found.metric.name, *_table(found))
