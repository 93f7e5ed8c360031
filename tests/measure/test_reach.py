"""A number made of two tables is one of the days on which both are known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from goalkeeper.goals.plan import Watched
from goalkeeper.insights.changes import changes_of
from goalkeeper.measure import Cell
from goalkeeper.measure.periods import Period
from goalkeeper.measure.reach import Reach
from goalkeeper.metrics import METRICS
from goalkeeper.metrics.needs import needed_tables
from goalkeeper.reports.scorecard import scorecard
from goalkeeper.reports.views import ScorecardRow
from goalkeeper.stats.estimate import Estimate, NoEstimate
from measure.small import Row, Small, event, ticket

SETTINGS = 'timezone = "UTC"\n'
SPRING = {"since": date(2026, 3, 1), "until": date(2026, 6, 1), "every": "month"}
MARCH, APRIL, MAY = range(3)


def _days(first: str, last: str) -> list[datetime]:
    since, until = datetime.fromisoformat(first), datetime.fromisoformat(last)
    return [since + timedelta(days=day) for day in range((until - since).days + 1)]


def _tickets(first: str = "2026-03-01", last: str = "2026-06-05") -> list[Row]:
    return [
        ticket(0, "03-02 10:00", "solved", ticket_id=f"T{day:%m%d}", requester_customer_id=f"c{day:%m%d}",
               created_at=f"{day:%Y-%m-%d}T10:00:00Z", solved_at=f"{day:%Y-%m-%d}T12:00:00Z")
        for day in _days(first, last)
    ]  # fmt: skip


def _visits(first: str, last: str) -> list[Row]:
    return [
        {
            "session_id": f"s{day:%m%d}",
            "kind": "help_center",
            "started_at": f"{day:%Y-%m-%d}T08:00:00Z",
            "answered": True,
        }
        for day in _days(first, last)
    ]


def _invitations(first: str, last: str) -> list[Row]:
    return [
        {"invitation_id": f"i{day:%m%d}", "survey_id": "s", "kind": "csat", "sent_at": f"{day:%Y-%m-%d}T09:00:00Z"}
        for day in _days(first, last)
    ]


def _answers(first: str, last: str) -> list[Row]:
    return [
        {"response_id": f"r{day:%m%d}", "survey_id": "s", "kind": "csat", "responded_at": f"{day:%Y-%m-%d}T10:00:00Z",
         "score": 5, "scale_min": 1, "scale_max": 5, "invitation_id": f"i{day:%m%d}"}
        for day in _days(first, last)
    ]  # fmt: skip


def _orders(first: str, last: str) -> list[Row]:
    return [
        {"order_id": f"o{day:%Y%m%d}", "customer_id": f"c{day.day % 7}", "ordered_at": f"{day:%Y-%m-%d}T09:00:00Z",
         "gross": 30, "currency": "EUR", "status": "paid"}
        for day in _days(first, last)
    ]  # fmt: skip


def months(folder: Path, key: str, variant: str = "", **tables: list[Row]) -> list[Cell]:
    with Small(folder, SETTINGS) as small:
        small.load(**tables)
        return list(small.measure(key, variant=variant, **SPRING))


def values(cells: list[Cell]) -> list[float | str]:
    return [cell.value.value if isinstance(cell.value, Estimate) else cell.value.reason for cell in cells]


def test_before_the_help_centre_is_known_nothing_is_deflected_or_not(tmp_path: Path) -> None:
    cells = months(
        tmp_path, "deflection_rate", tickets=_tickets(), self_service_sessions=_visits("2026-04-11", "2026-06-05")
    )
    assert values(cells) == ["no_data", pytest.approx(0.5), pytest.approx(0.5)]
    assert cells[APRIL].n == 40
    assert isinstance(cells[APRIL].value, Estimate)
    assert cells[APRIL].value.note == "the data covers 20 of 30 days"


def test_nor_after_it_was_last_loaded(tmp_path: Path) -> None:
    cells = months(
        tmp_path, "deflection_rate", tickets=_tickets(), self_service_sessions=_visits("2026-03-01", "2026-04-20")
    )
    assert values(cells) == [pytest.approx(0.5), pytest.approx(0.5), "no_data"]
    assert cells[APRIL].n == 40


def test_nor_where_the_tickets_end(tmp_path: Path) -> None:
    cells = months(
        tmp_path, "deflection_rate", tickets=_tickets(last="2026-04-20"),
        self_service_sessions=_visits("2026-03-01", "2026-06-05"),
    )  # fmt: skip
    # Of 20 April only the visit is counted: the ticket's day is not over.
    assert values(cells) == [pytest.approx(0.5), pytest.approx(20 / 39), "no_data"]


def test_what_lies_open_where_the_tickets_end_is_told_of_that_day(tmp_path: Path) -> None:
    cells = months(
        tmp_path,
        "backlog",
        tickets=[*_tickets(last="2026-04-19"), _tickets(last="2026-04-20")[-1] | {"status": "open", "solved_at": None}],
        self_service_sessions=_visits("2026-03-01", "2026-06-05"),
    )
    assert values(cells) == [0, 1, "no_data"]  # the newest one was open when it was last heard of
    notes = [cell.value.note for cell in cells if isinstance(cell.value, Estimate)]
    assert notes == ["", "as of 2026-04-20"]


def test_a_quiet_week_at_the_end_is_known(tmp_path: Path) -> None:
    cells = months(
        tmp_path, "deflection_rate", tickets=_tickets(), self_service_sessions=_visits("2026-03-01", "2026-05-30")
    )
    assert cells[MAY].n == 61
    assert isinstance(cells[MAY].value, Estimate)
    assert not cells[MAY].value.note


def test_a_silence_like_one_before_is_known(tmp_path: Path) -> None:
    visits = _visits("2026-03-01", "2026-03-20") + _visits("2026-04-20", "2026-04-30")
    cells = months(tmp_path, "deflection_rate", tickets=_tickets(), self_service_sessions=visits)
    assert all(isinstance(cell.value, Estimate) for cell in cells)
    assert cells[MAY].n == 31


def test_of_a_table_with_few_days_nobody_can_tell(tmp_path: Path) -> None:
    cells = months(
        tmp_path, "deflection_rate", tickets=_tickets(), self_service_sessions=_visits("2026-03-01", "2026-03-29")
    )
    assert all(isinstance(cell.value, Estimate) for cell in cells)


def test_invitations_whose_answers_were_not_loaded_yet_are_not_unanswered(tmp_path: Path) -> None:
    cells = months(
        tmp_path, "survey_response_rate", survey_invitations=_invitations("2026-03-01", "2026-06-05"),
        survey_responses=_answers("2026-03-01", "2026-04-15"),
    )  # fmt: skip
    assert values(cells) == [1.0, 1.0, "no_data"]
    assert cells[APRIL].n == 15


class TestOrdersOfTheYearBefore:
    def test_contact_rate_needs_them_all(self, tmp_path: Path) -> None:
        cells = months(tmp_path, "contact_rate", tickets=_tickets(), orders=_orders("2025-05-01", "2026-06-05"))
        assert values(cells)[:2] == ["history", "history"]
        assert isinstance(cells[MAY].value, Estimate)
        words = cells[MARCH].value
        assert isinstance(words, NoEstimate)
        assert words.words == "needs data of 365 d, has 334 d of it"

    def test_tickets_per_order_do_not(self, tmp_path: Path) -> None:
        cells = months(
            tmp_path, "contact_rate", "per_order", tickets=_tickets(), orders=_orders("2025-05-01", "2026-06-05")
        )
        assert values(cells) == [pytest.approx(100.0)] * 3

    def test_nor_do_subscriptions(self, tmp_path: Path) -> None:
        subscription = {
            "subscription_id": "s",
            "customer_id": "c1",
            "started_at": "2026-02-20T00:00:00Z",
            "status": "active",
            "mrr": 10,
            "currency": "EUR",
        }
        cells = months(tmp_path, "contact_rate", tickets=_tickets(), subscriptions=[subscription])
        assert all(isinstance(cell.value, Estimate) for cell in cells)

    def test_regular_buyers_need_them(self, tmp_path: Path) -> None:
        cells = months(tmp_path, "loyal_customers", orders=_orders("2025-05-01", "2026-06-05"))
        assert values(cells) == ["history", "history", 7.0]

    def test_who_stays_a_buyer_needs_them_at_the_start(self, tmp_path: Path) -> None:
        cells = months(tmp_path, "retention_rate", "buyers", orders=_orders("2025-04-20", "2026-06-05"))
        assert values(cells)[:2] == ["history", "history"]
        assert isinstance(cells[MAY].value, Estimate)


def _log(first: str, last: str) -> list[Row]:
    """What is told beside a list of tickets: each solved within an hour, every other one twice."""
    events = []
    for day in _days(first, last):
        steps = [("status", "solved", "11:00")]
        if day.day % 2:
            steps += [("status", "open", "11:10"), ("status", "solved", "11:30")]
        events += [
            event(0, "01-01 00:00", kind, "anna", new, ticket_id=f"T{day:%m%d}", event_id=f"{day:%m%d} {when}",
                  occurred_at=f"{day:%Y-%m-%d}T{when}:00Z")
            for kind, new, when in steps
        ]  # fmt: skip
    return events


class TestTicketsWhoseLogIsOfOtherDays:
    """An export of tickets goes on, one of what happened to them has ended, or began later."""

    def test_it_ended(self, tmp_path: Path) -> None:
        log = _log("2026-03-01", "2026-04-20")
        cells = months(tmp_path, "reopen_rate", "of_all", tickets=_tickets(), ticket_events=log)
        assert values(cells) == [pytest.approx(16 / 31), pytest.approx(0.5), "no_data"]
        assert cells[APRIL].n == 20

    def test_it_began_later(self, tmp_path: Path) -> None:
        log = _log("2026-04-11", "2026-06-05")
        cells = months(tmp_path, "reopen_rate", "of_all", tickets=_tickets(), ticket_events=log)
        assert values(cells) == ["no_data", pytest.approx(0.5), pytest.approx(16 / 31)]
        assert cells[APRIL].n == 20

    def test_what_needs_no_log_is_of_all_days(self, tmp_path: Path) -> None:
        cells = months(
            tmp_path, "ticket_volume", tickets=_tickets(), ticket_events=_log("2026-03-01", "2026-04-20")
        )  # fmt: skip
        assert [cell.n for cell in cells] == [31, 30, 31]

    def test_it_ended_though_the_list_tells_of_solving(self, tmp_path: Path) -> None:
        cells = months(
            tmp_path, "resolution_time", tickets=_tickets(), ticket_events=_log("2026-03-01", "2026-04-20")
        )  # fmt: skip
        assert [cell.n for cell in cells] == [31, 30, 31]


def _wages(first: str, last: str | None) -> list[Row]:
    wage = {"scope": "agent", "scope_id": "anna", "amount": 3000, "currency": "EUR", "per": "month"}
    return [wage | {"valid_from": first, "valid_to": last}]


TOOLS = [
    {"cost_id": month, "kind": "tooling", "period_start": f"{month}-01", "period_end": f"{month}-30", "amount": 30,
     "currency": "EUR"}
    for month in ("2026-03", "2026-04", "2026-05")
]  # fmt: skip


def _solved() -> list[Row]:
    return [row | {"assignee_agent_id": "anna"} for row in _tickets()]


class TestWhatServiceCosts:
    @staticmethod
    def costs(folder: Path, **tables: list[Row]) -> list[Cell]:
        return months(folder, "cost_per_resolution", tickets=_solved(), **tables)

    def test_after_the_last_wage_it_is_not_known(self, tmp_path: Path) -> None:
        cells = self.costs(tmp_path, agent_costs=_wages("2026-01-01", "2026-04-30"), cost_items=TOOLS)
        assert values(cells) == [pytest.approx(3030 / 31), pytest.approx(101), "no_data"]

    def test_a_wage_without_an_end_goes_on(self, tmp_path: Path) -> None:
        cells = self.costs(tmp_path, agent_costs=_wages("2026-01-01", None), cost_items=TOOLS[:1])
        assert all(isinstance(cell.value, Estimate) for cell in cells)
        assert not any("nobody tells" in cell.value.note for cell in cells)

    def test_without_wages_it_says_so(self, tmp_path: Path) -> None:
        cells = self.costs(tmp_path, cost_items=TOOLS)
        assert cells[APRIL].estimate is not None
        assert cells[APRIL].estimate.value == pytest.approx(1)
        equal, untold = cells[APRIL].estimate.note.split("; ")
        assert equal == "every row has the same ratio"  # one ticket and one euro a day
        assert untold == "without what agents cost, which nobody tells"


def _subscriptions() -> list[Row]:
    """Ten of ten euros, one of which ends late."""
    rows = [
        {"subscription_id": f"s{each}", "customer_id": f"c{each}", "started_at": "2026-01-01T00:00:00Z",
         "status": "active", "mrr": 10, "currency": "EUR"}
        for each in range(10)
    ]  # fmt: skip
    return [*rows[:9], rows[9] | {"status": "cancelled", "ended_at": "2026-06-10T00:00:00Z"}]


def _price_changes(first: str, last: str) -> list[Row]:
    """One a day, up and down again."""
    return [
        {"event_id": f"{day:%m%d}", "subscription_id": "s0", "customer_id": "c0",
         "occurred_at": f"{day:%Y-%m-%d}T10:00:00Z", "type": "upgraded" if number % 2 == 0 else "downgraded",
         "mrr_before": 10 + number % 2 * 5, "mrr_after": 15 - number % 2 * 5, "currency": "EUR"}
        for number, day in enumerate(_days(first, last))
    ]  # fmt: skip


class TestChangesOfSubscriptions:
    def test_where_nobody_tells_them_the_number_says_so(self, tmp_path: Path) -> None:
        cells = months(tmp_path, "net_revenue_retention", subscriptions=_subscriptions())
        assert values(cells) == [1.0, 1.0, 1.0]
        assert {cell.estimate.note for cell in cells if cell.estimate} == {
            "every row has the same ratio; without changes of what subscriptions bring in, which nobody tells"
        }

    def test_where_they_end_there_is_no_number(self, tmp_path: Path) -> None:
        changes = _price_changes("2026-01-10", "2026-04-20")
        cells = months(
            tmp_path, "net_revenue_retention", subscriptions=_subscriptions(), subscription_events=changes
        )  # fmt: skip
        assert values(cells)[0] == 1.05  # the one subscription is at 15 as March ends
        assert cells[MARCH].estimate is not None
        assert not cells[MARCH].estimate.note
        assert values(cells)[1:] == ["no_data", "no_data"]


def test_a_total_of_a_table_that_ended_says_of_how_many_days_it_is(tmp_path: Path) -> None:
    cells = months(tmp_path, "upsell_revenue", tickets=_tickets(), upsells=[
        {"upsell_id": f"u{day:%m%d}", "occurred_at": f"{day:%Y-%m-%d}T10:00:00Z", "amount": 10, "currency": "EUR",
         "customer_id": "c", "kind": "upsell"}
        for day in _days("2026-03-01", "2026-04-20")
    ])  # fmt: skip
    assert values(cells) == [310.0, 200.0, "no_data"]
    assert [cell.estimate.note for cell in cells if cell.estimate] == ["", "the data covers 20 of 30 days"]


def test_of_tables_that_would_do_only_those_that_tell_count() -> None:
    formula = METRICS["contacts_per_hour"].formula
    both = {"interactions.agent_id", "tickets.assignee_agent_id", "agent_shifts.started_at"}
    assert {"interactions": 0} in needed_tables(formula, both)
    assert {"tickets": 0} in needed_tables(formula, both)
    assert {"interactions": 0} not in needed_tables(formula, both - {"interactions.agent_id"})


def test_what_winning_customers_costs_need_not_reach_as_far_as_orders() -> None:
    assert [set(group) for group in needed_tables(METRICS["ltv_to_cac"].formula, ())] == [{"orders"}]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    with Small(tmp_path_factory.mktemp("shop"), SETTINGS) as small:
        orders = [
            order | {"order_id": f"{order['order_id']}-{each}", "customer_id": f"{order['customer_id']}-{each}"}
            for order in _orders("2026-03-01", "2026-06-05")
            for each in range(9)
        ]
        yield small.load(orders=orders)


def test_no_change_of_what_rises_by_itself_is_judged(shop: Small) -> None:
    card = scorecard(shop.workspace, since=date(2026, 5, 1), until=date(2026, 6, 1))
    (row,) = (row for row in card.rows if row.key == "repeat_purchase_rate")
    assert row.reading.estimate is not None
    assert row.change == NoEstimate("by_itself")
    assert not row.changed
    assert "no change of it is judged" in row.change.words


def test_nor_of_its_weeks() -> None:
    watched = Watched(METRICS["repeat_purchase_rate"])
    assert changes_of(watched, [], date(2026, 5, 1)) == NoEstimate("by_itself")
    assert not METRICS["repeat_purchase_rate"].variant("within_365_days").only_grows


class TestTicketsOfTwoDesks:
    @staticmethod
    def volume(folder: Path, last: str, since: date, until: date, where: str = "") -> ScorecardRow:
        with Small(folder, SETTINGS) as small:
            other = [row | {"ticket_id": f"other {row['ticket_id']}"} for row in _tickets(last=last)]
            small.load("one", tickets=_tickets() + [_more(row) for row in _tickets()]).load("two", tickets=other)
            card = scorecard(small.workspace, since=since, until=until, where=where)
            return next(row for row in card.rows if row.key == "ticket_volume")

    def test_where_one_ends_its_month_is_not_compared(self, tmp_path: Path) -> None:
        row = self.volume(tmp_path, "2026-04-12", date(2026, 4, 1), date(2026, 5, 1))
        assert row.change == NoEstimate("unlike_sources", what="two")
        assert row.change.words == "two is known of unlike parts of the two"
        assert row.reading.estimate is not None
        assert row.reading.estimate.note == "only part of it is known of two"

    def test_nor_is_the_month_after(self, tmp_path: Path) -> None:
        row = self.volume(tmp_path, "2026-04-20", date(2026, 5, 1), date(2026, 6, 1))
        assert row.change == NoEstimate("unlike_sources", what="two")
        assert row.reading.estimate is not None
        assert not row.reading.estimate.note

    def test_one_that_goes_on_is_compared(self, tmp_path: Path) -> None:
        row = self.volume(tmp_path, "2026-06-02", date(2026, 5, 1), date(2026, 6, 1))
        assert isinstance(row.change, Estimate)
        assert row.reading.estimate is not None
        assert row.reading.estimate.value == 3.0

    def test_so_is_one_desk_alone(self, tmp_path: Path) -> None:
        row = self.volume(tmp_path, "2026-04-20", date(2026, 5, 1), date(2026, 6, 1), "source = 'one'")
        assert isinstance(row.change, Estimate)


def _more(row: Row) -> Row:
    return row | {"ticket_id": f"more {row['ticket_id']}"}


@pytest.mark.parametrize(
    ("reach", "found"),
    [
        (Reach(), (date(2026, 3, 1), date(2026, 4, 1))),
        (Reach(first=date(2026, 3, 10)), (date(2026, 3, 10), date(2026, 4, 1))),
        (Reach(last=date(2026, 3, 10)), (date(2026, 3, 1), date(2026, 3, 11))),
        (Reach(first=date(2026, 4, 1)), None),
        (Reach(last=date(2026, 2, 28)), None),
    ],
)
def test_clipping(reach: Reach, found: Any) -> None:
    clipped = reach.clip(Period(date(2026, 3, 1), date(2026, 4, 1), "2026-03"))
    assert (clipped and (clipped.since, clipped.until)) == found
