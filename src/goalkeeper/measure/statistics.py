"""From a cell's sums to its estimate: the shape decides the method."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from goalkeeper.formulas import Formula, Index, Level, LevelShare, Mean, Quantile, Rate, Ratio, Share, TimeTo
from goalkeeper.stats.estimate import Estimate, NoEstimate, Result
from goalkeeper.stats.index import tango
from goalkeeper.stats.mean import bootstrap_t
from goalkeeper.stats.proportion import wilson
from goalkeeper.stats.quantile import quantile
from goalkeeper.stats.rate import poisson_rate
from goalkeeper.stats.ratio import ratio_of_sums
from goalkeeper.stats.sums import CountSums, RateSums, RatioSums, TimeToSums
from goalkeeper.stats.survival import kaplan_meier

Rows = dict[str, NDArray[Any]]
_QUANTILES = {"median": 0.5, "p90": 0.9}


def estimate(formula: Formula, rows: Rows, statistic: str, level: float, days: int) -> tuple[Result, int]:
    """The estimate of one cell and the n it rests on, from the rows that `sums_sql` gave for it.

    ``days`` is the exposure of a rate. A cell without rows has no data.
    """
    match formula:
        case Share():
            n, k = _total(rows, "n"), _total(rows, "k")
            return wilson(k, n, level), n
        case Index():
            n = _total(rows, "n")
            return tango(_total(rows, "plus"), _total(rows, "minus"), n, level), n
        case Rate():
            n = _total(rows, "n")
            return poisson_rate(RateSums(n, days), level), n
        case Ratio():
            n = _total(rows, "n")
            sums = [float(rows[name].sum()) if n else 0.0 for name in ("x", "y", "xx", "yy", "xy")]
            return ratio_of_sums(RatioSums(n, *sums), level), n
        case Level():
            n = _total(rows, "n")
            return Estimate(float(n), None, None, level, n, "count"), n
        case LevelShare():
            n, k = _total(rows, "n"), _total(rows, "k")
            if not n:
                return NoEstimate("no_denominator"), 0
            return Estimate(k / n, None, None, level, n, "count"), n
        case Mean() | Quantile():
            counts = CountSums.of(rows.get("value", np.empty(0)), rows.get("n", np.empty(0, dtype=np.int64)))
            return _of_values(counts, statistic, level), counts.n
        case TimeTo():
            return _of_times(formula, rows, statistic, level)
        case _:
            raise TypeError(f"no statistic for {type(formula).__name__}")


def _of_values(counts: CountSums, statistic: str, level: float) -> Result:
    if statistic == "mean":
        return bootstrap_t(counts, level)
    return quantile(counts, _QUANTILES[statistic], level)


def _of_times(formula: TimeTo, rows: Rows, statistic: str, level: float) -> tuple[Result, int]:
    empty = np.empty(0, dtype=np.int64)
    sums = TimeToSums.of_counts(
        rows.get("value", np.empty(0)), rows.get("finished", empty), rows.get("unfinished", empty)
    )
    if statistic.startswith("finished_"):
        done = CountSums.of(sums.durations, sums.finished)
        return _of_values(done, statistic.removeprefix("finished_"), level), done.n
    curve = kaplan_meier(sums)
    if statistic == "mean":
        return curve.restricted_mean(float(formula.horizon_s), level), sums.n
    return curve.quantile(_QUANTILES[statistic], level), sums.n


def _total(rows: Rows, name: str) -> int:
    return int(rows[name].sum()) if name in rows else 0
