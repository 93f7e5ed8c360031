"""Every estimate over spans equals the statistic called on what a second writing of the metric finds in the rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from goalkeeper.datasets import dataset
from goalkeeper.formulas import Level, Spans
from goalkeeper.measure import Cell
from goalkeeper.metrics import METRICS
from goalkeeper.stats.estimate import Estimate, NoEstimate, Result
from measure.crowd import Crowd
from measure.small import Small
from measure.span_rules import SPAN_RULES, Row, Window

GONE = ("deleted", "spam", "merged")  # tickets that do not even lie open
# Up to when each dataset's tables are known, told a second time.
NEWEST = {
    "open_spans": "SELECT max(horizon_t) FROM meta.horizons",
    "tickets": "SELECT max(horizon_t) FROM meta.horizons",
    "orders": "SELECT epoch_ms(max(ordered_at)) FROM canon.orders",
    "both": "SELECT epoch_ms(max(t)) FROM (SELECT max(ordered_at) AS t FROM canon.orders UNION ALL "
    "SELECT max(acquired_at) FROM canon.acquisitions)",
    "billing": "SELECT epoch_ms(max(t)) FROM (SELECT max(occurred_at) AS t FROM canon.subscription_events UNION ALL "
    "SELECT max(greatest(started_at, ended_at, cancelled_at)) FROM canon.subscriptions)",
    "billing and both": "SELECT epoch_ms(max(t)) FROM (SELECT max(occurred_at) AS t FROM canon.subscription_events "
    "UNION ALL SELECT max(greatest(started_at, ended_at, cancelled_at)) FROM canon.subscriptions UNION ALL "
    "SELECT max(acquired_at) FROM canon.acquisitions)",
}
KNOWN_BY = {
    "customer_spans": "billing", "revenue_spans": "billing", "revenue_and_acquisitions": "billing and both",
    "orders_and_acquisitions": "both", "open_spans": "open_spans", "tickets": "tickets",
}  # fmt: skip


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    with Crowd(4, tickets=400).load(tmp_path_factory.mktemp("crowd")) as small:
        yield small


def asked() -> list[Any]:
    return [
        pytest.param(key, variant, statistic, id=f"{key} {variant} {statistic}")
        for key, variant in SPAN_RULES
        for statistic in METRICS[key].variant(variant).statistics
    ]


# Agents are not among the random rows; tests/metrics works these out by hand.
BY_HAND = {("agent_attrition", ""), ("backlog_per_agent", "")}


def test_every_metric_over_spans_has_a_second_writing() -> None:
    of_spans = {
        (key, name)
        for key, metric in METRICS.items()
        for name in ("", *metric.variants)
        if isinstance(metric.variant(name), Spans)
    }
    assert of_spans - BY_HAND == set(SPAN_RULES)


def agrees(key: str, cell: Cell, wanted: Result, is_level: bool) -> None:
    if not is_level and cell.n < 5 and isinstance(wanted, Estimate):
        wanted = NoEstimate("too_few", cell.n, 5)
    if isinstance(wanted, Estimate):
        assert isinstance(cell.value, Estimate), (cell, wanted)
        assert cell.value.value == pytest.approx(wanted.value, rel=1e-9)
        if wanted.low is None:
            assert cell.value.low is cell.value.high is None
        else:
            wanted = wanted.within(*METRICS[key].possible)
            assert (cell.value.low, cell.value.high) == pytest.approx((wanted.low, wanted.high), rel=1e-7)
        assert (cell.value.method, cell.n) == (wanted.method, wanted.n)
    else:
        assert isinstance(cell.value, NoEstimate), (cell, wanted)
        assert cell.value.reason == wanted.reason or (cell.n < 5 and cell.value.reason == "too_few")


def rows_of(small: Small, name: str) -> tuple[list[Row], list[Row]]:
    """The rows counted, and those left out."""
    data = dataset(name)
    rows = small.facts(f"(SELECT *, {data.left_out} AS why FROM {data.source})")
    rows = [row for row in rows if row["why"] not in GONE]
    return [row for row in rows if row["why"] is None], [row for row in rows if row["why"] is not None]


LOOK_BACK = ("buying_spans", "loyal_spans")


def looks_too_far_back(crowd: Small, name: str, formula: Spans, window: Window) -> bool:
    """Whether orders of the year before are not known: at the end of a stock's window, at the start of others."""
    first = crowd.workspace.store.one("SELECT min(ordered_at) FROM canon.orders").replace(tzinfo=UTC)
    known = (first.astimezone(ZoneInfo("Europe/Berlin")) + timedelta(days=365)).date()
    looked_at = window.end if isinstance(formula, Level) else window.start
    day = datetime.fromtimestamp(looked_at / 1000, ZoneInfo("Europe/Berlin")).date()
    return name in LOOK_BACK and day < known


