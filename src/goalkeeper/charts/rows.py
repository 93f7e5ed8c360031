"""Estimates side by side: intervals on a shared scale, bars from zero, and one row without words."""

from __future__ import annotations

from goalkeeper.charts.canvas import Canvas, Mode, gutter_of
from goalkeeper.charts.scale import Scale, scale_of, step_words
from goalkeeper.charts.spec import ChartSpec, Kind, Mark, finite
from goalkeeper.charts.theme import Theme

_ROW, _AXIS, _STRIP = 30.0, 26.0, 20.0
_LABEL_CHARS = 26


def clipped(words: str, most: int = _LABEL_CHARS) -> str:
    """A label short enough for its room."""
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"


def _benchmark(canvas: Canvas, scale: Scale, spec: ChartSpec, top: float, bottom: float) -> None:
    if spec.benchmark is None:
        return
    low, high = finite(spec.benchmark.low), finite(spec.benchmark.high)
    if low is None and high is None:
        return
    left = scale.fraction(scale.low if low is None else low)
    right = scale.fraction(scale.high if high is None else high)
    canvas.box("bench", left, top, right, bottom)
    for side in (low, high):
        if side is not None and scale.holds(side):
            canvas.line("edge", scale.fraction(side), top, scale.fraction(side), bottom)


def _estimate(canvas: Canvas, scale: Scale, mark: Mark, y: float) -> None:
    """The interval as a broad stroke under the point."""
    if mark.value is None:
        return
    if mark.low is not None and mark.high is not None:
        canvas.line("whisk", scale.fraction(mark.low), y, scale.fraction(mark.high), y)
    canvas.dot("weak" if mark.weak else "dot", scale.fraction(mark.value), y, 5)


def _bar(canvas: Canvas, scale: Scale, mark: Mark, y: float) -> None:
    """The amount from zero, its interval as a thin stroke at the end."""
    if mark.value is None:
        return
    ends = sorted((scale.fraction(0.0), scale.fraction(mark.value)))
    canvas.box("bar", ends[0], y - 8, ends[1], y + 8)
    if mark.low is not None and mark.high is not None:
        canvas.line("reach", scale.fraction(mark.low), y, scale.fraction(mark.high), y)


def strip(spec: ChartSpec, mode: Mode, theme: Theme) -> Canvas:
    """The newest estimate against the benchmark, without words."""
    scale = scale_of(spec, reach=6)
    canvas = Canvas(_STRIP, mode=mode, theme=theme, width=180)
    canvas.line("rail", 0, _STRIP / 2, 1, _STRIP / 2)
    _benchmark(canvas, scale, spec, 4, _STRIP - 4)
    if spec.last is not None:
        _estimate(canvas, scale, spec.last, _STRIP / 2)
    return canvas


def rows(spec: ChartSpec, mode: Mode, theme: Theme) -> Canvas:
    """A row for each mark: its label left, the drawing on the shared scale, its value right."""
    bars = spec.kind is Kind.BARS
    scale = scale_of(spec, reach=3, want=3, zero=bars)
    labels = [clipped(mark.label) for mark in spec.series]
    values = ["no value" if mark.value is None else spec.words(mark.value) for mark in spec.series]
    bottom = 6 + _ROW * len(spec.series)
    left, right = gutter_of(labels), gutter_of(values)
    canvas = Canvas(bottom + _AXIS, mode=mode, theme=theme, left=left, right=right)
    for step, words in zip(scale.steps, step_words(spec, scale), strict=True):
        canvas.line("grid", scale.fraction(step), 0, scale.fraction(step), bottom)
        canvas.text("ax", scale.fraction(step), bottom + 12, words, anchor="middle")
    _benchmark(canvas, scale, spec, 0, bottom)
    if spec.target is not None and scale.holds(spec.target):
        canvas.line("target", scale.fraction(spec.target), 0, scale.fraction(spec.target), bottom)
    for index, mark in enumerate(spec.series):
        y = 6 + _ROW * (index + 0.5)
        canvas.text("row", 0, y, labels[index], anchor="end", shift=-10)
        (_bar if bars else _estimate)(canvas, scale, mark, y)
        canvas.text("row" if mark.value is not None else "ax", 1, y, values[index], shift=10)
    return canvas
