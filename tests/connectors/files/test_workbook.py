"""Workbooks: each sheet a table, each cell the text a person would expect."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile

import openpyxl
import pytest

from goalkeeper.connectors.files import Limits
from goalkeeper.errors import SourceError


def book(**sheets: list[list[object]]) -> bytes:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for title, rows in sheets.items():
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def test_cells_become_exact_text(one) -> None:
    row = [
        7, 17850.0, 0.1, 1e21, -1.5e-7, True, "  x, \"y\"\nz", dt.datetime(2024, 3, 1, 9, 5, 7), dt.date(2024, 2, 29),
        dt.time(8, 30), dt.timedelta(hours=30, minutes=5), None, "=1+1", "00012",
    ]  # fmt: skip
    header = [f"c{index}" for index in range(len(row))]
    found = one(book(Sheet1=[header, row]), "b.xlsx")
    assert found.rows == [
        (
            "7", "17850", "0.1", "1000000000000000000000", "-0.00000015", "true", '  x, "y"\nz',
            "2024-03-01T09:05:07", "2024-02-29", "08:30:00", "30:05:00", "", "", "00012",
        )
    ]  # fmt: skip


def test_each_sheet_is_a_table_and_empty_ones_none(read) -> None:
    data = book(Tickets=[["id"], [1]], Empty=[], Users=[[], [None], [None, "id", "name"], [None, 5, "x"]])
    found = read(data, "b.xlsx")
    assert [(table.file.name, table.file.member) for table in found] == [
        ("b.xlsx › Tickets", "Tickets"),
        ("b.xlsx › Users", "Users"),
    ]
    assert found[1].file.columns == ("column_1", "id", "name")
    assert found[1].rows == [("", "5", "x")]
    assert len({table.file.sha256 for table in found}) == 1


def test_short_rows_are_filled_and_long_ones_rejected(one) -> None:
    found = one(book(S=[["a", "b"], [1], [1, 2, 3], [], [4, 5]]), "b.xlsx")
    assert found.rows == [("1", ""), ("4", "5")]
    assert [reject.reason for reject in found.rejects] == ["has 3 fields where the header has 2"]


def test_numbers_that_are_dates_in_disguise_stay_numbers(one) -> None:
    assert one(book(S=[["opened"], [45352.5]]), "b.xlsx").rows == [("45352.5",)]


def test_a_workbook_of_empty_sheets_is_refused(one) -> None:
    with pytest.raises(SourceError, match="sheets are all empty"):
        one(book(A=[], B=[]), "b.xlsx")


def test_a_broken_workbook_is_refused(one) -> None:
    parts = io.BytesIO()
    with zipfile.ZipFile(parts, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook")
    with pytest.raises(SourceError, match="the workbook cannot be read"):
        one(parts.getvalue(), "b.xlsx")


def test_a_workbook_that_is_a_bomb_is_refused(one) -> None:
    parts = io.BytesIO()
    with zipfile.ZipFile(parts, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * (5 << 20))
    with pytest.raises(SourceError, match="more than 200 times its size"):
        one(parts.getvalue(), "b.xlsx", Limits(ratio_from=1 << 20))


def test_a_workbook_with_entities_is_refused(one) -> None:
    source, target = zipfile.ZipFile(io.BytesIO(book(S=[["a"], ["x"]]))), io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in source.namelist():
            text = source.read(name).decode()
            if name.startswith("xl/worksheets"):
                entity = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
                text = entity + text.replace("<v>0</v>", "<v>&e;</v>").replace('t="s"', 't="str"')
            archive.writestr(name, text)
    with pytest.raises(SourceError, match="the workbook cannot be read"):
        one(target.getvalue(), "b.xlsx")


def test_too_wide_a_sheet_is_refused(one) -> None:
    with pytest.raises(SourceError, match="has 11 cells; at most 10"):
        one(book(S=[[f"c{index}" for index in range(11)]]), "b.xlsx", Limits(max_columns=10))


def test_errors_in_cells_are_no_values_and_told(read) -> None:
    book = openpyxl.Workbook()
    for row in (["id", "subject"], [1, "#N/A"], ["#REF!", "x"], [3, "#N/A is what it says"]):
        book.active.append(row)
    for place in ("B2", "A3"):
        book.active[place].data_type = "e"
    book.active.sheet_state = "hidden"
    book.create_sheet("shown").append(["a", "b"])
    content = io.BytesIO()
    book.save(content)
    found = read(content.getvalue(), "book.xlsx")[0]
    assert found.rows == [("1", ""), ("", "x"), ("3", "#N/A is what it says")]
    assert "2 cells hold an error of the spreadsheet (#N/A, #REF!) and are read as empty" in found.file.notes
    assert "a hidden sheet" in found.file.notes


def test_formulas_that_were_never_calculated_are_told(read) -> None:
    found = read(book(S=[["id", "sum"], [1, "=1+1"], [2, 7], [3, "=A2"]], T=[["id"], [1]]), "b.xlsx")
    assert found[0].rows == [("1", ""), ("2", "7"), ("3", "")]
    note = "2 cells hold a formula that was never calculated (the first is B2) and are read as empty; open the file"
    assert [note in each for each in found[0].file.notes] == [True]
    assert found[1].file.notes == ()


@pytest.mark.parametrize(
    ("cell", "waits", "text", "told"),
    [
        ('<c r="B2"><f>1+1</f><v>2</v></c>', True, "2", False),
        ('<c r="B2" t="str"><f>""</f><v></v></c>', True, "", False),
        ('<c r="B2"><f>1-1</f><v>0</v></c>', False, "0", False),
        ('<c r="B2"><f>1-1</f><v>0</v></c>', True, "", True),
        ('<c r="B2"><v>0</v></c>', True, "0", False),
    ],
)
def test_results_of_formulas_count_where_they_were_calculated(one, cell, waits, text, told) -> None:
    source, target = zipfile.ZipFile(io.BytesIO(book(S=[["id", "sum"], [1, "=1+1"]]))), io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in source.namelist():
            data = source.read(name).decode()
            if name.startswith("xl/worksheets"):
                data = re.sub(r'<c r="B2".*?</c>', cell, data)
            elif not waits:
                data = data.replace('fullCalcOnLoad="1"', "")
            archive.writestr(name, data)
    found = one(target.getvalue(), "b.xlsx")
    assert found.rows == [("1", text)]
    assert any("never calculated" in note for note in found.file.notes) == told
