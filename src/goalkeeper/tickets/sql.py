"""The SQL of the facts, in the subset that DuckDB and Spark read alike: CASE, sums, LAG and LEAD, whole numbers.

Moments are BIGINT milliseconds. A span on a clock is the difference of two readings, so time in a state is the sum of
the readings at which it was left minus those at which it was entered: one LAG, no pairing of rows. Inputs are the
views ``events_in`` and ``tickets_in`` of refresh.py; ``{mine}`` bounds a chunk of ticket keys.
"""

from __future__ import annotations

from dataclasses import dataclass

from goalkeeper.calendars import local_day_sql, utc_day_sql
from goalkeeper.tickets.columns import seconds

# What an event is. States: 1 new, 2 open, 3 pending, 4 on hold, 5 solved, 6 closed. Public messages of human agents, of
# the customer and of bots; notes; moves to a team, to an agent, and either where it is told from where; escalations.
WAITING, SOLVED, CLOSED = "(1, 2, 4)", 5, 6
AGENT, CUSTOMER, BOT, NOTE, TEAM, ASSIGNED, HANDED, ESCALATED = 11, 12, 13, 14, 15, 16, 17, 18


@dataclass(frozen=True, slots=True)
class Order:
    """The windows in which a ticket's events stand in order: those of the events, and of rows numbered ``i`` after.

    ``number`` numbers the events; ``ids`` are the columns that only the sorting needs.
    """

    events: str
    numbered: str
    number: str
    ids: str = ", event_id"


def _sorted(events: str, numbered: str) -> Order:
    return Order(events, numbered, f"ROW_NUMBER() OVER ({events})")


# One sort of a whole chunk costs less in DuckDB than one a ticket; rows that stand in order cost none at all.
SORTED = _sorted("ORDER BY k, t, seq, event_id", "ORDER BY k, i")
AS_STORED = Order("", "", "rowid", "")
BY_TICKET = _sorted("PARTITION BY k ORDER BY k, t, seq, event_id", "PARTITION BY k ORDER BY i")

# A chunk's events as numbers, whose texts are compared once. DuckDB reads only the rows of a range of codes, but all
# rows for a list of words.
EVENT_CODES = f"""
SELECT k, t, seq,
    CASE WHEN type = 'reply' AND is_public
         THEN CASE actor_type WHEN 'customer' THEN {CUSTOMER} WHEN 'agent' THEN {AGENT} WHEN 'bot' THEN {BOT} END
         WHEN type = 'status'
         THEN CASE new_value WHEN 'new' THEN 1 WHEN 'open' THEN 2 WHEN 'pending' THEN 3 WHEN 'on_hold' THEN 4
                  WHEN 'solved' THEN {SOLVED} WHEN 'closed' THEN {CLOSED} END
         WHEN type IN ('note', 'reply') THEN {NOTE}
         WHEN type IN ('team', 'assign') AND old_value IS NOT NULL THEN {HANDED}
         WHEN type = 'team' THEN {TEAM} WHEN type = 'assign' THEN {ASSIGNED}
         WHEN type = 'escalation' THEN {ESCALATED} END AS code,
    CASE WHEN actor_type = 'agent' AND type = 'reply' AND is_public THEN actor_id END AS person,
    actor_type NOT IN ('system', 'bot') AS by_person{{order.ids}}
FROM {{events}} WHERE {{mine}}
"""

# How often an event stands before the one it came after, and how often two came at once: then their ids decide.
ORDER_OF_EVENTS = f"""
SELECT count(CASE WHEN k < k_before OR k = k_before AND (t < t_before OR t = t_before AND seq < seq_before) THEN 1 END),
    count(CASE WHEN k = k_before AND t = t_before AND seq = seq_before THEN 1 END)
FROM (
    SELECT k, t, seq, LAG(k) OVER () AS k_before, LAG(t) OVER () AS t_before, LAG(seq) OVER () AS seq_before
    FROM event_codes WHERE code <= {CUSTOMER})
"""
ORDER_OF_IDS = """
SELECT count(*) FROM (
    SELECT k, t, seq, event_id, LAG(k) OVER () AS k_before, LAG(t) OVER () AS t_before, LAG(seq) OVER () AS seq_before,
        LAG(event_id) OVER () AS id_before
    FROM events_in WHERE {mine} AND type IN ('reply', 'status'))
WHERE k = k_before AND t = t_before AND seq = seq_before AND event_id < id_before
"""

