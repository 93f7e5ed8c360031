"""Subscriptions: how long each is paid for, who is a customer from when to when, and what they pay in a month.

A trial is no customer yet. A pause is no loss. The log of events says when a subscription ended or came back, and what
it cost in between; where there is none, the latest state does.
"""

from __future__ import annotations

from goalkeeper.datasets.dataset import NUMBER, Dataset
from goalkeeper.datasets.joins import BUCKET, CUSTOMER, OVER, PERSON, bucket, details_of, merged, over_at, person
from goalkeeper.tickets.columns import FLAG, MOMENT, TEXT, Derived, split

_OPENED = Derived("opened_at", MOMENT, "From when it is paid for: the end of the trial, if there is one")
_ENDED = Derived("ended_at", MOMENT, "When it took effect that it is over; NULL while it is not")
_ENDING = Derived("ending", TEXT, "voluntary, involuntary (a payment failed) or unknown; NULL while it is not over")
_LEFT_OUT = Derived("left_out", TEXT, "trial, internal, or over but not known since when; NULL if counted")

STAY_COLUMNS = (
    *PERSON,
    CUSTOMER,
    Derived("subscription_id", TEXT, "The source's id of the subscription"),
    _OPENED,
    _ENDED,
    _ENDING,
    _LEFT_OUT,
)
CUSTOMER_SPAN_COLUMNS = (*PERSON, CUSTOMER, _OPENED, _ENDED, _ENDING, _LEFT_OUT)
REVENUE_COLUMNS = (
    *PERSON,
    CUSTOMER,
    BUCKET,
    _OPENED,
    _ENDED,
    Derived("mrr", NUMBER, "What all subscriptions of the customer bring in a month, the same for the whole span"),
    Derived("cost", NUMBER, "What serving them costs in a month; NULL where that of one is not known"),
    split("currency", "The currency of both"),
    Derived("leaves", FLAG, "Whether the customer has no paid subscription after it"),
    _LEFT_OUT,
)

_LAST_ENDING = "CASE WHEN NOT bool_or(b IS NULL) THEN max_by(ending, b) END AS ending"
UNDATED = "over, but nobody knows since when"
_RUNS = "('active', 'past_due', 'paused')"
# When a trial becomes paid: as logged, else at its end. One that the latest state says still runs has not.
_PAID_FROM = f"""CASE WHEN s.status = 'trialing' OR e.converted_at IS NOT NULL THEN e.converted_at
    WHEN s.trial_end_at IS NOT NULL THEN s.trial_end_at
    WHEN e.was_tried AND s.status NOT IN {_RUNS} THEN NULL ELSE s.started_at END"""

_SUBSCRIPTIONS = f"""
log AS (
    SELECT source_id, subscription_id, event_id, type, voluntary, mrr_before, mrr_after, occurred_at,
        coalesce(effective_at, occurred_at) AS t
    FROM canon.subscription_events
), marks AS (
    SELECT source_id, subscription_id, min(t) FILTER (type = 'trial_converted') AS converted_at,
        coalesce(bool_or(type = 'trial_started'), false) AS was_tried, min(t) FILTER (type IN {OVER}) AS first_over
    FROM log GROUP BY source_id, subscription_id
), subs AS (
    SELECT s.source_id, s.subscription_id, s.started_at, s.mrr, s.cost, s.currency, s.cancel_at, e.first_over,
        {_PAID_FROM} AS paid_from,
        {over_at("s")} AS over_at,
        s.status IN {OVER} AS is_over, {person("s")}, coalesce(c.is_internal, false) AS is_internal
    FROM canon.subscriptions s LEFT JOIN marks e USING (source_id, subscription_id) {details_of("s")}
), begins AS (
    -- An end that came before the trial was over ends what never began.
    SELECT source_id, subscription_id, paid_from AS a, started_at AS since FROM subs WHERE paid_from IS NOT NULL
    UNION SELECT source_id, subscription_id, t, t + INTERVAL 1 MICROSECOND FROM log WHERE type = 'reactivated'
), ends AS (
    SELECT b.source_id, b.subscription_id, b.a, b.since, min(l.t) AS ended,
        min_by(coalesce(CAST(l.voluntary AS VARCHAR), 'unknown'), l.t) AS voluntary,
        lead(b.a) OVER (PARTITION BY b.source_id, b.subscription_id ORDER BY b.a) AS next_a
    FROM begins b LEFT JOIN log l ON l.source_id = b.source_id AND l.subscription_id = b.subscription_id
        AND l.type IN {OVER} AND l.t >= b.since
    GROUP BY b.source_id, b.subscription_id, b.a, b.since
), stays AS (
    SELECT s.*, e.a, least(coalesce(e.ended, CASE WHEN s.over_at >= e.since THEN s.over_at END), e.next_a) AS b,
        e.voluntary, s.is_over AND b IS NULL AS is_undated
    FROM ends e JOIN subs s USING (source_id, subscription_id)
)
"""

