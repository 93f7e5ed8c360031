"""An index watched while it grows, from its first answers on: the two shares that it is the difference of."""

from __future__ import annotations

from goalkeeper.stats.anytime.share import TUNED_FOR, share_limits
from goalkeeper.stats.estimate import Estimate, NoEstimate, Result


def anytime_index(plus: int, minus: int, n: int, level: float = 0.95, *, tuned_for: int = TUNED_FOR) -> Result:
    """From the lowest share of plus less the highest of minus to the opposite, each share at half the chance to miss.

    Holds at all n at once, from n = 1 on; wider than the `widened` interval, which needs 100 rows.
    """
    if n < 0 or min(plus, minus) < 0 or plus + minus > n:
        return NoEstimate("impossible", plus + minus, n)
    if n == 0:
        return NoEstimate("no_data")
    ups, downs = (share_limits(k, n, (1 + level) / 2, tuned_for=tuned_for) for k in (plus, minus))
    method = f"anytime-valid, tuned for {tuned_for:,}"
    return Estimate((plus - minus) / n, ups[0] - downs[1], ups[1] - downs[0], level, n, method)
