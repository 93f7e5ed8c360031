"""Money: subscriptions and what happens to them, orders, refunds, shop visits, upsells, acquisitions."""

from __future__ import annotations

from goalkeeper.schema.columns import currency, flag, moment, money, text, whole
from goalkeeper.schema.table import Rule, Severity, Table
from goalkeeper.schema.words import ACTORS, CURRENCY_IS_CODE, in_order, priced

GROUP = "money"

SUBSCRIPTION_EVENT_TYPES = (
    "started",
    "trial_started",
    "trial_converted",
    "renewed",
    "upgraded",
    "downgraded",
    "quantity_changed",
    "price_changed",
    "cancel_requested",
    "cancel_revoked",
    "paused",
    "resumed",
    "cancelled",
    "expired",
    "payment_failed",
    "payment_recovered",
    "reactivated",
)

SUBSCRIPTIONS = Table(
    name="subscriptions",
    about="One row is a subscription in its latest known state",
    group=GROUP,
    key=("subscription_id",),
    columns=(
        text("subscription_id", "The source's id of the subscription", required=True),
        text("customer_id", "The customer", required=True, references="customers.customer_id"),
        moment("started_at", "When it began or will begin", required=True, future=True),
        text(
            "status",
            "The state now",
            required=True,
            values=("trialing", "active", "past_due", "paused", "cancelled", "expired"),
        ),
        money("mrr", "Recurring revenue in a month, after discounts", required=True),
        currency(required=True),
        text("account_id", "The customer's company", references="accounts.account_id"),
        money("cost", "What serving it costs the company in a month, so that a margin can be told"),
        text("plan", "What is subscribed to"),
        whole("quantity", "How many units or seats"),
        text("billing_interval", "How often it is billed", values=("day", "week", "month", "quarter", "year")),
        moment("cancel_at", "When a cancellation asked for takes effect", future=True),
        moment("cancelled_at", "When the cancellation was asked for"),
        moment("ended_at", "When it ended", future=True),
        moment("trial_end_at", "When the trial ended or will end", future=True),
    ),
    rules=(
        CURRENCY_IS_CODE,
        in_order("started_at", "ended_at", "a subscription ends after it begins"),
        in_order("started_at", "trial_end_at", "a trial ends after it begins"),
        in_order(
            "cancelled_at",
            "cancel_at",
            "a cancellation takes effect when it is asked for or later",
            key="cancel_before_asked",
            severity=Severity.WARN,
        ),
        Rule(
            "over_without_end",
            "status IN ('cancelled', 'expired') AND ended_at IS NULL AND cancelled_at IS NULL",
            "the subscription is over, but ended_at and cancelled_at are empty; its churn has no date",
            Severity.WARN,
        ),
    ),
)

SUBSCRIPTION_EVENTS = Table(
    name="subscription_events",
    about="One row is one thing that happened to a subscription; "
    "churn counts at effective_at, the save rate at occurred_at",
    group=GROUP,
    key=("event_id",),
    columns=(
        text("event_id", "The source's id of the event", required=True),
        text(
            "subscription_id",
            "The subscription",
            required=True,
            references="subscriptions.subscription_id",
        ),
        text("customer_id", "The customer", required=True, references="customers.customer_id"),
        moment("occurred_at", "When it was asked for or recorded", required=True),
        text("type", "What happened", required=True, values=SUBSCRIPTION_EVENT_TYPES),
        money("mrr_before", "Recurring revenue in a month before it"),
        money("mrr_after", "Recurring revenue in a month after it"),
        currency(),
        moment("effective_at", "When it takes effect; empty means at once", future=True),
        text("reason", "Why, as a word of the source"),
        text("reason_detail", "The reason one level finer"),
        text("reason_text", "Why, in the customer's words", personal=True),
        flag("voluntary", "The customer wanted it; a failed payment is not wanted"),
        text("ticket_id", "The ticket it came from", references="tickets.ticket_id"),
        text("agent_id", "The agent who handled it", references="agents.agent_id"),
        text("save_offer", "What was offered to keep the customer"),
        text("actor_type", "Who did it", values=ACTORS),
    ),
    rules=(
        CURRENCY_IS_CODE,
        priced("mrr_before", "mrr_after"),
        Rule(
            "upgrade_without_gain",
            "type = 'upgraded' AND mrr_after <= mrr_before",
            "an upgrade does not raise the revenue; mrr_after is above mrr_before",
            Severity.WARN,
        ),
        Rule(
            "downgrade_without_loss",
            "type = 'downgraded' AND mrr_after >= mrr_before",
            "a downgrade does not lower the revenue; mrr_after is below mrr_before",
            Severity.WARN,
        ),
        Rule(
            "unwanted_cancel_request",
            "type = 'cancel_requested' AND NOT voluntary",
            "a cancellation asked for is marked as not wanted; a failed payment is payment_failed",
            Severity.WARN,
        ),
    ),
)

