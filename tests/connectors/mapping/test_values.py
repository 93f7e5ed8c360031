"""Texts read as values of their column's type."""

from __future__ import annotations

import duckdb
import pytest

from goalkeeper.connectors.mapping import read_mapping
from goalkeeper.connectors.mapping.values import typed_sql

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
