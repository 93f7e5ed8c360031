"""The columns of a promise."""

from __future__ import annotations

from goalkeeper.tickets.columns import DAY, MOMENT, SECONDS, TEXT, WHOLE, Derived, split

PROMISE_COLUMNS = (
    Derived("ticket_key", WHOLE, "The ticket"),
    split("promise", "What is promised: first_reply, next_reply, resolution, requester_wait or agent_work"),
    Derived("instance", WHOLE, "Which time it is promised on this ticket, from 1"),
    split("policy", "The policy that promises it; NULL where the source itself brings the promise"),
    Derived("target_s", SECONDS, "The time allowed, on the policy's clock"),
    Derived("applied_at", MOMENT, "When its clock began"),
    Derived("applied_day", DAY, "The local day of applied_at"),
    Derived(
        "due_at", MOMENT, "When it falls due; NULL while its clock stands still, or if that is over 19 years ahead"
    ),
    Derived("kept_at", MOMENT, "When what was promised was done, in time or late"),
    Derived("elapsed_s", SECONDS, "Time on its clock until then, until the ticket was done without it, or so far"),
    Derived("paused_s", SECONDS, "Time on the policy's hours for which its clock stood still"),
    Derived("status", TEXT, "kept, broken (from the moment it fell due) or pending; NULL if it no longer counts"),
    Derived(
        "promise_left_out",
        TEXT,
        "Why it no longer counts: the ticket was solved or closed before it fell due, without what was promised",
    ),
)
