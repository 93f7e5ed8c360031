"""The SQL of the facts, in the subset that DuckDB and Spark read alike: CASE, sums, LAG and LEAD, whole numbers.

Moments are BIGINT milliseconds. A span on a clock is the difference of two readings, so time in a state is the sum of
the readings at which it was left minus those at which it was entered: one LAG, no pairing of rows. Inputs are the
views ``events_in`` and ``tickets_in`` of refresh.py; ``{mine}`` bounds a chunk of ticket keys.
"""

from __future__ import annotations

from goalkeeper.calendars import local_day_sql, utc_day_sql

# Sides: 11 customer, 12 human agent, 13 opened by the company. States: 1 new, 2 open, 3 pending, 4 on hold, 5 solved,
# 6 closed.
CUSTOMER, AGENT, COMPANY = 11, 12, 13
WAITING, SOLVED, CLOSED = "(1, 2, 4)", 5, 6
OVER = "OVER (PARTITION BY k ORDER BY t, seq, event_id)"
FIRST = "-9223372036854775807"

# Runs of customer messages after another side spoke, each with the next agent's reply. A ticket that a customer opened
# begins with a customer's run, which is not among them.
TURNS_AT = f"""
WITH messages AS (
    SELECT k, t, seq, event_id, CASE WHEN actor_type = 'customer' THEN {CUSTOMER} ELSE {AGENT} END AS v
    FROM {{events}} WHERE {{mine}} AND type = 'reply' AND is_public AND actor_type IN ('customer', 'agent')
    UNION ALL
    SELECT k, {FIRST}, 0, '', {COMPANY} FROM tickets_in WHERE NOT started_by_customer
), sided AS (
    SELECT k, t, v, COALESCE(LAG(v) {OVER}, {CUSTOMER}) AS p, ROW_NUMBER() {OVER} AS i,
           LEAD(CASE WHEN v = {AGENT} THEN t END IGNORE NULLS) {OVER} AS answered_t
    FROM messages
)
SELECT k, t, answered_t, ROW_NUMBER() OVER (PARTITION BY k ORDER BY i) AS run
FROM sided WHERE v = {CUSTOMER} AND p <> {CUSTOMER}
"""

