"""A count of today far above what its own past leads to expect, as complaints about one theme."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc, gammainc, ndtr, ndtri

from goalkeeper.stats.estimate import NoEstimate
from goalkeeper.stats.sums import Floats

LEAST_COUNT = 5
"""Fewer than this is never called a spike, however rare it is."""

WEEKS = 8
DAYS = 7


@dataclass(frozen=True, slots=True)
class Spike:
    """Today's count, what was expected, and the chance of so many or more if nothing changed.

    The p-values of all themes of a day go through `many.benjamini_hochberg` together with `enough`.
    """

    count: int
    expected: float
    dispersion: float
    p_value: float

    @property
    def enough(self) -> bool:
        """Whether the count is large enough to be called a spike at all."""
        return self.count >= LEAST_COUNT


@dataclass(frozen=True, slots=True)
class CountLimits:
    """Between which counts one falls if nothing changed, and the chance of one at least as large."""

    low: float
    high: float
    p_value: float


def same_weekday_spike(counts: ArrayLike, weeks: int = WEEKS) -> Spike | NoEstimate:
    """Today (the last of daily counts) against the same weekday of the last weeks, by a negative binomial.

    Mean m of the same weekday, variance φm(1+1/weeks), φ = max(1, Pearson χ²/df within weekdays over all those days);
    a mean of 0 counts as half an event. False alarms 0.0003–0.003 a theme and day at p < 0.001; small themes need
    counts of three days summed to be seen. After Farrington et al. (1996), J. R. Stat. Soc. A 159:547.
    """
    y = np.asarray(counts, dtype=np.float64)
    need = weeks * DAYS + 1
    if y.size < need:
        return NoEstimate("too_few", y.size, need, "days")
    if not np.isfinite(y).all():
        return NoEstimate("not_finite")
    if y[-need:].min() < 0:
        return NoEstimate("negative")
    past, today = y[-need:-1].reshape(weeks, DAYS), int(y[-1])
    mean = max(float(past[:, 0].mean()), 0.5 / weeks)
    dispersion = _dispersion(past)
    p_value = _negative_binomial_tail(today, mean, dispersion * (1 + 1 / weeks))
    return Spike(today, mean, dispersion, p_value)


def ears_c1(window: ArrayLike, chance: float = 0.001) -> float | NoEstimate:
    """The count above which a day stands out: mean + z·s of the 7 days before it; for themes younger than 8 weeks.

    Rough: up to 3 % false alarms a day at 0.1 % where counts are small or come in bursts.
    Hutwagner et al. (2003), J. Urban Health 80:i89.
    """
    x = np.asarray(window, dtype=np.float64)
    if x.size < DAYS:
        return NoEstimate("too_few", x.size, DAYS, "days")
    x = x[-DAYS:]
    if not np.isfinite(x).all():
        return NoEstimate("not_finite")
    return float(x.mean()) - float(ndtri(chance)) * float(x.std(ddof=1))


def farrington(
    count: float,
    mean: float,
    mean_se: float,
    dispersion: float,
    chance: float,
    power: Literal["1", "1/2", "2/3"] = "2/3",
) -> CountLimits:
    """Limits of a count whose quasi-Poisson model says `mean` ± `mean_se`, on a power scale that evens out the skew.

    For weekly counts with a year of history; the mean is above 0. Farrington et al. (1996), J. R. Stat. Soc. A 159:547.
    """
    tau = dispersion + mean_se**2 / mean
    exponent, se = {
        "1": (1.0, math.sqrt(mean * tau)),
        "1/2": (1 / 2, math.sqrt(tau / 4)),
        "2/3": (2 / 3, math.sqrt(4 / 9 * mean ** (1 / 3) * tau)),
    }[power]
    reach = -float(ndtri(chance)) * se
    low, high = max(0.0, mean**exponent - reach), mean**exponent + reach
    p_value = float(ndtr((mean**exponent - count**exponent) / se))
    return CountLimits(low ** (1 / exponent), high ** (1 / exponent), p_value)


def noufaily(count: int, mean: float, dispersion: float, chance: float) -> CountLimits:
    """Limits of a count by the negative binomial with variance dispersion·mean (Poisson at 1).

    Noufaily et al. (2013), Stat. Med. 32:1206.
    """

    def first(share: float) -> int:
        """The smallest y with P(Y ≤ y) ≥ share."""
        y = 0
        while 1 - _negative_binomial_tail(y + 1, mean, dispersion) < share:
            y += 1
        return y

    return CountLimits(first(chance), first(1 - chance), _negative_binomial_tail(count, mean, dispersion))


def _dispersion(past: Floats) -> float:
    """Pearson's χ² within weekdays over its degrees of freedom, at least 1."""
    means = past.mean(axis=0)
    used = means > 0
    chi_square = float(((past[:, used] - means[used]) ** 2 / means[used]).sum())
    degrees = int(used.sum()) * (len(past) - 1)
    return max(1.0, chi_square / degrees) if degrees else 1.0


def _negative_binomial_tail(count: int, mean: float, ratio: float) -> float:
    """P(Y ≥ count) for a mean and a variance of ratio·mean."""
    if count <= 0:
        return 1.0
    if ratio <= 1:
        return float(gammainc(count, mean))
    return float(betainc(count, mean / (ratio - 1), 1 - 1 / ratio))
