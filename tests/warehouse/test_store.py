"""One database, several threads: each with temporary tables and a state of its own, one writer at a time."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from goalkeeper.errors import WorkspaceBusy
from goalkeeper.warehouse import store as module
from goalkeeper.warehouse.store import Store

FOREVER = "SELECT count(*) FROM range(100_000_000_000) t(a) WHERE a % 7 = 3"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path) as opened:
        opened.con.execute("CREATE TABLE numbers AS SELECT range AS n FROM range(10)")
        yield opened


@pytest.fixture
def other() -> Iterator[ThreadPoolExecutor]:
    """Another thread, always the same one."""
    with ThreadPoolExecutor(1) as pool:
        yield pool


def test_temporary_tables_are_each_threads_own(store: Store, other: ThreadPoolExecutor) -> None:
    store.con.execute("CREATE TEMP TABLE mine AS SELECT 1 AS n")

    def theirs() -> int:
        store.con.execute("CREATE TEMP TABLE mine AS SELECT 2 AS n")
        return int(store.one("SELECT n FROM mine"))

    assert other.submit(theirs).result() == 2
    assert store.one("SELECT n FROM mine") == 1
    assert other.submit(store.one, "SELECT n FROM mine").result() == 2
    other.submit(store.leave).result()
    with pytest.raises(duckdb.CatalogException):
        other.submit(store.one, "SELECT n FROM mine").result()


def test_all_threads_have_the_settings(store: Store, other: ThreadPoolExecutor) -> None:
    names = ("TimeZone", "enable_progress_bar", "debug_enable_caching_operators")
    settings = "SELECT " + ", ".join(f"current_setting('{name}')" for name in names)
    assert store.rows(settings) == other.submit(store.rows, settings).result() == [("UTC", False, False)]


def test_a_snapshot_does_not_move(store: Store, other: ThreadPoolExecutor) -> None:
    def write() -> None:
        with store.transaction():
            store.con.execute("INSERT INTO numbers VALUES (100)")
            store.con.execute("CREATE OR REPLACE TABLE fresh AS SELECT 1 AS n")

    with store.snapshot():
        assert store.one("SELECT count(*) FROM numbers") == 10
        other.submit(write).result()
        assert other.submit(store.one, "SELECT count(*) FROM numbers").result() == 11
        with store.snapshot():  # the outer one's state
            assert store.one("SELECT count(*) FROM numbers") == 10
        assert store.one("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'fresh'") == 0
    assert store.one("SELECT count(*) FROM numbers") == 11
    assert store.one("SELECT n FROM fresh") == 1


def test_temporary_tables_of_a_snapshot_end_with_it(store: Store) -> None:
    with store.snapshot():
        store.con.execute("CREATE OR REPLACE TEMP TABLE periods AS SELECT 1 AS n")
    with pytest.raises(duckdb.CatalogException):
        store.one("SELECT n FROM periods")


def test_passing_tables_end_with_their_block(store: Store) -> None:
    store.con.execute("CREATE TEMP TABLE mine AS SELECT 1 AS n")
    with store.transaction(), store.passing_tables():
        store.con.execute("CREATE TEMP TABLE passing AS SELECT 2 AS n")
        store.con.execute('CREATE TEMP VIEW "its view" AS FROM passing')
        store.con.execute("CREATE OR REPLACE TEMP TABLE mine AS SELECT n FROM passing")
    assert store.rows("SELECT table_name FROM duckdb_tables() WHERE temporary") == [("mine",)]
    assert store.rows("SELECT view_name FROM duckdb_views() WHERE temporary AND NOT internal") == []
    assert store.one("SELECT n FROM mine") == 2


def test_canonical_tables_are_filled_once_their_rows_are_kept(store: Store) -> None:
    assert store.filled() == set()
    store.con.execute("INSERT INTO kept.teams BY NAME SELECT 's' AS source_id, 't' AS team_id")
    assert store.filled() == {"teams"}


def test_a_snapshot_inside_a_transaction_sees_its_changes(store: Store) -> None:
    with store.transaction():
        store.con.execute("DELETE FROM numbers")
        with store.snapshot():
            assert store.one("SELECT count(*) FROM numbers") == 0
    assert store.one("SELECT count(*) FROM numbers") == 0


def test_an_error_in_a_transaction_undoes_it(store: Store) -> None:
    def fail() -> None:
        with store.transaction():
            store.con.execute("DELETE FROM numbers")
            store.con.execute("SELECT nothing")

    with pytest.raises(duckdb.BinderException):
        fail()
    assert store.one("SELECT count(*) FROM numbers") == 10


def test_a_long_log_is_written_out_although_somebody_reads(
    store: Store, other: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def replace() -> int:
        with store.writing("load"):
            store.con.execute("CREATE OR REPLACE TABLE fresh AS SELECT range AS n FROM range(1000)")
        return log.stat().st_size if log.exists() else 0

    log = store.path.with_name("goalkeeper.duckdb.wal")
    monkeypatch.setattr(module, "LONG_LOG", 0)
    with store.snapshot():
        store.one("SELECT count(*) FROM numbers")
        sizes = [other.submit(replace).result() for _ in range(3)]
        assert sizes[0] < sizes[1] < sizes[2]  # the snapshot is older than what was replaced
    with store.snapshot():
        store.one("SELECT count(*) FROM numbers")
        assert other.submit(replace).result() < sizes[1]


class TestWriting:
    def test_one_after_the_other(self, store: Store, other: ThreadPoolExecutor) -> None:
        heard: list[str] = []
        done: list[str] = []

        def second() -> None:
            with store.writing("refresh", lambda what, _share: heard.append(what)):
                done.append("second")

        with store.writing("load"):
            later = other.submit(second)
            while not heard:
                time.sleep(0.01)
            with store.writing("refresh"):  # one thread may do both
                done.append("first")
        later.result()
        assert done == ["first", "second"]
        assert set(heard) == {"waiting until another load is done"}

    def test_not_for_ever(self, store: Store, other: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "WRITER_WAIT_S", 0.1)

        def second() -> None:
            with store.writing("load"):
                pytest.fail("two write at once")

        with store.writing("refresh"):
            found = other.submit(second).exception()
        assert isinstance(found, WorkspaceBusy)
        assert found.message.startswith("another refresh has been at work for 0 s")

    def test_one_who_waits_can_be_stopped(self, store: Store) -> None:
        ends: list[BaseException] = []
        sessions: list[module.Session] = []

        def second() -> None:
            sessions.append(store.session)
            try:
                with store.writing("load"):
                    pytest.fail("two write at once")
            except KeyboardInterrupt as end:
                ends.append(end)

        with store.writing("load"):
            thread = threading.Thread(target=second)
            thread.start()
            while not sessions:
                time.sleep(0.01)
            sessions[0].stop()
            thread.join(10)
        assert len(ends) == 1


def test_a_stopped_thread_leaves_no_trace(store: Store) -> None:
    begun = threading.Event()
    ends: list[BaseException] = []
    sessions: list[module.Session] = []

    def work() -> None:
        sessions.append(store.session)
        try:
            with store.transaction():
                store.con.execute("DELETE FROM numbers")
                begun.set()
                store.con.execute(FOREVER).fetchall()
        except (duckdb.InterruptException, KeyboardInterrupt) as end:
            ends.append(end)
        with pytest.raises(KeyboardInterrupt):
            store.one("SELECT 1")
        store.leave()

    thread = threading.Thread(target=work)
    thread.start()
    begun.wait()
    while thread.is_alive():
        sessions[0].stop()
        thread.join(0.05)
    assert len(ends) == 1
    assert store.one("SELECT count(*) FROM numbers") == 10
    sessions[0].stop()  # too late, and no harm


def test_closing_closes_for_all_threads(tmp_path: Path, other: ThreadPoolExecutor) -> None:
    store = Store(tmp_path)
    assert other.submit(store.one, "SELECT 1").result() == 1
    store.close()
    with pytest.raises(duckdb.ConnectionException):
        other.submit(store.one, "SELECT 1").result()
    code = "import sys, pathlib; from goalkeeper.warehouse.store import Store; Store(pathlib.Path(sys.argv[1]))"
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)  # the file is free
    store.close()
