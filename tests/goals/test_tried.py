"""Notes of what was tried."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from goalkeeper.errors import UsageError
from goalkeeper.goals.tried import LONGEST, Tried, note, tried
from goalkeeper.warehouse import Store

NOW = datetime(2026, 2, 1)


def test_notes_are_kept_by_plan_oldest_first(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        note(store, "Q1", Tried("fcr", date(2026, 2, 1), "later"), NOW)
        note(store, "Q1", Tried("quick", date(2026, 1, 5), " two\nlines "), NOW)
        note(store, "Q2", Tried("fcr", date(2026, 4, 1), "another plan"), NOW)
        assert tried(store, "Q1") == (
            Tried("quick", date(2026, 1, 5), "two lines"),
            Tried("fcr", date(2026, 2, 1), "later"),
        )
        assert tried(store, "Q3") == ()


def test_reading_writes_nothing(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        tables = store.rows("SELECT table_name FROM duckdb_tables()")
        assert tried(store, "Q1") == ()
        assert store.rows("SELECT table_name FROM duckdb_tables()") == tables


@pytest.mark.parametrize("words", ["", " \n", "x" * (LONGEST + 1)])
def test_a_note_says_something_and_not_too_much(tmp_path: Path, words: str) -> None:
    with Store(tmp_path) as store:
        with pytest.raises(UsageError, match="1 to 500 characters"):
            note(store, "Q1", Tried("fcr", date(2026, 2, 1), words), NOW)
        assert tried(store, "Q1") == ()
