"""Scales have round steps inside their range, whatever the data."""

from __future__ import annotations

import math

import pytest
from hypothesis import given

from charts.specs import any_spec, share_marks, spec_of, steady
from goalkeeper.charts import Kind, Mark
from goalkeeper.charts.scale import scale_of, step_words
from goalkeeper.reports.views import Band
from goalkeeper.units import Unit


@steady
@given(spec=any_spec)
def test_any_data_has_a_scale(spec):
    scale = scale_of(spec, reach=3)
    assert math.isfinite(scale.low)
    assert scale.low < scale.high
    assert len(scale.steps) <= 12
    slack = (scale.high - scale.low) * 1e-6
    assert all(scale.low - slack <= step <= scale.high + slack for step in scale.steps)
    assert all(scale.holds(mark.value) for mark in spec.series if mark.value is not None)


@pytest.mark.parametrize(
    ("unit", "low", "high", "words"),
    [
        (Unit.SHARE, 0.62, 0.79, ["60 %", "65 %", "70 %", "75 %", "80 %"]),
        (Unit.DURATION, 30.0, 130.0, ["30 s", "1 min", "1 min 30 s", "2 min"]),
        (Unit.DURATION, 3600.0 * 2, 3600.0 * 9, ["2 h", "4 h", "6 h", "8 h"]),
        (Unit.COUNT, 1.0, 3.0, ["1", "2", "3"]),
        (Unit.INDEX, -0.1, 0.4, ["−10", "0", "+10", "+20", "+30", "+40"]),
    ],
)
def test_steps_are_round_in_the_unit(unit, low, high, words):
    spec = spec_of(Kind.TREND, (Mark("a", low), Mark("b", high)), unit)
    shown = step_words(spec, scale_of(spec, reach=3, want=5))
    assert [word for word in shown if word in words] == shown


def test_one_wide_interval_does_not_flatten_the_line():
    marks = (*share_marks(6), Mark("thin", 0.7, 0.0, 1.0))
    scale = scale_of(spec_of(Kind.TREND, marks), reach=3)
    assert scale.fraction(0.8) - scale.fraction(0.6) > 0.3


def test_shares_stay_between_nothing_and_all():
    marks = (Mark("a", 0.02, 0.0, 0.1), Mark("b", 0.97, 0.9, 1.0))
    scale = scale_of(spec_of(Kind.TREND, marks), reach=3)
    assert (scale.low, scale.high) == (0.0, 1.0)


def test_a_near_benchmark_joins_and_a_far_one_does_not():
    marks = share_marks(4)
    near = scale_of(spec_of(Kind.TREND, marks, benchmark=Band(0.9, 0.95, "", "")), reach=3)
    far = scale_of(spec_of(Kind.SPARK, marks, benchmark=Band(0.01, 0.02, "", "")), reach=0.5)
    assert near.holds(0.95)
    assert not far.holds(0.02)


def test_cells_run_from_first_to_last():
    scale = scale_of(spec_of(Kind.TREND, share_marks(4)), reach=3)
    assert scale.cell(-9.0, 10) == 0
    assert scale.cell(math.inf, 10) == 9


@pytest.mark.parametrize(("value", "ends"), [(0.006, (0.0, 0.05)), (0.995, (0.95, 1.0)), (0.0, (0.0, 0.05))])
def test_shares_of_nearly_none_or_all_stay_between_0_and_1(value: float, ends: tuple[float, float]) -> None:
    marks = [Mark(str(week), value, max(0.0, value - 0.001), min(1.0, value + 0.001)) for week in range(9)]
    scale = scale_of(spec_of(Kind.TREND, marks), reach=3)
    assert ends[0] <= scale.low < scale.high <= ends[1]
