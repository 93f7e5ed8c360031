"""The rows behind a number: how each stands in words, and all of them as a file."""

from __future__ import annotations

from goalkeeper.documents.exports import Cell
from goalkeeper.engines.listing import COUNTED, HIT, LEFT_OUT, MINUS, MISS, PENDING, PLUS
from goalkeeper.formulas import Index, TimeTo
from goalkeeper.measure.listing import Listed, Listing
from goalkeeper.reports.rows import RowsPage
from goalkeeper.units import Unit, format_value

_WORDS = {
    HIT: "hit", MISS: "no hit", PLUS: "counts up", MINUS: "counts down", COUNTED: "counted", PENDING: "waiting",
    LEFT_OUT: "left out",
}  # fmt: skip


def standing_words(listing: Listing, stands: str) -> str:
    """How a row stands: "hit", "no hit", "counts up", "neither", "reached", "not yet", "waiting", "left out"."""
    formula = listing.metric.formula
    if isinstance(formula, TimeTo) and stands in (HIT, MISS):
        return "reached" if stands == HIT else "not yet"
    return "neither" if isinstance(formula, Index) and stands == MISS else _WORDS[stands]


def row_value(listing: Listing, row: Listed) -> str:
    """The number of a row in the metric's unit; empty where it has none."""
    unit = Unit.COUNT if listing.metric.unit in (Unit.RATE, Unit.SHARE, Unit.RATIO) else listing.metric.unit
    return "" if row.value is None else format_value(row.value, unit, days=listing.clock != "working")


def rows_table(page: RowsPage) -> tuple[list[str], list[list[Cell]]]:
    """The rows as a head and cells, numbers in the metric's unit (durations in seconds)."""
    listing = page.listing
    ticket = ["source", "ticket", "subject"] if listing.has_tickets else []
    head = [*ticket, "day", "stands", "why", "value", *listing.names]
    return head, [
        [*([row.source, row.ticket_id, row.subject] if ticket else []), row.day, standing_words(listing, row.stands),
         row.why, row.value, *row.columns] for row in listing.rows
    ]  # fmt: skip