# Runs of customer messages after another side spoke, each with the next agent's reply. A ticket that a customer opened
# begins with a customer's run, which is not among them.
TURNS_AT = f"""
WITH messages AS (
    SELECT k, t, code AS v, {{order.number}} AS i, LAG(k) OVER ({{order.events}}) AS before_k,
           LAG(code) OVER ({{order.events}}) AS p
    FROM event_codes WHERE code BETWEEN {AGENT} AND {CUSTOMER}
), sides AS (
    SELECT k, t, v, i, before_k, LEAD(k) OVER ({{order.numbered}}) AS after_k,
           LEAD(t) OVER ({{order.numbered}}) AS after_t
    FROM messages WHERE before_k IS NULL OR before_k <> k OR p <> v
)
SELECT k, t, i, CASE WHEN after_k = k THEN after_t END AS answered_t
FROM sides WHERE v = {CUSTOMER} AND (before_k = k OR k IN (SELECT k FROM tickets_in WHERE NOT started_by_customer))
"""

# Where the company wrote first, the customer's first run is what the first response answers.
_FIRST_TURNS = (
    "(SELECT y.k, MIN(y.i) AS i FROM turns_at y JOIN tickets_in o ON o.k = y.k "
    "WHERE NOT o.started_by_customer GROUP BY y.k)"
)

# Where the state changes; a ticket's first status event is among them even if it changes nothing. The state before is
# new. Events may come up to a minute before their ticket is made: they count as if at that moment. Deleted, merged and
# spam are no states of the work.
STATE_CHANGES = f"""
WITH states AS (
    SELECT k, t, code AS v, by_person, {{order.number}} AS i, LAG(k) OVER ({{order.events}}) AS before_k,
           LAG(code) OVER ({{order.events}}) AS before_v
    FROM event_codes WHERE code <= {CLOSED}
), changes AS (
    SELECT k, t, v, CASE WHEN before_k = k THEN before_v ELSE 1 END AS p, i, by_person
    FROM states WHERE before_k IS NULL OR before_k <> k OR before_v <> v
), clipped AS (
    SELECT c.k, GREATEST(c.t, x.contact_t) AS t, c.v, c.p, c.i, c.by_person, x.schedule_key
    FROM changes c JOIN tickets_in x ON x.k = c.k
)
SELECT c.k, c.t, c.v, c.p, c.i, c.by_person, {{working}} AS w FROM clipped c {{calendar}}
"""

# Each time a ticket was taken back from solved or closed, with the moments it was done before and again.
REOPENINGS = f"""
SELECT k, t, by_person, done_since, done_t FROM (
    SELECT k, t, v, by_person, LAG(t) OVER (PARTITION BY k ORDER BY i) AS done_since,
           LEAD(t) OVER (PARTITION BY k ORDER BY i) AS done_t
    FROM state_changes
    WHERE (v < {SOLVED}) <> (p < {SOLVED}) AND k IN (SELECT k FROM state_changes WHERE v < {SOLVED} AND p >= {SOLVED})
) WHERE v < {SOLVED}
"""


def _left(states: str, clock: str) -> str:
    """Readings at which the states were left minus those at which they were entered.

    The cast matters: DuckDB sums to 128 bits, whose divisions cost more than all the rest of the row.
    """
    return (
        f"CAST(SUM(CASE WHEN p IN {states} AND v NOT IN {states} THEN {clock} "
        f"WHEN v IN {states} AND p NOT IN {states} THEN -{clock} END) AS BIGINT)"
    )


def _so_far(states: str, name: str, clock: str, since: str = "") -> str:
    """Seconds in the states, up to the horizon where the ticket still is in one of them; NULL without any state."""
    now = f"CASE WHEN f.state IN {states} THEN f.horizon_{clock} ELSE 0 END"
    return f"CASE WHEN f.has_states THEN {seconds(f'f.{name}_{clock}{since} + {now}')} END"


def _when(test: str, clock: str = "t", pick: str = "MIN") -> str:
    return f"{pick}(CASE WHEN {test} THEN {clock} END)"


def _count(test: str) -> str:
    return f"COUNT(CASE WHEN {test} THEN 1 END)"


def _zone(moment: str, alias: str) -> str:
    return f"LEFT JOIN zone_days {alias} ON {alias}.utc_day = {utc_day_sql(moment)}"


_SOLVING = f"v = {SOLVED} AND p < {SOLVED}"
_REOPENING = f"v < {SOLVED} AND p >= {SOLVED}"

