"""The ticket metrics on the desk of `measure.dozen`, each number worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from goalkeeper.measure import Cell
from goalkeeper.stats.estimate import Estimate, NoEstimate
from measure.dozen import dozen
from measure.small import Small, at, event, ticket

MINUTE, HOUR, DAY = 60, 3_600, 86_400


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    with dozen(tmp_path_factory.mktemp("dozen")) as small:
        yield small


def only(desk: Small, key: str, **how: Any) -> Cell:
    (cell,) = desk.measure(key, **how)
    return cell


def number(desk: Small, key: str, **how: Any) -> float:
    value = only(desk, key, **how).value
    assert isinstance(value, Estimate), value
    return value.value


class TestFirstResponse:
    """Minutes by the calendar: 2 (T3), 3 (T9), 5 (T13), 20 (T11), 30 (T1), 540 (T10), 1020 (T2), 2715 (T5), 3960 (T4).

    Unfinished: T12 after 240, when it was closed, and T6 after 16 020. T7 (spam) and T8 (the company's) are left out.
    """

    def test_who_is_counted(self, desk: Small) -> None:
        cell = only(desk, "first_response_time", clock="calendar")
        assert (cell.n, cell.pending) == (11, 0)
        assert cell.left_out == {"spam": 1, "started by the company": 1}

    def test_median(self, desk: Small) -> None:
        # S is 6/11 after the first five; T12 leaves, 5 stay: 6/11·4/5 = 0.436 at 540 min.
        assert number(desk, "first_response_time", clock="calendar") == 540 * MINUTE
        # By working time 2, 3, 5, 15 (T5), 20, 30 (T1, T10), 60 (T2), 120 (T4): S falls from 6/11 to 4/11 at 30 min.
        assert number(desk, "first_response_time") == 30 * MINUTE

    def test_p90_is_not_reached(self, desk: Small) -> None:
        value = only(desk, "first_response_time", clock="calendar", statistic="p90").value
        assert isinstance(value, NoEstimate)
        assert value.reason == "not_reached"
        assert value.have == pytest.approx(1 - 6 / 11 * 1 / 5)
        assert value.need == 0.9

    def test_mean_of_three_days_is_the_area_under_the_curve(self, desk: Small) -> None:
        early = 2 + 10 / 11 * 1 + 9 / 11 * 2 + 8 / 11 * 15 + 7 / 11 * 10
        late = 6 / 11 * (510 + 0.8 * 480 + 0.6 * 1695 + 0.4 * 1245 + 0.2 * 360)
        assert number(desk, "first_response_time", clock="calendar", statistic="mean") == pytest.approx(
            (early + late) * MINUTE
        )

    def test_finished_only_flatters(self, desk: Small) -> None:
        def finished(statistic: str) -> float:
            return number(desk, "first_response_time", clock="calendar", statistic=f"finished_{statistic}")

        assert finished("median") == 30 * MINUTE
        assert finished("p90") == 3960 * MINUTE
        assert finished("mean") == pytest.approx(8295 / 9 * MINUTE)
        assert only(desk, "first_response_time", statistic="finished_mean").n == 9


class TestResolution:
    """Hours: 1/3 (T3), 1/2 (T8, T13), 1 (T11), 1.5 (T9), 2 (T1), 9.5 (T10), 17.5 (T2), 69 (T4), 71 (T5).

    T6 is open since 267.
    """

    def test_who_is_counted(self, desk: Small) -> None:
        cell = only(desk, "resolution_time")
        assert cell.n == 11
        assert cell.left_out == {"closed without being solved": 1, "spam": 1}

    def test_median_and_p90(self, desk: Small) -> None:
        assert number(desk, "resolution_time", clock="calendar") == 2 * HOUR  # 5 of 11 are left after the sixth
        assert number(desk, "resolution_time", clock="calendar", statistic="p90") == 71 * HOUR  # 1 of 11 is left
        # Working: 1/3, 1/2, 1/2, 1 (T10, T11), 1.5 (T2, T9), 2, 5 (T4), 10 (T5): 4 of 11 are left after 1.5 h.
        assert number(desk, "resolution_time") == 1.5 * HOUR
        assert number(desk, "resolution_time", statistic="p90") == 10 * HOUR

    def test_mean_needs_fourteen_days_of_watching(self, desk: Small) -> None:
        value = only(desk, "resolution_time", clock="calendar", statistic="mean").value
        assert value == NoEstimate("not_followed", 267 * HOUR, 14 * DAY, "tickets")

    def test_first_variant_stops_at_the_first_solving(self, desk: Small) -> None:
        # T5 was first solved 45 h 20 min after it came, 20 working minutes.
        p90 = number(desk, "resolution_time", variant="first", clock="calendar", statistic="p90")
        assert p90 == 69 * HOUR
        assert number(desk, "resolution_time", variant="first", clock="working") == 1 * HOUR
        assert only(desk, "resolution_time", variant="first").left_out == {"closed without being solved": 1, "spam": 1}


@pytest.mark.parametrize(
    ("variant", "clock", "hits"),
    [
        ("", "calendar", 7),  # all but T4, T5, T6
        ("", "working", 9),  # all but T6
        ("4h", "calendar", 5),  # T1, T3, T8, T9, T11
        ("4h", "working", 8),  # all but T4, T6; T5 was first solved after 20 min
        ("8h", "calendar", 5),
        ("8h", "working", 9),  # T4 took 5 h
        ("48h", "calendar", 8),  # T5 was first solved after 45 h
        ("48h", "working", 9),
        ("7d", "calendar", 9),
    ],
)
def test_resolved_in_target(desk: Small, variant: str, clock: str, hits: int) -> None:
    """Ten fell due; T13 came an hour before the end and is pending, though solved."""
    cell = only(desk, "resolved_in_target", variant=variant, clock=clock)
    assert (cell.n, cell.pending) == (10, 1)
    assert cell.estimate is not None
    assert cell.estimate.value == hits / 10
    assert cell.left_out == {"closed without being solved": 1, "spam": 1}


def test_nothing_fell_due_yet(desk: Small) -> None:
    """Seven days of working time are 168 hours, four weeks and more."""
    cell = only(desk, "resolved_in_target", variant="7d", clock="working")
    assert (cell.n, cell.pending) == (0, 11)
    assert cell.value == NoEstimate("pending", 11, what="tickets due")
    assert cell.value.words == "nothing decided yet, 11 pending"


class TestFirstContact:
    """Solved with a contact: T1-T5, T9-T11, T13. T4 had two, T5 came back, T9 was passed on.

    T13 was solved half an hour before the data ends.
    """

    @pytest.mark.parametrize(
        ("variant", "share"),
        [
            ("", 5 / 8),  # T1, T2, T3, T10, T11
            ("1d", 5 / 8),
            ("3d", 5 / 8),
            ("any_topic", 4 / 8),  # not T2: its customer came back after 6.2 days with another topic
        ],
    )
    def test_share(self, desk: Small, variant: str, share: float) -> None:
        cell = only(desk, "first_contact_resolution", variant=variant)
        assert cell.estimate is not None
        assert cell.estimate.value == share
        assert (cell.n, cell.pending) == (8, 1)
        assert cell.left_out == {"solved without a human contact": 1}

    def test_failures_wait_for_the_window_too(self, desk: Small) -> None:
        """Fourteen days are over for T1 (which came back), T2 and T3 only; T4, T5 and T9 failed and still wait."""
        cell = only(desk, "first_contact_resolution", variant="14d")
        assert (cell.n, cell.pending) == (3, 6)
        assert cell.value == NoEstimate("too_few", 3, 5, "solved tickets")

    def test_no_reopen(self, desk: Small) -> None:
        cell = only(desk, "first_contact_resolution", variant="no_reopen")
        assert (cell.n, cell.pending) == (9, 1)
        assert number(desk, "first_contact_resolution", variant="no_reopen") == 8 / 9  # T5

    def test_one_touch(self, desk: Small) -> None:
        # Ten are solved; not T4 and T9 (two contacts), T5 (came back), T8 (none).
        assert number(desk, "first_contact_resolution", variant="one_touch") == 6 / 10


def test_reopen_rate(desk: Small) -> None:
    """T13 was solved an hour before the end, so a reopening could not show yet."""
    assert (number(desk, "reopen_rate"), only(desk, "reopen_rate").pending) == (1 / 9, 1)
    assert number(desk, "reopen_rate", variant="ever") == 1 / 10
    assert number(desk, "reopen_rate", variant="of_all") == 1 / 12
    assert only(desk, "reopen_rate", variant="of_all").left_out == {"spam": 1}


def test_escalation_rate(desk: Small) -> None:
    assert number(desk, "escalation_rate") == 1 / 12  # T9 went to a team of tier 2


def test_people_per_ticket(desk: Small) -> None:
    cell = only(desk, "people_per_ticket")
    assert number(desk, "people_per_ticket") == pytest.approx(11 / 9)  # two on T4 and T9, one on seven others
    assert cell.left_out == {"without a human reply": 1}
    assert number(desk, "people_per_ticket", statistic="median") == 1
    assert number(desk, "people_per_ticket", statistic="p90") == 2


class TestVolume:
    def test_by_week(self, desk: Small) -> None:
        cells = desk.measure("ticket_volume", every="week", since=date(2026, 3, 2), until=date(2026, 3, 23))
        assert [cell.period.label for cell in cells] == ["2026-W10", "2026-W11", "2026-W12"]
        assert [cell.n for cell in cells] == [5, 6, 1]
        assert [cell.left_out for cell in cells] == [{}, {"spam": 1}, {}]
        # The data ends on Friday: the last week's rate is that of five days.
        assert [cell.estimate.value for cell in cells] == pytest.approx([5 / 7, 6 / 7, 1 / 5])
        assert cells[2].estimate.note == "the data covers 5 of 7 days"

    def test_a_day_without_a_ticket_is_zero_and_one_outside_the_data_is_not(self, desk: Small) -> None:
        days = desk.measure("ticket_volume", every="day", since=date(2026, 2, 28), until=date(2026, 3, 23))
        found = {cell.period.label: cell.value for cell in days}
        quiet = found["2026-03-04"]
        assert isinstance(quiet, Estimate)
        assert quiet.value == 0
        for outside in ("2026-02-28", "2026-03-01", "2026-03-21", "2026-03-22"):
            assert found[outside] == NoEstimate("no_data", what="tickets")

    def test_a_day_is_a_local_day(self, desk: Small) -> None:
        thursday = desk.measure("ticket_volume", since=date(2026, 3, 12), until=date(2026, 3, 13))
        assert thursday[0].n == 2  # T10 came at 23:30 UTC of Wednesday, T12 at ten
        assert desk.measure("ticket_volume", since=date(2026, 3, 11), until=date(2026, 3, 12))[0].n == 1


class TestBacklog:
    def test_at_the_end(self, desk: Small) -> None:
        cell = only(desk, "backlog")
        assert cell.value == Estimate(1.0, None, None, 0.95, 1, "count")
        assert cell.left_out == {}  # spam does not lie open for ever
        assert number(desk, "backlog", variant="not_closed") == 11

    def test_by_day(self, desk: Small) -> None:
        cells = desk.measure("backlog", every="day", since=date(2026, 3, 1), until=date(2026, 3, 14))
        found = {cell.period.since.day: cell.estimate and cell.estimate.value for cell in cells}
        # 2: T2 is solved on the 3rd; 6: T4; 7 and 8: T4 and T5; then T6 alone, and T12 opens and closes on the 12th.
        wanted = {2: 1, 3: 0, 4: 0, 5: 0, 6: 1, 7: 2, 8: 2, 9: 1, 10: 1, 11: 1, 12: 1, 13: 1}
        assert found == {1: None} | wanted

    def test_a_period_without_data_has_no_stock(self, desk: Small) -> None:
        cells = desk.measure("backlog", every="month", since=date(2026, 2, 1), until=date(2026, 5, 1))
        assert [isinstance(cell.value, Estimate) for cell in cells] == [False, True, False]
        assert cells[2].value == NoEstimate("no_data", what="open tickets")

    def test_too_few_to_tell_a_share(self, desk: Small) -> None:
        assert only(desk, "backlog_over_48h").value == NoEstimate("too_few", 1, 5, "open tickets")


def test_old_backlog(tmp_path: Any) -> None:
    """At noon of the 20th: made 1, 23, 25, 48, 49 and 200 hours before; 48 hours are not over 48 hours."""
    created = ["03-20 11:00", "03-19 13:00", "03-19 11:00", "03-18 12:00", "03-18 11:00", "03-12 04:00"]
    tickets = [ticket(number, when, updated_at=at("03-20 12:00")) for number, when in enumerate(created)]
    with Small(tmp_path).load(
        tickets=tickets, ticket_events=[event(0, "03-20 11:00", "status", "anna", "open")]
    ) as small:
        assert number(small, "backlog") == 6
        assert number(small, "backlog_over_48h") == 2 / 6
        assert number(small, "backlog_over_48h", variant="24h") == 4 / 6
        assert number(small, "backlog_over_48h", variant="7d") == 1 / 6
        week = small.measure("backlog_over_48h", every="day", since=date(2026, 3, 19))
        assert [cell.n for cell in week] == [5, 6]
        assert week[0].period.until == date(2026, 3, 19) + timedelta(days=1)


def test_empty_weeks_are_cells(desk: Small) -> None:
    cells = desk.measure("first_response_time", every="week", since=date(2026, 2, 23), until=date(2026, 3, 30))
    assert [cell.n for cell in cells] == [0, 5, 5, 1, 0]
    assert cells[0].value == NoEstimate("no_data", what="tickets")
    assert cells[3].value == NoEstimate("too_few", 1, 5, "tickets")


def test_splits_and_conditions(desk: Small) -> None:
    by = desk.measure("first_response_time", by="channel", clock="calendar")
    assert [(cell.by["channel"], cell.n) for cell in by] == [("chat", 3), ("email", 7), ("web", 1)]
    assert by[1].left_out == {"spam": 1, "started by the company": 1}
    where = desk.measure("first_response_time", where="channel = 'chat' OR channel = 'web'", clock="calendar")
    assert where[0].n == 4
    assert where[0].left_out == {}
    unknown = desk.measure("escalation_rate", by="topic")
    assert [(cell.by["topic"], cell.n) for cell in unknown] == [("billing", 3), ("login", 2), (None, 7)]
