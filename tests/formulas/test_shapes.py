"""Shapes know their texts, their clocks and their statistics."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import Any, get_type_hints

import pytest

from goalkeeper.formulas import Formula, Rate, Share, TimeTo, shapes

SHAPES = [
    each for each in vars(shapes).values() if isinstance(each, type) and issubclass(each, Formula) and each.statistics
]
NO_SQL = {"dataset", "at", "left_out", "counts"}


def made(shape: type[Formula]) -> Formula:
    """One of the shape, every text of it another word."""
    hints = get_type_hints(shape)
    values: dict[str, Any] = {"dataset": "d", "at": "day"}
    for each in fields(shape):
        if each.name in values:
            continue
        if hints[each.name] is str:
            values[each.name] = f"text_of_{each.name}"
        elif each.default is MISSING and each.default_factory is MISSING:
            values[each.name] = 60
    return shape(**values)


@pytest.mark.parametrize("shape", SHAPES)
def test_every_field_with_sql_is_among_the_texts(shape: type[Formula]) -> None:
    formula = made(shape)
    words = {each.name for each in fields(shape) if get_type_hints(shape)[each.name] is str} - NO_SQL
    held = {getattr(formula, name) for name in words if str(getattr(formula, name)).startswith("text_of_")}
    assert held <= set(formula.texts) | NOT_SQL.get(shape.__name__, set())
    assert formula.statistics


# Fields that are words and no SQL.
NOT_SQL: dict[str, set[str]] = {"LifetimeValue": {"text_of_form"}}


def test_the_texts_of_left_out_are_checked_too() -> None:
    assert "odd" in Rate(dataset="d", at="day", left_out={"strange": "odd"}).texts


def test_clocks() -> None:
    timed = TimeTo(dataset="d", at="day", duration="x{clock}_s", done="hit")
    assert timed.has_clock
    assert timed.on("working", timed.duration) == "x_working_s"
    assert timed.on("calendar", timed.duration) == "x_s"
    assert not Rate(dataset="d", at="day").has_clock
    assert Share(dataset="d", at="day", hits="true", pending="seen{clock}_s < 3").has_clock
