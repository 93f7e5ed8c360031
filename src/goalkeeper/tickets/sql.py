"""The SQL of the facts, in the subset that DuckDB and Spark read alike: CASE, sums, LAG and LEAD, whole numbers.

Moments are BIGINT milliseconds. A span on a clock is the difference of two readings, so time in a state is the sum of
the readings at which it was left minus those at which it was entered: one LAG, no pairing of rows. Inputs are the
views ``events_in`` and ``tickets_in`` of refresh.py; ``{mine}`` bounds a chunk of ticket keys.
"""

from __future__ import annotations

from goalkeeper.calendars import local_day_sql, utc_day_sql

# Lanes: 11 customer, 12 human agent, 13 opened by the company; 1 new, 2 open, 3 pending, 4 on hold, 5 solved, 6 closed.
CUSTOMER, AGENT, COMPANY = 11, 12, 13
WAITING, SOLVED, CLOSED = "(1, 2, 4)", 5, 6
ORDER = "ORDER BY t, seq, event_id"

# Where the side that speaks changes; a ticket that a customer opened counts as opened by a customer message.
MESSAGE_TURNS = f"""
WITH messages AS (
    SELECT k, t, seq, event_id, CASE WHEN actor_type = 'customer' THEN {CUSTOMER} ELSE {AGENT} END AS v
    FROM {{events}} WHERE {{mine}} AND type = 'reply' AND is_public AND actor_type IN ('customer', 'agent')
    UNION ALL
    SELECT k, contact_t, -9223372036854775807, '', {COMPANY} FROM tickets_in
    WHERE NOT started_by_customer
), sided AS (
    SELECT k, t, v, COALESCE(LAG(v) OVER (PARTITION BY k {ORDER}), {CUSTOMER}) AS p,
           ROW_NUMBER() OVER (PARTITION BY k {ORDER}) AS i FROM messages
), changes AS (
    SELECT k, t, v, p, i FROM sided WHERE p <> v
)
SELECT c.k, c.t, c.v, c.p, c.i, {{working}} AS w
FROM changes c {{calendar}}
"""

# Where the state changes. The state before the first event is new.
STATE_CHANGES = f"""
WITH states AS (
    SELECT k, t, seq, event_id, actor_type,
           CASE new_value WHEN 'new' THEN 1 WHEN 'open' THEN 2 WHEN 'pending' THEN 3 WHEN 'on_hold' THEN 4
                WHEN 'solved' THEN {SOLVED} ELSE {CLOSED} END AS v
    FROM events_in WHERE {{mine}} AND type = 'status' AND new_value IS NOT NULL
), sided AS (
    SELECT k, t, actor_type, v, COALESCE(LAG(v) OVER (PARTITION BY k {ORDER}), 1) AS p,
           ROW_NUMBER() OVER (PARTITION BY k {ORDER}) AS i FROM states
), changes AS (
    SELECT k, t, actor_type, v, p, i FROM sided WHERE p <> v
)
SELECT c.k, c.t, c.v, c.p, c.i, c.actor_type, {{working}} AS w
FROM changes c {{calendar}}
"""


def _left(states: str, clock: str) -> str:
    """Readings at which the states were left minus those at which they were entered."""
    return (
        f"SUM(CASE WHEN p IN {states} AND v NOT IN {states} THEN {clock} "
        f"WHEN v IN {states} AND p NOT IN {states} THEN -{clock} END)"
    )


def _inside(states: str) -> str:
    """1 more for each entering, 1 less for each leaving."""
    return f"SUM(CASE WHEN p IN {states} AND v NOT IN {states} THEN -1 WHEN v IN {states} AND p NOT IN {states} THEN 1 END)"


def _when(test: str, clock: str = "t", pick: str = "MIN") -> str:
    return f"{pick}(CASE WHEN {test} THEN {clock} END)"


def _seconds(length: str) -> str:
    """Whole seconds of a length in milliseconds, never negative; NULL stays NULL."""
    return f"CASE WHEN {length} > 0 THEN ({length}) // 1000 WHEN {length} IS NOT NULL THEN 0 END"


def _zone(moment: str, alias: str) -> str:
    return f"LEFT JOIN zone_days {alias} ON {alias}.utc_day = {utc_day_sql(moment)}"


