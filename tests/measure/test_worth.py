"""What buyers are worth in the years to come, through the whole program: a shop whose buying habits are known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from goalkeeper.stats.estimate import Estimate
from measure.small import Row, Small
from measure.span_rules import Window, predicted

pytestmark = pytest.mark.slow
BUYERS, SEEN_DAYS, YEARS = 2_000, 2 * 365, 3
BEGIN = datetime(2024, 1, 1, 12, tzinfo=UTC)


def lives() -> Iterator[tuple[int, int, float, bool]]:
    """Buyer, day, amount and whether the export still saw it, of buyers who come at a rate and stop by chance."""
    rng = np.random.default_rng(20)
    for who in range(BUYERS):
        a_day, stops, scale = rng.gamma(1.5, 1 / 45), rng.beta(1.2, 4.0), rng.gamma(8.0, 1 / 200)
        day = float(rng.integers(0, SEEN_DAYS // 2))
        seen_last = day
        while day < SEEN_DAYS + YEARS * 365:
            yield who, int(day), round(float(rng.gamma(6.0, 1 / scale)), 2) + 0.01, day < SEEN_DAYS
            seen_last = day
            if rng.random() < stops:
                break
            day = max(seen_last + rng.exponential(1 / a_day), int(seen_last) + 1.0)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Small, float, float]]:
    """The shop, and the mean and its standard error of what its buyers really paid in the three years after."""
    orders: list[Row] = []
    later = np.zeros(BUYERS)
    for number, (who, day, paid, seen) in enumerate(lives()):
        if seen:
            moment = BEGIN + timedelta(days=day)
            orders.append({
                "order_id": f"o{number}", "customer_id": f"c{who}", "ordered_at": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "gross": paid, "currency": "EUR", "status": "paid",
            })  # fmt: skip
        else:
            later[who] += paid
    with Small(tmp_path_factory.mktemp("worth")).load(orders=orders) as small:
        yield small, float(later.mean()), float(later.std() / BUYERS**0.5)


def test_prediction_is_what_the_statistic_says_of_the_rows(shop: Any) -> None:
    small, _, _ = shop
    (cell,) = small.measure("lifetime_value", variant="predicted")
    rows = [row for row in small.facts("facts.purchases") if row["left_out"] is None]
    newest = max(row["ordered_at"] for row in rows)
    wanted = predicted(rows, Window(0, newest, ""))
    assert isinstance(wanted, Estimate)
    assert isinstance(cell.value, Estimate)
    assert (cell.value.value, cell.value.low, cell.value.high) == pytest.approx(
        (wanted.value, wanted.low, wanted.high), rel=1e-9
    )
    assert (cell.n, cell.currency) == (BUYERS, "EUR")


def test_prediction_holds_what_buyers_really_paid_later(shop: Any) -> None:
    small, paid, error = shop
    (cell,) = small.measure("lifetime_value", variant="predicted")
    assert isinstance(cell.value, Estimate)
    assert cell.value.low - 2 * error <= paid <= cell.value.high + 2 * error
    assert cell.value.high < 2 * cell.value.low  # it says something
