"""What is measured of customers does not depend on the order in which their lists were loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from measure.small import Row, Small, at, event, ticket

CUSTOMERS: list[Row] = [{"customer_id": f"c{number}", "email_key": f"k{number}"} for number in range(40)]


def measured(folder: Path, customers: list[Row]) -> Any:
    """Twenty with a ticket, twenty without that all began at one moment; every third leaves soon."""
    rows: list[Row] = [
        {"subscription_id": f"s{n}", "customer_id": f"c{n}", "started_at": at("01-05 09:00"), "mrr": 10 + n,
         "cost": n, "currency": "EUR", "plan": "one", "status": "active" if n % 3 else "cancelled",
         "ended_at": None if n % 3 else at("02-25 09:00")}
        for n in range(40)
    ]  # fmt: skip
    rows.append(
        {
            "subscription_id": "new",
            "customer_id": "new",
            "started_at": at("03-31 09:00"),
            "plan": "two",
            "status": "active",
            "mrr": 5,
            "currency": "EUR",
        }
    )
    tickets = [ticket(n, "02-09 09:00", "solved") for n in range(20)]
    events = [event(n, "02-10 09:00", "status", "ann", "solved") for n in range(20)]
    later = [ticket(50, "03-20 09:00")]
    with Small(folder) as small:
        for number in range(0, len(customers), 10):
            small.load(customers=customers[number : number + 10])
        small.load(subscriptions=rows, tickets=[*tickets, *later], ticket_events=events)
        return [
            (cell.n, cell.value)
            for key, variant in (("post_ticket_retention", "without_ticket"), ("lifetime_value", "margin_over_churn"))
            for cell in small.measure(key, variant=variant)
        ]


def test_the_same_matches_and_limits(tmp_path: Path) -> None:
    once, again = measured(tmp_path / "once", CUSTOMERS), measured(tmp_path / "again", CUSTOMERS[::-1])
    assert once == again
    assert [n for n, _ in once] == [15, 27]
