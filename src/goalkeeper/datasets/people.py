"""The team behind the service: who is there, what they work, what they learn, and how their work is judged."""

from __future__ import annotations

from goalkeeper.calendars import DAY_MS
from goalkeeper.datasets.dataset import NUMBER, Dataset
from goalkeeper.datasets.joins import cut_at_midnights, date_number, day_of, merged, millis, zone_of
from goalkeeper.tickets.columns import DAY, FLAG, MOMENT, SECONDS, TEXT, WHOLE, Derived, split

_SOURCE = split("source", "The configured connection it came from")
_TEAM = split("team", "The agent's team, by name where known")
_AGENT = split("agent", "The agent")


def _midnight(day: str, zone: str) -> str:
    """SQL of the instant at which a local day begins, on its row of ``zone_days``; UTC's outside of what is known."""
    return f"epoch_ms(CAST({day} AS TIMESTAMP)) - coalesce({zone}.offset_before_ms, 0)"


def _zone_of_day(day: str, alias: str) -> str:
    return f"LEFT JOIN zone_days {alias} ON {alias}.utc_day = {date_number(day)}"


_AFTER = "a.left_on + INTERVAL 1 DAY"


_KNOWN_DAY = f"CAST(u.t // {DAY_MS} AS INTEGER)"


AGENT_SPAN_COLUMNS = (
    _SOURCE,
    _TEAM,
    Derived("opened_at", MOMENT, "The first day of work"),
    Derived("ended_at", MOMENT, "The day after the last; NULL while the agent is there"),
    Derived("left_out", TEXT, "bot, or no first day known; NULL if counted"),
)
AGENT_SPANS = f"""
SELECT a.source_id AS source, coalesce(m.name, a.team_id) AS team, {_midnight("a.hired_on", "h")} AS opened_at,
    {_midnight(_AFTER, "l")} AS ended_at,
    CASE WHEN coalesce(a.is_bot, false) OR a.role IN ('bot', 'light') THEN 'bot or light user'
         WHEN a.hired_on IS NULL THEN 'no first day known' END AS left_out
FROM canon.agents a LEFT JOIN canon.teams m ON m.source_id = a.source_id AND m.team_id = a.team_id
{_zone_of_day("a.hired_on", "h")} {_zone_of_day(_AFTER, "l")}
"""

