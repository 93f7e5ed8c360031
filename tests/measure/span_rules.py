"""What each metric over spans means, written a second time in plain Python over rows of facts and two instants.

A rule takes the rows and the period's first and last instant, and gives what the statistic is called on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from goalkeeper.stats.estimate import Estimate, NoEstimate, Result
from goalkeeper.stats.lifetime.purchases import Purchases
from goalkeeper.stats.lifetime.value import Horizon, mean_future_value
from goalkeeper.stats.proportion import wilson
from goalkeeper.stats.rate import poisson_rate
from goalkeeper.stats.ratio import ratio_of_sums
from goalkeeper.stats.sums import RateSums, RatioSums, TimeToSums
from goalkeeper.stats.survival import kaplan_meier
from goalkeeper.stats.worth import OrderSums, SubscriptionSums, worth_of_orders, worth_of_subscriptions

Row = dict[str, Any]
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
YEAR_MS = 365 * DAY_MS
MONTH_MS = 30.4375 * DAY_MS
QUANTILES = {"median": 0.5, "p90": 0.9}


@dataclass(frozen=True)
class Window:
    """A period's first and last instant, and the statistic asked for."""

    start: int
    end: int
    statistic: str


SpanRule = Callable[[list[Row], Window], Result]


def covers(row: Row, t: int, opened: str = "opened_at", ended: str = "ended_at") -> bool:
    return row[opened] <= t and (row[ended] is None or row[ended] > t)


def at_start(rows: Iterable[Row], start: int) -> list[Row]:
    """Those that began before the period does and go on into it."""
    return [row for row in rows if row["opened_at"] < start and (row["ended_at"] is None or row["ended_at"] > start)]


def at_end(rows: Iterable[Row], end: int) -> list[Row]:
    return [row for row in rows if covers(row, end)]


def counted(number: float) -> Result:
    return Estimate(number, None, None, 0.95, int(number), "count")


def backlog(rows: list[Row], window: Window, opened: str = "opened_at", ended: str = "ended_at") -> Result:
    return counted(sum(covers(row, window.end, opened, ended) for row in rows))


def old(hours: int) -> SpanRule:
    def rule(rows: list[Row], window: Window) -> Result:
        here = at_end(rows, window.end)
        aged = sum(window.end - row["created_at"] > hours * HOUR_MS for row in here)
        return Estimate(aged / len(here), None, None, 0.95, len(here), "count") if here else NoEstimate("too_few")

    return rule


def share(hit: Callable[[Row | None, set[str]], bool], of_all: bool = False) -> SpanRule:
    """Of the customers at the start, those for whom it holds of the row of the start and who is there at the end."""

    def rule(rows: list[Row], window: Window) -> Result:
        came = [row for row in rows if of_all and window.start <= row["opened_at"] <= window.end]
        here = {row["customer"]: row for row in [*at_start(rows, window.start), *came]}
        there = {row["customer"] for row in at_end(rows, window.end)}
        return wilson(sum(hit(row, there) for row in here.values()), len(here))

    return rule


def kept(row: Row, there: set[str]) -> bool:
    return row["customer"] in there


def gone(*endings: str) -> Callable[[Row, set[str]], bool]:
    return lambda row, there: row["customer"] not in there and (not endings or row["ending"] in endings)


def revenue(keep: Callable[[float, float | None], float], lost: bool = False) -> SpanRule:
    """The sum of what is kept of each customer's revenue, over the revenue at the start."""

    def rule(rows: list[Row], window: Window) -> Result:
        before: dict[str, float] = defaultdict(float)
        after: dict[str, float] = defaultdict(float)
        for row in at_start(rows, window.start):
            before[row["customer"]] += float(row["mrr"])
        for row in at_end(rows, window.end):
            after[row["customer"]] += float(row["mrr"])
        pairs = [(keep(amount, after.get(who)), amount) for who, amount in before.items()]
        over, under = zip(*pairs, strict=True) if pairs else ((), ())
        found = ratio_of_sums(RatioSums.of(over, under))
        return found.missing_from(1.0) if lost and isinstance(found, Estimate) else found

    return rule


def new(rows: list[Row], window: Window) -> Result:
    first: dict[str, int] = {}
    for row in rows:
        first[row["customer"]] = min(row["opened_at"], first.get(row["customer"], row["opened_at"]))
    came = sum(window.start <= t <= window.end for t in first.values())
    return poisson_rate(RateSums(came, len({row["customer"] for row in at_start(rows, window.start)})))


