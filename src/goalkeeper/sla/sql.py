"""The SQL of promises: who is promised what from when on, and the stretches in which its clock runs.

Moments are BIGINT milliseconds. ``{mine}`` bounds a chunk of ticket keys called k; a chunk's tables are temporary.
"""

from __future__ import annotations

from collections.abc import Iterable

from goalkeeper.calendars import ALWAYS, Schedules
from goalkeeper.engines.text import literal
from goalkeeper.sla.policy import DONE, PROMISES, REPLIES, Offer

_STATES = ("new", "open", "pending", "on_hold", *DONE)
_BY_STATE = ("requester_wait", "agent_work")  # their clocks stop by the ticket's state alone
_LONG_AGO = "-9223372036854775807"


def texts(values: Iterable[str]) -> str:
    """SQL of a list of texts."""
    return f"[{', '.join(map(literal, values))}]::VARCHAR[]"


def spans_sql(kinds: Iterable[str]) -> str:
    """What a ticket's state, priority or team was, and from when until when: k, type, value, since, until.

    Before the first change a ticket is new, as in the facts; its priority and its team are those that the change names
    as old, or else the first that were ever set.
    """
    return f"""
    WITH changes AS (
        SELECT e.ticket_key AS k, e.type, e.new_value AS value, e.old_value, coalesce(e.seq, 0) AS seq, e.event_id,
            epoch_ms(e.occurred_at) AS t, CASE WHEN e.type = 'status' THEN f.created_at ELSE {_LONG_AGO} END AS low
        FROM canon.ticket_events e JOIN facts.ticket_rows f ON f.ticket_key = e.ticket_key
        WHERE {{mine_e}} AND e.type IN ({", ".join(map(literal, kinds))})
        AND (e.type <> 'status' OR e.new_value IN {_STATES})
    ), moved AS (
        SELECT k, type, value, old_value, greatest(t, low) AS since, LEAD(greatest(t, low)) OVER changed AS until,
            LAG(t) OVER changed AS last
        FROM changes WINDOW changed AS (PARTITION BY k, type ORDER BY t, seq, event_id)
    )
    SELECT k, type, value, since, until FROM moved
    UNION ALL
    SELECT k, type, CASE type WHEN 'status' THEN 'new' ELSE coalesce(old_value, value) END, {_LONG_AGO}, since
    FROM moved WHERE last IS NULL
    """


# When the work on a ticket was over, if it is.
_OVER = (
    "CASE WHEN f.resolved THEN f.solved_at WHEN f.closed_unsolved THEN coalesce(f.closed_at, h.horizon_t) "
    "WHEN f.closed_unsolved IS NULL THEN p.applied_t END"  # done, but nobody tells when: no promise can be judged
)
_WAITING = """
    SELECT ticket_key AS k, 'first_reply' AS promise, 1 AS instance, first_response_from AS applied_t,
        first_response_at AS kept_t
    FROM facts.ticket_rows WHERE {mine_f} AND first_response_from IS NOT NULL
    UNION ALL
    SELECT ticket_key, 'next_reply',
        row_number() OVER (PARTITION BY ticket_key ORDER BY started_at, answered_at NULLS LAST), started_at, answered_at
    FROM facts.turn_rows WHERE {mine_f}
"""


def declared_sql(offered: list[Offer]) -> str:
    """The promises of the policies, with what the table ``sla_offers`` says of the offer that each one got.

    Columns: k, promise, instance, applied_t, kept_t, told_paused_s, policy, target_ms, schedule_key (NULL: the
    ticket's), pauses.
    """
    whole = [each for each in dict.fromkeys(offer.promise for offer in offered) if each not in REPLIES]
    made = [_WAITING] + [
        f"""SELECT ticket_key, '{promise}', 1, created_at, CASE WHEN resolved THEN solved_at END
        FROM facts.ticket_rows WHERE {{mine_f}} AND source IN (SELECT source_id FROM tells WHERE ends)"""
        for promise in whole
    ]
    cases = " ".join(
        f"WHEN promise = '{offer.promise}' AND {offer.test} THEN {number}" for number, offer in enumerate(offered)
    )
    return f"""
    WITH made AS ({" UNION ALL ".join(made)}), known AS (
        SELECT made.*, f.channel, f.brand, f.type,
            CASE WHEN q.k IS NULL THEN f.team ELSE coalesce(m.name, q.value) END AS team,
            CASE WHEN p.k IS NULL THEN f.priority ELSE p.value END AS priority
        FROM made JOIN facts.ticket_rows f ON f.ticket_key = made.k
        LEFT JOIN sla_spans p ON p.k = made.k AND p.type = 'priority' AND {_holds("p")}
        LEFT JOIN sla_spans q ON q.k = made.k AND q.type = 'team' AND {_holds("q")}
        LEFT JOIN canon.teams m ON m.source_id = f.source AND m.team_id = q.value
    )
    SELECT k, promise, instance, applied_t, kept_t, 0::BIGINT AS told_paused_s, o.policy, o.target_ms,
        o.schedule_key, o.pauses
    FROM (SELECT *, CASE WHEN false THEN 0 {cases} END AS offer FROM known) JOIN sla_offers o USING (offer)
    """


def _holds(span: str) -> str:
    return f"{span}.since <= applied_t AND ({span}.until IS NULL OR {span}.until > applied_t)"