STAYS = f"""
WITH {_SUBSCRIPTIONS}, paid AS (
    SELECT s.source_id, s.subscription_id, s.a, s.b, any_value(s.voluntary) AS voluntary,
        any_value(s.cancel_at) AS cancel_at, any_value(s.is_undated) AS is_undated,
        max_by(l.type, l.occurred_at) FILTER (l.type IN ('cancel_requested', 'cancel_revoked')) AS asked,
        max_by(l.type, l.occurred_at) FILTER (l.type IN ('payment_failed', 'payment_recovered')) AS payment
    FROM stays s LEFT JOIN log l ON l.source_id = s.source_id AND l.subscription_id = s.subscription_id
        AND l.occurred_at >= s.a AND l.occurred_at <= s.b
    WHERE s.b IS NULL OR s.b > s.a GROUP BY s.source_id, s.subscription_id, s.a, s.b
), all_of_them AS (
    SELECT source_id, subscription_id, a, b, CASE WHEN b IS NULL THEN NULL WHEN voluntary = 'true' THEN 'voluntary'
        WHEN voluntary = 'false' THEN 'involuntary' WHEN asked = 'cancel_requested' THEN 'voluntary'
        WHEN payment = 'payment_failed' THEN 'involuntary' WHEN cancel_at IS NOT NULL THEN 'voluntary'
        ELSE 'unknown' END AS ending,
        CASE WHEN is_undated THEN '{UNDATED}' END AS why
    FROM paid
    UNION ALL
    SELECT source_id, subscription_id, started_at, least(paid_from, over_at, first_over), NULL, 'trial' FROM subs
    WHERE (paid_from IS NULL OR paid_from > started_at) AND (over_at IS NULL OR over_at > started_at)
)
SELECT s.source, s.segment, s.plan, s.country, s.customer, y.subscription_id, epoch_ms(y.a) AS opened_at,
    epoch_ms(y.b) AS ended_at, y.ending, CASE WHEN s.is_internal THEN 'internal' ELSE y.why END AS left_out
FROM all_of_them y JOIN subs s USING (source_id, subscription_id)
"""

# A customer's split values are the same in all its spans: the first subscription's source, the last one's plan.
_OF_CUSTOMERS = """
SELECT customer, min_by(source, (opened_at, subscription_id)) AS source,
    max_by(segment, (opened_at, subscription_id)) AS segment, max_by(plan, (opened_at, subscription_id)) AS plan,
    max_by(country, (opened_at, subscription_id)) AS country
FROM facts.stays GROUP BY customer
"""

CUSTOMER_SPANS = f"""
WITH paid AS (SELECT customer, opened_at AS a, ended_at AS b, ending FROM facts.stays WHERE left_out IS NULL)
SELECT c.source, c.segment, c.plan, c.country, customer, a AS opened_at, b AS ended_at, ending, left_out
FROM (SELECT *, NULL::VARCHAR AS left_out FROM ({merged("paid", "customer", _LAST_ENDING)})
      UNION ALL SELECT customer, opened_at, ended_at, ending, left_out FROM facts.stays WHERE left_out IS NOT NULL)
JOIN ({_OF_CUSTOMERS}) c USING (customer)
"""

# What a subscription costs changes with these; a request to cancel changes it only when it takes effect, and then it is
# over. Of several at one moment the one that says a change counts.
_PRICED = """('started', 'trial_started', 'trial_converted', 'renewed', 'upgraded', 'downgraded', 'quantity_changed',
    'price_changed', 'paused', 'resumed', 'reactivated')"""