AGENT_DAY_COLUMNS = (
    _TEAM,
    _AGENT,
    Derived("worked_day", DAY, "The local day"),
    Derived("worked_s", SECONDS, "Time worked on that day, also in a shift that began on the day before"),
    Derived("staffed_s", SECONDS, "Time handling contacts or free for them; the time worked where that is not logged"),
    Derived("handle_s", SECONDS, "Talk, hold and after-contact work of calls and chats"),
    Derived("overtime_s", SECONDS, "Time worked outside the planned shifts; NULL where none are planned"),
    Derived("contacts", WHOLE, "Calls and chats answered, and tickets solved without one"),
    Derived("left_out", TEXT, "no working hours known; NULL if counted"),
)
# Shifts of one kind that overlap are one, and each local day has what of them lies in it.
AGENT_DAYS = f"""
WITH shifts AS (
    SELECT a.who, s.kind, {millis("s.started_at")} AS a, {millis("s.ended_at")} AS b
    FROM canon.agent_shifts s JOIN one_agent a ON a.source = s.source_id AND a.agent_id = s.agent_id
    WHERE s.kind IN ('scheduled', 'worked', 'available') AND s.started_at <= now()
), stretches AS (
    {merged("shifts", "who, kind", "count(*) AS shifts")}
), parts AS (
    {cut_at_midnights("stretches", "who, kind")}
), inside AS (
    SELECT w.who, w.day, sum(least(w.b, p.b) - greatest(w.a, p.a)) AS ms
    FROM parts w JOIN parts p ON p.who = w.who AND p.day = w.day AND p.kind = 'scheduled' AND p.a < w.b AND p.b > w.a
    WHERE w.kind = 'worked' GROUP BY w.who, w.day
), hours AS (
    SELECT who, day, sum(b - a) FILTER (kind = 'worked') AS worked_ms, sum(b - a) FILTER (kind = 'available') AS free_ms
    FROM parts WHERE kind IN ('worked', 'available') GROUP BY who, day
), planners AS (
    SELECT DISTINCT who FROM shifts WHERE kind = 'scheduled'
), done AS (
    SELECT who, day, sum(handle_s) AS handle_s, sum(contacts) AS contacts FROM (
        SELECT a.who, c.started_day AS day, c.handle_s, 1 AS contacts FROM facts.calls c
        JOIN one_agent a ON a.source = c.source AND a.agent_id = c.agent WHERE c.answered AND c.left_out IS NULL
        UNION ALL
        SELECT a.who, f.solved_day, NULL, 1 FROM facts.tickets f
        JOIN one_agent a ON a.source = f.source AND a.agent_id = f.agent
        WHERE f.left_out IS NULL AND f.resolved AND f.calls = 0 AND f.replies > 0
    ) GROUP BY who, day
)
SELECT n.team, n.agent_id AS agent, coalesce(h.day, d.day) AS worked_day,
    CAST(h.worked_ms // 1000 AS BIGINT) AS worked_s,
    CAST(coalesce(h.free_ms // 1000 + coalesce(d.handle_s, 0), h.worked_ms // 1000) AS BIGINT) AS staffed_s,
    CAST(coalesce(d.handle_s, 0) AS BIGINT) AS handle_s,
    CASE WHEN p.who IS NOT NULL THEN CAST((h.worked_ms - coalesce(i.ms, 0)) // 1000 AS BIGINT) END AS overtime_s,
    coalesce(d.contacts, 0) AS contacts,
    CASE WHEN h.who IS NULL THEN 'no working hours known' END AS left_out
FROM hours h FULL JOIN done d ON d.who = h.who AND d.day = h.day
JOIN (SELECT DISTINCT ON (who) who, agent_id, team, is_bot FROM one_agent ORDER BY who, source) n
    ON n.who = coalesce(h.who, d.who)
LEFT JOIN inside i ON i.who = h.who AND i.day = h.day LEFT JOIN planners p ON p.who = h.who
WHERE NOT n.is_bot
"""

COURSE_COLUMNS = (
    _SOURCE,
    _TEAM,
    split("course", "The course or certificate"),
    Derived("due_day", DAY, "The day it is due"),
    Derived("completed", FLAG, "Completed and passed by that day"),
    Derived("completed_late", FLAG, "Completed and passed at all"),
    Derived("is_open", FLAG, "It is not due yet"),
    Derived("left_out", TEXT, "no longer there; NULL if counted"),
)
_TRAININGS = f"""(
    SELECT t.*, make_date({day_of("t.completed_at")}) AS completed_on FROM canon.trainings t {zone_of("t.completed_at")}
)"""
COURSES_DUE = f"""
WITH due AS (
    SELECT r.source_id, a.agent_id, r.training_id, r.due_on FROM canon.training_requirements r
    JOIN canon.agents a ON a.source_id = r.source_id AND a.team_id = r.team_id
    WHERE NOT coalesce(a.is_bot, false) AND (a.hired_on IS NULL OR a.hired_on <= r.due_on)
    UNION
    SELECT source_id, agent_id, training_id, due_on FROM canon.training_assignments
), taken AS (
    SELECT d.source_id, d.agent_id, d.training_id, d.due_on, min(t.completed_on) AS taken_on FROM due d
    JOIN {_TRAININGS} t ON t.source_id = d.source_id AND t.agent_id = d.agent_id AND t.training_id = d.training_id
    WHERE coalesce(t.passed, true) AND (t.expires_on IS NULL OR t.expires_on >= d.due_on)
    GROUP BY d.source_id, d.agent_id, d.training_id, d.due_on
)
SELECT d.source_id AS source, a.team, d.training_id AS course, {date_number("d.due_on")} AS due_day,
    coalesce(t.taken_on <= d.due_on, false) AS completed, t.taken_on IS NOT NULL AS completed_late,
    {date_number("d.due_on")} > {_KNOWN_DAY} AS is_open,
    CASE WHEN a.left_on < d.due_on THEN 'no longer there' END AS left_out
FROM due d LEFT JOIN one_agent a ON a.source = d.source_id AND a.agent_id = d.agent_id
LEFT JOIN taken t ON t.source_id = d.source_id AND t.agent_id = d.agent_id AND t.training_id = d.training_id
    AND t.due_on = d.due_on
CROSS JOIN known_until u
"""

