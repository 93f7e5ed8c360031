"""Why a whole moved: what changed within its segments, and what by their mix."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from goalkeeper.stats.difference import difference
from goalkeeper.stats.estimate import Estimate, NoEstimate


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
    """The change of a whole: `before` + `within.value` + `mix` = `now`, exactly but for rounding."""

    before: float
    now: float
    within: Estimate
    mix: float
    segments: tuple[Moved, ...]

    @property
    def turned(self) -> bool:
        """Whether the whole went one way and its segments, taken together, surely the other."""
        low, high = self.within.low, self.within.high
        change = self.now - self.before
        return low is not None and high is not None and (high < 0 < change or change < 0 < low)


Part = tuple[float, Estimate]
"""A segment's weight (rows, or what a ratio divides by) and its estimate."""


def mix_shift(before: Mapping[str, Part], now: Mapping[str, Part]) -> MixShift | NoEstimate:
    """Σ w̄ᵢ·Δvᵢ within the segments and Σ (v̄ᵢ−V̄)·Δwᵢ by their mix, bars the means of both times.

    For a whole that is the weighted mean of its segments: shares, means, indices, ratios; not medians. A segment of
    one time only moves the mix alone. The interval of the within part takes the shares of the segments as given.
    Kitagawa (1955), J. Am. Stat. Assoc. 50:1168; interval by MOVER, Zou & Donner (2008), Stat. Med. 27:1693.
    """
    total_before, total_now = (sum(weight for weight, _ in part.values()) for part in (before, now))
    if total_before <= 0 or total_now <= 0:
        return NoEstimate("no_data")
    whole_before = sum(weight * one.value for weight, one in before.values()) / total_before
    whole_now = sum(weight * one.value for weight, one in now.values()) / total_now
    middle = (whole_before + whole_now) / 2
    moved, spread, rows = [], [0.0, 0.0], 0
    for name in dict.fromkeys([*before, *now]):
        was, late = before.get(name), now.get(name)
        share_was = was[0] / total_before if was else 0.0
        share_now = late[0] / total_now if late else 0.0
        estimates = [one for _, one in filter(None, (was, late))]
        within = 0.0
        if was and late:
            weight, change = (share_was + share_now) / 2, difference(late[1], was[1])
            within, rows = weight * change.value, rows + change.n
            _add_reach(spread, weight, change)
        level_of_segment = sum(one.value for one in estimates) / len(estimates)
        mix = (level_of_segment - middle) * (share_now - share_was)
        moved.append(Moved(name, share_was, share_now, within, mix))
    value = sum(one.within for one in moved)
    level = next(iter(now.values()))[1].level
    reach_down, reach_up = math.sqrt(spread[0]), math.sqrt(spread[1])
    within_all = Estimate(value, value - reach_down, value + reach_up, level, rows, "MOVER over segments")
    return MixShift(whole_before, whole_now, within_all, sum(one.mix for one in moved), tuple(moved))


def _add_reach(spread: list[float], weight: float, change: Estimate) -> None:
    low, high = change.low, change.high
    spread[0] += math.inf if low is None else (weight * (change.value - low)) ** 2
    spread[1] += math.inf if high is None else (weight * (high - change.value)) ** 2
