"""Tickets worked out by hand: what one ticket's own messages and statuses come to.

The desk works Monday to Friday from 8 to 16 UTC. A ticket named "last" only sets how far the source is known.
"""

from __future__ import annotations

from typing import Any

import pytest

from tickets.desk import Desk, at, ticket, timeline

HOUR, DAY = 3600, 86_400


def facts(desk: Desk, *lines: str, last: str = "Fri 12:00", logs: bool = True, **columns: Any) -> dict[str, Any]:
    """The facts of ticket T, made Monday 10:00 with the given events, on a desk known up to `last`."""
    rows = [ticket("T", "Mon 10:00", **columns), ticket("last", last)]
    logged = timeline("last", f"{last} agent reply") if logs else []
    desk.load(tickets=rows, ticket_events=timeline("T", *lines) + logged)
    desk.refresh()
    return desk.ticket("T")


def chosen(row: dict[str, Any], *names: str) -> list[Any]:
    return [row[name] for name in names]


def test_a_plain_ticket_is_answered_and_solved(desk: Desk) -> None:
    """Answered after 30 min, solved Tuesday 9:00: 23 h by the calendar, 6 h on Monday and 1 h on Tuesday at work."""
    row = facts(
        desk,
        "Mon 10:30 agent reply actor_id=a1",
        "Mon 10:30 agent status pending",
        "Mon 15:00 customer reply",
        "Mon 15:00 customer status open",
        "Tue 09:00 agent reply actor_id=a1",
        "Tue 09:00 agent status solved",
    )
    assert chosen(row, "first_response_s", "first_response_working_s", "first_response_done") == [1800, 1800, True]
    assert chosen(row, "resolution_s", "resolution_working_s", "resolved") == [23 * HOUR, 7 * HOUR, True]
    # New from 10:00 to 10:30 and open from 15:00 to 9:00; at work 30 min, and 1 h each on Monday and Tuesday.
    assert chosen(row, "requester_wait_s", "requester_wait_working_s") == [18 * HOUR + 1800, 2 * HOUR + 1800]
    assert chosen(row, "agent_wait_s", "agent_wait_working_s") == [4 * HOUR + 1800, 4 * HOUR + 1800]
    assert chosen(row, "replies", "customer_messages", "people", "contacts", "one_touch") == [2, 1, 1, 2, False]
    assert chosen(row, "created_at", "solved_at") == [at("Mon 10:00"), at("Tue 09:00")]
    (turn,) = desk.of("turns", "T")
    assert chosen(turn, "started_at", "waited_s", "waited_working_s", "answered") == [
        at("Mon 15:00"), 18 * HOUR, 2 * HOUR, True,
    ]  # fmt: skip
    (span,) = desk.of("open_spans", "T")
    assert (span["opened_at"], span["ended_at"]) == (at("Mon 10:00"), at("Tue 09:00"))


def test_the_closing_job_days_later_is_no_resolution(desk: Desk) -> None:
    row = facts(desk, "Mon 11:00 agent status solved", "Thu 11:00 system status closed")
    assert chosen(row, "resolution_s", "resolved", "closed_unsolved") == [HOUR, True, False]
    assert chosen(row, "solved_at", "closed_at") == [at("Mon 11:00"), at("Thu 11:00")]
    assert desk.of("open_spans", "T")[0]["ended_at"] == at("Mon 11:00")


def test_a_lock_straight_from_open_is_no_resolution(desk: Desk) -> None:
    row = facts(desk, "Mon 12:00 agent status open", "Tue 10:00 system status closed")
    assert chosen(row, "resolved", "closed_unsolved", "solved_at", "first_solved_at") == [False, True, None, None]
    # Unresolved until it was locked: 24 h; nobody answered either.
    assert chosen(row, "resolution_s", "first_response_s", "first_response_done") == [DAY, DAY, False]


