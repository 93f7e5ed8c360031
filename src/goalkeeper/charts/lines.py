"""Lines over time: the trend with its interval band, and the spark, the same as small as words."""

from __future__ import annotations

from goalkeeper.charts.canvas import Canvas, Mode, gutter_of
from goalkeeper.charts.scale import Scale, scale_of, step_words
from goalkeeper.charts.spec import ChartSpec, Mark, finite
from goalkeeper.charts.theme import Theme

_TREND_HEIGHT, _TRACK_HEIGHT, _SPARK_HEIGHT = 264.0, 172.0, 40.0
_LABEL_GAP = 15.0
_MOST_LABELS = 8
_MOST_DOTS, _MANY, _VERY_MANY = 60, 20, 200
"""Up to so many marks have a dot; of many, like ones are one shape of a page; very many are placed by whole pixels."""


class _Plot:
    """The place of each mark and value in a drawing."""

    def __init__(self, spec: ChartSpec, scale: Scale, top: float, bottom: float, *, inset: bool) -> None:
        self.scale, self.top, self.bottom = scale, top, bottom
        self._count, self._inset = max(1, len(spec.series)), inset

    def x(self, index: int) -> float:
        if self._inset or self._count == 1:
            return (index + 0.5) / self._count
        return index / (self._count - 1)

    def y(self, value: float) -> float:
        return self.bottom - (self.bottom - self.top) * self.scale.fraction(value)


def _benchmark_span(spec: ChartSpec, scale: Scale) -> tuple[float, float] | None:
    """The part of the benchmark inside the scale; None where there is none or it lies outside."""
    if spec.benchmark is None:
        return None
    given_low, given_high = finite(spec.benchmark.low), finite(spec.benchmark.high)
    if given_low is None and given_high is None:
        return None
    low = scale.low if given_low is None else given_low
    high = scale.high if given_high is None else given_high
    return None if high < scale.low or low > scale.high else (max(low, scale.low), min(high, scale.high))


def _draw_benchmark(canvas: Canvas, plot: _Plot, spec: ChartSpec) -> None:
    span = _benchmark_span(spec, plot.scale)
    if span is None or spec.benchmark is None:
        return
    canvas.box("bench", 0, plot.y(span[1]), 1, plot.y(span[0]))
    for side in map(finite, (spec.benchmark.low, spec.benchmark.high)):
        if side is not None and plot.scale.holds(side):
            canvas.line("edge", 0, plot.y(side), 1, plot.y(side))


def _draw_runs(canvas: Canvas, plot: _Plot, spec: ChartSpec) -> None:
    """Band and line of each stretch; a lone mark gets its interval as an upright stroke."""
    alone: list[tuple[float, float, float]] = []
    for run in spec.runs():
        known = [(index, mark.low, mark.high) for index, mark in run if mark.low is not None and mark.high is not None]
        if len(run) == 1 and known:
            index, low, high = known[0]
            alone.append((plot.x(index), plot.y(low), plot.y(high)))
        elif known:
            upper = [(plot.x(index), plot.y(high)) for index, _, high in known]
            lower = [(plot.x(index), plot.y(low)) for index, low, _ in reversed(known)]
            canvas.area("band", upper + lower)
    if len(alone) > _MANY and canvas.mode is Mode.FLUID:
        canvas.strokes("whisk", alone)
    else:
        for x, low, high in alone:
            canvas.line("whisk", x, low, x, high)
    for run in spec.runs():
        points = [(plot.x(index), plot.y(_value(mark))) for index, mark in run]
        over = len(run) - run[-1][1].so_far
        if over > 1:
            canvas.path("line", points[:over])
        if 0 < over < len(run):
            canvas.path("ahead", points[over - 1 :])


def _value(mark: Mark) -> float:
    return mark.value if mark.value is not None else 0.0


def _draw_scale(canvas: Canvas, plot: _Plot, words: list[str]) -> None:
    for step, text in zip(plot.scale.steps, words, strict=True):
        canvas.line("grid", 0, plot.y(step), 1, plot.y(step))
        canvas.text("ax", 0, plot.y(step), text, anchor="end", shift=-8)


def _draw_limits(canvas: Canvas, plot: _Plot, spec: ChartSpec) -> None:
    """Dotted lines between which chance keeps the marks."""
    known = [(index, each) for index, each in enumerate(spec.limits[: len(spec.series)]) if each]
    for side in (0, 1):
        ends = [(index, finite(each[side])) for index, each in known]
        points = [(plot.x(index), plot.y(end)) for index, end in ends if end is not None and plot.scale.holds(end)]
        if len(points) > 1:
            canvas.path("limit", points)


