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
from goalkeeper.tickets.stored import HORIZONS_NOW, TICKET_ROWS, turns_sql

PROMISES = "facts.promises"
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
    Derived("passed_on", FLAG, "Whether it is a later leg of a contact that was offered before"),
    Derived("wait_s", SECONDS, "Time in the queue; NULL for an answered call of which nobody tells it"),
    Derived("handle_s", SECONDS, "Talk, hold and after-contact work; NULL if none of them is known"),
    Derived("wrap_s", SECONDS, "After-contact work"),
    Derived("left_out", TEXT, "outbound, internal, or short abandon; NULL if it counts as offered"),
)

_KIND = "CASE i.kind WHEN 'call' THEN 'phone' WHEN 'chat' THEN 'chat' END"
OFFERED = "outcome IN ('answered', 'abandoned', 'short_abandon')"  # what came of a contact that waited for a human
CALLS = f"""
SELECT {who("i", agent="i.agent_id", team="i.team_id", channel=_KIND)}, i.kind,
    epoch_ms(i.started_at) AS started_at, {day_of("i.started_at")} AS started_day, i.outcome,
    i.outcome = 'answered' AS answered, i.outcome = 'abandoned' AS abandoned, coalesce(g.leg > 1, false) AS passed_on,
    coalesce(i.wait_s, date_diff('second', i.queue_entered_at, coalesce(i.answered_at,
        CASE WHEN i.outcome <> 'answered' THEN i.ended_at END))) AS wait_s,
    CASE WHEN coalesce(i.talk_s, i.hold_s, i.wrap_s) IS NOT NULL
         THEN coalesce(i.talk_s, 0) + coalesce(i.hold_s, 0) + coalesce(i.wrap_s, 0) END AS handle_s,
    i.wrap_s,
    CASE WHEN i.direction = 'out' THEN 'outbound' WHEN i.direction = 'internal' THEN 'internal'
         WHEN i.outcome = 'short_abandon' THEN 'short abandon' END AS left_out
FROM canon.interactions i {links("i", "i.team_id")} {zone_of("i.started_at")}
LEFT JOIN (
    SELECT source_id, interaction_id, row_number() OVER (
        PARTITION BY source_id, coalesce(interaction_group_id, interaction_id) ORDER BY started_at, interaction_id
    ) AS leg
    FROM canon.interactions WHERE {OFFERED} AND direction = 'in'
) g ON g.source_id = i.source_id AND g.interaction_id = i.interaction_id
"""


def _joined(rows: str, extra: str, tickets: str = TICKET_ROWS, more: str = "") -> str:
    of_ticket = ", ".join(f"f.{column.name}" for column in OF_TICKET)
    return f"(SELECT {extra}, {of_ticket} FROM {rows} x JOIN {tickets} f ON f.ticket_key = x.ticket_key {more})"


def promises_sql(
    rows: str = PROMISES, tickets: str = TICKET_ROWS, horizons: str = HORIZONS_NOW, former: str = ""
) -> str:
    """The promises with all their columns, and some of their tickets'."""

    def known(table: str) -> str:
        return f"(SELECT source, min(horizon_at) AS horizon_at FROM {table} GROUP BY source)"

    columns = ", ".join(f"x.{column.name}" for column in PROMISE_COLUMNS) + ", h.horizon_at"
    joins = f"JOIN {known(horizons)} h ON h.source = f.source"
    if former:
        columns += ", b.horizon_at AS former_horizon_at"
        joins += f" JOIN {known(former)} b ON b.source = f.source"
    return _joined(rows, columns, tickets, joins)


WORK = (
    Dataset("tickets", "tickets", "facts.tickets", TICKET_COLUMNS),
    Dataset(
        "turns",
        "customer messages",
        turns_sql(*(column.name for column in OF_TICKET)),
        (*TURN_COLUMNS, *OF_TICKET),
        left_out="coalesce(left_out, turn_left_out)",
    ),
    Dataset(
        "open_spans",
        "open tickets",
        _joined("facts.open_spans", "x.ticket_key, x.opened_at, x.ended_at, f.created_at, f.closed_unsolved"),
        (
            *SPAN_COLUMNS,
            Derived("created_at", MOMENT, "When the ticket was made"),
            Derived("closed_unsolved", FLAG, "Of the ticket; NULL where it is done and nobody tells since when"),
            *OF_TICKET,
        ),
        left_out="coalesce(left_out, CASE WHEN closed_unsolved IS NULL THEN 'done, nobody tells when' END)",
    ),
    Dataset(
        "promises",
        "promises",
        promises_sql(),
        (*PROMISE_COLUMNS, Derived("horizon_at", MOMENT, "Up to when the source is known"), *OF_TICKET),
        left_out="coalesce(left_out, promise_left_out)",
    ),
    Dataset("calls", "calls", "facts.calls", CALL_COLUMNS, query=CALLS, reads=("interactions", "customers", "teams")),
)
