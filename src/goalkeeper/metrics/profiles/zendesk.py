"""Zendesk's own reports, as its help centre describes them."""

from __future__ import annotations

from goalkeeper.formulas import Formula, Level, Quantile, Share
from goalkeeper.metrics.profiles.profile import Definition, Mark, Profile

MADE = Mark("opened_at", "the ticket's making", "made")
NOT_OPENING = Mark("comment_at", "the first public agent comment that did not open the ticket", "reply")
LAST_SOLVING = Mark("solving_last_at", "the last solving, whether or not it was reopened since", "status")
DONE = "status IN ('solved', 'closed')"


def time_of(name: str) -> Quantile:
    """The median of a length that ended, of tickets by the day they were made."""
    value = f"{name}{{clock}}_s"
    return Quantile(dataset="peer_tickets", at="opened_day", of=f"{value} IS NOT NULL", value=value)


def of_solved(hits: str) -> Share:
    """A share of the tickets that are solved or closed, by the day of the last solving."""
    return Share(dataset="peer_tickets", at="solving_last_day", of=DONE, hits=hits, counts="solved tickets")


REOPENED = Share(
    dataset="peer_tickets", at="solving_first_day", of="solves > 0", hits="solves > 1", counts="solved tickets"
)
BACKLOG = Level(
    dataset="peer_states",
    among="coalesce(left_out NOT IN ('deleted', 'spam', 'merged'), true)",
    opened="began_at",
    ended="ended_at",
)
FULL_SOLVING: dict[str, Formula] = {"first": time_of("first_solving")}

ZENDESK = Profile(
    key="zendesk",
    name="Zendesk",
    definitions={
        "first_response_time": Definition(
            formula=time_of("comment"),
            about="""
                From the ticket's making to the first public agent comment. Where an agent opened it with a public
                comment, the second one counts, and time runs while nobody has asked anything yet. Tickets without
                such a comment are not among them, however long their customers have waited.
                """,
            source="Zendesk help centre, article 4408834848154",
            begins=MADE,
            ends=NOT_OPENING,
        ),
        "resolution_time": Definition(
            formula=time_of("full_solving"),
            variants=FULL_SOLVING,
            about="""
                From the ticket's making to its last solving, the time it was solved before a reopening among it;
                unsolved tickets are not among them. `first` stops at the first solving.
                """,
            source="Zendesk help centre, article 4408834848154",
            begins=MADE,
            ends=LAST_SOLVING,
        ),
        "first_contact_resolution": Definition(
            formula=of_solved("agent_replies < 2"),
            variants={
                "exactly_one": of_solved("agent_replies = 1"),
                "messaging": of_solved("agent_replies > 0 AND NOT was_paused AND solves <= 1"),
            },
            counts="solved tickets",
            about="""
                Solved tickets with fewer than two agent replies: one without any counts as solved at first contact.
                Whether the customer came back is not asked. `exactly_one` is the newer definition, `messaging` that
                for conversations: at least one reply, never pending or on hold, never reopened.
                """,
            source="Zendesk help centre, Explore recipes; article 4724624097818 for messaging",
        ),
        "reopen_rate": Definition(
            formula=REOPENED,
            counts="solved tickets",
            about="""
                Solved more than once among those solved: a reopening that was never solved again does not count, one
                by a bot or the system does.
                """,
            source="Zendesk help centre, article 4408834848154",
        ),
        "backlog": Definition(
            formula=BACKLOG,
            counts="open tickets",
            about="New, open, pending and on hold in the snapshot around midnight; by `state` as well.",
            source="Zendesk help centre, Explore backlog",
        ),
    },
    same={"csat": "good among good and bad; of five points 4 and 5 are good, so 3 is bad"},
)
