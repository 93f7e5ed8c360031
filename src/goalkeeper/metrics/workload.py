"""How much: what comes in, what lies open, what an hour and a resolution take."""

from __future__ import annotations

from goalkeeper.formulas import Level, LevelRatio, LevelShare, Rate, Ratio
from goalkeeper.metrics.metric import Aim, Benchmark, Group, Metric
from goalkeeper.metrics.sources import ELEVEN_METRICS, KPI_PROCESS, SERVICE_GOALS, SEVENTEEN_TYPES
from goalkeeper.units import Better, Unit

HOUR_S = 3_600
MONTH_DAYS = 30.4375
# A ticket that is gone was never solved, but it does not lie open: it is not even left out.
_THERE = "coalesce(left_out NOT IN ('deleted', 'spam', 'merged'), true)"
# Done and said to be closed, yet nobody tells when.
_CLOSED_SOMETIME = "coalesce(status = 'closed', false) AND closed_at IS NULL AND (resolved OR closed_unsolved IS NULL)"


def _older(hours: int) -> LevelShare:
    return LevelShare(
        dataset="open_spans",
        among=_THERE,
        opened="opened_at",
        ended="ended_at",
        since="created_at",
        older_s=hours * HOUR_S,
    )


TICKET_VOLUME = Metric(
    key="ticket_volume",
    name="Ticket volume",
    asks="How many tickets come in a day?",
    group=Group.OPERATIONAL,
    unit=Unit.RATE,
    better=Better.NEITHER,
    formula=Rate(dataset="tickets", at="created_day"),
    counts="tickets",
    sources=(KPI_PROCESS,),
    about="Tickets created, a day of the period.",
)

BACKLOG = Metric(
    key="backlog",
    name="Backlog",
    asks="How many tickets are open?",
    group=Group.OPERATIONAL,
    unit=Unit.COUNT,
    better=Better.LOWER,
    formula=Level(dataset="open_spans", among=_THERE, opened="opened_at", ended="ended_at"),
    variants={
        "not_closed": Level(
            dataset="tickets", among=f"{_THERE} AND NOT ({_CLOSED_SOMETIME})", opened="created_at", ended="closed_at"
        )
    },
    aims=(Aim.SPEED, Aim.CLOSING),
    counts="open tickets",
    watch_with=("reopen_rate",),
    sources=(ELEVEN_METRICS, KPI_PROCESS),
    about="""
        Tickets made or reopened and not solved, at the period's last instant. The variant `not_closed` counts until
        the final lock, as desks without a solved state do.
        """,
    gamed_by="Closing many at once.",
)

BACKLOG_OVER_48H = Metric(
    key="backlog_over_48h",
    name="Old backlog",
    asks="How much of the backlog is older than 48 hours?",
    group=Group.OPERATIONAL,
    unit=Unit.SHARE,
    better=Better.LOWER,
    formula=_older(48),
    variants={"24h": _older(24), "7d": _older(168)},
    aims=(Aim.SPEED, Aim.CLOSING),
    counts="open tickets",
    watch_with=("reopen_rate",),
    benchmarks=(Benchmark(0.0, 0.0, "no ticket that old", ELEVEN_METRICS, "C"),),
    sources=(ELEVEN_METRICS,),
    about="Open tickets created over 48 hours before, among those open at the period's last instant.",
    gamed_by="Closing many at once.",
)

BACKLOG_PER_AGENT = Metric(
    key="backlog_per_agent",
    name="Backlog per agent",
    asks="How many open tickets does an agent have?",
    group=Group.OPERATIONAL,
    unit=Unit.RATIO,
    better=Better.LOWER,
    formula=LevelRatio(
        dataset="open_and_staff", opened="opened_at", ended="ended_at", over="open_tickets", under="agents"
    ),
    aims=(Aim.SPEED, Aim.CLOSING),
    counts="open tickets and agents",
    watch_with=("backlog", "reopen_rate"),
    benchmarks=(Benchmark(15, 20, "manageable", ELEVEN_METRICS, "C"),),
    sources=(ELEVEN_METRICS,),
    about="""
        Open tickets over the agents who are employed at the period's last instant; bots and light users do not count.
        By team, both are those of the team.
        """,
    gamed_by="Closing many at once.",
)

CONTACT_RATE = Metric(
    key="contact_rate",
    name="Contact rate",
    asks="How many tickets do 100 customers open in a month?",
    group=Group.OPERATIONAL,
    unit=Unit.RATE,
    better=Better.LOWER,
    formula=Ratio(
        dataset="service_days",
        at="service_day",
        of="customers > 0",
        over="tickets",
        under="customers",
        per=100 * MONTH_DAYS,
        left_out={"no customers known": "coalesce(customers, 0) = 0"},
    ),
    variants={
        "per_order": Ratio(
            dataset="service_days", at="service_day", over="tickets", under="orders", per=100, counts="days"
        ),
    },
    aims=(Aim.DEFLECTION,),
    counts="days",
    watch_with=("deflection_rate", "csat"),
    sources=(SERVICE_GOALS,),
    about="""
        Tickets that customers opened, over customer days, for 100 customers and a month of 30.44 days. A customer is
        active with a running subscription, or an order in the 365 days before: where orders are known, there is a
        number once they are known for so long. The variant `per_order` gives tickets per 100 orders placed.
        """,
    gamed_by="Hiding the contact form.",
)

CONTACTS_PER_HOUR = Metric(
    key="contacts_per_hour",
    name="Contacts per hour",
    asks="How many contacts does an agent handle in an hour of work?",
    group=Group.OPERATIONAL,
    unit=Unit.RATE,
    better=Better.HIGHER,
    formula=Ratio(
        dataset="agent_days", at="worked_day", of="worked_s > 0", over="contacts", under="worked_s", per=HOUR_S
    ),
    aims=(Aim.SPEED,),
    counts="days of agents",
    watch_with=("first_contact_resolution", "csat"),
    sources=(SEVENTEEN_TYPES,),
    about="""
        Calls and chats answered, and tickets solved without one, over the hours that agents worked. The hours of a
        shift count on the local days on which they are worked, a contact on the day it began and a ticket on the day it
        was solved. A day of an agent without logged hours is left out.
        """,
    gamed_by="Splitting one matter into several tickets.",
)

COST_PER_RESOLUTION = Metric(
    key="cost_per_resolution",
    name="Cost per resolution",
    asks="What does a solved ticket cost?",
    group=Group.OPERATIONAL,
    unit=Unit.MONEY,
    better=Better.LOWER,
    formula=Ratio(
        dataset="service_days",
        at="service_day",
        of="has_cost",
        over="cost",
        under="resolved_for_cost",
        currency="currency",
        left_out={"no cost known": "NOT has_cost"},
    ),
    aims=(Aim.SPEED, Aim.CLOSING),
    counts="days",
    watch_with=("first_contact_resolution", "csat"),
    sources=(ELEVEN_METRICS,),
    about="""
        What agents and service cost, spread over the days that it pays for, over the tickets solved for good on those
        days. What is paid by the hour counts for each hour that the agent, or any agent of the team or company, worked
        on a local day; shifts of an agent that overlap are one, and one marked unpaid costs nothing. The costs of
        winning customers are not among it. Days without a known cost are left out, with their tickets.
        """,
    gamed_by="Splitting tickets.",
)

WORKLOAD = (
    TICKET_VOLUME,
    CONTACT_RATE,
    BACKLOG,
    BACKLOG_OVER_48H,
    BACKLOG_PER_AGENT,
    CONTACTS_PER_HOUR,
    COST_PER_RESOLUTION,
)
