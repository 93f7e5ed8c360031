"""Buyers, what they are worth, sales of service and the brand, each number worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from goalkeeper.measure import Cell
from goalkeeper.stats.estimate import NoEstimate
from measure.small import Row, Small, at


def only(small: Small, key: str, **how: Any) -> Cell:
    (cell,) = small.measure(key, **how)
    return cell


def number(small: Small, key: str, **how: Any) -> float:
    cell = only(small, key, **how)
    assert cell.estimate is not None, cell.value
    return cell.estimate.value


def order(name: str, who: str, when: str, gross: float = 50, **more: Any) -> Row:
    row = {"order_id": name, "customer_id": who, "ordered_at": when, "gross": gross, "currency": "EUR"}
    return row | {"status": "paid"} | more


def orders_of(who: str, *days: str, **more: Any) -> list[Row]:
    return [order(f"{who}-{day}", who, f"{day}T12:00:00Z", **more) for day in days]


YEAR_ONE = ("2024-02-01", "2024-05-01", "2024-08-01", "2024-11-01")
YEAR_TWO = ("2025-02-01", "2025-05-01", "2025-08-01", "2025-11-01")


def two_years() -> list[Row]:
    """Four orders of 50 a year. Of six buyers of the first year four bought in the second: 1 / (2/6) = 3 years."""
    rows = [row for who in "abcdef" for row in orders_of(who, *YEAR_ONE, cost=20)]
    rows += [row for who in "abcdgh" for row in orders_of(who, *YEAR_TWO, cost=20)]
    rows[0]["ordered_at"] = "2024-01-01T09:00:00Z"
    return [*rows, *orders_of("z", "2025-12-30", status="cancelled")]


class TestLifetimeValue:
    def test_the_known_example(self, tmp_path: Any) -> None:
        won = [
            {"customer_id": who, "acquired_at": f"{day}T08:00:00Z", "cost": cost, "currency": "EUR"}
            for who, day, cost in (("g", "2025-02-01", 150), ("h", "2025-02-01", 250), ("z", "2025-12-30", 0))
        ]
        won += [{"customer_id": "a", "acquired_at": "2024-01-01T08:00:00Z", "cost": 999, "currency": "EUR"}]
        won += [{"customer_id": "y", "acquired_at": "2025-03-01T08:00:00Z"}]  # the cost is not known
        with Small(tmp_path).load(orders=two_years(), acquisitions=won) as small:
            cell = only(small, "lifetime_value")
            assert number(small, "lifetime_value") == pytest.approx(50 * 4 * 3)
            assert (cell.n, cell.currency) == (6, "EUR")
            assert cell.left_out == {"cancelled": 1}
            assert number(small, "lifetime_value", variant="order_margin") == pytest.approx(30 * 4 * 3)
            early = only(small, "lifetime_value", until=date(2025, 9, 1)).value
            assert isinstance(early, NoEstimate)
            assert early.words.startswith("needs data of 730 d, has 609 d")
            # Three customers were won in the year, for 400.
            assert number(small, "ltv_to_cac") == pytest.approx(600 / (400 / 3))

    def test_what_was_paid_back_counts_less(self, tmp_path: Any) -> None:
        refunds = [
            {"refund_id": "r1", "refunded_at": "2025-09-01T00:00:00Z", "amount": 120, "currency": "EUR"} | whose
            for whose in ({"order_id": "a-2025-08-01"},)
        ]
        refunds += [
            {"refund_id": "r2", "refunded_at": "2025-09-01T00:00:00Z", "amount": 120, "currency": "EUR",
             "customer_id": "b"}
        ]  # fmt: skip
        with Small(tmp_path).load(orders=two_years(), refunds=refunds) as small:
            # 24 orders of 50 less 240 paid back, one of the refunds on no known order: 960 / 6 a year.
            assert number(small, "lifetime_value") == pytest.approx(160 * 3)

    def test_margin_over_churn(self, tmp_path: Any) -> None:
        """Ten customers pay 20 and cost 8 a month from January 2025 on; one leaves after six months."""
        rows: list[Row] = [
            {"subscription_id": f"s{n}", "customer_id": f"c{n}", "started_at": "2025-01-01T00:00:00Z", "mrr": 20,
             "cost": 8, "currency": "EUR", "status": "active"}
            for n in range(10)
        ]  # fmt: skip
        rows[0] |= {"status": "cancelled", "ended_at": "2025-07-02T15:00:00Z"}  # 182.625 days: six months
        newest: Row = rows[1] | {"subscription_id": "new", "customer_id": "new", "trial_end_at": "2026-03-01T00:00:00Z"}
        newest |= {"started_at": "2026-01-01T06:00:00Z", "status": "trialing"}
        with Small(tmp_path).load(subscriptions=[*rows, newest]) as small:
            # In the 365 days before 1 January 2026, 06:00: nine held throughout, one from the first 6 hours on less.
            months = (9 * 365 + 182.625 - 0.25) / 30.4375
            found = only(small, "lifetime_value", variant="margin_over_churn", until=date(2026, 1, 2))
            assert found.estimate is not None
            assert found.estimate.value == pytest.approx(0.6 * 20 * min(months, 60))
            assert "the most that is counted" in found.estimate.note
            assert found.n == 9


BOUGHT = (
    *orders_of("once", "2024-01-10"),
    *orders_of("twice", "2024-01-10", "2024-06-10"),
    *orders_of("late", "2024-01-10", "2025-02-10"),
    *orders_of("much", "2025-03-10", "2025-06-10", "2025-09-10", "2025-12-10"),
    *orders_of("young", "2025-06-10", "2025-07-10"),
    *orders_of("test", "2025-06-10", is_test=True),
    *orders_of("back", "2024-01-10", "2024-02-10", status="refunded"),
    order("cut-1", "cut", "2024-03-10T10:00:00Z"),
    order("cut-2", "cut", "2024-03-10T11:00:00Z"),
    *orders_of("newest", "2026-01-10"),
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    with Small(tmp_path_factory.mktemp("shop")).load(orders=BOUGHT) as small:
        yield small


class TestBuyers:
    def test_repeat_purchase(self, shop: Small) -> None:
        # once no, twice, late, much, young, back, cut; the newest is counted too.
        assert number(shop, "repeat_purchase_rate") == 6 / 8
        assert number(shop, "repeat_purchase_rate", variant="days") == 5 / 8
        assert only(shop, "repeat_purchase_rate").estimate.low is not None  # type: ignore[union-attr]
        assert number(shop, "repeat_purchase_rate", until=date(2024, 7, 1)) == 3 / 5  # late came later

    def test_within_a_year(self, shop: Small) -> None:
        cell = only(shop, "repeat_purchase_rate", variant="within_365_days")
        assert (cell.n, cell.pending) == (5, 3)  # much, young and newest are not followed for a year
        assert number(shop, "repeat_purchase_rate", variant="within_365_days") == 3 / 5

    def test_regular_buyers(self, shop: Small) -> None:
        assert number(shop, "loyal_customers") == 1  # much: four within the year
        assert number(shop, "loyal_customers", until=date(2025, 9, 10)) == 0  # two so far, and the third on the 10th
        assert number(shop, "loyal_customers", until=date(2025, 9, 11)) == 1

    def test_retention_of_a_shop(self, tmp_path: Any) -> None:
        rows = [row for n in range(5) for row in orders_of(f"stay{n}", "2024-06-10", "2025-06-01")]
        rows += [row for n in range(3) for row in orders_of(f"gone{n}", "2024-06-10")]  # active until 10 June 2025
        rows += [row for n in range(2) for row in orders_of(f"new{n}", "2025-06-15")]
        rows += orders_of("nobody", "2024-05-20", status="cancelled")  # orders are known for a year before June
        with Small(tmp_path).load(orders=[*rows, *orders_of("newest", "2025-07-02")]) as small:
            june = {"since": date(2025, 6, 1), "until": date(2025, 7, 1), "variant": "buyers"}
            assert number(small, "retention_rate", **june) == 5 / 8
            assert number(small, "churn_rate", **june) == 3 / 8
            assert number(small, "acquisition_rate", **june) == 2 / 8


SPENDING = (
    {"answer_id": f"a{n}", "answered_at": at("03-02 10:00"), "spend_in_category": whole, "spend_with_us": ours,
     "currency": "EUR"}
    for n, (whole, ours) in enumerate(((400, 100), (300, 150), (100, 0), (100, 30), (100, 20)))
)  # fmt: skip
SOLD = (
    {"upsell_id": f"u{n}", "customer_id": "c", "occurred_at": at("03-02 10:00"), "amount": amount, "currency": "EUR",
     "kind": kind, "accepted": accepted}
    for n, (amount, kind, accepted) in enumerate(
        ((30, "upsell", True), (20, "cross_sell", None), (99, "upsell", False)))
)  # fmt: skip
VISITS = (
    *({"visit_id": f"v{n}", "started_at": at("03-02 10:00"), "customer_id": f"c{n}", "chatted": n < 6}
      for n in range(12)),
    {"visit_id": "open", "started_at": at("03-09 10:00"), "chatted": True},
    {"visit_id": "unknown", "started_at": at("03-02 10:00")},
    {"visit_id": "named", "started_at": at("03-02 10:00"), "chatted": False, "order_id": "c8-o"},
)  # fmt: skip
# c0 and c1 in time; c2 a minute late, c3 before the chat, c4 cancelled; c7, c8 and the visit that names c8's order.
VISITORS_ORDERS = (
    order(f"c{n}-o", f"c{n}", at(when), **more)
    for n, when, more in (
        (0, "03-02 11:00", {}), (1, "03-05 09:59", {}), (2, "03-05 10:01", {}), (3, "03-02 09:00", {}),
        (4, "03-02 11:00", {"status": "cancelled"}), (7, "03-02 12:00", {}), (8, "03-03 12:00", {}),
        (20, "03-10 10:00", {}),
    )
)  # fmt: skip
WON = (
    {"customer_id": f"c{n}", "acquired_at": at("03-02 10:00"), "channel": channel, "referred_by_customer_id": by}
    for n, (channel, by) in enumerate(
        (("search", None), ("search", "c9"), ("Referral programme", None), (None, "c9"), ("store", None), (None, None)))
)  # fmt: skip
BRAND = (
    {"response_id": f"r{n}", "survey_id": "b", "kind": "brand", "responded_at": at("03-02 10:00"), "score": score,
     "scale_min": 0, "scale_max": top}
    for n, (score, top) in enumerate(((1, 1), (1, 1), (0, 1), (0, 1), (0, 1), (3, 5)))
)  # fmt: skip


@pytest.fixture(scope="module")
def sales(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    with Small(tmp_path_factory.mktemp("sales")).load(
        spend_answers=SPENDING, upsells=SOLD, shop_visits=VISITS, orders=VISITORS_ORDERS, acquisitions=WON,
        survey_responses=BRAND,
    ) as small:  # fmt: skip
        yield small


class TestSales:
    def test_wallet_share(self, sales: Small) -> None:
        assert number(sales, "wallet_share") == pytest.approx(300 / 1000)
        assert only(sales, "wallet_share").n == 5

    def test_upsell_revenue(self, sales: Small) -> None:
        cell = only(sales, "upsell_revenue")
        assert (number(sales, "upsell_revenue"), cell.n, cell.currency) == (50, 2, "EUR")
        kinds = sales.measure("upsell_revenue", by="kind")
        assert [(each.by["kind"], each.estimate.value) for each in kinds] == [("cross_sell", 20), ("upsell", 30)]

    def test_assisted_conversion(self, sales: Small) -> None:
        cell = only(sales, "assisted_conversion")
        assert (cell.n, number(sales, "assisted_conversion"), cell.pending) == (6, 2 / 6, 1)
        assert cell.left_out == {"nobody knows whether they chatted": 1}
        without = only(sales, "assisted_conversion", variant="without_chat")
        assert (without.n, without.estimate.value) == (7, 3 / 7)  # type: ignore[union-attr]

    def test_word_of_mouth(self, sales: Small) -> None:
        cell = only(sales, "referral_rate")
        assert (cell.n, number(sales, "referral_rate")) == (5, 3 / 5)
        assert cell.left_out == {"nobody knows how they came": 1}

    def test_brand(self, sales: Small) -> None:
        cell = only(sales, "brand_recall")
        assert (cell.n, number(sales, "brand_recall")) == (5, 2 / 5)
        assert cell.left_out == {"not a question of yes or no": 1}
