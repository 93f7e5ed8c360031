"""Whether customers come, come back and pay: acquisition, repeat purchases, worth, sales of service, and the brand."""

from __future__ import annotations

from typing import Any

from goalkeeper.formulas import (
    Arrivals,
    Level,
    LevelShare,
    OrderWorth,
    PredictedWorth,
    Ratio,
    Share,
    SubscriptionWorth,
    Total,
)
from goalkeeper.metrics.metric import Aim, Benchmark, Group, Metric
from goalkeeper.metrics.sources import ELEVEN_METRICS, SEVENTEEN_TYPES, TEN_OBJECTIVES
from goalkeeper.units import Better, Unit

DAY_S = 86_400
_SPAN: dict[str, Any] = {"opened": "opened_at", "ended": "ended_at"}

ACQUISITION_RATE = Metric(
    key="acquisition_rate",
    name="Customer acquisition",
    asks="How many customers are new, over those at the start?",
    group=Group.STRATEGIC,
    unit=Unit.SHARE,
    better=Better.HIGHER,
    formula=Arrivals(dataset="customer_spans", **_SPAN, who="customer"),
    variants={"buyers": Arrivals(dataset="buying_spans", **_SPAN, who="customer", counts="active buyers")},
    bounds=(0, float("inf")),
    counts="customers at the start",
    every="month",
    watch_with=("churn_rate", "ltv_to_cac"),
    sources=(TEN_OBJECTIVES,),
    about="""
        Customers whose first paid subscription began within the period, over those who had one at its first instant.
        Who comes back is not new. Without a range it is read month by month. The variant `buyers` takes shops: first
        orders over those who ordered in the 365 days before.
        """,
    gamed_by="Winning customers at any price, or such as will not stay.",
)


def _repeats(since: str) -> LevelShare:
    return LevelShare(
        dataset="buyers", opened="first_ordered_at", ended="never_at", since=since, older_s=0, sample=True
    )


REPEAT_PURCHASE_RATE = Metric(
    key="repeat_purchase_rate",
    name="Repeat purchase",
    asks="How many who bought once have bought again?",
    group=Group.STRATEGIC,
    unit=Unit.SHARE,
    better=Better.HIGHER,
    formula=_repeats("second_ordered_at"),
    variants={
        "days": _repeats("second_day_at"),
        "within_365_days": Share(
            dataset="buyers",
            at="first_ordered_day",
            hits=f"second_after_s <= {365 * DAY_S}",
            pending=f"followed_s < {365 * DAY_S}",
            window_days=365,
        ),
    },
    aims=(Aim.RETENTION,),
    counts="customers who bought",
    watch_with=("lifetime_value",),
    benchmarks=(Benchmark(0.20, 0.40, "usual", ELEVEN_METRICS, "C", industry="e-commerce"),),
    sources=(ELEVEN_METRICS,),
    about="""
        Customers with two orders or more among those with one or more, over all time up to the period's last instant.
        Orders that were cancelled or tried out do not count. It rises with the age of the shop, so no change of it is
        judged; the variant `within_365_days` does not: it asks for a second order within 365 days of the first, and
        customers younger than that are pending. The variant `days` asks for two different days, so that an order cut in
        two counts once.
        """,
    gamed_by="Cutting orders in two.",
)

LOYAL_CUSTOMERS = Metric(
    key="loyal_customers",
    name="Regular buyers",
    asks="How many customers bought three times or more in the last twelve months?",
    group=Group.STRATEGIC,
    unit=Unit.COUNT,
    better=Better.HIGHER,
    formula=Level(dataset="loyal_spans", **_SPAN),
    aims=(Aim.RETENTION,),
    counts="regular buyers",
    watch_with=("repeat_purchase_rate",),
    sources=(SEVENTEEN_TYPES,),
    about="""
        Customers with three orders or more in the 365 days before the period's last instant; there is a number once
        orders are known for so long.
        """,
    gamed_by="Cutting orders in two.",
)

