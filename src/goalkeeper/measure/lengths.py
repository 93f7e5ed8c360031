"""Numbers that depend on the length of their period, brought to that of another."""

from __future__ import annotations

from goalkeeper.formulas import Arrivals, Formula, Retained, RetainedAmount, Total
from goalkeeper.stats.estimate import Estimate, NoEstimate, Result

LEAST, MOST = 0.9, 1.12
"""How far apart in length the periods of churn may lie: as the shortest month and the longest one."""


def in_as_many_days(formula: Formula, value: Estimate, of: int, to: int) -> Result:
    """What a number of some days would be in as many as another period has, if all went on alike.

    A sum and a loss grow with the days; the loss only about so, hence NoEstimate where it is far from as many.
    """
    if not formula.depends_on_length or of == to:
        return value
    ratio = to / of if of else 0.0
    if not ratio or not (isinstance(formula, Total) or LEAST <= ratio <= MOST):
        return NoEstimate("unlike_days", of, to)
    match formula:
        case Total() | Arrivals():
            return value.scaled(ratio)
        case Retained() | RetainedAmount():
            lost = (value if formula.lost else value.missing_from(1.0)).scaled(ratio)
            if lost.value > 1:
                return NoEstimate("unlike_days", of, to)
            return lost if formula.lost else lost.missing_from(1.0)
        case _:
            raise TypeError(f"no length of {type(formula).__name__}")
