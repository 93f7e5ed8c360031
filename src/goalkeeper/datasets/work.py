"""The work: tickets, customer turns, open spans, promises and calls."""

from __future__ import annotations

from goalkeeper.datasets.dataset import Dataset
from goalkeeper.datasets.joins import WHO, day_of, links, who, zone_of
from goalkeeper.sla import PROMISE_COLUMNS
from goalkeeper.tickets.columns import (
    DAY,
    FLAG,
    MOMENT,
    SECONDS,
    SPAN_COLUMNS,
    TEXT,
    TICKET_COLUMNS,
    TURN_COLUMNS,
    Derived,
    split,
)

_TICKET_SPLITS = tuple(column for column in TICKET_COLUMNS if column.splits)
OF_TICKET = (*_TICKET_SPLITS, Derived("left_out", TEXT, "Why its ticket is not counted"))

CALL_COLUMNS = (
    *WHO,
    split("kind", "Call, chat, video, callback or in person"),
    Derived("started_at", MOMENT, "When it began"),
    Derived("started_day", DAY, "Its local day"),
    Derived("outcome", TEXT, "answered, abandoned, short_abandon, voicemail, missed or callback"),
    Derived("answered", FLAG, "Whether a human answered"),
    Derived("abandoned", FLAG, "Whether the customer left the queue, short abandons aside"),
    Derived("wait_s", SECONDS, "Time in the queue"),
    Derived("handle_s", SECONDS, "Talk, hold and after-contact work; NULL if none of them is known"),
    Derived("wrap_s", SECONDS, "After-contact work"),
    Derived("left_out", TEXT, "outbound, internal, or short abandon; NULL if it counts as offered"),
)

_KIND = "CASE i.kind WHEN 'call' THEN 'phone' WHEN 'chat' THEN 'chat' END"
CALLS = f"""
SELECT {who("i", agent="i.agent_id", team="i.team_id", channel=_KIND)}, i.kind,
    epoch_ms(i.started_at) AS started_at, {day_of("i.started_at")} AS started_day, i.outcome,
    i.outcome = 'answered' AS answered, i.outcome = 'abandoned' AS abandoned,
    coalesce(i.wait_s, date_diff('second', i.queue_entered_at, coalesce(i.answered_at, i.ended_at))) AS wait_s,
    CASE WHEN coalesce(i.talk_s, i.hold_s, i.wrap_s) IS NOT NULL
         THEN coalesce(i.talk_s, 0) + coalesce(i.hold_s, 0) + coalesce(i.wrap_s, 0) END AS handle_s,
    i.wrap_s,
    CASE WHEN i.direction = 'out' THEN 'outbound' WHEN i.direction = 'internal' THEN 'internal'
         WHEN i.outcome = 'short_abandon' THEN 'short abandon' END AS left_out
FROM canon.interactions i {links("i", "i.team_id")} {zone_of("i.started_at")}
"""


def _joined(table: str, extra: str) -> str:
    tickets = ", ".join(f"f.{column.name}" for column in OF_TICKET)
    return f"(SELECT {extra}, {tickets} FROM facts.{table} x JOIN facts.ticket_rows f ON f.ticket_key = x.ticket_key)"


WORK = (
    Dataset("tickets", "tickets", "facts.tickets", TICKET_COLUMNS),
    Dataset(
        "turns",
        "customer messages",
        _joined("turns", ", ".join(f"x.{column.name}" for column in TURN_COLUMNS)),
        (*TURN_COLUMNS, *OF_TICKET),
        left_out="coalesce(left_out, turn_left_out)",
    ),
    Dataset(
        "open_spans",
        "open tickets",
        _joined("open_spans", "x.ticket_key, x.opened_at, x.ended_at, f.created_at"),
        (*SPAN_COLUMNS, Derived("created_at", MOMENT, "When the ticket was made"), *OF_TICKET),
    ),
    Dataset(
        "promises",
        "promises",
        _joined("promises", ", ".join(f"x.{column.name}" for column in PROMISE_COLUMNS) + ", f.horizon_at"),
        (*PROMISE_COLUMNS, Derived("horizon_at", MOMENT, "Up to when the source is known"), *OF_TICKET),
        left_out="coalesce(left_out, promise_left_out)",
    ),
    Dataset("calls", "calls", "facts.calls", CALL_COLUMNS, query=CALLS, reads=("interactions", "customers", "teams")),
)
