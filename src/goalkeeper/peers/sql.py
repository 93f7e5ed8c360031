"""The SQL of the peers' facts, a chunk of tickets at a time; moments are milliseconds."""

from __future__ import annotations

from goalkeeper.calendars import local_day_sql, utc_day_sql, working_ms_sql
from goalkeeper.peers.columns import DURATIONS, STATES

_OPEN = tuple(STATES)
_DONE = ("solved", "closed")
_PAUSED = ("pending", "on_hold")

BASE = """
SELECT t.ticket_key AS k, t.source_id, epoch_ms(t.created_at) AS opened_t, h.horizon_t, f.schedule_key,
    f.started_by_customer, epoch_ms(t.solved_at) AS snapshot_solved_t,
    CASE WHEN t.status IN ('solved', 'closed') THEN epoch_ms(t.closed_at) END AS snapshot_closed_t
FROM canon.tickets t JOIN facts.ticket_rows f ON f.ticket_key = t.ticket_key
JOIN meta.horizons h ON h.source_id = t.source_id WHERE {mine}
"""

# Bots entered as agents are bots. Events may come up to a minute before their ticket is made: they count as if then.
EVENTS = """
SELECT b.k, b.opened_t, b.started_by_customer, greatest(epoch_ms(e.occurred_at), b.opened_t) AS t, e.type, e.new_value,
    CASE WHEN e.actor_type = 'agent' AND a.agent_id IS NOT NULL THEN 'bot' ELSE e.actor_type END AS actor,
    coalesce(e.actor_id, '') AS actor_id, coalesce(e.is_public, e.type = 'reply') AS is_public,
    row_number() OVER (PARTITION BY b.k ORDER BY e.occurred_at, coalesce(e.seq, 0), e.event_id) AS i
FROM canon.ticket_events e JOIN peer_base b ON b.k = e.ticket_key
LEFT JOIN canon.agents a ON a.source_id = e.source_id AND a.agent_id = e.actor_id AND (a.is_bot OR a.role = 'bot')
WHERE e.type IN ('reply', 'note', 'status', 'assign', 'team', 'escalation')
"""

# The states in order; the one before the first change is new. Deleted, spam and merged are states here.
SPANS = """
WITH changes AS (
    SELECT k, i, t, new_value AS state, LAG(new_value) OVER (PARTITION BY k ORDER BY i) AS before,
        LEAD(t) OVER (PARTITION BY k ORDER BY i) AS ended_t, opened_t
    FROM peer_events WHERE type = 'status'
)
SELECT k, state, coalesce(before, 'new') AS before, t AS began_t, ended_t FROM changes
UNION ALL
SELECT k, 'new', '', opened_t, t FROM changes WHERE before IS NULL
"""

_HUMAN = "actor = 'agent' AND type = 'reply' AND is_public"
# The comment that opened a ticket is an event only where the company opened it.
TALK = f"""
WITH comments AS (
    SELECT *, NOT started_by_customer AND i = min(i) OVER (PARTITION BY k) AS opens,
        NOT started_by_customer
            AND i = min(CASE WHEN is_public AND type = 'reply' THEN i END) OVER (PARTITION BY k) AS opens_in_public
    FROM peer_events WHERE type IN ('reply', 'note')
)
SELECT k, min(t) FILTER ({_HUMAN}) AS reply_t, min(t) FILTER ({_HUMAN} AND NOT opens) AS comment_t,
    min(t) FILTER (actor = 'agent' AND is_public AND NOT opens) AS answer_t,
    count(*) FILTER ({_HUMAN}) AS public_agent_comments,
    count(*) FILTER ({_HUMAN} AND NOT opens_in_public) AS agent_replies,
    count(*) FILTER (actor = 'customer' AND type = 'reply' AND is_public) AS customer_comments,
    count(DISTINCT actor_id) FILTER ({_HUMAN}) AS participants,
    count(DISTINCT actor_id) FILTER (actor = 'agent') AS commenters
FROM comments GROUP BY k
"""