_ANSWER = f"v = {AGENT} AND p = {CUSTOMER}"
_SOLVING = f"v = {SOLVED} AND p < {SOLVED}"

TICKET_FACTS = f"""
WITH spoken AS (
    SELECT k, {_when(_ANSWER)} AS answered_t, {_when(_ANSWER, "w")} AS answered_w,
           {_when(f"v = {CUSTOMER}")} AS turned_t, {_when(f"v = {CUSTOMER}", "w")} AS turned_w
    FROM message_turns GROUP BY k
), worked AS (
    SELECT k, {_when(_SOLVING)} AS first_t, {_when(_SOLVING, "w")} AS first_w,
           {_when(_SOLVING, "t", "MAX")} AS last_t, {_when(_SOLVING, "w", "MAX")} AS last_w,
           {_when(_SOLVING, "i", "MAX")} AS last_i, {_when(f"v = {CLOSED} AND p < {SOLVED}", "i", "MAX")} AS bare_i,
           {_when(f"v = {CLOSED}", "t", "MAX")} AS closed_t, {_when(f"v = {CLOSED}", "w", "MAX")} AS closed_w,
           SUM(CASE WHEN v < {SOLVED} AND p >= {SOLVED} AND actor_type NOT IN ('system', 'bot') THEN 1 ELSE 0 END)
               AS reopens,
           SUM(CASE WHEN v >= {SOLVED} AND p < {SOLVED} THEN 1 WHEN v < {SOLVED} AND p >= {SOLVED} THEN -1 ELSE 0 END)
               AS is_done,
           {_left(WAITING, "t")} AS wait_t, {_left(WAITING, "w")} AS wait_w, {_inside(WAITING)} AS wait_in,
           {_left("(3)", "t")} AS pend_t, {_left("(3)", "w")} AS pend_w, {_inside("(3)")} AS pend_in,
           {_left("(4)", "t")} AS hold_t, {_left("(4)", "w")} AS hold_w, {_inside("(4)")} AS hold_in
    FROM state_changes GROUP BY k
), speakers AS (
    SELECT k, actor_type, is_note, COALESCE(actor_id, '') AS actor, COUNT(*) AS n
    FROM (SELECT k, actor_type, actor_id, type = 'note' OR NOT is_public AS is_note FROM {{events}}
          WHERE {{mine}} AND type IN ('reply', 'note'))
    GROUP BY k, actor_type, is_note, COALESCE(actor_id, '')
), counted AS (
    SELECT k,
           SUM(CASE WHEN actor_type = 'agent' AND NOT is_note THEN n ELSE 0 END) AS replies,
           SUM(CASE WHEN actor_type = 'agent' AND NOT is_note THEN 1 ELSE 0 END) AS people,
           SUM(CASE WHEN actor_type = 'customer' AND NOT is_note THEN n ELSE 0 END) AS customer_messages,
           SUM(CASE WHEN actor_type = 'bot' AND NOT is_note THEN n ELSE 0 END) AS bot_replies,
           SUM(CASE WHEN is_note THEN n ELSE 0 END) AS notes
    FROM speakers GROUP BY k
), hands AS (
    SELECT k, type, new_value AS v,
           COALESCE(old_value, LAG(new_value) OVER (PARTITION BY k, type {ORDER})) AS p
    FROM events_in WHERE {{mine}} AND type IN ('team', 'assign')
), passed AS (
    SELECT h.k, SUM(CASE WHEN h.type = 'team' THEN 1 ELSE 0 END) AS transfers,
           SUM(CASE WHEN h.type = 'assign' THEN 1 ELSE 0 END) AS reassignments,
           MAX(CASE WHEN h.type = 'team' AND s.team IS NOT NULL AND f.team IS NULL THEN 1 ELSE 0 END) AS specialist
    FROM hands h LEFT JOIN specialists s ON s.team = h.v LEFT JOIN specialists f ON f.team = h.p
    WHERE h.p IS NOT NULL AND h.v IS NOT NULL AND h.p <> h.v GROUP BY h.k
), marked AS (
    SELECT k, MAX(CASE WHEN type = 'escalation' THEN 1 ELSE 0 END) AS escalated,
           MAX(CASE WHEN type = 'spam' THEN 1 ELSE 0 END) AS spam,
           MAX(CASE WHEN type = 'deleted' THEN t END) AS deleted_t, MAX(CASE WHEN type = 'restored' THEN t END) AS restored_t
    FROM events_in WHERE {{mine}} AND type IN ('escalation', 'spam', 'deleted', 'restored') GROUP BY k
), joined AS (
    SELECT x.*,
           CASE WHEN x.started_by_customer THEN x.contact_t ELSE s.turned_t END AS from_t,
           CASE WHEN x.started_by_customer THEN x.contact_w ELSE s.turned_w END AS from_w,
           s.answered_t, s.answered_w,
           CASE WHEN w.k IS NULL THEN x.snapshot_solved_t ELSE w.first_t END AS first_t,
           CASE WHEN w.k IS NULL THEN x.snapshot_solved_w ELSE w.first_w END AS first_w,
           CASE WHEN w.k IS NULL THEN x.snapshot_solved_t ELSE w.last_t END AS last_t,
           CASE WHEN w.k IS NULL THEN x.snapshot_solved_w ELSE w.last_w END AS last_w,
           CASE WHEN w.k IS NULL THEN x.snapshot_closed_t ELSE w.closed_t END AS closed_t,
           CASE WHEN w.k IS NULL THEN x.snapshot_closed_w ELSE w.closed_w END AS closed_w,
           w.last_i IS NULL OR w.bare_i IS NULL OR w.last_i > w.bare_i AS is_solved_last,
           CASE WHEN w.k IS NULL THEN x.snapshot_done ELSE w.is_done = 1 END AS is_done,
           COALESCE(w.reopens, 0) AS reopens, w.k IS NOT NULL AS has_states,
           w.wait_t, w.wait_w, 1 + COALESCE(w.wait_in, 0) AS wait_in,
           COALESCE(w.pend_t, 0) AS pend_t, COALESCE(w.pend_w, 0) AS pend_w, COALESCE(w.pend_in, 0) AS pend_in,
           COALESCE(w.hold_t, 0) AS hold_t, COALESCE(w.hold_w, 0) AS hold_w, COALESCE(w.hold_in, 0) AS hold_in,
           COALESCE(c.replies, 0) AS replies, COALESCE(c.customer_messages, 0) AS customer_messages,
           COALESCE(c.bot_replies, 0) AS bot_replies, COALESCE(c.notes, 0) AS notes, COALESCE(c.people, 0) AS people,
           COALESCE(p.transfers, 0) AS transfers, COALESCE(p.reassignments, 0) AS reassignments,
           COALESCE(p.specialist, 0) = 1 OR COALESCE(m.escalated, 0) = 1 AS escalated,
           CASE WHEN x.status = 'deleted' OR m.deleted_t > COALESCE(m.restored_t, 0) THEN 'deleted'
                WHEN x.status = 'spam' OR m.spam = 1 THEN 'spam'
                WHEN x.is_merged THEN 'merged' WHEN x.is_test THEN 'test' WHEN x.is_internal THEN 'internal' END AS left_out
    FROM tickets_in x LEFT JOIN spoken s ON s.k = x.k LEFT JOIN worked w ON w.k = x.k
    LEFT JOIN counted c ON c.k = x.k LEFT JOIN passed p ON p.k = x.k LEFT JOIN marked m ON m.k = x.k
), finished AS (
    SELECT j.*, CASE WHEN resolved THEN last_t WHEN is_done THEN COALESCE(closed_t, horizon_t) ELSE horizon_t END AS stop_t,
           CASE WHEN resolved THEN last_w WHEN is_done THEN COALESCE(closed_w, horizon_w) ELSE horizon_w END AS stop_w
    FROM (SELECT joined.*, is_done AND last_t IS NOT NULL AND is_solved_last AS resolved FROM joined) j
)
SELECT f.k AS ticket_key, f.source_id AS source, f.ticket_id, f.channel, f.brand, f.team, f.agent, f.priority,
    f.language, f.topic, f.topic_detail, f.type, f.product, f.customer, f.status, f.left_out, f.started_by_customer,
    f.schedule_key, f.horizon_t AS horizon_at,
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
    f.closed_t AS closed_at, f.is_done AND NOT f.resolved AS closed_unsolved,
    CASE WHEN f.has_states THEN {_seconds("COALESCE(f.wait_t, 0) - f.contact_t + f.wait_in * f.horizon_t")} END
        AS requester_wait_s,
    CASE WHEN f.has_states THEN {_seconds("COALESCE(f.wait_w, 0) - f.contact_w + f.wait_in * f.horizon_w")} END
        AS requester_wait_working_s,
    CASE WHEN f.has_states THEN {_seconds("f.pend_t + f.pend_in * f.horizon_t")} END AS agent_wait_s,
    CASE WHEN f.has_states THEN {_seconds("f.pend_w + f.pend_in * f.horizon_w")} END AS agent_wait_working_s,
    CASE WHEN f.has_states THEN {_seconds("f.hold_t + f.hold_in * f.horizon_t")} END AS on_hold_s,
    CASE WHEN f.has_states THEN {_seconds("f.hold_w + f.hold_in * f.horizon_w")} END AS on_hold_working_s,
    CAST(f.reopens AS BIGINT) AS reopens, CASE WHEN f.last_t IS NOT NULL THEN f.reopens > 0 END AS reopened,
    CAST(f.replies AS BIGINT) AS replies, CAST(f.customer_messages AS BIGINT) AS customer_messages,
    CAST(f.bot_replies AS BIGINT) AS bot_replies, CAST(f.notes AS BIGINT) AS notes, CAST(f.people AS BIGINT) AS people,
    f.calls, GREATEST(CAST(f.replies AS BIGINT), f.calls) AS contacts,
    CAST(f.transfers AS BIGINT) AS transfers, CAST(f.reassignments AS BIGINT) AS reassignments, f.escalated,
    CASE WHEN f.resolved THEN GREATEST(f.replies, f.calls) = 1 AND f.reopens = 0 END AS one_touch,
    {_seconds("f.next_any_t - f.last_t")} AS next_contact_s,
    {_seconds("f.next_topic_t - f.last_t")} AS next_same_topic_s,
    {_seconds("f.horizon_t - f.last_t")} AS quiet_s
FROM finished f {_zone("f.first_t", "z1")} {_zone("f.last_t", "z2")}
"""

