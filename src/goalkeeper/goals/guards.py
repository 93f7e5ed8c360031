"""What has to stand beside a goal so that it cannot be reached at the expense of what it leaves out."""

from __future__ import annotations

from collections.abc import Callable

from goalkeeper.metrics import METRICS, Aim, Metric
from goalkeeper.units import Better, Unit


def is_said_by_customers(metric: Metric) -> bool:
    """Whether it is what customers themselves say of how they were served."""
    return Aim.QUALITY in metric.aims and metric.formula.dataset == "answers"


def _with(aim: Aim) -> Callable[[Metric], bool]:
    return lambda metric: aim in metric.aims


GUARDS: dict[Aim, Callable[[Metric], bool]] = {
    Aim.SPEED: _with(Aim.QUALITY),
    Aim.CLOSING: _with(Aim.LASTING),
    Aim.QUALITY: _with(Aim.SPEED),
    Aim.DEFLECTION: is_said_by_customers,
}
"""For an aim, which metrics guard against reaching it badly."""


def guard_of(metric: Metric, aim: Aim, usable: Callable[[Metric], bool]) -> Metric:
    """The counterweight for an aim of a metric: one it is registered with, else the first that fits.

    Those that are not ``usable`` are taken only where no other fits.
    """
    own = [METRICS[key] for key in metric.watch_with if key in METRICS]
    every = dict.fromkeys(each.key for each in (*own, *METRICS.values()) if each is not metric and GUARDS[aim](each))
    return next((METRICS[key] for key in every if usable(METRICS[key])), METRICS[next(iter(every))])


def usual_limit(metric: Metric) -> str:
    """How much worse a counterweight may get where nobody said more: two points, a tenth of a scale point, a tenth."""
    sign = "-" if metric.better is Better.HIGHER else "+"
    match metric.unit:
        case Unit.SHARE | Unit.INDEX:
            return f"{sign}2 pts"
        case Unit.SCORE:
            return f"{sign}0.1"
        case _:
            return f"{sign}10 %"
