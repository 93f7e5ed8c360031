"""Whatever a CSV writer puts down, staging gives back cell by cell."""

from __future__ import annotations

import codecs
import csv
import io
import tempfile
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goalkeeper.connectors.files import open_files, stage
from goalkeeper.connectors.files.careful import read_carefully
from goalkeeper.connectors.files.plain import PlainFile

HEADER = ["ticket id", "größe", 'the "quoted" one', "d;e,f\tg|h"]
CELL = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters="\0\r\n"), max_size=12
) | st.sampled_from(["", "a,b", 'say "hi"', "two\nlines", "x;y", "t\tt", "\n", '"', "NULL", "€ 5", "  pad  "])
TABLE = st.lists(st.lists(CELL, min_size=4, max_size=4), max_size=12)
LATIN = st.lists(st.lists(st.text("abcäöüßé ,;\"'\n", max_size=8), min_size=4, max_size=4), min_size=8, max_size=14)


def written(rows: list[list[str]], delimiter: str, end: str, quoting: int = csv.QUOTE_MINIMAL) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerows([HEADER, *rows])
    return out.getvalue()


def opened(data: bytes, folder: Path) -> PlainFile:
    path = folder / "table.csv"
    path.write_bytes(data)
    (file,) = open_files(path, folder / "scratch")
    return file


def cells(file: PlainFile) -> list[list[str]]:
    with duckdb.connect() as con:
        assert stage(con, file, "t") == []
        return [list(row) for row in con.execute("SELECT * FROM t ORDER BY rowid").fetchall()]


@settings(max_examples=80, deadline=None)
@given(TABLE, st.sampled_from([",", ";", "\t", "|"]), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_any_table_survives_any_delimiter_and_line_end(
    rows: list[list[str]], delimiter: str, end: str, every: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        quoting = csv.QUOTE_ALL if every else csv.QUOTE_MINIMAL
        file = opened(written(rows, delimiter, end, quoting).encode(), Path(folder))
        assert list(file.columns) == HEADER
        assert cells(file) == rows


@settings(max_examples=40, deadline=None)
@given(TABLE, st.sampled_from(["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]))
def test_any_table_survives_any_unicode_encoding(rows: list[list[str]], encoding: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        mark = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}.get(encoding, b"")
        file = opened(mark + written(rows, ",", "\r\n").encode(encoding), Path(folder))
        assert list(file.columns) == HEADER
        assert cells(file) == rows


@settings(max_examples=40, deadline=None)
@given(LATIN, st.sampled_from([",", ";"]))
def test_a_western_table_survives_cp1252(rows: list[list[str]], delimiter: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        rows = [["Grüße aus Köln", *row[1:]] for row in rows]
        file = opened(written(rows, delimiter, "\r\n").encode("cp1252"), Path(folder))
        assert "decoded from cp1252" in file.notes
        assert cells(file) == rows


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.text("ab ,;'\"", max_size=6), min_size=4, max_size=4), min_size=1, max_size=9))
def test_a_table_with_bare_cr_line_ends_survives(rows: list[list[str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = opened(written(rows, ",", "\r").encode(), Path(folder))
        assert "bare CR line ends" in file.notes
        assert cells(file) == rows


@settings(max_examples=60, deadline=None)
@given(TABLE, st.sampled_from([",", ";", "\t"]))
def test_the_careful_reading_agrees_with_the_fast_one(rows: list[list[str]], delimiter: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = opened(written(rows, delimiter, "\n").encode(), Path(folder))
        clean = read_carefully(file, Path(folder) / "clean.csv")
        assert clean.rejects == []
        with clean.path.open(newline="", encoding="utf-8") as stream:
            assert list(csv.reader(stream)) == [HEADER, *rows]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text('ab\n,"', max_size=6), min_size=1, max_size=9))
def test_a_table_of_one_column_survives(values: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        out = io.StringIO(newline="")
        csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(
            [["only"], *([value] for value in values)]
        )
        file = opened(out.getvalue().encode(), Path(folder))
        assert file.columns == ("only",)
        assert cells(file) == [[value] for value in values]


@pytest.mark.parametrize("times", [1, 40_000])
def test_positions_are_the_rows_places(tmp_path: Path, times: int) -> None:
    rows = [[str(index), "x", 'a "b"\nc', ""] for index in range(times)]
    assert cells(opened(written(rows, ",", "\n").encode(), tmp_path)) == rows