def test_a_lock_after_a_reopening_takes_the_resolution_back(desk: Desk) -> None:
    row = facts(
        desk,
        "Mon 11:00 agent status solved",
        "Mon 12:00 customer status open",
        "Tue 10:00 system status closed",
    )
    assert chosen(row, "resolved", "closed_unsolved", "reopens") == [False, True, 1]
    assert chosen(row, "first_resolution_s", "resolution_s") == [HOUR, DAY]


@pytest.mark.parametrize(
    ("actor", "reopens"), [("customer", 1), ("agent", 1), ("unknown", 1), ("system", 0), ("bot", 0)]
)
def test_only_people_reopen(desk: Desk, actor: str, reopens: int) -> None:
    row = facts(desk, "Mon 11:00 agent status solved", f"Mon 13:00 {actor} status open")
    assert chosen(row, "reopens", "reopened", "resolved") == [reopens, reopens == 1, False]
    # Open again until the horizon, Friday 12:00, whoever did it.
    assert row["resolution_s"] == 4 * DAY + 2 * HOUR
    assert [span["ended_at"] for span in desk.of("open_spans", "T")] == [at("Mon 11:00"), None]


def test_thanks_within_the_grace_is_no_reopening(desk: Desk) -> None:
    """The grace runs from the solving: 25 min after it a return is none, even 5 min after the lock; 2 h after it is."""
    desk.reopen_grace_s = 1800
    row = facts(
        desk,
        "Mon 11:00 agent status solved",
        "Mon 11:20 system status closed",
        "Mon 11:25 customer status open",
        "Mon 12:00 agent status solved",
        "Mon 13:55 system status closed",
        "Mon 14:00 customer status open",
    )
    assert row["reopens"] == 1


def test_a_closed_ticket_that_comes_back_is_not_locked(desk: Desk) -> None:
    row = facts(
        desk, "Mon 11:00 agent status solved", "Tue 11:00 system status closed", "Wed 11:00 customer status open"
    )
    assert chosen(row, "closed_at", "solved_at", "reopens") == [None, at("Mon 11:00"), 1]


def test_a_status_said_again_changes_nothing(desk: Desk) -> None:
    row = facts(
        desk, "Mon 11:00 agent status solved", "Mon 12:00 system status solved", "Mon 13:00 agent status solved"
    )
    assert chosen(row, "solved_at", "reopens", "resolution_s") == [at("Mon 11:00"), 0, HOUR]


def test_statuses_at_one_instant_follow_their_sequence(desk: Desk) -> None:
    """The ids alone would end with open; the sequence ends with solved."""
    row = facts(desk, "Mon 11:00 agent status solved seq=2", "Mon 11:00 agent status open seq=1")
    assert chosen(row, "resolved", "reopens") == [True, 0]


def test_waiting_is_new_open_and_on_hold(desk: Desk) -> None:
    """New 1 h, on hold 2 h, pending 4 h, open 3 h until the horizon at 20:00; work ends at 16:00."""
    row = facts(
        desk,
        "Mon 11:00 agent status on_hold",
        "Mon 13:00 agent status pending",
        "Mon 17:00 customer status open",
        last="Mon 20:00",
    )
    assert chosen(row, "requester_wait_s", "on_hold_s", "agent_wait_s") == [6 * HOUR, 2 * HOUR, 4 * HOUR]
    working = chosen(row, "requester_wait_working_s", "on_hold_working_s", "agent_wait_working_s")
    assert working == [3 * HOUR, 2 * HOUR, 3 * HOUR]


def test_deleted_spam_and_merged_are_no_states_of_the_work(desk: Desk) -> None:
    """Taken for spam by mistake and back: never solved, never reopened, the customer waited all along."""
    row = facts(desk, "Mon 11:00 system status spam", "Mon 12:00 agent status open", "Mon 13:00 agent status solved")
    assert chosen(row, "reopens", "requester_wait_s", "resolution_s") == [0, 3 * HOUR, 3 * HOUR]
    assert len(desk.of("open_spans", "T")) == 1


