"""What brings customers and money: acquisitions, visits to the shop, upsells of service, and answers on spending."""

from __future__ import annotations

from goalkeeper.datasets.dataset import NUMBER, Dataset
from goalkeeper.datasets.joins import (
    BUCKET,
    CUSTOMER,
    PERSON,
    WHO,
    bucket,
    customer,
    day_of,
    details_of,
    links,
    person,
    who,
    zone_of,
)
from goalkeeper.datasets.shop import YEAR_MS
from goalkeeper.tickets.columns import DAY, FLAG, MOMENT, SECONDS, TEXT, Derived, split

_CURRENCY = split("currency", "The currency")

ACQUISITION_COLUMNS = (
    *PERSON,
    split("channel", "How the customer was won"),
    split("campaign", "The campaign that won the customer"),
    CUSTOMER,
    BUCKET,
    Derived("acquired_at", MOMENT, "When the customer was won"),
    Derived("acquired_day", DAY, "Its local day"),
    Derived("year_after_at", MOMENT, "365 days later: until then it is of the last year"),
    Derived("referred", FLAG, "Another customer brought this one; NULL where nobody knows how the customer came"),
    Derived("cost", NUMBER, "What it cost to win the customer; NULL where it is not known"),
    _CURRENCY,
    Derived("left_out", TEXT, "internal; NULL if counted"),
)
VISIT_COLUMNS = (
    *PERSON,
    Derived("started_day", DAY, "The local day on which it began"),
    Derived("chatted", FLAG, "The visitor was helped by chat; NULL where it is not known"),
    Derived("bought_3", FLAG, "An order followed within three days"),
    Derived("followed_s", SECONDS, "From its beginning to the newest order, or visit where there are no orders"),
    Derived("left_out", TEXT, "internal; NULL if counted"),
)
UPSELL_COLUMNS = (
    *WHO,
    split("kind", "upsell, cross_sell or renewal_expansion"),
    Derived("occurred_day", DAY, "The local day on which it was bought or turned down"),
    Derived("accepted", FLAG, "The customer bought it"),
    Derived("sold_for", NUMBER, "What it is worth"),
    _CURRENCY,
    Derived("left_out", TEXT, "Always NULL"),
)
SPENDING_COLUMNS = (
    *PERSON,
    split("category", "The kind of things asked about"),
    Derived("answered_day", DAY, "The local day on which it was answered"),
    Derived("spend_with_us", NUMBER, "Spent with us"),
    Derived("spend_in_category", NUMBER, "Spent on such things in all"),
    _CURRENCY,
    Derived("left_out", TEXT, "Always NULL"),
)

ACQUISITIONS = f"""
SELECT {person("q")}, q.channel, q.campaign, {bucket(customer("q"))} AS bucket, epoch_ms(q.acquired_at) AS acquired_at,
    {day_of("q.acquired_at")} AS acquired_day, epoch_ms(q.acquired_at) + {YEAR_MS} AS year_after_at,
    CASE WHEN q.referred_by_customer_id IS NOT NULL OR lower(q.channel) LIKE '%referral%' THEN true
         WHEN q.channel IS NOT NULL THEN false END AS referred,
    q.cost, q.currency, CASE WHEN c.is_internal THEN 'internal' END AS left_out
FROM canon.acquisitions q {details_of("q")} {zone_of("q.acquired_at")}
"""

# The order that the visit names counts, or the same person's next one; an order tried out or cancelled sold nothing.
SHOP_VISITS = f"""
WITH seen AS (
    SELECT coalesce((SELECT max(ordered_at) FROM canon.orders), max(started_at)) AS t FROM canon.shop_visits
), visits AS (
    SELECT v.*, {customer("v")} AS who, c.segment, c.plan, c.country, c.is_internal,
        v.started_at + INTERVAL 3 DAY AS until_t, v.order_id IS NOT NULL AND (v.ordered_at IS NULL OR
        v.ordered_at <= v.started_at + INTERVAL 3 DAY) AS names_one
    FROM canon.shop_visits v {details_of("v")}
), bought AS (
    SELECT v.source_id, v.visit_id FROM visits v JOIN facts.purchases o ON o.customer = v.who
        AND o.is_order AND coalesce(o.left_out, 'internal') = 'internal'
        AND o.ordered_at >= epoch_ms(v.started_at) AND o.ordered_at <= epoch_ms(v.until_t)
    UNION
    SELECT v.source_id, v.visit_id FROM visits v LEFT JOIN canon.orders o USING (source_id, order_id)
    WHERE v.names_one AND coalesce(o.ordered_at, v.started_at) <= v.until_t
        AND coalesce(o.status <> 'cancelled' AND NOT coalesce(o.is_test, false), true)
)
SELECT v.source_id AS source, v.segment, v.plan, v.country, {day_of("v.started_at")} AS started_day,
    coalesce(v.chatted, CASE WHEN v.interaction_id IS NOT NULL THEN true END) AS chatted,
    b.visit_id IS NOT NULL AS bought_3, greatest(date_diff('second', v.started_at, seen.t), 0) AS followed_s,
    CASE WHEN v.is_internal THEN 'internal' END AS left_out
FROM visits v CROSS JOIN seen LEFT JOIN bought b USING (source_id, visit_id) {zone_of("v.started_at")}
"""