ORDERS = Table(
    name="orders",
    about="One row is an order with all its lines",
    group=GROUP,
    key=("order_id",),
    columns=(
        text("order_id", "The source's id of the order", required=True),
        text("customer_id", "The customer", required=True, references="customers.customer_id"),
        moment("ordered_at", "When it was placed", required=True),
        money("gross", "The price before discounts and refunds", required=True),
        currency(required=True),
        text(
            "status",
            "How payment stands; delivery is told by fulfilled_at and delivered_at",
            required=True,
            values=("pending", "paid", "partially_refunded", "refunded", "cancelled"),
        ),
        text("status_raw", "The source's own word for the state"),
        money("net", "What was paid in the end"),
        money("discount", "Taken off the price"),
        money("refunds", "Paid back"),
        money("cost", "What the goods and their delivery cost the company, so that a margin can be told"),
        text("channel", "Where it was placed, such as web, app or store"),
        whole("items", "How many pieces"),
        moment("fulfilled_at", "When it was sent"),
        moment("delivered_at", "When it arrived"),
        moment("cancelled_at", "When it was cancelled"),
        flag("is_first", "The customer's first order; worked out from the orders, not read"),
        flag("is_test", "Placed to try the shop out"),
    ),
    rules=(
        CURRENCY_IS_CODE,
        in_order("ordered_at", "fulfilled_at", "an order is sent after it is placed"),
        in_order("ordered_at", "delivered_at", "an order arrives after it is placed"),
        in_order("ordered_at", "cancelled_at", "an order is cancelled after it is placed"),
        in_order("fulfilled_at", "delivered_at", "an order arrives after it is sent", severity=Severity.WARN),
        Rule(
            "discount_over_gross",
            "discount > gross",
            "discount is more than gross; gross is the price before the discount",
            Severity.WARN,
        ),
    ),
)

REFUNDS = Table(
    name="refunds",
    about="One row is money paid back to a customer",
    group=GROUP,
    key=("refund_id",),
    columns=(
        text("refund_id", "The source's id of the refund", required=True),
        moment("refunded_at", "When it was paid back", required=True),
        money("amount", "What was paid back, as a positive amount", required=True),
        currency(required=True),
        text("order_id", "The order; this or customer_id is needed", references="orders.order_id"),
        text(
            "customer_id", "The customer, where the source does not tell the order", references="customers.customer_id"
        ),
        text("reason", "Why"),
        text("ticket_id", "The ticket it came from", references="tickets.ticket_id"),
    ),
    rules=(
        CURRENCY_IS_CODE,
        Rule(
            "refund_to_nobody",
            "order_id IS NULL AND customer_id IS NULL",
            "order_id and customer_id are both empty; one of them is needed",
        ),
    ),
)

SHOP_VISITS = Table(
    name="shop_visits",
    about="One row is one visit to the shop by someone who might buy, with or without a chat",
    group=GROUP,
    key=("visit_id",),
    columns=(
        text("visit_id", "The source's id of the visit", required=True),
        moment("started_at", "When it began", required=True),
        text("customer_id", "The customer, if known", references="customers.customer_id"),
        text("visitor_key", "A hashed id of an unknown visitor", personal=True),
        flag("chatted", "The visitor was helped by chat"),
        text("interaction_id", "That chat", references="interactions.interaction_id"),
        text("order_id", "The order that came of it", references="orders.order_id"),
        moment("ordered_at", "When that was placed; the order's own time if empty"),
    ),
    rules=(
        in_order("started_at", "ordered_at", "an order of a visit is placed after it begins"),
        Rule(
            "chat_without_chatting",
            "interaction_id IS NOT NULL AND NOT chatted",
            "interaction_id names a chat, but chatted says that there was none",
            Severity.WARN,
        ),
    ),
)

UPSELLS = Table(
    name="upsells",
    about="One row is a sale, or an offer of one, credited to a service contact",
    group=GROUP,
    key=("upsell_id",),
    columns=(
        text("upsell_id", "The source's id of the sale", required=True),
        text("customer_id", "The customer", required=True, references="customers.customer_id"),
        moment("occurred_at", "When it was bought or turned down", required=True),
        money("amount", "What it is worth", required=True),
        currency(required=True),
        text(
            "kind",
            "What was sold",
            required=True,
            values=("upsell", "cross_sell", "renewal_expansion"),
        ),
        text("ticket_id", "The ticket it came from", references="tickets.ticket_id"),
        text("agent_id", "The agent who sold it", references="agents.agent_id"),
        moment("offered_at", "When it was offered"),
        flag("accepted", "The customer bought it; empty counts as bought"),
    ),
    rules=(CURRENCY_IS_CODE, in_order("offered_at", "occurred_at", "a sale follows its offer")),
)

ACQUISITIONS = Table(
    name="acquisitions",
    about="One row says when and how a customer was won",
    group=GROUP,
    key=("customer_id",),
    columns=(
        text("customer_id", "The customer", required=True, references="customers.customer_id"),
        moment("acquired_at", "When the customer was won", required=True),
        text("channel", "How, such as search, store or referral"),
        text("campaign", "The campaign that won the customer"),
        money("cost", "What it cost to win the customer"),
        currency(),
        text(
            "referred_by_customer_id",
            "The customer who brought this one",
            references="customers.customer_id",
        ),
    ),
    rules=(
        CURRENCY_IS_CODE,
        priced("cost"),
        Rule(
            "referred_by_self",
            "referred_by_customer_id = customer_id",
            "referred_by_customer_id is the customer's own id; it names another customer",
        ),
    ),
)

MONEY = (SUBSCRIPTIONS, SUBSCRIPTION_EVENTS, ORDERS, REFUNDS, SHOP_VISITS, UPSELLS, ACQUISITIONS)
