"""The datasets that metrics count over: ticket facts, customer turns, open spans, calls, answers, invitations."""

from __future__ import annotations

from dataclasses import dataclass

from goalkeeper.calendars import local_day_sql, utc_day_sql
from goalkeeper.errors import UnknownName
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
)

NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Dataset:
    """What may be counted: its SQL source, its columns, and what one row is called."""

    name: str
    rows: str
    source: str
    columns: tuple[Derived, ...]
    left_out: str = "left_out"

    @property
    def splits(self) -> tuple[str, ...]:
        """The columns offered as dimensions."""
        return tuple(column.name for column in self.columns if column.splits)

    @property
    def names(self) -> tuple[str, ...]:
        """All its columns."""
        return tuple(column.name for column in self.columns)


def _split(name: str, about: str) -> Derived:
    return Derived(name, TEXT, about, splits=True)


_TICKET_SPLITS = tuple(column for column in TICKET_COLUMNS if column.splits)
_OF_TICKET = (*_TICKET_SPLITS, Derived("left_out", TEXT, "Why its ticket is not counted"))
_WHO = (
    _split("source", "The configured connection it came from"),
    _split("channel", "How the customer came"),
    _split("brand", "The brand, from the ticket"),
    _split("team", "The team, by name where known"),
    _split("agent", "The agent"),
    _split("topic", "The ticket's topic"),
    _split("segment", "The customer's segment"),
    _split("plan", "The customer's plan"),
    _split("country", "The customer's country"),
)

CALL_COLUMNS = (
    *_WHO,
    _split("kind", "Call, chat, video, callback or in person"),
    Derived("started_at", MOMENT, "When it began"),
    Derived("started_day", DAY, "Its local day"),
    Derived("outcome", TEXT, "answered, abandoned, short_abandon, voicemail, missed or callback"),
    Derived("answered", FLAG, "Whether a human answered"),
    Derived("abandoned", FLAG, "Whether the customer left the queue, short abandons aside"),
    Derived("wait_s", SECONDS, "Time in the queue"),
    Derived("handle_s", SECONDS, "Talk, hold and after-contact work; NULL if none of them is known"),
    Derived("left_out", TEXT, "outbound, internal, or short abandon; NULL if it counts as offered"),
)
ANSWER_COLUMNS = (
    *_WHO,
    _split("survey", "The survey asked"),
    _split("kind", "csat, ces, nps, fcr, enps, esat, brand or other"),
    Derived("responded_at", MOMENT, "When it was answered"),
    Derived("responded_day", DAY, "Its local day"),
    Derived("score", NUMBER, "The point given, on its own scale"),
    Derived("scale_min", NUMBER, "The scale's lowest point"),
    Derived("scale_max", NUMBER, "The scale's highest point"),
    Derived(
        "satisfied",
        FLAG,
        "In the scale's top boxes: 4-5 of 1-5, 6-7 of 1-7, 8-10 of 1-10 and 0-10, 1 of 0-1, 2 of 1-2, 3 of 1-3",
    ),
    Derived("promoter", FLAG, "9 or 10 on 0-10; NULL on any other scale"),
    Derived("detractor", FLAG, "0 to 6 on 0-10; NULL on any other scale"),
    Derived("has_comment", FLAG, "Whether words came with it"),
    Derived("left_out", TEXT, "partial; NULL if counted"),
)
INVITATION_COLUMNS = (
    *_WHO,
    _split("survey", "The survey asked"),
    _split("kind", "csat, ces, nps, fcr, enps, esat, brand or other"),
    Derived("sent_day", DAY, "The local day it was sent"),
    Derived("answered", FLAG, "Whether an answer came"),
    Derived("is_open", FLAG, "Its window is not over, answered or not: expires_at, or 14 days after it was sent"),
    Derived("left_out", TEXT, "Always NULL"),
)


def _joined(table: str, extra: str) -> str:
    tickets = ", ".join(f"f.{column.name}" for column in _OF_TICKET)
    return f"(SELECT {extra}, {tickets} FROM facts.{table} x JOIN facts.tickets f ON f.ticket_key = x.ticket_key)"


DATASETS = {
    dataset.name: dataset
    for dataset in (
        Dataset("tickets", "tickets", "facts.tickets", TICKET_COLUMNS),
        Dataset(
            "turns",
            "customer messages",
            _joined("turns", ", ".join(f"x.{column.name}" for column in TURN_COLUMNS)),
            (*TURN_COLUMNS, *_OF_TICKET),
            left_out="coalesce(left_out, turn_left_out)",
        ),
        Dataset(
            "open_spans",
            "open tickets",
            _joined("open_spans", "x.ticket_key, x.opened_at, x.ended_at, f.created_at"),
            (*SPAN_COLUMNS, Derived("created_at", MOMENT, "When the ticket was made"), *_OF_TICKET),
        ),
        Dataset("calls", "calls", "facts.calls", CALL_COLUMNS),
        Dataset("answers", "answers", "facts.answers", ANSWER_COLUMNS),
        Dataset("invitations", "invitations", "facts.invitations", INVITATION_COLUMNS),
    )
}


def dataset(name: str) -> Dataset:
    """The dataset of that name; UnknownName if there is none."""
    if name not in DATASETS:
        raise UnknownName("dataset", name, DATASETS)
    return DATASETS[name]


def _who(table: str, *, agent: str, team: str = "NULL", channel: str = "NULL") -> str:
    """The dimensions of a row that names a customer, a ticket, an agent: the row's own first, then its ticket's."""
    return (
        f"{table}.source_id AS source, coalesce({channel}, f.channel) AS channel, f.brand, "
        f"coalesce(m.name, {team}, f.team) AS team, coalesce({agent}, f.agent) AS agent, f.topic, "
        "c.segment, c.plan, c.country"
    )