TURNS = f"""
SELECT c.k AS ticket_key, c.t AS started_at, {local_day_sql("c.t", "z")} AS started_day, c.answered_t AS answered_at,
    c.answered_t IS NOT NULL AS answered,
    {_seconds("COALESCE(c.answered_t, x.horizon_t) - c.t")} AS waited_s,
    {_seconds("COALESCE(c.answered_w, x.horizon_w) - c.w")} AS waited_working_s,
    CASE WHEN c.answered_t IS NULL AND f.resolved AND f.solved_at >= c.t THEN 'solved without a reply'
         WHEN c.answered_t IS NULL AND f.closed_unsolved THEN 'closed without a reply' END AS turn_left_out
FROM (SELECT k, t, v, p, w, LEAD(t) OVER (PARTITION BY k ORDER BY i) AS answered_t,
             LEAD(w) OVER (PARTITION BY k ORDER BY i) AS answered_w FROM message_turns) c
JOIN tickets_in x ON x.k = c.k JOIN new_facts f ON f.ticket_key = c.k {_zone("c.t", "z")}
WHERE c.v = {CUSTOMER} AND (x.started_by_customer OR c.t > f.first_response_from)
"""

# A ticket never reopened is one span, read off its row; the few others are paired by their changes.
_REOPENED = f"SELECT k FROM state_changes WHERE v < {SOLVED} AND p >= {SOLVED}"
OPEN_SPANS = f"""
SELECT f.ticket_key, f.created_at AS opened_at,
    CASE WHEN f.resolved OR f.closed_unsolved THEN COALESCE(f.solved_at, f.closed_at) END AS ended_at
FROM new_facts f WHERE f.ticket_key NOT IN ({_REOPENED})
UNION ALL
SELECT k, t, ended_t FROM (
    SELECT k, t, v, LEAD(t) OVER (PARTITION BY k ORDER BY i) AS ended_t FROM (
        SELECT k, t, i, v FROM state_changes WHERE (v < {SOLVED}) <> (p < {SOLVED}) AND k IN ({_REOPENED})
        UNION ALL
        SELECT k, contact_t, 0, 1 FROM tickets_in WHERE k IN ({_REOPENED})
    )
) WHERE v < {SOLVED}
"""
