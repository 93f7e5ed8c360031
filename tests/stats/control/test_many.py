from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.multitest import fdrcorrection, multipletests

from goalkeeper.stats.control.many import (
    adjusted,
    benjamini_hochberg,
    benjamini_yekutieli,
    e_benjamini_hochberg,
    holm,
)


def test_they_decide_as_statsmodels_does() -> None:
    rng = np.random.default_rng(1)
    for size in [*range(1, 30), 200]:
        p_values = rng.random(size) ** rng.integers(1, 6)
        p_values[rng.random(size) < 0.2] = rng.choice([0, 0.01, 1])  # ties and edges
        limit = rng.choice([0.01, 0.05, 0.1, 0.2])
        believed, corrected = fdrcorrection(p_values, limit)
        assert list(benjamini_hochberg(p_values, limit)) == list(believed)
        assert np.minimum(adjusted(p_values), 1) == pytest.approx(corrected)
        assert list(benjamini_yekutieli(p_values, limit)) == list(fdrcorrection(p_values, limit, method="negcorr")[0])
        if size % 10 == 0:  # it collects garbage at each call, a quarter of a second
            assert list(holm(p_values, limit)) == list(multipletests(p_values, limit, method="holm")[0])


def test_e_values_are_believed_from_the_largest_down() -> None:
    # m/q = 50: the largest needs 50, two need 25 each, three 17 each
    assert list(e_benjamini_hochberg([49, 0, 0, 0, 0], 0.1)) == [False] * 5
    assert list(e_benjamini_hochberg([26, 0.5, 25, 0, 1], 0.1)) == [True, False, True, False, False]
    assert list(e_benjamini_hochberg([np.inf, 1], 0.1)) == [True, False]


def test_no_tests_at_all_and_one_that_is_no_number() -> None:
    assert benjamini_hochberg([]).size == holm([]).size == 0
    with pytest.raises(ValueError, match="not a number"):
        benjamini_hochberg([0.1, np.nan])


@pytest.mark.slow
def test_one_finding_in_ten_is_false_where_twenty_of_three_hundred_are_true() -> None:
    """Measured before at z = 3.5: a false share of 0.099 and a power of 0.77, to ±0.03 and ±0.03 in 400 weeks."""
    from scipy.special import ndtr

    rng, false, power = np.random.default_rng(1), [], []
    for _ in range(400):
        z = rng.standard_normal(300) + np.r_[np.full(20, 3.5), np.zeros(280)]
        found = benjamini_hochberg(2 * ndtr(-np.abs(z)), 0.1)
        false.append(found[20:].sum() / max(1, found.sum()))
        power.append(found[:20].mean())
    assert np.mean(false) == pytest.approx(0.1 * 280 / 300, abs=0.015)
    assert np.mean(power) == pytest.approx(0.77, abs=0.03)
