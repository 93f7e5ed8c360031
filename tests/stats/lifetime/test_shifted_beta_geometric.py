from __future__ import annotations

import numpy as np
import pytest

from goalkeeper.stats.estimate import Estimate, NoEstimate
from goalkeeper.stats.lifetime.shifted_beta_geometric import (
    Renewals,
    ShiftedBetaGeometric,
    contract_periods,
    fit_shifted_beta_geometric,
)

HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491]


def test_by_hand_for_chances_spread_evenly() -> None:
    model = ShiftedBetaGeometric(1, 1, 0, 0)  # a uniform chance to leave: 1/(t+1) are left after t periods
    assert model.staying([0, 1, 2, 9]) == pytest.approx([1, 1 / 2, 1 / 3, 1 / 10])
    assert model.retention([1, 2, 9]) == pytest.approx([1 / 2, 2 / 3, 9 / 10])
    assert model.expected_periods(3) == pytest.approx(1 + 1 / 2 + 1 / 3)
    assert model.expected_periods(2, discount=0.25, tenure=1) == pytest.approx(1 + 2 / 3 / 1.25)


def test_cohorts_of_different_age_add() -> None:
    old, young = Renewals.of_cohort([100, 80, 70, 66]), Renewals.of_cohort([50, 41])
    both = old + young
    assert list(both.left) == [29, 10, 4]
    assert list(both.stayed) == [41, 0, 66]
    assert both.customers == 150
    assert (young + old).customers == 150


def test_four_years_foretell_the_next_ones() -> None:
    """Four renewals foretell the 49.1 % of the seventh better than a constant churn, which misses by ten points."""
    fitted = fit_shifted_beta_geometric(Renewals.of_cohort(HIGH_END[:5]))
    assert isinstance(fitted, ShiftedBetaGeometric)
    assert fitted.staying(7) == pytest.approx(0.491, abs=0.05)
    churn = (1_000 - 593) / sum(HIGH_END[:4])
    assert (1 - churn) ** 7 == pytest.approx(0.393, abs=0.001)


def test_periods_have_an_interval_from_resampled_customers() -> None:
    found = contract_periods(Renewals.of_cohort(HIGH_END), 24, seed=3)
    assert isinstance(found, Estimate)
    assert found.low < found.value < found.high < 24
    assert found == contract_periods(Renewals.of_cohort(HIGH_END), 24, seed=3)
    assert contract_periods(Renewals.of_cohort([10, 9, 9]), 12).high == 12


def test_what_cannot_be_told() -> None:
    assert fit_shifted_beta_geometric(Renewals.of_cohort([100, 80])) == NoEstimate("too_few", 1, 2, "periods")
    assert fit_shifted_beta_geometric(Renewals.of_cohort([0, 0, 0])) == NoEstimate("no_data")
    staying = fit_shifted_beta_geometric(Renewals.of_cohort([100, 100, 100]))
    assert staying == NoEstimate("undetermined", what="how long customers stay, for none has left")
    for cohort in ([100], [100, 120], [100, -1]):
        with pytest.raises(ValueError, match="never grows"):
            Renewals.of_cohort(cohort)


@pytest.mark.slow
def test_the_interval_of_periods_covers() -> None:
    rng, runs, hits = np.random.default_rng(1), 100, 0
    truth = ShiftedBetaGeometric(0.7, 2.5, 0, 0).expected_periods(12)
    for seed in range(runs):
        leaving = rng.beta(0.7, 2.5, 400)
        lasted = np.minimum(rng.geometric(leaving), 9)
        cohort = [int((lasted > t).sum()) for t in range(9)]
        found = contract_periods(Renewals.of_cohort(cohort), 12, seed=seed, resamples=60)
        hits += found.low <= truth <= found.high
    assert hits >= 0.95 * runs - 3 * np.sqrt(runs * 0.95 * 0.05) - 0.02 * runs
