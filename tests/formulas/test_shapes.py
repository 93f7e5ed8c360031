"""Shapes know their texts, their clocks and their statistics."""

from __future__ import annotations

from dataclasses import fields

import pytest

from goalkeeper import formulas
from goalkeeper.formulas import Formula, Rate, Share, TimeTo

SHAPES = [
    each for each in vars(formulas).values() if isinstance(each, type) and issubclass(each, Formula) and each.statistics
]
NO_SQL = {"dataset", "at", "counts"}


@pytest.mark.parametrize("shape", SHAPES, ids=lambda each: each.__name__)
def test_every_field_with_sql_is_among_the_texts(shape: type[Formula]) -> None:
    """Every field of text holds SQL, but for a few; each is filled with its own name here."""
    named = {each.name: each.name for each in fields(shape) if each.type == "str"}
    numbers = {each.name: 1 for each in fields(shape) if each.type in ("int", "float")}
    formula = shape(**named, **numbers)
    assert set(formula.texts) == set(named) - NO_SQL
    assert len(formula.texts) == len(set(formula.texts))


def test_the_texts_of_left_out_are_checked_too() -> None:
    assert "odd" in Rate(dataset="d", at="day", left_out={"strange": "odd"}).texts


def test_clocks() -> None:
    timed = TimeTo(dataset="d", at="day", duration="x{clock}_s", done="hit")
    assert timed.has_clock
    assert timed.on("working", timed.duration) == "x_working_s"
    assert timed.on("calendar", timed.duration) == "x_s"
    assert not Rate(dataset="d", at="day").has_clock
    assert Share(dataset="d", at="day", hits="true", pending="seen{clock}_s < 3").has_clock
