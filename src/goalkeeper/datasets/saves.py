"""Customers about to leave: requests to cancel and what became of them, and subscribers after a ticket of theirs."""

from __future__ import annotations

from goalkeeper.calendars import DAY_MS
from goalkeeper.datasets.dataset import Dataset
from goalkeeper.datasets.joins import CUSTOMER, WHO, customer, day_of, links, who, zone_of
from goalkeeper.datasets.subscriptions import UNDATED
from goalkeeper.tickets.columns import DAY, FLAG, MOMENT, SECONDS, TEXT, Derived, split

WINDOWS = (30, 90)
_MATCHES = 8  # neighbours on each side, by the start of their subscription, that are tried as a match

REQUEST_COLUMNS = (
    *WHO,
    CUSTOMER,
    split("cancel_reason", "Why, as a word of the source"),
    split("offer", "What was offered to keep the customer"),
    Derived("asked_at", MOMENT, "When it was asked"),
    Derived("asked_day", DAY, "Its local day"),
    *(
        Derived(f"saved_{days}", FLAG, f"After {days} days the subscription runs and no request to cancel it stands")
        for days in WINDOWS
    ),
    Derived("followed_s", SECONDS, "From asked_at to the newest event of the source"),
    Derived("left_out", TEXT, "trial, asked again, internal, or over but not known since when; NULL if counted"),
)
TICKET_COLUMNS = (
    *WHO,
    CUSTOMER,
    Derived("solved_at", MOMENT, "When the subscriber's ticket was last solved"),
    Derived("solved_day", DAY, "Its local day"),
    Derived("kept_30", FLAG, "Whether the subscriber still is one 30 days later"),
    Derived("match_kept_30", FLAG, "The same of a subscriber like this one without a ticket; NULL where there is none"),
    Derived("followed_s", SECONDS, "From solved_at to the newest event of the subscriber's source"),
    Derived("left_out", TEXT, "within 30 days of an earlier one, or internal; NULL if counted"),
)

# Up to when a source of subscriptions is known; what is planned for later says nothing.
_SEEN = """
SELECT source_id, max(t) AS seen_until FROM (
    SELECT source_id, occurred_at AS t FROM canon.subscription_events
    UNION ALL SELECT source_id, unnest([started_at, cancelled_at, ended_at]) FROM canon.subscriptions)
WHERE t <= CAST(now() AS TIMESTAMP) GROUP BY source_id
"""
# The events that say whether a request stands; a pause, another plan or a renewal mean that the customer stays.
_OVER = "('cancelled', 'expired')"
_STANDS = "('cancel_requested', 'cancelled', 'expired')"
_STAYS = "('cancel_revoked', 'paused', 'downgraded', 'upgraded', 'renewed', 'resumed', 'reactivated')"
_LATEST = "max_by(l.type, (l.occurred_at, l.type = 'cancel_requested', l.event_id))"


def _saved(days: int) -> str:
    """Runs after so many days, and its last word is that it stays.

    Without any word after the request its latest state tells, where the source knows requests that stand.
    """
    word = f"coalesce(w.word_{days}, CASE WHEN w.last_word IS NULL AND s.runs_on THEN 'cancel_revoked' END)"
    later = f"e.asked_t + {days * DAY_MS}"
    return (
        f"coalesce({word} IN {_STAYS}, false) AND EXISTS (FROM facts.stays y WHERE y.source = e.source_id "
        f"AND y.left_out IS NULL AND y.subscription_id = e.subscription_id AND y.opened_at <= {later} "
        f"AND (y.ended_at IS NULL OR y.ended_at > {later})) AS saved_{days}"
    )


