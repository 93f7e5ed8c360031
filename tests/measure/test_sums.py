"""Sums add: whatever way a range is cut, the parts give the whole, to the last row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any

import numpy as np
import pytest

from goalkeeper.engines.sql import Asked
from goalkeeper.formulas import Part, Spans
from goalkeeper.measure import fetch
from goalkeeper.measure.periods import periods
from goalkeeper.metrics import METRICS, Metric
from measure.crowd import Crowd
from measure.small import Small

SINCE, UNTIL = date(2026, 3, 18), date(2026, 4, 14)
# The datasets that the random desk has rows of.
DRAWN = (
    "tickets", "turns", "calls", "answers", "invitations", "cancel_requests", "subscriber_tickets", "buyers",
    "spending", "upsells", "shop_visits", "acquisitions",
)  # fmt: skip


def _adds(metric: Metric, variant: str = "") -> bool:
    """Whether the metric's sums add over days, and the random desk has rows of it."""
    formula = metric.variant(variant)
    drawn = formula.dataset in DRAWN and not any(kind in formula.among for kind in ("esat", "enps"))
    return (drawn or metric.key == "comment_rate") and not isinstance(formula, Spans | Part)


FLOWS = [
    pytest.param(key, variant, id=f"{key} {variant}")
    for key, metric in METRICS.items()
    for variant in ("", *metric.variants)
    if _adds(metric, variant)
]
EVERY = [pytest.param(key, id=key) for key, metric in METRICS.items() if _adds(metric)]


@pytest.fixture(scope="module", params=[11, 12])
def crowd(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    with Crowd(request.param, tickets=80).load(tmp_path_factory.mktemp("crowd")) as small:
        yield small


def some_splits(key: str, random: Random) -> tuple[str, ...]:
    return tuple(random.sample(METRICS[key].dataset().splits, 2))


def sums(small: Small, key: str, variant: str, every: str, by: tuple[str, ...]) -> Counter[tuple[Any, ...]]:
    """Every sum by name, and by value where a row of the answer is a distinct value."""
    metric = METRICS[key]
    formula, data = metric.variant(variant), metric.dataset(variant)
    asked = Asked(formula, data.source, data.left_out, by)
    fetch.give_periods(small.workspace.store, periods(SINCE, UNTIL, every))
    total: Counter[tuple[Any, ...]] = Counter()
    for rows in fetch.groups(fetch.answer(small.workspace.store, fetch.query_of(asked)), by).values():
        values = rows.get("value", np.zeros(len(rows["period"])))
        for name in rows.keys() - {"period", "value", "low_money", "high_money"}:
            for value, count in zip(values.tolist(), np.nan_to_num(rows[name]).tolist(), strict=True):
                total[name, "pending" if name == "pending" else value] += count
    return +total


@pytest.mark.parametrize(("key", "variant"), FLOWS)
def test_sums_of_all_parts_are_those_of_the_whole(crowd: Small, key: str, variant: str) -> None:
    whole = sums(crowd, key, variant, "", ())
    assert whole
    random = Random(key + variant)
    for every in ("day", "week", "month"):
        assert sums(crowd, key, variant, every, ()) == whole
        assert sums(crowd, key, variant, every, some_splits(key, random)) == whole


@pytest.mark.parametrize("key", EVERY)
def test_counts_pending_and_left_out_add(crowd: Small, key: str) -> None:
    def counted(**how: Any) -> tuple[int, int, Counter[str]]:
        cells = crowd.measure(key, since=SINCE, until=UNTIL, **how)
        out: Counter[str] = Counter()
        for cell in cells:
            out.update(cell.left_out)
        return sum(cell.n for cell in cells), sum(cell.pending for cell in cells), out

    whole = counted()
    assert whole[0] > 0
    random = Random(key)
    for every in ("", "day", "week"):
        assert counted(every=every, by=some_splits(key, random)) == whole
        assert counted(every=every) == whole


@pytest.mark.parametrize("key", ["backlog", "backlog_over_48h"])
def test_stocks_add_over_splits(crowd: Small, key: str) -> None:
    whole = crowd.measure(key, every="day")
    split = crowd.measure(key, every="day", by=("channel", "topic"))
    assert len(split) == len(whole) * len({tuple(cell.by.values()) for cell in split})
    for cell in whole:
        parts = [each for each in split if each.period == cell.period]
        assert sum(each.n for each in parts) == cell.n
        out: Counter[str] = Counter()
        for each in parts:
            out.update(each.left_out)
        assert out == cell.left_out


def test_a_sheet_of_cells_is_complete_and_in_order(crowd: Small) -> None:
    cells = crowd.measure("escalation_rate", by=("channel", "team"), every="week")
    places = [(cell.period.since, *(part or "~" for part in cell.by.values())) for cell in cells]
    assert places == sorted(places)
    seen = {tuple(cell.by.values()) for cell in cells}
    assert len(cells) == len(seen) * len({cell.period for cell in cells})
