"""How often each interval holds the truth: counted exactly where the outcomes can be listed, else simulated.

A simulation of `runs` runs passes if its hits lie among the central 99.98 % of binomial(runs, coverage), for the
exact coverage where there is one. Elsewhere the coverage is a figure measured before by other runs, good to ±0.015.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import binom, multinomial

from goalkeeper.stats.difference import difference
from goalkeeper.stats.estimate import Estimate, NoEstimate, Result
from goalkeeper.stats.index import adjusted_wald, tango
from goalkeeper.stats.mean import bootstrap_t, modified_cox, t_interval
from goalkeeper.stats.proportion import clopper_pearson, jeffreys, wilson
from goalkeeper.stats.quantile import order_ranks, quantile
from goalkeeper.stats.rate import poisson_rate
from goalkeeper.stats.ratio import ratio_of_sums
from goalkeeper.stats.sums import CountSums, MeanSums, RateSums, RatioSums, TimeToSums
from goalkeeper.stats.survival import kaplan_meier
from goalkeeper.stats.welch import welch

pytestmark = pytest.mark.slow

RARE = 1e-4
MEASURED = 0.015


def holds(result: Result, truth: float) -> bool:
    """An answer that was not reached excludes nothing, so it holds every truth."""
    return isinstance(result, NoEstimate) or result.low <= truth <= result.high


def assert_covers(hits: int, runs: int, low: float, high: float) -> None:
    least, most = binom.ppf(RARE, runs, low), binom.ppf(1 - RARE, runs, min(1.0, high))
    assert least <= hits <= most, f"{hits}/{runs} = {hits / runs:.4f}, allowed {least / runs:.4f}–{most / runs:.4f}"


def simulate(draw: Callable[[np.random.Generator], Result], truth: float, runs: int, seed: int = 1) -> int:
    rng = np.random.default_rng(seed)
    return sum(holds(draw(rng), truth) for _ in range(runs))


@pytest.mark.parametrize(
    ("method", "n", "mean", "least"),
    [
        (wilson, 10, 0.956, 0.914),
        (wilson, 30, 0.952, 0.930),
        (jeffreys, 10, 0.952, 0.869),
        (jeffreys, 30, 0.950, 0.889),
        (clopper_pearson, 10, 0.983, 0.962),
        (clopper_pearson, 30, 0.973, 0.954),
    ],
)
def test_exact_coverage_of_shares(method, n: int, mean: float, least: float) -> None:
    intervals, p = [method(k, n) for k in range(n + 1)], np.linspace(0.02, 0.98, 97)
    covered = sum(binom.pmf(k, n, p) * ((each.low <= p) & (p <= each.high)) for k, each in enumerate(intervals))
    assert covered.mean() == pytest.approx(mean, abs=6e-4)
    assert covered.min() == pytest.approx(least, abs=6e-4)


@pytest.mark.parametrize(
    ("truth", "n", "score", "adjusted"),
    [
        ((0.7, 0.2, 0.1), 10, 0.960, 0.951),
        ((0.7, 0.2, 0.1), 30, 0.951, 0.956),
        ((0.9, 0.08, 0.02), 10, 0.960, 0.930),
        ((0.9, 0.08, 0.02), 30, 0.966, 0.964),
        ((0.4, 0.3, 0.3), 10, 0.949, 0.949),
        ((0.4, 0.3, 0.3), 30, 0.957, 0.946),
    ],
)
def test_exact_coverage_of_the_index(truth: tuple[float, ...], n: int, score: float, adjusted: float) -> None:
    covered = np.zeros(2)
    for plus in range(n + 1):
        for minus in range(n + 1 - plus):
            chance = multinomial.pmf([plus, n - plus - minus, minus], n, truth)
            results = tango(plus, minus, n), adjusted_wald(plus, minus, n)
            covered += [chance * holds(result, truth[0] - truth[2]) for result in results]
    # The compared figures were simulated: two in a thousand of noise at 10,000 runs, three times that allowed.
    assert covered == pytest.approx([score, adjusted], abs=0.0075)
    assert covered[0] > 0.94


@pytest.mark.parametrize("q", [0.5, 0.9])
@pytest.mark.parametrize("n", [20, 50, 200])
def test_order_statistics_cover_what_the_binomial_says(q: float, n: int) -> None:
    truth, runs = math.exp(1.5 * {0.5: 0.0, 0.9: 1.2815515655446004}[q]), 3_000
    low, high = order_ranks(n, q)
    exact = binom.cdf(high - 1, n, q) - binom.cdf(low - 1, n, q)
    hits = simulate(lambda rng: quantile(CountSums.of(rng.lognormal(0, 1.5, n)), q), truth, runs)
    assert exact >= 0.95
    assert_covers(hits, runs, exact, exact)


@pytest.mark.parametrize(
    ("n", "runs", "boot", "plain", "cox"),
    [(30, 3_000, 0.90, 0.80, 0.95), (100, 1_500, 0.90, 0.84, 0.945), (400, 800, 0.93, 0.90, 0.95)],
)
def test_means_of_skewed_times(n: int, runs: int, boot: float, plain: float, cox: float) -> None:
    truth, rng, hits = math.exp(1.5**2 / 2), np.random.default_rng(n), np.zeros(3, dtype=int)
    for seed in range(runs):
        rows = CountSums.of(rng.lognormal(0, 1.5, n))
        results = bootstrap_t(rows, seed=seed), t_interval(rows.mean_sums()), modified_cox(rows)
        hits += [holds(result, truth) for result in results]
    for found, expected in zip(hits, (boot, plain, cox), strict=True):
        assert_covers(int(found), runs, expected - MEASURED, expected + MEASURED)
    assert hits[1] < hits[0]


@pytest.mark.parametrize("n", [20, 50, 200])
def test_median_time_with_unfinished_rows(n: int) -> None:
    def draw(rng: np.random.Generator) -> Result:
        wanted, room = rng.lognormal(0, 1.5, n), rng.uniform(0, 8, n)
        return kaplan_meier(TimeToSums.of(np.minimum(wanted, room), wanted <= room)).quantile(0.5)

    assert_covers(simulate(draw, 1.0, 3_000), 3_000, 0.95 - MEASURED, 0.95 + MEASURED)


def test_share_finished_and_restricted_mean_with_unfinished_rows() -> None:
    runs, n, hits = 2_000, 100, np.zeros(2, dtype=int)
    rng = np.random.default_rng(5)
    # Exponential with mean 1: 1 − S(1) = 1 − 1/e, and the mean of min(T, 2) is 1 − e⁻².
    truths = 1 - math.exp(-1), 1 - math.exp(-2)
    for _ in range(runs):
        wanted, room = rng.exponential(1, n), rng.uniform(1, 6, n)
        curve = kaplan_meier(TimeToSums.of(np.minimum(wanted, room), wanted <= room))
        results = curve.finished_within(1), curve.restricted_mean(2)
        hits += [holds(result, truth) for result, truth in zip(results, truths, strict=True)]
    for found in hits:
        assert_covers(int(found), runs, 0.95 - MEASURED, 0.95 + MEASURED)


@pytest.mark.parametrize("n", [30, 100, 400])
def test_ratio_of_sums(n: int) -> None:
    def draw(rng: np.random.Generator) -> Result:
        under = rng.poisson(5, n) + 1.0
        return ratio_of_sums(RatioSums.of(under * 3 + rng.normal(6, 6, n), under))

    assert_covers(simulate(draw, 4.0, 4_000), 4_000, 0.95 - MEASURED, 0.95 + MEASURED)


def test_a_difference_of_nothing_is_called_a_change_one_time_in_twenty() -> None:
    def draw(rng: np.random.Generator) -> Estimate:
        now, before = rng.binomial(60, 0.8), rng.binomial(90, 0.8)
        return difference(wilson(int(now), 60), wilson(int(before), 90))

    assert_covers(simulate(draw, 0.0, 4_000), 4_000, 0.95 - MEASURED, 0.95 + MEASURED)


def two_indices(rng: np.random.Generator) -> Estimate:
    now, before = rng.multinomial(60, [0.6, 0.25, 0.15]), rng.multinomial(90, [0.5, 0.2, 0.3])
    return difference(tango(int(now[0]), int(now[2]), 60), tango(int(before[0]), int(before[2]), 90))


def two_rates(rng: np.random.Generator) -> Estimate:
    return difference(*(poisson_rate(RateSums(int(rng.poisson(5 * days)), days)) for days in (7, 28)))


def two_ratios(rng: np.random.Generator) -> Estimate:
    ratios = []
    for n in (60, 90):
        under = rng.poisson(5, n) + 1.0
        ratios.append(ratio_of_sums(RatioSums.of(under * 3 + rng.normal(6, 6, n), under)))
    return difference(*ratios)


@pytest.mark.parametrize(
    ("draw", "truth", "exact"), [(two_indices, 0.25, 0.95), (two_rates, 0.0, 0.965), (two_ratios, 0.0, 0.95)]
)
def test_differences_of_indices_rates_and_ratios(draw: Callable, truth: float, exact: float) -> None:
    """Garwood's limits cover more than they must, so the difference of two rates does, too."""
    assert_covers(simulate(draw, truth, 4_000), 4_000, exact - MEASURED, exact + MEASURED)


def test_welch_covers_groups_that_vary_differently() -> None:
    def draw(rng: np.random.Generator) -> Result:
        return welch(MeanSums.of(rng.normal(5, 1, 12)), MeanSums.of(rng.normal(5, 6, 30)))

    assert_covers(simulate(draw, 0.0, 4_000), 4_000, 0.945, 0.955)
