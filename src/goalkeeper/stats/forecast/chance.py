"""A chance with the range of those who state it, and the words for it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

CUTS = (0.2, 0.4, 0.6, 0.8)
WORDS = ("very unlikely", "unlikely", "toss-up", "likely", "very likely")

SLACK = 0.05
"""How far past a cut a chance must go before what is said of it changes."""


@dataclass(frozen=True, slots=True)
class Chance:
    """A chance, the lowest and highest of the ways it was computed by, and whether only words may be said."""

    value: float
    low: float
    high: float
    words_only: bool

    @property
    def words(self) -> str:
        """The chance in words: "likely" from 60 to 80 %."""
        return WORDS[band(self.value, CUTS)]


def band(chance: float, cuts: Sequence[float], previous: int | None = None) -> int:
    """Which band between ascending cuts a chance lies in, counted from 0; a chance on a cut lies above it.

    With the previous band given, it changes only when the chance is past the nearest cut by more than `SLACK`, so
    that nothing flickers.
    """
    if any(a >= b for a, b in pairwise(cuts)) or math.isnan(chance):
        raise ValueError(f"cuts must ascend and the chance be a number: {tuple(cuts)}, {chance}")
    found = sum(chance >= cut for cut in cuts)
    if previous is None or found == previous:
        return found
    if found > previous:
        return previous if chance <= cuts[previous] + SLACK else found
    return previous if chance >= cuts[previous - 1] - SLACK else found
