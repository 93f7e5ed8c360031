"""Promises worked out by hand: when each falls due, and whether it was kept.

The desk works Monday to Friday from 8 to 16 UTC. A ticket named "last" only sets how far the source is known.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tickets.conftest import OFFICE
from tickets.desk import Desk, Row, at, moment, ticket, timeline

HOUR = 3600
Desks = Callable[[str], Desk]
STANDARD = (
    OFFICE
    + """
[[sla]]
id = "phone"
channel = "phone"
clock = "calendar"
first_reply = "10 min"
[[sla]]
id = "vip"
team = "Experts"
until = 2025-03-04
first_reply = "30 min"
[[sla]]
id = "standard"
first_reply = { urgent = "1h", other = "4h" }
next_reply = "2h"
requester_wait = "5h"
agent_work = "3h"
[[sla]]
id = "solving"
pause = ["pending", "on_hold"]
resolution = { high = "2h", other = "16h" }
"""
)


@pytest.fixture
def desk(desks: Desks) -> Desk:
    return desks(STANDARD)


def made(desk: Desk, *lines: str, last: str = "Fri 12:00", **columns: Any) -> dict[tuple[str, int], Row]:
    """The promises to ticket T, made Monday 10:00 with the given events, on a desk known up to `last`."""
    rows = [ticket("T", "Mon 10:00", **columns), ticket("last", last)]
    desk.load(tickets=rows, ticket_events=timeline("T", *lines))
    desk.refresh()
    return promises(desk)


def promises(desk: Desk, ticket_id: str = "T") -> dict[tuple[str, int], Row]:
    rows = desk.rows(
        "SELECT p.* FROM facts.promises p JOIN facts.tickets t USING (ticket_key) "
        f"WHERE t.ticket_id = '{ticket_id}' ORDER BY p.promise, p.instance"
    )
    return {(row["promise"], row["instance"]): row for row in rows}


def chosen(row: Row, *names: str) -> list[Any]:
    return [row[name] for name in names]


def test_a_reply_at_the_due_moment_keeps_it_and_a_millisecond_later_breaks_it(desk: Desk) -> None:
    """Four hours of work from Monday 10:00 are over at 14:00."""
    row = made(desk, "Mon 14:00 agent reply")["first_reply", 1]
    assert chosen(row, "target_s", "due_at", "kept_at", "status") == [
        4 * HOUR,
        at("Mon 14:00"),
        at("Mon 14:00"),
        "kept",
    ]
    assert chosen(row, "policy", "applied_at", "elapsed_s", "paused_s") == ["standard", at("Mon 10:00"), 4 * HOUR, 0]
    desk.clear()
    row = made(desk, "Mon 14:00:01 agent reply")["first_reply", 1]
    assert chosen(row, "due_at", "elapsed_s", "status") == [at("Mon 14:00"), 4 * HOUR + 1, "broken"]


def test_a_target_used_up_at_closing_time_is_due_then(desk: Desk) -> None:
    """The reply in the evening used no more working time, but it came after the due moment."""
    desk.load(
        tickets=[ticket("T", "Mon 12:00"), ticket("last", "Fri 12:00")],
        ticket_events=timeline("T", "Mon 20:00 agent reply"),
    )
    desk.refresh()
    row = promises(desk)["first_reply", 1]
    assert chosen(row, "due_at", "elapsed_s", "status") == [at("Mon 16:00"), 4 * HOUR, "broken"]


@pytest.mark.parametrize(
    ("last", "status"), [("Mon 14:00", "pending"), ("Mon 13:00", "pending"), ("Mon 14:01", "broken")]
)
def test_without_a_reply_it_breaks_at_the_due_moment(desk: Desk, last: str, status: str) -> None:
    row = made(desk, last=last)["first_reply", 1]
    assert chosen(row, "due_at", "kept_at", "status") == [at("Mon 14:00"), None, status]


def test_solved_without_a_reply_it_no_longer_counts_unless_it_was_due(desk: Desk) -> None:
    row = made(desk, "Mon 13:00 agent status solved")["first_reply", 1]
    assert chosen(row, "status", "promise_left_out", "elapsed_s") == [None, "solved without a reply", 3 * HOUR]
    desk.clear()
    row = made(desk, "Mon 15:00 agent status solved")["first_reply", 1]
    assert chosen(row, "status", "promise_left_out") == ["broken", None]


def test_closed_unsolved(desk: Desk) -> None:
    rows = made(desk, "Mon 13:00 system status closed")
    assert rows["first_reply", 1]["promise_left_out"] == "closed without a reply"
    assert rows["resolution", 1]["promise_left_out"] == "closed without being solved"


def test_pending_and_on_hold_stop_the_clock(desk: Desk) -> None:
    """16 h: Monday 10-11, Tuesday from 9, Wednesday 8-10, on hold, Thursday 8-14; Monday and Wednesday rest 11 h."""
    rows = made(
        desk,
        "Mon 11:00 agent status pending",
        "Tue 09:00 customer status open",
        "Wed 10:00 agent status on_hold",
        "Thu 08:00 agent status open",
        "Thu 15:00 agent status solved",
    )
    row = rows["resolution", 1]
    assert chosen(row, "due_at", "status") == [at("Thu 14:00"), "broken"]
    assert chosen(row, "elapsed_s", "paused_s") == [17 * HOUR, 12 * HOUR]


def test_while_the_clock_stands_still_nothing_is_due(desk: Desk) -> None:
    rows = made(desk, "Mon 11:00 agent status on_hold")
    assert chosen(rows["resolution", 1], "due_at", "status", "elapsed_s") == [None, "pending", HOUR]
    # On hold the customer waits, but no agent works: the one goes on, the other does not.
    assert chosen(rows["requester_wait", 1], "due_at", "status") == [at("Mon 15:00"), "broken"]
    assert chosen(rows["agent_work", 1], "due_at", "status") == [None, "pending"]


def test_the_time_in_solved_does_not_count(desk: Desk) -> None:
    """Solved after 2 h, taken back on Thursday, solved again after one more: 3 of 16 h used, 22 stood still."""
    rows = made(
        desk,
        "Mon 12:00 agent status solved",
        "Thu 10:00 customer status open",
        "Thu 11:00 agent status solved",
    )
    row = rows["resolution", 1]
    assert chosen(row, "kept_at", "elapsed_s", "paused_s", "status") == [at("Thu 11:00"), 3 * HOUR, 22 * HOUR, "kept"]
    # 13 h would be left at Thursday 11:00: 5 that day and 8 on Friday.
    assert row["due_at"] == at("Fri 16:00")


def test_later_replies_are_promised_one_by_one(desk: Desk) -> None:
    rows = made(
        desk,
        "Mon 10:30 agent reply",
        "Mon 15:00 customer reply",
        "Tue 09:00 agent reply",
        "Tue 10:00 customer reply",
        "Tue 10:10 customer reply",
        "Tue 13:00 agent reply",
    )
    first, second = rows["next_reply", 1], rows["next_reply", 2]
    assert chosen(first, "applied_at", "due_at", "status") == [at("Mon 15:00"), at("Tue 09:00"), "kept"]
    assert chosen(second, "applied_at", "due_at", "status") == [at("Tue 10:00"), at("Tue 12:00"), "broken"]


def test_priority_is_the_one_when_the_clock_began(desk: Desk) -> None:
    """Raising it later changes nothing, and lowering it is no way out."""
    desk.load(
        tickets=[ticket("T", "Mon 10:00", priority="low"), ticket("last", "Fri 12:00")],
        ticket_events=timeline(
            "T",
            "Mon 10:00 agent priority new_value=urgent",
            "Mon 10:10 agent priority old_value=urgent new_value=low",
            "Mon 12:00 agent reply",
        ),
    )
    desk.refresh()
    row = promises(desk)["first_reply", 1]
    assert chosen(row, "target_s", "status") == [HOUR, "broken"]


def test_a_priority_set_later_counts_from_the_start_if_there_was_none(desk: Desk) -> None:
    rows = made(desk, "Mon 10:20 agent priority new_value=high", priority="high")
    assert rows["resolution", 1]["target_s"] == 2 * HOUR
    assert rows["first_reply", 1]["target_s"] == 4 * HOUR


def test_the_priority_of_the_ticket_where_no_event_tells_one(desk: Desk) -> None:
    assert made(desk, priority="urgent")["first_reply", 1]["target_s"] == HOUR


def test_the_first_policy_that_fits_wins_for_each_promise(desk: Desk) -> None:
    """Phone promises a reply only: the rest is promised by those below."""
    rows = made(desk, channel="phone", last="Mon 18:00")
    assert chosen(rows["first_reply", 1], "policy", "due_at") == ["phone", at("Mon 10:10")]
    assert chosen(rows["resolution", 1], "policy") == ["solving"]


@pytest.mark.parametrize(("day", "policy"), [("Mon 10:00", "vip"), ("Tue 22:59", "vip"), ("Tue 23:00", "standard")])
def test_policies_hold_from_and_until_local_days(desk: Desk, day: str, policy: str) -> None:
    """Until 4 March, a Tuesday, by the clock of Berlin."""
    desk.load(
        teams=[{"team_id": "t1", "name": "Experts"}],
        tickets=[ticket("T", day, team_id="t1"), ticket("last", "Fri 12:00")],
    )
    desk.refresh()
    assert promises(desk)["first_reply", 1]["policy"] == policy


def test_the_team_when_the_clock_began(desk: Desk) -> None:
    desk.load(
        teams=[{"team_id": "t1", "name": "Experts"}, {"team_id": "t2", "name": "Front"}],
        tickets=[ticket("T", "Mon 10:00", team_id="t1"), ticket("last", "Fri 12:00")],
        ticket_events=timeline("T", "Mon 10:05 agent team t1 old_value=t2"),
    )
    desk.refresh()
    assert promises(desk)["first_reply", 1]["policy"] == "standard"


def test_the_company_writes_first(desk: Desk) -> None:
    rows = made(desk, "Mon 12:00 customer reply", source_system_created_by="agent")
    assert rows["first_reply", 1]["applied_at"] == at("Mon 12:00")
    desk.clear()
    assert ("first_reply", 1) not in made(desk, source_system_created_by="agent")


def test_a_ticket_without_states_is_never_paused(desk: Desk) -> None:
    rows = made(desk, status="solved", solved_at="Tue 10:00")
    row = rows["resolution", 1]
    assert chosen(row, "kept_at", "elapsed_s", "paused_s", "status") == [at("Tue 10:00"), 8 * HOUR, 0, "kept"]


def brought(metric: str, applied: str, **more: Any) -> Row:
    """A promise as a source tells it, of ticket T."""
    row = {"ticket_id": "T", "metric": metric, "instance": 1, "applied_at": applied, "target_s": HOUR} | more
    return {name: moment(value).isoformat() + "Z" if name.endswith("_at") else value for name, value in row.items()}


class TestBroughtByASource:
    @pytest.fixture
    def desk(self, desks: Desks) -> Desk:
        return desks(OFFICE + '[[sla]]\nid = "own"\nchannel = "phone"\nnext_reply = "3h"\n')

    def load(self, desk: Desk, *rows: Row, lines: tuple[str, ...] = (), **columns: Any) -> dict[tuple[str, int], Row]:
        desk.load(
            tickets=[ticket("T", "Mon 10:00", **columns), ticket("last", "Fri 12:00")],
            ticket_events=timeline("T", *lines),
            ticket_sla=list(rows),
        )
        desk.refresh()
        return promises(desk)

    def test_it_is_judged_by_the_events(self, desk: Desk) -> None:
        """A source that looks once a night says kept; the reply was an hour late."""
        row = self.load(
            desk,
            brought("first_reply", "Mon 10:00", clock="business", fulfilled_at="Mon 10:30"),
            lines=("Mon 12:00 agent reply",),
        )["first_reply", 1]
        assert chosen(row, "policy", "due_at", "kept_at", "status") == [
            None,
            at("Mon 11:00"),
            at("Mon 12:00"),
            "broken",
        ]

    def test_without_events_the_source_is_believed(self, desk: Desk) -> None:
        row = self.load(desk, brought("first_reply", "Mon 15:30", clock="business", fulfilled_at="Tue 08:30"))
        assert chosen(row["first_reply", 1], "due_at", "status") == [at("Tue 08:30"), "kept"]

    def test_a_clock_that_is_not_named_is_the_calendar(self, desk: Desk) -> None:
        row = self.load(desk, brought("first_reply", "Mon 15:30"), lines=("Tue 08:00 agent reply",))["first_reply", 1]
        assert chosen(row, "due_at", "status") == [at("Mon 16:30"), "broken"]

    def test_no_policy_of_the_workspace_is_needed(self, desks: Desks) -> None:
        row = self.load(desks(OFFICE), brought("first_reply", "Mon 10:00"), lines=("Mon 10:30 agent reply",))
        assert chosen(row["first_reply", 1], "status", "elapsed_s") == ["kept", 1800]

    def test_its_schedule_counts_where_we_know_it(self, desk: Desk) -> None:
        row = self.load(desk, brought("first_reply", "Mon 15:30", clock="business", schedule_id="24x7"))
        assert row["first_reply", 1]["due_at"] == at("Mon 16:30")

    def test_what_it_calls_paused_puts_the_due_moment_off(self, desk: Desk) -> None:
        row = self.load(desk, brought("resolution", "Mon 10:00", clock="business", paused_s=2 * HOUR))["resolution", 1]
        assert chosen(row, "due_at", "target_s", "status") == [at("Mon 13:00"), HOUR, "broken"]

    def test_each_instance_has_its_own_solving(self, desk: Desk) -> None:
        rows = self.load(
            desk,
            brought("resolution", "Mon 10:00"),
            brought("resolution", "Wed 10:00", instance=2),
            lines=("Mon 10:30 agent status solved", "Wed 10:00 customer status open", "Wed 12:00 agent status solved"),
        )
        assert [chosen(rows["resolution", number], "kept_at", "status") for number in (1, 2)] == [
            [at("Mon 10:30"), "kept"],
            [at("Wed 12:00"), "broken"],
        ]

    def test_a_policy_of_the_workspace_goes_before(self, desk: Desk) -> None:
        lines = ("Mon 10:10 agent reply", "Mon 11:00 customer reply", "Mon 13:00 agent reply")
        rows = self.load(desk, brought("next_reply", "Mon 11:00"), lines=lines, channel="phone")
        assert chosen(rows["next_reply", 1], "policy", "target_s") == ["own", 3 * HOUR]
        rows = self.load(desk, brought("next_reply", "Mon 11:00"), channel="email")
        assert chosen(rows["next_reply", 1], "policy", "target_s") == [None, HOUR]

    def test_other_promises_for_the_same_ticket_replace_it(self, desk: Desk) -> None:
        self.load(desk, brought("first_reply", "Mon 10:00"))
        desk.load(ticket_sla=[brought("first_reply", "Mon 10:00", target_s=2 * HOUR)])
        desk.refresh()
        assert promises(desk)["first_reply", 1]["due_at"] == at("Mon 12:00")
