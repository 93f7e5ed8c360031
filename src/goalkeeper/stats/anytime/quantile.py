"""A quantile watched while it grows: between order statistics, as its plain interval is."""

from __future__ import annotations

import math

from goalkeeper.stats.anytime.share import TUNED_FOR, share_evidence
from goalkeeper.stats.estimate import Estimate, NoEstimate, Result
from goalkeeper.stats.level import tail
from goalkeeper.stats.quantile import quantile_rank
from goalkeeper.stats.sums import CountSums


def anytime_quantile(sums: CountSums, q: float, level: float = 0.95, *, tuned_for: int = TUNED_FOR) -> Result:
    """The quantile between the order statistics that the evidence on "a share q lies below" does not rule out.

    Distribution-free, and holds at all n at once: the count below the true quantile is a share watched while it grows.
    A limit that no row can give is −inf or inf. By inverting `anytime_share`, as Howard & Ramdas (2022), Bernoulli
    28:1704, invert other sequences.
    """
    n = sums.n
    if n == 0:
        return NoEstimate("no_data")
    if not sums.finite:
        return NoEstimate("not_finite")
    low, high = (sums.at_rank(rank) for rank in anytime_ranks(n, q, level, tuned_for=tuned_for))
    method = f"order statistics, anytime-valid, tuned for {tuned_for:,}"
    return Estimate(sums.at_rank(quantile_rank(n, q)), low, high, level, n, method)


def anytime_ranks(n: int, q: float, level: float = 0.95, *, tuned_for: int = TUNED_FOR) -> tuple[int, int]:
    """1-based ranks of the limits: the fewest rows below that are not ruled out, and the most plus 1."""
    limit = 1 / (2 * tail(level))

    def fewest(share: float) -> int:
        ruled_out, kept = -1, math.floor(n * share)
        while kept - ruled_out > 1:
            middle = (ruled_out + kept) // 2
            if share_evidence(middle, n, share, level, tuned_for=tuned_for) >= limit:
                ruled_out = middle
            else:
                kept = middle
        return kept

    return fewest(q), n - fewest(1 - q) + 1
