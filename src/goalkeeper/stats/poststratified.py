"""A share weighted to the known sizes of the cells its answers came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from goalkeeper.stats.estimate import NoEstimate
from goalkeeper.stats.proportion import wilson, wilson_limits
from goalkeeper.stats.sums import ShareSums
from goalkeeper.stats.weighted import Weighted

LEAST_IN_CELL = 5
"""A cell with fewer answers is merged with the other small ones."""


def post_stratified(
    cells: Mapping[str, ShareSums], totals: Mapping[str, int], level: float = 0.95
) -> Weighted | NoEstimate:
    """Σ Wₕpₕ with Wₕ the cell's share of `totals` (all tickets, all customers), answers of each cell in `cells`.

    Var = ΣWₕ²p̃ₕ(1−p̃ₕ)/nₕ with p̃ = (k+½)/(n+1), that thin cells do not seem sure; Wilson's limits for the n with that
    variance. Cells under 5 answers are merged, with the next smallest if need be; the note names them. Cells that have
    answers but no total are an error of the caller. Cochran (1977), Sampling Techniques, 5A.9.
    """
    unknown = sorted(set(cells) - set(totals))
    if unknown:
        raise ValueError(f"no total for the cells {', '.join(unknown)}")
    whole, everyone = sum(cells.values(), ShareSums.zero()), sum(totals.values())
    raw = wilson(whole.k, whole.n, level)
    if isinstance(raw, NoEstimate):
        return raw
    short = [name for name, one in cells.items() if totals[name] < one.n]
    if short or min(totals.values()) < 0:
        name = short[0] if short else min(totals, key=lambda each: totals[each])
        return NoEstimate("impossible", cells[name].n if short else 0, totals[name])
    parts = [(cells.get(name, ShareSums.zero()), totals[name], name) for name in totals if totals[name]]
    merged, kept = _merge(parts)
    share = middle = variance = 0.0
    for sums, total, _ in kept:
        weight, p = total / everyone, (sums.k + 0.5) / (sums.n + 1)
        share += weight * sums.k / sums.n
        middle += weight * p
        variance += weight**2 * p * (1 - p) / sums.n
    share = min(1.0, max(0.0, share))
    effective = middle * (1 - middle) / variance
    low, high = wilson_limits(share, effective, level)
    note = f"merged, under {LEAST_IN_CELL} answers each: {', '.join(merged)}" if merged else ""
    weighted = replace(raw, value=share, low=low, high=high, method="Wilson, post-stratified", note=note)
    return Weighted(weighted, raw, effective)


_Part = tuple[ShareSums, int, str]


def _merge(parts: list[_Part]) -> tuple[list[str], list[_Part]]:
    """The names of the cells merged into one, and the cells that are left."""
    ordered = sorted(parts, key=lambda part: part[0].n)
    taken = sum(part[0].n < LEAST_IN_CELL for part in ordered)
    if not taken:
        return [], ordered
    while taken < len(ordered) and (taken < 2 or sum(part[0].n for part in ordered[:taken]) < LEAST_IN_CELL):
        taken += 1
    small = ordered[:taken]
    together = sum((sums for sums, _, _ in small), ShareSums.zero())
    rest = (together, sum(total for _, total, _ in small), "merged")
    return sorted(name for _, _, name in small), [rest, *ordered[taken:]]
