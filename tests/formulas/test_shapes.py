"""Shapes know their texts, their clocks and their statistics."""

from __future__ import annotations

from dataclasses import fields

import pytest

from goalkeeper.formulas import Formula, Index, Level, LevelShare, Mean, Quantile, Rate, Ratio, Share, TimeTo

ALL = (
    Share(dataset="d", at="day", hits="hit"),
    Mean(dataset="d", at="day", value="x"),
    Quantile(dataset="d", at="day", value="x"),
    Ratio(dataset="d", at="day", over="x", under="y"),
    Index(dataset="d", at="day", plus="up", minus="down"),
    TimeTo(dataset="d", at="day", duration="x{clock}_s", done="hit"),
    Rate(dataset="d", at="day"),
    Level(dataset="d", opened="a", ended="b"),
    LevelShare(dataset="d", opened="a", ended="b", since="c", older_s=60),
)


@pytest.mark.parametrize("formula", ALL, ids=lambda each: type(each).__name__)
def test_every_field_with_sql_is_among_the_texts(formula: Formula) -> None:
    ours = {"dataset", "at", "left_out", "counts", "older_s", "horizon_s"}
    held = {getattr(formula, each.name) for each in fields(formula) if each.name not in ours}
    assert held <= set(formula.texts)
    assert formula.statistics


def test_the_texts_of_left_out_are_checked_too() -> None:
    assert "odd" in Rate(dataset="d", at="day", left_out={"strange": "odd"}).texts


def test_clocks() -> None:
    timed = TimeTo(dataset="d", at="day", duration="x{clock}_s", done="hit")
    assert timed.has_clock
    assert timed.on("working", timed.duration) == "x_working_s"
    assert timed.on("calendar", timed.duration) == "x_s"
    assert not Rate(dataset="d", at="day").has_clock
    assert Share(dataset="d", at="day", hits="true", pending="seen{clock}_s < 3").has_clock


def test_these_are_all_shapes() -> None:
    assert {type(each).__name__ for each in ALL} == {each.__name__ for each in Formula.__subclasses__()}
