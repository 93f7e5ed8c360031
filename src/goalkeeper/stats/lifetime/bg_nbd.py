"""BG/NBD: how often customers without a contract will buy again, where nobody says when one is gone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaln, gammaln, hyp2f1, psi

from goalkeeper.stats.estimate import NoEstimate
from goalkeeper.stats.fitting import Maximum, OneStep, Records, counted, maximize, one_step
from goalkeeper.stats.lifetime.purchases import Purchases
from goalkeeper.stats.sums import Floats

LEAST_REPEATERS = 200
"""The fewest customers with a repeat purchase that a fit rests on."""

LEAST_GAIN = 3.0
"""How much drop-out must add to the log-likelihood of customers who never leave, to count as seen."""


@dataclass(frozen=True, slots=True)
class BgNbd:
    """Purchases at a rate ~ gamma(r, alpha) while alive; gone after any purchase with a chance ~ beta(a, b).

    Times are in the unit of the purchases. A customer without a repeat purchase counts as alive for sure: the model
    lets customers leave only at a purchase.
    """

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float
    customers: int

    def alive(self, repeats: ArrayLike, last: ArrayLike, observed: ArrayLike) -> Floats:
        """The chance that each customer will buy again at all."""
        return 1 / (1 + self._odds_gone(*_floats(repeats, last, observed)))

    def expected(self, within: float, repeats: ArrayLike, last: ArrayLike, observed: ArrayLike) -> Floats:
        """Each customer's expected purchases within a time from now. Fader, Hardie & Lee (2005), equation 10."""
        x, t, total = _floats(repeats, last, observed)
        result: Floats = self._purchases(within, x, self.alpha + total) / (1 + self._odds_gone(x, t, total))
        return result

    def expected_of_new(self, within: float) -> float:
        """The expected repeat purchases of a new customer within a time of the first purchase."""
        return float(self._purchases(within, np.zeros(1), np.array([self.alpha]))[0])

    def _odds_gone(self, x: Floats, t: Floats, total: Floats) -> Floats:
        log = np.log(self.a / (self.b + np.maximum(x, 1) - 1))
        log = log + (self.r + x) * np.log((self.alpha + total) / (self.alpha + t))
        return np.where(x > 0, np.exp(np.minimum(log, 700)), 0.0)

    def _purchases(self, within: float, x: Floats, past: Floats) -> Floats:
        a = self.a if abs(self.a - 1) > 1e-6 else 1 + 1e-6  # the formula is 0/0 at a = 1 and smooth about it
        left = (past / (past + within)) ** (self.r + x)
        series = hyp2f1(self.r + x, self.b + x, a + self.b + x - 1, within / (past + within))
        result: Floats = (a + self.b + x - 1) / (a - 1) * (1 - left * series)
        return result


def fit_bg_nbd(purchases: Purchases) -> BgNbd | NoEstimate:
    """The most likely BG/NBD model. Fader, Hardie & Lee (2005), Mark. Sci. 24:275.

    NoEstimate("too_few") under 200 customers with a repeat. NoEstimate("undetermined") where customers who never leave
    explain the data as well, as in shops whose regulars come at fixed times: then nobody can say who is gone, and a
    lifetime computed all the same would be endless.
    """
    if purchases.repeaters < LEAST_REPEATERS:
        return NoEstimate("too_few", purchases.repeaters, LEAST_REPEATERS, "customers who bought again")
    unit = _unit(purchases)
    if unit == 0:
        return NoEstimate("not_positive")
    starts = [np.array([1.0, 1.0, 1.0, 2.0]), np.array([0.3, 0.1, 0.5, 3.0])]
    best = maximize(counted(_leaving(purchases, unit), purchases.counts), starts)
    if best.log_likelihood < _forever(purchases, unit).log_likelihood + LEAST_GAIN:
        return NoEstimate("undetermined", what="who has stopped buying")
    r, alpha, a, b = (float(each) for each in best.parameters)
    # in the caller's unit of time each of the Σx purchases has a density smaller by the unit
    shift = float(purchases.repeats @ purchases.counts) * np.log(unit)
    return BgNbd(r, alpha * unit, a, b, best.log_likelihood - float(shift), purchases.customers)


@dataclass(frozen=True, slots=True)
class BgNbdSteps:
    """Where a fitted model goes for other counts of its records, and whether those still tell who is gone."""

    leaving: OneStep
    forever: OneStep

    def shift(self, drawn: Purchases) -> Floats | None:
        """How far the logarithms of r, alpha, a and b go; None where the fit of these counts would be refused."""
        gain = self.leaving.log_likelihood(drawn.counts) - self.forever.log_likelihood(drawn.counts)
        is_told = drawn.repeaters >= LEAST_REPEATERS and gain >= LEAST_GAIN
        return self.leaving.shift(drawn.counts) if is_told else None


def steps_of_bg_nbd(model: BgNbd, purchases: Purchases) -> BgNbdSteps:
    """The steps around the model that was fitted to these purchases."""
    unit, n = _unit(purchases), purchases.counts
    fitted = np.array([model.r, model.alpha / unit, model.a, model.b])
    forever = _forever(purchases, unit).parameters
    return BgNbdSteps(
        one_step(_leaving(purchases, unit), fitted, n), one_step(_staying(purchases, unit), forever, n)
    )  # fmt: skip


def _unit(purchases: Purchases) -> float:
    """The mean time in view: likelihoods are sought in it, whatever the caller's unit."""
    return float(purchases.observed @ purchases.counts) / purchases.customers


def _forever(purchases: Purchases, unit: float) -> Maximum:
    return maximize(counted(_staying(purchases, unit), purchases.counts), [np.array([1.0, 1.0])])


def _leaving(purchases: Purchases, unit: float) -> Records:
    x, t, total = purchases.repeats, purchases.last / unit, purchases.observed / unit
    again, others = x > 0, np.maximum(x, 1) - 1

    def records(parameters: Floats) -> tuple[Floats, Floats]:
        r, alpha, a, b = parameters
        alive = -(r + x) * np.log(alpha + total)
        gone = np.where(again, np.log(a) - np.log(b + others) - (r + x) * np.log(alpha + t), -np.inf)
        either = np.logaddexp(alive, gone)
        value = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + betaln(a, b + x) - betaln(a, b) + either
        w = np.exp(gone - either)  # the chance to be gone
        all_three = psi(a + b) - psi(a + b + x)
        gradient = [
            psi(r + x) - psi(r) + np.log(alpha) - (1 - w) * np.log(alpha + total) - w * np.log(alpha + t),
            r / alpha - (r + x) * ((1 - w) / (alpha + total) + w / (alpha + t)),
            all_three + w / a,
            all_three + psi(b + x) - psi(b) - w / (b + others),
        ]
        return value, np.stack(gradient)

    return records


def _staying(purchases: Purchases, unit: float) -> Records:
    """The same for customers who never leave: the negative binomial of the number of purchases."""
    x, total = purchases.repeats, purchases.observed / unit

    def records(parameters: Floats) -> tuple[Floats, Floats]:
        r, alpha = parameters
        value = gammaln(r + x) - gammaln(r) + r * np.log(alpha) - (r + x) * np.log(alpha + total)
        gradient = [psi(r + x) - psi(r) + np.log(alpha / (alpha + total)), r / alpha - (r + x) / (alpha + total)]
        return value, np.stack(gradient)

    return records


def _floats(*columns: ArrayLike) -> tuple[Floats, ...]:
    return tuple(np.atleast_1d(np.asarray(each, dtype=np.float64)) for each in columns)
