"""The document of the derived columns."""

from __future__ import annotations

from collections.abc import Sequence

from goalkeeper.datasets import DATASETS
from goalkeeper.sla import PROMISE_COLUMNS
from goalkeeper.tickets import SPAN_COLUMNS, TICKET_COLUMNS, TURN_COLUMNS, Derived

_OF_TICKETS = (
    ("tickets", "One row is a ticket.", TICKET_COLUMNS),
    ("turns", "One row is a run of customer messages after the first.", TURN_COLUMNS),
    ("open_spans", "One row is a span in which a ticket is open.", SPAN_COLUMNS),
    ("promises", "One row is one promise to a ticket; [Promises](sla.md) says how they come about.", PROMISE_COLUMNS),
)


def facts_page() -> str:
    """docs/facts.md: every derived column and what it means."""
    parts = [
        "# The facts",
        "",
        "What is derived once from the canonical tables and then counted by metrics. A moment is milliseconds since "
        "1970 UTC, a day a local day number, lengths are whole seconds.",
    ]
    for name, about, columns in _OF_TICKETS:
        parts += _table(f"facts.{name}", about, columns)
    for data in DATASETS.values():
        if data.query:
            parts += _table(data.source, f"Rows are {data.rows}; from {', '.join(data.reads)}.", data.columns)
    return "\n".join(parts) + "\n"


def _table(name: str, about: str, columns: Sequence[Derived]) -> list[str]:
    return ["", f"## {name}", "", about, "", "| column | kind | meaning |", "|---|---|---|", *map(_row, columns)]


def _row(column: Derived) -> str:
    kind = f"{column.kind}, split" if column.splits else column.kind
    return f"| {column.name} | {kind} | {column.about} |"
