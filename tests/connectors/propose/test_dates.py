"""Formats of times are found by their shape, and DuckDB reads by them what Python's strptime does."""

from __future__ import annotations

import datetime as dt
import itertools

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goalkeeper.connectors.propose.dates import CLOCKS, FORMATS, JOINTS, candidates, moment, reads, with_clock

MOMENTS = st.datetimes(dt.datetime(1970, 1, 1), dt.datetime(2068, 12, 31)).map(lambda at: at.replace(microsecond=0))


@settings(max_examples=150, deadline=None)
@given(MOMENTS, st.sampled_from(FORMATS), st.sampled_from((None, *itertools.product(JOINTS, CLOCKS))))
def test_what_a_format_writes_is_recognised_and_read(con, at: dt.datetime, date, clock) -> None:  # type: ignore[no-untyped-def]
    form = date if clock is None else with_clock(date, *clock, "")
    text = at.strftime(form.strptime)
    assert form.strptime in [one.strptime for one in candidates([text])]
    expected = dt.datetime.strptime(text, form.strptime)
    assert con.execute(f"SELECT {moment('$1', form.strptime)}", [text]).fetchone()[0] == expected


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("9/2/2016 1:16", "%d/%m/%Y %H:%M"),
        ("2/9/2016 1:16 PM", "%m/%d/%Y %I:%M %p"),
        ("2016-04-28T11:19:34 -10:00", "%Y-%m-%dT%H:%M:%S %z"),
        ("01-Mar-16 13.05.00", "%d-%b-%y %H.%M.%S"),
        ("Mar 1, 2016 1:05 PM", "%b %d, %Y %I:%M %p"),
        ("Mon, 01 Mar 2016 10:00:00 +0100", "%a, %d %b %Y %H:%M:%S %z"),
        ("990201", "%y%m%d"),
        ("2016-03-01 10:00:00.123 UTC", "%Y-%m-%d %H:%M:%S.%f %Z"),
    ],
)
def test_known_writings_are_recognised(text: str, form: str) -> None:
    assert form in [one.strptime for one in candidates([text])]


def test_a_two_digit_year_is_not_taken_for_the_year_16(con: duckdb.DuckDBPyConnection) -> None:
    assert con.execute("SELECT " + reads("'1/3/16'", "%d/%m/%Y")).fetchone() == (False,)
    assert con.execute("SELECT " + reads("'1/3/16'", "%d/%m/%y")).fetchone() == (True,)


@pytest.mark.parametrize("text", ["12", "1.5", "INC0001", "10:30", "hello 2016", "2016", "1-800-555-1234"])
def test_other_texts_have_no_format(text: str) -> None:
    assert candidates([text]) == []


def test_names_say_what_is_written() -> None:
    names = {form.strptime: form.name for form in FORMATS}
    assert names["%d/%m/%Y"] == "D/M/YYYY"
    assert names["%b %d, %Y"] == "Mon D, YYYY"
