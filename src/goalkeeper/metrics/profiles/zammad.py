"""Zammad's escalations and reports, as its code computes."""

from __future__ import annotations

from goalkeeper.formulas.shapes import WORKING
from goalkeeper.metrics.profiles.profile import Definition, Mark, Profile
from goalkeeper.metrics.profiles.zendesk import LAST_SOLVING, MADE, time_of

_CODE = "Zammad's source, escalation"

ZAMMAD = Profile(
    key="zammad",
    name="Zammad",
    definitions={
        "first_response_time": Definition(
            formula=time_of("unpaused_reply"),
            clock=WORKING,
            about="""
                Working time from the ticket's making to the first reply of an agent, without the time in states that
                do not escalate: pending, on hold, solved, closed. Zammad gives it by ticket; this is the median.
                """,
            source=_CODE,
            begins=MADE,
            ends=Mark("reply_at", "the first public reply of a human", "reply"),
            without="the time pending, on hold, solved or closed",
        ),
        "resolution_time": Definition(
            formula=time_of("unpaused_solving"),
            clock=WORKING,
            about="""
                Working time in states that escalate, until the last solving: pending, on hold and the time it was
                closed before a reopening do not count. Zammad gives it by ticket; this is the median.
                """,
            source=_CODE,
            begins=MADE,
            ends=LAST_SOLVING,
            without="the time pending, on hold, solved or closed",
        ),
    },
    apart={"backlog": "its backlog is a flow, tickets created less tickets closed in each interval, never below 0"},
)
