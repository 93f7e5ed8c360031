"""Buyers, their spans, visits and matches of random rows agree with plain loops over the same rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from measure.crowd import Crowd
from measure.money_crowd import DAYS, FIRST
from measure.small import Row, Small

DAY_MS = 86_400_000
YEAR_MS = 365 * DAY_MS
BERLIN = ZoneInfo("Europe/Berlin")


def millis(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def local_day(ms: int) -> int:
    return datetime.fromtimestamp(ms / 1000, BERLIN).date().toordinal() - 719_163


@pytest.fixture(scope="module", params=[5, 6])
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Small, Crowd]]:
    crowd = Crowd(request.param, tickets=150)
    with crowd.load(tmp_path_factory.mktemp("told")) as small:
        yield small, crowd


def called(small: Small, customer_id: str) -> str:
    key = f"desk:{customer_id}"
    return next((row["person"] for row in small.facts("facts.customers") if row["customer"] == key), key)


def bought(crowd: Crowd) -> dict[str, list[tuple[int, Decimal]]]:
    """By customer of the source: when, and what was paid in the end; the orders that count, in order."""
    back: dict[str, int] = defaultdict(int)
    for refund in crowd.money.tables["refunds"]:
        if refund["order_id"]:
            back[refund["order_id"]] += refund["amount"]
    found = defaultdict(list)
    for row in crowd.money.tables["orders"]:
        if row["status"] == "cancelled" or row["is_test"]:
            continue
        paid = row.get("net", row["gross"] - (row["discount"] or 0) - back[row["order_id"]])
        found[row["customer_id"]].append((millis(row["ordered_at"]), Decimal(paid)))
    return {who: sorted(rows) for who, rows in found.items()}


def test_buyers(told: tuple[Small, Crowd]) -> None:
    small, crowd = told
    facts = {row["customer"]: row for row in small.facts("facts.buyers")}
    wanted = {called(small, who): rows for who, rows in bought(crowd).items()}
    assert set(facts) == set(wanted)
    newest = max(t for rows in wanted.values() for t, _ in rows)
    for who, rows in wanted.items():
        row, times = facts[who], [t for t, _ in rows]
        days = sorted({local_day(t) for t in times})
        later = [t for t in times if local_day(t) > days[0]]
        assert (row["orders"], row["order_days"]) == (len(times), len(days))
        assert (row["first_ordered_at"], row["last_ordered_at"]) == (times[0], times[-1])
        assert row["first_ordered_day"] == days[0]
        assert row["second_ordered_at"] == (times[1] if len(times) > 1 else None)
        assert row["second_day_at"] == (later[0] if later else None)
        assert row["paid"] == sum(paid for _, paid in rows)
        assert row["followed_s"] == (newest - times[0]) // 1000
        assert (row["left_out"] == "internal") == (who == called(small, "c7"))
    assert sum(row["paid"] for row in facts.values()) > 10_000


@pytest.mark.parametrize(("table", "orders"), [("facts.buying_spans", 1), ("facts.loyal_spans", 3)])
def test_who_keeps_buying(told: tuple[Small, Crowd], table: str, orders: int) -> None:
    small, crowd = told
    wanted = {called(small, who): [t for t, _ in rows] for who, rows in bought(crowd).items()}
    pick, seen = Random(orders), 0
    for _ in range(80):
        moment = FIRST.replace(tzinfo=UTC) + timedelta(days=pick.uniform(0, DAYS))
        t = round(moment.timestamp() * 1000)
        there = [row["customer"] for row in small.facts(table) if row["opened_at"] <= t < row["ended_at"]]
        expected = [who for who, times in wanted.items() if sum(t - YEAR_MS < at <= t for at in times) >= orders]
        assert sorted(there) == sorted(expected)
        seen += len(there)
    assert seen > 200


def test_money_back_on_no_known_order_is_a_row_of_its_own(told: tuple[Small, Crowd]) -> None:
    small, crowd = told
    rows = sorted(row["paid"] for row in small.facts("facts.purchases") if not row["is_order"])
    unknown = [refund for refund in crowd.money.tables["refunds"] if refund["customer_id"]]
    assert rows == sorted(Decimal(-refund["amount"]) for refund in unknown)
    assert len(rows) >= 3


def test_visits_that_sold(told: tuple[Small, Crowd]) -> None:
    small, crowd = told
    orders = {row["order_id"]: row for row in crowd.money.tables["orders"]}
    times = {who: [t for t, _ in rows] for who, rows in bought(crowd).items()}

    def sold(visit: Row) -> bool:
        begun = millis(visit["started_at"])
        if any(begun <= t <= begun + 3 * DAY_MS for t in times.get(visit["customer_id"], ())):
            return True
        named = orders.get(visit["order_id"] or "")
        if named is None:
            return False
        counts = named["status"] != "cancelled" and not named["is_test"]
        return counts and millis(named["ordered_at"]) <= begun + 3 * DAY_MS

    visits = crowd.money.tables["shop_visits"]
    facts = small.facts("facts.shop_visits")
    assert len(facts) == len(visits)
    assert sum(row["bought_3"] for row in facts) == sum(map(sold, visits)) > 10


def test_matches_of_subscribers(told: tuple[Small, Crowd]) -> None:
    """The nearest of the eight neighbours on each side by the start of their spans, who qualifies at the moment."""
    small, _ = told
    spans = [row for row in small.facts("facts.customer_spans") if row["left_out"] is None]
    spans.sort(key=lambda row: (row["opened_at"], row["customer"]))
    tickets = [row for row in small.facts("facts.tickets") if row["left_out"] is None and row["customer"]]
    persons = {row["customer"]: row["person"] for row in small.facts("facts.customers")}
    wrote = defaultdict(list)
    for row in tickets:
        wrote[persons.get(row["customer"], row["customer"])].append(row["created_at"])

    def holds(span: Row, t: int) -> bool:
        return span["opened_at"] <= t and (span["ended_at"] is None or span["ended_at"] > t)

    matched = 0
    for row in small.facts("facts.subscriber_tickets"):
        t, later = row["solved_at"], row["solved_at"] + 30 * DAY_MS
        own = next(span for span in spans if span["customer"] == row["customer"] and holds(span, t))
        assert row["kept_30"] == holds(own, later)
        if row["left_out"] is not None:
            continue
        same = [span for span in spans if span["plan"] == own["plan"]]
        place = same.index(own)
        near: list[Any] = [
            (abs(span["opened_at"] - own["opened_at"]), span["customer"], holds(span, later))
            for span in same[max(0, place - 8) : place + 9]
            if span["customer"] != row["customer"] and holds(span, t)
            and not any(t - 30 * DAY_MS < at <= t for at in wrote[span["customer"]])
        ]  # fmt: skip
        assert row["match_kept_30"] == (min(near)[2] if near else None)
        matched += bool(near)
    assert matched >= 5
