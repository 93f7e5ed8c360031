"""Times to an event that some rows have not reached yet: Kaplan–Meier and what is read off its curve."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from goalkeeper.stats.estimate import Estimate, NoEstimate, Result
from goalkeeper.stats.level import normal_quantile, tail
from goalkeeper.stats.proportion import wilson_limits
from goalkeeper.stats.sums import Counts, CountSums, Floats, TimeToSums

_TIE = 1e-12  # S is a product of fractions: 0.75·⅔ must count as 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """S(t) at each time something finished, ascending, with the rows at risk just before it.

    `greenwood` is the running Σ d/(Y(Y−d)), so se(S) = S·√greenwood; a term with Y = d, where S falls to 0,
    is left out. `entered` are the times at which rows came into view, where not all did at 0.
    """

    times: Floats
    at_risk: Counts
    finished: Counts
    survival: Floats
    greenwood: Floats
    sums: TimeToSums
    problem: NoEstimate | None = None
    entered: CountSums | None = None

    @property
    def standard_error(self) -> Floats:
        """Greenwood's standard error of S at each time."""
        return self.survival * np.sqrt(self.greenwood)

    def limits(self, level: float = 0.95) -> tuple[Floats, Floats]:
        """Pointwise log-log limits of S: S^exp(±z√greenwood/|ln S|).

        Where S is 0 the lower limit is 0 and the upper one stays at its last value.
        """
        if not self.times.size:
            return np.empty(0), np.empty(0)
        above = int(np.count_nonzero(self.survival > 0))  # it falls, so these come first
        low, high = np.zeros(self.times.size), np.ones(self.times.size)
        s, spread = self.survival[:above], self._spread(above, level)
        low[:above], high[:above] = s**spread, s ** (1 / spread)
        if above:
            high[above:] = high[above - 1]
        return low, high

    def _spread(self, above: int, level: float) -> Floats:
        """The exponent of the limits, at the first times: where S is above 0."""
        errors, logs = np.sqrt(self.greenwood[:above]), np.log(self.survival[:above])
        spread: Floats = np.exp(normal_quantile(level) * errors / -logs)
        return spread

    def quantile(self, q: float, level: float = 0.95) -> Result:
        """The first time by which a share q has finished, between the first times the limits of S are there.

        The interval of Brookmeyer & Crowley (1982), Biometrics 38:29, in its log-log flavour. An upper limit
        the curve does not reach is inf; a quantile it does not reach is NoEstimate("not_reached"). Where S falls to 0
        at once, its upper limit falls by as much as Clopper and Pearson's limit for none of those at risk.
        """
        if not 0 < q < 1:
            raise ValueError(f"a quantile lies between 0 and 1, not at {q}")
        if self.problem:
            return self.problem
        s, share = self.survival, 1 - q + _TIE
        under = int(np.count_nonzero(s > share))  # it falls, so these come first
        if under == s.size:
            return NoEstimate("not_reached", self._finished_share(), q)
        # S lies between its limits: the lower one is there no later than S, the upper one no earlier. Their logarithms,
        # spread·ln S and ln S/spread, tell when, without the powers.
        above = int(np.count_nonzero(s > 0))
        logs, spread, ln_share = np.log(s[:above]), self._spread(above, level), math.log(share)
        early = spread[:under] * logs[:under] <= ln_share
        late = logs[under:] / spread[under:] <= ln_share
        low = self.times[early.argmax() if early.any() else under]
        if s[0] == 0:
            low = 0.0  # everything finished at one time: no step of the curve says how early it might have been
        high = self.times[under + late.argmax()] if late.any() else math.inf
        if math.isinf(high) and above < s.size:
            before = logs[-1] / spread[-1] if above else 0.0
            if before + math.log1p(-(tail(level) ** (1 / int(self.at_risk[above])))) <= ln_share:
                high = self.times[above]
        note = "too few have finished for an upper limit" if math.isinf(high) else ""
        value = float(self.times[under])
        return Estimate(value, float(low), float(high), level, self.sums.n, "Kaplan–Meier, log-log", note)

    def finished_within(self, within_s: float, level: float = 0.95) -> Result:
        """The share 1−S(t) that finishes within a time, with log-log limits.

        Where S is 1 (of those followed so long) or 0 (of those finished), Wilson's limits serve, for log-log
        has no width there. NoEstimate("not_followed") past the last time seen, unless S is 0 by then.
        """
        if self.problem:
            return self.problem
        n, place = self.sums.n, int(np.searchsorted(self.times, within_s, side="right")) - 1
        share = 1 - float(self.survival[place]) if place >= 0 else 0.0
        followed = float(self.sums.durations[-1])
        if within_s > followed and share < 1:
            return NoEstimate("not_followed", followed, within_s)
        if share in (0, 1):
            rows = int(self.finished.sum()) if share else self.followed(within_s)
            low, high = wilson_limits(share, rows, level)
            return Estimate(share, low, high, level, n, "Kaplan–Meier, Wilson at the edge")
        lower, upper = self.limits(level)
        low, high = 1 - float(upper[place]), 1 - float(lower[place])
        return Estimate(share, low, high, level, n, "Kaplan–Meier, log-log")

    def restricted_mean(self, horizon_s: float, level: float = 0.95) -> Result:
        """The mean of min(time, τ), ∫₀^τ S, with Var = Σ A²·d/(Y(Y−d)), A the area from each step to τ.

        NoEstimate("not_followed") for a horizon past the last time seen, unless S is 0 by then. The limits
        stay in 0..τ; with nothing finished before τ the lower one comes from Wilson's limit for 0 of n.
        Klein & Moeschberger (2003), Survival Analysis, 4.5.
        """
        if not 0 < horizon_s < math.inf:
            raise ValueError(f"a horizon is a finite time above 0, not {horizon_s}")
        if self.problem:
            return self.problem
        followed = float(self.sums.durations[-1])
        if horizon_s > followed and self._finished_share() < 1:
            return NoEstimate("not_followed", followed, horizon_s)
        n, method = self.sums.n, "Kaplan–Meier, restricted mean"
        used = self.times < horizon_s
        if not used.any():
            most = wilson_limits(0.0, self.followed(horizon_s), level)[1]
            return Estimate(horizon_s, horizon_s * (1 - most), horizon_s, level, n, method)
        times, d, y = self.times[used], self.finished[used], self.at_risk[used]
        areas = self.survival[used] * np.diff(np.r_[times, horizon_s])
        right = np.cumsum(areas[::-1])[::-1]
        rest = np.maximum(y - d, 1)  # where all the rest finish, the area to the right is 0 and so is the term
        variance = float(np.sum(right**2 * (d / (y.astype(np.float64) * rest))))
        mean = float(times[0] + right[0])
        half = normal_quantile(level) * math.sqrt(variance)
        return Estimate(mean, max(0.0, mean - half), min(horizon_s, mean + half), level, n, method)

    def followed(self, time_s: float) -> int:
        """How many were in view at a time, without finishing or leaving before it."""
        stay = self.sums.durations >= time_s
        late = 0 if self.entered is None else int(_yet_to_enter(self.entered, np.array([time_s]))[0])
        return int(self.sums.finished[stay].sum() + self.sums.unfinished[stay].sum()) - late

    def _finished_share(self) -> float:
        return 1 - float(self.survival[-1]) if self.times.size else 0.0


