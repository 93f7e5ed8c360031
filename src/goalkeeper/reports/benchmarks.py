"""What others reach, beside a measurement: only where like is compared with like, and why not elsewhere."""

from __future__ import annotations

from datetime import date

from goalkeeper.formulas import Spans
from goalkeeper.formulas.shapes import CALENDAR
from goalkeeper.measure import Cell, Estimates, Question
from goalkeeper.measure.measure import seen_values
from goalkeeper.metrics import Benchmark, Metric
from goalkeeper.units import format_interval
from goalkeeper.warehouse.store import Store


def covered_channels(store: Store, metric: Metric, variant: str, where: str, since: date, until: date) -> set[str]:
    """The channels that a number covers; an unknown one is the empty text, which no benchmark is for.

    Empty where the metric knows no channels. ``until`` is the day after the last one.
    """
    if "channel" not in metric.dataset(variant).splits or isinstance(metric.variant(variant), Spans):
        return set()
    question = Question(by=("channel",), where=where, variant=variant)
    return seen_values(store, metric, question, since, until)


def benchmark_of(
    store: Store, found: Estimates, cell: Cell, where: str = "", *, has_hours: bool
) -> tuple[Benchmark | None, str]:
    """The benchmark of one cell of a measurement, or None and why none applies.

    ``has_hours`` is whether working hours are set: without, working time is calendar time.
    """
    if found.variant:
        return None, "benchmarks are of the main definition, not of a variant"
    channels = {cell.by["channel"] or ""} if "channel" in cell.by else set[str]()
    if not channels:
        channels = covered_channels(store, found.metric, found.variant, where, cell.period.since, cell.period.until)
    days = cell.period.days
    period = "month" if 28 <= days <= 31 else "year" if 365 <= days <= 366 else ""
    clock = CALENDAR if found.clock and not has_hours else found.clock
    return found.metric.benchmark(channels, clock, found.statistic, period)


def benchmark_words(metric: Metric, mark: Benchmark) -> str:
    """A band with its words and its source: "≤ 4 h (e-mail, …; Customer service goals; grade C)"."""
    low = mark.low if mark.low is not None else float("-inf")
    high = mark.high if mark.high is not None else float("inf")
    parts = [part for part in (", ".join(mark.channels), mark.industry, mark.words, mark.source.title) if part]
    return f"{format_interval(low, high, metric.unit)} ({'; '.join(parts)}; grade {mark.grade})"