def brought_sql(schedules: Schedules) -> str:
    """The promises that a source brings, of tickets to which no policy promises the same.

    The source says what it promised and when the clock began. Whether it was kept is told from our events where they
    know: a source that looks from time to time gets it wrong. What it calls paused puts off the due moment.
    """
    keys = {each.id: key for key, each in enumerate(schedules.schedules)}
    schedule = " ".join(f"WHEN schedule_id = {literal(name)} THEN {key}" for name, key in keys.items())
    pauses = " ".join(f"WHEN '{promise}' THEN {texts(states)}" for promise, states in PROMISES.items())
    return f"""
    WITH brought AS (
        SELECT t.ticket_key AS k, s.metric AS promise, s.instance, epoch_ms(s.applied_at) AS applied_t, s.target_s,
            s.paused_s, s.clock, s.schedule_id, epoch_ms(s.fulfilled_at) AS fulfilled_t,
            LEAD(epoch_ms(s.applied_at)) OVER (PARTITION BY t.ticket_key, s.metric ORDER BY s.applied_at, s.instance)
                AS again_t
        FROM canon.ticket_sla s JOIN canon.tickets t ON t.source_id = s.source_id AND t.ticket_id = s.ticket_id
        ANTI JOIN sla_declared d ON d.k = t.ticket_key AND d.promise = s.metric
        WHERE {{mine_t}}
    ), answers AS ({_WAITING}), replied AS (
        SELECT b.k, b.promise, b.instance, min(a.kept_t) AS t FROM brought b JOIN answers a ON a.k = b.k
        WHERE b.promise IN {REPLIES} AND a.kept_t >= b.applied_t GROUP BY ALL
    ), done AS (
        SELECT b.k, b.promise, b.instance, max(o.ended_at) AS t FROM brought b
        JOIN facts.ticket_rows f ON f.ticket_key = b.k JOIN facts.open_spans o ON o.ticket_key = b.k
        WHERE b.promise NOT IN {REPLIES} AND o.ended_at >= b.applied_t
        AND (o.ended_at < b.again_t OR (b.again_t IS NULL AND f.resolved)) GROUP BY ALL
    )
    SELECT b.k, b.promise, b.instance, b.applied_t, coalesce(r.t, d.t, b.fulfilled_t) AS kept_t,
        NULL::VARCHAR AS policy, target_s * 1000 AS target_ms,
        CASE WHEN promise IN {_BY_STATE} THEN 0 ELSE coalesce(paused_s, 0) END AS told_paused_s,
        CASE WHEN coalesce(clock, 'calendar') = 'calendar' THEN {keys[ALWAYS.id]} {schedule} END AS schedule_key,
        CASE promise {pauses} END AS pauses
    FROM brought b LEFT JOIN replied r USING (k, promise, instance) LEFT JOIN done d USING (k, promise, instance)
    """


# All of them with the moment at which the clock stops: kept, over without it, or the end of what is known.
PROMISED = f"""
SELECT row_number() OVER () - 1 AS n, p.* REPLACE (coalesce(p.schedule_key, f.schedule_key) AS schedule_key),
    f.resolved, kept_t IS NOT NULL OR coalesce(over_t >= applied_t, false) AS has_ended,
    greatest(applied_t, coalesce(kept_t, CASE WHEN over_t >= applied_t THEN over_t END, f.horizon_t)) AS stop_t
FROM (FROM sla_declared UNION ALL BY NAME FROM sla_brought) p
JOIN (SELECT f.*, h.horizon_t, {_OVER} AS over_t FROM facts.ticket_rows f
    JOIN meta.horizons h ON h.source_id = f.source WHERE {{mine_f}}) f ON f.ticket_key = p.k
"""

TO_CLOCKS = """
SELECT applied_t, stop_t, target_ms + told_paused_s * 1000, schedule_key, has_ended FROM sla_promised ORDER BY n
"""

# The stretches in which a promise's clock runs, in order; `runs_on` where the last one has no end yet.
STRETCHES = """
SELECT n, greatest(s.since, p.applied_t) AS a, least(coalesce(s.until, p.stop_t), p.stop_t) AS b,
    coalesce(s.until > p.stop_t, true) AS runs_on
FROM sla_promised p JOIN sla_spans s ON s.k = p.k AND s.type = 'status'
WHERE len(p.pauses) > 0 AND NOT list_contains(p.pauses, s.value) AND greatest(s.since, p.applied_t) <= p.stop_t
    AND coalesce(s.until > p.applied_t, true)
UNION ALL
SELECT n, applied_t, stop_t, true FROM sla_promised p
WHERE len(p.pauses) = 0 OR k NOT IN (SELECT k FROM sla_spans WHERE type = 'status')
ORDER BY n, a
"""

INSERT = f"""
INSERT INTO facts.promises BY NAME
SELECT k AS ticket_key, promise, instance, policy, target_ms // 1000 AS target_s, applied_t AS applied_at, applied_day,
    due_at, kept_t AS kept_at, greatest(elapsed_s - told_paused_s, 0) AS elapsed_s,
    paused_s + told_paused_s AS paused_s,
    CASE WHEN due_at < stop_t THEN 'broken' WHEN kept_t IS NOT NULL THEN 'kept' WHEN NOT has_ended THEN 'pending' END
        AS status,
    CASE WHEN status IS NOT NULL THEN NULL WHEN promise NOT IN {REPLIES} THEN 'closed without being solved'
        WHEN resolved THEN 'solved without a reply' ELSE 'closed without a reply' END AS promise_left_out
FROM sla_promised JOIN sla_computed USING (n)
"""
