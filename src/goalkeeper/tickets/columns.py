"""The derived columns and what each means; the documents, the splits and the tests read them from here."""

from __future__ import annotations

from dataclasses import dataclass

WHOLE, TEXT, FLAG, MOMENT, SECONDS, DAY, NUMBER = "whole", "text", "flag", "moment", "seconds", "day", "number"


@dataclass(frozen=True, slots=True)
class Derived:
    """One column of a facts table. A moment is BIGINT milliseconds since 1970 UTC, a day a local day number."""

    name: str
    kind: str
    about: str
    splits: bool = False  # offered as a dimension
    given: str = ""  # SQL over the stored columns and the clocks', of the column that the view works out


def seconds(length: str) -> str:
    """Whole seconds of a length in milliseconds, never negative; NULL stays NULL, as with GREATEST it would not."""
    return f"(({length}) + ABS({length})) // 2000"


_STOP = (
    "CASE WHEN resolved THEN solved_at WHEN closed_unsolved THEN COALESCE(closed_at, clock_horizon_at) "
    "ELSE clock_horizon_at END"
)
_CONTACTS = "GREATEST(replies, calls)"


def split(name: str, about: str) -> Derived:
    """A column offered as a dimension."""
    return Derived(name, TEXT, about, splits=True)


TICKET_COLUMNS = (
    Derived("ticket_key", WHOLE, "The ticket's number in this workspace"),
    split("source", "The configured connection it came from"),
    Derived("ticket_id", TEXT, "The help desk's id", given="canon_ticket_id"),
    split("channel", "How the customer came"),
    split("brand", "The brand the customer wrote to"),
    split("team", "The team that has it now, by name where known"),
    split("agent", "The agent who has it now"),
    split("priority", "How urgent the desk holds it"),
    split("language", "The customer's language"),
    split("topic", "Why the customer came"),
    split("topic_detail", "The topic one level finer"),
    split("type", "The source's kind of ticket"),
    split("product", "The product it is about"),
    Derived("customer", TEXT, "The customer, by source", given="canon_customer"),
    Derived("status", TEXT, "The state in the latest snapshot"),
    Derived("left_out", TEXT, "Why no metric counts it: deleted, spam, merged, test, internal; NULL if counted"),
    Derived("started_by_customer", FLAG, "False where an agent, a bot or the system opened it"),
    Derived("schedule_key", WHOLE, "Which working-time schedule applies"),
    Derived(
        "horizon_at",
        MOMENT,
        "Up to when its source is known, its newest event or moment of a ticket; spans end here",
        given="clock_horizon_at",
    ),
    Derived("created_at", MOMENT, "When it was made; for the survivor of a merge, the earliest of the set"),
    Derived("created_day", DAY, "The local day of created_at"),
    Derived(
        "first_response_from",
        MOMENT,
        "The first customer message: created_at, or later if an agent started it; NULL where the source tells no reply",
    ),
    Derived("first_response_at", MOMENT, "The first public reply of a human agent after that"),
    Derived(
        "first_response_done",
        FLAG,
        "Whether that reply exists; NULL where no customer ever wrote",
        given="CASE WHEN first_response_from IS NOT NULL THEN first_response_at IS NOT NULL END",
    ),
    Derived(
        "first_response_s",
        SECONDS,
        "Calendar time to it; so far, or until solved, where there is none",
        given=seconds(f"COALESCE(first_response_at, {_STOP}) - first_response_from"),
    ),
    Derived("first_response_working_s", SECONDS, "The same in working time"),
    Derived("first_solved_at", MOMENT, "When it was first solved"),
    Derived("first_solved_day", DAY, "The local day of first_solved_at"),
    Derived(
        "solved_followed_s",
        SECONDS,
        "From first_solved_at to the horizon: how long a reopening could have shown",
        given=seconds("clock_horizon_at - first_solved_at"),
    ),
    Derived(
        "first_resolution_s",
        SECONDS,
        "Calendar time from created_at to first_solved_at, or so far",
        given=seconds(f"COALESCE(first_solved_at, {_STOP}) - created_at"),
    ),
    Derived("first_resolution_working_s", SECONDS, "The same in working time"),
    Derived("solved_at", MOMENT, "When it was last solved, whether or not it was reopened since"),
    Derived("solved_day", DAY, "The local day of solved_at"),
    Derived("resolved", FLAG, "Solved and not reopened since"),
    Derived(
        "resolution_s",
        SECONDS,
        "Calendar time from created_at to solved_at if resolved, else so far",
        given=seconds(f"{_STOP} - created_at"),
    ),
    Derived("resolution_working_s", SECONDS, "The same in working time"),
    Derived(
        "followed_s",
        SECONDS,
        "Calendar time from created_at to the horizon: how long it could have been solved",
        given=seconds("clock_horizon_at - created_at"),
    ),
    Derived(
        "followed_working_s",
        SECONDS,
        "The same in working time",
        given=seconds("clock_horizon_reading - created_reading"),
    ),
    Derived("closed_at", MOMENT, "When it was locked; NULL if it was reopened since"),
    Derived(
        "closed_unsolved",
        FLAG,
        "Locked without having been solved since it was last open; NULL where it is done and nobody tells since when",
    ),
    Derived(
        "requester_wait_s", SECONDS, "Time in new, open and on hold: the customer waits; NULL where no state is logged"
    ),
    Derived("requester_wait_working_s", SECONDS, "The same in working time"),
    Derived("agent_wait_s", SECONDS, "Time in pending: the agent waits for the customer"),
    Derived("agent_wait_working_s", SECONDS, "The same in working time"),
    Derived("on_hold_s", SECONDS, "Time on hold: a third party is waited for"),
    Derived("on_hold_working_s", SECONDS, "The same in working time"),
    Derived("reopens", WHOLE, "Times it went back from solved or closed, not by a bot or the system"),
    Derived(
        "reopened",
        FLAG,
        "Whether it did so at least once; NULL if it was never solved",
        given="CASE WHEN solved_at IS NOT NULL THEN reopens > 0 END",
    ),
    Derived("reopened_at", MOMENT, "When it first did so; NULL if never"),
    Derived(
        "reopened_s", SECONDS, "From first_solved_at to reopened_at", given=seconds("reopened_at - first_solved_at")
    ),
    Derived("replies", WHOLE, "Public replies by human agents"),
    Derived("customer_messages", WHOLE, "Public messages by the customer, beside the one that opened it"),
    Derived("bot_replies", WHOLE, "Public replies by bots"),
    Derived("notes", WHOLE, "Internal notes"),
    Derived("people", WHOLE, "Distinct human agents who replied in public; NULL where a reply names no agent"),
    Derived("calls", WHOLE, "Answered calls and chats that belong to it; a transferred one counts once"),
    Derived("contacts", WHOLE, "Replies, or answered calls where there are more of them", given=_CONTACTS),
    Derived("transfers", WHOLE, "Times it went from one team to another"),
    Derived("reassignments", WHOLE, "Times it went from one agent to another"),
    Derived("escalated", FLAG, "Passed from the front line to a specialist team, or by an escalation event"),
    Derived(
        "one_touch",
        FLAG,
        "Resolved with exactly one contact and never reopened",
        given=f"resolved AND {_CONTACTS} = 1 AND reopens = 0",
    ),
    Derived(
        "next_contact_s",
        SECONDS,
        "From solved_at to the customer's next ticket; 0 if it came before, NULL if none",
        given=seconds("next_contact_at - solved_at"),
    ),
    Derived(
        "next_same_topic_s",
        SECONDS,
        "The same, for their next ticket on the same topic",
        given=seconds("next_same_topic_at - solved_at"),
    ),
    Derived(
        "quiet_s",
        SECONDS,
        "From solved_at to the horizon: how long a repeat contact could have shown",
        given=seconds("clock_horizon_at - solved_at"),
    ),
    Derived(
        "first_done_at", MOMENT, "When it was first solved or locked; NULL if a mere snapshot says it is open again"
    ),
)

