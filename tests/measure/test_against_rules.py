"""Every estimate equals the statistic called on a plain list that a second writing of the metric gives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from goalkeeper.datasets import dataset
from goalkeeper.formulas import Spans
from goalkeeper.measure import Cell
from goalkeeper.measure.periods import day_number
from goalkeeper.metrics import METRICS
from goalkeeper.stats.estimate import Estimate, NoEstimate, Result
from goalkeeper.stats.index import tango
from goalkeeper.stats.mean import bootstrap_t
from goalkeeper.stats.proportion import wilson
from goalkeeper.stats.quantile import quantile
from goalkeeper.stats.rate import poisson_rate
from goalkeeper.stats.ratio import ratio_of_sums
from goalkeeper.stats.sums import CountSums, RateSums, RatioSums, TimeToSums
from goalkeeper.stats.survival import kaplan_meier
from goalkeeper.stats.total import compound_poisson
from measure.crowd import Crowd
from measure.rules import PENDING, RULES, Out, Row
from measure.small import Small

# These hang on tables that the random desk does not have; tests/metrics works each of them out by hand.
BY_HAND = {
    *("deflection_rate", "contact_rate", "backlog_per_agent", "contacts_per_hour", "cost_per_resolution"),
    *("recovery_rate", "negative_review_rate", "loop_closed", "review_rating", "low_review_share", "review_volume"),
    *("theme_share", "ideas_adopted", "qa_score", "qa_agreement", "employee_satisfaction", "employee_score", "enps"),
    *("training_completion", "certification_coverage", "relationship_touches", "failures_shared", "failure_repeats"),
    *("agent_attrition", "occupancy", "overtime", "overtime_hours"),
}
QUANTILES = {"median": 0.5, "p90": 0.9}


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    with Crowd(4, tickets=400).load(tmp_path_factory.mktemp("crowd")) as small:
        yield small


def asked() -> list[Any]:
    found = []
    for (key, variant), _ in RULES.items():
        formula = METRICS[key].variant(variant)
        for clock in ("calendar", "working") if formula.has_clock else ("",):
            for statistic in formula.statistics:
                found.append(pytest.param(key, variant, clock, statistic, id=f"{key} {variant} {clock} {statistic}"))
    return found


def test_every_metric_has_a_second_writing() -> None:
    """Of its rows here; of spans in `test_against_span_rules`."""
    all_of_them = {
        (key, name): isinstance(metric.variant(name), Spans)
        for key, metric in METRICS.items()
        for name in ("", *metric.variants)
    }
    of_rows = {each for each, of_spans in all_of_them.items() if not of_spans}
    assert {each for each in of_rows if each[0] not in BY_HAND} == set(RULES)


def judged(small: Small, key: str, variant: str, clock: str) -> Iterator[tuple[Row, Any]]:
    """Each row with a day, and what the rule says of it; a ticket that nobody counts stays out for that reason."""
    name, day, rule = RULES[key, variant]
    data = dataset(name)
    for row in small.facts(f"(SELECT *, {data.left_out} AS why FROM {data.source})"):
        if row[day] is None:
            continue
        verdict = rule(row, "_working" if clock == "working" else "")
        if verdict is not None:
            yield row | {"day": row[day]}, Out(row["why"]) if row["why"] else verdict


def expected(statistic: str, key: str, variant: str, values: list[Any], days: int) -> Result:
    formula = METRICS[key].variant(variant)
    match type(formula).__name__:
        case "Share":
            return wilson(sum(values), len(values))
        case "Index":
            return tango(values.count(1), values.count(-1), len(values))
        case "Ratio":
            over, under = zip(*values, strict=True) if values else ((), ())
            return ratio_of_sums(RatioSums.of(over, under))
        case "Total":
            return compound_poisson(len(values), sum(values), sum(value * value for value in values))
        case "Rate":
            return poisson_rate(RateSums(len(values), days))
        case "Mean":
            return of_values(statistic, values)
        case _:
            if statistic.startswith("finished_"):
                return of_values(statistic.removeprefix("finished_"), [value for value, done in values if done])
            curve = kaplan_meier(TimeToSums.of([value for value, _ in values], [done for _, done in values]))
            if statistic == "mean":
                return curve.restricted_mean(formula.horizon_s)  # type: ignore[attr-defined]
            return curve.quantile(QUANTILES[statistic])


def of_values(statistic: str, values: list[float]) -> Result:
    sums = CountSums.of(np.array(values, dtype=np.float64))
    return bootstrap_t(sums) if statistic == "mean" else quantile(sums, QUANTILES[statistic])


def agrees(key: str, cell: Cell, rows: list[Any], wanted: Result) -> None:
    """The cell is the wanted result, and what it does not count is named."""
    verdicts = [verdict for _, verdict in rows]
    assert cell.left_out == Counter(str(each) for each in verdicts if isinstance(each, Out))
    assert cell.pending == sum(isinstance(each, str) and each == PENDING for each in verdicts)
    if 0 < cell.n < 5 and getattr(wanted, "method", "") not in ("exact Poisson", "compound Poisson"):
        wanted = NoEstimate("too_few", cell.n, 5)
    if cell.n == 0 and cell.pending:
        wanted = NoEstimate("pending", cell.pending)
    if isinstance(wanted, Estimate):
        assert isinstance(cell.value, Estimate), cell.value
        assert cell.value.value == pytest.approx(wanted.value, rel=1e-12)
        wanted = wanted.within(*METRICS[key].possible)
        assert (cell.value.low, cell.value.high) == pytest.approx((wanted.low, wanted.high), rel=1e-9)
        assert (cell.value.method, cell.value.level) == (wanted.method, wanted.level)
    else:
        assert isinstance(cell.value, NoEstimate)
        assert (cell.value.reason, cell.value.have) == (wanted.reason, wanted.have)


@pytest.mark.parametrize(("key", "variant", "clock", "statistic"), asked())
def test_the_whole_and_each_channel(crowd: Small, key: str, variant: str, clock: str, statistic: str) -> None:
    rows = list(judged(crowd, key, variant, clock))
    assert sum(not isinstance(verdict, Out) for _, verdict in rows) >= 6
    whole = crowd.measure(key, variant=variant, clock=clock, statistic=statistic)
    name = next(each for each in ("channel", "segment") if each in dataset(RULES[key, variant][0]).splits)
    split = crowd.measure(key, variant=variant, clock=clock, statistic=statistic, by=name)
    assert {cell.by[name] for cell in split} >= {row[name] for row, _ in rows}
    for cell in (*whole, *split):
        own = [(row, v) for row, v in rows if not cell.by or row[name] == cell.by[name]]
        counted = [verdict for _, verdict in own if not isinstance(verdict, str)]
        agrees(key, cell, own, expected(statistic, key, variant, counted, cell.period.days))


@pytest.mark.parametrize("every", ["day", "week"])
@pytest.mark.parametrize("key", ["first_response_time", "first_contact_resolution", "nps", "handle_time", "csat"])
def test_periods(crowd: Small, key: str, every: str) -> None:
    clock = "working" if METRICS[key].formula.has_clock else ""
    rows = list(judged(crowd, key, "", clock))
    cells = crowd.measure(key, every=every)
    for cell in cells:
        span = range(day_number(cell.period.since), day_number(cell.period.until))
        own = [(row, verdict) for row, verdict in rows if row["day"] in span]
        counted = [verdict for _, verdict in own if not isinstance(verdict, str)]
        agrees(key, cell, own, expected(cells.statistic, key, "", counted, cell.period.days))
    assert sum(len(cell.left_out) for cell in cells) > 0
