"""How fast: responses, resolutions, promises."""

from __future__ import annotations

from math import ceil

from goalkeeper.engines.text import literal
from goalkeeper.formulas import Share, TimeTo
from goalkeeper.metrics.metric import Aim, Benchmark, Group, Metric
from goalkeeper.metrics.sources import ELEVEN_METRICS, KPI_PROCESS, SERVICE_GOALS, TEN_OBJECTIVES
from goalkeeper.sla import PROMISES
from goalkeeper.units import Better, Unit

HOUR_S = 3_600
DAY_S = 24 * HOUR_S
_UNSOLVED_CLOSE = {
    "closed without being solved": "closed_unsolved",
    "done, nobody tells when": "closed_unsolved IS NULL",
}

FIRST_RESPONSE_TIME = Metric(
    key="first_response_time",
    name="First response time",
    asks="How long does a customer wait for the first human reply?",
    group=Group.OPERATIONAL,
    unit=Unit.DURATION,
    better=Better.LOWER,
    formula=TimeTo(
        dataset="tickets",
        at="created_day",
        of="first_response_from IS NOT NULL",
        duration="first_response{clock}_s",
        done="first_response_done",
        left_out={"started by the company": "first_response_from IS NULL"},
        horizon_s=3 * DAY_S,
    ),
    aims=(Aim.SPEED,),
    early=True,
    counts="tickets",
    watch_with=("csat", "first_contact_resolution"),
    benchmarks=(
        Benchmark(None, 4 * HOUR_S, "under 4 h by e-mail", SERVICE_GOALS, "C", ("email", "web")),
        Benchmark(None, 120, "under 2 min in chat", SERVICE_GOALS, "C", ("chat", "messaging")),
        Benchmark(None, HOUR_S, "within 1 h on social media", ELEVEN_METRICS, "C", ("social",)),
    ),
    sources=(SERVICE_GOALS, ELEVEN_METRICS),
    about="""
        From the customer's first message to the first public reply of a human agent. Replies of bots and automatic
        acknowledgements do not stop the clock. A ticket without a reply is unfinished: it counts as waiting until
        now, or until it was solved. The median and p90 come from the Kaplan–Meier curve; the mean is restricted to
        three days of waiting.
        """,
    gamed_by="Empty replies such as 'we are looking into it'.",
)

NEXT_RESPONSE_TIME = Metric(
    key="next_response_time",
    name="Next response time",
    asks="How long does a customer wait for each later reply?",
    group=Group.OPERATIONAL,
    unit=Unit.DURATION,
    better=Better.LOWER,
    formula=TimeTo(
        dataset="turns",
        at="started_day",
        duration="waited{clock}_s",
        done="answered",
        horizon_s=3 * DAY_S,
    ),
    aims=(Aim.SPEED,),
    counts="customer messages",
    watch_with=("csat",),
    sources=(SERVICE_GOALS,),
    about="""
        From the first message of each later run of customer messages to the next public reply of a human agent.
        Messages after which the ticket was solved without a reply are left out and counted as such.
        """,
    gamed_by="Empty replies such as 'we are looking into it'.",
)

RESOLUTION_TIME = Metric(
    key="resolution_time",
    name="Resolution time",
    asks="How long until the problem is solved for good?",
    group=Group.OPERATIONAL,
    unit=Unit.DURATION,
    better=Better.LOWER,
    formula=TimeTo(
        dataset="tickets",
        at="created_day",
        of="NOT closed_unsolved",
        duration="resolution{clock}_s",
        done="resolved",
        left_out=_UNSOLVED_CLOSE,
    ),
    variants={
        "first": TimeTo(
            dataset="tickets",
            at="created_day",
            of="NOT closed_unsolved OR first_solved_at IS NOT NULL",
            duration="first_resolution{clock}_s",
            done="first_solved_at IS NOT NULL",
            left_out={
                "closed without being solved": "closed_unsolved AND first_solved_at IS NULL",
                "done, nobody tells when": "closed_unsolved IS NULL AND first_solved_at IS NULL",
            },
        )
    },
    aims=(Aim.SPEED, Aim.CLOSING),
    counts="tickets",
    watch_with=("first_contact_resolution", "reopen_rate"),
    benchmarks=(Benchmark(None, DAY_S, "most within 24 h", SERVICE_GOALS, "C", clock="calendar", statistic="median"),),
    sources=(SERVICE_GOALS, TEN_OBJECTIVES, KPI_PROCESS),
    about="""
        From the first contact to the last time the ticket was solved. The closing job that runs days later is no
        resolution. A ticket that was reopened and not solved again is unfinished. Tickets are taken by the day they
        were created, so clearing an old backlog cannot make a good week look bad. The variant `first` stops at the
        first solving. The mean is restricted to fourteen days.
        """,
    gamed_by="Closing early.",
)