WALLET_SHARE = Metric(
    key="wallet_share",
    name="Wallet share",
    asks="How much of what customers spend on such things do they spend with us?",
    group=Group.STRATEGIC,
    unit=Unit.SHARE,
    better=Better.HIGHER,
    formula=Ratio(
        dataset="spending",
        at="answered_day",
        over="spend_with_us",
        under="spend_in_category",
        currency="currency",
    ),
    counts="answers on spending",
    watch_with=("lifetime_value",),
    sources=(TEN_OBJECTIVES,),
    about="""
        What those asked say they spend with us over what they say they spend on such things in all: the sum over the
        sum, so who spends much counts for much. People remember spending badly, and the interval does not know that.
        """,
    gamed_by="Asking only the best customers.",
)


def _of_orders(dataset: str = "purchases", amount: str = "paid", **how: Any) -> OrderWorth:
    opened, ended = ("ordered_at", "year_after_at") if dataset == "purchases" else ("opened_at", "ended_at")
    return OrderWorth(
        dataset=dataset, opened=opened, ended=ended, who="customer", piece="bucket", amount=amount,
        is_order="is_order", currency="currency", counts="buyers of the last year", **how,
    )  # fmt: skip


def _of_subscriptions(dataset: str = "revenue_spans", **how: Any) -> SubscriptionWorth:
    return SubscriptionWorth(
        dataset=dataset, **_SPAN, who="customer", piece="bucket", amount="mrr", serving="cost", leaves="leaves",
        currency="currency", counts="customers", **how,
    )  # fmt: skip


LIFETIME_VALUE = Metric(
    key="lifetime_value",
    name="Customer lifetime value",
    asks="What does a customer bring, from the first day to the last?",
    group=Group.STRATEGIC,
    unit=Unit.MONEY,
    better=Better.HIGHER,
    formula=_of_orders(),
    variants={
        "order_margin": _of_orders(
            amount="margin",
            of="margin IS NOT NULL",
            left_out={"the cost of the goods is not known": "margin IS NULL"},
        ),
        "margin_over_churn": _of_subscriptions(),
        "predicted": PredictedWorth(
            dataset="purchases",
            opened="ordered_at",
            ended="year_after_at",
            who="customer",
            amount="paid",
            on_day="ordered_day",
            currency="currency",
            days_ahead=3 * 365,
            of="is_order AND paid > 0",
            left_out={"all of it was paid back": "is_order AND paid <= 0"},
            counts="customers who bought",
        ),
    },
    aims=(Aim.RETENTION,),
    counts="buyers of the last year",
    watch_with=("churn_rate", "repeat_purchase_rate"),
    sources=(ELEVEN_METRICS, TEN_OBJECTIVES),
    about="""
        Value of an order x orders a year x years. The first two are those of the 365 days before the period's last
        instant, of customers who bought in them, after discounts and what was paid back. The years are one over the
        share of the buyers of the year before who did not buy again, at most five; so two years of orders are needed.
        `order_margin` takes the margin for the value. `margin_over_churn` is for subscriptions: margin x revenue of a
        customer in a month over the share lost in a month, at most five years; where the cost of serving is not known
        it is revenue, and says so. `predicted` is what the customers of today will bring in within three years, by the
        models BG/NBD and gamma-gamma of how often and how much each has bought; it refuses to say so where nobody can
        tell who has stopped buying. The forms answer different questions and are never mixed; none is discounted.
        """,
    gamed_by="Choosing the form, or the longest time, that gives most.",
)

LTV_TO_CAC = Metric(
    key="ltv_to_cac",
    name="Lifetime value to acquisition cost",
    asks="How many times over does a customer bring in what it cost to win one?",
    group=Group.STRATEGIC,
    unit=Unit.RATIO,
    better=Better.HIGHER,
    formula=_of_orders("orders_and_acquisitions", won_for="acquisition_cost"),
    variants={"margin_over_churn": _of_subscriptions("revenue_and_acquisitions", won_for="acquisition_cost")},
    aims=(Aim.RETENTION,),
    counts="buyers of the last year",
    watch_with=("acquisition_rate",),
    benchmarks=(Benchmark(3, None, "three or more", ELEVEN_METRICS, "C"),),
    sources=(ELEVEN_METRICS,),
    about="""
        The lifetime value over the mean cost of winning a customer, of those won in the 365 days before the period's
        last instant whose cost is known; one won for nothing counts with 0. The variant takes the lifetime value of
        subscriptions.
        """,
    gamed_by="Leaving salaries and tools out of the cost.",
)

