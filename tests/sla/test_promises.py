"""Promises worked out by hand: when each falls due, and whether it was kept.

The desk works Monday to Friday from 8 to 16 UTC. A ticket named "last" only sets how far the source is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
TEAMS = [{"team_id": "t1", "name": "Experts"}, {"team_id": "t2", "name": "Front"}]


def case(*lines: str, made: str = "Mon 10:00", **columns: Any) -> tuple[str, tuple[str, ...], Row]:
    return made, lines, columns


# One ticket each, all loaded at once.
CASES = {
    "in time": case("Mon 14:00 agent reply"),
    "a second late": case("Mon 14:00:01 agent reply"),
    "in the evening": case("Mon 20:00 agent reply", made="Mon 12:00"),
    "solved before": case("Mon 13:00 agent status solved"),
    "solved after": case("Mon 15:00 agent status solved"),
    "closed": case("Mon 13:00 system status closed"),
    "paused": case(
        "Mon 11:00 agent status pending",
        "Tue 09:00 customer status open",
        "Wed 10:00 agent status on_hold",
        "Thu 08:00 agent status open",
        "Thu 15:00 agent status solved",
    ),
    "on hold": case("Mon 11:00 agent status on_hold"),
    "reopened": case(
        "Mon 12:00 agent status solved", "Thu 10:00 customer status open", "Thu 11:00 agent status solved"
    ),
    "turns": case(
        "Mon 10:30 agent reply",
        "Mon 15:00 customer reply",
        "Tue 09:00 agent reply",
        "Tue 10:00 customer reply",
        "Tue 10:10 customer reply",
        "Tue 13:00 agent reply",
    ),
    "lowered": case(
        "Mon 10:00 agent priority new_value=urgent",
        "Mon 10:10 agent priority old_value=urgent new_value=low",
        "Mon 12:00 agent reply",
        priority="low",
    ),
    "set later": case("Mon 10:20 agent priority new_value=high", priority="high"),
    "urgent": case(priority="urgent"),
    "phone": case(channel="phone"),
    "Monday": case(team_id="t1"),
    "Tuesday before midnight": case(made="Tue 22:59", team_id="t1"),
    "Tuesday after midnight": case(made="Tue 23:00", team_id="t1"),
    "moved": case("Mon 10:05 agent team t1 old_value=t2", team_id="t1"),
    "outbound": case("Mon 12:00 customer reply", source_system_created_by="agent"),
    "unanswered outbound": case(source_system_created_by="agent"),
    "snapshot": case(status="solved", solved_at="Tue 10:00"),
}


def loaded(desk: Desk, cases: dict[str, Any], *, last: str = "Fri 12:00", **more: list[Row]) -> Desk:
    tickets = [ticket(name, made, **columns) for name, (made, _, columns) in cases.items()]
    events = [event for name, (_, lines, _) in cases.items() for event in timeline(name, *lines)]
    desk.load(teams=TEAMS, tickets=[*tickets, ticket("last", last)], ticket_events=events, **more)
    desk.refresh()
    return desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with Desk(tmp_path_factory.mktemp("desk"), STANDARD) as made:
        yield loaded(made, CASES)


def promises(desk: Desk, ticket_id: str) -> dict[tuple[str, int], Row]:
    rows = desk.rows(
        "SELECT p.* FROM facts.promises p JOIN facts.tickets t USING (ticket_key) "
        f"WHERE t.ticket_id = '{ticket_id}' ORDER BY p.promise, p.instance"
    )
    return {(row["promise"], row["instance"]): row for row in rows}


def first_reply(desk: Desk, ticket_id: str, *names: str) -> list[Any]:
    return chosen(promises(desk, ticket_id)["first_reply", 1], *names)


def chosen(row: Row, *names: str) -> list[Any]:
    return [row[name] for name in names]


def test_a_reply_at_the_due_moment_keeps_it_and_a_moment_later_breaks_it(desk: Desk) -> None:
    """Four hours of work from Monday 10:00 are over at 14:00."""
    names = ("policy", "target_s", "applied_at", "due_at", "paused_s")
    assert first_reply(desk, "in time", *names) == ["standard", 4 * HOUR, at("Mon 10:00"), at("Mon 14:00"), 0]
    assert first_reply(desk, "in time", "kept_at", "elapsed_s", "status") == [at("Mon 14:00"), 4 * HOUR, "kept"]
    assert first_reply(desk, "a second late", "elapsed_s", "status") == [4 * HOUR + 1, "broken"]
    assert first_reply(desk, "a second late", "due_at") == [at("Mon 14:00")]


def test_a_target_used_up_at_closing_time_is_due_then(desk: Desk) -> None:
    """The reply in the evening used no more working time, but it came after the due moment."""
    found = first_reply(desk, "in the evening", "due_at", "elapsed_s", "status")
    assert found == [at("Mon 16:00"), 4 * HOUR, "broken"]


@pytest.mark.parametrize(("last", "status"), [("Mon 14:00", "pending"), ("Mon 14:01", "broken")])
def test_without_a_reply_it_breaks_at_the_due_moment(desks: Desks, last: str, status: str) -> None:
    desk = loaded(desks(STANDARD), {"T": case(), "other": case("Mon 10:10 agent reply")}, last=last)
    assert first_reply(desk, "T", "due_at", "kept_at", "status") == [at("Mon 14:00"), None, status]


def test_solved_without_a_reply_it_no_longer_counts_unless_it_was_due(desk: Desk) -> None:
    names = ("status", "promise_left_out", "elapsed_s")
    assert first_reply(desk, "solved before", *names) == [None, "solved without a reply", 3 * HOUR]
    assert first_reply(desk, "solved after", "status", "promise_left_out") == ["broken", None]


def test_closed_unsolved(desk: Desk) -> None:
    rows = promises(desk, "closed")
    assert rows["first_reply", 1]["promise_left_out"] == "closed without a reply"
    assert rows["resolution", 1]["promise_left_out"] == "closed without being solved"


def test_pending_and_on_hold_stop_the_clock(desk: Desk) -> None:
    """16 h: Monday 10-11, Tuesday from 9, Wednesday 8-10, on hold, Thursday 8-14; Monday and Wednesday rest 12 h."""
    row = promises(desk, "paused")["resolution", 1]
    assert chosen(row, "due_at", "status") == [at("Thu 14:00"), "broken"]
    assert chosen(row, "elapsed_s", "paused_s") == [17 * HOUR, 12 * HOUR]


def test_while_the_clock_stands_still_nothing_is_due(desk: Desk) -> None:
    rows = promises(desk, "on hold")
    assert chosen(rows["resolution", 1], "due_at", "status", "elapsed_s") == [None, "pending", HOUR]
    # On hold the customer waits, but no agent works: the one goes on, the other does not.
    assert chosen(rows["requester_wait", 1], "due_at", "status") == [at("Mon 15:00"), "broken"]
    assert chosen(rows["agent_work", 1], "due_at", "status") == [None, "pending"]


def test_the_time_in_solved_does_not_count(desk: Desk) -> None:
    """Solved after 2 h, taken back on Thursday, solved again after one more: 3 of 16 h used, 22 stood still."""
    row = promises(desk, "reopened")["resolution", 1]
    assert chosen(row, "kept_at", "elapsed_s", "paused_s", "status") == [at("Thu 11:00"), 3 * HOUR, 22 * HOUR, "kept"]
    # 13 h would be left at Thursday 11:00: 5 that day and 8 on Friday.
    assert row["due_at"] == at("Fri 16:00")


def test_later_replies_are_promised_one_by_one(desk: Desk) -> None:
    rows = promises(desk, "turns")
    first, second = rows["next_reply", 1], rows["next_reply", 2]
    assert chosen(first, "applied_at", "due_at", "status") == [at("Mon 15:00"), at("Tue 09:00"), "kept"]
    assert chosen(second, "applied_at", "due_at", "status") == [at("Tue 10:00"), at("Tue 12:00"), "broken"]


def test_priority_is_the_one_when_the_clock_began(desk: Desk) -> None:
    """Raising it later changes nothing, and lowering it is no way out."""
    assert first_reply(desk, "lowered", "target_s", "status") == [HOUR, "broken"]


def test_a_priority_set_later_counts_from_the_start_if_there_was_none(desk: Desk) -> None:
    assert promises(desk, "set later")["resolution", 1]["target_s"] == 2 * HOUR
    assert first_reply(desk, "set later", "target_s") == [4 * HOUR]


def test_the_priority_of_the_ticket_where_no_event_tells_one(desk: Desk) -> None:
    assert first_reply(desk, "urgent", "target_s") == [HOUR]


def test_the_first_policy_that_fits_wins_for_each_promise(desk: Desk) -> None:
    """Phone promises a reply only: the rest is promised by those below."""
    assert first_reply(desk, "phone", "policy", "due_at") == ["phone", at("Mon 10:10")]
    assert promises(desk, "phone")["resolution", 1]["policy"] == "solving"


def test_policies_hold_from_and_until_local_days(desk: Desk) -> None:
    """Until 4 March, a Tuesday, by the clock of Berlin."""
    assert first_reply(desk, "Monday", "policy") == ["vip"]
    assert first_reply(desk, "Tuesday before midnight", "policy") == ["vip"]
    assert first_reply(desk, "Tuesday after midnight", "policy") == ["standard"]


def test_the_team_when_the_clock_began(desk: Desk) -> None:
    assert first_reply(desk, "moved", "policy") == ["standard"]


def test_the_company_writes_first(desk: Desk) -> None:
    assert first_reply(desk, "outbound", "applied_at") == [at("Mon 12:00")]
    assert ("first_reply", 1) not in promises(desk, "unanswered outbound")


def test_a_ticket_without_states_is_never_paused(desk: Desk) -> None:
    row = promises(desk, "snapshot")["resolution", 1]
    assert chosen(row, "kept_at", "elapsed_s", "paused_s", "status") == [at("Tue 10:00"), 8 * HOUR, 0, "kept"]


def brought(ticket_id: str, metric: str, applied: str = "Mon 10:00", **more: Any) -> Row:
    """A promise as a source tells it."""
    row = {"ticket_id": ticket_id, "metric": metric, "instance": 1, "applied_at": applied, "target_s": HOUR} | more
    return {name: moment(value).isoformat() + "Z" if name.endswith("_at") else value for name, value in row.items()}


BROUGHT_CASES = {
    "polled": case("Mon 12:00 agent reply"),
    "silent": case(),
    "calendar": case("Tue 08:00 agent reply"),
    "scheduled": case(),
    "told paused": case(),
    "twice": case("Mon 10:30 agent status solved", "Wed 10:00 customer status open", "Wed 12:00 agent status solved"),
    "own": case("Mon 10:10 agent reply", "Mon 11:00 customer reply", "Mon 13:00 agent reply", channel="phone"),
    "not own": case("Mon 10:10 agent reply", "Mon 11:00 customer reply", "Mon 13:00 agent reply", channel="email"),
}
BROUGHT = [
    brought("polled", "first_reply", clock="business", fulfilled_at="Mon 10:30"),
    brought("silent", "first_reply", "Mon 15:30", clock="business", fulfilled_at="Tue 08:30"),
    brought("calendar", "first_reply", "Mon 15:30"),
    brought("scheduled", "first_reply", "Mon 15:30", clock="business", schedule_id="24x7"),
    brought("told paused", "resolution", clock="business", paused_s=2 * HOUR),
    brought("twice", "resolution"),
    brought("twice", "resolution", "Wed 10:00", instance=2),
    brought("own", "next_reply", "Mon 11:00"),
    brought("not own", "next_reply", "Mon 11:00"),
]


class TestBroughtByASource:
    @pytest.fixture(scope="module")
    @staticmethod
    def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
        settings = OFFICE + '[[sla]]\nid = "own"\nchannel = "phone"\nnext_reply = "3h"\n'
        with Desk(tmp_path_factory.mktemp("desk"), settings) as made:
            yield loaded(made, BROUGHT_CASES, ticket_sla=BROUGHT)

    def test_it_is_judged_by_the_events(self, desk: Desk) -> None:
        """A source that looks once a night says kept; the reply was an hour late."""
        found = first_reply(desk, "polled", "policy", "due_at", "kept_at", "status")
        assert found == [None, at("Mon 11:00"), at("Mon 12:00"), "broken"]

    def test_without_events_the_source_is_believed(self, desk: Desk) -> None:
        assert first_reply(desk, "silent", "due_at", "status") == [at("Tue 08:30"), "kept"]

    def test_a_clock_that_is_not_named_is_the_calendar(self, desk: Desk) -> None:
        assert first_reply(desk, "calendar", "due_at", "status") == [at("Mon 16:30"), "broken"]

    def test_its_schedule_counts_where_we_know_it(self, desk: Desk) -> None:
        assert first_reply(desk, "scheduled", "due_at") == [at("Mon 16:30")]

    def test_what_it_calls_paused_puts_the_due_moment_off(self, desk: Desk) -> None:
        row = promises(desk, "told paused")["resolution", 1]
        assert chosen(row, "due_at", "target_s", "status") == [at("Mon 13:00"), HOUR, "broken"]

    def test_each_instance_has_its_own_solving(self, desk: Desk) -> None:
        rows = promises(desk, "twice")
        assert [chosen(rows["resolution", number], "kept_at", "status") for number in (1, 2)] == [
            [at("Mon 10:30"), "kept"],
            [at("Wed 12:00"), "broken"],
        ]

    def test_a_policy_of_the_workspace_goes_before(self, desk: Desk) -> None:
        assert chosen(promises(desk, "own")["next_reply", 1], "policy", "target_s") == ["own", 3 * HOUR]
        assert chosen(promises(desk, "not own")["next_reply", 1], "policy", "target_s") == [None, HOUR]

    def test_no_policy_is_needed_and_other_promises_replace_it(self, desks: Desks) -> None:
        cases = {"T": case("Mon 10:30 agent reply")}
        desk = loaded(desks(OFFICE), cases, ticket_sla=[brought("T", "first_reply")])
        assert first_reply(desk, "T", "status", "elapsed_s", "due_at") == ["kept", 1800, at("Mon 11:00")]
        desk.load(ticket_sla=[brought("T", "first_reply", target_s=600)])
        desk.refresh()
        assert first_reply(desk, "T", "status", "due_at") == ["broken", at("Mon 10:10")]
