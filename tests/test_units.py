from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goalkeeper.errors import UsageError
from goalkeeper.units import Unit, format_change, format_interval, format_value, parse_duration

INF, NAN = math.inf, math.nan


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (0.62, Unit.SHARE, "62 %"),
        (0, Unit.SHARE, "0 %"),
        (1, Unit.SHARE, "100 %"),
        (0.043, Unit.SHARE, "4.3 %"),
        (0.0004, Unit.SHARE, "< 0.1 %"),
        (0.9997, Unit.SHARE, "> 99.9 %"),
        (0, Unit.DURATION, "0 s"),
        (0.35, Unit.DURATION, "0.35 s"),
        (45, Unit.DURATION, "45 s"),
        (59.7, Unit.DURATION, "1 min"),
        (150, Unit.DURATION, "2 min 30 s"),
        (599.8, Unit.DURATION, "10 min"),
        (22 * 60, Unit.DURATION, "22 min"),
        (3_599, Unit.DURATION, "1 h"),
        (11_100, Unit.DURATION, "3 h 05 min"),
        (86_399, Unit.DURATION, "1 d"),
        (187_200, Unit.DURATION, "2 d 4 h"),
        (14 * 86_400, Unit.DURATION, "14 d"),
        (-11_100, Unit.DURATION, "−3 h 05 min"),
        (0.384, Unit.INDEX, "+38.4"),
        (-0.05, Unit.INDEX, "−5.0"),
        (-0.0001, Unit.INDEX, "0.0"),
        (12_345, Unit.COUNT, "12,345"),
        (1.724, Unit.COUNT, "1.72"),
        (12_345.6, Unit.COUNT, "12,346"),
        (4.312, Unit.SCORE, "4.31"),
        (7.5, Unit.MONEY, "7.50"),
        (0.0123, Unit.RATE, "0.012"),
        (250.26, Unit.RATIO, "250.3"),
    ],
)
def test_values_read_as_people_write_them(value: float, unit: Unit, words: str) -> None:
    assert format_value(value, unit) == words


def test_options_of_a_value() -> None:
    assert format_value(0.624, Unit.SHARE, digits=1) == "62.4 %"
    assert format_value(0.9997, Unit.SHARE, digits=0) == "> 99 %"
    assert format_value(12_345.6, Unit.MONEY, currency="EUR") == "12,346 EUR"
    assert format_value(187_200, Unit.DURATION, days=False) == "52 h"
    assert format_value(1_000_000, Unit.DURATION, days=False) == "278 h"


@pytest.mark.parametrize("unit", Unit)
def test_no_number_is_a_dash_and_infinity_a_sign(unit: Unit) -> None:
    assert format_value(None, unit) == format_value(NAN, unit) == format_change(None, unit) == "–"
    assert format_interval(None, None, unit) == format_interval(NAN, 1, unit) == "–"
    assert (format_value(INF, unit), format_value(-INF, unit)) == ("∞", "−∞")
    assert format_interval(-INF, INF, unit) == "no limits"


@pytest.mark.parametrize(
    ("low", "high", "unit", "words"),
    [
        (0.58, 0.66, Unit.SHARE, "58–66 %"),
        (0.613, 0.631, Unit.SHARE, "61.3–63.1 %"),
        (0, 0.1611, Unit.SHARE, "0–16 %"),
        (0.5, 0.5, Unit.SHARE, "50 %"),
        (-0.02, 0.31, Unit.SHARE, "−2 to 31 %"),
        (1_320, 1_860, Unit.DURATION, "22–31 min"),
        (11_100, 15_000, Unit.DURATION, "3 h 05 min to 4 h 10 min"),
        (10_800, INF, Unit.DURATION, "≥ 3 h"),
        (-INF, 540, Unit.DURATION, "≤ 9 min"),
        (-120, -60, Unit.DURATION, "−2 min to −1 min"),
        (0.27, 0.453, Unit.INDEX, "+27 to +45"),
        (-0.02, 0.1, Unit.INDEX, "−2 to +10"),
        (4.12, 4.41, Unit.SCORE, "4.12–4.41"),
        (1_200, 1_900, Unit.COUNT, "1,200–1,900"),
    ],
)
def test_intervals_share_their_digits_and_unit(low: float, high: float, unit: Unit, words: str) -> None:
    assert format_interval(low, high, unit) == words


def test_money_interval_carries_its_currency_once() -> None:
    assert format_interval(3.1, 4.25, Unit.MONEY, currency="EUR") == "3.1–4.2 EUR"


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (0.042, Unit.SHARE, "+4.2 points"),
        (-0.042, Unit.SHARE, "−4.2 points"),
        (0.0, Unit.SHARE, "0.0 points"),
        (-720, Unit.DURATION, "−12 min"),
        (720, Unit.DURATION, "+12 min"),
        (0.031, Unit.INDEX, "+3.1"),
        (3, Unit.COUNT, "+3"),
        (0, Unit.COUNT, "0"),
    ],
)
def test_changes_carry_their_sign(value: float, unit: Unit, words: str) -> None:
    assert format_change(value, unit) == words


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("4h", 14_400),
        ("15 min", 900),
        ("2d", 172_800),
        ("90s", 90),
        ("1h30m", 5_400),
        ("1.5 hours", 5_400),
        (" 2 D 4 H ", 187_200),
        ("1 week", 604_800),
        ("3 h 05 min", 11_100),
        ("0s", 0),
        ("1,200 d", 103_680_000),
    ],
)
def test_durations_are_read(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("90", "is not a duration"),
        ("fast", "is not a duration"),
        ("-4h", "is not a duration"),
        ("1:30", "is not a duration"),
        ("4h!", "is not a duration"),
        ("1,5 h", "is not a duration"),
        ("4 parsecs", "no known unit 'parsecs'"),
        ("1h 2 hours", "names the unit 'hours' twice"),
        ("٤h", "is not a duration"),
        ("9" * 400 + "s", "too long"),
    ],
)
def test_what_is_no_duration_is_refused_with_its_place(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says) as caught:
        parse_duration(text, where="goals.toml:3")
    assert str(caught.value).startswith("goals.toml:3: ")
    assert caught.value.hint


@given(st.floats(0, 1e9))
def test_a_shown_duration_reads_back_within_its_last_part(seconds: float) -> None:
    # Worst: half a day of ten, half a minute of ten, half a hundredth of a tenth of a second.
    back = parse_duration(format_value(seconds, Unit.DURATION))
    assert back == pytest.approx(seconds, rel=0.051, abs=1e-6)


@given(st.integers(0, 9 * 86_400 // 3_600))
def test_whole_hours_read_back_exactly(hours: int) -> None:
    assert parse_duration(format_value(hours * 3_600, Unit.DURATION)) == hours * 3_600


@given(st.floats(allow_nan=True, allow_infinity=True), st.sampled_from(Unit))
def test_any_float_has_words(value: float, unit: Unit) -> None:
    for text in (format_value(value, unit), format_change(value, unit), format_interval(value, value, unit)):
        assert text
        assert "nan" not in text
        assert "inf" not in text
        assert not re.search(r"[−-]0(\.0*)?( |$)", text)


@given(st.floats(0, 1))
def test_only_nothing_is_zero_percent_and_only_all_is_hundred(share: float) -> None:
    text = format_value(share, Unit.SHARE)
    assert (text in ("0 %", "0.0 %")) == (share == 0)
    assert (text in ("100 %", "100.0 %")) == (share == 1)
