"""Columns that a file may lack, and columns that have more than one name."""

from __future__ import annotations

from pathlib import Path

import pytest

import goalkeeper as gk
from goalkeeper.connectors.mapping import read_mapping
from goalkeeper.connectors.mapping.reads import reads, unread
from goalkeeper.errors import UsageError

MAPPING = """
name = "people"
[[file]]
match = ["*"]
needs = ["Id"]
[[file.table]]
to = "customers"
columns.customer_id = "Id"
columns.plan = ["lower(Tariff)", "Plan"]
columns.country = { from = ["Country", "Land"], values = { D = "DE" }, optional = true }
[[file.table]]
to = "accounts"
optional = true
where = "Company IS NOT NULL"
columns.account_id = "Company"
"""


def loaded(ws: gk.Workspace, folder: Path, text: str) -> list[tuple[object, ...]]:
    (folder / "people.csv").write_text(text, encoding="utf-8")
    ws.load(folder / "people.csv", mapping=read_mapping(MAPPING, "people.toml"))
    return ws.store.rows("SELECT plan, country FROM canon.customers")


def test_the_first_expression_that_the_file_has_columns_for_is_taken(ws: gk.Workspace, tmp_path: Path) -> None:
    assert loaded(ws, tmp_path, "Id,Tariff,Plan,Land\n1,PRO,free,D\n") == [("pro", "DE")]
    assert ws.store.one("SELECT count(*) FROM canon.accounts") == 0


def test_an_optional_column_is_left_out(ws: gk.Workspace, tmp_path: Path) -> None:
    assert loaded(ws, tmp_path, "Id,Plan\n1,free\n") == [("free", None)]


def test_an_optional_rule_runs_where_its_columns_are(ws: gk.Workspace, tmp_path: Path) -> None:
    loaded(ws, tmp_path, "Id,Plan,Company\n1,free,ACME\n2,free,\n")
    assert ws.store.rows("SELECT account_id FROM canon.accounts") == [("ACME",)]


def test_a_column_that_is_not_optional_must_be_there(ws: gk.Workspace, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"people.toml:9: no column 'Tariff'"):
        loaded(ws, tmp_path, "Id\n1\n")


def test_what_a_rule_reads() -> None:
    [rule] = read_mapping(MAPPING, "people.toml").files
    assert reads(rule) == {"Id", "Tariff", "Plan", "Country", "Land", "Company"}
    assert unread(rule, ("id", "Plan", "Mood")) == ("Mood",)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("columns.plan = []", "`from` is empty"),
        ('columns.plan = ["Plan", "sum("]', "is not an expression"),
        ('columns.plan = { from = "Plan", optional = "yes" }', "`optional` is 'yes'. Write true or false."),
    ],
)
def test_mistakes_are_told(line: str, words: str) -> None:
    with pytest.raises(UsageError, match=r"people\.toml:9: ") as caught:
        read_mapping(MAPPING.replace('columns.plan = ["lower(Tariff)", "Plan"]', line), "people.toml")
    assert words in str(caught.value)