def _links(table: str, team: str = "NULL") -> str:
    return (
        f"LEFT JOIN one_ticket f ON f.source = {table}.source_id AND f.ticket_id = {table}.ticket_id "
        f"LEFT JOIN canon.customers c ON c.source_id = {table}.source_id AND c.customer_id = {table}.customer_id "
        f"LEFT JOIN canon.teams m ON m.source_id = {table}.source_id AND m.team_id = {team}"
    )


def _local(moment: str) -> str:
    return f"(epoch_ms({moment}))"


def _zone(moment: str) -> str:
    return f"LEFT JOIN zone_days z ON z.utc_day = {utc_day_sql(_local(moment))}"


_TOP_BOX = """CASE
    WHEN r.scale_max = 1 AND r.scale_min = 0 THEN r.score = 1
    WHEN r.scale_max IN (2, 3) AND r.scale_min = 1 THEN r.score = r.scale_max
    WHEN r.scale_max IN (4, 5, 6, 7) AND r.scale_min = 1 THEN r.score >= r.scale_max - 1
    WHEN r.scale_max = 10 THEN r.score >= 8 END"""
_WINDOW_DAYS = 14

# A source of its own for surveys or calls may name tickets of the help desk: an id that only one source has will do.
ONE_TICKET = """
CREATE OR REPLACE TEMP VIEW one_ticket AS
SELECT source, ticket_id, channel, brand, team, agent, topic FROM facts.tickets
UNION ALL
SELECT s.source_id, t.ticket_id, t.channel, t.brand, t.team, t.agent, t.topic
FROM (SELECT DISTINCT source_id FROM (SELECT source_id FROM canon.interactions UNION ALL
      SELECT source_id FROM canon.survey_responses UNION ALL SELECT source_id FROM canon.survey_invitations)) s
CROSS JOIN (SELECT ticket_id, any_value(channel) AS channel, any_value(brand) AS brand, any_value(team) AS team,
            any_value(agent) AS agent, any_value(topic) AS topic FROM facts.tickets GROUP BY ticket_id
            HAVING count(*) = 1) t
WHERE s.source_id NOT IN (SELECT DISTINCT source FROM facts.tickets)
"""

_KIND = "CASE i.kind WHEN 'call' THEN 'phone' WHEN 'chat' THEN 'chat' END"
CALLS = f"""
SELECT {_who("i", agent="i.agent_id", team="i.team_id", channel=_KIND)}, i.kind,
    epoch_ms(i.started_at) AS started_at, {local_day_sql(_local("i.started_at"), "z")} AS started_day, i.outcome,
    i.outcome = 'answered' AS answered, i.outcome = 'abandoned' AS abandoned,
    coalesce(i.wait_s, date_diff('second', i.queue_entered_at, coalesce(i.answered_at, i.ended_at))) AS wait_s,
    CASE WHEN coalesce(i.talk_s, i.hold_s, i.wrap_s) IS NOT NULL
         THEN coalesce(i.talk_s, 0) + coalesce(i.hold_s, 0) + coalesce(i.wrap_s, 0) END AS handle_s,
    CASE WHEN i.direction = 'out' THEN 'outbound' WHEN i.direction = 'internal' THEN 'internal'
         WHEN i.outcome = 'short_abandon' THEN 'short abandon' END AS left_out
FROM canon.interactions i {_links("i", "i.team_id")} {_zone("i.started_at")}
"""

ANSWERS = f"""
SELECT {_who("r", agent="CASE WHEN r.kind NOT IN ('enps', 'esat') THEN r.agent_id END")}, r.survey_id AS survey, r.kind,
    epoch_ms(r.responded_at) AS responded_at, {local_day_sql(_local("r.responded_at"), "z")} AS responded_day,
    r.score, r.scale_min, r.scale_max, {_TOP_BOX} AS satisfied,
    CASE WHEN r.scale_min = 0 AND r.scale_max = 10 THEN r.score >= 9 END AS promoter,
    CASE WHEN r.scale_min = 0 AND r.scale_max = 10 THEN r.score <= 6 END AS detractor,
    coalesce(trim(r.comment), '') <> '' AS has_comment,
    CASE WHEN r.is_partial THEN 'partial' END AS left_out
FROM canon.survey_responses r {_links("r")} {_zone("r.responded_at")}
"""

INVITATIONS = f"""
SELECT {_who("v", agent="NULL", channel="v.channel")}, v.survey_id AS survey, v.kind,
    {local_day_sql(_local("v.sent_at"), "z")} AS sent_day, r.invitation_id IS NOT NULL AS answered,
    coalesce(v.expires_at, v.sent_at + INTERVAL '{_WINDOW_DAYS}' DAY) > h.seen_until AS is_open,
    NULL::VARCHAR AS left_out
FROM canon.survey_invitations v
LEFT JOIN (SELECT DISTINCT source_id, invitation_id FROM canon.survey_responses WHERE invitation_id IS NOT NULL) r
    ON r.source_id = v.source_id AND r.invitation_id = v.invitation_id
JOIN (SELECT source_id, max(t) AS seen_until FROM (
        SELECT source_id, max(sent_at) AS t FROM canon.survey_invitations GROUP BY source_id
        UNION ALL SELECT source_id, max(responded_at) FROM canon.survey_responses GROUP BY source_id)
      GROUP BY source_id) h ON h.source_id = v.source_id
{_links("v")} {_zone("v.sent_at")}
"""
