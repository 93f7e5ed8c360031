"""A spec as SVG: the one door to the drawings."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from goalkeeper.charts import lines, rows
from goalkeeper.charts.canvas import Canvas, Mode
from goalkeeper.charts.spec import ChartSpec, Kind
from goalkeeper.charts.theme import Theme

_DRAW: Mapping[Kind, Callable[[ChartSpec, Mode, Theme], Canvas]] = {
    Kind.TREND: lines.trend,
    Kind.TRACK: lines.track,
    Kind.SPARK: lines.spark,
    Kind.INTERVALS: rows.rows,
    Kind.BARS: rows.rows,
    Kind.STRIP: rows.strip,
}


def to_svg(spec: ChartSpec, mode: Mode | str = Mode.FLUID, theme: Theme | str = Theme.LIGHT) -> str:
    """The chart as one ``<svg>`` element; the same spec gives the same bytes.

    A fluid drawing takes its colours from ``theme.chart_css()`` on its page; a fixed one stands alone.
    """
    return _DRAW[spec.kind](spec, Mode(mode), Theme(theme)).svg(spec.label, spec.kind.value)