def _draw_fan(canvas: Canvas, plot: _Plot, spec: ChartSpec) -> None:
    """Where a forecast lies: its middle dotted, between its two ends; within the drawing."""
    known = [
        (index, [finite(each) for each in ends]) for index, ends in enumerate(spec.fan[: len(spec.series)]) if ends
    ]
    held = [
        (plot.x(index), [plot.y(max(plot.scale.low, min(plot.scale.high, each))) for each in ends if each is not None])
        for index, ends in known
        if None not in ends
    ]
    if len(held) > 1:
        canvas.area("fan", [(x, high) for x, (_, _, high) in held] + [(x, low) for x, (low, _, _) in reversed(held)])
        canvas.path("ahead", [(x, middle) for x, (_, middle, _) in held])


def _is_signal(spec: ChartSpec, index: int, value: float) -> bool:
    limit = spec.limits[index] if index < len(spec.limits) else None
    return limit is not None and not limit[0] <= value <= limit[1]


def _draw_dots(canvas: Canvas, plot: _Plot, spec: ChartSpec, *, all_marks: bool) -> None:
    marks = [(index, mark) for index, mark in enumerate(spec.series) if mark.value is not None]
    lone = {run[0][0] for run in spec.runs() if len(run) == 1}
    specks: dict[bool, list[tuple[float, float]]] = {False: [], True: []}
    as_one = len(marks) > _MANY and canvas.mode is Mode.FLUID
    for place, (index, mark) in enumerate(marks):
        newest = place == len(marks) - 1
        if _is_signal(spec, index, _value(mark)):
            canvas.dot("signal", plot.x(index), plot.y(_value(mark)), 4.5)
        elif newest or index in lone or (all_marks and len(marks) <= _MOST_DOTS):
            x, y = plot.x(index), plot.y(_value(mark))
            if as_one and not newest:
                specks[mark.is_hollow].append((x, y))
            else:
                radius = (4.5 if all_marks else 3.5) if newest else 2.5
                canvas.dot("weak" if mark.is_hollow else "dot", x, y, radius)
    canvas.specks("speck", specks[False])
    canvas.specks("ring", specks[True])
    canvas.specks("hole", specks[True])


def _beside(plot: _Plot, spec: ChartSpec) -> list[tuple[float, str, str]]:
    """The labels at the right edge as (y, class, words), moved apart so that none covers another."""
    labels: list[tuple[float, str, str]] = []
    if spec.last is not None:
        labels.append((plot.y(_value(spec.last)), "now", spec.words(_value(spec.last))))
    if spec.target is not None:
        labels.append((plot.y(spec.target), "goalt", f"Goal {spec.words(spec.target)}"))
    span = _benchmark_span(spec, plot.scale)
    if span is not None:
        labels.append((plot.y((span[0] + span[1]) / 2), "ax", "Benchmark"))
    labels.sort()
    placed: list[tuple[float, str, str]] = []
    for y, names, words in labels:
        placed.append((max(y, placed[-1][0] + _LABEL_GAP) if placed else y, names, words))
    over = max(0.0, placed[-1][0] - plot.bottom) if placed else 0.0
    return [(y - over, names, words) for y, names, words in placed]


