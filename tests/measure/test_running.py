"""A running number is, on each day, what a measurement up to that day gives; only its interval is wider."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from goalkeeper.measure import Cell, Question, running
from goalkeeper.metrics import METRICS
from goalkeeper.stats.estimate import Estimate, NoEstimate
from measure.crowd import Crowd
from measure.small import Small


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    with Crowd(8).load(tmp_path_factory.mktemp("crowd")) as small:
        yield small


def grow(desk: Small, key: str, since: date, until: date, **asked: str) -> list[Cell]:
    question = Question(since=since, until=until, **asked)
    return list(running(desk.workspace.store, METRICS[key], question, zone="Europe/Berlin", tuned_for=200))


@pytest.mark.parametrize(
    ("key", "asked"),
    [
        ("csat", {}), ("nps", {}), ("reopen_rate", {"where": "channel = 'email'"}), ("first_response_time", {}),
        ("resolution_time", {"statistic": "finished_p90", "clock": "calendar"}), ("handle_time", {}),
        ("ticket_volume", {}), ("people_per_ticket", {"statistic": "median"}), ("first_contact_resolution", {}),
    ],
)  # fmt: skip
def test_each_day_is_the_measurement_up_to_it(desk: Small, key: str, asked: dict[str, str]) -> None:
    last = desk.measure(key, every="day")[-1].period.until
    since = last - timedelta(days=60)
    cells = grow(desk, key, since, last, **asked)
    assert [cell.period.until for cell in cells] == [since + timedelta(days=n) for n in range(1, 61)]
    judged = 0
    for cell in cells[::15] + cells[-1:]:
        (plain,) = desk.measure(key, since=since, until=cell.period.until, **asked)
        assert (cell.n, cell.pending, dict(cell.left_out)) == (plain.n, plain.pending, dict(plain.left_out))
        if isinstance(plain.value, NoEstimate):
            assert cell.value == plain.value
            continue
        assert isinstance(cell.value, Estimate)
        assert cell.value.value == pytest.approx(plain.value.value)
        assert cell.value.low <= plain.value.low <= plain.value.high <= cell.value.high
        judged += 1
    assert judged


def test_a_stock_is_that_of_the_day(desk: Small) -> None:
    last = desk.measure("ticket_volume", every="day")[-1].period.until
    cells = grow(desk, "backlog", last - timedelta(days=3), last)
    assert [cell.value for cell in cells] == [
        cell.value for cell in desk.measure("backlog", since=last - timedelta(days=3), until=last, every="day")
    ]


def test_few_rows_have_no_limits_yet(desk: Small) -> None:
    last = desk.measure("handle_time", every="day")[-1].period.until
    few = next(
        cell
        for days in range(1, 60)
        for cell in grow(desk, "handle_time", last - timedelta(days=days), last)[-1:]
        if isinstance(cell.value, Estimate)
    )
    assert few.n < 100
    assert isinstance(few.value, Estimate)
    assert (few.value.low, few.value.high) == (-math.inf, math.inf)
    assert few.value.note == "no limits yet"


def test_far_below_what_it_is_tuned_for_there_are_no_limits_yet(desk: Small) -> None:
    last = desk.measure("first_response_time", every="day")[-1].period.until
    question = Question(since=last - timedelta(days=60), until=last)
    metric, store = METRICS["first_response_time"], desk.workspace.store
    *_, cell = running(store, metric, question, zone="Europe/Berlin", tuned_for=10**9)
    assert cell.n >= 100
    assert isinstance(cell.value, Estimate)
    assert cell.value.note == "no limits yet"
