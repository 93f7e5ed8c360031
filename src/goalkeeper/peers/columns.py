"""The columns of the peers' facts: a ticket by its own events alone, without those of tickets merged into it."""

from __future__ import annotations

from goalkeeper.tickets.columns import DAY, FLAG, MOMENT, NUMBER, SECONDS, TEXT, WHOLE, Derived, split

# Each is a length on both clocks, and NULL where it has no end.
DURATIONS = {
    "first_reply": "From its making to the first public reply of a human agent",
    "comment": "From its making to the first public agent comment that did not open it",
    "answer": "From its making to the first reply or public note of a human agent",
    "reply_since_bot": "From its making, or from the last hand-over by a bot, to the first public reply of a human",
    "reply_since_last": "The same, or from the last reopening before that reply",
    "unpaused_reply": "Time neither pending, on hold nor done until the first public reply of a human",
    "all_replies": "Each wait for a public agent comment, the one since its making among them, added up",
    "first_solving": "From its making to the first solving, or to the lock if it was never solved",
    "full_solving": "From its making to the last solving, or to the lock if it was never solved",
    "unheld_solving": "Time until the last solving, pending and on hold left out",
    "unpaused_solving": "Time until the last solving, pending, on hold and done left out",
    "unassigned": "From its making to its first agent",
    "first_assigned": "From its first agent to the last solving",
    "last_assigned": "From its last agent to the last solving",
}
STATES = {
    "new": "Time in new",
    "open": "Time in open",
    "pending": "Time in pending",
    "on_hold": "Time on hold",
}


def _both(lengths: dict[str, str]) -> tuple[Derived, ...]:
    return tuple(
        Derived(f"{name}{clock}_s", SECONDS, f"{about}{', in working time' if clock else ''}")
        for name, about in lengths.items()
        for clock in ("", "_working")
    )


TICKET_COLUMNS = (
    Derived("ticket_key", WHOLE, "The ticket"),
    Derived("opened_at", MOMENT, "When it was made; merged tickets keep their own making"),
    Derived("opened_day", DAY, "The local day of opened_at"),
    Derived("reply_at", MOMENT, "The first public reply of a human agent"),
    Derived("reply_day", DAY, "The local day of reply_at"),
    Derived("comment_at", MOMENT, "The first public agent comment that did not open the ticket"),
    Derived("answer_at", MOMENT, "The first reply or public note of a human agent"),
    Derived("handed_over_at", MOMENT, "The last time before reply_at that a bot passed it on"),
    Derived("since_bot_at", MOMENT, "The later of opened_at and handed_over_at"),
    Derived("since_last_at", MOMENT, "The latest of these and the last reopening before reply_at"),
    Derived("solving_first_at", MOMENT, "When it was first solved, or locked if it was never solved"),
    Derived("solving_first_day", DAY, "The local day of solving_first_at"),
    Derived("solving_last_at", MOMENT, "When it was last solved, or locked if it was never solved"),
    Derived("solving_last_day", DAY, "The local day of solving_last_at"),
    Derived("solves", WHOLE, "Times it went to solved"),
    Derived("closes", WHOLE, "Times it went to solved or closed from another state"),
    Derived("was_paused", FLAG, "Whether it was ever pending or on hold"),
    Derived("public_agent_comments", WHOLE, "Public comments by human agents, one that opened it among them"),
    Derived("agent_replies", WHOLE, "The same without the one that was its first public comment"),
    Derived("customer_comments", WHOLE, "Public messages by the customer beside the one that opened it"),
    Derived("participants", WHOLE, "Distinct human agents who replied in public"),
    Derived("commenters", WHOLE, "Distinct human agents who commented, in public or not"),
    *_both(DURATIONS),
    *_both(STATES),
)

SOLVING_COLUMNS = (
    Derived("ticket_key", WHOLE, "The ticket"),
    Derived("solved_at", MOMENT, "When it was solved: one row each time"),
    Derived("solved_day", DAY, "The local day of solved_at"),
    Derived("since_made_s", SECONDS, "From its making until then"),
    Derived("since_made_working_s", SECONDS, "The same in working time"),
)

STATE_COLUMNS = (
    Derived("ticket_key", WHOLE, "The ticket"),
    split("state", "New, open, pending or on_hold"),
    Derived("began_at", MOMENT, "When it came to that state"),
    Derived("ended_at", MOMENT, "When it left it; NULL while it is in it"),
)

TURN_COLUMNS = (
    Derived("ticket_key", WHOLE, "The ticket"),
    Derived("answered_at", MOMENT, "The public reply of a human agent to a later run of customer messages"),
    Derived("answered_day", DAY, "The local day of answered_at"),
    Derived("waited_s", SECONDS, "From the first of these messages to the reply"),
    Derived("waited_working_s", SECONDS, "The same in working time"),
)

ANSWER_COLUMNS = (
    Derived("ticket_key", WHOLE, "The ticket"),
    Derived("kind", TEXT, "csat, ces, nps, enps, brand or other"),
    Derived("score", NUMBER, "The point given, on its own scale"),
    Derived("scale_max", NUMBER, "The scale's highest point"),
    Derived("solved_day", DAY, "The local day on which the ticket was last solved"),
)