# Stored beside those columns; the customer's are NULL without one. From the reading the view tells how long the ticket
# was followed.
BESIDE_TICKETS = (
    Derived("customer_key", WHOLE, "The customer's first ticket in this workspace"),
    Derived("next_contact_at", MOMENT, "When the customer's next ticket was made"),
    Derived("next_same_topic_at", MOMENT, "When their next ticket on the same topic was made"),
    Derived("created_reading", WHOLE, "The ticket's working clock at created_at, in milliseconds from any one moment"),
)

TURN_COLUMNS = (
    Derived("ticket_key", WHOLE, "The ticket"),
    Derived("started_at", MOMENT, "The first message of a later run of customer messages"),
    Derived("started_day", DAY, "Its local day"),
    Derived("answered_at", MOMENT, "The next public reply of a human agent; NULL if none"),
    Derived("answered", FLAG, "Whether there is one"),
    Derived(
        "waited_s",
        SECONDS,
        "Calendar time to it, or so far",
        given=seconds("COALESCE(answered_at, clock_horizon_at) - started_at"),
    ),
    Derived(
        "waited_working_s",
        SECONDS,
        "The same in working time",
        given=seconds("COALESCE(answered_reading, clock_horizon_reading) - started_reading"),
    ),
    Derived("turn_left_out", TEXT, "Why it is not counted: solved or closed without a reply; NULL if counted"),
)

# Stored beside those columns: the readings of its ticket's working clock.
BESIDE_TURNS = (
    Derived("started_reading", WHOLE, "At started_at"),
    Derived("answered_reading", WHOLE, "At answered_at"),
)

SPAN_COLUMNS = (
    Derived("ticket_key", WHOLE, "The ticket"),
    Derived("opened_at", MOMENT, "When it became open: made or reopened"),
    Derived("ended_at", MOMENT, "When it was solved or locked; NULL while it is open"),
)
