"""What the datasets share: whose row it is, which ticket it belongs to, and on which local day it falls."""

from __future__ import annotations

from collections.abc import Iterable

from goalkeeper.calendars import DAY_MS, local_day_sql, utc_day_sql
from goalkeeper.tickets.columns import TEXT, WHOLE, Derived, split

WHO = (
    split("source", "The configured connection it came from"),
    split("channel", "How the customer came"),
    split("brand", "The brand, from the ticket"),
    split("team", "The team, by name where known"),
    split("agent", "The agent"),
    split("topic", "The ticket's topic"),
    split("segment", "The customer's segment"),
    split("plan", "The customer's plan"),
    split("country", "The customer's country"),
)


def who(table: str, *, agent: str, team: str = "NULL", channel: str = "NULL") -> str:
    """The dimensions of a row that names a customer, a ticket, an agent: the row's own first, then its ticket's."""
    return (
        f"{table}.source_id AS source, coalesce({channel}, f.channel) AS channel, f.brand, "
        f"coalesce(m.name, {team}, f.team) AS team, coalesce({agent}, f.agent) AS agent, f.topic, "
        "c.segment, c.plan, c.country"
    )


def links(table: str, team: str = "NULL") -> str:
    return (
        f"LEFT JOIN one_ticket f ON f.source = {table}.source_id AND f.ticket_id = {table}.ticket_id "
        f"{details_of(table)} LEFT JOIN canon.teams m ON m.source_id = {table}.source_id AND m.team_id = {team}"
    )


OVER = "('cancelled', 'expired')"
"""What a subscription that is over is called, and the events that end one."""


def over_at(table: str) -> str:
    """SQL of when a subscription ended: where no end is told, of one that is over, when it was cancelled."""
    cancelled = f"coalesce({table}.cancel_at, {table}.cancelled_at)"
    return f"coalesce({table}.ended_at, CASE WHEN {table}.status IN {OVER} THEN {cancelled} END)"


def person_of(table: str, alias: str = "p", customer: str = "customer_id") -> str:
    """The join that gives a row's customer the person, the same across sources, as ``alias.person``."""
    return (
        f"LEFT JOIN facts.persons {alias} ON {alias}.source = {table}.source_id "
        f"AND {alias}.customer_id = {table}.{customer}"
    )


def millis(moment: str) -> str:
    return f"(epoch_ms({moment}))"


def zone_of(moment: str) -> str:
    return f"LEFT JOIN zone_days z ON z.utc_day = {utc_day_sql(millis(moment))}"


def date_number(date: str) -> str:
    """SQL of a date as days since 1970-01-01."""
    return f"CAST(epoch_ms(CAST({date} AS TIMESTAMP)) // 86400000 AS INTEGER)"


def day_of(moment: str) -> str:
    """SQL of the local day of a moment, on the row that `zone_of` joined."""
    return local_day_sql(millis(moment), "z")


# A source of its own for surveys or calls may name tickets of the help desk: an id that only one source has will do.
_NAME_TICKETS = (
    "interactions", "survey_responses", "survey_invitations", "qa_reviews", "self_service_sessions",
    "subscription_events", "upsells",
)  # fmt: skip


def one_ticket_sql(tables: Iterable[str] = _NAME_TICKETS) -> str:
    """The query of the ticket that an id means, by the source of a row of these tables that names it."""
    sources = " UNION ALL ".join(f"SELECT source_id FROM canon.{table}" for table in tables)
    return f"""
SELECT source, ticket_id, ticket_key, channel, brand, team, agent, topic FROM facts.tickets
UNION ALL
SELECT s.source_id, t.ticket_id, t.ticket_key, t.channel, t.brand, t.team, t.agent, t.topic
FROM (SELECT DISTINCT source_id FROM ({sources})) s
CROSS JOIN (SELECT ticket_id, any_value(ticket_key) AS ticket_key, any_value(channel) AS channel,
            any_value(brand) AS brand, any_value(team) AS team, any_value(agent) AS agent, any_value(topic) AS topic
            FROM facts.tickets GROUP BY ticket_id HAVING count(*) = 1) t
WHERE s.source_id NOT IN (SELECT DISTINCT source FROM facts.tickets)
"""


ONE_TICKET = f"CREATE OR REPLACE TEMP VIEW one_ticket AS {one_ticket_sql()}"

