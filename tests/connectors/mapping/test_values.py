"""Texts read as values of their column's type."""

from __future__ import annotations

import duckdb
import pytest

from goalkeeper.connectors.mapping import read_mapping
from goalkeeper.connectors.mapping.values import failure, renamed_sql, typed_sql

MAPPING = """
name = "calls"
[[file]]
match = ["*"]
[[file.table]]
to = "ticket_events"
columns.ticket_id = "t"
columns.occurred_at = "at"
columns.type = "type"
columns.actor_type = "by"
columns.is_public = "public"
"""


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *((text, True) for text in ("true", "TRUE", " Yes", "y", "1", "t")),
        *((text, False) for text in ("false", "F", "no ", "N", "0", "False")),
        *((text, None) for text in ("2", "", " ", "truth", "yes!", None)),
    ],
)
def test_words_for_true_and_false(text: str | None, value: bool | None) -> None:
    (file,) = read_mapping(MAPPING, "calls.toml").files
    rule = file.tables[0]
    sql = typed_sql("x", dict(rule.columns)["is_public"], file, rule.table.column("is_public"))
    with duckdb.connect() as con:
        assert con.execute(f"SELECT {sql} FROM (SELECT ?::VARCHAR AS x)", [text]).fetchall() == [(value,)]


def read(text: str | None, table: str, column: str) -> object:
    """The value of a column that a text is read as, where no decimal mark is in doubt."""
    (file,) = read_mapping(NUMBER.format(table=table, column=column), "numbers.toml").files
    rule = file.tables[0]
    sql = typed_sql("x", dict(rule.columns)[column], file, rule.table.column(column))
    with duckdb.connect() as con:
        (found,) = con.execute(f"SELECT {sql} FROM (SELECT ?::VARCHAR AS x)", [text]).fetchall()
    return found[0]


NUMBER = """
name = "numbers"
[[file]]
match = ["*"]
[[file.table]]
to = "{table}"
columns.{column} = "x"
"""


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *((text, 5) for text in ("5", "5.0", "5.000", "5.", "+5", " 5 ", "005", "5e0", "5.0E0", "0.5e1", "50e-1")),
        ("-12", -12),
        ("1.5e3", 1500),
        ("9223372036854775807", 2**63 - 1),
        ("9223372036854775807.0", 2**63 - 1),
        ("-9223372036854775808", -(2**63)),
        *((text, None) for text in ("9223372036854775808", "9223372036854775808.0", "1e30", "1e400", "9" * 50)),
        *((text, None) for text in ("2.5", "25e-1", "1e-1", "1.0000001", "1_0", "0x10", "NaN", "", ".", " ", "five")),
        (None, None),
    ],
)
def test_whole_numbers_are_read_exactly_or_not_at_all(text: str | None, value: int | None) -> None:
    assert read(text, "orders", "items") == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("90", 90),
        ("90.0", 90),
        ("89.6", 90),
        ("8.96e1", 90),
        (" 90", 90),
        ("0:01:30", 90),
        ("100:00:00", 360_000),
        *((text, None) for text in ("99999999999999999999:00:00", "9223372036854775808", "1e30", "9_0", "1:30")),
    ],
)
def test_seconds_are_read_or_not_at_all(text: str, value: int | None) -> None:
    assert read(text, "interactions", "talk_s") == value


@pytest.mark.parametrize(("text", "value"), [("1000", 1000), ("25e-1", 2.5), ("1_000", None), ("1e30", None)])
def test_money_is_read_or_not_at_all(text: str, value: float | None) -> None:
    assert read(text, "orders", "gross") == value


STATUS = """
name = "tickets"
[[file]]
match = ["*"]
[[file.table]]
to = "tickets"
columns.ticket_id = "t"
columns.created_at = "at"
columns.status = {{ from = "s", values = {{ {values} }}{more} }}
"""


@pytest.mark.parametrize(
    ("values", "more", "text", "found"),
    [
        ('Done = "solved"', "", "Done", "solved"),
        ('Done = "solved"', ', otherwise = "open"', " DONE ", "solved"),
        ('Done = "solved"', ', otherwise = "open"', "Waiting", "open"),
        ('Done = "solved"', "", "On hold", "on_hold"),  # the list's own words need no entry
        ('"Üb" = "solved"', "", "üb", "solved"),
        ('OK = "solved", ok = "open"', "", "ok", "open"),
        ('OK = "solved", ok = "open"', "", "Ok", "ok"),  # it may mean either
        ('OK = "solved", ok = "solved"', "", "Ok", "solved"),
        ('Done = "solved"', ', otherwise = "open"', None, None),
    ],
)
def test_values_match_without_regard_to_case_and_blanks(values: str, more: str, text: str | None, found: str) -> None:
    (file,) = read_mapping(STATUS.format(values=values, more=more), "tickets.toml").files
    rule = file.tables[0]
    sql = renamed_sql("x", dict(rule.columns)["status"], rule.table.column("status"))
    with duckdb.connect() as con:
        assert con.execute(f"SELECT {sql} FROM (SELECT ?::VARCHAR AS x)", [text]).fetchall() == [(found,)]


def test_what_cannot_be_read_is_told_with_the_words_that_can() -> None:
    text = STATUS.format(values='Done = "solved"', more="").replace("status", "solved_at")
    (file,) = read_mapping(text, "tickets.toml").files
    rule = file.tables[0]
    assert failure(rule.table.column("solved_at"), dict(rule.columns)["solved_at"], file) == (
        "formats tried: iso; or a word of `values`: Done"
    )
