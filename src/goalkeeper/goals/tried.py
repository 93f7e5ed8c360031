"""What a team tried for its goals: a line and a day each, kept with the plan's name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from goalkeeper.errors import UsageError
from goalkeeper.warehouse.store import Store

_TABLE = """
CREATE TABLE IF NOT EXISTS meta.plan_notes (plan VARCHAR, goal VARCHAR, day DATE, words VARCHAR, noted_at TIMESTAMP)
"""
LONGEST = 500


@dataclass(frozen=True, slots=True)
class Tried:
    """Something that was begun for a goal on a day."""

    goal: str
    day: date
    words: str

    def check(self) -> None:
        """UsageError for no words, or too many."""
        if not 0 < len(self.words.strip()) <= LONGEST:
            raise UsageError(f"a note has 1 to {LONGEST} characters.", hint="Say what was begun, in a sentence.")


def note(store: Store, plan: str, tried: Tried, now: datetime) -> None:
    """Keeps what was tried; UsageError for no words, or too many. ``now`` is UTC without zone."""
    tried.check()
    store.con.execute(_TABLE)
    row = [plan, tried.goal, tried.day, " ".join(tried.words.split()), now]
    store.con.execute("INSERT INTO meta.plan_notes VALUES (?, ?, ?, ?, ?)", row)


def tried(store: Store, plan: str) -> tuple[Tried, ...]:
    """All that was tried for the goals of a plan, oldest first."""
    is_there = "SELECT 1 FROM duckdb_tables() WHERE schema_name = 'meta' AND table_name = 'plan_notes'"
    if not store.one(is_there):  # nobody makes it by reading: a write makes every kept page old
        return ()
    sql = "SELECT goal, day, words FROM meta.plan_notes WHERE plan = ? ORDER BY day, noted_at"
    return tuple(Tried(*row) for row in store.rows(sql, [plan]))
