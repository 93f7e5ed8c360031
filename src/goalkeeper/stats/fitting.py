"""Maximum likelihood over positive parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from goalkeeper.stats.sums import Floats

EDGE = 9.0
"""A parameter is sought between e⁻⁹ and e⁹; one that ends there would go on to 0 or infinity, to no effect."""


@dataclass(frozen=True, slots=True)
class Maximum:
    """The parameters with the greatest log-likelihood found."""

    parameters: Floats
    log_likelihood: float


Surface = Callable[[Floats], tuple[float, Floats]]
"""Parameters in, the log-likelihood and its gradient out."""


def maximize(log_likelihood: Surface, starts: Iterable[Floats]) -> Maximum:
    """The best of the maxima reached from the starts, over the logarithms of the parameters."""
    best = Maximum(np.empty(0), -np.inf)
    for start in starts:
        found = minimize(
            lambda logs: _downhill(log_likelihood, np.exp(logs)),
            np.log(start),
            jac=True,
            method="L-BFGS-B",
            bounds=[(-EDGE, EDGE)] * start.size,
            options={"ftol": 1e-12, "gtol": 1e-6, "maxiter": 500},
        )
        if -found.fun > best.log_likelihood:
            best = Maximum(np.exp(found.x), -float(found.fun))
    return best


def _downhill(log_likelihood: Surface, parameters: Floats) -> tuple[float, Floats]:
    """Minus the log-likelihood and minus its gradient over the logarithms."""
    value, gradient = log_likelihood(parameters)
    return -value, -gradient * parameters
