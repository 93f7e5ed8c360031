"""Files for spreadsheets: text stays text, numbers and days are what they are."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from goalkeeper.documents.exports import as_csv, as_xlsx, safe

FORMULAS = (
    "=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠A1",
    '=HYPERLINK("http://x")', "=cmd|' /C calc'!A0", "{=1}", "http://x.example",
)  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_text_is_no_formula(text: str) -> None:
    (head, row) = csv.reader(io.StringIO(as_csv([text], [[text]]).decode("utf-8-sig"), newline=""))
    for cell in (head[0], row[0]):
        assert cell == text or cell == f"'{text}"
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))
    sheet = load_workbook(io.BytesIO(as_xlsx("x", [text], [[text]]))).active
    for cell in (sheet["A1"], sheet["A2"]):
        assert cell.data_type in ("s", "n")
        assert cell.hyperlink is None
        assert str(cell.value).replace("_x000D_", "\r").strip() == text.strip()


@given(st.one_of(st.integers(), st.floats(allow_nan=False), st.booleans(), st.none(), st.dates()))
def test_what_is_no_text_stays_as_it_is(cell: object) -> None:
    assert safe(cell) is cell  # type: ignore[arg-type]


def test_numbers_and_days_keep_their_kind() -> None:
    sheet = load_workbook(
        io.BytesIO(as_xlsx("a/b", ["n", "x", "day", "yes", "none"], [[3, -0.5, date(2026, 3, 1), True, None]]))
    ).active
    assert sheet.title == "ab"
    assert [cell.value for cell in sheet[2]][:2] == [3, -0.5]
    assert sheet["C2"].value.date() == date(2026, 3, 1)
    assert (sheet["D2"].value, sheet["E2"].value) == (True, None)