CANCEL_REQUESTS = f"""
WITH log AS (
    SELECT *, lag(type) OVER (PARTITION BY source_id, subscription_id
        ORDER BY occurred_at, type = 'cancel_requested', event_id) AS type_before
    FROM canon.subscription_events WHERE type IN {_STANDS} OR type IN {_STAYS}
), asked AS (
    SELECT *, epoch_ms(occurred_at) AS asked_t FROM log WHERE type = 'cancel_requested'
), words AS (
    SELECT a.source_id, a.event_id, {_LATEST} AS last_word,
        {
    ", ".join(
        f"{_LATEST} FILTER (l.occurred_at <= a.occurred_at + INTERVAL {days} DAY) AS word_{days}" for days in WINDOWS
    )
}
    FROM asked a JOIN log l ON l.source_id = a.source_id AND l.subscription_id = a.subscription_id
        AND (l.occurred_at > a.occurred_at OR (l.occurred_at = a.occurred_at AND l.type IN {_OVER}))
    GROUP BY a.source_id, a.event_id
), states AS (
    SELECT source_id, subscription_id, status IN ('active', 'past_due', 'paused') AND cancel_at IS NULL
        AND cancelled_at IS NULL AND ended_at IS NULL AS runs_on
    FROM canon.subscriptions WHERE source_id IN (
        SELECT source_id FROM canon.subscriptions WHERE cancel_at IS NOT NULL OR cancelled_at IS NOT NULL)
), paid AS (
    SELECT source, subscription_id, min(opened_at) AS paid_from, bool_or(left_out = '{UNDATED}') AS is_undated
    FROM facts.stays WHERE left_out IS DISTINCT FROM 'trial' GROUP BY source, subscription_id
)
SELECT {who("e", agent="e.agent_id")}, {customer("e")} AS customer, e.reason AS cancel_reason, e.save_offer AS offer,
    e.asked_t AS asked_at, {day_of("e.occurred_at")} AS asked_day, {", ".join(map(_saved, WINDOWS))},
    date_diff('second', e.occurred_at, n.seen_until) AS followed_s,
    CASE WHEN c.is_internal THEN 'internal' WHEN y.paid_from IS NULL OR e.asked_t < y.paid_from THEN 'trial'
         WHEN y.is_undated THEN '{UNDATED}' WHEN e.type_before = 'cancel_requested' THEN 'asked again' END AS left_out
FROM asked e LEFT JOIN words w USING (source_id, event_id) LEFT JOIN states s USING (source_id, subscription_id)
LEFT JOIN paid y ON y.source = e.source_id AND y.subscription_id = e.subscription_id
JOIN ({_SEEN}) n USING (source_id) {links("e")} {zone_of("e.occurred_at")}
"""

# A match has the same plan and source, began closest in time, is a subscriber at that moment and had no ticket in the
# 30 days before it. What comes after the moment does not choose the match.
SUBSCRIBER_TICKETS = f"""
WITH spans AS (
    SELECT *, row_number() OVER (PARTITION BY source, plan ORDER BY opened_at, customer) AS place
    FROM facts.customer_spans WHERE left_out IS NULL
), tickets AS (
    SELECT t.ticket_key, t.source, t.channel, t.brand, t.team, t.agent, t.topic, t.created_at, t.solved_at,
        t.solved_day, coalesce(c.person, t.customer) AS who, c.is_internal
    FROM facts.tickets t LEFT JOIN facts.customers c USING (customer)
    WHERE t.left_out IS NULL AND t.customer IS NOT NULL
), solved AS (
    SELECT t.*, s.source AS of_source, s.plan, s.segment, s.country, s.opened_at, s.ended_at, s.place,
        t.solved_at + {30 * DAY_MS} AS later_t, CASE WHEN t.is_internal THEN 'internal'
        WHEN t.solved_at - lag(t.solved_at) OVER (PARTITION BY t.who ORDER BY t.solved_at, t.ticket_key)
            < {30 * DAY_MS} THEN 'within 30 days of an earlier one' END AS left_out
    FROM tickets t JOIN spans s ON s.customer = t.who AND s.opened_at <= t.solved_at
        AND (s.ended_at IS NULL OR s.ended_at > t.solved_at)
), pairs AS (
    SELECT t.ticket_key, min_by(m.ended_at IS NULL OR m.ended_at > t.later_t,
        (abs(m.opened_at - t.opened_at), m.customer)) AS match_kept
    FROM solved t CROSS JOIN range(-{_MATCHES}, {_MATCHES + 1}) k(step) JOIN spans m ON m.source = t.of_source
        AND m.plan IS NOT DISTINCT FROM t.plan AND m.place = t.place + k.step AND m.customer <> t.who
        AND m.opened_at <= t.solved_at AND (m.ended_at IS NULL OR m.ended_at > t.solved_at)
    WHERE t.left_out IS NULL AND NOT EXISTS (FROM tickets o WHERE o.who = m.customer
        AND o.created_at <= t.solved_at AND o.created_at > t.solved_at - {30 * DAY_MS})
    GROUP BY t.ticket_key
)
SELECT t.source, t.channel, t.brand, t.team, t.agent, t.topic, t.segment, t.plan, t.country, t.who AS customer,
    t.solved_at, t.solved_day, t.ended_at IS NULL OR t.ended_at > t.later_t AS kept_30, p.match_kept AS match_kept_30,
    greatest(epoch_ms(n.seen_until) - t.solved_at, 0) // 1000 AS followed_s, t.left_out
FROM solved t LEFT JOIN pairs p USING (ticket_key) JOIN ({_SEEN}) n ON n.source_id = t.of_source
"""

_READS = ("subscriptions", "subscription_events", "customers", "identity_links")
SAVES = (
    Dataset(
        "cancel_requests",
        "requests to cancel",
        "facts.cancel_requests",
        REQUEST_COLUMNS,
        query=CANCEL_REQUESTS,
        reads=_READS,
    ),
    Dataset(
        "subscriber_tickets",
        "tickets of subscribers",
        "facts.subscriber_tickets",
        TICKET_COLUMNS,
        query=SUBSCRIBER_TICKETS,
        reads=_READS,
    ),
)