# The same for agents: the phone's list of shifts may speak of the help desk's people.
ONE_AGENT = """
CREATE OR REPLACE TEMP VIEW one_agent AS
WITH listed AS (
    SELECT a.source_id AS source, a.agent_id, a.source_id || ':' || a.agent_id AS who, a.hired_on, a.left_on,
        a.team_id, coalesce(m.name, a.team_id) AS team,
        coalesce(a.is_bot, false) OR coalesce(a.role = 'bot', false) AS is_bot
    FROM canon.agents a LEFT JOIN canon.teams m ON m.source_id = a.source_id AND m.team_id = a.team_id
)
SELECT * FROM listed
UNION ALL
SELECT s.source_id, l.agent_id, l.who, l.hired_on, l.left_on, l.team_id, l.team, l.is_bot
FROM (SELECT DISTINCT source_id FROM (SELECT source_id FROM canon.interactions UNION ALL
      SELECT source_id FROM canon.agent_shifts UNION ALL SELECT source_id FROM canon.survey_responses UNION ALL
      SELECT source_id FROM canon.trainings UNION ALL SELECT source_id FROM canon.qa_reviews UNION ALL
      SELECT source_id FROM canon.training_assignments UNION ALL SELECT source_id FROM canon.agent_costs)) s
CROSS JOIN (SELECT * FROM listed QUALIFY count(*) OVER (PARTITION BY agent_id) = 1) l
WHERE s.source_id NOT IN (SELECT DISTINCT source FROM listed)
"""

# How many working days of the first schedule lie up to each UTC day.
WORKING_DAYS = """
CREATE OR REPLACE TEMP TABLE working_days AS
SELECT utc_day, sum(CASE WHEN after_ms > before_ms THEN 1 ELSE 0 END) OVER (ORDER BY utc_day) AS nth
FROM (SELECT utc_day, before_ms, LEAD(before_ms) OVER (ORDER BY utc_day) AS after_ms FROM calendar
      WHERE schedule_key = 0)
"""

PERSON = (
    split("source", "The configured connection it came from"),
    split("segment", "The customer's segment"),
    split("plan", "The customer's plan"),
    split("country", "The customer's country"),
)
CUSTOMER = Derived("customer", TEXT, "The person, the same in all sources; by source where no list names the customer")
BUCKET = Derived("bucket", WHOLE, "The piece of the customers, from 0 to 999, that the customer is in for good")


def customer_key(table: str) -> str:
    """SQL of a customer's key, as in ``facts.persons``."""
    return f"{table}.source_id || ':' || {table}.customer_id"


def person(table: str) -> str:
    """The dimensions of a row that names a customer, and the customer; on what `details_of` joined."""
    return f"{table}.source_id AS source, c.segment, c.plan, c.country, {customer(table)} AS customer"


def customer(table: str) -> str:
    """SQL of the customer across sources, on what `details_of` joined."""
    return f"coalesce(c.person, {customer_key(table)})"


def details_of(table: str) -> str:
    return f"LEFT JOIN facts.customers c ON c.customer = {customer_key(table)}"


def bucket(person: str) -> str:
    """SQL of the piece, from 0 to 999, that a customer is put in for good."""
    return f"CAST('0x' || left(md5({person}), 8) AS BIGINT) % 1000"


def merged(rows: str, keys: str, extra: str = "") -> str:
    """SQL of the spans of ``rows`` (``a`` up to ``b``, NULL while it lasts), those that touch or overlap made one.

    Its columns are the keys, a, b, and ``extra``, aggregates over the rows that were made one.
    """
    before = f"PARTITION BY {keys} ORDER BY a ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"
    return f"""
    SELECT {keys}, min(a) AS a, CASE WHEN bool_or(b IS NULL) THEN NULL ELSE max(b) END AS b{extra and ", "}{extra}
    FROM (SELECT *, sum(fresh) OVER (PARTITION BY {keys} ORDER BY a, fresh DESC ROWS UNBOUNDED PRECEDING) AS island
          FROM (SELECT *, CASE WHEN a <= max(coalesce(b, {NEVER})) OVER ({before}) THEN 0 ELSE 1 END AS fresh
                FROM {rows}))
    GROUP BY {keys}, island
    """


NEVER = 1 << 62


# What of a UTC day lies in a local day, at one offset: a local day in which the clock changes has several pieces.
_PIECES = f"""(
    SELECT utc_day, day, greatest(a, day * {DAY_MS} - ahead) AS from_t, least(b, (day + 1) * {DAY_MS} - ahead) AS to_t
    FROM (SELECT *, unnest([utc_day - 1, utc_day, utc_day + 1]) AS day FROM (
        SELECT utc_day::BIGINT AS utc_day, utc_day::BIGINT * {DAY_MS} AS a,
            utc_day::BIGINT * {DAY_MS} + switch_ms AS b, offset_before_ms AS ahead FROM zone_days
        UNION ALL
        SELECT utc_day, utc_day::BIGINT * {DAY_MS} + switch_ms, (utc_day::BIGINT + 1) * {DAY_MS}, offset_after_ms
        FROM zone_days)))"""


def cut_at_midnights(rows: str, keys: str) -> str:
    """SQL of the spans of ``rows`` (``a`` up to ``b``, in milliseconds), cut at the local midnights.

    Its columns are the keys, day, the local day of the piece, and the piece's own a and b.
    """
    return f"""
    SELECT {keys}, CAST(day AS INTEGER) AS day, greatest(a, from_t) AS a, least(b, to_t) AS b
    FROM (SELECT *, unnest(range({utc_day_sql("a")}, {utc_day_sql("b - 1")} + 1)) AS utc_day FROM {rows})
    JOIN {_PIECES} USING (utc_day) WHERE greatest(a, from_t) < least(b, to_t)
    """
