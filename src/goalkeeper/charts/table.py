"""The numbers of a chart as a table, which stands beside every drawing."""

from __future__ import annotations

from dataclasses import dataclass

from goalkeeper.charts.spec import ChartSpec


@dataclass(frozen=True, slots=True)
class Table:
    """Words ready to show: each row has as many cells as the head."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def to_table(spec: ChartSpec) -> Table:
    """Label, value, interval and count of each mark; a gap says why it is one."""
    rows = tuple(
        (
            mark.name,
            spec.words(mark.value) if mark.value is not None else mark.gap or "no value",
            spec.interval_words(mark),
            f"{mark.n:,}" if mark.n is not None else "–",
        )
        for mark in spec.series
    )
    return Table(spec.title, (spec.axis, "Value", spec.interval, "n"), rows)