def kaplan_meier(sums: TimeToSums, entered: CountSums | None = None) -> Curve:
    """S(t) = Π(1 − d/Y) over the times t_i ≤ t, d finishing of Y at risk; ties finish before others leave.

    `entered` holds the time of each row at which it came into view, for rows that could only be seen because they had
    lasted so long, as customers older than the data: they are at risk after it. A row is in both sums. Where all in
    view finish while others have yet to enter, the curve would stay at 0: NoEstimate("too_few").
    No rows, a negative or an infinite duration give a curve whose every reading is that NoEstimate.
    Kaplan & Meier (1958), J. Am. Stat. Assoc. 53:457.
    """
    problem = _refused(sums) or (_entry_refused(sums, entered) if entered is not None else None)
    if problem:
        return _no_curve(sums, problem)
    times, d = sums.durations, sums.finished
    y = (d + sums.unfinished)[::-1].cumsum()[::-1]
    if not d.all():
        steps = d > 0
        times, d, y = times[steps], d[steps], y[steps]
    if entered is not None:  # else some stay until the last time
        y = y - _yet_to_enter(entered, times)
        stuck = (y <= d) & (times < sums.durations[-1])
        if stuck.any():
            place = int(np.argmax(stuck))
            return _no_curve(sums, NoEstimate("too_few", int(y[place]), int(d[place]) + 1, "in view early on"))
    rest = y - d
    terms = d / (y * np.maximum(rest, 1.0))
    terms[rest <= 0] = 0.0
    return Curve(times, y, d, (rest / y).cumprod(), terms.cumsum(), sums, None, entered)


def _refused(sums: TimeToSums) -> NoEstimate | None:
    if sums.n == 0:
        return NoEstimate("no_data")
    first, last = sums.durations[0], sums.durations[-1]  # they ascend, and nan stands last
    if not (math.isfinite(first) and math.isfinite(last)):
        return NoEstimate("not_finite")
    return NoEstimate("negative") if first < 0 else None


def _entry_refused(sums: TimeToSums, entered: CountSums) -> NoEstimate | None:
    if entered.n != sums.n:
        return NoEstimate("impossible", entered.n, sums.n)
    if not entered.finite:
        return NoEstimate("not_finite")
    return NoEstimate("negative") if entered.values[0] < 0 else None


def _yet_to_enter(entered: CountSums, times: Floats) -> Counts:
    """How many come into view at each time or later; those who start at 0 are in view from the first."""
    so_far = np.r_[0, np.cumsum(entered.counts)]
    side = np.where(times > 0, np.searchsorted(entered.values, times), np.searchsorted(entered.values, times, "right"))
    result: Counts = entered.n - so_far[side]
    return result


def _no_curve(sums: TimeToSums, problem: NoEstimate) -> Curve:
    empty = np.empty(0)
    return Curve(empty, empty.astype(np.int64), empty.astype(np.int64), empty, empty, sums, problem)