def tenure(years: int) -> SpanRule:
    def rule(rows: list[Row], window: Window) -> Result:
        begun = [row for row in rows if row["opened_at"] <= window.end]
        over = [row["ended_at"] is not None and row["ended_at"] <= window.end for row in begun]
        until = [row["ended_at"] if done else window.end for row, done in zip(begun, over, strict=True)]
        lasted = [(t - row["opened_at"]) // 1000 for row, t in zip(begun, until, strict=True)]
        curve = kaplan_meier(TimeToSums.of(lasted, over))
        if window.statistic == "mean":
            return curve.restricted_mean(years * 365 * 86_400)
        return curve.quantile(QUANTILES[window.statistic])

    return rule


def again(column: str) -> SpanRule:
    def rule(rows: list[Row], window: Window) -> Result:
        bought = [row for row in rows if row["first_ordered_at"] <= window.end]
        twice = sum(row[column] is not None and row[column] < window.end for row in bought)
        return wilson(twice, len(bought)) if bought else NoEstimate("too_few")

    return rule


def per_piece(sums: dict[int, list[float]], width: int) -> list[np.ndarray[Any, Any]]:
    """The columns of the sums of all pieces, in order of the pieces."""
    rows = [sums[piece] for piece in sorted(sums)]
    return [np.array([row[n] for row in rows], dtype=np.float64) for n in range(width)]


def won(rows: list[Row], window: Window, sums: dict[int, list[float]]) -> None:
    """Adds what was paid for customers won in the year, and how many, as the last two sums."""
    for row in rows:
        if row.get("acquisition_cost") is not None and covers(row, window.end):
            sums[row["bucket"]][-2] += float(row["acquisition_cost"])
            sums[row["bucket"]][-1] += 1


def orders(amount: str, opened: str, ended: str, per_cost: bool = False) -> SpanRule:
    def rule(rows: list[Row], window: Window) -> Result:
        rows = [{**row, "opened_at": row[opened], "ended_at": row[ended]} for row in rows]
        placed = [row for row in rows if row["is_order"]]
        last_year = {row["customer"]: row["bucket"] for row in placed if covers(row, window.end)}
        before = {row["customer"]: row["bucket"] for row in placed if covers(row, window.end - YEAR_MS)}
        # A piece stands in the sums if anything of it lies within the two years.
        near = [row for row in rows if row["opened_at"] <= window.end and row["ended_at"] > window.end - YEAR_MS]
        sums: dict[int, list[float]] = {row["bucket"]: [0.0] * 7 for row in near}
        for row in near:
            if covers(row, window.end):
                sums[row["bucket"]][0] += float(row[amount] or 0)
                sums[row["bucket"]][1] += row["is_order"]
        for bucket in last_year.values():
            sums[bucket][2] += 1
        for who, bucket in before.items():
            sums[bucket][3] += 1
            sums[bucket][4] += who in last_year
        won(rows, window, sums)
        first = min((row["opened_at"] for row in placed), default=window.end)
        return worth_of_orders(OrderSums(*per_piece(sums, 7)), (window.end - first) / 1000, per_cost=per_cost)

    return rule


def subscriptions(per_cost: bool = False) -> SpanRule:
    def rule(rows: list[Row], window: Window) -> Result:
        end, begin = window.end + 1, window.end + 1 - YEAR_MS
        near = [r for r in rows if r["opened_at"] < end and (r["ended_at"] is None or r["ended_at"] >= begin)]
        sums: dict[int, list[float]] = {row["bucket"]: [0.0] * 8 for row in near}
        for row in near:
            own = sums[row["bucket"]]
            if row["mrr"] is None:
                continue
            if covers(row, window.end):
                own[0] += 1
                own[1] += float(row["mrr"])
                own[2] += float(row["mrr"]) if row["cost"] is not None else 0
                own[3] += float(row["cost"] or 0)
            over = row["ended_at"] if row["ended_at"] is not None and row["ended_at"] < end else end
            own[4] += row["leaves"] and row["ended_at"] < end
            own[5] += (over - max(row["opened_at"], begin)) / MONTH_MS
        won(rows, window, sums)
        return worth_of_subscriptions(SubscriptionSums(*per_piece(sums, 8)), per_cost=per_cost)

    return rule


def predicted(rows: list[Row], window: Window) -> Result:
    """One purchase a customer and day; its moment is that of the day's first order."""
    days: dict[str, dict[int, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        if row["is_order"] and row["paid"] > 0 and row["ordered_at"] <= window.end:
            days[row["customer"]][row["ordered_day"]].append(row)
    records = []
    for bought in days.values():
        moments = sorted((min(r["ordered_at"] for r in orders), sum(float(r["paid"]) for r in orders))
                         for orders in bought.values())  # fmt: skip
        (first, _), *again = moments
        last = again[-1][0] if again else first
        mean = sum(paid for _, paid in again) / len(again) if again else 0
        records.append((len(again), (last - first) / DAY_MS, (window.end - first) / DAY_MS, mean))
    if not records:
        return NoEstimate("no_data")
    return mean_future_value(Purchases.of(*zip(*records, strict=True)), Horizon(3 * 365))


def not_closed(rows: list[Row], window: Window) -> Result:
    """Tickets that are over and said to be closed, nobody tells when, are not among them."""
    over = [row["resolved"] or row["closed_unsolved"] is None for row in rows]
    rows = [row for row, is_over in zip(rows, over, strict=True)
            if not (row["status"] == "closed" and row["closed_at"] is None and is_over)]  # fmt: skip
    return backlog(rows, window, "created_at", "closed_at")


# (metric, variant): the rows, and the rule.
SPAN_RULES: dict[tuple[str, str], tuple[str, SpanRule]] = {
    ("backlog", ""): ("open_spans", backlog),
    ("backlog", "not_closed"): ("tickets", not_closed),
    ("backlog_over_48h", ""): ("open_spans", old(48)),
    ("backlog_over_48h", "24h"): ("open_spans", old(24)),
    ("backlog_over_48h", "7d"): ("open_spans", old(168)),
    ("retention_rate", ""): ("customer_spans", share(kept)),
    ("retention_rate", "buyers"): ("buying_spans", share(kept)),
    ("churn_rate", ""): ("customer_spans", share(gone())),
    ("churn_rate", "voluntary"): ("customer_spans", share(gone("voluntary"))),
    ("churn_rate", "involuntary"): ("customer_spans", share(gone("involuntary"))),
    ("churn_rate", "buyers"): ("buying_spans", share(gone())),
    ("churn_rate", "of_all"): ("customer_spans", share(gone(), of_all=True)),
    ("net_revenue_retention", ""): ("revenue_spans", revenue(lambda before, after: after or 0)),
    ("gross_revenue_retention", ""): ("revenue_spans", revenue(lambda before, after: min(before, after or 0))),
    ("revenue_churn_rate", ""): ("revenue_spans", revenue(lambda before, after: min(before, after or 0), lost=True)),
    ("revenue_churn_rate", "leaving"): (
        "revenue_spans",
        revenue(lambda before, after: 0 if after is None else before, lost=True),
    ),
    ("acquisition_rate", ""): ("customer_spans", new),
    ("acquisition_rate", "buyers"): ("buying_spans", new),
    ("customer_tenure", ""): ("customer_spans", tenure(2)),
    ("customer_tenure", "1y"): ("customer_spans", tenure(1)),
    ("customer_tenure", "3y"): ("customer_spans", tenure(3)),
    ("customer_tenure", "5y"): ("customer_spans", tenure(5)),
    ("repeat_purchase_rate", ""): ("buyers", again("second_ordered_at")),
    ("repeat_purchase_rate", "days"): ("buyers", again("second_day_at")),
    ("loyal_customers", ""): ("loyal_spans", backlog),
    ("lifetime_value", ""): ("purchases", orders("paid", "ordered_at", "year_after_at")),
    ("lifetime_value", "order_margin"): (
        "purchases",
        lambda rows, window: orders("margin", "ordered_at", "year_after_at")(
            [row for row in rows if row["margin"] is not None], window
        ),
    ),
    ("lifetime_value", "margin_over_churn"): ("revenue_spans", subscriptions()),
    ("lifetime_value", "predicted"): ("purchases", predicted),
    ("ltv_to_cac", ""): ("orders_and_acquisitions", orders("paid", "opened_at", "ended_at", per_cost=True)),
    ("ltv_to_cac", "margin_over_churn"): ("revenue_and_acquisitions", subscriptions(per_cost=True)),
}