def test_an_event_seconds_before_its_ticket_counts_as_at_its_making(desk: Desk) -> None:
    row = facts(desk, "Mon 09:59:30 agent status pending", "Mon 10:10 agent status solved")
    assert chosen(row, "requester_wait_s", "agent_wait_s", "resolution_s") == [0, 600, 600]


def test_bots_notes_and_private_replies_stop_no_clock(desk: Desk) -> None:
    row = facts(
        desk,
        "Mon 10:01 bot reply",
        "Mon 10:02 system reply",
        "Mon 10:05 agent note",
        "Mon 10:06 agent reply is_public=false",
        "Mon 10:20 agent reply actor_id=a1",
    )
    assert chosen(row, "first_response_s", "bot_replies", "notes", "replies", "contacts") == [1200, 1, 2, 1, 1]


def test_without_a_reply_the_first_response_runs_until_it_was_solved(desk: Desk) -> None:
    row = facts(desk, "Mon 14:00 agent status solved")
    assert chosen(row, "first_response_s", "first_response_at", "first_response_done") == [4 * HOUR, None, False]


def test_without_reply_or_solving_it_runs_to_the_horizon(desk: Desk) -> None:
    """Monday 10:00 to Friday 12:00: 98 h; at work 6 h, three times 8 h and 4 h."""
    row = facts(desk)
    assert chosen(row, "first_response_s", "first_response_working_s") == [98 * HOUR, 34 * HOUR]
    assert chosen(row, "resolution_s", "horizon_at") == [98 * HOUR, at("Fri 12:00")]


def test_the_company_writes_first(desk: Desk) -> None:
    """The clock starts with the customer's first message, and that one is no later turn; the next one is."""
    row = facts(
        desk,
        "Mon 10:00 agent reply actor_id=a1",
        "Mon 12:00 customer reply",
        "Mon 12:20 customer reply",
        "Mon 12:30 agent reply actor_id=a1",
        "Mon 14:00 customer reply",
        source_system_created_by="agent",
    )
    assert chosen(row, "started_by_customer", "first_response_from", "first_response_s") == [
        False, at("Mon 12:00"), 1800,
    ]  # fmt: skip
    assert [turn["started_at"] for turn in desk.of("turns", "T")] == [at("Mon 14:00")]


def test_nobody_answers_the_company(desk: Desk) -> None:
    row = facts(desk, "Mon 10:00 agent reply", source_system_created_by="agent")
    assert chosen(row, "first_response_from", "first_response_done", "first_response_s") == [None, None, None]


def test_two_turns_at_one_instant_are_two(desk: Desk) -> None:
    """A chat log by the minute: the company starts, then customer, agent, customer, agent within the same minute."""
    row = facts(
        desk,
        "Mon 10:05 customer reply",
        "Mon 10:05 agent reply",
        "Mon 10:05 customer reply",
        "Mon 10:05 agent reply",
        source_system_created_by="agent",
    )
    assert chosen(row, "first_response_s", "replies") == [0, 2]
    assert [turn["waited_s"] for turn in desk.of("turns", "T")] == [0]


def test_turns_are_runs_and_bots_do_not_break_them(desk: Desk) -> None:
    facts(
        desk,
        "Mon 10:10 customer reply",
        "Mon 10:30 agent reply",
        "Mon 11:00 customer reply",
        "Mon 11:01 bot reply",
        "Mon 11:10 customer reply",
        "Mon 12:00 agent reply",
        "Mon 12:10 agent reply",
    )
    (turn,) = desk.of("turns", "T")
    assert (turn["started_at"], turn["waited_s"]) == (at("Mon 11:00"), HOUR)


def test_a_turn_solved_without_a_reply_is_left_out(desk: Desk) -> None:
    facts(desk, "Mon 10:30 agent reply", "Mon 11:00 customer reply", "Mon 11:30 agent status solved")
    (turn,) = desk.of("turns", "T")
    assert chosen(turn, "answered", "turn_left_out") == [False, "solved without a reply"]