UPSELL_REVENUE = Metric(
    key="upsell_revenue",
    name="Revenue from service",
    asks="What do sales bring that service made?",
    group=Group.STRATEGIC,
    unit=Unit.MONEY,
    better=Better.HIGHER,
    formula=Total(dataset="upsells", at="occurred_day", among="accepted", value="sold_for", currency="currency"),
    counts="sales",
    watch_with=("csat", "churn_rate"),
    sources=(SEVENTEEN_TYPES,),
    about="""
        What customers bought in the period that is credited to a contact with service. Offers turned down do not count.
        The interval says what other periods of the same business would bring by chance.
        """,
    gamed_by="Selling to people who came with a problem, or crediting sales that came by themselves.",
)

_VISIT: dict[str, Any] = {
    "dataset": "shop_visits",
    "at": "started_day",
    "pending": f"followed_s < {3 * DAY_S}",
    "window_days": 3,
}
_CHAT_UNKNOWN = {"nobody knows whether they chatted": "chatted IS NULL"}
ASSISTED_CONVERSION = Metric(
    key="assisted_conversion",
    name="Pre-sale help that sold",
    asks="How many who chatted before buying ordered within three days?",
    group=Group.STRATEGIC,
    unit=Unit.SHARE,
    better=Better.HIGHER,
    formula=Share(
        **_VISIT,
        among="chatted IS NULL OR chatted",
        of="chatted",
        hits="bought_3",
        left_out=_CHAT_UNKNOWN,
    ),
    variants={
        "without_chat": Share(
            **_VISIT,
            among="chatted IS NULL OR NOT chatted",
            of="NOT chatted",
            hits="bought_3",
            left_out=_CHAT_UNKNOWN,
            counts="visits without a chat",
        )
    },
    counts="visits with a chat",
    watch_with=("csat",),
    sources=(TEN_OBJECTIVES,),
    about="""
        Visits to the shop with a chat that an order followed within three days, among those whose three days are over.
        The variant `without_chat` is what to compare it with. Who chats wants to buy more often anyway: only a chat
        offered at random shows what it sells.
        """,
    gamed_by="Opening chats with those who buy anyway.",
)

REFERRAL_RATE = Metric(
    key="referral_rate",
    name="Word of mouth",
    asks="How many new customers came because another one sent them?",
    group=Group.STRATEGIC,
    unit=Unit.SHARE,
    better=Better.HIGHER,
    formula=Share(
        dataset="acquisitions",
        at="acquired_day",
        of="referred IS NOT NULL",
        hits="referred",
        left_out={"nobody knows how they came": "referred IS NULL"},
    ),
    counts="new customers",
    watch_with=("nps", "acquisition_rate"),
    sources=(SEVENTEEN_TYPES, TEN_OBJECTIVES),
    about="""
        New customers whom another customer sent, or who came by a channel called referral, among those of whom it is
        known how they came.
        """,
    gamed_by="Paying for referrals.",
)

BRAND_RECALL = Metric(
    key="brand_recall",
    name="Brand awareness",
    asks="How many of those asked name the brand unaided?",
    group=Group.STRATEGIC,
    unit=Unit.SHARE,
    better=Better.HIGHER,
    formula=Share(
        dataset="answers",
        at="responded_day",
        among="kind = 'brand'",
        of="scale_min = 0 AND scale_max = 1",
        hits="score = 1",
        left_out={"not a question of yes or no": "NOT (scale_min = 0 AND scale_max = 1)"},
    ),
    counts="answers",
    watch_with=("survey_response_rate",),
    sources=(SEVENTEEN_TYPES,),
    about="""
        Answers that name the brand without being shown a list, among all answers. It speaks of those who were asked: a
        sample that drifts from one wave to the next moves it as much as the brand does.
        """,
    gamed_by="Asking people who know the brand.",
)

GROWTH = (
    ACQUISITION_RATE,
    REPEAT_PURCHASE_RATE,
    LOYAL_CUSTOMERS,
    WALLET_SHARE,
    LIFETIME_VALUE,
    LTV_TO_CAC,
    UPSELL_REVENUE,
    ASSISTED_CONVERSION,
    REFERRAL_RATE,
    BRAND_RECALL,
)
