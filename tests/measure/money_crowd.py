"""Random rows of the money side for the crowd: subscriptions with long logs, orders, visits, sales."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from measure.small import Row

FIRST = datetime(2024, 1, 1)
DAYS = 890  # up to 8 June 2026
NEWEST_DAYS = 80
TYPES = (
    "renewed", "upgraded", "downgraded", "cancel_requested", "cancel_revoked", "paused", "resumed", "payment_failed",
    "payment_recovered", "cancelled", "reactivated", "price_changed",
)  # fmt: skip


def moment(days: float) -> str:
    """So many days after the first, as text."""
    return (FIRST + timedelta(seconds=round(days * 86_400))).isoformat() + "Z"


class MoneyCrowd:
    """The rows of all money tables, drawn from one seed, of customers c0 to c59."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed * 1000 + 7)
        self.subscriptions: list[Row] = []
        self.events: list[Row] = []
        for number in range(90):
            self._subscription(number)
        self.tables: dict[str, list[Row]] = {
            "subscriptions": self.subscriptions,
            "subscription_events": self.events,
            "orders": [self._order(number) for number in range(330)],
            "refunds": [self._refund(number) for number in range(20)],
            "shop_visits": [self._visit(number) for number in range(160)],
            "upsells": [self._upsell(number) for number in range(60)],
            "acquisitions": [self._acquisition(number) for number in range(50)],
            "spend_answers": [self._spending(number) for number in range(60)],
        }

    def _days(self) -> float:
        """A day of the whole time, but half of all lie in its last weeks."""
        newest = self.random.random() < 0.5
        return self.random.uniform(DAYS - NEWEST_DAYS if newest else 0, DAYS)

    def _who(self) -> str:
        return f"c{int(60 * self.random.random() ** 1.7)}"

    def _some(self, share: float) -> bool:
        return self.random.random() < share

    def _subscription(self, number: int) -> None:
        pick = self.random
        begin = pick.uniform(0, DAYS - 5)
        row: Row = {
            "subscription_id": f"s{number}", "customer_id": self._who(), "started_at": moment(begin),
            "status": pick.choice(("active",) * 6 + ("paused", "past_due", "cancelled", "cancelled", "trialing")),
            "mrr": pick.randrange(5, 60), "currency": "EUR", "plan": pick.choice(("basic", "gold")),
            "cost": pick.randrange(0, 9) if self._some(0.4) else None,
        }  # fmt: skip
        if self._some(0.3):
            row["trial_end_at"] = moment(begin + 14)
        if row["status"] == "cancelled" and self._some(0.8):
            row["ended_at"] = moment(pick.uniform(begin, DAYS))
        if row["status"] != "cancelled" and self._some(0.1):
            row["cancelled_at"] = moment(pick.uniform(begin, DAYS))
        self.subscriptions.append(row)
        now, price = begin, row["mrr"]
        for step in range(pick.choice((0, 0, 2, 5, 9))):
            now += pick.choice((0.0, 1, 9, 25, 60, 200)) * pick.uniform(0.5, 1)
            if now > DAYS:
                break
            price = self._event(row, f"e{number}-{step}", now, price)

    def _event(self, row: Row, event_id: str, now: float, price: int) -> int:
        pick, kind = self.random, self.random.choice(TYPES)
        event: Row = {
            "event_id": event_id, "subscription_id": row["subscription_id"], "customer_id": row["customer_id"],
            "occurred_at": moment(now), "type": kind, "voluntary": pick.choice((None, None, True, False)),
            "reason": pick.choice((None, "price")), "agent_id": pick.choice((None, "agent1")),
            "ticket_id": f"T{pick.randrange(90)}" if self._some(0.3) else None,
        }  # fmt: skip
        if kind == "cancel_requested":
            event["voluntary"] = None
        after = price + pick.choice((-4, 3, 8)) if kind in ("upgraded", "downgraded", "price_changed") else price
        after = max(after, 1)
        if self._some(0.7):
            event |= {"mrr_before": price, "mrr_after": 0 if kind == "cancelled" else after, "currency": "EUR"}
        if kind == "cancelled" and self._some(0.5):
            event["effective_at"] = moment(now + pick.uniform(0, 20))
        self.events.append(event)
        return after

    def _order(self, number: int) -> Row:
        pick, days = self.random, self._days()
        row: Row = {
            "order_id": f"o{number}", "customer_id": self._who(), "ordered_at": moment(days), "currency": "EUR",
            "gross": pick.randrange(20, 300), "status": pick.choice(("paid",) * 9 + ("refunded", "cancelled")),
            "is_test": self._some(0.03), "cost": pick.randrange(5, 20) if self._some(0.8) else None,
            "discount": pick.choice((None, 5)), "channel": pick.choice(("web", "app")),
        }  # fmt: skip
        if self._some(0.3):
            row["net"] = row["gross"] - 10
        return row

    def _refund(self, number: int) -> Row:
        known = self._some(0.6)
        return {
            "refund_id": f"f{number}", "refunded_at": moment(self._days()), "amount": self.random.randrange(5, 20),
            "currency": "EUR", "order_id": f"o{self.random.randrange(330)}" if known else None,
            "customer_id": None if known else self._who(),
        }  # fmt: skip

    def _visit(self, number: int) -> Row:
        return {
            "visit_id": f"v{number}", "started_at": moment(self._days()),
            "customer_id": self._who() if self._some(0.7) else None,
            "chatted": self.random.choice((True, True, False, False, None)),
            "order_id": f"o{self.random.randrange(330)}" if self._some(0.1) else None,
        }  # fmt: skip

    def _upsell(self, number: int) -> Row:
        return {
            "upsell_id": f"u{number}", "customer_id": self._who(), "occurred_at": moment(self._days()),
            "amount": self.random.randrange(5, 90), "currency": "EUR",
            "kind": self.random.choice(("upsell", "cross_sell")), "accepted": self.random.choice((None, True, False)),
            "ticket_id": f"T{self.random.randrange(90)}" if self._some(0.5) else None,
        }  # fmt: skip

    def _acquisition(self, number: int) -> Row:
        row: Row = {
            "customer_id": f"c{number}", "acquired_at": moment(self._days()),
            "channel": self.random.choice((None, "search", "referral")),
        }  # fmt: skip
        if self._some(0.7):
            row |= {"cost": self.random.randrange(0, 40), "currency": "EUR"}
        if self._some(0.2):
            row["referred_by_customer_id"] = "c59"
        return row

    def _spending(self, number: int) -> Row:
        category = self.random.randrange(50, 500)
        row: dict[str, Any] = {
            "answer_id": f"a{number}", "answered_at": moment(self._days()), "spend_in_category": category,
            "spend_with_us": self.random.randrange(0, category), "currency": "EUR", "customer_id": self._who(),
        }  # fmt: skip
        return row