def test_a_message_after_the_solving_waits_on(desk: Desk) -> None:
    """Nothing followed it, so no solving can have answered it: from Monday 12:00 to Friday 12:00."""
    facts(desk, "Mon 10:30 agent reply", "Mon 11:00 agent status solved", "Mon 12:00 customer reply")
    (turn,) = desk.of("turns", "T")
    assert chosen(turn, "turn_left_out", "waited_s") == [None, 4 * DAY]


def test_people_are_unknown_where_a_reply_names_nobody(desk: Desk) -> None:
    row = facts(desk, "Mon 10:30 agent reply actor_id=a1", "Mon 10:40 agent reply", "Mon 10:50 agent reply actor_id=a1")
    assert chosen(row, "replies", "people") == [3, None]


def test_people_are_counted_once_each(desk: Desk) -> None:
    row = facts(
        desk,
        "Mon 10:30 agent reply actor_id=a1",
        "Mon 10:40 agent reply actor_id=a2",
        "Mon 10:50 agent reply actor_id=a1",
        "Mon 10:55 agent note actor_id=a3",
    )
    assert chosen(row, "replies", "people") == [3, 2]


def test_transfers_go_from_one_known_team_to_another(desk: Desk) -> None:
    """The first event has no team before it; taken away and given anew is no transfer; the old value decides."""
    row = facts(
        desk,
        "Mon 10:00 system team t1",
        "Mon 10:10 agent team t2",
        "Mon 10:20 agent team t2",
        "Mon 10:30 agent assign a1 old_value=a0",
        "Mon 10:40 agent team t3 old_value=t1",
        "Mon 10:50 agent assign a1",
    )
    assert chosen(row, "transfers", "reassignments", "escalated") == [2, 1, False]


@pytest.mark.parametrize(
    ("lines", "one_touch"),
    [
        (["Mon 10:30 agent reply", "Mon 10:31 agent status solved"], True),
        (["Mon 10:31 agent status solved"], False),
        (["Mon 10:30 agent reply"], False),
        (
            [
                "Mon 10:30 agent reply",
                "Mon 10:31 agent status solved",
                "Tue 10:00 agent status open",
                "Tue 11:00 agent status solved",
            ],
            False,
        ),
    ],
)
def test_one_touch_is_solved_with_one_contact_and_no_return(desk: Desk, lines: list[str], one_touch: bool) -> None:
    assert facts(desk, *lines)["one_touch"] is one_touch


def test_a_snapshot_alone_tells_when_it_was_solved_but_not_who_waited(desk: Desk) -> None:
    row = facts(desk, status="closed", solved_at="Tue 09:00", closed_at="Thu 09:00")
    assert chosen(row, "resolved", "resolution_s", "resolution_working_s") == [True, 23 * HOUR, 7 * HOUR]
    assert chosen(row, "closed_at", "requester_wait_s", "agent_wait_s") == [at("Thu 09:00"), None, None]
    assert desk.of("open_spans", "T")[0]["ended_at"] == at("Tue 09:00")


def test_a_snapshot_that_is_open_again_is_not_resolved(desk: Desk) -> None:
    row = facts(desk, status="open", solved_at="Tue 09:00", closed_at="Thu 09:00")
    assert chosen(row, "resolved", "solved_at", "closed_at") == [False, at("Tue 09:00"), None]
    assert desk.of("open_spans", "T")[0]["ended_at"] is None


def test_a_snapshot_closed_at_an_unknown_time_is_not_open(desk: Desk) -> None:
    row = facts(desk, status="closed")
    assert chosen(row, "resolved", "closed_unsolved", "closed_at") == [False, None, None]
    assert desk.of("open_spans", "T")[0]["ended_at"] == at("Fri 12:00")


def test_a_source_that_tells_no_solving_closes_what_is_solved(desk: Desk) -> None:
    row = facts(desk, status="closed", closed_at="Tue 09:00")
    assert chosen(row, "resolved", "resolution_s", "closed_unsolved") == [True, 23 * HOUR, False]


