"""Every shape has a query, a statistic and a unit it goes with."""

from __future__ import annotations

import inspect

import pytest

from goalkeeper import formulas
from goalkeeper.formulas import Formula
from goalkeeper.metrics.metric import UNITS

SHAPES = [
    each for _, each in inspect.getmembers(formulas, inspect.isclass) if issubclass(each, Formula) and each.statistics
]


@pytest.mark.parametrize("shape", SHAPES)
def test_it_is_told_and_has_units(shape: type[Formula]) -> None:
    assert shape.__doc__
    assert UNITS[shape]
    assert len(set(shape.statistics)) == len(shape.statistics)


def test_no_unit_speaks_of_a_shape_that_is_gone() -> None:
    assert set(UNITS) == set(SHAPES)
