"""Figures printed in papers and books, kept here and compared with the shared vectors where those are at hand."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.stats import binom

from goalkeeper.stats import index, mean, proportion
from goalkeeper.stats.estimate import Estimate
from goalkeeper.stats.logrank import LogRank, log_rank
from goalkeeper.stats.quantile import order_ranks, quantile, rows_for_both_limits
from goalkeeper.stats.raking import rake
from goalkeeper.stats.sums import CountSums, TimeToSums
from goalkeeper.stats.survival import kaplan_meier
from goalkeeper.stats.weighted import kish_design_effect
from published import Entry, assert_close, shared_entries

# name: (input, expected, tolerance = half of the last printed digit)
PUBLISHED: dict[str, Entry] = {
    # Newcombe (1998), Stat. Med. 17:857, Table I
    "wilson_81_263": ({"k": 81, "n": 263}, [0.2553, 0.3662], 5e-5),
    "wilson_15_148": ({"k": 15, "n": 148}, [0.0624, 0.1605], 5e-5),
    "wilson_0_20": ({"k": 0, "n": 20}, [0, 0.1611], 5e-5),
    "wilson_1_29": ({"k": 1, "n": 29}, [0.0061, 0.1718], 5e-5),
    "clopper_81_263": ({"k": 81, "n": 263}, [0.2527, 0.3676], 5e-5),
    "clopper_15_148": ({"k": 15, "n": 148}, [0.0578, 0.1617], 5e-5),
    "clopper_0_20": ({"k": 0, "n": 20}, [0, 0.1684], 5e-5),
    "clopper_1_29": ({"k": 1, "n": 29}, [0.0009, 0.1776], 5e-5),
    # statsmodels 0.15
    "jeffreys_81_263": ({"k": 81, "n": 263}, [0.2545, 0.3656], 5e-5),
    "jeffreys_15_148": ({"k": 15, "n": 148}, [0.0604, 0.1576], 5e-5),
    "jeffreys_1_29": ({"k": 1, "n": 29}, [0.0037, 0.1501], 5e-5),
    # Newcombe (1998), Stat. Med. 17:873, Table II, method 10
    "newcombe_diff_56_70_48_80": ([56, 70, 48, 80], [0.0524, 0.3339], 5e-5),
    "newcombe_diff_9_10_3_10": ([9, 10, 3, 10], [0.1705, 0.8090], 5e-5),
    "newcombe_diff_6_7_2_7": ([6, 7, 2, 7], [0.0582, 0.8062], 5e-5),
    "newcombe_diff_5_56_0_29": ([5, 56, 0, 29], [-0.0381, 0.1926], 5e-5),
    "newcombe_diff_0_10_0_20": ([0, 10, 0, 20], [-0.1611, 0.2775], 5e-5),
    "newcombe_diff_0_10_0_10": ([0, 10, 0, 10], [-0.2775, 0.2775], 5e-5),
    "newcombe_diff_10_10_0_20": ([10, 10, 0, 20], [0.6791, 1.0], 5e-5),
    "newcombe_diff_10_10_0_10": ([10, 10, 0, 10], [0.6075, 1.0], 5e-5),
    # by hand: r = 1/4; n* = 100·499/400
    "manski_90_100_400": ({"k": 90, "n": 100, "N": 400}, [0.225, 0.975], 1e-12),
    "wilson_fpc_80_100_500": ({"k": 80, "n": 100, "N": 500}, [0.721324, 0.860752], 1e-6),
    # a textbook's example of iterative proportional fitting
    "ipf_4x4": (
        {
            "seed": [[40, 30, 20, 10], [35, 50, 100, 75], [30, 80, 70, 120], [20, 30, 40, 50]],
            "rows": [150, 300, 400, 150],
            "cols": [200, 300, 400, 100],
        },
        [
            [64.56, 46.23, 35.38, 3.82],
            [49.97, 68.16, 156.49, 25.37],
            [56.72, 144.42, 145.07, 53.76],
            [28.74, 41.18, 63.03, 17.03],
        ],
        0.02,
    ),
    # by hand: 100·(50+4·30+25·20)/(50+60+100)²
    "kish_deff": ({"w": "50x1,30x2,20x5"}, 1.519274, 1e-6),
    # by hand from the formulas of Tango (1998) and Rocks (2016)
    "nps_70_20_10": (
        {"P": 70, "S": 20, "D": 10},
        {"nps": 60.0, "se": 6.6332, "wald": [47.0, 73.0], "adjwald3": [45.27, 71.24], "score": [45.22, 71.28]},
        0.01,
    ),
    "nps_10_0_0": ({"P": 10, "S": 0, "D": 0}, {"wald": [100, 100], "score": [44.49, 100]}, 0.01),
    # Fagerland, Lydersen & Laake (2014), Stat. Med. 33:2850, airway hyper-responsiveness
    "tango_bentur": ({"b": 1, "c": 7, "n": 21}, [-0.5172, -0.0260], 5e-5),
    # Agresti (2013), Categorical Data Analysis, 11.1, approval of the prime minister
    "paired_wald_agresti": (
        {"b": 86, "c": 150, "n": 1600},
        {"diff": -0.04, "se": 0.0095, "ci": [-0.059, -0.021]},
        5e-4,
    ),
    # Olsson (2005), J. Stat. Educ. 13(1), carbon monoxide
    "olsson_modified_cox": (
        [12.5, 20, 4, 20, 25, 170, 15, 20, 15],
        {"lo": 12.30929, "hi": 78.72254, "point": 31.12906},
        1e-4,
    ),
    # by hand from binomial tables; [rank, rank, coverage], rank n+1 = no limit
    "order_stat_ranks_10": ({"n": 10}, {"median": [2, 9, 0.978516], "p90": [7, 11, 0.987205]}, 1e-5),
    "order_stat_ranks_20": ({"n": 20}, {"median": [6, 15, 0.958611], "p90": [15, 21, 0.988747]}, 1e-5),
    "order_stat_ranks_50": ({"n": 50}, {"median": [18, 33, 0.967161], "p90": [41, 50, 0.970308]}, 1e-5),
    "order_stat_ranks_100": ({"n": 100}, {"median": [40, 61, 0.9648], "p90": [84, 96, 0.95569]}, 1e-5),
    # Freireich et al. (1963), Blood 21:699; Klein & Moeschberger (2003), Survival Analysis, 4.2
    "km_6mp": (
        {
            "t": [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35],
            "e": [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0],
        },
        {
            "times": [6, 7, 10, 13, 16, 22, 23],
            "S": [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482],
            "se": [0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346],
            "median": 23,
            "rmst20": 16.116527,
            "rmst23": 17.909244,
            "rmst35": 23.287395,
            "rmst35_se": 2.82747,
            "logrank_vs_control": 16.79294,
            "control_median": 8,
        },
        1e-4,
    ),
    # Hyndman & Fan (1996), Am. Stat. 50:361, definition 1
    "p90_types_1_to_10": ([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], {"inverted_cdf": 9, "duckdb_disc": 9}, 1e-9),
}

FREIREICH_CONTROL = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
Z = 1.959963984540054


def limits(result: object, times: float = 1) -> list[float]:
    assert isinstance(result, Estimate)
    assert result.low is not None
    assert result.high is not None
    return [result.low * times, result.high * times]


def single(method: Callable[..., object]) -> Callable[[Any], list[float]]:
    return lambda given: limits(method(given["k"], given["n"]))


def with_population(method: Callable[..., object]) -> Callable[[Any], list[float]]:
    return lambda given: limits(method(given["k"], given["n"], given["N"]))


def net_promoter(given: Any) -> dict[str, Any]:
    plus, minus, n = given["P"], given["D"], given["P"] + given["S"] + given["D"]
    score = index.tango(plus, minus, n)
    assert isinstance(score, Estimate)
    se = index.standard_error(plus, minus, n)
    return {
        "nps": score.value * 100,
        "se": se * 100,
        "wald": [(score.value - Z * se) * 100, (score.value + Z * se) * 100],
        "adjwald3": limits(index.adjusted_wald(plus, minus, n), 100),
        "score": limits(score, 100),
    }


def paired_wald(given: Any) -> dict[str, Any]:
    d, se = (given["b"] - given["c"]) / given["n"], index.standard_error(given["b"], given["c"], given["n"])
    return {"diff": d, "se": se, "ci": [d - Z * se, d + Z * se]}


def cox(given: Any) -> dict[str, Any]:
    result = mean.modified_cox(CountSums.of(given))
    low, high = limits(result)
    assert isinstance(result, Estimate)
    return {"lo": low, "hi": high, "point": result.value}


def ranks(given: Any) -> dict[str, Any]:
    n, found = given["n"], {}
    for name, q in (("median", 0.5), ("p90", 0.9)):
        low, high = order_ranks(n, q)
        found[name] = [low, high, binom.cdf(high - 1, n, q) - binom.cdf(low - 1, n, q)]
    return found


def six_mp(given: Any) -> dict[str, Any]:
    sums = TimeToSums.of(given["t"], given["e"])
    control = TimeToSums.of(FREIREICH_CONTROL, np.ones(21))
    curve, test = kaplan_meier(sums), log_rank(sums, control)
    means = {tau: curve.restricted_mean(tau) for tau in (20, 23, 35)}
    medians = curve.quantile(0.5), kaplan_meier(control).quantile(0.5)
    assert isinstance(test, LogRank)
    return {
        "times": curve.times,
        "S": curve.survival,
        "se": curve.standard_error,
        "median": medians[0].value,
        **{f"rmst{tau}": result.value for tau, result in means.items()},
        "rmst35_se": (means[35].high - means[35].value) / Z,
        "logrank_vs_control": test.chi_square,
        "control_median": medians[1].value,
    }


def kish(given: Any) -> float:
    pairs = [each.split("x") for each in given["w"].split(",")]
    return kish_design_effect(np.repeat([int(weight) for _, weight in pairs], [int(count) for count, _ in pairs]))


def ninetieth(given: Any) -> dict[str, Any]:
    value = quantile(CountSums.of(given), 0.9).value
    return {"inverted_cdf": value, "duckdb_disc": value}


COMPUTE: dict[str, Callable[[Any], Any]] = {
    "wilson_fpc": with_population(proportion.wilson_finite),
    "wilson": single(proportion.wilson),
    "clopper": single(proportion.clopper_pearson),
    "jeffreys": single(proportion.jeffreys),
    "newcombe_diff": lambda given: limits(proportion.newcombe(*given)),
    "manski": with_population(proportion.manski_bounds),
    "ipf": lambda given: rake(given["seed"], [given["rows"], given["cols"]]),
    "kish": kish,
    "nps": net_promoter,
    "tango": lambda given: limits(index.tango(given["b"], given["c"], given["n"])),
    "paired_wald": paired_wald,
    "olsson": cox,
    "order_stat_ranks": ranks,
    "km": six_mp,
    "p90_types": ninetieth,
}


def compute(name: str, given: Any) -> Any:
    return next(method for start, method in COMPUTE.items() if name.startswith(start))(given)


@pytest.mark.parametrize("name", PUBLISHED)
def test_printed_figures_are_met(name: str) -> None:
    given, expected, tolerance = PUBLISHED[name]
    assert_close(compute(name, given), expected, tolerance)


@pytest.mark.parametrize("name", PUBLISHED)
def test_shared_vectors_are_met(name: str) -> None:
    entry = shared_entries()[name]
    expected = entry["expected"]
    if name == "p90_types_1_to_10":  # it lists the definitions which are not ours, too
        expected = {"inverted_cdf": expected["inverted_cdf"], "duckdb_disc": expected["duckdb_disc"]}
    assert_close(compute(name, entry["input"]), expected, entry["tol"])


def test_no_shared_vector_of_these_methods_is_left_out() -> None:
    ours = {name for name in shared_entries() if any(name.startswith(start) for start in COMPUTE)}
    assert ours == set(PUBLISHED)


def test_fewest_rows_for_both_limits_grow_with_the_quantile() -> None:
    found = {q: rows_for_both_limits(q) for q in (0.5, 0.75, 0.9, 0.95, 0.99)}
    assert found == {0.5: 6, 0.75: 13, 0.9: 36, 0.95: 72, 0.99: 368}
    for q, n in found.items():
        assert order_ranks(n, q)[1] <= n < math.inf
        assert order_ranks(n - 1, q)[1] == n