def _within(seconds: int) -> Share:
    in_time = f"first_resolution{{clock}}_s <= {seconds}"
    closed = f"closed_unsolved AND first_solved_at IS NULL AND {in_time}"
    undated = "closed_unsolved IS NULL AND first_solved_at IS NULL"
    return Share(
        dataset="tickets",
        at="created_day",
        of=f"NOT ({closed}) AND NOT ({undated})",
        hits=f"first_solved_at IS NOT NULL AND {in_time}",
        pending=f"followed{{clock}}_s < {seconds}",
        window_days=ceil(seconds / DAY_S),
        left_out={"closed without being solved": closed, "done, nobody tells when": undated},
    )


RESOLVED_IN_TARGET = Metric(
    key="resolved_in_target",
    name="Resolved within target",
    asks="How many tickets are solved within 24 hours?",
    group=Group.OPERATIONAL,
    unit=Unit.SHARE,
    better=Better.HIGHER,
    formula=_within(DAY_S),
    variants={
        "4h": _within(4 * HOUR_S),
        "8h": _within(8 * HOUR_S),
        "48h": _within(2 * DAY_S),
        "7d": _within(7 * DAY_S),
    },
    aims=(Aim.SPEED, Aim.CLOSING),
    counts="tickets due",
    watch_with=("reopen_rate",),
    sources=(SERVICE_GOALS,),
    about="""
        First solved within the target among all tickets that fell due: those past the target and unsolved are misses.
        What was taken back later stays solved in time, so that a month's number stands once its tickets fell due; the
        reopen rate tells of it. Tickets younger than the target are pending, solved or not, since misses take that long
        to show. The target is 24 hours; variants have others.
        """,
    gamed_by="Closing early.",
)


def _promises(*names: str) -> Share:
    return Share(
        dataset="promises",
        at="applied_day",
        among=f"promise IN ({', '.join(map(literal, names))})",
        hits="status = 'kept'",
        pending="due_at IS NULL OR due_at > horizon_at",
    )


SLA_ATTAINMENT = Metric(
    key="sla_attainment",
    name="Promises kept",
    asks="How many promises to customers are kept in time?",
    group=Group.OPERATIONAL,
    unit=Unit.SHARE,
    better=Better.HIGHER,
    formula=_promises("first_reply", "next_reply", "resolution"),
    variants={promise: _promises(promise) for promise in PROMISES},
    aims=(Aim.SPEED, Aim.CLOSING),
    counts="promises due",
    watch_with=("csat", "reopen_rate"),
    sources=(SERVICE_GOALS,),
    about="""
        Promises of the SLA policies kept by the moment they fell due, among all that fell due: first replies, later
        replies and resolutions; variants take one kind. A promise is taken by the day its clock began. One whose due
        moment has not come is pending, kept already or not, since misses take that long to show; so is one whose
        clock stands still. Exactly at the due moment is in time. A promise whose ticket was solved or closed before
        the due moment without what was promised is left out and counted as such.
        """,
    gamed_by="Changing priorities before the clock begins, parking tickets on hold, and empty replies.",
)

SPEED = (FIRST_RESPONSE_TIME, NEXT_RESPONSE_TIME, RESOLUTION_TIME, RESOLVED_IN_TARGET, SLA_ATTAINMENT)
