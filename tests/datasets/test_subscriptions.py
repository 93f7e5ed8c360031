"""Spans, revenue and saved customers of random logs agree with a second telling, at any moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from datasets.billing import OVER, Subscription, millis, read
from goalkeeper.datasets.subscriptions import UNDATED
from measure.money_crowd import DAYS, FIRST, MoneyCrowd
from measure.small import Row, Small

Told = tuple[Small, list[Subscription]]


@pytest.fixture(scope="module", params=[1, 2, 3])
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """Ninety subscriptions of sixty customers, some of them known to two sources by one address."""
    crowd = MoneyCrowd(request.param)
    customers = [{"customer_id": f"c{n}", "external_id": f"x{n // 2}" if n < 8 else None} for n in range(60)]
    with Small(tmp_path_factory.mktemp("told")).load(
        subscriptions=crowd.subscriptions, subscription_events=crowd.events, customers=customers
    ) as small:
        yield small, read(crowd.subscriptions, crowd.events)


def person(row: Row) -> str:
    """c0 to c7 are four persons, by their external ids."""
    number = int(row["customer_id"][1:])
    return f"x{number // 2}" if number < 8 else row["customer_id"]


def moments(seed: int) -> list[datetime]:
    pick = Random(seed)
    return [FIRST.replace(tzinfo=UTC) + timedelta(days=pick.uniform(0, DAYS)) for _ in range(60)]


def there(small: Small, table: str, t: datetime) -> list[Row]:
    return [
        row for row in small.facts(table)
        if row["opened_at"] <= millis(t) and (row["ended_at"] is None or row["ended_at"] > millis(t))
    ]  # fmt: skip


def names(small: Small) -> dict[str, str]:
    """What the facts call each customer of the source."""
    return {row["customer"].split(":")[1]: row["person"] for row in small.facts("facts.customers")}


def test_who_is_a_customer_at_a_moment(told: Told) -> None:
    small, subscriptions = told
    called = names(small)
    seen = 0
    for t in moments(1):
        paid = {called[each.row["customer_id"]] for each in subscriptions if each.is_paid(t)}
        spans = there(small, "facts.customer_spans", t)
        counted = [row["customer"] for row in spans if row["left_out"] is None]
        assert len(counted) == len(set(counted)), "spans of one customer do not overlap"
        assert set(counted) == paid
        tried = sorted(called[each.row["customer_id"]] for each in subscriptions if each.is_tried(t))
        assert sorted(row["customer"] for row in spans if row["left_out"] == "trial") == tried
        undated = sum(each.is_undated_at(t) for each in subscriptions)
        assert sum(row["left_out"] == UNDATED for row in spans) == undated
        seen += len(paid) + len(tried) + undated
    assert seen > 500


def test_the_persons_are_those_told(told: Told) -> None:
    small, subscriptions = told
    called = names(small)
    by_person = defaultdict(set)
    for each in subscriptions:
        by_person[person(each.row)].add(called[each.row["customer_id"]])
    assert all(len(numbers) == 1 for numbers in by_person.values())


def test_what_a_customer_pays_at_a_moment(told: Told) -> None:
    small, subscriptions = told
    called = names(small)
    changed = 0
    for t in moments(2):
        wanted: dict[str, float] = defaultdict(float)
        costs: dict[str, list[float | None]] = defaultdict(list)
        for each in subscriptions:
            if each.is_paid(t):
                who = called[each.row["customer_id"]]
                wanted[who] += each.price(t)
                costs[who].append(each.row["cost"])
                changed += each.price(t) != each.row["mrr"]
        spans = [row for row in there(small, "facts.revenue_spans", t) if row["left_out"] is None]
        assert {row["customer"]: float(row["mrr"]) for row in spans} == pytest.approx(dict(wanted))
        known = {who: sum(own) for who, own in costs.items() if None not in own}  # type: ignore[arg-type]
        assert {r["customer"]: float(r["cost"]) for r in spans if r["cost"] is not None} == pytest.approx(known)
    assert changed > 20


def test_leaving_is_the_end_of_the_last_subscription(told: Told) -> None:
    small, _ = told
    last = {(row["customer"], row["ended_at"]) for row in small.facts("facts.revenue_spans") if row["leaves"]}
    ended = {
        (row["customer"], row["ended_at"])
        for row in small.facts("facts.customer_spans")
        if row["left_out"] is None and row["ended_at"] is not None
    }
    assert last == ended
    assert last


def test_why_a_subscription_ended(told: Told) -> None:
    """A word of the end itself stands; else an open request or payment before it."""
    small, subscriptions = told
    stays = [row for row in small.facts("facts.stays") if row["left_out"] != "trial"]
    found = {(row["subscription_id"], row["ended_at"]): row["ending"] for row in stays}
    counts: dict[str, int] = defaultdict(int)
    for each in subscriptions:
        for begin, end in each.stays():
            if end is None:
                continue
            counts[expected_ending(each, begin, end)] += 1
            assert found[each.row["subscription_id"], millis(end)] == expected_ending(each, begin, end)
    assert set(counts) == {"voluntary", "involuntary", "unknown"}


def expected_ending(each: Subscription, begin: datetime, end: datetime) -> str:
    ends = [e for e in each.of(*OVER) if each.effective(e) >= begin]
    word = ends[0].get("voluntary") if ends else None
    if word is not None:
        return "voluntary" if word else "involuntary"
    inside = sorted((e for e in each.log if begin <= each.asked(e) <= end), key=each.asked)
    asked = [e["type"] for e in inside if e["type"] in ("cancel_requested", "cancel_revoked")]
    paid = [e["type"] for e in inside if e["type"] in ("payment_failed", "payment_recovered")]
    if asked and asked[-1] == "cancel_requested":
        return "voluntary"
    if paid and paid[-1] == "payment_failed":
        return "involuntary"
    return "voluntary" if each.row.get("cancel_at") else "unknown"


def test_what_became_of_requests_to_cancel(told: Told) -> None:
    small, subscriptions = told
    facts: dict[tuple[str, int], Any] = {
        (row["customer"], row["asked_at"]): row for row in small.facts("facts.cancel_requests")
    }
    called, saved = names(small), 0
    for each in subscriptions:
        for request in (e for e in each.log if e["type"] == "cancel_requested"):
            row = facts[called[each.row["customer_id"]], millis(each.asked(request))]
            wanted = (each.saved(request, 30), each.saved(request, 90))
            assert (row["saved_30"], row["saved_90"]) == wanted, (each, request)
            saved += sum(wanted)
            paid_from = min((a for a, _ in each.stays()), default=None)
            assert (row["left_out"] == "trial") == (paid_from is None or each.asked(request) < paid_from)
            assert (row["left_out"] == UNDATED) <= each.is_undated
    assert saved > 3
