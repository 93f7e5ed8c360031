"""Why a number moved between two periods: what changed within its segments, and what by their mix alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from goalkeeper.errors import UsageError
from goalkeeper.formulas import Formula, Index, Mean, Quantile, Ratio, Retained, RetainedAmount, Share, TimeTo
from goalkeeper.measure import FLOORS, Period, Question
from goalkeeper.measure.lengths import in_as_many_days
from goalkeeper.measure.measure import Sums, asked_of, fetch_together, value_of
from goalkeeper.measure.statistics import Rows, currency
from goalkeeper.metrics import Metric
from goalkeeper.stats.control.many import benjamini_hochberg
from goalkeeper.stats.difference import changed, difference, p_value
from goalkeeper.stats.estimate import Estimate, NoEstimate
from goalkeeper.stats.mix import Moved, Part, mix_shift
from goalkeeper.warehouse.store import Store

REST, UNKNOWN = "(all others)", "(not known)"


class Cause(StrEnum):
    """What a move of the whole comes of, as far as chance can be ruled out."""

    CHANCE = "chance"  # nothing moved by more than chance can
    UNCLEAR = "unclear"  # the whole moved, and neither part of it can be told from chance alone
    WITHIN = "within"  # the segments themselves moved
    MIX = "mix"  # only the mix of the segments moved it
    BOTH = "both"  # the segments and the mix moved it the same way
    OPPOSED = "opposed"  # the segments moved it one way, the mix the other


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment at both times: its values, and its part of the change of the whole.

    ``is_real`` says whether its own change is believed when all segments are looked at; at most one in ten of those
    believed is false on average.
    """

    name: str
    before: Estimate | None
    now: Estimate | None
    share_before: float
    share_now: float
    change: Estimate | None
    is_real: bool
    within: float
    mix: float


@dataclass(frozen=True, slots=True)
class Why:
    """The move of a whole: `change` = `within` + `mix`; segments by the size of their part, the largest first.

    Where the number depends on the days of its period, those of before are ``brought_to`` as many as now; else 0.
    """

    metric: Metric
    split: str
    statistic: str
    clock: str
    currency: str
    counted: str
    weighed: str
    now_period: Period
    before_period: Period
    before: Estimate
    now: Estimate
    change: Estimate
    within: Estimate
    mix: Estimate
    segments: tuple[Segment, ...]
    brought_to: int = 0

    @property
    def cause(self) -> Cause:
        """What the move comes of."""
        within_moved, mix_moved = changed(self.within), changed(self.mix)
        if within_moved and mix_moved:
            return Cause.BOTH if self.within.value * self.mix.value > 0 else Cause.OPPOSED
        if within_moved or mix_moved:
            return Cause.WITHIN if within_moved else Cause.MIX
        return Cause.UNCLEAR if changed(self.change) else Cause.CHANCE


def why(
    store: Store, metric: Metric, question: Question, now: Period, before: Period, *, zone: str
) -> Why | NoEstimate:
    """Compares two periods over the one split of a question; its days play no part.

    UsageError for a number that is no weighted mean of its segments, such as a median. Segments of under five rows are
    told together. NoEstimate where a period has no number, too few rows to judge, or a number that still grows because
    it is not over.
    """
    (split,) = question.by
    sums = _fetch(store, metric, question, (before, now), zone)
    for each, span in zip(sums, (before, now), strict=True):
        if each.is_so_far(span, replace(question, until=span.until, every=""), zone):
            return NoEstimate("not_over")
    groups, days = _pooled([_by_name(each) for each in sums]), sums[1].days(now)
    wholes = [
        _value(each, _joined(rows.values()), span, days)
        for each, rows, span in zip(sums, groups, (before, now), strict=True)
    ]
    was, late = wholes
    if not isinstance(was, Estimate):
        return was
    if not isinstance(late, Estimate):
        return late
    if (fewest := min(was.n, late.n)) < FLOORS.judge:
        return NoEstimate("too_few", fewest, FLOORS.judge, metric.counted(question.variant))
    weighted = [
        {name: part for name, rows in group.items() if (part := _part(each, rows, span, days))}
        for each, group, span in zip(sums, groups, (before, now), strict=True)
    ]
    found = mix_shift(*weighted)
    if isinstance(found, NoEstimate):
        return found
    return Why(
        metric=metric,
        split=split,
        statistic=sums[0].header.statistic,
        clock=sums[0].header.clock,
        currency=currency(_joined(groups[1].values())),
        counted=metric.counted(question.variant),
        weighed=_weighed(metric, question.variant),
        now_period=now,
        before_period=before,
        before=was,
        brought_to=days if sums[0].formula.depends_on_length and days != sums[0].days(before) else 0,
        now=late,
        change=difference(late, was),
        within=found.within,
        mix=found.mix,
        segments=_segments(found.segments, *weighted),
    )


