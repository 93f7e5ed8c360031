"""Days of the service, quarters of accounts and courses due, worked out by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

import goalkeeper as gk
from measure.small import Small

FEBRUARY = {"since": date(2026, 2, 1), "until": date(2026, 3, 1)}
A_MONTH = 365.25 / 12


def subscription(name: str, customer: str = "", start: str = "2025-06-01T12:00:00Z", **columns: Any) -> dict[str, Any]:
    status = "cancelled" if columns else "active"
    row = {"subscription_id": name, "customer_id": customer or f"of {name}", "started_at": start, "status": status}
    return row | {"mrr": 100, "currency": "EUR"} | columns


def tickets(*days: int) -> list[dict[str, Any]]:
    """Tickets of days of February, and one of 2 March, so that the whole month is known."""
    at = [f"2026-02-{day:02}" for day in days] + ["2026-03-02"]
    return [
        {"ticket_id": f"T{n}", "created_at": f"{day}T10:00:00Z", "status": "open", "requester_customer_id": "c9"}
        for n, day in enumerate(at)
    ]


def contact_rate(small: Small) -> tuple[float, int]:
    cell = small.workspace.measure("contact_rate", **FEBRUARY).cells[0]
    assert isinstance(cell.value, gk.Estimate)
    return cell.value.value, cell.n


def test_days_without_a_ticket_are_days_of_customers(tmp_path: Path) -> None:
    small = Small(tmp_path).load(
        subscriptions=[subscription(str(n)) for n in range(10)], tickets=tickets(1, 2, 9, 9, 16, 16, 23, 23, 27, 27)
    )
    assert contact_rate(small) == (pytest.approx(10 / (10 * 28) * 100 * A_MONTH), 28)


def test_a_customer_is_there_until_the_last_of_their_spans_ends(tmp_path: Path) -> None:
    long = {"start": "2024-01-01T12:00:00Z"}
    gone = [subscription(f"g{n}", f"c{n}", **long, ended_at="2026-01-01T12:00:00Z") for n in range(10)]
    within = [
        subscription(f"w{n}", f"c{n}", "2024-05-01T12:00:00Z", ended_at="2024-09-01T12:00:00Z") for n in range(10)
    ]
    small = Small(tmp_path).load(
        subscriptions=[*gone, *within, subscription("a"), subscription("b")], tickets=tickets(*range(1, 29))
    )
    assert contact_rate(small)[0] == pytest.approx(28 / (2 * 28) * 100 * A_MONTH)


def test_a_cancelled_subscription_without_an_end_is_over(tmp_path: Path) -> None:
    over = [subscription(f"o{n}", cancelled_at="2026-01-20T12:00:00Z") for n in range(5)]
    small = Small(tmp_path).load(
        subscriptions=[*over, *(subscription(str(n)) for n in range(5))], tickets=tickets(*range(1, 29))
    )
    assert contact_rate(small)[0] == pytest.approx(28 / (5 * 28) * 100 * A_MONTH)


def test_a_monthly_cost_is_the_same_in_every_month(tmp_path: Path) -> None:
    cost = {"scope": "company", "scope_id": "us", "valid_from": "2026-01-01", "amount": 3100, "per": "month"}
    small = Small(tmp_path).load(agent_costs=[cost | {"currency": "EUR"}], tickets=tickets(1))
    months = small.workspace.store.rows(
        "SELECT date_trunc('month', make_date(CAST(service_day AS INTEGER))) AS month, sum(cost) "
        "FROM facts.service_days "
        "WHERE service_day < epoch(DATE '2026-03-01') // 86400 GROUP BY month ORDER BY month"
    )
    assert [total for _, total in months] == [pytest.approx(3100), pytest.approx(3100)]


def test_two_currencies_at_the_two_ends_are_not_added(tmp_path: Path) -> None:
    euros = [subscription(str(n)) for n in range(1, 6)]
    moved = [
        subscription("old", "c", ended_at="2026-02-10T12:00:00Z"),
        subscription("new", "c", "2026-02-10T12:00:00Z", mrr=11_000, currency="JPY") | {"status": "active"},
    ]
    small = Small(tmp_path).load(subscriptions=[*euros, *moved, subscription("late", start="2026-03-20T12:00:00Z")])
    found = small.workspace.measure("net_revenue_retention", **FEBRUARY).cells[0].value
    assert isinstance(found, gk.NoEstimate)
    assert found.reason == "currencies"


def hourly(scope: str, scope_id: str, amount: float, **more: Any) -> dict[str, Any]:
    row = {"scope": scope, "scope_id": scope_id, "valid_from": "2026-01-01", "amount": amount, "per": "hour"}
    return row | {"currency": "EUR"} | more


def worked(agent: str, start: str, end: str, kind: str = "worked") -> dict[str, Any]:
    return {"agent_id": agent, "started_at": f"{start}:00Z", "ended_at": f"{end}:00Z", "kind": kind}


STAFF = [
    {"agent_id": "ann", "name": "a", "team_id": "t1"},
    {"agent_id": "bea", "name": "b", "team_id": "t2"},
    {"agent_id": "bot", "name": "c", "team_id": "t1", "is_bot": True},
]
SHIFTS = [
    worked("ann", "2026-02-02T08:00", "2026-02-02T16:00"),
    worked("ann", "2026-02-02T08:00", "2026-02-02T18:00", "scheduled"),
    worked("bea", "2026-02-02T08:00", "2026-02-02T12:00"),
    worked("bot", "2026-02-02T08:00", "2026-02-02T20:00"),
]


def costs(small: Small) -> dict[date, float]:
    found = small.workspace.store.rows(
        "SELECT make_date(CAST(service_day AS INTEGER)), cost FROM facts.service_days WHERE has_cost ORDER BY 1"
    )
    return {day: pytest.approx(cost) for day, cost in found}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([hourly("agent", "ann", 10)], 80),
        ([hourly("agent", "bot", 1)], 12),
        ([hourly("team", "t1", 30)], 8 * 30),
        ([hourly("company", "Shop", 30)], 12 * 30),
        ([hourly("company", "Shop", 30), hourly("team", "t2", 5), hourly("agent", "ann", 10)], 12 * 30 + 4 * 5 + 80),
        ([hourly("team", "ann", 10), hourly("agent", "t1", 10), hourly("agent", "ann", 1)], 8),  # ids of other things
    ],
)
def test_an_hour_costs_what_agent_team_and_company_cost(
    tmp_path: Path, rows: list[dict[str, Any]], expected: float
) -> None:
    small = Small(tmp_path).load(agents=STAFF, agent_shifts=SHIFTS, agent_costs=rows, tickets=tickets(1))
    assert costs(small) == {date(2026, 2, 2): expected}


def test_hours_are_paid_without_a_list_of_agents(tmp_path: Path) -> None:
    rows = [hourly("agent", "ann", 10), hourly("company", "Shop", 1)]
    small = Small(tmp_path).load(agent_shifts=SHIFTS[:3], agent_costs=rows, tickets=tickets(1))
    assert costs(small) == {date(2026, 2, 2): 80 + 12}


def test_hours_that_overlap_are_paid_once(tmp_path: Path) -> None:
    again = worked("ann", "2026-02-02T12:00", "2026-02-02T17:00")
    small = Small(tmp_path).load(
        agents=STAFF, agent_shifts=[SHIFTS[0], again], agent_costs=[hourly("team", "t1", 10)], tickets=tickets(1)
    )
    assert costs(small) == {date(2026, 2, 2): 90}


def test_unpaid_hours_cost_nothing(tmp_path: Path) -> None:
    shifts = [SHIFTS[0], worked("ann", "2026-02-03T08:00", "2026-02-03T10:00") | {"paid": False}]
    small = Small(tmp_path).load(
        agents=STAFF, agent_shifts=shifts, agent_costs=[hourly("agent", "ann", 10)], tickets=tickets(1)
    )
    assert costs(small) == {date(2026, 2, 2): 80}


def test_a_list_of_costs_of_its_own_source_speaks_of_the_same_people(tmp_path: Path) -> None:
    rows = [hourly("agent", "ann", 10), hourly("company", "Shop", 1)]
    small = Small(tmp_path).load(agents=STAFF, agent_shifts=SHIFTS[:1], tickets=tickets(1))
    small.load("payroll", agent_costs=rows)
    assert costs(small) == {date(2026, 2, 2): 88}


def test_a_wage_changes_at_the_local_midnight(tmp_path: Path) -> None:
    # A shift from 20:00 on the 10th to 04:00 on the 11th in New York, and one of the 11th that ends in UTC's 12th.
    shifts = [
        worked("ann", "2026-02-11T01:00", "2026-02-11T09:00"),
        worked("ann", "2026-02-11T20:00", "2026-02-12T04:00"),
    ]
    rows = [
        hourly("agent", "ann", 10, valid_to="2026-02-10"),
        hourly("agent", "ann", 20, valid_from="2026-02-11", valid_to="2026-02-11"),
        hourly("agent", "ann", 50, valid_from="2026-02-12"),
    ]
    small = Small(tmp_path, SETTINGS).load(agents=STAFF, agent_shifts=shifts, agent_costs=rows, tickets=tickets(1))
    assert costs(small) == {date(2026, 2, 10): 4 * 10, date(2026, 2, 11): 12 * 20}


SETTINGS = 'name = "S"\ntimezone = "America/New_York"\n'


def test_courses_and_quarters_go_by_local_days(tmp_path: Path) -> None:
    at = "2026-04-01T02:00:00Z"  # 31 March, 22:00 in New York
    numbers = range(6)
    small = Small(tmp_path, SETTINGS).load(
        agents=[{"agent_id": f"a{n}", "name": "n", "hired_on": "2025-01-01"} for n in numbers],
        training_assignments=[{"agent_id": f"a{n}", "training_id": "x", "due_on": "2026-03-31"} for n in numbers],
        trainings=[{"agent_id": f"a{n}", "training_id": "x", "kind": "training", "completed_at": at} for n in numbers],
        accounts=[{"account_id": f"A{n}", "name": "A", "started_on": "2025-01-01"} for n in numbers],
        touches=[
            {"touch_id": f"t{n}", "account_id": f"A{n}", "occurred_at": at, "kind": "call", "initiated_by": "company"}
            for n in numbers
        ],
        tickets=tickets(1),
    )
    rows = small.workspace.store.rows
    assert rows("SELECT DISTINCT completed FROM facts.courses_due") == [(True,)]
    assert rows("SELECT DISTINCT make_date(quarter_day) FROM facts.account_quarters WHERE touched") == [
        (date(2026, 3, 31),)
    ]
