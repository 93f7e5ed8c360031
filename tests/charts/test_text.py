"""Charts in a terminal keep to the width and hide no gap."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from charts.specs import CASES, any_spec, share_marks, spec_of, steady
from goalkeeper.charts import Kind, Mark, to_text
from goalkeeper.charts.cells import cut, padded, plain, width_of, wrapped
from goalkeeper.charts.text import spark_text
from goalkeeper.units import Unit


@steady
@given(spec=any_spec, width=st.integers(20, 140))
def test_width_is_kept(spec, width):
    text = to_text(spec, width)
    assert all(width_of(line) <= width for line in text.split("\n"))
    assert all(line.isprintable() for line in text.split("\n"))


@steady
@given(st.text(), st.integers(1, 40))
@example("日本語のお客様", 5)
def test_padded_is_exact(words, width):
    assert width_of(padded(words, width)) == width


@steady
@given(st.text(), st.integers(8, 60))
def test_wrapped_keeps_the_width(words, width):
    assert all(width_of(line) <= width for line in wrapped(words, width))


def test_terminal_codes_lose_their_power():
    assert plain("\x1b[31mred\x07\n") == " [31mred  "


def test_cut_shows_that_something_is_missing():
    assert cut("First response time", 10) == "First res…"
    assert cut("short", 10) == "short"


def test_spark_text_of_each_shape():
    assert spark_text([1, 2, 3, 4, 5, 6, 7, 8], 8) == "▁▂▃▄▅▆▇█"
    assert spark_text([1, None, float("nan"), 2], 8) == "▁··█"
    assert spark_text([5, 5], 8) == "▄▄"
    assert spark_text([], 8) == ""
    assert spark_text([9, 1, 2], 2) == "▁█"


@pytest.mark.parametrize("name", CASES)
def test_no_case_shows_nan(name):
    assert "nan" not in to_text(CASES[name], 70).replace("Satisfaction", "")


def test_rows_show_interval_value_and_reason():
    lines = to_text(CASES["intervals"], 70).split("\n")
    assert lines[0] == "Satisfaction"
    assert lines[2].startswith("W1")
    assert {"├", "●", "┤", "░"} <= set(lines[2])
    assert lines[2].endswith("60 %")
    assert lines[3].split("  ")[-1].strip().startswith("needs 5")


def test_trend_shows_ends_and_gaps():
    lines = to_text(CASES["trend_gaps"], 60).split("\n")
    drawn = lines[2:-1]
    assert sum(line.count("●") for line in drawn) == 5
    assert lines[-1].split() == ["W1", "W7"]


def test_notes_are_spelled_out():
    assert to_text(CASES["trend_notes"], 60).endswith("\n1. survey moved")


def test_bars_grow_with_the_amount():
    marks = (Mark("small", 2.0), Mark("large", 8.0))
    small, large = to_text(spec_of(Kind.BARS, marks, Unit.COUNT), 60).split("\n")[-2:]
    assert large.count("█") > 2 * small.count("█")


def test_weak_marks_are_hollow():
    assert "○" in to_text(spec_of(Kind.TREND, (*share_marks(2), Mark("W3", 0.7, 0.5, 0.9, weak=True))), 60)


def test_a_period_that_is_not_over_is_hollow_and_says_so():
    *marks, last = share_marks(3)
    text = to_text(spec_of(Kind.TREND, (*marks, replace(last, so_far=True))), 60)
    assert text.count("○") == 1
    assert text.split("\n")[-1].endswith("W3, so far")
