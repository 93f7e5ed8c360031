"""Times to one event where another can come first and end the waiting, as a ticket merged before it is solved."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from goalkeeper.stats.estimate import Estimate, NoEstimate, Result
from goalkeeper.stats.level import normal_quantile
from goalkeeper.stats.proportion import wilson_limits
from goalkeeper.stats.sums import Counts, CountSums, Floats, TimeToSums
from goalkeeper.stats.survival import Curve, kaplan_meier


@dataclass(frozen=True, slots=True, eq=False)
class Incidence:
    """The share that has had the event by each time of `either`, the curve of waiting for either, and its error."""

    share: Floats
    standard_error: Floats
    either: Curve

    def within(self, within_s: float, level: float = 0.95) -> Result:
        """The share that has the event within a time, with log-log limits 1−(1−F)^exp(±z·se/((1−F)·ln(1−F))).

        Wilson's limits serve where F is 0 or 1. NoEstimate("not_followed") past the last time seen.
        """
        waiting = self.either.finished_within(within_s, level)
        if isinstance(waiting, NoEstimate):
            return waiting
        n, place = waiting.n, int(np.searchsorted(self.either.times, within_s, side="right")) - 1
        share = float(self.share[place]) if place >= 0 else 0.0
        if share <= 0 or share >= 1 - 1e-12:
            low, high = wilson_limits(round(share), self.either.followed(0.0 if share else within_s), level)
            return Estimate(round(share), low, high, level, n, "Aalen–Johansen, Wilson at the edge")
        rest, se = 1 - share, float(self.standard_error[place])
        reach = normal_quantile(level) * se / (rest * -math.log(rest))
        low, high = 1 - rest ** math.exp(-reach), 1 - rest ** math.exp(reach)
        return Estimate(share, low, high, level, n, "Aalen–Johansen, log-log")


def aalen_johansen(event: TimeToSums, other: CountSums) -> Incidence:
    """F(t) = Σ S(tᵢ₋₁)·dᵢ/Yᵢ of the event, S that of waiting for either; `other` holds when the other came first.

    Unlike 1 − Kaplan–Meier, which reads "had the other" as "still waiting", the shares of both events and of those
    waiting add up to 1. Aalen & Johansen (1978), Scand. J. Stat. 5:141; variance by the delta method, Marubini &
    Valsecchi (1995), Analysing Survival Data, 10.2.
    """
    zeros = np.zeros_like(other.counts)
    both = kaplan_meier(event + TimeToSums.of_counts(other.values, other.counts, zeros))
    y, d = both.at_risk.astype(np.float64), both.finished.astype(np.float64)
    d_event = _at(event, both.times)
    before = np.concatenate([np.ones(min(1, d.size)), both.survival[:-1]])
    share = np.cumsum(before * d_event / y)
    # With F at t factored out, each sum of the variance is a running sum over the times up to t.
    a = np.where(y > d, d / (y * np.maximum(y - d, 1)), 0.0)
    b = before**2 * d_event * (y - d_event) / y**3
    c = before * d_event / y**2
    sums = [np.cumsum(each) for each in (a, a * share, a * share**2, b, c, c * share)]
    variance = share**2 * sums[0] - 2 * share * sums[1] + sums[2] + sums[3] - 2 * (share * sums[4] - sums[5])
    return Incidence(share, np.sqrt(np.maximum(variance, 0.0)), both)


def _at(event: TimeToSums, times: Floats) -> Counts:
    """How many had the event at each time."""
    found = np.zeros(times.size, dtype=np.int64)
    had = event.finished > 0
    found[np.searchsorted(times, event.durations[had])] = event.finished[had]
    return found
