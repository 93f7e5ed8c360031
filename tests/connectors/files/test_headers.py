"""Headers of several rows: read as one, told in a note, and the rows below keep their places in the file."""

from __future__ import annotations

import io
from datetime import datetime

import openpyxl
import pytest

from goalkeeper.connectors.files.headers import several_rows

MONKEY = (
    b"Respondent ID,Collector ID,Date Modified,How satisfied are you?,,Comments\n"
    b',,,Speed,"Price,\nall in",Open-Ended Response\n'
)
QUALTRICS = (
    b'StartDate,ResponseId,Q1\n"Start Date","Response ID","How <b>likely</b>\nare you"\n'
    b'"{""ImportId"":""startDate"",""timeZone"":""Europe/Paris""}","{""ImportId"":""_recordId""}","{""ImportId"":""QID1""}"\n'
)


def test_two_rows_name_the_parts_of_a_question(one) -> None:
    found = one(MONKEY + b"1,2,2025-01-01,3,4,fine\n1,2\n2,2,2025-01-02,,,\n")
    asked = "How satisfied are you?"
    assert found.file.columns[3:] == (f"{asked}: Speed", f"{asked}: Price, all in", "Comments")
    assert "its 2 header rows are read as one" in found.file.notes
    assert [row[0] for row in found.rows] == ["1", "2"]
    assert [(each.position, each.text) for each in found.rejects] == [(5, "1,2")]


def test_three_rows_give_the_words_and_the_zone(one) -> None:
    found = one(QUALTRICS.replace(b"\n", b"\r\n") + b"2025-01-01,R_1,9\r\n2025-01-02,R_2,10\r\n")
    assert found.file.columns == ("StartDate", "ResponseId", "Q1: How likely are you", "timeZone")
    assert found.rows == [("2025-01-01", "R_1", "9", "Europe/Paris"), ("2025-01-02", "R_2", "10", "Europe/Paris")]


def test_a_zone_written_z_is_utc_and_none_adds_no_column() -> None:
    rows = [["Q1"], ["Words"], ['{"ImportId":"QID1","timeZone":"Z"}']]
    assert several_rows(rows).added == (("timeZone", "UTC"),)  # type: ignore[union-attr]
    assert several_rows([["Q1"], ["Words"], ['{"ImportId":"QID1"}']]).added == ()  # type: ignore[union-attr]


def test_plain_headers_stay_as_they_are(one) -> None:
    assert several_rows([["a", "b"], ["1", "2"]]) is None
    assert several_rows([["Respondent ID", "Collector ID", "x"], ["1", "2", "3"]]) is None
    assert several_rows([]) is None
    assert one(b"Respondent ID,Collector ID\n1,2\n").rows == [("1", "2")]


def test_a_workbook_may_have_two_header_rows_too(read) -> None:
    book = openpyxl.Workbook()
    for row in (
        ["Respondent ID", "Collector ID", "Date Modified", "How satisfied are you?", None],
        [None, None, None, "Speed", "Price"],
        [1, 2, datetime(2025, 1, 1, 9, 30), 3, 4],
    ):
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    (found,) = read(content.getvalue(), "survey.xlsx")
    assert found.file.columns[3:] == ("How satisfied are you?: Speed", "How satisfied are you?: Price")
    assert found.rows == [("1", "2", "2025-01-01T09:30:00", "3", "4")]


TITLES = (
    b"Tickets solved, by agent\n\nFrom:;2026-01-01\nid;opened;agent\n1;2026-01-02;Eve\n2;x\n"
    b'3;2026-01-03;"A\nB"\n4;2026-01-03;Eve\n5;2026-01-03;Eve\n'
)


def test_a_header_under_titles_is_found_and_told(one) -> None:
    found = one(TITLES)
    assert found.file.columns == ("id", "opened", "agent")
    assert "its header is on line 4, under 'Tickets solved, by agent'" in found.file.notes
    assert found.rows[:2] == [("1", "2026-01-02", "Eve"), ("3", "2026-01-03", "A\nB")]
    assert [(each.position, each.text) for each in found.rejects] == [(6, "2;x")]


def test_titles_may_be_padded_to_the_tables_width(one) -> None:
    found = one(b"Report,,,\nFilter:,all,,\n,,,\nid,opened,agent,team\n" + b"1,2026-01-02,Eve,\n" * 3)
    assert found.file.columns == ("id", "opened", "agent", "team")
    assert (len(found.rows), found.rejects) == (3, [])


@pytest.mark.parametrize(
    "text",
    [
        b"comment\ngood\nwell, you know\nbad\n",  # free text
        b"comment\n" + b"Good, fast, nice\n" + b"bad\n" * 3,
        b"name,text\nA,b\nC,d\n",
        b",score\nA,1\nB,2\n",
        b"title\n1,2,3\n4,5,6\n",  # no names
        b"title\na,b,c\n",  # no rows
    ],
)
def test_a_first_row_that_may_be_the_header_is_taken_for_it(one, text: bytes) -> None:
    assert not [note for note in one(text).file.notes if "header is on line" in note]


def _workbook(*rows) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def test_a_sheets_header_may_stand_under_titles(read) -> None:
    (found,) = read(_workbook(["Survey of May"], [], ["score", "comment"], [9, "good"], [3], [4], [10]), "survey.xlsx")
    assert found.file.columns == ("score", "comment")
    assert found.rows == [("9", "good"), ("3", ""), ("4", ""), ("10", "")]
    assert "its header is on line 2, under 'Survey of May'" in found.file.notes


def test_a_cell_beside_a_sheets_one_column_is_no_header(read) -> None:
    (found,) = read(_workbook(["comment"], ["good"], ["bad", "ask again"], *[["fine"]] * 6), "survey.xlsx")
    assert found.file.columns == ("comment",)
    assert (len(found.rows), len(found.rejects)) == (7, 1)