@pytest.mark.parametrize("every", ["week", "quarter"])
@pytest.mark.parametrize(("key", "variant", "statistic"), asked())
def test_each_period(crowd: Small, key: str, variant: str, statistic: str, every: str) -> None:
    name, rule = SPAN_RULES[key, variant]
    formula = METRICS[key].variant(variant)
    assert isinstance(formula, Spans)
    rows, left_out = rows_of(crowd, name)
    newest = crowd.workspace.store.one(NEWEST[KNOWN_BY.get(name, "orders")])
    cells = crowd.measure(key, variant=variant, statistic=statistic, every=every)
    assert len(cells) >= (3 if name in ("tickets", "open_spans") else 10) or every == "quarter"
    numbers = 0
    for cell in cells:
        end = min(cell.period.end_ms("Europe/Berlin") - 1, newest)
        window = Window(cell.period.start_ms("Europe/Berlin"), end, statistic)
        if looks_too_far_back(crowd, name, formula, window):
            assert isinstance(cell.value, NoEstimate)
            assert cell.value.reason == "history"
        else:
            agrees(key, cell, rule(rows, window), isinstance(formula, Level))
        numbers += isinstance(cell.value, Estimate)
        here = [r for r in left_out if r[formula.opened] <= end and (r[formula.ended] or end + 1) > end]
        wanted = Counter(row["why"] for row in here)
        for why in formula.left_out:  # only orders have such reasons, of their own
            paid_back = variant == "predicted"
            own = [r for r in rows if (r["is_order"] and r["paid"] <= 0 if paid_back else r["margin"] is None)]
            wanted[why] += sum(r["ordered_at"] <= end < r["year_after_at"] for r in own)
        assert cell.left_out == +wanted
    # The crowd lives for two and a half years, and is too small to predict from: see `test_worth`.
    reaches_too_far = variant in ("3y", "5y", "predicted")
    assert numbers or reaches_too_far or statistic != METRICS[key].headline(variant)


def test_a_split_is_the_same_over_its_own_rows(crowd: Small) -> None:
    for (key, variant), (name, rule) in SPAN_RULES.items():
        rows, _ = rows_of(crowd, name)
        newest = crowd.workspace.store.one(NEWEST[KNOWN_BY.get(name, "orders")])
        split = next(each for each in ("segment", "channel") if each in dataset(name).splits)
        statistic = METRICS[key].headline(variant)
        for cell in crowd.measure(key, variant=variant, every="quarter", by=split):
            own = [row for row in rows if row[split] == cell.by[split]]
            if isinstance(cell.value, NoEstimate) and cell.value.reason == "history" and name in LOOK_BACK:
                continue
            end = min(cell.period.end_ms("Europe/Berlin") - 1, newest)
            window = Window(cell.period.start_ms("Europe/Berlin"), end, statistic)
            if key not in ("lifetime_value", "ltv_to_cac"):  # how long the data goes back is not the split's
                agrees(key, cell, rule(own, window), isinstance(METRICS[key].variant(variant), Level))