# What only some tickets have is counted over these alone: the width of the groups is what costs. Every ticket is among
# ``tickets_in``; an inner join to it would let DuckDB expect a fifth of the rows, and hash the wide side in each join.
TICKET_FACTS = f"""
WITH helped AS (
    SELECT k, MIN(t) AS answered_t, COUNT(*) AS replies, MIN(person) AS one_person, MAX(person) AS another,
           COUNT(person) AS named
    FROM event_codes WHERE code = {AGENT} GROUP BY k
), talked AS (
    SELECT k, {_count(f"code = {CUSTOMER}")} AS customer_messages, {_count(f"code = {BOT}")} AS bot_replies,
           {_count(f"code = {NOTE}")} AS notes
    FROM event_codes WHERE code BETWEEN {CUSTOMER} AND {NOTE} GROUP BY k
), crowds AS (
    SELECT k, COUNT(*) AS people FROM (
        SELECT DISTINCT e.k, e.person FROM event_codes e
        JOIN (SELECT k FROM helped WHERE replies > 2 AND one_person <> another) c ON c.k = e.k
        WHERE e.code = {AGENT}) GROUP BY k
), turned AS (
    SELECT y.k, y.t AS turned_t, y.answered_t FROM turns_at y JOIN {_FIRST_TURNS} f ON f.k = y.k AND f.i = y.i
), worked AS (
    SELECT k, {_when(_SOLVING)} AS first_t, {_when(_SOLVING, "w")} AS first_w,
           {_when(f"v = {CLOSED}", "t", "MAX")} AS closed_t, {_when(f"v >= {SOLVED}")} AS done_t,
           MAX(i * 8 + v) % 8 AS state,
           {_left(WAITING, "t")} AS wait_t, {_left(WAITING, "w")} AS wait_w,
           {_left("(3)", "t")} AS pend_t, {_left("(3)", "w")} AS pend_w
    FROM state_changes GROUP BY k
), held AS (
    SELECT k, {_left("(4)", "t")} AS hold_t, {_left("(4)", "w")} AS hold_w
    FROM state_changes WHERE v = 4 OR p = 4 GROUP BY k
), again AS (
    SELECT k, {_when(_SOLVING, "t", "MAX")} AS last_t, {_when(_SOLVING, "w", "MAX")} AS last_w,
           -- odd where it was not reopened after it was closed
           MAX(CASE WHEN v = {CLOSED} THEN i * 2 + 1 WHEN {_REOPENING} THEN i * 2 END) AS closing,
           -- how it was last done: odd where by solving
           {_when(f"v >= {SOLVED} AND p < {SOLVED}", f"i * 2 + CASE WHEN v = {SOLVED} THEN 1 ELSE 0 END", "MAX")}
               AS entry
    FROM state_changes WHERE k IN (SELECT k FROM reopenings) GROUP BY k
), returned AS (
    SELECT k, COUNT(*) AS reopens, MIN(t) AS reopened_t FROM reopenings
    WHERE by_person AND t - done_since >= {{grace}} GROUP BY k
), escalations AS (
    SELECT DISTINCT k FROM event_codes WHERE code = {ESCALATED}
), hands AS (
    SELECT e.k, type, new_value AS v,
           COALESCE(old_value, LAG(new_value) OVER (PARTITION BY e.k, type ORDER BY t, seq, event_id)) AS p
    FROM events_in e
    JOIN (SELECT k FROM event_codes WHERE code BETWEEN {TEAM} AND {HANDED} GROUP BY k
          HAVING COUNT(*) > 2 OR MAX(code) = {HANDED} OR COUNT(*) = 2 AND MIN(code) = MAX(code)) h ON h.k = e.k
    WHERE {{mine_e}} AND type IN ('team', 'assign')
), passed AS (
    SELECT h.k, SUM(CASE WHEN h.type = 'team' THEN 1 ELSE 0 END) AS transfers,
           SUM(CASE WHEN h.type = 'assign' THEN 1 ELSE 0 END) AS reassignments,
           MAX(CASE WHEN h.type = 'team' AND s.team IS NOT NULL AND f.team IS NULL THEN 1 ELSE 0 END) AS specialist
    FROM hands h JOIN tickets_in x ON x.k = h.k LEFT JOIN specialists s ON s.team = h.v AND s.source_id = x.source_id
    LEFT JOIN specialists f ON f.team = h.p AND f.source_id = x.source_id
    WHERE h.p IS NOT NULL AND h.v IS NOT NULL AND h.p <> h.v GROUP BY h.k
), joined AS (
    SELECT d.*, x.started_by_customer, x.schedule_key, x.contact_t, x.contact_w, x.created_day, x.horizon_t,
           x.horizon_w, l.k IS NOT NULL OR COALESCE(p.specialist, 0) = 1 AS escalated,
           CASE WHEN NOT x.is_reply_told THEN NULL WHEN x.started_by_customer THEN x.contact_t ELSE y.turned_t END
               AS from_t,
           CASE WHEN NOT x.replies THEN x.snapshot_reply_t WHEN x.started_by_customer THEN a.answered_t
                ELSE y.answered_t END AS answered_t,
           CASE WHEN w.k IS NULL THEN x.snapshot_solved_t ELSE w.first_t END AS first_t,
           CASE WHEN w.k IS NULL THEN x.snapshot_solved_w ELSE w.first_w END AS first_w,
           CASE WHEN w.k IS NULL THEN x.snapshot_solved_t WHEN g.k IS NULL THEN w.first_t ELSE g.last_t END AS last_t,
           CASE WHEN w.k IS NULL THEN x.snapshot_solved_w WHEN g.k IS NULL THEN w.first_w ELSE g.last_w END AS last_w,
           CASE WHEN w.k IS NULL THEN CASE WHEN x.snapshot_done THEN x.snapshot_closed_t END
                WHEN g.k IS NULL OR g.closing % 2 = 1 THEN w.closed_t END AS closed_t,
           CASE WHEN w.k IS NULL THEN x.snapshot_done ELSE w.state >= {SOLVED} END AS is_done, w.done_t,
           g.entry IS NULL OR g.entry % 2 = 1 AS is_solved_last,
           COALESCE(r.reopens, 0) AS reopens, r.reopened_t, w.k IS NOT NULL AS has_states,
           COALESCE(w.state, 1) AS state,
           COALESCE(w.wait_t, 0) AS wait_t, COALESCE(w.wait_w, 0) AS wait_w, COALESCE(w.pend_t, 0) AS pend_t,
           COALESCE(w.pend_w, 0) AS pend_w, COALESCE(h.hold_t, 0) AS hold_t, COALESCE(h.hold_w, 0) AS hold_w,
           COALESCE(a.replies, 0) AS replies, COALESCE(m.customer_messages, 0) AS customer_messages,
           COALESCE(m.bot_replies, 0) AS bot_replies, COALESCE(m.notes, 0) AS notes,
           CASE WHEN a.replies IS NULL THEN 0 WHEN a.named < a.replies THEN NULL WHEN q.people IS NOT NULL THEN q.people
                WHEN a.one_person <> a.another THEN 2 ELSE 1 END AS people,
           COALESCE(p.transfers, 0) AS transfers, COALESCE(p.reassignments, 0) AS reassignments
    FROM ({{dimensions}}) d LEFT JOIN tickets_in x ON x.k = d.k LEFT JOIN helped a ON a.k = d.k
    LEFT JOIN talked m ON m.k = d.k LEFT JOIN escalations l ON l.k = d.k
    LEFT JOIN worked w ON w.k = d.k LEFT JOIN held h ON h.k = d.k LEFT JOIN again g ON g.k = d.k
    LEFT JOIN crowds q ON q.k = d.k LEFT JOIN turned y ON y.k = d.k LEFT JOIN returned r ON r.k = d.k
    LEFT JOIN passed p ON p.k = d.k
), clocked AS (
    SELECT j.*, {{answered_working}} AS answered_w, {{closed_working}} AS closed_w,
           CASE WHEN j.from_t IS NULL THEN NULL WHEN j.started_by_customer THEN j.contact_w ELSE {{from_working}} END
               AS from_w
    FROM (SELECT joined.*, is_done AND last_t IS NOT NULL AND is_solved_last AS resolved,
                 CASE WHEN is_done AND NOT (last_t IS NOT NULL AND is_solved_last) THEN closed_t END AS locked_t,
                 CASE WHEN started_by_customer THEN NULL ELSE from_t END AS turned_t FROM joined) j
    {{answered_calendar}} {{closed_calendar}} {{from_calendar}}
), finished AS (
    SELECT j.*,
           CASE WHEN resolved THEN last_t WHEN is_done THEN COALESCE(closed_t, horizon_t) ELSE horizon_t END AS stop_t,
           CASE WHEN resolved THEN last_w WHEN is_done THEN COALESCE(closed_w, horizon_w) ELSE horizon_w END AS stop_w
    FROM clocked j
)
SELECT f.k AS ticket_key, f.source, f.channel, f.brand, f.team, f.agent, f.priority, f.language, f.topic,
    f.topic_detail, f.type, f.product, f.customer_key, f.status, f.left_out, f.started_by_customer, f.schedule_key,
    f.contact_t AS created_at, f.contact_w AS created_reading, f.created_day,
    f.from_t AS first_response_from, f.answered_t AS first_response_at,
    {seconds("COALESCE(f.answered_w, f.stop_w) - f.from_w")} AS first_response_working_s,
    f.first_t AS first_solved_at, {local_day_sql("f.first_t", "z1")} AS first_solved_day,
    {seconds("COALESCE(f.first_w, f.stop_w) - f.contact_w")} AS first_resolution_working_s,
    f.last_t AS solved_at, {local_day_sql("f.last_t", "z2")} AS solved_day, f.resolved,
    {seconds("f.stop_w - f.contact_w")} AS resolution_working_s,
    f.closed_t AS closed_at,
    CASE WHEN f.has_states OR f.resolved OR NOT f.is_done OR f.closed_t IS NOT NULL
         THEN f.is_done AND NOT f.resolved END AS closed_unsolved,
    {_so_far(WAITING, "wait", "t", " - f.contact_t")} AS requester_wait_s,
    {_so_far(WAITING, "wait", "w", " - f.contact_w")}
        AS requester_wait_working_s,
    {_so_far("(3)", "pend", "t")} AS agent_wait_s,
    {_so_far("(3)", "pend", "w")} AS agent_wait_working_s,
    {_so_far("(4)", "hold", "t")} AS on_hold_s,
    {_so_far("(4)", "hold", "w")} AS on_hold_working_s,
    f.reopens, f.reopened_t AS reopened_at,
    f.replies, f.customer_messages, f.bot_replies, f.notes, f.people, f.calls, f.transfers, f.reassignments,
    f.escalated, f.next_any_t AS next_contact_at, f.next_topic_t AS next_same_topic_at,
    CASE WHEN f.has_states THEN f.done_t WHEN f.is_done THEN f.stop_t END AS first_done_at
FROM finished f {_zone("f.first_t", "z1")} {_zone("f.last_t", "z2")}
"""