def _weighed(metric: Metric, variant: str) -> str:
    """What the shares of the segments are shares of."""
    match metric.variant(variant):
        case RetainedAmount():
            return "amount at the start"
        case Ratio():
            return "denominator"
    return metric.counted(variant)


def _segments(moved: Iterable[Moved], before: Mapping[str, Part], now: Mapping[str, Part]) -> tuple[Segment, ...]:
    made = []
    for one in moved:
        was, late = (part[one.segment].estimate if one.segment in part else None for part in (before, now))
        change = difference(late, was) if was and late else None
        shares = (one.share_before, one.share_now)
        made.append(Segment(one.segment, was, late, *shares, change, False, one.within, one.mix))
    believed = benjamini_hochberg([_chance(each) for each in made])
    judged = [replace(each, is_real=bool(real)) for each, real in zip(made, believed, strict=True)]
    return tuple(sorted(judged, key=lambda each: -abs(each.within + each.mix)))


def _chance(segment: Segment) -> float:
    """The chance of so much change of a segment's own where there is none; 1 where it has too few rows to judge."""
    if segment.change is None or segment.before is None or segment.now is None:
        return 1.0
    return p_value(segment.change) if min(segment.before.n, segment.now.n) >= FLOORS.judge else 1.0


def _fetch(store: Store, metric: Metric, question: Question, spans: Iterable[Period], zone: str) -> list[Sums]:
    statistic = question.statistic or metric.headline(question.variant)
    asked, _ = asked_of(metric, question, statistic)
    if asked.formula.people:
        hint = f"Take `goalkeeper metric {metric.key} --by {question.by[0]} --every month`."
        raise UsageError("small groups of employees could be worked out of it.", where=metric.key, hint=hint)
    if not _is_mean_of_segments(asked.formula, statistic):
        shares = "a share, such as resolved_in_target"
        hint = "Take --statistic mean." if isinstance(asked.formula, Mean | Quantile) else f"Take {shares}."
        raise UsageError(f"the {statistic} of all is not the mean of its segments.", where=metric.key, hint=hint)
    questions = [replace(question, since=span.since, until=span.until, every="") for span in spans]
    return fetch_together(store, metric, questions, zone=zone)


def _is_mean_of_segments(formula: Formula, statistic: str) -> bool:
    match formula:
        case Share() | Index() | Retained() | Ratio() | RetainedAmount():
            return True
        case Mean() | Quantile():
            return statistic == "mean"
        case TimeTo():
            return statistic == "finished_mean"
    return False


def _by_name(sums: Sums) -> dict[str, Rows]:
    return {UNKNOWN if by[0] is None else by[0]: rows for (_, by), rows in sums.groups.items()}


def _pooled(groups: list[dict[str, Rows]]) -> list[dict[str, Rows]]:
    """The groups with those of too few rows at one of the times told together, so that few cannot be told at all."""
    names = sorted(
        {name for group in groups for name in group}, key=lambda name: sum(_rows_told(g.get(name, {})) for g in groups)
    )
    small, rest = [], [0, 0]
    for name in names:
        sizes = [_rows_told(group.get(name, {})) for group in groups]
        if any(0 < size < FLOORS.show for size in (*sizes, *rest)):
            small.append(name)
            rest = [have + size for have, size in zip(rest, sizes, strict=True)]
    pooled = []
    for group in groups:
        kept = {name: rows for name, rows in group.items() if name not in small}
        few = [group[name] for name in small if name in group]
        pooled.append(kept | ({REST: _joined(few)} if few else {}))
    return pooled


def _joined(several: Iterable[Rows]) -> Rows:
    """The rows of several groups together."""
    every = list(several)
    return {name: np.concatenate([rows[name] for rows in every]) for name in every[0]} if every else {}


def _rows_told(rows: Rows) -> int:
    """How many rows speak for a group: of one whose denominator is nothing, so that it has no number, hardly any."""
    found = int(sum(rows[name].sum() for name in ("n", "finished") if name in rows))
    return min(found, 1) if "y" in rows and not rows["y"].sum() else found


def _value(sums: Sums, rows: Rows, span: Period, days: int) -> Estimate | NoEstimate:
    """A group's number, brought to some days where it depends on them."""
    value = value_of(sums, rows, span)[0]
    return in_as_many_days(sums.formula, value, sums.days(span), days) if isinstance(value, Estimate) else value


def _part(sums: Sums, rows: Rows, span: Period, days: int) -> Part | None:
    """A group's weight and estimate; None where it has no number."""
    value = _value(sums, rows, span, days)
    if isinstance(value, NoEstimate):
        return None
    if isinstance(sums.formula, Ratio | RetainedAmount):
        return Part(float(rows["y"].sum()), value, float(rows["yy"].sum()))
    n = float(rows["finished" if isinstance(sums.formula, TimeTo) else "n"].sum())
    return Part(n, value, n)
