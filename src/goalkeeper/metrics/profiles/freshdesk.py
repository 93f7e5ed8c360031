"""Freshdesk's and Freshservice's reports, as their documentation describes them."""

from __future__ import annotations

from goalkeeper.formulas import Mean, Share
from goalkeeper.metrics.profiles.profile import Definition, Mark, Profile
from goalkeeper.metrics.profiles.zendesk import MADE

_MERGED = {"merged": "left_out = 'merged'"}

FRESHDESK = Profile(
    key="freshdesk",
    name="Freshdesk",
    definitions={
        "first_response_time": Definition(
            formula=Mean(
                dataset="peer_tickets",
                at="opened_day",
                of="answer{clock}_s IS NOT NULL AND (agent IS NOT NULL OR team IS NOT NULL) "
                "AND left_out IS DISTINCT FROM 'merged'",
                value="answer{clock}_s",
                left_out=_MERGED,
            ),
            about="""
                From the ticket's making to the first reply or public note of an agent; only tickets that an agent or
                a group has. Spam and tickets merged into others are not among them.
                """,
            source="Freshdesk documentation, analytics metrics",
            begins=MADE,
            ends=Mark("answer_at", "the first reply or public note of an agent", "reply"),
        ),
        "first_contact_resolution": Definition(
            formula=Share(
                dataset="peer_tickets",
                at="solving_last_day",
                of="status IN ('solved', 'closed') AND left_out IS DISTINCT FROM 'merged'",
                hits="customer_comments = 0",
                left_out=_MERGED,
            ),
            counts="solved tickets",
            about="Solved without another message of the customer, however often agents wrote (Freshservice).",
            source="Freshservice documentation, first contact resolution",
        ),
    },
    apart={"csat": "it divides positive ratings by all, and which are positive depends on the survey"},
)