TOPIC_MONTH_COLUMNS = (
    split("topic", "The topic of tickets handled in the month"),
    Derived("month_day", DAY, "The last day of the month"),
    Derived("tickets", WHOLE, "How many tickets the topic had"),
    Derived("certified", WHOLE, "Agents with a certificate on it that held at the end of the month"),
    Derived("is_open", FLAG, "The month is not over"),
    Derived("left_out", TEXT, "Always NULL"),
)
TOPIC_MONTHS = f"""
WITH handled AS (
    SELECT topic, last_day(make_date(f.created_day)) AS ends_on, count(*) AS tickets FROM facts.tickets f
    WHERE f.left_out IS NULL AND topic IS NOT NULL GROUP BY ALL
), certified AS (
    SELECT h.topic, h.ends_on, count(DISTINCT a.who) AS certified FROM handled h
    JOIN {_TRAININGS} t ON t.topic = h.topic AND t.kind = 'certification' AND coalesce(t.passed, true)
        AND t.completed_on <= h.ends_on
        AND (t.expires_on IS NULL OR t.expires_on >= h.ends_on)
    JOIN one_agent a ON a.source = t.source_id AND a.agent_id = t.agent_id
        AND (a.left_on IS NULL OR a.left_on >= h.ends_on)
    GROUP BY h.topic, h.ends_on
)
SELECT h.topic, {date_number("h.ends_on")} AS month_day, h.tickets, coalesce(c.certified, 0) AS certified,
    {date_number("h.ends_on")} > {_KNOWN_DAY} AS is_open, NULL::VARCHAR AS left_out
FROM handled h LEFT JOIN certified c ON c.topic = h.topic AND c.ends_on = h.ends_on CROSS JOIN known_until u
WHERE EXISTS (SELECT 1 FROM canon.trainings WHERE kind = 'certification' AND topic IS NOT NULL)
"""

QA_COLUMNS = (
    _SOURCE,
    _TEAM,
    _AGENT,
    split("channel", "The channel of the ticket judged"),
    split("topic", "Its topic"),
    split("rubric", "The list of questions"),
    Derived("reviewed_day", DAY, "The local day of the judgement"),
    Derived("points", NUMBER, "The points given, of 100 possible"),
    Derived("passed", FLAG, "Good enough by the rubric"),
    Derived("left_out", TEXT, "picked by hand; NULL if counted"),
)
_POINTS = "100.0 * (q.score - q.scale_min) / (q.scale_max - q.scale_min)"
QA = f"""
SELECT q.source_id AS source, coalesce(a.team, f.team) AS team, coalesce(q.agent_id, f.agent) AS agent, f.channel,
    f.topic, q.rubric, {day_of("q.reviewed_at")} AS reviewed_day, {_POINTS} AS points, q.passed,
    CASE WHEN NOT coalesce(q.sampled_at_random, false) THEN 'picked by hand' END AS left_out
FROM canon.qa_reviews q LEFT JOIN one_ticket f ON f.source = q.source_id AND f.ticket_id = q.ticket_id
LEFT JOIN one_agent a ON a.source = q.source_id AND a.agent_id = q.agent_id {zone_of("q.reviewed_at")}
"""

