"""The control chart that fits a metric's shape: limits from its baseline, and which points lie beyond them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from goalkeeper.formulas import Formula, Rate, Share
from goalkeeper.measure import Cell
from goalkeeper.stats.control.individuals import BASELINE_POINTS, SIGMAS, XmR, lag_one, xmr
from goalkeeper.stats.control.rates import p_prime, u_prime
from goalkeeper.stats.estimate import NoEstimate
from goalkeeper.stats.forecast.local_level import local_level
from goalkeeper.stats.forecast.series import Series
from goalkeeper.stats.level import normal_quantile
from goalkeeper.stats.sums import Floats
from goalkeeper.units import Unit

FOLLOWS = 0.2
"""Above this lag-one correlation values follow their neighbours, and only what is new in each is charted.

Runs of a steady process are longer then: from 0.3 on they would be false alarms in one chart of four.
"""

_NAMES = {"share": "P′", "rate": "U′"}
_LEAST_FACTOR = 0.01  # of a weekday on which nothing ever happens
FALSE_ALARM = 0.035
"""The chance that some point of a steady normal process lies beyond its limits: 3 σ for a quarter of weeks."""


@dataclass(frozen=True, slots=True, eq=False)
class Chart:
    """The limits of each point in the metric's unit, which points lie beyond them, and what the run rules look at.

    `scores` scatter about one middle where nothing changes; nan where a point has no value.
    """

    method: str
    low: Floats
    high: Floats
    outside: NDArray[np.bool_]
    scores: Floats


def chart(formula: Formula, unit: Unit, cells: Sequence[Cell], baseline: int) -> Chart | NoEstimate:
    """The chart of a row of periods whose first `baseline` ones set the limits.

    P′ for shares, U′ for rates, XmR for all else, of logs for times; days are compared with the same weekday. The
    more points are judged, the wider their limits are.
    """
    reach = max(SIGMAS, normal_quantile(1 - FALSE_ALARM / max(1, len(cells) - baseline))) / SIGMAS
    values = np.array([cell.estimate.value if cell.estimate else math.nan for cell in cells])
    known = _known(values[:baseline])
    if known.size < BASELINE_POINTS:
        return NoEstimate("too_few", known.size, BASELINE_POINTS, "points")
    if isinstance(formula, Share | Rate) and lag_one(known) <= FOLLOWS:
        return _of_counts(formula, values, cells, baseline, reach)
    noise = _sampling_variances(cells)
    if unit is not Unit.DURATION or not (_known(values) > 0).all():
        return _of_values(values, noise, cells, baseline, reach)
    made = _of_values(np.log(values), noise / values**2, cells, baseline, reach)
    if isinstance(made, NoEstimate):
        return made
    return replace(made, low=np.exp(made.low), high=np.exp(made.high), method=f"{made.method} of logs")


def _of_values(values: Floats, noise: Floats, cells: Sequence[Cell], baseline: int, reach: float) -> Chart | NoEstimate:
    usual = _weekday_effects(values, cells, baseline)
    values = values - usual
    if lag_one(_known(values[:baseline])) > FOLLOWS:
        return _of_surprises(Series.of(values, noise), usual, baseline, reach)
    limits = _xmr(values[:baseline], reach)
    if isinstance(limits, NoEstimate):
        return limits
    low, high = (np.full(values.size, side) for side in (limits.low, limits.high))
    return Chart("XmR", usual + low, usual + high, limits.outside(values), values)


def _of_surprises(series: Series, usual: Floats, baseline: int, reach: float) -> Chart | NoEstimate:
    """What is new in each value, for values that follow their neighbours."""
    level = local_level(series)
    if isinstance(level, NoEstimate):
        return level
    surprises, (mean, sd) = level.surprises(), level.predicted()
    limits = _xmr(surprises[:baseline], reach)
    if isinstance(limits, NoEstimate):
        return limits
    low, high = usual + mean + sd * limits.low, usual + mean + sd * limits.high
    return Chart("XmR of surprises", low, high, limits.outside(surprises), surprises)


def _of_counts(
    formula: Share | Rate, values: Floats, cells: Sequence[Cell], baseline: int, reach: float
) -> Chart | NoEstimate:
    """P′ of hits among rows; U′ of events, a busier weekday being so much more exposure."""
    usual, factor = np.zeros(values.size), np.ones(values.size)
    if isinstance(formula, Share):
        usual = _weekday_effects(values, cells, baseline)
        sizes = np.array([float(cell.n) for cell in cells])
        values = np.clip(values - usual, 0.0, 1.0)
    else:
        middle = float(np.median(_known(values[:baseline])))
        factor = np.maximum(1 + _weekday_effects(values, cells, baseline) / (middle or 1.0), _LEAST_FACTOR)
        sizes = factor * [cell.period.days for cell in cells]
        values = values / factor
    sizes[np.isnan(values)] = 0.0
    counts = np.nan_to_num(values) * sizes
    known = counts[:baseline], sizes[:baseline]
    limits = p_prime(*known) if isinstance(formula, Share) else u_prime(*known)
    if isinstance(limits, NoEstimate):
        return limits
    limits = replace(limits, spread=limits.spread * reach)
    low, high = (usual + factor * side for side in limits.at(np.where(sizes > 0, sizes, np.nan)))
    return Chart(_NAMES[limits.kind], low, high, limits.outside(counts, sizes), values)


def _xmr(baseline: Floats, reach: float) -> XmR | NoEstimate:
    """XmR with limits so many times as far from the centre."""
    found = xmr(baseline)
    if isinstance(found, NoEstimate):
        return found
    half = reach * (found.high - found.centre)
    return replace(found, low=found.centre - half, high=found.centre + half)


def _weekday_effects(values: Floats, cells: Sequence[Cell], baseline: int) -> Floats:
    """How far each day's weekday lies from the median of all days of the baseline; 0 for longer periods."""
    effects = np.zeros(values.size)
    if not cells or cells[0].period.days > 1:
        return effects
    weekdays, seen = np.array([cell.period.since.weekday() for cell in cells]), np.arange(values.size) < baseline
    middle = np.median(_known(values[:baseline]))
    for day in range(7):
        own = _known(values[seen & (weekdays == day)])
        effects[weekdays == day] = np.median(own) - middle if own.size else 0.0
    return effects


def _sampling_variances(cells: Sequence[Cell]) -> Floats:
    """What the sample alone makes each value vary by; the largest known for those whose interval is open or missing."""
    variances = np.full(len(cells), np.nan)
    for place, cell in enumerate(cells):
        if cell.estimate and math.isfinite(cell.estimate.width):
            variances[place] = (cell.estimate.width / (2 * normal_quantile(cell.estimate.level))) ** 2
    known = _known(variances)
    return np.where(np.isnan(variances), known.max() if known.size else 0.0, variances)


def _known(values: Floats) -> Floats:
    return values[~np.isnan(values)]
