"""Canonical tables are kept as what loads fill, and read as all that the schema says."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from goalkeeper.schema import TABLES
from goalkeeper.warehouse import Store, load, replay
from goalkeeper.warehouse.kept import stored_columns
from goalkeeper.warehouse.store import DATABASE
from warehouse.desk import Desk, content, event, ticket


def kinds(store: Store, place: str) -> dict[str, str]:
    return {row[0]: row[1] for row in store.rows(f"DESCRIBE {place}")}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_read_with_all_its_columns_before_any_load(desk: Desk, name: str) -> None:
    assert list(kinds(desk.store, f"canon.{name}").items()) == list(stored_columns(TABLES[name]).items())
    assert desk.store.columns(name) <= set(stored_columns(TABLES[name]))


def test_only_what_a_load_fills_is_kept(desk: Desk) -> None:
    desk.load("tickets.csv", [ticket("1")])
    assert {"channel", "priority", "reason"} <= desk.store.columns("tickets")
    assert not {"brand", "product", "tags"} & desk.store.columns("tickets")
    assert desk.tickets("brand", "product", "tags", "reason") == [(None, None, None, "billing")]
    assert kinds(desk.store, "canon.tickets") == stored_columns(TABLES["tickets"])


def test_a_later_mapping_makes_room_for_what_it_fills(desk: Desk) -> None:
    desk.load("tickets_1.csv", [ticket("1")])
    desk.mapping = desk.mapping.replace('columns.reason = "topic"', 'columns.product = "topic"')
    desk.load("tickets_2.csv", [ticket("2", topic="lamp")])
    assert desk.tickets("reason", "product") == [("billing", None), (None, "lamp")]
    desk.load("tickets_3.csv", [ticket("1", "2024-02-01 09:00:00", topic="desk")])
    assert desk.tickets("reason", "product") == [("billing", "desk"), (None, "lamp")]


def test_a_replay_makes_room_for_what_the_changed_mapping_fills(desk: Desk) -> None:
    desk.load("tickets.csv", [ticket("1", priority="hoch"), ticket("2")])
    desk.mapping = desk.mapping.replace('columns.priority = "priority"', 'columns.product = "priority"')
    assert replay(desk.store, {"desk": desk.read}).released == 1
    assert desk.tickets("priority", "product") == [(None, "hoch"), (None, "normal")]


def test_a_failed_load_leaves_the_rows_as_they_were(desk: Desk) -> None:
    desk.load("tickets.csv", [ticket("1")])
    before = content(desk.store)
    desk.mapping = desk.mapping.replace('columns.reason = "topic"', 'columns.product = "topic"')
    with pytest.raises(Exception, match="fail their contract"):
        desk.load("tickets_2.csv", [ticket("2", created="?")])
    assert content(desk.store) == before


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.widen("tickets", ["brand"])
        store.con.execute("CHECKPOINT")
        before = store.rows("SELECT table_name, sql FROM duckdb_tables() ORDER BY ALL")
    size = (tmp_path / DATABASE).read_bytes()
    with Store(tmp_path) as store:
        assert "brand" in store.columns("tickets")
        assert store.rows("SELECT table_name, sql FROM duckdb_tables() ORDER BY ALL") == before
    assert (tmp_path / DATABASE).read_bytes() == size


def test_a_column_new_in_the_schema_is_shown_in_a_workspace_of_before(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        store.con.execute("CREATE OR REPLACE VIEW canon.tickets AS SELECT source_id, ticket_id FROM kept.tickets")
    with Store(tmp_path) as store:
        assert kinds(store, "canon.tickets") == stored_columns(TABLES["tickets"])


def test_a_workspace_whose_canonical_tables_are_whole_goes_on(tmp_path: Path) -> None:
    """As they were before version 1 kept less: with `_mapping`, without a column that the schema has since."""
    (tmp_path / "store").mkdir()
    with duckdb.connect(tmp_path / "store" / DATABASE) as con:
        con.execute("CREATE SCHEMA canon")
        for name in ("tickets", "ticket_events"):
            columns = stored_columns(TABLES[name]) | {"_mapping": "VARCHAR"}
            columns.pop("product", None)
            listed = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
            con.execute(f"CREATE TABLE canon.{name} ({listed})")
    desk = Desk(tmp_path)
    with desk.store:
        desk.mapping = desk.mapping.replace('columns.reason = "topic"', 'columns.product = "topic"')
        tickets = desk.write("tickets.csv", [ticket("1"), ticket("2", topic="lamp")])
        events = desk.write("events.csv", [event("1", "a"), event("2", "b", "2023-01-01 10:00:00")])
        report = load(desk.store, [tickets, events], desk.read)
        assert (report.loaded, report.held) == (3, 1)
        assert desk.tickets("ticket_id", "product") == [("1", "billing"), ("2", "lamp")]
        assert desk.load("tickets_2.csv", [ticket("2", "2024-02-01 09:00:00", status="solved")]).loaded == 1
        assert desk.tickets("status") == [("open",), ("solved",)]
        assert desk.store.columns("tickets") == {*stored_columns(TABLES["tickets"]), "_mapping"}
        assert (
            desk.store.rows("SELECT 1 FROM duckdb_tables() WHERE schema_name = 'kept' AND table_name = 'tickets'") == []
        )


def test_who_reads_meanwhile_sees_the_table_as_it_was(desk: Desk) -> None:
    desk.load("tickets_1.csv", [ticket("1")])
    begun, loaded = threading.Event(), threading.Event()

    def read() -> tuple[list[object], list[object]]:
        with desk.store.snapshot():
            before = desk.tickets("ticket_id", "product")
            begun.set()
            assert loaded.wait(30)
            return before, desk.tickets("ticket_id", "product")

    with ThreadPoolExecutor(1) as beside:
        reading = beside.submit(read)
        assert begun.wait(30)
        desk.mapping = desk.mapping.replace('columns.reason = "topic"', 'columns.product = "topic"')
        desk.load("tickets_2.csv", [ticket("2", topic="lamp")])
        loaded.set()
        assert reading.result() == ([("1", None)], [("1", None)])
        assert beside.submit(desk.tickets, "product").result() == [(None,), ("lamp",)]
        beside.submit(desk.store.leave).result()