MOMENTS = f"""
WITH lives AS (
    SELECT k, count(*) FILTER (state = 'solved' AND before <> 'solved') AS solves,
        count(*) FILTER (state IN {_DONE} AND before NOT IN {_DONE}) AS closes,
        bool_or(state IN {_PAUSED}) AS was_paused,
        coalesce(min(began_t) FILTER (state = 'solved'), min(began_t) FILTER (state = 'closed')) AS first_t,
        coalesce(max(began_t) FILTER (state = 'solved' AND before <> 'solved'),
            max(began_t) FILTER (state = 'closed' AND before <> 'closed')) AS last_t
    FROM peer_spans GROUP BY k
), passed AS (
    SELECT e.k, max(e.t) AS handed_over_t FROM peer_events e JOIN peer_talk x ON x.k = e.k
    WHERE e.actor = 'bot' AND e.type IN ('assign', 'team', 'escalation') AND e.t <= x.reply_t GROUP BY e.k
), returned AS (
    SELECT s.k, max(s.began_t) AS reopened_t FROM peer_spans s JOIN peer_talk x ON x.k = s.k
    WHERE s.state IN {_OPEN} AND s.before IN {_DONE} AND s.began_t <= x.reply_t GROUP BY s.k
), assigned AS (
    SELECT k, min(t) AS first_agent_t, max(t) AS last_agent_t FROM peer_events
    WHERE type = 'assign' AND new_value IS NOT NULL GROUP BY k
)
SELECT b.*, x.* EXCLUDE (k), p.handed_over_t, greatest(b.opened_t, p.handed_over_t) AS since_bot_t,
    greatest(b.opened_t, p.handed_over_t, r.reopened_t) AS since_last_t, l.k IS NOT NULL AS has_states,
    coalesce(l.solves, CAST(b.snapshot_solved_t IS NOT NULL AS BIGINT)) AS solves,
    coalesce(l.closes, CAST(coalesce(b.snapshot_solved_t, b.snapshot_closed_t) IS NOT NULL AS BIGINT)) AS closes,
    coalesce(l.was_paused, false) AS was_paused,
    CASE WHEN l.k IS NULL THEN coalesce(b.snapshot_solved_t, b.snapshot_closed_t) ELSE l.first_t END AS first_t,
    CASE WHEN l.k IS NULL THEN coalesce(b.snapshot_solved_t, b.snapshot_closed_t) ELSE l.last_t END AS last_t,
    coalesce(g.first_agent_t, b.opened_t) AS first_agent_t, coalesce(g.last_agent_t, b.opened_t) AS last_agent_t
FROM peer_base b LEFT JOIN peer_talk x ON x.k = b.k LEFT JOIN lives l ON l.k = b.k LEFT JOIN passed p ON p.k = b.k
LEFT JOIN returned r ON r.k = b.k LEFT JOIN assigned g ON g.k = b.k
"""


def _clipped(name: str, left_out: tuple[str, ...], until: str) -> str:
    """The stretches of a ticket outside some states until a moment; all of it where no state is known."""
    return f"""
    SELECT s.k, '{name}' AS name, s.began_t AS a, least(coalesce(s.ended_t, {until}), {until}) AS b
    FROM peer_spans s JOIN peer_moments m ON m.k = s.k
    WHERE s.state NOT IN {left_out} AND s.began_t <= {until}
    UNION ALL SELECT k, '{name}', opened_t, {until} FROM peer_moments WHERE NOT has_states
    """


_PLAIN = {
    "first_reply": ("opened_t", "reply_t"),
    "comment": ("opened_t", "comment_t"),
    "answer": ("opened_t", "answer_t"),
    "reply_since_bot": ("since_bot_t", "reply_t"),
    "reply_since_last": ("since_last_t", "reply_t"),
    "all_replies": ("opened_t", "comment_t"),
    "first_solving": ("opened_t", "first_t"),
    "full_solving": ("opened_t", "last_t"),
    "unassigned": ("opened_t", "first_agent_t"),
    "first_assigned": ("first_agent_t", "last_t"),
    "last_assigned": ("last_agent_t", "last_t"),
}
_GONE = ("deleted", "spam", "merged")
INTERVALS = " UNION ALL ".join(
    (
        *(f"SELECT k, '{name}' AS name, {a} AS a, {b} AS b FROM peer_moments" for name, (a, b) in _PLAIN.items()),
        """SELECT b.k, 'all_replies', u.started_at, u.answered_at FROM facts.turn_rows u
        JOIN peer_base b ON b.k = u.ticket_key""",
        """SELECT b.k, 'all_replies', f.first_response_from, f.first_response_at FROM facts.ticket_rows f
        JOIN peer_base b ON b.k = f.ticket_key WHERE NOT f.started_by_customer""",
        _clipped("unpaused_reply", (*_PAUSED, *_DONE, *_GONE), "reply_t"),
        _clipped("unheld_solving", _PAUSED, "last_t"),
        _clipped("unpaused_solving", (*_PAUSED, *_DONE, *_GONE), "last_t"),
        f"""SELECT s.k, s.state, s.began_t, coalesce(s.ended_t, b.horizon_t) FROM peer_spans s
        JOIN peer_base b ON b.k = s.k WHERE s.state IN {_OPEN}""",
    )
)


