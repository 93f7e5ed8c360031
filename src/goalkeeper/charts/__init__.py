"""Charts: one spec, drawn for pages, paper and the terminal, always with its words and its table."""

from __future__ import annotations

from goalkeeper.charts.draw import to_svg
from goalkeeper.charts.spec import ChartSpec, Kind, Mark, Note, mark_of
from goalkeeper.charts.table import Table, to_table
from goalkeeper.charts.text import to_text

__all__ = ["ChartSpec", "Kind", "Mark", "Note", "Table", "mark_of", "to_svg", "to_table", "to_text"]
