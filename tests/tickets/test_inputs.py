"""Tickets worked out by hand: what hangs on other rows than a ticket's own events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tickets.desk import Desk, at, ticket, timeline

HOUR, DAY = 3600, 86_400
LAST = ticket("last", "Fri 12:00")


def call(interaction_id: str, ticket_id: str, **columns: Any) -> dict[str, Any]:
    began = {"started_at": "2025-03-03T10:00:00Z", "kind": "call", "direction": "in", "outcome": "answered"}
    return {"interaction_id": interaction_id, "ticket_id": ticket_id} | began | columns


def test_a_merged_ticket_gives_its_start_and_its_messages_to_the_survivor(desk: Desk) -> None:
    """A at 8:00 goes into B at 9:00, and that into C at 10:00: the wait for C's first reply begins at 8:00.

    The status that the merge sets and A's team stay behind.
    """
    desk.load(
        tickets=[
            ticket("A", "Mon 08:00", merged_into_ticket_id="B", status="closed"),
            ticket("B", "Mon 09:00", merged_into_ticket_id="C", status="closed"),
            ticket("C", "Mon 10:00"),
            LAST,
        ],
        ticket_events=[
            *timeline("A", "Mon 08:30 customer reply", "Mon 11:00 agent note", "Mon 11:00 system status solved"),
            *timeline("B", "Mon 09:30 agent reply actor_id=a1", "Mon 09:40 customer reply"),
            *timeline("C", "Mon 10:30 agent reply actor_id=a2"),
        ],
    )
    desk.refresh()
    row = desk.ticket("C")
    assert (row["created_at"], row["first_response_at"], row["first_response_s"]) == (
        at("Mon 08:00"), at("Mon 09:30"), HOUR + 1800,
    )  # fmt: skip
    counts = ("replies", "customer_messages", "notes", "people", "solved_at")
    assert [row[name] for name in counts] == [2, 2, 1, 2, None]
    assert [turn["started_at"] for turn in desk.of("turns", "C")] == [at("Mon 09:40")]
    assert desk.of("open_spans", "C")[0]["opened_at"] == at("Mon 08:00")
    assert [desk.ticket(name)["left_out"] for name in "ABC"] == ["merged", "merged", None]


@pytest.mark.parametrize(("own", "theirs", "turns"), [("agent", "customer", 1), ("customer", "agent", 0)])
def test_at_a_tie_the_survivors_own_message_comes_first(desk: Desk, own: str, theirs: str, turns: int) -> None:
    """Same instant, same id: only an agent's message before the customer's makes the latter a turn of its own."""
    desk.load(
        tickets=[ticket("A", "Mon 09:00", merged_into_ticket_id="B"), ticket("B", "Mon 09:00"), LAST],
        ticket_events=[*timeline("A", f"Mon 10:00 {theirs} reply"), *timeline("B", f"Mon 10:00 {own} reply")],
    )
    desk.refresh()
    assert len(desk.of("turns", "B")) == turns


def test_at_a_tie_the_message_of_the_older_ticket_comes_first(desk: Desk) -> None:
    """The agent's in A, the customer's in B, loaded the other way round: the customer's is a turn of its own."""
    merged = [ticket(name, "Mon 09:00", merged_into_ticket_id="C") for name in "AB"]
    desk.load(
        tickets=[*merged, ticket("C", "Mon 09:00"), LAST], ticket_events=timeline("B", "Mon 10:00 customer reply")
    )
    desk.load(ticket_events=timeline("A", "Mon 10:00 agent reply"))
    desk.refresh()
    assert len(desk.of("turns", "C")) == 1


def test_a_ticket_merged_into_one_we_do_not_have_counts_no_more(desk: Desk) -> None:
    desk.load(tickets=[ticket("A", "Mon 08:00", merged_into_ticket_id="gone"), LAST])
    desk.refresh()
    assert desk.ticket("A")["left_out"] == "merged"


def test_tickets_merged_in_a_circle_keep_to_themselves(desk: Desk) -> None:
    """Three of a circle and one that leads into it: none survives, none takes over another's messages."""
    merged = {"A": "B", "B": "C", "C": "A", "D": "A"}
    desk.load(
        tickets=[ticket(name, "Mon 08:00", merged_into_ticket_id=other) for name, other in merged.items()],
        ticket_events=timeline("A", "Mon 09:00 agent reply"),
    )
    desk.refresh()
    assert [desk.ticket(name)["replies"] for name in "ABCD"] == [1, 0, 0, 0]
    assert {desk.ticket(name)["left_out"] for name in "ABCD"} == {"merged"}


