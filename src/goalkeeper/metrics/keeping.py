"""Whether customers stay: retention and churn, of customers and of revenue, and what service does for it."""

from __future__ import annotations

from typing import Any

from goalkeeper.formulas import Lasting, Retained, RetainedAmount, Share
from goalkeeper.metrics.metric import Aim, Benchmark, Group, Metric
from goalkeeper.metrics.sources import ELEVEN_METRICS, KPI_PROCESS, SERVICE_GOALS, TEN_OBJECTIVES
from goalkeeper.units import Better, Unit

DAY_S = 86_400
YEAR_S = 365 * DAY_S
_SPAN: dict[str, Any] = {"opened": "opened_at", "ended": "ended_at"}
_MONTHLY = "Without a range it is read month by month."


def _stays(dataset: str = "customer_spans", **how: Any) -> Retained:
    return Retained(dataset=dataset, **_SPAN, who="customer", **how)


def _revenue(**how: Any) -> RetainedAmount:
    return RetainedAmount(
        dataset="revenue_spans", **_SPAN, who="customer", amount="mrr", currency="currency", counts="customers", **how
    )


RETENTION_RATE = Metric(
    key="retention_rate",
    name="Customer retention",
    asks="How many of the customers at the start are still there at the end?",
    group=Group.STRATEGIC,
    unit=Unit.SHARE,
    better=Better.HIGHER,
    formula=_stays(),
    variants={"buyers": _stays("buying_spans", counts="active buyers")},
    aims=(Aim.RETENTION,),
    counts="customers at the start",
    every="month",
    watch_with=("net_revenue_retention",),
    benchmarks=(
        Benchmark(0.755, 0.755, "mean of all industries, a year", ELEVEN_METRICS, "C", period="year"),
        Benchmark(
            0.84, 0.84, "media and professional services, a year", ELEVEN_METRICS, "C", industry="media", period="year"
        ),
    ),
    sources=(TEN_OBJECTIVES, ELEVEN_METRICS),
    about=f"""
        Customers with a paid subscription at the period's first instant who have one at its last: (end - new) / start.
        Who came within the period counts in neither. A trial is no customer yet, and a pause is no loss. {_MONTHLY} The
        variant `buyers` takes shops without subscriptions: there a customer is one who ordered in the last 365 days.
        """,
    gamed_by="Making it hard to cancel, or giving away months.",
)

CHURN_RATE = Metric(
    key="churn_rate",
    name="Customer churn",
    asks="How many of the customers at the start are gone at the end?",
    group=Group.STRATEGIC,
    unit=Unit.SHARE,
    better=Better.LOWER,
    formula=_stays(lost=True),
    variants={
        "voluntary": _stays(lost=True, because="ending = 'voluntary'"),
        "involuntary": _stays(lost=True, because="ending = 'involuntary'"),
        "buyers": _stays("buying_spans", lost=True, counts="active buyers"),
        "of_all": _stays(lost=True, of_all=True, counts="customers at any time"),
    },
    aims=(Aim.RETENTION,),
    counts="customers at the start",
    every="month",
    watch_with=("revenue_churn_rate", "save_rate"),
    benchmarks=(
        Benchmark(0.03, 0.07, "a month", ELEVEN_METRICS, "C", industry="b2b software", period="month"),
        Benchmark(
            0.065, 0.08, "a month", ELEVEN_METRICS, "C", industry="consumer subscription",
            period="month",
        ),
        Benchmark(None, 0.10, "a month, about", ELEVEN_METRICS, "C", industry="early stage", period="month"),
    ),
    sources=(TEN_OBJECTIVES, ELEVEN_METRICS),
    about=f"""
        Customers with a paid subscription at the period's first instant who have none at its last, over all at the
        first. Not those at the end: that is another population. A loss counts when it takes effect, not when it is
        asked for; a pause is none. {_MONTHLY} The variants take those who wanted to leave (`voluntary`), those whose
        payment failed (`involuntary`), and shops (`buyers`: no order for 365 days); `of_all` divides by all who were
        customers at any time in the period, as lists of customers often do, and is lower where many are new.
        """,
    gamed_by="Calling a loss a pause.",
)  # fmt: skip

REVENUE_CHURN_RATE = Metric(
    key="revenue_churn_rate",
    name="Revenue churn",
    asks="How much of the revenue at the start is gone at the end?",
    group=Group.STRATEGIC,
    unit=Unit.SHARE,
    better=Better.LOWER,
    formula=_revenue(capped=True, lost=True),
    variants={"leaving": _revenue(leaving=True, lost=True)},
    aims=(Aim.RETENTION,),
    counts="customers at the start",
    every="month",
    watch_with=("churn_rate",),
    sources=(TEN_OBJECTIVES, ELEVEN_METRICS),
    about=f"""
        Recurring revenue at the period's first instant that is missing at its last, by customers who left or pay less,
        over all at the first; what others pay more does not make up for it. {_MONTHLY} The variant `leaving` counts
        only customers who left.
        """,
    gamed_by="Moving customers to prices that are promised for later.",
)

