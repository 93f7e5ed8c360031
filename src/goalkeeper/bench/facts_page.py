"""The document of the derived columns."""

from __future__ import annotations

from goalkeeper.sla import PROMISE_COLUMNS
from goalkeeper.tickets import SPAN_COLUMNS, TICKET_COLUMNS, TURN_COLUMNS, Derived


def facts_page() -> str:
    """docs/facts.md: every derived column and what it means."""
    parts = [
        "# The facts",
        "",
        "What is derived once from the canonical tables and then counted by metrics. A moment is milliseconds since "
        "1970 UTC, a day a local day number, lengths are whole seconds.",
    ]
    for name, about, columns in (
        ("tickets", "One row is a ticket.", TICKET_COLUMNS),
        ("turns", "One row is a run of customer messages after the first.", TURN_COLUMNS),
        ("open_spans", "One row is a span in which a ticket is open.", SPAN_COLUMNS),
        (
            "promises",
            "One row is one promise to a ticket; [Promises](sla.md) says how they come about.",
            PROMISE_COLUMNS,
        ),
    ):
        parts += ["", f"## facts.{name}", "", about, "", "| column | kind | meaning |", "|---|---|---|"]
        parts += [_row(column) for column in columns]
    return "\n".join(parts) + "\n"


def _row(column: Derived) -> str:
    kind = f"{column.kind}, split" if column.splits else column.kind
    return f"| {column.name} | {kind} | {column.about} |"