UPSELLS = f"""
SELECT {who("u", agent="u.agent_id")}, u.kind, {day_of("u.occurred_at")} AS occurred_day,
    coalesce(u.accepted, true) AS accepted, u.amount AS sold_for, u.currency, NULL::VARCHAR AS left_out
FROM canon.upsells u {links("u")} {zone_of("u.occurred_at")}
"""

SPENDING = f"""
SELECT a.source_id AS source, c.segment, c.plan, c.country, a.category, {day_of("a.answered_at")} AS answered_day,
    a.spend_with_us, a.spend_in_category, a.currency, NULL::VARCHAR AS left_out
FROM canon.spend_answers a {details_of("a")} {zone_of("a.answered_at")}
"""

# Two datasets in one, for what a customer is worth against what it cost to win one. Their splits are the person's, for
# shop, billing and marketing are different sources.
_SHARED = (
    *(column for column in PERSON if column.name != "source"),
    CUSTOMER,
    BUCKET,
    Derived("opened_at", MOMENT, "From when it counts"),
    Derived("ended_at", MOMENT, "Until when; NULL while it does"),
    Derived("acquisition_cost", NUMBER, "What it cost to win the customer; NULL of all other rows"),
    split("currency", "The currency"),
    Derived("left_out", TEXT, "Why it is not counted; NULL if it is"),
)
_NAMES = "segment, plan, country, customer, bucket"
_WON = f"SELECT {_NAMES}, acquired_at, year_after_at, cost, currency, left_out"
_ORDERS_AND_WON = (
    f"(SELECT {_NAMES}, ordered_at AS opened_at, year_after_at AS ended_at, NULL AS acquisition_cost, currency, "
    f"left_out, paid, is_order FROM facts.purchases UNION ALL {_WON}, NULL, false FROM facts.acquisitions)"
)
_REVENUE_AND_WON = (
    f"(SELECT {_NAMES}, opened_at, ended_at, NULL AS acquisition_cost, currency, left_out, mrr, cost, leaves "
    f"FROM facts.revenue_spans UNION ALL {_WON}, NULL, NULL, false FROM facts.acquisitions)"
)

_CUSTOMERS = ("customers", "identity_links")
_ORDERS = ("orders", "refunds")
SALES = (
    Dataset(
        "acquisitions",
        "customers won",
        "facts.acquisitions",
        ACQUISITION_COLUMNS,
        query=ACQUISITIONS,
        reads=("acquisitions", *_CUSTOMERS),
    ),
    Dataset(
        "shop_visits",
        "visits to the shop",
        "facts.shop_visits",
        VISIT_COLUMNS,
        query=SHOP_VISITS,
        reads=("shop_visits", *_ORDERS, *_CUSTOMERS),
    ),
    Dataset(
        "upsells", "upsells", "facts.upsells", UPSELL_COLUMNS, query=UPSELLS, reads=("upsells", "customers", "teams")
    ),
    Dataset(
        "spending",
        "answers on spending",
        "facts.spending",
        SPENDING_COLUMNS,
        query=SPENDING,
        reads=("spend_answers", *_CUSTOMERS),
    ),
    Dataset(
        "orders_and_acquisitions",
        "customers",
        _ORDERS_AND_WON,
        (
            *_SHARED,
            Derived("paid", NUMBER, "What was paid in the end; NULL of an acquisition"),
            Derived("is_order", FLAG, "Whether it is an order"),
        ),
        reads=(*_ORDERS, "acquisitions"),
    ),
    Dataset(
        "revenue_and_acquisitions",
        "customers",
        _REVENUE_AND_WON,
        (
            *_SHARED,
            Derived("mrr", NUMBER, "What the customer brings in a month; NULL of an acquisition"),
            Derived("cost", NUMBER, "What serving the customer costs in a month; NULL where it is not known"),
            Derived("leaves", FLAG, "Whether the customer has no paid subscription after it"),
        ),
        reads=("subscriptions", "subscription_events", "acquisitions"),
    ),
)
