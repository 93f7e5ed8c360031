"""Intercom's reports, as its documentation describes them."""

from __future__ import annotations

from goalkeeper.formulas import Quantile, Share
from goalkeeper.metrics.profiles.profile import Definition, Mark, Profile

_DOCS = "Intercom help centre, reporting metrics"


def _first_response(name: str) -> Quantile:
    value = f"{name}{{clock}}_s"
    return Quantile(
        dataset="peer_tickets",
        at="opened_day",
        among="started_by_customer",
        of=f"{value} IS NOT NULL",
        value=value,
    )


INTERCOM = Profile(
    key="intercom",
    name="Intercom",
    definitions={
        "first_response_time": Definition(
            formula=_first_response("reply_since_bot"),
            variants={"with_bot": _first_response("first_reply")},
            counts="conversations",
            about="""
                The median from the customer's first message to the first reply of a teammate, without the time the
                conversation was with a bot, by the day it began; office hours only if asked for. `with_bot` counts
                the bot's time too. Conversations without a reply are not among them.
                """,
            source=_DOCS,
            begins=Mark("since_bot_at", "the customer's first message, or the hand-over by the bot", "made"),
            ends=Mark("reply_at", "the first public reply of a human", "reply"),
        ),
        "first_contact_resolution": Definition(
            formula=Share(
                dataset="peer_tickets",
                at="solving_last_day",
                of="status IN ('solved', 'closed')",
                hits="closes = 1 AND participants = 1",
            ),
            counts="closed conversations",
            about="Closed once, with one teammate who took part, however often that one wrote.",
            source=_DOCS,
        ),
    },
    same={"csat": "4 and 5 of five points among all ratings"},
)
