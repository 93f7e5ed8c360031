"""The difference of two independent estimates of any kind, from their values and limits alone."""

from __future__ import annotations

import math
from dataclasses import replace

from scipy.special import ndtr

from goalkeeper.stats.estimate import Estimate
from goalkeeper.stats.level import normal_quantile


def difference(now: Estimate, before: Estimate) -> Estimate:
    """now − before by MOVER: d − √((a−l_a)²+(u_b−b)²) to d + √((u_a−a)²+(b−l_b)²).

    With Wilson limits this is Newcombe's interval. An open side of an estimate opens the side it bears on; an
    estimate without interval gives a difference without one. ValueError when the levels differ.
    Zou & Donner (2008), Stat. Med. 27:1693.
    """
    if now.level != before.level:
        raise ValueError(f"estimates at level {now.level} and {before.level} have no common interval")
    d, n = now.value - before.value, now.n + before.n
    method = now.method if now.method == before.method else f"{now.method}, {before.method}"
    method = f"MOVER ({method})"
    if now.low is None or now.high is None or before.low is None or before.high is None:
        return Estimate(d, None, None, now.level, n, method)
    low = d - math.hypot(_reach(now.value - now.low), _reach(before.high - before.value))
    high = d + math.hypot(_reach(now.high - now.value), _reach(before.value - before.low))
    return Estimate(d, low, high, now.level, n, method)


def widened(estimate: Estimate, dispersion: float) -> Estimate:
    """The estimate with limits √φ as far away, φ the dispersion, at least 1; the same without an interval."""
    if estimate.low is None or estimate.high is None or dispersion <= 1:
        return estimate
    far, value = math.sqrt(dispersion), estimate.value
    low, high = value - far * _reach(value - estimate.low), value + far * _reach(estimate.high - value)
    return replace(estimate, low=low, high=high)


def changed(diff: Estimate) -> bool:
    """Whether 0 lies outside the interval; never without an interval."""
    return diff.low is not None and diff.high is not None and (diff.low > 0 or diff.high < 0)


def p_value(diff: Estimate) -> float:
    """The chance of a difference as far from 0 if there were none: below 1 − level just where `changed`.

    2Φ(−z·|d|/r), r the distance to the limit on the side of 0; 1 without one.
    """
    if diff.low is None or diff.high is None or diff.value == 0:
        return 1.0
    reach = diff.value - diff.low if diff.value > 0 else diff.high - diff.value
    if reach <= 0:
        return 0.0
    return 2 * float(ndtr(-normal_quantile(diff.level) * abs(diff.value) / reach))


def _reach(length: float) -> float:
    # A shifted interval (adjusted Wald) can leave its own value out; that side then reaches nowhere.
    return max(0.0, length)
