"""Times read from text: what a written offset, the mapping's zone and odd writings mean."""

from __future__ import annotations

from itertools import product

import duckdb
import pytest

from goalkeeper.connectors.mapping.times import date_sql, time_sql

DATES = ("2024-06-01", "2024-6-1", "0024-06-01", "2024-02-30")
CLOCKS = ("", " 12:30:45", "T12:30:45", " 12:30", " 1:30", " 24:00:00", "  2:03:04", " 12:30:45.5")
OFFSETS = ("", "Z", "z", "+02", "-02:00", "+0530", " +02:00", " Z")


def read(texts: list[str], zone: str) -> list[str | None]:
    """The times that ISO texts mean, as text."""
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        sql = time_sql("text", ("iso",), zone)
        found = con.execute(f"SELECT CAST({sql} AS VARCHAR) FROM (SELECT unnest(?::VARCHAR[]) AS text)", [texts])
        return [text for (text,) in found.fetchall()]


@pytest.mark.parametrize(
    ("text", "utc", "berlin"),
    [
        ("2024-06-01 12:30:45", "2024-06-01 12:30:45", "2024-06-01 10:30:45"),
        ("2024-06-01T12:30:45Z", "2024-06-01 12:30:45", "2024-06-01 12:30:45"),
        ("2024-06-01 12:30+02", "2024-06-01 10:30:00", "2024-06-01 10:30:00"),
        ("2024-6-1 1:00-02:00", "2024-06-01 03:00:00", "2024-06-01 03:00:00"),
        ("2024-06-01 12:30:45 +02:00", "2024-06-01 10:30:45", "2024-06-01 10:30:45"),
        ("2024-06-01", "2024-06-01 00:00:00", "2024-05-31 22:00:00"),
        ("2024-02-30 12:30:45", None, None),
        ("no time at all, no", None, None),
        ("2024-01-05 01:00:00 UTC", "2024-01-05 01:00:00", "2024-01-05 01:00:00"),
        ("2024-01-05T01:00 GMT", "2024-01-05 01:00:00", "2024-01-05 01:00:00"),
        ("2024-01-05 01:00:00 Europe/London", "2024-01-05 01:00:00", "2024-01-05 01:00:00"),
        ("2024-07-05 01:00:00 America/New_York", "2024-07-05 05:00:00", "2024-07-05 05:00:00"),
        ("2024-07-05 01:00:00 Etc/GMT+5", "2024-07-05 06:00:00", "2024-07-05 06:00:00"),
        ("2024-07-05 01:00:00 BST", None, None),  # Britain's or Bangladesh's
        ("2024-01-05 01:00:00 EST", None, None),
        ("2024-01-05 01:00:00 PM", None, None),
        ("2024-01-05 01:00:00 foo", None, None),
        ("infinity", None, None),
        ("epoch", None, None),
    ],
)
def test_an_offset_counts_and_else_the_zone(text: str, utc: str | None, berlin: str | None) -> None:
    assert (read([text], "UTC"), read([text], "Europe/Berlin")) == ([utc], [berlin])


def test_the_quick_way_reads_all_writings_as_the_engine_reads_moments() -> None:
    texts = ["".join(parts) for parts in product(DATES, CLOCKS, OFFSETS)]
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        moments = con.execute(
            "SELECT CAST(timezone('UTC', TRY_CAST(regexp_replace(text, ' ([+-][0-9:]+)$', '\\1') AS TIMESTAMPTZ)) "
            "AS VARCHAR) FROM (SELECT unnest(?::VARCHAR[]) AS text)",
            [texts],
        ).fetchall()
    assert sum(moment is not None for (moment,) in moments) > 50
    assert read(texts, "UTC") == [moment for (moment,) in moments]


@pytest.mark.parametrize(("text", "day"), [("45000", "2023-03-15"), ("45000.75", "2023-03-15"), ("x", None)])
def test_a_sheets_day_is_that_of_its_number_whatever_the_hour(text: str, day: str | None) -> None:
    with duckdb.connect() as con:
        found = con.execute(
            f"SELECT CAST({date_sql('text', ('excel',), 'UTC')} AS VARCHAR) FROM (SELECT ? AS text)", [text]
        )
        assert found.fetchall() == [(day,)]


@pytest.mark.parametrize(
    ("text", "form", "zone", "day"),
    [
        ("1767225600", "epoch_s", "UTC", "2026-01-01"),
        ("1767223800", "epoch_s", "Europe/Berlin", "2026-01-01"),
        ("1767223800000", "epoch_ms", "America/New_York", "2025-12-31"),
        ("soon", "epoch_s", "Europe/Berlin", None),
    ],
)
def test_the_day_of_an_epoch_is_the_zones(text: str, form: str, zone: str, day: str | None) -> None:
    with duckdb.connect() as con:
        found = con.execute(
            f"SELECT CAST({date_sql('text', (form,), zone)} AS VARCHAR) FROM (SELECT ? AS text)", [text]
        )
        assert found.fetchall() == [(day,)]
