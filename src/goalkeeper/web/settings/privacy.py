"""What is kept of customers and people, and who may see what: said from the tables, roles and limits themselves."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request

from goalkeeper.measure import FLOORS
from goalkeeper.measure.privacy import LEAST
from goalkeeper.schema import TABLES, Column, Table
from goalkeeper.state.roles import ALLOWED, Permission, Role
from goalkeeper.state.sessions import IDLE, WHOLE
from goalkeeper.web.pages import Made, Pages
from goalkeeper.web.settings.topics import PRIVACY, view
from goalkeeper.workspace import Workspace

_SEEN = {
    Permission.NUMBERS: "Goals and metrics",
    Permission.TICKETS: "Single tickets, with what customers wrote",
    Permission.DATA: "Rows held back, as they came",
    Permission.PEOPLE: "Who comes in here",
    Permission.AUDIT: "What people here did",
}


@dataclass(frozen=True, slots=True)
class Personal:
    """A column that can tell of a person."""

    table: str
    column: str
    about: str
    is_hashed: bool


def personal_columns() -> list[Personal]:
    """All of them, as the schema marks them."""

    def made(table: Table, column: Column) -> Personal:
        return Personal(table.name.replace("_", " "), column.name, column.about, column.name.endswith("_key"))

    return [made(table, each) for table in TABLES.values() for each in table.columns if each.personal]


def declare(pages: Pages, *, with_people: bool) -> None:
    """Declares the page."""

    def page(workspace: Workspace, _: Request) -> Made:
        store = workspace.store
        loads = store.one("SELECT count(*) FROM meta.loads")
        columns = personal_columns()
        sees = {words: [str(role) for role in Role if needed in ALLOWED[role]] for needed, words in _SEEN.items()}
        kept = {
            "loads": loads, "fewest_rows": FLOORS.show, "fewest_answers_of_employees": LEAST,
            "idle_h": int(IDLE.total_seconds()) // 3600, "whole_days": WHOLE.days,
        }  # fmt: skip
        return view(
            pages, PRIVACY, {**kept, "columns": columns, "sees": sees, "with_people": with_people},
            lambda: {**kept, "sees": sees, "retention_days": None,
                     "personal": [{"table": each.table, "column": each.column, "is_hashed": each.is_hashed}
                                  for each in columns]},
        )  # fmt: skip

    pages.add(PRIVACY.href, page, Permission.IN)