TURNS = f"""
SELECT c.k AS ticket_key, c.t AS started_at, {local_day_sql("c.t", "z")} AS started_day, c.answered_t AS answered_at,
    c.answered_t IS NOT NULL AS answered,
    {{started_working}} AS started_reading, {{answered_working}} AS answered_reading,
    CASE WHEN c.answered_t IS NULL AND f.resolved AND f.solved_at >= c.t THEN 'solved without a reply'
         WHEN c.answered_t IS NULL AND f.closed_unsolved IS NOT FALSE AND COALESCE(f.closed_at, c.t) >= c.t
         THEN 'closed without a reply' END AS turn_left_out
FROM turns_at c JOIN tickets_in x ON x.k = c.k
LEFT JOIN (SELECT ticket_key, resolved, solved_at, closed_unsolved, closed_at FROM facts.ticket_rows WHERE {{mine_f}}
    AND ticket_key IN (SELECT k FROM turns_at WHERE answered_t IS NULL)) f ON f.ticket_key = c.k
{{answered_calendar}} {{started_calendar}} {_zone("c.t", "z")}
LEFT JOIN {_FIRST_TURNS} b ON b.k = c.k AND b.i = c.i WHERE b.k IS NULL
"""

# What came next, of tickets that are not computed anew though one of the same customer is.
_NEXT = {
    "customer_key": "r.customer_key",
    "next_contact_at": "r.next_any_t",
    "next_same_topic_at": "r.next_topic_t",
}
NEXT_CONTACTS = f"""
UPDATE facts.ticket_rows f SET {", ".join(f"{name} = {value}" for name, value in _NEXT.items())}
FROM (SELECT c.ticket_key AS k, r.customer_key, r.next_any_t, r.next_topic_t
      FROM circle c LEFT JOIN repeats r ON r.k = c.ticket_key
      WHERE c.ticket_key NOT IN (SELECT ticket_key FROM work)) r
WHERE f.ticket_key = r.k AND ({" OR ".join(f"f.{name} IS DISTINCT FROM {value}" for name, value in _NEXT.items())})
"""

OPEN_SPANS = """
SELECT ticket_key, created_at AS opened_at, first_done_at AS ended_at FROM facts.ticket_rows WHERE {mine_f}
UNION ALL
SELECT k, t, done_t FROM reopenings
"""
