"""A spec takes any number and refuses to be without words."""

from __future__ import annotations

import math

import pytest

from charts.specs import share_marks, spec_of
from goalkeeper.charts import Kind, Mark, mark_of
from goalkeeper.charts.spec import LARGEST, finite
from goalkeeper.reports.views import Reading
from goalkeeper.stats.estimate import Estimate, NoEstimate
from goalkeeper.units import Unit


@pytest.mark.parametrize(("title", "takeaway"), [("", "It rose."), ("Satisfaction", " ")])
def test_a_chart_without_words_cannot_be_made(title, takeaway):
    from goalkeeper.charts import ChartSpec

    with pytest.raises(ValueError, match="takeaway"):
        ChartSpec(Kind.TREND, title, takeaway, Unit.SHARE, ())


def test_not_a_number_is_a_gap():
    assert Mark("a", math.nan, 0.0, 1.0) == Mark("a", None)
    assert Mark("a", math.inf) == Mark("a", None)


def test_an_open_end_stays_open_and_nan_is_no_end():
    assert Mark("a", 1.0, -math.inf, math.inf).high == math.inf
    assert not Mark("a", 1.0, math.nan, 2.0).has_interval


def test_finite_holds_values_in_bounds():
    assert finite(1e300) == LARGEST
    assert finite(math.nan) is None


def test_mark_of_a_reading_keeps_interval_and_count():
    reading = Reading(Estimate(0.6, 0.5, 0.7, 0.95, 100, "wilson"), 100)
    assert mark_of("May", reading) == Mark("May", 0.6, 0.5, 0.7, 100)


def test_mark_of_few_rows_is_weak_but_a_stock_never_is():
    few = Reading(Estimate(0.6, 0.3, 0.9, 0.95, 12, "wilson"), 12)
    stock = Reading(Estimate(12.0, None, None, 0.95, 12, "count"), 12)
    assert mark_of("May", few).weak
    assert not mark_of("May", stock).weak


def test_mark_of_no_estimate_says_why():
    mark = mark_of("May", Reading(NoEstimate("too_few", 3, 5), 3))
    assert mark.value is None
    assert mark.gap == "needs 5 answers, has 3"


def test_runs_end_at_gaps():
    spec = spec_of(Kind.TREND, share_marks(6, gaps=(0, 3)))
    assert [[index for index, _ in run] for run in spec.runs()] == [[1, 2], [4, 5]]


def test_words_follow_the_working_day():
    spec = spec_of(Kind.TREND, (), Unit.DURATION, days=False)
    assert spec.words(30 * 3600.0) == "30 h"
