"""A profile tells types, null marks and keys."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from goalkeeper.connectors.files import open_files, stage
from goalkeeper.connectors.propose import profile
from shared import shared_file


@pytest.mark.parametrize(
    ("name", "values", "kind"),
    [
        ("ticket_id", ["1", "2", "3"], "id"),
        ("count", ["1", "20", "-3"], "integer"),
        ("code", ["007", "012", "100"], "id"),
        ("share", ["0.5", "1e-3", "-.25"], "decimal"),
        ("price", ["1.50", "2", "30.00"], "money"),
        ("value", ["€ 1.234,50", "12,00 €", "7 €"], "money"),
        ("active", ["TRUE", "false", "true"], "boolean"),
        ("vip", ["yes", "no", "no"], "boolean"),
        ("waited", ["0:00:05", "12:30:00", "7:02"], "clock"),
        ("waited", ["2h 5m", "10 min", "3 days"], "duration"),
        ("state", ["open", "closed", "open"], "enum"),
        ("ref", ["INC0001", "INC0002", "INC0003"], "id"),
        ("tags", ["[]", '["a"]', "[1]"], "json"),
        ("nothing", ["", "?", "NULL"], "empty"),
    ],
)
def test_types_are_told(look, name: str, values: list[str], kind: str) -> None:
    assert look(f"{name}|x\n" + "".join(f"{value}|y\n" for value in values)).columns[0].type == kind


def test_long_words_are_text(look) -> None:
    rows = "".join(f"Please help me with order {index}, it is late and I am sad|{index}\n" for index in range(80))
    assert look("subject|x\n" + rows).columns[0].type == "text"


def test_null_marks_are_told_and_counted(look) -> None:
    column = look("n|x\n1|a\n?|a\n|a\nN/A|a\n-|a\n5|a\n").columns[0]
    assert (column.type, column.nulls, column.distinct) == ("integer", 4, 2)
    assert column.marks == ("", "?", "N/A", "-")
    words = look("n|x\nWeb|a\n-|a\nPhone|a\n").columns[0]
    assert (words.nulls, words.marks) == (0, ())


def test_ids_that_passed_through_a_float_are_noticed(look) -> None:
    assert look("customer_id|x\n17850.0|a\n13047.0|b\n").columns[0].float_ids


def test_pairs_that_tell_rows_apart_are_found(look) -> None:
    rows = "".join(f"L{line}|{call}|x\n" for line in range(6) for call in range(50))
    assert look("line|call_id|x\n" + rows).keys == (("line", "call_id"),)


def test_nested_keys_of_json_are_columns(look) -> None:
    found = look('{"id": 1, "via": {"channel": "web", "x.y": 2}, "tags": ["a"]}\n{"id": 2}\n', "t.ndjson")
    assert [column.name for column in found.columns] == ["id", "via.channel", "via.x.y", "tags"]
    assert (found.columns[1].examples, found.columns[1].nulls) == (("web",), 1)


def test_any_key_of_json_is_a_column(look) -> None:
    found = look('{"": 1, "a/b~c": "x", "it\'s \\"so\\"": {"": 5, "k.l": "y"}}\n', "t.ndjson")
    assert [(column.name, column.examples) for column in found.columns] == [
        ("", ("1",)),
        ("a/b~c", ("x",)),
        ('it\'s "so".', ("5",)),
        ('it\'s "so".k.l', ("y",)),
    ]


def test_a_staged_table_is_used_and_kept(tmp_path: Path, con: duckdb.DuckDBPyConnection) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1,x\n2\n")
    (file,) = open_files(path, tmp_path / "s")
    before = con.execute("SELECT table_name FROM duckdb_tables()").fetchall()
    assert profile(con, file).rejected == 1
    assert con.execute("SELECT table_name FROM duckdb_tables()").fetchall() == before
    stage(con, file, "mine")
    assert profile(con, file, "mine").rows == 1
    con.execute("DROP TABLE mine")


def test_the_sessions_zone_is_left_as_it_was(look, con: duckdb.DuckDBPyConnection) -> None:
    con.execute("SET TimeZone = 'Asia/Tokyo'")
    found = look("created_at|x\n2016-04-28 11:19:34|a\n")
    assert found.columns[0].times.earliest == "2016-04-28 11:19:34"
    assert con.execute("SELECT current_setting('TimeZone')").fetchone() == ("Asia/Tokyo",)
    con.execute("SET TimeZone = 'UTC'")


@pytest.mark.slow
def test_a_real_audit_log_is_read_day_first(look) -> None:
    found = look(shared_file("data", "uci-incident", "incident_event_log.zip"))
    opened = found.column("opened_at")
    assert (found.rows, opened.times.formats) == (141_712, ("%d/%m/%Y %H:%M",))
    assert opened.times.evidence == "'29/2/2016 01:16' on row 1 can only be day first"
    assert (found.column("sys_created_at").nulls, found.column("assigned_to").nulls) == (53_076, 27_496)
    assert dict(found.column("incident_state").values)["-100"] == 5
