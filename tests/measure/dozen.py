"""A desk of thirteen tickets in March 2026, so small that every number can be worked out by hand.

Times are local (Berlin, UTC+1 then); the office is open Monday to Friday from 9 to 17. 2 March is a Monday. The data
ends on Friday the 20th at noon.
"""

from __future__ import annotations

from pathlib import Path

from measure.small import Row, Small, event, ticket

TICKETS: list[Row] = [
    ticket(1, "03-02 10:00", "solved", reason="billing"),
    ticket(2, "03-02 16:30", "solved", reason="billing"),
    ticket(3, "03-03 11:00", "solved", reason="login", channel="chat"),
    ticket(4, "03-06 16:00", "solved"),
    ticket(5, "03-07 12:00", "solved"),
    ticket(6, "03-09 09:00", "open", channel="web"),
    ticket(7, "03-09 10:00", "spam"),
    ticket(8, "03-10 10:00", "solved", source_system_created_by="agent"),
    ticket(9, "03-11 09:00", "solved", channel="chat", team_id="t2"),
    # Half past midnight in Berlin is 23:30 UTC of the day before; the customer of ticket 1 comes back.
    ticket(10, "03-12 00:30", "solved", reason="billing", requester_customer_id="c1"),
    # The customer of ticket 2 comes back with something else.
    ticket(11, "03-09 15:00", "solved", reason="login", requester_customer_id="c2"),
    ticket(12, "03-12 10:00", "closed"),
    ticket(13, "03-20 11:00", "solved", channel="chat"),
]
EVENTS: list[Row] = [
    event(1, "03-02 10:30", "reply", "ann"),
    event(1, "03-02 12:00", "status", "ann", "solved"),
    event(2, "03-03 09:30", "reply", "bob"),
    event(2, "03-03 10:00", "status", "bob", "solved"),
    event(3, "03-03 11:01", "reply", "bot"),
    event(3, "03-03 11:02", "reply", "ann"),
    event(3, "03-03 11:20", "status", "ann", "solved"),
    event(4, "03-09 10:00", "reply", "ann"),
    event(4, "03-09 11:00", "reply", "customer"),
    event(4, "03-09 12:00", "reply", "bob"),
    event(4, "03-09 13:00", "status", "bob", "solved"),
    event(5, "03-09 09:15", "reply", "bob"),
    event(5, "03-09 09:20", "status", "bob", "solved"),
    event(5, "03-10 10:00", "status", "customer", "open"),
    event(5, "03-10 11:00", "status", "bob", "solved"),
    event(6, "03-20 12:00", "note", "ann"),
    event(8, "03-10 10:30", "status", "ann", "solved"),
    event(9, "03-11 09:03", "reply", "ann"),
    event(9, "03-11 09:05", "team", "ann", "t2", old_value="t1"),
    event(9, "03-11 10:00", "reply", "cas"),
    event(9, "03-11 10:30", "status", "cas", "solved"),
    event(10, "03-12 09:30", "reply", "ann"),
    event(10, "03-12 10:00", "status", "ann", "solved"),
    event(11, "03-09 15:20", "reply", "bob"),
    event(11, "03-09 16:00", "status", "bob", "solved"),
    event(12, "03-12 14:00", "status", "system", "closed"),
    event(13, "03-20 11:05", "reply", "ann"),
    event(13, "03-20 11:30", "status", "ann", "solved"),
]
TEAMS: list[Row] = [{"team_id": "t1", "name": "Front", "tier": 1}, {"team_id": "t2", "name": "Experts", "tier": 2}]


def dozen(folder: Path) -> Small:
    """The desk, loaded and refreshed."""
    return Small(folder).load(tickets=TICKETS, ticket_events=EVENTS, teams=TEAMS)
