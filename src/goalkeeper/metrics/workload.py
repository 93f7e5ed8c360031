"""How much: what comes in, and what lies open."""

from __future__ import annotations

from goalkeeper.formulas import Level, LevelShare, Rate
from goalkeeper.metrics.metric import Aim, Benchmark, Group, Metric
from goalkeeper.metrics.sources import ELEVEN_METRICS, KPI_PROCESS
from goalkeeper.units import Better, Unit

HOUR_S = 3_600
# A ticket that is gone was never solved, but it does not lie open: it is not even left out.
_THERE = "coalesce(left_out NOT IN ('deleted', 'spam', 'merged'), true)"


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
    variants={"not_closed": Level(dataset="tickets", among=_THERE, opened="created_at", ended="closed_at")},
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
    benchmarks=(Benchmark(None, 0.0, "none", ELEVEN_METRICS, "C"),),
    sources=(ELEVEN_METRICS,),
    about="Open tickets created over 48 hours before, among those open at the period's last instant.",
    gamed_by="Closing many at once.",
)

WORKLOAD = (TICKET_VOLUME, BACKLOG, BACKLOG_OVER_48H)
