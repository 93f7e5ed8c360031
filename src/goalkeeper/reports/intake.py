"""What was loaded: each source with its freshness, the loads, and the rows held back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from goalkeeper.reports.doctor import Check, doctor
from goalkeeper.reports.scorecard import source_lines
from goalkeeper.reports.views import SourceLine
from goalkeeper.warehouse.quarantine import Held, listed
from goalkeeper.warehouse.store import of_one_state
from goalkeeper.workspace import Workspace

MOST_LOADS = 30


@dataclass(frozen=True, slots=True)
class Load:
    """One file of a load: what was read of it and what became of the rows."""

    number: int
    source: str
    mapping: str
    file: str
    read: int
    loaded: int
    unchanged: int
    held: int
    passed_over: int
    at: datetime
    seconds: float


@dataclass(frozen=True, slots=True)
class Intake:
    """All sources, the latest loads, the reasons for which rows are held back, and what the doctor found."""

    company: str
    sources: tuple[SourceLine, ...]
    loads: tuple[Load, ...]
    all_loads: int
    held: tuple[Held, ...]
    checks: tuple[Check, ...]

    @property
    def held_rows(self) -> int:
        """How many rows are held back."""
        return sum(each.rows for each in self.held)


@of_one_state
def intake(workspace: Workspace) -> Intake:
    """What was loaded; empty in a new workspace."""
    store = workspace.store
    loads = store.rows(
        "SELECT load_id, source_id, mapping, file, rows_read, rows_loaded, rows_unchanged, rows_held, "
        "rows_passed_over, loaded_at, seconds FROM meta.loads ORDER BY load_id DESC LIMIT ?", [MOST_LOADS],
    )  # fmt: skip
    return Intake(
        company=workspace.settings.name,
        sources=source_lines(store),
        loads=tuple(Load(*row) for row in loads),
        all_loads=store.one("SELECT count(*) FROM meta.loads"),
        held=tuple(listed(store)),
        checks=doctor(workspace),
    )
