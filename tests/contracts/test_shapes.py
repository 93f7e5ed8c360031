"""Every shape has a query, a statistic and a unit it goes with."""

from __future__ import annotations

import inspect

import pytest

from goalkeeper.formulas import shapes
from goalkeeper.metrics.metric import UNITS

SHAPES = [
    each
    for _, each in inspect.getmembers(shapes, inspect.isclass)
    if issubclass(each, shapes.Formula) and each.statistics
]


@pytest.mark.parametrize("shape", SHAPES)
def test_it_is_told_and_has_units(shape: type[shapes.Formula]) -> None:
    assert shape.__doc__
    assert UNITS[shape]
    assert len(set(shape.statistics)) == len(shape.statistics)


def test_no_unit_speaks_of_a_shape_that_is_gone() -> None:
    assert set(UNITS) == set(SHAPES)