def lengths_sql(spans: int) -> str:
    """Each interval that has an end, on both clocks: k, name, t, w."""
    return f"""
    SELECT v.k, v.name, v.b - v.a AS t,
        {working_ms_sql("v.b", "cb", spans)} - {working_ms_sql("v.a", "ca", spans)} AS w
    FROM ({INTERVALS}) v JOIN peer_base x ON x.k = v.k
    JOIN calendar ca ON ca.schedule_key = x.schedule_key AND ca.utc_day = {utc_day_sql("v.a")}
    JOIN calendar cb ON cb.schedule_key = x.schedule_key AND cb.utc_day = {utc_day_sql("v.b")}
    WHERE v.b >= v.a
    """


def _sum(name: str, clock: str) -> str:
    total = f"CAST(sum({clock}) FILTER (name = '{name}') AS BIGINT) // 1000"
    column = f"{name}{'_working' if clock == 'w' else ''}_s"
    if name in STATES:
        return f"CASE WHEN any_value(m.has_states) THEN coalesce({total}, 0) END AS {column}"
    return f"{total} AS {column}"


def _day(moment: str, alias: str) -> str:
    return f"LEFT JOIN zone_days {alias} ON {alias}.utc_day = {utc_day_sql(moment)}"


_COUNTS = ("public_agent_comments", "agent_replies", "customer_comments", "participants", "commenters")
TICKETS = f"""
WITH lengths AS (
    SELECT m.k, {", ".join(_sum(name, clock) for name in (*DURATIONS, *STATES) for clock in "tw")}
    FROM peer_moments m LEFT JOIN peer_lengths USING (k) GROUP BY m.k
)
SELECT m.k AS ticket_key, m.opened_t AS opened_at, {local_day_sql("m.opened_t", "z1")} AS opened_day,
    m.reply_t AS reply_at, {local_day_sql("m.reply_t", "z2")} AS reply_day, m.comment_t AS comment_at,
    m.answer_t AS answer_at, m.handed_over_t AS handed_over_at, m.since_bot_t AS since_bot_at,
    m.since_last_t AS since_last_at, m.first_t AS solving_first_at,
    {local_day_sql("m.first_t", "z3")} AS solving_first_day, m.last_t AS solving_last_at,
    {local_day_sql("m.last_t", "z4")} AS solving_last_day, m.solves, m.closes, m.was_paused,
    {", ".join(f"coalesce(m.{name}, 0) AS {name}" for name in _COUNTS)},
    l.* EXCLUDE (k)
FROM peer_moments m JOIN lengths l ON l.k = m.k {_day("m.opened_t", "z1")} {_day("m.reply_t", "z2")}
{_day("m.first_t", "z3")} {_day("m.last_t", "z4")}
"""


def solvings_sql(spans: int) -> str:
    """Every solving of a ticket."""
    return f"""
    SELECT s.k AS ticket_key, s.began_t AS solved_at, {local_day_sql("s.began_t", "z")} AS solved_day,
        (s.began_t - b.opened_t) // 1000 AS since_made_s,
        ({working_ms_sql("s.began_t", "cb", spans)} - {working_ms_sql("b.opened_t", "ca", spans)}) // 1000
            AS since_made_working_s
    FROM peer_spans s JOIN peer_base b ON b.k = s.k {_day("s.began_t", "z")}
    JOIN calendar ca ON ca.schedule_key = b.schedule_key AND ca.utc_day = {utc_day_sql("b.opened_t")}
    JOIN calendar cb ON cb.schedule_key = b.schedule_key AND cb.utc_day = {utc_day_sql("s.began_t")}
    WHERE s.state = 'solved' AND s.before <> 'solved'
    """


STATE_ROWS = f"""
SELECT k AS ticket_key, state, began_t AS began_at, ended_t AS ended_at FROM peer_spans
WHERE state IN {_OPEN} AND (ended_t IS NULL OR ended_t > began_t)
UNION ALL
SELECT k, 'open', opened_t, first_t FROM peer_moments WHERE NOT has_states
"""

TURN_ROWS = f"""
SELECT u.ticket_key, u.answered_at, {local_day_sql("u.answered_at", "z")} AS answered_day, u.waited_s,
    u.waited_working_s
FROM facts.turns u {_day("u.answered_at", "z")} JOIN peer_base b ON b.k = u.ticket_key WHERE u.answered
"""

ANSWER_ROWS = """
SELECT p.ticket_key, r.kind, r.score, r.scale_max, p.solving_last_day AS solved_day
FROM canon.survey_responses r JOIN facts.tickets f ON f.source = r.source_id AND f.ticket_id = r.ticket_id
JOIN facts.peer_tickets p ON p.ticket_key = f.ticket_key WHERE NOT coalesce(r.is_partial, false)
"""
