"""Maximum likelihood over positive parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from goalkeeper.stats.sums import Counts, Floats

EDGE = 9.0
"""A parameter is sought between e⁻⁹ and e⁹; one that ends there would go on to 0 or infinity, to no effect."""


STEP = 1e-4
"""Of a logarithm, to either side, where a slope is measured."""


@dataclass(frozen=True, slots=True)
class Maximum:
    """The parameters with the greatest log-likelihood found."""

    parameters: Floats
    log_likelihood: float


Surface = Callable[[Floats], tuple[float, Floats]]
"""Parameters in, the log-likelihood and its gradient out."""

Records = Callable[[Floats], tuple[Floats, Floats]]
"""Parameters in; each record's log-likelihood, and their gradients as parameters by records, out."""


@dataclass(frozen=True, slots=True)
class OneStep:
    """Where a maximum goes if its records are counted otherwise, by one Newton step; over the logarithms.

    The one-step bootstrap agrees with refitting to first order. Davidson & MacKinnon (1999), Int. Econ. Rev. 40:487.
    """

    values: Floats
    scores: Floats
    covariance: Floats

    def shift(self, counts: Counts) -> Floats:
        """How far the logarithms of the parameters go; `counts` are those of the records."""
        result: Floats = self.covariance @ (self.scores @ counts)
        return result

    def log_likelihood(self, counts: Counts) -> float:
        """The greatest log-likelihood there."""
        return float(self.values @ counts + self.shift(counts) @ (self.scores @ counts) / 2)


def one_step(records: Records, parameters: Floats, counts: Counts) -> OneStep:
    """The step around the maximum `parameters` of records counted as in `counts`."""

    def slopes(logs: Floats) -> Floats:
        result: Floats = records(np.exp(logs))[1] * np.exp(logs)[:, None]
        return result

    logs, (values, _) = np.log(parameters), records(parameters)
    sides = np.eye(logs.size) * STEP
    curvature = np.stack([(slopes(logs + side) - slopes(logs - side)) @ counts for side in sides]) / (2 * STEP)
    covariance = np.linalg.pinv(-(curvature + curvature.T) / 2, hermitian=True)
    return OneStep(values, slopes(logs), covariance.astype(np.float64))


def counted(records: Records, counts: Counts) -> Surface:
    """The log-likelihood of all records."""
    weights = counts.astype(np.float64)

    def surface(parameters: Floats) -> tuple[float, Floats]:
        values, gradients = records(parameters)
        # not @: for so small a sum the threads of a BLAS cost more than they save, and take the time of others
        return float((values * weights).sum()), (gradients * weights).sum(axis=1)

    return surface


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