def test_a_source_that_tells_solvings_can_close_unsolved(desk: Desk) -> None:
    other = ticket("other", "Mon 09:00", status="solved", solved_at="Mon 10:00")
    desk.load(tickets=[ticket("T", "Mon 10:00", status="closed", closed_at="Tue 09:00"), other])
    desk.refresh()
    assert chosen(desk.ticket("T"), "resolved", "closed_unsolved") == [False, True]


def test_a_first_reply_that_a_row_tells_counts_where_no_single_reply_is_logged(desk: Desk) -> None:
    row = facts(desk, logs=False, first_replied_at="Mon 12:00")
    assert chosen(row, "first_response_s", "first_response_done") == [2 * HOUR, True]
    assert chosen(row, "first_response_working_s", "replies") == [2 * HOUR, 0]


def test_where_replies_are_logged_the_row_says_nothing_of_them(desk: Desk) -> None:
    row = facts(desk, "Mon 13:00 agent reply", first_replied_at="Mon 12:00")
    assert row["first_response_s"] == 3 * HOUR


def test_where_no_reply_is_told_nobody_waits_for_one(desk: Desk) -> None:
    row = facts(desk, logs=False)
    assert chosen(row, "first_response_from", "first_response_done", "first_response_s") == [None, None, None]


def test_the_first_solving_that_a_source_tells_changes_how_its_others_are_read(desk: Desk) -> None:
    desk.load(tickets=[ticket("T", "Mon 10:00", status="closed", closed_at="Tue 09:00"), ticket("last", "Fri 12:00")])
    desk.refresh()
    assert desk.ticket("T")["resolved"] is True
    desk.load(tickets=[ticket("new", "Mon 11:00", status="solved", solved_at="Mon 12:00")])
    desk.refresh()
    assert chosen(desk.ticket("T"), "resolved", "closed_unsolved") == [False, True]


def test_one_status_event_is_enough_to_set_the_snapshot_aside(desk: Desk) -> None:
    """The log knows the ticket as new, the snapshot of a vendor's own reckoning as solved: the log counts."""
    row = facts(desk, "Mon 10:00 system status new", status="solved", solved_at="Mon 12:00")
    assert chosen(row, "resolved", "solved_at", "requester_wait_s") == [False, None, 98 * HOUR]


def test_quiet_time_runs_from_the_last_solving_to_the_horizon(desk: Desk) -> None:
    row = facts(desk, "Mon 11:00 agent status solved", "Tue 11:00 agent status open", "Wed 12:00 agent status solved")
    assert chosen(row, "quiet_s", "first_solved_at") == [2 * DAY, at("Mon 11:00")]


def test_fractions_of_a_second_are_cut_off(desk: Desk) -> None:
    reply = {"ticket_id": "T", "event_id": "e1", "type": "reply", "actor_type": "agent"}
    desk.load(
        tickets=[ticket("T", "Mon 10:00"), ticket("last", "Fri 12:00")],
        ticket_events=[reply | {"occurred_at": "2025-03-03T10:00:59.999Z"}],
    )
    desk.refresh()
    assert desk.ticket("T")["first_response_s"] == 59


def test_days_are_local(desk: Desk) -> None:
    """23:30 UTC on Monday 3 March is half past midnight on Tuesday in Berlin, day 20151 since 1970."""
    desk.load(tickets=[ticket("T", "Mon 23:30"), ticket("last", "Fri 12:00")])
    desk.refresh()
    assert desk.ticket("T")["created_day"] == 20151


def test_working_time_follows_the_wall_clock_into_summer(desk: Desk) -> None:
    """Created Friday 28 March 14:00 UTC, answered Monday 31 March 8:00 UTC: 2 h on Friday, and from 7:00 UTC 1 h."""
    desk.load(
        tickets=[ticket("T", "Fri+3 14:00"), ticket("last", "Fri+4 12:00")],
        ticket_events=timeline("T", "Mon+4 08:00 agent reply"),
    )
    desk.refresh()
    assert desk.ticket("T")["first_response_working_s"] == 3 * HOUR
