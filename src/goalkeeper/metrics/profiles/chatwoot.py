"""Chatwoot's reports, as its code computes."""

from __future__ import annotations

from goalkeeper.formulas import Mean
from goalkeeper.metrics.profiles.profile import Definition, Mark, Profile

_CODE = "Chatwoot's source, reporting events"

CHATWOOT = Profile(
    key="chatwoot",
    name="Chatwoot",
    definitions={
        "first_response_time": Definition(
            formula=Mean(
                dataset="peer_tickets",
                at="reply_day",
                of="reply_since_last{clock}_s IS NOT NULL",
                value="reply_since_last{clock}_s",
            ),
            counts="conversations",
            about="""
                The mean from the latest of the conversation's making, the hand-over by a bot and a reopening to the
                first message of a human, on the day of that message. Conversations without one are not among them.
                """,
            source=_CODE,
            begins=Mark("since_last_at", "the latest of its making, the hand-over by a bot and a reopening", "made"),
            ends=Mark("reply_at", "the first public reply of a human", "reply"),
        ),
        "next_response_time": Definition(
            formula=Mean(dataset="peer_turns", at="answered_day", value="waited{clock}_s"),
            counts="replies",
            about="The mean of the waits that were answered, on the day of the answer.",
            source=_CODE,
        ),
        "resolution_time": Definition(
            formula=Mean(dataset="peer_solvings", at="solved_day", value="since_made{clock}_s"),
            counts="solvings",
            about="""
                The mean from the conversation's making to each solving, on the day of the solving: one that was
                solved three times counts three times, from its making each time, a bot's time included.
                """,
            source=_CODE,
            begins=Mark("opened_at", "the conversation's making", "made"),
            ends=Mark("solving_last_at", "each solving, here the last", "status"),
        ),
    },
    apart={"csat": "it shows how often each rating was given, one survey a conversation"},
)