def test_a_chain_of_merges_may_be_long(desk: Desk) -> None:
    chain = [ticket(f"T{number}", "Mon 09:00", merged_into_ticket_id=f"T{number + 1}") for number in range(40)]
    desk.load(tickets=[*chain, ticket("T40", "Mon 10:00")], ticket_events=timeline("T0", "Mon 11:00 agent reply"))
    desk.refresh()
    assert desk.ticket("T40")["replies"] == 1


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ({"status": "deleted", "merged_into_ticket_id": "last"}, "deleted"),
        ({"status": "spam", "is_test": True}, "spam"),
        ({"status": "merged", "is_test": True}, "merged"),
        ({"is_test": True, "is_internal": True}, "test"),
        ({"is_internal": True}, "internal"),
        ({"is_test": False, "is_internal": None}, None),
    ],
)
def test_the_first_reason_that_holds_is_the_one_named(desk: Desk, columns: dict[str, Any], why: str | None) -> None:
    desk.load(tickets=[ticket("T", "Mon 08:00", **columns), LAST])
    desk.refresh()
    assert desk.ticket("T")["left_out"] == why


@pytest.mark.parametrize(
    ("kinds", "why"),
    [
        (["deleted"], "deleted"),
        (["deleted", "restored"], None),
        (["restored", "deleted"], "deleted"),
        (["spam", "restored", "deleted"], "deleted"),
        (["deleted", "restored", "spam"], "spam"),
    ],
)
def test_events_leave_a_ticket_out_until_it_is_restored(desk: Desk, kinds: list[str], why: str | None) -> None:
    """All at one instant, so that their order decides."""
    desk.load(
        tickets=[ticket("T", "Mon 08:00"), LAST],
        ticket_events=timeline("T", *(f"Mon 09:00 system {kind}" for kind in kinds)),
    )
    desk.refresh()
    assert desk.ticket("T")["left_out"] == why


def test_the_legs_of_a_transferred_call_are_one_call(desk: Desk) -> None:
    """A call passed on twice, and another one; what nobody answered and talk among agents are no calls."""
    desk.load(
        tickets=[ticket("T", "Mon 08:00"), LAST],
        interactions=[
            call("i1", "T"),
            call("i2", "T", interaction_group_id="i1"),
            call("i3", "T", interaction_group_id="i1"),
            call("i4", "T"),
            call("i5", "T", outcome="abandoned"),
            call("i6", "T", outcome=None),
            call("i7", "T", direction="internal"),
        ],
        ticket_events=timeline("T", "Mon 09:00 agent reply"),
    )
    desk.refresh()
    row = desk.ticket("T")
    assert (row["calls"], row["replies"], row["contacts"]) == (2, 1, 2)


def test_a_telephone_system_names_tickets_of_the_one_desk_that_has_them(desk: Desk) -> None:
    desk.load(source="north", tickets=[ticket("T1", "Mon 08:00"), ticket("T2", "Mon 08:00")])
    desk.load(source="south", tickets=[ticket("T2", "Mon 08:00"), ticket("T3", "Mon 08:00")])
    desk.load(source="phone", interactions=[call("i1", "T1"), call("i2", "T2"), call("i3", "T3")])
    desk.load(source="south", interactions=[call("i1", "T1"), call("i2", "T2")])
    desk.refresh()
    calls = desk.rows("SELECT source, ticket_id, calls FROM facts.tickets ORDER BY source, ticket_id")
    assert [tuple(row.values()) for row in calls] == [
        ("north", "T1", 1), ("north", "T2", 0), ("south", "T2", 1), ("south", "T3", 1),
    ]  # fmt: skip


@pytest.mark.parametrize("columns", [{"is_bot": True}, {"role": "bot"}])
def test_a_bot_that_writes_as_an_agent_is_a_bot_in_its_own_source(desk: Desk, columns: dict[str, Any]) -> None:
    """Agent 7 is a bot in one help desk and a person in the other."""
    desk.load(source="north", agents=[{"agent_id": "7", **columns}])
    for source in ("north", "south"):
        desk.load(source=source, tickets=[ticket(f"T-{source}", "Mon 08:00"), LAST])
        events = timeline(f"T-{source}", "Mon 09:00 agent reply actor_id=7", "Mon 10:00 agent reply actor_id=8")
        desk.load(source=source, ticket_events=events)
    desk.refresh()
    waits = [
        (desk.ticket(f"T-{name}")["first_response_s"], desk.ticket(f"T-{name}")["people"])
        for name in ("north", "south")
    ]
    assert waits == [(2 * HOUR, 1), (HOUR, 2)]


def test_a_ticket_is_escalated_into_a_specialist_team_of_its_own_source(desk: Desk) -> None:
    """Team 2 is of the second tier in one source only; "Experts" are specialists by the settings."""
    desk.load(
        source="north",
        teams=[{"team_id": "1", "name": "Front", "tier": 1}, {"team_id": "2", "name": "Back", "tier": 2}],
    )
    desk.load(source="south", teams=[{"team_id": "2", "name": "Front"}, {"team_id": "3", "name": "Experts"}])
    moves = {
        "north A": ("1", "2"),
        "north B": ("2", "2x"),
        "south C": ("1", "2"),
        "south D": ("2", "3"),
        "south E": ("1", "Experts"),
    }
    for name, (old, new) in moves.items():
        source, key = name.split()
        lines = (f"Mon 09:00 agent team {old}", f"Mon 10:00 agent team {new}")
        desk.load(source=source, tickets=[ticket(key, "Mon 08:00")], ticket_events=timeline(key, *lines))
    desk.load(
        source="north", tickets=[ticket("F", "Mon 08:00")], ticket_events=timeline("F", "Mon 09:00 agent escalation")
    )
    desk.refresh()
    assert [desk.ticket(key)["escalated"] for key in "ABCDEF"] == [True, False, False, True, True, True]


