"""Published figures of customer lifetime."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from goalkeeper.stats.lifetime.bg_nbd import BgNbd, fit_bg_nbd
from goalkeeper.stats.lifetime.gamma_gamma import GammaGamma, fit_gamma_gamma
from goalkeeper.stats.lifetime.purchases import Purchases
from goalkeeper.stats.lifetime.shifted_beta_geometric import (
    Renewals,
    ShiftedBetaGeometric,
    fit_shifted_beta_geometric,
)
from published import Entry, assert_close, shared_entries

PUBLISHED: dict[str, Entry] = {
    # Fader, Hardie & Lee (2005), Mark. Sci. 24:275, table 2 and its note on computing; CDNOW in weeks
    "bgnbd_cdnow": (
        {"file": "cdnow_customers_summary.csv", "n": 2357},
        {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426, "LL": -9582.4},
        {"LL": 0.05},
    ),
    "bgnbd_cond_exp": (
        {"t": 39, "x": 2, "tx": 30.43, "T": 38.86, "r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426},
        {"exp": 1.226, "p_alive": 0.726579},
        1e-3,
    ),
    # Fader & Hardie (2013), The Gamma-Gamma Model of Monetary Value
    "gammagamma_cdnow": ({"n": 946}, {"p": 6.25, "q": 3.74, "v": 15.44, "LL": -4055.92}, 0.02),
    # Fader & Hardie (2007), J. Interact. Mark. 21:76, table 2
    "sbg_high": (
        [1000, 869, 743, 653, 593, 551, 517, 491],
        {"alpha": 0.668, "beta": 3.806, "LL": -1611.2},
        {"LL": 0.05},
    ),
    "sbg_regular": (
        [1000, 631, 468, 382, 326, 289, 262, 241],
        {"alpha": 0.704, "beta": 1.182, "LL": -1680.3},
        {"LL": 0.05},
    ),
}


def cdnow() -> Purchases:
    with (Path(__file__).parent / "fixtures" / "cdnow_sample.csv").open(encoding="utf-8") as file:
        next(file)
        rows = list(csv.DictReader(file))
    times = [int(row["customers"]) for row in rows]
    columns = (np.repeat([float(row[name]) for row in rows], times) for name in ("x", "t_x", "T", "zbar"))
    return Purchases.of(*columns)


def buying(given: Any) -> dict[str, float]:
    customers = cdnow()
    assert customers.customers == given["n"]
    found = fit_bg_nbd(customers)
    assert isinstance(found, BgNbd)
    return {"r": found.r, "alpha": found.alpha, "a": found.a, "b": found.b, "LL": found.log_likelihood}


def one_customer(given: Any) -> dict[str, float]:
    model = BgNbd(given["r"], given["alpha"], given["a"], given["b"], 0.0, 0)
    who = given["x"], given["tx"], given["T"]
    return {"exp": model.expected(given["t"], *who)[0], "p_alive": model.alive(*who)[0]}


def spending(given: Any) -> dict[str, float]:
    found = fit_gamma_gamma(cdnow())
    assert isinstance(found, GammaGamma)
    assert found.customers == given["n"]
    assert found.correlation == pytest.approx(0.114, abs=5e-4)
    assert found.independent
    return {"p": found.p, "q": found.q, "v": found.v, "LL": found.log_likelihood}


def contract(given: Any) -> dict[str, float]:
    found = fit_shifted_beta_geometric(Renewals.of_cohort(given))
    assert isinstance(found, ShiftedBetaGeometric)
    return {"alpha": found.alpha, "beta": found.beta, "LL": found.log_likelihood}


COMPUTE: dict[str, Callable[[Any], dict[str, float]]] = {
    "bgnbd_cdnow": buying,
    "bgnbd_cond_exp": one_customer,
    "gammagamma_cdnow": spending,
    "sbg_high": contract,
    "sbg_regular": contract,
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_printed_figures_are_met(name: str) -> None:
    given, expected, tolerance = PUBLISHED[name]
    found = COMPUTE[name](given)
    if isinstance(tolerance, dict):  # printed to three decimals, the log-likelihood to one
        assert_close(found, {"LL": expected["LL"]}, tolerance["LL"])
        expected, tolerance = {part: value for part, value in expected.items() if part != "LL"}, 1e-3
    assert_close(found, expected, tolerance)


@pytest.mark.parametrize("name", PUBLISHED)
def test_they_are_the_shared_vectors(name: str) -> None:
    entry, (given, expected, _) = shared_entries()[name], PUBLISHED[name]
    assert (entry["input"], entry["expected"]) == (given, expected)
