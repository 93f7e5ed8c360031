"""Self-service: visits to the help centre and the bot, beside the tickets that were written all the same."""

from __future__ import annotations

from goalkeeper.calendars import DAY_MS
from goalkeeper.datasets.dataset import Dataset
from goalkeeper.datasets.joins import day_of, millis, person_of, zone_of
from goalkeeper.tickets.columns import DAY, FLAG, TEXT, Derived, split

HELP_REQUEST_COLUMNS = (
    split("source", "The configured connection it came from"),
    split("topic", "What was looked for, or the ticket's topic"),
    split("brand", "The brand, of a ticket"),
    Derived("asked_day", DAY, "The local day of the visit, or on which the ticket was made"),
    Derived("is_ticket", FLAG, "A ticket, not a visit"),
    Derived("answered", FLAG, "The visitor got an answer; the source says so, or articles were opened"),
    Derived("followed", FLAG, "A ticket or a human followed within 24 hours"),
    Derived("is_known", FLAG, "The visitor is known, so that a ticket of theirs would show"),
    Derived("is_open", FLAG, "The 24 hours after the visit or the ticket are not over"),
    Derived("left_out", TEXT, "Why the ticket is not counted; NULL if counted"),
)

# Who wrote a ticket minutes after looking did not find the answer, so the ticket stands for both.
HELP_REQUESTS = f"""
WITH asked AS (
    SELECT p.person, f.created_at FROM facts.tickets f JOIN facts.persons p ON p.customer = f.customer
    WHERE f.started_by_customer
), visits AS (
    SELECT s.source_id, s.session_id, s.reason, s.started_at, p.person,
        coalesce(s.answered, s.resolved, s.ended_in = 'resolved_click' OR s.articles_viewed > 0, false) AS answered,
        s.contacted_ticket_id IS NOT NULL OR coalesce(s.ended_in = 'contact', false) OR coalesce(s.handed_off, false)
            AS contacted
    FROM canon.self_service_sessions s {person_of("s")}
), followed AS (
    SELECT DISTINCT v.source_id, v.session_id FROM visits v JOIN asked a ON a.person = v.person
    AND a.created_at BETWEEN {millis("v.started_at")} AND {millis("v.started_at")} + {DAY_MS}
)
SELECT v.source_id AS source, v.reason AS topic, NULL::VARCHAR AS brand, {day_of("v.started_at")} AS asked_day,
    false AS is_ticket, v.answered, v.contacted OR w.session_id IS NOT NULL AS followed,
    v.person IS NOT NULL AS is_known,
    {millis("v.started_at")} + {DAY_MS} > u.t AS is_open, NULL::VARCHAR AS left_out
FROM visits v {zone_of("v.started_at")} CROSS JOIN known_until u
LEFT JOIN followed w ON w.source_id = v.source_id AND w.session_id = v.session_id
"""
VISITS_AND_TICKETS = f"""(
    SELECT {", ".join(column.name for column in HELP_REQUEST_COLUMNS)} FROM facts.help_requests
    UNION ALL
    SELECT source, topic, brand, created_day, true, NULL, NULL, true, created_at + {DAY_MS} > horizon_at,
        coalesce(left_out, CASE WHEN NOT started_by_customer THEN 'started by the company' END)
    FROM facts.tickets)"""

SELF_SERVICE = (
    Dataset(
        "help_requests",
        "visits and tickets",
        VISITS_AND_TICKETS,
        HELP_REQUEST_COLUMNS,
        query=HELP_REQUESTS,
        reads=("self_service_sessions",),
    ),
)