def _draw_time_axis(canvas: Canvas, plot: _Plot, spec: ChartSpec) -> None:
    every = max(1, -(-len(spec.series) // _MOST_LABELS))
    shown = range((len(spec.series) - 1) % every, len(spec.series), every)
    for place, index in enumerate(reversed(shown)):
        names = "ax odd" if place % 2 else "ax even" if place % 4 else "ax"
        canvas.text(names, plot.x(index), canvas.height - 8, spec.series[index].label, anchor="middle")


def _draw_notes(canvas: Canvas, plot: _Plot, spec: ChartSpec) -> None:
    for number, note in enumerate(spec.notes, 1):
        if 0 <= note.at < len(spec.series):
            canvas.line("note", plot.x(note.at), 14, plot.x(note.at), plot.bottom)
            canvas.text("row", plot.x(note.at), 7, str(number), anchor="middle")


def _nothing(mode: Mode, theme: Theme) -> Canvas:
    canvas = Canvas(_SPARK_HEIGHT, mode=mode, theme=theme)
    canvas.line("rail", 0, _SPARK_HEIGHT - 4, 1, _SPARK_HEIGHT - 4)
    canvas.text("ax", 0, _SPARK_HEIGHT / 2 - 4, "No values to draw")
    return canvas


def trend(spec: ChartSpec, mode: Mode, theme: Theme) -> Canvas:
    """The line with its interval, gaps left open, goal dashed, benchmark as a grey range."""
    if spec.last is None:
        return _nothing(mode, theme)
    scale = scale_of(spec, reach=3, want=5)
    plot = _Plot(spec, scale, 18 if spec.notes else 10, _TREND_HEIGHT - 28, inset=True)
    words = step_words(spec, scale)
    beside = _beside(plot, spec)
    right = max(2, gutter_of(text for _, _, text in beside))
    many = len(spec.series) > _VERY_MANY
    canvas = Canvas(_TREND_HEIGHT, mode=mode, theme=theme, left=gutter_of(words), right=right, whole=many)
    _draw_scale(canvas, plot, words)
    _draw_benchmark(canvas, plot, spec)
    _draw_notes(canvas, plot, spec)
    if spec.target is not None and scale.holds(spec.target):
        canvas.line("target", 0, plot.y(spec.target), 1, plot.y(spec.target))
    _draw_limits(canvas, plot, spec)
    _draw_fan(canvas, plot, spec)
    _draw_runs(canvas, plot, spec)
    _draw_dots(canvas, plot, spec, all_marks=True)
    for y, names, text in beside:
        canvas.text(names, 1, y, text, shift=8)
    _draw_time_axis(canvas, plot, spec)
    return canvas


def track(spec: ChartSpec, mode: Mode, theme: Theme) -> Canvas:
    """The line on its way: even pace from the start to the goal's flag, an upright where it stands today."""
    scale = scale_of(spec, reach=4, want=3)
    plot = _Plot(spec, scale, 12, _TRACK_HEIGHT - 28, inset=True)
    words = step_words(spec, scale)
    goal = "" if spec.target is None else spec.words(spec.target)
    canvas = Canvas(_TRACK_HEIGHT, mode=mode, theme=theme, left=gutter_of(words), right=max(2, gutter_of([goal])))
    _draw_scale(canvas, plot, words)
    _draw_runs(canvas, plot, spec)
    end = max(0, len(spec.series) - 1)
    if spec.target is not None and scale.holds(spec.target):
        begin = spec.target if spec.pace is None else spec.pace
        if scale.holds(begin):
            canvas.path("pace", [(plot.x(0), plot.y(begin)), (plot.x(end), plot.y(spec.target))])
        canvas.dot("flag", plot.x(end), plot.y(spec.target), 5)
        canvas.text("goalt", 1, plot.y(spec.target), goal, shift=8)
    today = max((index for index, mark in enumerate(spec.series) if mark.value is not None), default=None)
    if today is not None:
        canvas.line("note", plot.x(today), 4, plot.x(today), plot.bottom)
        mark = spec.series[today]
        canvas.dot("weak" if mark.is_hollow else "dot", plot.x(today), plot.y(_value(mark)), 4.5)
    shown = {0: "start", end: "end"} | ({} if today in (None, 0, end) else {today: "middle"})
    for index, anchor in shown.items():
        if anchor != "middle" or 0.2 < plot.x(index) < 0.8:
            canvas.text(
                "ax", plot.x(index), canvas.height - 8, spec.series[index].label if spec.series else "", anchor=anchor
            )
    return canvas


def spark(spec: ChartSpec, mode: Mode, theme: Theme) -> Canvas:
    """The shape of the line and its band only; benchmark and goal show where they are near."""
    plot = _Plot(spec, scale_of(spec, reach=0.5), 5, _SPARK_HEIGHT - 5, inset=False)
    canvas = Canvas(_SPARK_HEIGHT, mode=mode, theme=theme, width=180)
    if spec.last is None:
        canvas.line("rail", 0, _SPARK_HEIGHT / 2, 1, _SPARK_HEIGHT / 2)
        return canvas
    _draw_benchmark(canvas, plot, spec)
    if spec.target is not None and plot.scale.holds(spec.target):
        canvas.line("target", 0, plot.y(spec.target), 1, plot.y(spec.target))
    _draw_runs(canvas, plot, spec)
    _draw_dots(canvas, plot, spec, all_marks=False)
    return canvas
