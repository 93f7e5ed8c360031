"""Why a whole moved: what changed within its segments, and what by their mix."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from goalkeeper.stats.difference import difference
from goalkeeper.stats.estimate import Estimate, NoEstimate
from goalkeeper.stats.level import normal_quantile


@dataclass(frozen=True, slots=True)
class Moved:
    """One segment's part of the change; `within` + `mix` over all segments is the whole change.

    `mix` counts a segment that grew by how far it lies from the whole: more of a low-scoring segment pulls down.
    """

    segment: str
    share_before: float
    share_now: float
    within: float
    mix: float


@dataclass(frozen=True, slots=True)
class MixShift:
    """The change of a whole: `before` + `within.value` + `mix.value` = `now`, exactly but for rounding."""

    before: float
    now: float
    within: Estimate
    mix: Estimate
    segments: tuple[Moved, ...]


class Part(NamedTuple):
    """A segment's weight (rows, or what a ratio divides by), its estimate, the squared weights of its rows summed."""

    weight: float
    estimate: Estimate
    squares: float


def mix_shift(before: Mapping[str, Part], now: Mapping[str, Part]) -> MixShift | NoEstimate:
    """Σ w̄ᵢ·Δvᵢ within the segments and Σ (v̄ᵢ−V̄)·Δwᵢ by their mix, bars the means of both times.

    For a whole that is the weighted mean of its segments: shares, means, indices, ratios; not medians. A segment of
    one time only moves the mix alone. The interval of the within part takes the shares of the segments as given. The
    variance of the mix is Var Σcᵢwᵢ = Σ(cᵢ−c̄)²·Σy²ᵢ/(Σy)² at each time, y the weights of the rows (of rows that weigh
    one it is that of multinomial shares), and that of the values, Σ Δwᵢ²·Var v̄ᵢ.
    Kitagawa (1955), J. Am. Stat. Assoc. 50:1168; the former by MOVER, Zou & Donner (2008), Stat. Med. 27:1693.
    """
    total_before, total_now = (sum(one.weight for one in part.values()) for part in (before, now))
    if total_before <= 0 or total_now <= 0:
        return NoEstimate("no_data")
    whole_before = sum(one.weight * one.estimate.value for one in before.values()) / total_before
    whole_now = sum(one.weight * one.estimate.value for one in now.values()) / total_now
    middle = (whole_before + whole_now) / 2
    moved, lies, spread, rows, noise = [], list[float](), [0.0, 0.0], 0, 0.0
    for name in dict.fromkeys([*before, *now]):
        was, late = before.get(name), now.get(name)
        share_was = was.weight / total_before if was else 0.0
        share_now = late.weight / total_now if late else 0.0
        estimates = [one.estimate for one in (was, late) if one]
        within = 0.0
        if was and late:
            weight, change = (share_was + share_now) / 2, difference(late.estimate, was.estimate)
            within, rows = weight * change.value, rows + change.n
            _add_reach(spread, weight, change)
        level_of_segment = sum(one.value for one in estimates) / len(estimates)
        if share_now != share_was:  # an open side is infinitely far, and 0 times that is no number
            noise += (share_now - share_was) ** 2 * sum(map(_variance, estimates)) / len(estimates) ** 2
        lies.append(level_of_segment - middle)
        mix = lies[-1] * (share_now - share_was)
        moved.append(Moved(name, share_was, share_now, within, mix))
    value = sum(one.within for one in moved)
    level = next(iter(now.values())).estimate.level
    reach_down, reach_up = math.sqrt(spread[0]), math.sqrt(spread[1])
    within_all = Estimate(value, value - reach_down, value + reach_up, level, rows, "MOVER over segments")
    value, variance, counted = sum(one.mix for one in moved), noise, 0
    lie = {one.segment: far for one, far in zip(moved, lies, strict=True)}
    for part, total in ((before, total_before), (now, total_now)):
        mean = sum(lie[name] * one.weight for name, one in part.items()) / total
        variance += sum((lie[name] - mean) ** 2 * one.squares for name, one in part.items()) / total**2
        counted += sum(one.estimate.n for one in part.values())
    half = normal_quantile(level) * math.sqrt(variance)
    mix_all = Estimate(value, value - half, value + half, level, counted, "shares of weights")
    return MixShift(whole_before, whole_now, within_all, mix_all, tuple(moved))


def _variance(one: Estimate) -> float:
    return 0.0 if one.low is None else (one.width / (2 * normal_quantile(one.level))) ** 2


def _add_reach(spread: list[float], weight: float, change: Estimate) -> None:
    low, high = change.low, change.high
    spread[0] += math.inf if low is None else (weight * (change.value - low)) ** 2
    spread[1] += math.inf if high is None else (weight * (high - change.value)) ** 2