GROSS_REVENUE_RETENTION = Metric(
    key="gross_revenue_retention",
    name="Gross revenue retention",
    asks="How much of the revenue at the start is still there at the end?",
    group=Group.STRATEGIC,
    unit=Unit.SHARE,
    better=Better.HIGHER,
    formula=_revenue(capped=True),
    aims=(Aim.RETENTION,),
    counts="customers at the start",
    every="month",
    watch_with=("churn_rate",),
    sources=(ELEVEN_METRICS,),
    about=f"""
        (start - contraction - churn) / start, of the recurring revenue of the customers at the period's first instant:
        nobody counts with more than at the start, so it is never above 100 %. {_MONTHLY}
        """,
    gamed_by="Moving customers to prices that are promised for later.",
)

NET_REVENUE_RETENTION = Metric(
    key="net_revenue_retention",
    name="Net revenue retention",
    asks="What do the customers at the start pay at the end, over what they paid?",
    group=Group.STRATEGIC,
    unit=Unit.SHARE,
    better=Better.HIGHER,
    formula=_revenue(),
    aims=(Aim.RETENTION,),
    bounds=(0, float("inf")),
    counts="customers at the start",
    every="month",
    watch_with=("churn_rate", "gross_revenue_retention"),
    sources=(ELEVEN_METRICS,),
    about=f"""
        The recurring revenue at the period's last instant of the customers at its first, over what they paid then:
        (start + expansion - contraction - churn) / start. Customers who came within the period do not count.
        {_MONTHLY}
        """,
    gamed_by="Selling more to a few while many leave.",
)


def _tenure(years: int) -> Lasting:
    return Lasting(dataset="customer_spans", **_SPAN, horizon_s=years * YEAR_S)


CUSTOMER_TENURE = Metric(
    key="customer_tenure",
    name="Customer tenure",
    asks="How long do customers stay?",
    group=Group.STRATEGIC,
    unit=Unit.DURATION,
    better=Better.HIGHER,
    formula=_tenure(2),
    variants={"1y": _tenure(1), "3y": _tenure(3), "5y": _tenure(5)},
    aims=(Aim.RETENTION,),
    counts="stays of customers",
    watch_with=("net_revenue_retention",),
    sources=(KPI_PROCESS,),
    about="""
        How long paid subscriptions of a customer last without a break: the mean of the Kaplan–Meier curve, restricted
        to two years, over all that began by the period's last instant; who is still there counts as staying at least so
        long. Some call it "retention rate". Data that begins with the customers of one day flatters it, for those who
        left before are missing. The variants restrict it to other lengths.
        """,
    gamed_by="Making it hard to cancel.",
)


def _saved(days: int) -> Share:
    return Share(
        dataset="cancel_requests",
        at="asked_day",
        hits=f"saved_{days}",
        pending=f"followed_s < {days * DAY_S}",
        window_days=days,
    )


SAVE_RATE = Metric(
    key="save_rate",
    name="Save rate",
    asks="How many who ask to cancel are still there 30 days later?",
    group=Group.STRATEGIC,
    unit=Unit.SHARE,
    better=Better.HIGHER,
    formula=_saved(30),
    variants={"90d": _saved(90)},
    aims=(Aim.RETENTION,),
    counts="requests to cancel",
    watch_with=("churn_rate", "csat"),
    benchmarks=(Benchmark(0.20, 0.40, "by category", SERVICE_GOALS, "C"),),
    sources=(SERVICE_GOALS,),
    about="""
        Requests to cancel after which, 30 days later, the subscription runs and no request stands: the customer took
        it back, paused, or took another plan. A subscription that merely runs to the end of what is paid is not saved.
        Requests younger than 30 days are pending, decided or not. A second request while the first stands, and one in
        a trial, are left out. The variant looks 90 days on.
        """,
    gamed_by="Holding customers who want to leave, or paying them to stay.",
)

_AFTER: dict[str, Any] = {"dataset": "subscriber_tickets", "at": "solved_day", "pending": f"followed_s < {30 * DAY_S}"}
POST_TICKET_RETENTION = Metric(
    key="post_ticket_retention",
    name="Kept 30 days after a ticket",
    asks="How many subscribers are still there 30 days after a ticket of theirs?",
    group=Group.STRATEGIC,
    unit=Unit.SHARE,
    better=Better.HIGHER,
    formula=Share(**_AFTER, window_days=30, hits="kept_30"),
    variants={
        "without_ticket": Share(
            **_AFTER,
            window_days=30,
            of="match_kept_30 IS NOT NULL",
            hits="match_kept_30",
            left_out={"without a subscriber like it": "match_kept_30 IS NULL"},
            counts="like subscribers without a ticket",
        )
    },
    aims=(Aim.RETENTION, Aim.LASTING),
    counts="subscribers with a solved ticket",
    watch_with=("churn_rate",),
    sources=(SERVICE_GOALS,),
    about="""
        Subscribers whose ticket was solved and who still have a paid subscription 30 days later, among those whose 30
        days are over; a ticket within 30 days of an earlier one is left out. The variant `without_ticket` is what to
        compare it with: for each of them the subscriber of the same plan who began closest in time, is one at that
        moment, and wrote no ticket in the 30 days before. Only the difference of both says something about service.
        """,
    gamed_by="Making it hard to cancel.",
)

KEEPING = (
    RETENTION_RATE,
    CHURN_RATE,
    REVENUE_CHURN_RATE,
    GROSS_REVENUE_RETENTION,
    NET_REVENUE_RETENTION,
    CUSTOMER_TENURE,
    SAVE_RATE,
    POST_TICKET_RETENTION,
)
