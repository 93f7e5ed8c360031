"""The dbt package for Zendesk, as its code computes; measured by running it."""

from __future__ import annotations

from goalkeeper.formulas import Mean
from goalkeeper.metrics.profiles.profile import Definition, Profile
from goalkeeper.metrics.profiles.zendesk import (
    BACKLOG,
    FULL_SOLVING,
    LAST_SOLVING,
    MADE,
    NOT_OPENING,
    REOPENED,
    of_solved,
    time_of,
)

_RUN = "dbt_zendesk 1.6.1, read and run"

DBT_ZENDESK = Profile(
    key="dbt_zendesk",
    name="dbt_zendesk",
    definitions={
        "first_response_time": Definition(
            formula=time_of("comment"),
            about="""
                As Zendesk's: from the ticket's making to the first public agent comment that did not open it; tickets
                without one are not among them.
                """,
            source=_RUN,
            begins=MADE,
            ends=NOT_OPENING,
        ),
        "resolution_time": Definition(
            formula=time_of("full_solving"),
            variants=FULL_SOLVING,
            about="""
                From the ticket's making to its last solving, or to the lock of a ticket that was never solved. In
                calendar time the package counts boundaries of minutes; here it is exact. `first` stops at the first
                solving.
                """,
            source=_RUN,
            begins=MADE,
            ends=LAST_SOLVING,
        ),
        "first_contact_resolution": Definition(
            formula=of_solved("public_agent_comments = 1"),
            variants={
                "two_touch": of_solved("public_agent_comments = 2"),
                "multi_touch": of_solved("public_agent_comments NOT IN (1, 2)"),
            },
            counts="solved tickets",
            about="""
                Solved or closed with exactly one public agent comment, one that opened the ticket among them. A
                ticket without any is in `multi_touch`.
                """,
            source=_RUN,
        ),
        "reopen_rate": Definition(
            formula=REOPENED, counts="solved tickets", about="Solved more than once among those solved.", source=_RUN
        ),
        "people_per_ticket": Definition(
            formula=Mean(dataset="peer_tickets", at="opened_day", value="commenters"),
            about="""
                Distinct agents who commented, in public or not, a ticket; tickets without any count with 0. The
                package calls it hand-offs.
                """,
            source=_RUN,
        ),
        "backlog": Definition(
            formula=BACKLOG,
            counts="open tickets",
            about="Tickets by their state at the end of the day; solved, closed and deleted ones are not among them.",
            source=_RUN,
        ),
    },
    apart={
        "csat": "it has scores by ticket and no rate",
        "next_response_time": "it adds all waits of a ticket up, the first one among them",
    },
)