QA_PAIR_COLUMNS = (
    _SOURCE,
    _TEAM,
    split("rubric", "The list of questions"),
    Derived("reviewed_day", DAY, "The local day of the second judgement"),
    Derived("first_band", NUMBER, "The first reviewer's fifth of the points, 1 to 5"),
    Derived("second_band", NUMBER, "The second reviewer's"),
    Derived("left_out", TEXT, "Always NULL"),
)
QA_PAIRS = f"""
WITH judged AS (
    SELECT q.source_id, q.rubric, q.reviewer_id, q.reviewed_at, q.review_id, q.agent_id,
        coalesce(q.ticket_id, 'call ' || q.interaction_id) AS what, least(5, 1 + floor({_POINTS} / 20)) AS band
    FROM canon.qa_reviews q WHERE q.reviewer_id IS NOT NULL
), placed AS (
    SELECT *, row_number() OVER (PARTITION BY source_id, what, rubric ORDER BY reviewed_at, review_id) AS place
    FROM (SELECT * FROM judged QUALIFY row_number() OVER (
        PARTITION BY source_id, what, rubric, reviewer_id ORDER BY reviewed_at, review_id) = 1)
)
SELECT q.source_id AS source, a.team, q.rubric, {day_of("q.reviewed_at")} AS reviewed_day, e.band AS first_band,
    q.band AS second_band, NULL::VARCHAR AS left_out
FROM placed q JOIN placed e ON e.source_id = q.source_id AND e.what = q.what AND e.rubric IS NOT DISTINCT FROM q.rubric
    AND e.place = 1 AND q.place = 2
LEFT JOIN one_agent a ON a.source = q.source_id AND a.agent_id = q.agent_id {zone_of("q.reviewed_at")}
"""

FAILURE_COLUMNS = (
    _SOURCE,
    split("cause", "Why it happened"),
    Derived("failed_day", DAY, "The local day"),
    Derived("shared", FLAG, "The lesson was written up and shared within 30 days"),
    Derived("repeated", FLAG, "The same cause was recorded in the 365 days before"),
    Derived("is_open", FLAG, "The 30 days are not over"),
    Derived("left_out", TEXT, "Always NULL"),
)
FAILURES = f"""
SELECT r.source_id AS source, r.cause, {day_of("r.occurred_at")} AS failed_day,
    coalesce(r.shared_at <= r.occurred_at + INTERVAL 30 DAY, false) AS shared,
    r.cause IS NOT NULL AND coalesce(
        r.occurred_at - LAG(r.occurred_at) OVER (PARTITION BY r.cause ORDER BY r.occurred_at, r.failure_id)
        <= INTERVAL 365 DAY, false) AS repeated,
    {millis("r.occurred_at")} + {30 * DAY_MS} > u.t AS is_open, NULL::VARCHAR AS left_out
FROM canon.failures r {zone_of("r.occurred_at")} CROSS JOIN known_until u
"""

PEOPLE = (
    Dataset("agent_spans", "agents", "facts.agent_spans", AGENT_SPAN_COLUMNS, query=AGENT_SPANS, reads=("agents",)),
    Dataset(
        "agent_days",
        "days of agents",
        "facts.agent_days",
        AGENT_DAY_COLUMNS,
        query=AGENT_DAYS,
        reads=("agent_shifts", "agents", "interactions", "teams"),
    ),
    Dataset(
        "courses_due",
        "courses due",
        "facts.courses_due",
        COURSE_COLUMNS,
        query=COURSES_DUE,
        reads=("training_requirements", "training_assignments", "trainings", "agents", "teams"),
    ),
    Dataset(
        "topic_months",
        "topics a month",
        "facts.topic_months",
        TOPIC_MONTH_COLUMNS,
        query=TOPIC_MONTHS,
        reads=("trainings", "agents"),
    ),
    Dataset("qa", "judgements", "facts.qa", QA_COLUMNS, query=QA, reads=("qa_reviews", "agents", "teams")),
    Dataset(
        "qa_pairs",
        "double judgements",
        "facts.qa_pairs",
        QA_PAIR_COLUMNS,
        query=QA_PAIRS,
        reads=("qa_reviews", "agents", "teams"),
    ),
    Dataset("failures", "failures", "facts.failures", FAILURE_COLUMNS, query=FAILURES, reads=("failures",)),
)
