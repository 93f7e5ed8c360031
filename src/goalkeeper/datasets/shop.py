"""The shop: orders and what they brought, who bought how often, and who keeps buying."""

from __future__ import annotations

from goalkeeper.calendars import DAY_MS
from goalkeeper.datasets.dataset import NUMBER, Dataset
from goalkeeper.datasets.joins import (
    BUCKET,
    CUSTOMER,
    PERSON,
    bucket,
    customer,
    day_of,
    details_of,
    merged,
    person,
    zone_of,
)
from goalkeeper.tickets.columns import DAY, FLAG, MOMENT, SECONDS, TEXT, WHOLE, Derived, split

YEAR_MS = 365 * DAY_MS
LOYAL_ORDERS = 3

PURCHASE_COLUMNS = (
    *PERSON,
    Derived("channel", TEXT, "Where it was placed"),
    CUSTOMER,
    BUCKET,
    Derived("ordered_at", MOMENT, "When it was placed"),
    Derived("ordered_day", DAY, "Its local day"),
    Derived("year_after_at", MOMENT, "365 days later: until then it is of the last year"),
    Derived("is_order", FLAG, "False for money paid back on an order that is not known"),
    Derived("paid", NUMBER, "What was paid in the end: after discounts and what was paid back"),
    Derived("margin", NUMBER, "That less the cost of the goods; NULL where it is not known"),
    split("currency", "The currency of both"),
    Derived("left_out", TEXT, "cancelled, test or internal; NULL if counted"),
)
BUYER_COLUMNS = (
    *PERSON,
    CUSTOMER,
    Derived("first_ordered_at", MOMENT, "The first order"),
    Derived("first_ordered_day", DAY, "Its local day"),
    Derived("second_ordered_at", MOMENT, "The second order; NULL where there is none"),
    Derived("second_day_at", MOMENT, "The first order on a later local day than the first; NULL where there is none"),
    Derived("last_ordered_at", MOMENT, "The last order"),
    Derived("never_at", MOMENT, "Always NULL: who bought once stays a buyer"),
    Derived("orders", WHOLE, "How many orders"),
    Derived("order_days", WHOLE, "On how many local days"),
    Derived("paid", NUMBER, "What was paid for all of them"),
    Derived("margin", NUMBER, "The same less the cost of the goods; NULL where that of one is not known"),
    split("currency", "The currency of both; NULL where there are two"),
    Derived("second_after_s", SECONDS, "From the first order to the second"),
    Derived("second_day_after_s", SECONDS, "From the first order to the first on a later day"),
    Derived("followed_s", SECONDS, "From the first order to the newest order of the source"),
    Derived("left_out", TEXT, "internal; NULL if counted"),
)
BUYING_COLUMNS = (
    *PERSON,
    CUSTOMER,
    Derived("opened_at", MOMENT, "The order that made it so"),
    Derived("ended_at", MOMENT, "365 days after the last order that kept it so"),
    Derived("left_out", TEXT, "internal; NULL if counted"),
)

# Of an order whose own row does not say what was paid back, the list of refunds does; a refund of which only the
# customer is known is a row of its own, below zero.
PURCHASES = f"""
WITH back AS (
    SELECT source_id, order_id, sum(amount) AS amount FROM canon.refunds GROUP BY source_id, order_id
), rows AS (
    SELECT o.source_id, o.customer_id, o.ordered_at AS t, o.channel, o.currency, o.cost, true AS is_order,
        coalesce(o.net, o.gross - coalesce(o.discount, 0) - coalesce(o.refunds, b.amount, 0)) AS paid,
        CASE WHEN o.is_test THEN 'test' WHEN o.status = 'cancelled' THEN 'cancelled' END AS why
    FROM canon.orders o LEFT JOIN back b USING (source_id, order_id)
    UNION ALL
    SELECT b.source_id, b.customer_id, b.refunded_at, NULL, b.currency, NULL, false, -b.amount, NULL
    FROM canon.refunds b ANTI JOIN canon.orders o USING (source_id, order_id) WHERE b.customer_id IS NOT NULL
)
SELECT {person("r")}, r.channel, {bucket(customer("r"))} AS bucket,
    epoch_ms(r.t) AS ordered_at, {day_of("r.t")} AS ordered_day, epoch_ms(r.t) + {YEAR_MS} AS year_after_at,
    r.is_order, r.paid, CASE WHEN r.is_order THEN r.paid - r.cost ELSE r.paid END AS margin, r.currency,
    coalesce(r.why, CASE WHEN c.is_internal THEN 'internal' END) AS left_out
FROM rows r {details_of("r")} {zone_of("r.t")}
"""

