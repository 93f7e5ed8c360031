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
