"""Any canonical table can be filled by a spreadsheet with its name and its columns."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import pytest

import goalkeeper as gk
from goalkeeper.connectors.choose import find_mapping
from goalkeeper.connectors.mapping.checks import DERIVED
from goalkeeper.errors import SourceError
from goalkeeper.schema import TABLES, Column, Table, Type

VALUES = {
    Type.BIGINT: "1",
    Type.DOUBLE: "1",
    Type.DECIMAL: "1.50",
    Type.BOOL: "yes",
    Type.TIMESTAMP: "2026-02-01 09:00",
    Type.DATE: "2026-02-01",
    Type.TEXT_LIST: "a, b",
    Type.JSON: '{"a": 1}',
    Type.TIME: "09:00",
}
SPECIAL = {"currency": "EUR", "scale_min": "0", "chatted": "true", "handed_off": "false"}
SPECIAL |= {"email_key": "ada@post.example", "phone_key": "+49 30 123456"}


def value(column: Column) -> str:
    """A value that the contract allows beside those of the table's other columns."""
    if column.name in SPECIAL:
        return SPECIAL[column.name]
    if column.values:
        return column.values[-1] if column.name == "status" else column.values[0]
    return VALUES.get(column.type, f"a {column.name}")


def put(folder: Path, table: Table, columns: list[Column]) -> None:
    with (folder / f"{table.name}.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(column.name for column in columns)
        writer.writerow(value(column) for column in columns)


def test_every_table_takes_a_file_with_all_its_columns(ws: gk.Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "sheets"
    folder.mkdir()
    for table in TABLES.values():
        put(folder, table, list(table.columns))
    report = ws.load(folder)
    assert {file.mapping for file in report.files} == {"canonical"}
    assert (report.held, report.skipped) == (0, [])
    for table in TABLES.values():
        names = ", ".join(column.name for column in table.columns)
        rows = ws.store.rows(f"SELECT {names} FROM canon.{table.name}")
        assert len(rows) == 1, table.name
        assert None not in rows[0], (table.name, rows)
    assert ws.load(folder).loaded == 0


@pytest.mark.parametrize("table", [pytest.param(table, id=table.name) for table in TABLES.values()])
def test_a_table_is_known_by_its_required_columns(table: Table, tmp_path: Path) -> None:
    needed = [column for column in table.columns if column.required and (table.name, column.name) not in DERIVED]
    put(tmp_path, table, needed)
    assert find_mapping([tmp_path / f"{table.name}.csv"], "", {}).name == "canonical"
    put(tmp_path, table, needed[1:] or [Column("other", Type.TEXT, "Another")])
    with pytest.raises(SourceError, match="no ready mapping knows") as caught:
        find_mapping([tmp_path / f"{table.name}.csv"], "", {})
    assert caught.value.hint.startswith(f"{table.name}.csv is named like the table {table.name}, but lacks ")
    assert needed[0].name in caught.value.hint


def test_a_workbook_fills_a_table_a_sheet(ws: gk.Workspace, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    reviews = book.active
    reviews.title = "qa_reviews"
    reviews.append(
        ["review_id", "reviewed_at", "score", "scale_min", "scale_max", "ticket_id", "reviewer_id", "sampled_at_random"]
    )
    reviews.append(["R1", "2026-02-01 09:00", 8.5, 0, 10, 17, "kim", "yes"])
    reviews.append(["R2", "2026-02-01 10:00", 11, 0, 10, 17, "sam", "yes"])
    failures = book.create_sheet("failures")
    failures.append(["failure_id", "occurred_at", "what", "cause", "shared_at"])
    failures.append(["F1", "2026-01-31", "Payments stopped", "expired certificate", "2026-02-02T08:00:00+01:00"])
    book.save(tmp_path / "team.xlsx")
    report = ws.load(tmp_path / "team.xlsx")
    assert (report.loaded, report.held) == (2, 1)
    select = "SELECT review_id, reviewed_at::VARCHAR, score, ticket_id, sampled_at_random FROM canon.qa_reviews"
    assert ws.store.rows(select) == [("R1", "2026-02-01 08:00:00", 8.5, "17", True)]
    assert ws.store.rows("SELECT code, found FROM meta.quarantine") == [("score_off_scale", "11")]
    assert ws.store.rows("SELECT cause, shared_at::VARCHAR FROM canon.failures") == [
        ("expired certificate", "2026-02-02 07:00:00")
    ]


def test_an_address_is_hashed_and_a_hash_is_kept(ws: gk.Workspace, tmp_path: Path) -> None:
    path = tmp_path / "customers.csv"
    path.write_text("customer_id,email_key\n1,Ada@Post.example\n2,ada@post.example\n", encoding="utf-8")
    ws.load(path)
    [(key,)] = ws.store.rows("SELECT DISTINCT email_key FROM canon.customers")
    assert len(key) == 64
    path.write_text(f"customer_id,email_key\n3,{key}\n", encoding="utf-8")
    ws.load(path)
    assert ws.store.one("SELECT count(DISTINCT email_key) FROM canon.customers") == 1


def test_a_column_left_out_keeps_what_is_there(ws: gk.Workspace, tmp_path: Path) -> None:
    path = tmp_path / "agents.csv"
    path.write_text("agent_id,name,fte\n1,Ada,0.5\n", encoding="utf-8")
    ws.load(path)
    path.write_text("agent_id,fte\n1,0.8\n", encoding="utf-8")
    ws.load(path)
    assert ws.store.rows("SELECT name, fte FROM canon.agents") == [("Ada", 0.8)]


def test_a_column_that_is_not_read_is_told(ws: gk.Workspace, tmp_path: Path) -> None:
    path = tmp_path / "failures.csv"
    path.write_text("failure_id,occurred_at,what,shraed_at,mood\n1,2026-02-01,Down,2026-02-03,bad\n", encoding="utf-8")
    report = ws.load(path)
    assert report.files[0].notes == (
        "the column 'shraed_at' is not read; did you mean 'shared_at'?",
        "the column 'mood' is not read",
    )
    assert report.loaded == 1


def test_a_ready_mapping_for_the_very_columns_comes_first(tmp_path: Path) -> None:
    columns = "agent_id,name,email,team_id,role,hired_on,left_on,fte,timezone,is_bot"
    (tmp_path / "agents.csv").write_text(f"{columns}\n", encoding="utf-8")
    assert find_mapping([tmp_path / "agents.csv"], "", {}).name == "agents"