# A buyer's split values are those of the first order, so that a buyer stands in one cell.
_OF_BUYERS = """
SELECT customer, min_by(source, ordered_at) AS source, min_by(segment, ordered_at) AS segment,
    min_by(plan, ordered_at) AS plan, min_by(country, ordered_at) AS country
FROM facts.purchases WHERE is_order GROUP BY customer
"""

BUYERS = f"""
WITH counted AS (
    SELECT *, row_number() OVER (PARTITION BY customer ORDER BY ordered_at) AS number,
        min(ordered_day) OVER (PARTITION BY customer) AS first_day,
        max(ordered_at) OVER (PARTITION BY source) AS seen_until
    FROM facts.purchases WHERE is_order AND coalesce(left_out, 'internal') = 'internal'
), bought AS (
    SELECT customer, min(ordered_at) AS first_ordered_at, any_value(first_day) AS first_ordered_day,
        min(ordered_at) FILTER (number = 2) AS second_ordered_at,
        min(ordered_at) FILTER (ordered_day > first_day) AS second_day_at, max(ordered_at) AS last_ordered_at,
        count(*) AS orders, count(DISTINCT ordered_day) AS order_days, sum(paid) AS paid,
        CASE WHEN count(margin) = count(*) THEN sum(margin) END AS margin,
        CASE WHEN min(currency) = max(currency) THEN min(currency) END AS currency,
        max(seen_until) AS seen_until, any_value(left_out) AS left_out
    FROM counted GROUP BY customer
)
SELECT c.source, c.segment, c.plan, c.country, customer, first_ordered_at, first_ordered_day, second_ordered_at,
    second_day_at, last_ordered_at, NULL::BIGINT AS never_at, orders, order_days, paid, margin, currency,
    (second_ordered_at - first_ordered_at) // 1000 AS second_after_s,
    (second_day_at - first_ordered_at) // 1000 AS second_day_after_s,
    (seen_until - first_ordered_at) // 1000 AS followed_s, left_out
FROM bought JOIN ({_OF_BUYERS}) c USING (customer)
"""


def _keeps_buying(orders: int) -> str:
    """The spans in which a customer has that many orders in the 365 days before."""
    back = f"lag(ordered_at, {orders - 1}) OVER (PARTITION BY customer ORDER BY ordered_at)" if orders > 1 else "a"
    return f"""
    WITH counted AS (
        SELECT customer, ordered_at, ordered_at AS a, left_out FROM facts.purchases
        WHERE is_order AND coalesce(left_out, 'internal') = 'internal'
    ), reached AS (
        SELECT customer, a, {back} + {YEAR_MS} AS b, left_out FROM counted
    ), lasting AS (SELECT * FROM reached WHERE b > a)
    SELECT c.source, c.segment, c.plan, c.country, customer, a AS opened_at, b AS ended_at, left_out
    FROM ({merged("lasting", "customer", "any_value(left_out) AS left_out")}) JOIN ({_OF_BUYERS}) c USING (customer)
    """


_READS = ("orders", "refunds", "customers", "identity_links")
SHOP = (
    Dataset("purchases", "orders", "facts.purchases", PURCHASE_COLUMNS, query=PURCHASES, reads=_READS),
    Dataset("buyers", "customers who bought", "facts.buyers", BUYER_COLUMNS, query=BUYERS, reads=_READS),
    Dataset(
        "buying_spans", "active buyers", "facts.buying_spans", BUYING_COLUMNS, query=_keeps_buying(1), reads=_READS
    ),
    Dataset(
        "loyal_spans", "regular buyers", "facts.loyal_spans", BUYING_COLUMNS, query=_keeps_buying(LOYAL_ORDERS),
        reads=_READS,
    ),
)  # fmt: skip
