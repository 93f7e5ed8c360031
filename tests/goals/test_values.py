"""Values and limits as people write them."""

from __future__ import annotations

import tomllib

import pytest

from goalkeeper.errors import UsageError
from goalkeeper.goals.values import limit_words, parse_limit, parse_value, rounded, value_words, written_value
from goalkeeper.units import Better, Unit


@pytest.mark.parametrize(
    ("raw", "unit", "value"),
    [
        ("75 %", Unit.SHARE, 0.75),
        ("7.5%", Unit.SHARE, 0.075),
        (0.75, Unit.SHARE, 0.75),
        (1, Unit.SHARE, 1.0),
        ("4h", Unit.DURATION, 14_400),
        ("15 min", Unit.DURATION, 900),
        (90, Unit.DURATION, 90),
        ("40 pts", Unit.INDEX, 0.4),
        ("-5 points", Unit.INDEX, -0.05),
        ("5.5", Unit.SCORE, 5.5),
        ("−3", Unit.MONEY, -3),
    ],
)
def test_values(raw: object, unit: Unit, value: float) -> None:
    assert parse_value(raw, unit) == pytest.approx(value)


@pytest.mark.parametrize(
    ("raw", "unit"),
    [
        ("75", Unit.SHARE), ("abc", Unit.SHARE), ("", Unit.COUNT), (True, Unit.COUNT), (float("inf"), Unit.COUNT),
        (None, Unit.SHARE), ("4", Unit.DURATION), ("40", Unit.INDEX), ("5 %", Unit.SCORE), ([1], Unit.COUNT),
    ],
)  # fmt: skip
def test_what_is_no_value(raw: object, unit: Unit) -> None:
    with pytest.raises(UsageError):
        parse_value(raw, unit)


@pytest.mark.parametrize(
    ("raw", "unit", "better", "start", "bound", "words"),
    [
        ("+10 %", Unit.DURATION, Better.LOWER, 300, 330, "+10 %"),
        ("-5 %", Unit.SHARE, Better.HIGHER, 0.8, 0.76, "−5 %"),
        ("-2 pts", Unit.SHARE, Better.HIGHER, 0.84, 0.82, "−2.0 points"),
        ("−5 pts", Unit.INDEX, Better.HIGHER, 0.3, 0.25, "−5.0"),
        ("+5 min", Unit.DURATION, Better.LOWER, 600, 900, "+5 min"),
        ("-0.2", Unit.SCORE, Better.HIGHER, 5.5, 5.3, "−0.20"),
        ("+20 %", Unit.RATE, Better.NEITHER, 50, 60, "+20 %"),
        ("-20 %", Unit.MONEY, Better.HIGHER, -50, -60, "−20 %"),
        ("82 %", Unit.SHARE, Better.HIGHER, 0.9, 0.82, "82 %"),
        (0.82, Unit.SHARE, Better.HIGHER, 0.9, 0.82, "82 %"),
    ],
)
def test_limits(raw: object, unit: Unit, better: Better, start: float, bound: float, words: str) -> None:
    limit = parse_limit(raw, unit, better)
    assert limit.bound(start) == pytest.approx(bound)
    assert limit.needs_start == str(raw).startswith(("+", "-", "−"))
    assert limit.is_upper == (better is Better.LOWER or (better is Better.NEITHER and "+" in str(raw)))
    assert limit_words(limit, unit) == words


@pytest.mark.parametrize(
    ("raw", "unit", "better", "words"),
    [
        ("+2 pts", Unit.SHARE, Better.HIGHER, "would be an improvement"),
        ("-10 %", Unit.DURATION, Better.LOWER, "would be an improvement"),
        ("-10 %", Unit.INDEX, Better.HIGHER, "no percentages"),
        ("+2 pts", Unit.DURATION, Better.LOWER, "no points"),
        ("-0.2", Unit.SHARE, Better.HIGHER, "is not a change"),
        ("+ much", Unit.SCORE, Better.LOWER, "is not a value"),
        (50, Unit.RATE, Better.NEITHER, "neither direction"),
    ],
)
def test_what_is_no_limit(raw: object, unit: Unit, better: Better, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        parse_limit(raw, unit, better)


@pytest.mark.parametrize(
    ("value", "unit", "written", "words"),
    [
        (0.655, Unit.SHARE, '"65.5 %"', "65.5 %"),
        (0.66, Unit.SHARE, '"66 %"', "66 %"),
        (0.04321, Unit.SHARE, '"4.32 %"', "4.3 %"),
        (7_385, Unit.DURATION, '"2 h 3 min"', "2 h 03 min"),
        (322, Unit.DURATION, '"5 min 20 s"', "5 min 22 s"),
        (0.2, Unit.DURATION, '"0 s"', "0.2 s"),
        (0.312, Unit.INDEX, "0.312", "+31.2"),
        (103.54, Unit.COUNT, "104.0", "103.5"),
    ],
)
def test_values_are_written_in_even_steps(value: float, unit: Unit, written: str, words: str) -> None:
    assert written_value(value, unit) == written
    assert value_words(value, unit) == words
    assert parse_value(tomllib.loads(f"k = {written}")["k"], unit) == pytest.approx(value, abs=60, rel=0.02)


@pytest.mark.parametrize(
    ("value", "start"), [(0.616061, 0.6161), (4916.04, 4916), (1.0, 1.0), (0.0, 0.0), (12.3, 12.3)]
)
def test_starts_have_four_digits(value: float, start: float) -> None:
    assert (rounded(value), type(rounded(value))) == (start, type(start))