REVENUE_SPANS = f"""
WITH {_SUBSCRIPTIONS}, prices AS (
    SELECT source_id, subscription_id, t, max_by(mrr_after, (mrr_after IS DISTINCT FROM mrr_before, event_id)) AS after,
        min_by(mrr_before, (mrr_after IS NOT DISTINCT FROM mrr_before, event_id)) AS before
    FROM log WHERE type IN {_PRICED} AND mrr_after IS NOT NULL GROUP BY source_id, subscription_id, t
), counted AS (
    SELECT * FROM stays WHERE (b IS NULL OR b > a) AND NOT is_internal AND NOT is_undated
), at_first AS (
    SELECT s.source_id, s.subscription_id, s.a, max_by(l.after, l.t) FILTER (l.t <= s.a) AS known,
        min_by(l.before, l.t) FILTER (l.t > s.a AND (s.b IS NULL OR l.t < s.b)) AS next_before
    FROM counted s LEFT JOIN prices l ON l.source_id = s.source_id AND l.subscription_id = s.subscription_id
    GROUP BY s.source_id, s.subscription_id, s.a
), points AS (
    SELECT s.*, s.a AS t, coalesce(nullif(f.known, 0), nullif(f.next_before, 0), s.mrr) AS price
    FROM counted s JOIN at_first f USING (source_id, subscription_id, a)
    UNION ALL
    SELECT s.*, l.t, l.after FROM counted s JOIN prices l ON l.source_id = s.source_id
        AND l.subscription_id = s.subscription_id AND l.t > s.a AND (s.b IS NULL OR l.t < s.b)
), pieces AS (
    SELECT customer, currency, price, cost, t, lead(t, 1, b) OVER (
        PARTITION BY source_id, subscription_id, a ORDER BY t) AS until_t
    FROM points
), moves AS (
    SELECT customer, currency, t, price, coalesce(cost, 0) AS cost, (cost IS NOT NULL)::INT AS costed, 1 AS one
    FROM pieces
    UNION ALL
    SELECT customer, currency, until_t, -price, -coalesce(cost, 0), -(cost IS NOT NULL)::INT, -1
    FROM pieces WHERE until_t IS NOT NULL
), steps AS (
    SELECT customer, currency, t, sum(price) AS price, sum(cost) AS cost, sum(costed) AS costed, sum(one) AS one
    FROM moves GROUP BY customer, currency, t
), running AS (
    SELECT customer, currency, t, sum(price) OVER w AS mrr, sum(cost) OVER w AS cost, sum(costed) OVER w AS costed,
        sum(one) OVER w AS running, lead(t) OVER w AS until_t
    FROM steps WINDOW w AS (PARTITION BY customer, currency ORDER BY t)
), spans AS (
    SELECT *, coalesce(lead(running) OVER (PARTITION BY customer, currency ORDER BY t) = 0, false) AS leaves
    FROM running
)
SELECT c.source, c.segment, c.plan, c.country, customer, {bucket("customer")} AS bucket, epoch_ms(t) AS opened_at,
    epoch_ms(until_t) AS ended_at, CAST(mrr AS DECIMAL(18, 4)) AS mrr,
    CASE WHEN costed = running THEN CAST(cost AS DECIMAL(18, 4)) END AS cost, currency, leaves, left_out
FROM (SELECT customer, currency, t, until_t, mrr, cost, costed, running, leaves, NULL::VARCHAR AS left_out
      FROM spans WHERE running > 0
      UNION ALL
      SELECT customer, NULL, make_timestamp(opened_at * 1000), make_timestamp(ended_at * 1000), NULL, NULL, 0, 1,
          false, left_out FROM facts.stays WHERE left_out IS NOT NULL)
JOIN ({_OF_CUSTOMERS}) c USING (customer)
"""

_READS = ("subscriptions", "subscription_events", "customers", "identity_links")
SUBSCRIPTIONS = (
    Dataset("stays", "subscriptions", "facts.stays", STAY_COLUMNS, query=STAYS, reads=_READS),
    Dataset(
        "customer_spans",
        "customers",
        "facts.customer_spans",
        CUSTOMER_SPAN_COLUMNS,
        query=CUSTOMER_SPANS,
        reads=_READS,
    ),
    Dataset("revenue_spans", "customers", "facts.revenue_spans", REVENUE_COLUMNS, query=REVENUE_SPANS, reads=_READS),
)