# Where the state changes, with the next moment it is done again; a ticket's first status event is among them even if
# it changes nothing. The state before is new. Events may come up to a minute before their ticket is made: they count
# as if at that moment. Deleted, merged and spam are no states of the work.
STATE_CHANGES = f"""
WITH states AS (
    SELECT k, t, seq, event_id, actor_type,
           CASE new_value WHEN 'new' THEN 1 WHEN 'open' THEN 2 WHEN 'pending' THEN 3 WHEN 'on_hold' THEN 4
                WHEN 'solved' THEN {SOLVED} ELSE {CLOSED} END AS v
    FROM events_in WHERE {{mine}} AND type = 'status'
    AND new_value IN ('new', 'open', 'pending', 'on_hold', 'solved', 'closed')
), sided AS (
    SELECT k, t, actor_type, v, COALESCE(LAG(v) {OVER}, 1) AS p, ROW_NUMBER() {OVER} AS i,
           LEAD(CASE WHEN v >= {SOLVED} THEN t END IGNORE NULLS) {OVER} AS done_t
    FROM states
), changes AS (
    SELECT s.k, GREATEST(s.t, x.contact_t) AS t, s.v, s.p, s.i, s.actor_type,
           CASE WHEN s.done_t < x.contact_t THEN x.contact_t ELSE s.done_t END AS done_t,
           x.schedule_key
    FROM sided s JOIN tickets_in x ON x.k = s.k WHERE s.p <> s.v OR s.i = 1
)
SELECT c.k, c.t, c.v, c.p, c.i, c.done_t, c.actor_type, {{working}} AS w FROM changes c {{calendar}}
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
    return f"CASE WHEN f.has_states THEN {_seconds(f'f.{name}_{clock}{since} + {now}')} END"


def _when(test: str, clock: str = "t", pick: str = "MIN") -> str:
    return f"{pick}(CASE WHEN {test} THEN {clock} END)"


def _seconds(length: str) -> str:
    """Whole seconds of a length in milliseconds, never negative; NULL stays NULL, as with GREATEST it would not."""
    return f"(({length}) + ABS({length})) // 2000"


def _zone(moment: str, alias: str) -> str:
    return f"LEFT JOIN zone_days {alias} ON {alias}.utc_day = {utc_day_sql(moment)}"


_SOLVING = f"v = {SOLVED} AND p < {SOLVED}"
_REOPENING = f"v < {SOLVED} AND p >= {SOLVED}"
_HUMAN = "actor_type = 'agent' AND type = 'reply' AND is_public"

TICKET_FACTS = f"""
WITH talked AS (
    SELECT k, {_when(_HUMAN)} AS answered_t,
           SUM(CASE WHEN {_HUMAN} THEN 1 ELSE 0 END) AS replies,
           SUM(CASE WHEN actor_type = 'customer' AND type = 'reply' AND is_public THEN 1 ELSE 0 END)
               AS customer_messages,
           SUM(CASE WHEN actor_type = 'bot' AND type = 'reply' AND is_public THEN 1 ELSE 0 END) AS bot_replies,
           SUM(CASE WHEN type = 'note' OR NOT is_public THEN 1 ELSE 0 END) AS notes
    FROM {{events}} WHERE {{mine}} AND type IN ('reply', 'note') GROUP BY k
), people AS (
    SELECT k, CASE WHEN COUNT(actor_id) = COUNT(*) THEN COUNT(*) END AS people
    FROM (SELECT DISTINCT k, actor_id FROM {{events}} WHERE {{mine}} AND {_HUMAN}) GROUP BY k
), turned AS (
    SELECT y.k, y.t AS turned_t, y.answered_t FROM turns_at y
    JOIN tickets_in o ON o.k = y.k WHERE NOT o.started_by_customer AND y.run = 1
), worked AS (
    SELECT k, {_when(_SOLVING)} AS first_t, {_when(_SOLVING, "w")} AS first_w,
           {_when(_SOLVING, "t", "MAX")} AS last_t, {_when(_SOLVING, "w", "MAX")} AS last_w,
           {_when(f"v = {CLOSED}", "t", "MAX")} AS closed_t, {_when(f"v = {CLOSED}", "i", "MAX")} AS closed_i,
           {_when(_REOPENING, "i", "MAX")} AS reopened_i, {_when(f"v >= {SOLVED}")} AS done_t,
           -- how it was last done: odd where by solving
           {_when(f"v >= {SOLVED} AND p < {SOLVED}", f"i * 2 + CASE WHEN v = {SOLVED} THEN 1 ELSE 0 END", "MAX")}
               AS entry,
           -- the changes telescope: the state now is the first one plus all of them
           1 + SUM(v - p) AS state,
           {_left(WAITING, "t")} AS wait_t, {_left(WAITING, "w")} AS wait_w,
           {_left("(3)", "t")} AS pend_t, {_left("(3)", "w")} AS pend_w,
           {_left("(4)", "t")} AS hold_t, {_left("(4)", "w")} AS hold_w
    FROM state_changes GROUP BY k
), returned AS (
    SELECT k, COUNT(*) AS reopens FROM (
        SELECT k, t, v, p, actor_type, LAG(t) OVER (PARTITION BY k ORDER BY i) AS done_since FROM state_changes
        WHERE (v < {SOLVED}) <> (p < {SOLVED}) AND k IN (SELECT k FROM state_changes WHERE {_REOPENING})
    ) WHERE {_REOPENING} AND actor_type NOT IN ('system', 'bot') AND t - done_since >= {{grace}} GROUP BY k
), handed AS (
    SELECT k, type FROM events_in WHERE {{mine}} AND type IN ('team', 'assign')
    GROUP BY k, type HAVING COUNT(*) > 1 OR COUNT(old_value) > 0
), hands AS (
    SELECT k, type, new_value AS v,
           COALESCE(old_value, LAG(new_value) OVER (PARTITION BY k, type ORDER BY t, seq, event_id)) AS p
    FROM (SELECT e.* FROM events_in e JOIN handed h ON h.k = e.k AND h.type = e.type
          WHERE {{mine_e}} AND e.type IN ('team', 'assign'))
), passed AS (
    SELECT h.k, SUM(CASE WHEN h.type = 'team' THEN 1 ELSE 0 END) AS transfers,
           SUM(CASE WHEN h.type = 'assign' THEN 1 ELSE 0 END) AS reassignments,
           MAX(CASE WHEN h.type = 'team' AND s.team IS NOT NULL AND f.team IS NULL THEN 1 ELSE 0 END) AS specialist
    FROM hands h JOIN tickets_in x ON x.k = h.k LEFT JOIN specialists s ON s.team = h.v AND s.source_id = x.source_id
    LEFT JOIN specialists f ON f.team = h.p AND f.source_id = x.source_id
    WHERE h.p IS NOT NULL AND h.v IS NOT NULL AND h.p <> h.v GROUP BY h.k
), escalations AS (
    SELECT DISTINCT k FROM events_in WHERE {{mine}} AND type = 'escalation'
), joined AS (
    SELECT x.k, x.started_by_customer, x.schedule_key, x.contact_t, x.contact_w, x.created_day, x.horizon_t,
           x.horizon_w, m.k IS NOT NULL OR COALESCE(p.specialist, 0) = 1 AS escalated,
           CASE WHEN x.started_by_customer THEN x.contact_t ELSE y.turned_t END AS from_t,
           CASE WHEN x.started_by_customer THEN a.answered_t ELSE y.answered_t END AS answered_t,
           CASE WHEN w.k IS NULL THEN x.snapshot_solved_t ELSE w.first_t END AS first_t,
           CASE WHEN w.k IS NULL THEN x.snapshot_solved_w ELSE w.first_w END AS first_w,
           CASE WHEN w.k IS NULL THEN x.snapshot_solved_t ELSE w.last_t END AS last_t,
           CASE WHEN w.k IS NULL THEN x.snapshot_solved_w ELSE w.last_w END AS last_w,
           CASE WHEN w.k IS NULL THEN CASE WHEN x.snapshot_done THEN x.snapshot_closed_t END
                WHEN w.reopened_i IS NULL OR w.closed_i > w.reopened_i THEN w.closed_t END AS closed_t,
           CASE WHEN w.k IS NULL THEN x.snapshot_done ELSE w.state >= {SOLVED} END AS is_done, w.done_t,
           w.entry IS NULL OR w.entry % 2 = 1 AS is_solved_last,
           COALESCE(r.reopens, 0) AS reopens, w.k IS NOT NULL AS has_states, COALESCE(w.state, 1) AS state,
           COALESCE(w.wait_t, 0) AS wait_t, COALESCE(w.wait_w, 0) AS wait_w, COALESCE(w.pend_t, 0) AS pend_t,
           COALESCE(w.pend_w, 0) AS pend_w, COALESCE(w.hold_t, 0) AS hold_t, COALESCE(w.hold_w, 0) AS hold_w,
           COALESCE(a.replies, 0) AS replies, COALESCE(a.customer_messages, 0) AS customer_messages,
           COALESCE(a.bot_replies, 0) AS bot_replies, COALESCE(a.notes, 0) AS notes,
           CASE WHEN q.k IS NULL THEN 0 ELSE q.people END AS people,
           COALESCE(p.transfers, 0) AS transfers, COALESCE(p.reassignments, 0) AS reassignments
    FROM tickets_in x LEFT JOIN talked a ON a.k = x.k LEFT JOIN people q ON q.k = x.k LEFT JOIN turned y ON y.k = x.k
    LEFT JOIN worked w ON w.k = x.k LEFT JOIN returned r ON r.k = x.k LEFT JOIN passed p ON p.k = x.k
    LEFT JOIN escalations m ON m.k = x.k
), clocked AS (
    SELECT j.*, {{answered_working}} AS answered_w, {{closed_working}} AS closed_w,
           CASE WHEN j.started_by_customer THEN j.contact_w ELSE {{from_working}} END AS from_w
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
SELECT f.k AS ticket_key, d.source, d.ticket_id, d.channel, d.brand, d.team, d.agent, d.priority, d.language, d.topic,
    d.topic_detail, d.type, d.product, d.customer, d.status,
    d.left_out, f.started_by_customer, f.schedule_key, f.horizon_t AS horizon_at,
    f.contact_t AS created_at, f.created_day,
    f.from_t AS first_response_from, f.answered_t AS first_response_at,
    CASE WHEN f.from_t IS NOT NULL THEN f.answered_t IS NOT NULL END AS first_response_done,
    {_seconds("COALESCE(f.answered_t, f.stop_t) - f.from_t")} AS first_response_s,
    {_seconds("COALESCE(f.answered_w, f.stop_w) - f.from_w")} AS first_response_working_s,
    f.first_t AS first_solved_at, {local_day_sql("f.first_t", "z1")} AS first_solved_day,
    {_seconds("COALESCE(f.first_t, f.stop_t) - f.contact_t")} AS first_resolution_s,
    {_seconds("COALESCE(f.first_w, f.stop_w) - f.contact_w")} AS first_resolution_working_s,
    f.last_t AS solved_at, {local_day_sql("f.last_t", "z2")} AS solved_day, f.resolved,
    {_seconds("f.stop_t - f.contact_t")} AS resolution_s,
    {_seconds("f.stop_w - f.contact_w")} AS resolution_working_s,
    {_seconds("f.horizon_t - f.contact_t")} AS followed_s,
    {_seconds("f.horizon_w - f.contact_w")} AS followed_working_s,
    f.closed_t AS closed_at, f.is_done AND NOT f.resolved AS closed_unsolved,
    {_so_far(WAITING, "wait", "t", " - f.contact_t")} AS requester_wait_s,
    {_so_far(WAITING, "wait", "w", " - f.contact_w")}
        AS requester_wait_working_s,
    {_so_far("(3)", "pend", "t")} AS agent_wait_s,
    {_so_far("(3)", "pend", "w")} AS agent_wait_working_s,
    {_so_far("(4)", "hold", "t")} AS on_hold_s,
    {_so_far("(4)", "hold", "w")} AS on_hold_working_s,
    CAST(f.reopens AS BIGINT) AS reopens, CASE WHEN f.last_t IS NOT NULL THEN f.reopens > 0 END AS reopened,
    CAST(f.replies AS BIGINT) AS replies, CAST(f.customer_messages AS BIGINT) AS customer_messages,
    CAST(f.bot_replies AS BIGINT) AS bot_replies, CAST(f.notes AS BIGINT) AS notes, CAST(f.people AS BIGINT) AS people,
    d.calls, GREATEST(CAST(f.replies AS BIGINT), d.calls) AS contacts,
    CAST(f.transfers AS BIGINT) AS transfers, CAST(f.reassignments AS BIGINT) AS reassignments,
    f.escalated,
    f.resolved AND GREATEST(CAST(f.replies AS BIGINT), d.calls) = 1 AND f.reopens = 0 AS one_touch,
    {_seconds("d.next_any_t - f.last_t")} AS next_contact_s,
    {_seconds("d.next_topic_t - f.last_t")} AS next_same_topic_s,
    {_seconds("f.horizon_t - f.last_t")} AS quiet_s,
    CASE WHEN f.has_states THEN f.done_t WHEN f.is_done THEN f.stop_t END AS first_done_at
FROM ({{dimensions}}) d JOIN finished f ON f.k = d.k {_zone("f.first_t", "z1")} {_zone("f.last_t", "z2")}
"""

_TURN_WORKING = _seconds("COALESCE({answered_working}, x.horizon_w) - {started_working}")
TURNS = f"""
SELECT c.k AS ticket_key, c.t AS started_at, {local_day_sql("c.t", "z")} AS started_day, c.answered_t AS answered_at,
    c.answered_t IS NOT NULL AS answered,
    {_seconds("COALESCE(c.answered_t, x.horizon_t) - c.t")} AS waited_s,
    {_TURN_WORKING} AS waited_working_s,
    CASE WHEN c.answered_t IS NULL AND f.resolved AND f.solved_at >= c.t THEN 'solved without a reply'
         WHEN c.answered_t IS NULL AND f.closed_unsolved AND COALESCE(f.closed_at, c.t) >= c.t
         THEN 'closed without a reply' END AS turn_left_out
FROM turns_at c JOIN tickets_in x ON x.k = c.k
JOIN (SELECT * FROM facts.tickets WHERE {{mine_f}}) f ON f.ticket_key = c.k
{{answered_calendar}} {{started_calendar}} {_zone("c.t", "z")}
WHERE x.started_by_customer OR c.run > 1
"""

OPEN_SPANS = f"""
SELECT ticket_key, created_at AS opened_at, first_done_at AS ended_at FROM facts.tickets WHERE {{mine_f}}
UNION ALL
SELECT k, t, done_t FROM state_changes WHERE {_REOPENING}
"""