def test_the_next_contact_is_the_customers_next_ticket_that_counts(desk: Desk) -> None:
    """Solved Monday 12:00. Spam on Tuesday does not count; on Wednesday 12:00 another topic, on Thursday the same."""
    mine = {"requester_customer_id": "c1", "reason": "bill"}
    desk.load(
        tickets=[
            ticket("T", "Mon 10:00", **mine),
            ticket("spam", "Tue 12:00", requester_customer_id="c1", reason="bill", status="spam"),
            ticket("other", "Wed 12:00", requester_customer_id="c1", reason="crash"),
            ticket("same", "Thu 12:00", **mine),
            ticket("stranger", "Mon 13:00", requester_customer_id="c2", reason="bill"),
            ticket("last", "Fri 12:00", requester_customer_id="c1", reason=None),
        ],
        ticket_events=timeline("T", "Mon 12:00 agent status solved"),
    )
    desk.load(source="shop", tickets=[ticket("elsewhere", "Mon 14:00", **mine)])
    desk.refresh()
    row = desk.ticket("T")
    assert (row["next_contact_s"], row["next_same_topic_s"], row["quiet_s"]) == (2 * DAY, 3 * DAY, 4 * DAY)


def test_a_contact_before_the_solving_counts_as_at_once(desk: Desk) -> None:
    desk.load(
        tickets=[
            ticket(name, day, requester_customer_id="c1")
            for name, day in {"T": "Mon 10:00", "next": "Mon 11:00"}.items()
        ],
        ticket_events=timeline("T", "Tue 12:00 agent status solved"),
    )
    desk.refresh()
    row = desk.ticket("T")
    assert (row["next_contact_s"], row["next_same_topic_s"]) == (0, None)
    assert desk.ticket("next")["next_contact_s"] is None


def test_a_repeat_contact_merged_into_a_later_ticket_came_when_it_came(desk: Desk) -> None:
    """Written Tuesday 12:00 and merged into one of Thursday: the customer was back a day after the solving."""
    mine = {"requester_customer_id": "c1"}
    desk.load(
        tickets=[
            ticket("T", "Mon 10:00", **mine),
            ticket("again", "Tue 12:00", merged_into_ticket_id="kept", **mine),
            ticket("kept", "Thu 12:00", **mine),
        ],
        ticket_events=timeline("T", "Mon 12:00 agent status solved"),
    )
    desk.refresh()
    assert desk.ticket("T")["next_contact_s"] == DAY


def test_each_source_is_known_up_to_its_own_newest_change(desk: Desk) -> None:
    desk.load(source="north", tickets=[ticket("N", "Mon 08:00", updated_at="Wed 08:00")])
    desk.load(source="south", tickets=[ticket("S", "Mon 08:00")], ticket_events=timeline("S", "Mon 09:00 system tag"))
    desk.refresh()
    assert [desk.ticket(name)["followed_s"] for name in "NS"] == [2 * DAY, HOUR]


def test_the_schedule_follows_brand_channel_and_team_by_name(desks: Callable[[str], Desk]) -> None:
    """Nights in New York, 22:00 to 6:00, are 3:00 to 11:00 UTC: 1 h of the wait from 10:00 to 12:00."""
    desk = desks(
        """
        timezone = "UTC"
        [[schedule]]
        id = "none"
        tz = "UTC"
        hours = {}
        [[schedule]]
        id = "night"
        tz = "America/New_York"
        hours = { mon-sun = ["22:00-06:00"] }
        [[schedule_for]]
        brand = "Moon"
        team = ["Owls"]
        schedule = "night"
        [[schedule_for]]
        channel = "phone"
        schedule = "24x7"
        """
    )
    desk.load(
        brands=[{"brand_id": "9", "name": "Moon"}],
        teams=[{"team_id": "4", "name": "Owls"}],
        tickets=[
            ticket("both", "Mon 10:00", brand="9", team_id="4", channel="phone"),
            ticket("brand", "Mon 10:00", brand="9", channel="phone"),
            ticket("neither", "Mon 10:00", brand="8", team_id="4"),
            ticket("last", "Mon 12:00"),
        ],
        ticket_events=timeline("last", "Mon 12:00 agent reply"),
    )
    desk.refresh()
    rows = [desk.ticket(name) for name in ("both", "brand", "neither")]
    assert [row["first_response_working_s"] for row in rows] == [HOUR, 2 * HOUR, 0]
    assert (rows[0]["brand"], rows[0]["team"]) == ("Moon", "Owls")
