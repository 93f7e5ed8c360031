"""From values to places: the range a drawing covers and round steps in it, in the unit's own rhythm."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from goalkeeper.charts.spec import ChartSpec, finite
from goalkeeper.units import Unit

_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86400.0
_CLOCK_STEPS = (
    *(1.0, 2.0, 5.0, 10.0, 15.0, 30.0),
    *(_MINUTE * step for step in (1, 2, 5, 10, 15, 30)),
    *(_HOUR * step for step in (1, 2, 3, 6, 12)),
    *(_DAY * step for step in (1, 2, 7, 14, 28)),
)
_FROM_ZERO = frozenset({Unit.SHARE, Unit.DURATION, Unit.COUNT, Unit.RATE})


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight scale from ``low`` to ``high`` with its round steps."""

    low: float
    high: float
    steps: tuple[float, ...]

    def fraction(self, value: float) -> float:
        """The place of a value from 0 to 1; what lies outside sits on the edge."""
        return max(0.0, min(1.0, (value - self.low) / (self.high - self.low)))

    def cell(self, value: float, count: int) -> int:
        """The number of the cell a value falls in, of ``count`` in a row."""
        return round(self.fraction(value) * (count - 1))

    def holds(self, value: float) -> bool:
        """Whether the value lies inside."""
        return self.low <= value <= self.high


def _nice_step(span: float, unit: Unit, want: int) -> float:
    raw = span / want
    if unit is Unit.DURATION and 1 <= raw <= _CLOCK_STEPS[-1]:
        return next(step for step in _CLOCK_STEPS if step >= raw)
    base = _DAY if unit is Unit.DURATION and raw > _DAY else 1.0
    power = 10.0 ** math.floor(math.log10(raw / base))
    step = base * next(power * part for part in (1, 2, 2.5, 5, 10) if power * part >= raw / base * (1 - 1e-9))
    return max(step, 1.0) if unit is Unit.COUNT else step


def _steps(low: float, high: float, unit: Unit, want: int) -> tuple[float, ...]:
    step = _nice_step(high - low, unit, want)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return tuple(index * step for index in range(first, min(last, first + 2 * want + 2) + 1))


def _range(values: Sequence[float], unit: Unit) -> tuple[float, float]:
    """The smallest and largest value, spread where they are one."""
    if not values:
        return 0.0, 1.0
    low, high = min(values), max(values)
    size = max(abs(low), abs(high))
    # The millionth of the size keeps the two ends apart in floating point.
    least = max({Unit.SHARE: 0.04, Unit.INDEX: 0.08}.get(unit, size * 0.05), size * 1e-6, 1e-9)
    if high - low < least:
        middle = (low + high) / 2
        from_zero, to_one = unit in _FROM_ZERO and low >= 0, unit is Unit.SHARE and high <= 1
        low, high = middle - least / 2, middle + least / 2
        if from_zero and low < 0:
            low, high = 0.0, least
        if to_one and high > 1:
            low, high = 1 - least, 1.0
    return low, high


def _interval_ends(spec: ChartSpec, low: float, high: float) -> Iterable[float]:
    """The ends of the intervals, those of thin data cut so that one wide band cannot flatten the line."""
    widths = sorted(m.high - m.low for m in spec.series if m.has_interval and math.isfinite(m.high - m.low))  # type: ignore[operator]
    typical = widths[len(widths) // 2] if widths else 0.0
    reach = max(high - low, typical)
    for mark in spec.series:
        for end in (mark.low, mark.high):
            if end is not None and math.isfinite(end):
                yield max(low - reach, min(high + reach, end))


def scale_of(spec: ChartSpec, *, reach: float, want: int = 4, zero: bool = False) -> Scale:
    """The scale of a chart: its values and intervals, and goal and benchmark unless they lie too far off.

    ``reach`` is how many times its own range the chart may stretch to show them; ``zero`` starts it at zero.
    """
    values = [mark.value for mark in spec.series if mark.value is not None]
    low, high = _range(values, spec.unit)
    low, high = _range([low, high, *_interval_ends(spec, low, high)], spec.unit)
    room = reach * (high - low)
    marks = [
        spec.target,
        spec.pace,
        *(end for each in (*spec.limits, *spec.fan) if each for end in each),
        *((spec.benchmark.low, spec.benchmark.high) if spec.benchmark else ()),
    ]
    known = [place for place in map(finite, marks) if place is not None]
    near = [place for place in known if not values or low - room <= place <= high + room]
    low, high = _range([low, high, *near] if values else near or [0.0, 1.0], spec.unit)
    floor = 0.0 if spec.unit in _FROM_ZERO and low >= 0 else -math.inf
    ceiling = 1.0 if spec.unit is Unit.SHARE and high <= 1 else math.inf
    margin = 0.07 * (high - low)
    low, high = max(low - margin, floor), min(high + margin, ceiling)
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    return Scale(low, high, _steps(low, high, spec.unit, want))


def step_words(spec: ChartSpec, scale: Scale) -> list[str]:
    """The steps in the chart's unit, with the decimals that tell them apart."""
    times = 100.0 if spec.unit in (Unit.SHARE, Unit.INDEX) else 1.0
    digits = 0
    if len(scale.steps) > 1:
        gap = (scale.steps[1] - scale.steps[0]) * times
        while digits < 6 and abs(round(gap, digits) - gap) > gap * 1e-6:
            digits += 1
    return [spec.words(step, digits=digits if len(scale.steps) > 1 else None) for step in scale.steps]
