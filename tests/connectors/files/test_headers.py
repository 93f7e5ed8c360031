"""Headers of several rows: read as one, told in a note, and the rows below keep their places in the file."""

from __future__ import annotations

import io
from datetime import datetime

import openpyxl

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
