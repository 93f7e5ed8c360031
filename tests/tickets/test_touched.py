"""What a load must touch beside the tickets it names; the horizon stands still in each case."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tickets.desk import Desk, Row, ticket, timeline

MINE = {"requester_customer_id": "c1"}
AGENT = {"agent_id": "a1"}
CALL = {"kind": "call", "direction": "in", "outcome": "answered", "started_at": "2025-03-03T10:00:00Z"}


def filled(desk: Desk) -> None:
    """Tickets S and T of one customer, A merged into S, and one that holds the horizon."""
    desk.load(
        tickets=[
            ticket("A", "Mon 08:00", merged_into_ticket_id="S"),
            ticket("S", "Mon 09:00", team_id="t1", brand="b1", **MINE),
            ticket("T", "Tue 10:00", **MINE),
            ticket("last", "Sun 12:00"),
        ],
        ticket_events=[
            *timeline("A", "Mon 08:30 agent reply actor_id=a1"),
            *timeline("S", "Mon 11:00 agent status solved", "Mon 12:00 agent team t2 old_value=t1"),
        ],
        interactions=[{"interaction_id": "i1", "ticket_id": "S", **CALL}],
    )
    desk.load(source="phone", interactions=[{"interaction_id": "i1", "ticket_id": "x", **CALL}])
    desk.refresh()


def load(source: str = "desk", **tables: list[Row]) -> Callable[[Desk], None]:
    return lambda desk: desk.load(source=source, **tables)


CHANGES: dict[str, tuple[Callable[[Desk], None], str, str, Any]] = {
    "merged into another one": (
        load(tickets=[ticket("A", "Mon 08:00", merged_into_ticket_id="T")]), "S", "replies", 0,
    ),
    "no longer merged": (
        load(tickets=[ticket("A", "Mon 08:00", merged_into_ticket_id=None, status="new")]), "S", "replies", 0,
    ),
    "a late message of a merged one": (
        load(ticket_events=[timeline("A", "Mon 08:20 agent reply")[0] | {"event_id": "late"}]), "S", "replies", 2,
    ),
    "the customer's next ticket is spam": (
        load(tickets=[ticket("T", "Tue 10:00", status="spam", **MINE)]), "S", "next_contact_s", None,
    ),
    "the next ticket is deleted by an event": (
        load(ticket_events=timeline("T", "Tue 11:00 agent deleted")), "S", "next_contact_s", None,
    ),
    "the next ticket is another customer's": (
        load(tickets=[ticket("T", "Tue 10:00", requester_customer_id="c2")]), "S", "next_contact_s", None,
    ),
    "the agent turns out to be a bot": (load(agents=[AGENT | {"is_bot": True}]), "S", "replies", 0),
    "the team gets a name": (load(teams=[{"team_id": "t1", "name": "Front"}]), "S", "team", "Front"),
    "the team turns out to be special": (
        load(teams=[{"team_id": "t2", "name": "Back", "tier": 2}]), "S", "escalated", True,
    ),
    "the brand gets a name": (load(brands=[{"brand_id": "b1", "name": "Moon"}]), "S", "brand", "Moon"),
    "a call moves to another ticket": (
        load(interactions=[{"interaction_id": "i1", "ticket_id": "T", **CALL}]), "S", "calls", 0,
    ),
    "a telephone system names a ticket": (
        load(source="phone", interactions=[{"interaction_id": "i2", "ticket_id": "T", **CALL}]), "T", "calls", 1,
    ),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_what_hangs_on_a_changed_row_is_computed_anew(desk: Desk, change: str) -> None:
    apply, key, column, value = CHANGES[change]
    filled(desk)
    apply(desk)
    desk.refresh()
    assert desk.ticket(key)[column] == value
    some = desk.facts()
    desk.refresh(everything=True)
    assert some == desk.facts()


def test_a_load_that_says_nothing_new_computes_nothing(desk: Desk) -> None:
    filled(desk)
    desk.load(tickets=[ticket("T", "Tue 10:00", **MINE)])
    assert desk.workspace.refresh().tickets == 0


def test_a_change_of_one_ticket_leaves_strangers_alone(desk: Desk) -> None:
    """T alone is computed: what S of the same customer says of its next contact stands."""
    filled(desk)
    desk.load(tickets=[ticket("T", "Tue 10:00", priority="high", **MINE)])
    report = desk.workspace.refresh()
    assert (report.tickets, report.everything) == (1, False)
