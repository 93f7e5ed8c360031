"""Charts in plain characters for the terminal, never wider than asked for."""

from __future__ import annotations

from collections.abc import Sequence

from goalkeeper.charts.cells import cut, padded, plain, width_of, wrapped
from goalkeeper.charts.scale import Scale, scale_of
from goalkeeper.charts.spec import ChartSpec, Kind, Mark, finite

BLOCKS = "▁▂▃▄▅▆▇█"
GAP = "·"
_ROWS = 9
_MOST_COLUMN = 6


def spark_text(values: Sequence[float | None], width: int) -> str:
    """The newest ``width`` values as blocks of eight heights; a missing value is a dot."""
    shown = [finite(value) for value in values[-width:]] if width > 0 else []
    known = [value for value in shown if value is not None]
    if not known:
        return GAP * len(shown)
    low, span = min(known), max(known) - min(known)
    return "".join(
        GAP if value is None else BLOCKS[3] if span == 0 else BLOCKS[min(7, int((value - low) / span * 8))]
        for value in shown
    )


def _column(mark: Mark, scale: Scale) -> dict[int, str]:
    """The characters of one mark by row, counted from the bottom."""
    if mark.value is None:
        return {}
    cells: dict[int, str] = {}
    if mark.low is not None and mark.high is not None:
        cells = dict.fromkeys(range(scale.cell(mark.low, _ROWS), scale.cell(mark.high, _ROWS) + 1), "│")
    cells[scale.cell(mark.value, _ROWS)] = "○" if mark.is_hollow else "●"
    return cells


def _trend(spec: ChartSpec, width: int) -> list[str]:
    scale = scale_of(spec, reach=3)
    ends = [spec.words(scale.high), spec.words(scale.low)]
    left = min(max(map(width_of, ends)), max(0, width - 8))
    room = max(1, width - left - 3)
    marks = spec.series[-room:]
    step = min(_MOST_COLUMN, max(1, room // max(1, len(marks))))
    columns = [_column(mark, scale) for mark in marks]
    back = _background(spec, scale)
    lines = []
    for row in reversed(range(_ROWS)):
        ground = back.get(row, " ")
        cells = "".join((column.get(row, ground)).rjust(step, ground) for column in columns)
        name = ends[0] if row == _ROWS - 1 else ends[1] if row == 0 else ""
        lines.append(f"{padded(name, left, right=True)} ┤{cells}")
    if marks:
        between = max(1, step * len(marks) - width_of(marks[0].name) - width_of(marks[-1].name))
        lines.append(
            cut(
                " " * (left + 2) + marks[0].name + " " * between + (marks[-1].name if len(marks) > 1 else ""),
                width,
            )
        )
    return lines


def _background(spec: ChartSpec, scale: Scale) -> dict[int, str]:
    """The character behind the marks of each row: dotted in the benchmark, a rule at the goal."""
    back: dict[int, str] = {}
    if spec.benchmark is not None:
        low, high = finite(spec.benchmark.low), finite(spec.benchmark.high)
        bottom = scale.low if low is None else low
        top = scale.high if high is None else high
        for row in range(_ROWS):
            value = scale.low + (scale.high - scale.low) * row / (_ROWS - 1)
            if (low is not None or high is not None) and bottom <= value <= top:
                back[row] = "░"
    if spec.target is not None and scale.holds(spec.target):
        back[scale.cell(spec.target, _ROWS)] = "╌"
    return back


def _row_cells(spec: ChartSpec, mark: Mark, scale: Scale, room: int) -> str:
    cells = [" "] * room
    if spec.benchmark is not None:
        low, high = finite(spec.benchmark.low), finite(spec.benchmark.high)
        if low is not None or high is not None:
            first, last = (
                scale.cell(scale.low if low is None else low, room),
                scale.cell(scale.high if high is None else high, room),
            )
            cells[first : last + 1] = "░" * (last - first + 1)
    if mark.value is None:
        return "".join(cells)
    if spec.kind is Kind.BARS:
        first, last = sorted((scale.cell(0.0, room), scale.cell(mark.value, room)))
        cells[first : last + 1] = "█" * (last - first + 1)
    if mark.low is not None and mark.high is not None:
        first, last = scale.cell(mark.low, room), scale.cell(mark.high, room)
        cells[first : last + 1] = "─" * (last - first + 1)
        cells[first], cells[last] = "├", "┤"
    cells[scale.cell(mark.value, room)] = "○" if mark.is_hollow else "●"
    return "".join(cells)


def _rows(spec: ChartSpec, width: int) -> list[str]:
    scale = scale_of(spec, reach=3, zero=spec.kind is Kind.BARS)
    values = [spec.words(mark.value) if mark.value is not None else mark.gap or "no value" for mark in spec.series]
    left = min(max((width_of(plain(mark.label)) for mark in spec.series), default=0), width // 3)
    right = min(max(map(width_of, values), default=0), width // 3)
    room = max(1, width - left - right - 4)
    return [
        cut(f"{padded(mark.label, left)}  {_row_cells(spec, mark, scale, room)}  {value}", width)
        for mark, value in zip(spec.series, values, strict=True)
    ]


def to_text(spec: ChartSpec, width: int = 80) -> str:
    """The chart with its title and takeaway; a spark is one line of blocks."""
    if spec.kind is Kind.SPARK:
        return spark_text([mark.value for mark in spec.series], width)
    drawn = _trend(spec, width) if spec.kind in (Kind.TREND, Kind.TRACK) else _rows(spec, width)
    for number, note in enumerate(spec.notes, 1):
        drawn += wrapped(note.words, width, "   ", f"{number}. ")
    return "\n".join([cut(spec.title, width), *wrapped(spec.takeaway, width), *(line.rstrip() for line in drawn)])
