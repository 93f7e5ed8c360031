"""Published figures of shrinkage and funnel limits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from goalkeeper.stats.compare.funnel import funnel_limits
from goalkeeper.stats.compare.means import ShrunkMeans, shrunk_means
from goalkeeper.stats.compare.shares import ShrunkShares, shrunk_shares
from goalkeeper.stats.estimate import Estimate
from published import Entry, assert_close, shared_entries

Z = 1.959963984540054

PUBLISHED: dict[str, Entry] = {
    # Efron & Morris (1975), J. Am. Stat. Assoc. 70:311, table 1; batting averages
    "efron_morris": (
        {"hits": [18, 17, 16, 15, 14, 14, 13, 12, 11, 11, 10, 10, 10, 10, 10, 9, 8, 7], "n": 45},
        {
            "js": [
                0.294, 0.289, 0.285, 0.28, 0.275, 0.275, 0.27, 0.266, 0.261, 0.261, 0.256, 0.256, 0.256, 0.256, 0.256,
                0.252, 0.247, 0.242,
            ],
            "arcsin": [
                0.29, 0.286, 0.281, 0.277, 0.273, 0.273, 0.268, 0.264, 0.259, 0.259, 0.254, 0.254, 0.254, 0.254, 0.254,
                0.249, 0.244, 0.239,
            ],
            "V": 18.96, "shrink": 0.209,
        },
        {"V": 0.005},
    ),
    # Gelman et al. (2013), Bayesian Data Analysis, 5.1 and 5.3: tumours of rats; its eight schools
    "bda_rats": (
        {"n_groups": 71},
        {"moment": [1.356149, 8.615058], "mle": [2.341615, 14.114805], "posterior_mean_4_of_14": 0.225},
        1e-4,
    ),
    "eight_schools": (
        {"y": [28, 8, -3, 7, -1, 1, 18, 12], "s": [15, 10, 16, 11, 9, 11, 10, 18]},
        {"fixed": 7.685617, "se": 4.071919, "Q": 4.707079, "tau2_DL": 0},
        1e-5,
    ),
    # by hand from the formula of Spiegelhalter (2005), Stat. Med. 24:1185, appendix
    "funnel_exact_p0_0.8": (
        {"n": [50, 100, 500]},
        {
            "50": [0.6009, 0.6729, 0.8956, 0.9452], "100": [0.6632, 0.7135, 0.8703, 0.909],
            "500": [0.7421, 0.7634, 0.8335, 0.8525],
        },
        6e-5,
    ),
}  # fmt: skip

RATS_WITH_TUMOURS = (
    [0] * 14 + [1] * 8 + [2] * 9 + [1, 5, 2, 5, 3, 2, 7, 7, 3, 3, 2, 9, 10] + [4] * 7 + [10] + [4] * 3
    + [5, 11, 12, 5, 5, 6, 5, 6, 6, 6, 6, 16, 15, 15, 9, 4]
)  # fmt: skip
RATS = [
    20, 20, 20, 20, 20, 20, 20, 19, 19, 19, 19, 18, 18, 17, 20, 20, 20, 20, 19, 19, 18, 18, 25, 24, 23, 20, 20, 20, 20,
    20, 20, 10, 49, 19, 46, 27, 17, 49, 47, 20, 20, 13, 48, 50, 20, 20, 20, 20, 20, 20, 20, 48, 19, 19, 19, 22, 46, 49,
    20, 20, 23, 19, 22, 20, 20, 20, 52, 46, 47, 24, 14,
]  # fmt: skip


def with_error(values: np.ndarray, errors: np.ndarray) -> list[Estimate]:
    return [Estimate(y, y - Z * s, y + Z * s, 0.95, 45, "given") for y, s in zip(values, errors, strict=True)]


def shrunk(values: np.ndarray, error: float) -> tuple[ShrunkMeans, np.ndarray]:
    found = shrunk_means(with_error(values, np.full(values.size, error)))
    assert isinstance(found, ShrunkMeans)
    return found, np.array([one.value for one in found.groups])


def batting(given: Any) -> dict[str, Any]:
    n = given["n"]
    average = np.array(given["hits"]) / n
    p = average.mean()
    _, raw = shrunk(average, np.sqrt(p * (1 - p) / n))
    turned = np.sqrt(n) * np.arcsin(2 * average - 1)
    found, values = shrunk(turned, 1.0)
    kept = (values[0] - found.mean) / (turned[0] - found.mean)
    return {"js": raw, "arcsin": (np.sin(values / np.sqrt(n)) + 1) / 2, "V": found.q, "shrink": kept}


def rats(given: Any) -> dict[str, Any]:
    assert len(RATS) == len(RATS_WITH_TUMOURS) == given["n_groups"]
    found = shrunk_shares(RATS_WITH_TUMOURS, RATS)
    assert isinstance(found, ShrunkShares)
    share = (np.array(RATS_WITH_TUMOURS) / RATS)[:-1]  # the book takes the moments of the 70 earlier groups
    size = share.mean() * (1 - share.mean()) / share.var(ddof=1) - 1
    moment = np.array([share.mean(), 1 - share.mean()]) * size
    book = [1.4, 8.6]
    return {"moment": moment, "mle": [found.a, found.b], "posterior_mean_4_of_14": (4 + book[0]) / (14 + sum(book))}


def schools(given: Any) -> dict[str, float]:
    found = shrunk_means(with_error(np.array(given["y"], float), np.array(given["s"], float)))
    assert isinstance(found, ShrunkMeans)
    return {"fixed": found.mean, "se": found.se, "Q": found.q, "tau2_DL": found.tau_squared}


COMPUTE: dict[str, Callable[[Any], dict[str, Any]]] = {
    "efron_morris": batting,
    "bda_rats": rats,
    "eight_schools": schools,
    "funnel_exact_p0_0.8": lambda given: {str(n): funnel_limits(0.8, n) for n in given["n"]},
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_printed_figures_are_met(name: str) -> None:
    given, expected, tolerance = PUBLISHED[name]
    found = COMPUTE[name](given)
    if isinstance(tolerance, dict):  # printed to three decimals, V to two
        assert_close(found, {"V": expected["V"]}, tolerance["V"])
        expected, tolerance = {part: value for part, value in expected.items() if part != "V"}, 6e-4
    assert_close(found, expected, tolerance)


@pytest.mark.parametrize("name", PUBLISHED)
def test_they_are_the_shared_vectors(name: str) -> None:
    entry, (given, expected, _) = shared_entries()[name], PUBLISHED[name]
    assert (entry["input"], entry["expected"]) == (given, expected)
