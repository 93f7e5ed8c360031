"""Any data gives a valid drawing that stays inside its frame and says in words what it shows."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given

import goalkeeper.charts
from charts.specs import CASES, any_spec, share_marks, spec_of, steady
from goalkeeper.charts import ChartSpec, Kind, Mark, to_svg
from goalkeeper.reports.views import Band
from goalkeeper.units import Unit

GOLDEN = Path(__file__).with_name("golden")
MODES = ("fluid", "fixed")


def numbers_of(root: ElementTree.Element, names: tuple[str, ...]) -> list[float]:
    """The values of these attributes anywhere in the drawing."""
    found = [element.get(name) for element in root.iter() for name in names]
    return [float(value.rstrip("%")) for value in found if value is not None]


def corners(root: ElementTree.Element) -> list[tuple[float, float]]:
    """All points of lines and areas."""
    pairs = [pair for element in root.iter() for pair in (element.get("points") or "").split()]
    pairs += [pair for element in root.iter() for pair in re.findall(r"M([\d.]+,[\d.]+)", element.get("d") or "")]
    return [(float(x), float(y)) for x, y in (pair.split(",") for pair in pairs)]


@pytest.mark.parametrize("mode", MODES)
@steady
@given(spec=any_spec)
def test_any_data_stays_inside(mode, spec):
    markup = to_svg(spec, mode)
    root = ElementTree.fromstring(markup)
    height = float(root.get("height"))
    drawn = re.sub(r'aria-label="[^"]*"|>[^<]*<', "", markup)
    assert not re.search(r"nan|inf\b|e[+-]\d", drawn)
    assert all(0 <= y <= height for y in numbers_of(root, ("y1", "y2", "cy")))
    assert all(-10 <= y <= height + 10 for y in numbers_of(root, ("y",)))
    assert all(0 <= y <= height for _, y in corners(root))
    if mode == "fluid":
        assert all(0 <= x <= 100 for x in numbers_of(root, ("x1", "x2", "cx")))
        assert all(0 <= x <= 1000 for x, _ in corners(root))
    else:
        width = float(root.get("width"))
        assert all(0 <= x <= width for x in numbers_of(root, ("x1", "x2", "cx")))


@steady
@given(spec=any_spec)
def test_same_spec_same_bytes(spec):
    assert to_svg(spec) == to_svg(spec)


@pytest.mark.parametrize("name", CASES)
def test_golden(name):
    path = GOLDEN / f"{name}.svg"
    drawn = to_svg(CASES[name], "fixed") + "\n"
    if os.environ.get("GOALKEEPER_UPDATE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(drawn, encoding="utf-8")
    assert drawn == path.read_text(encoding="utf-8"), "set GOALKEEPER_UPDATE_GOLDEN=1 to accept the new drawing"


@pytest.mark.parametrize("kind", Kind)
def test_label_says_title_takeaway_and_last_value(kind):
    root = ElementTree.fromstring(to_svg(spec_of(kind, share_marks(3, gaps=(2,)))))
    assert root.get("role") == "img"
    assert root.get("aria-label") == "Satisfaction. It rose to 80 %. Last: W2, 70 %."


@pytest.mark.parametrize("mode", MODES)
def test_hostile_words_stay_words(mode):
    bad = '<script>alert(1)</script>"\x00\x1b[31m&'
    spec = ChartSpec(Kind.INTERVALS, bad, bad, Unit.COUNT, (Mark(bad, 3.0), Mark(bad, None, gap=bad)))
    root = ElementTree.fromstring(to_svg(spec, mode))
    assert not [element for element in root.iter() if element.tag.endswith("script")]
    assert "<script>alert(1)</script>" in root.get("aria-label")


def test_a_gap_breaks_line_and_band():
    root = ElementTree.fromstring(to_svg(CASES["trend_gaps"]))
    lines = [element for element in root.iter() if element.get("class") == "line"]
    assert [len(line.get("points").split()) for line in lines] == [2, 2]
    assert len([e for e in root.iter() if e.get("class") == "band"]) == 2
    # The lone last week is no line: its interval stands upright.
    assert len([e for e in root.iter() if e.get("class") == "whisk"]) == 1


@pytest.mark.parametrize("mode", MODES)
def test_a_period_that_is_not_over_is_hollow_and_its_line_dotted(mode):
    *marks, last = share_marks(5)
    root = ElementTree.fromstring(to_svg(spec_of(Kind.TREND, (*marks, replace(last, so_far=True))), mode=mode))
    drawn = {element.get("class") or element.get("id"): element for element in root.iter()}
    if mode == "fluid":
        assert len(drawn["line"].get("points").split()) == 4
        assert len(drawn["ahead"].get("points").split()) == 2
        assert drawn["line"].get("points").split()[-1] == drawn["ahead"].get("points").split()[0]
        assert "weak" in drawn
    else:
        assert [e for e in root.iter() if e.get("stroke-dasharray") == "2 3"]
    assert ", so far, " in root.get("aria-label")


def test_a_mark_beyond_its_limits_is_a_signal():
    root = ElementTree.fromstring(to_svg(CASES["trend_limits"]))
    assert len([e for e in root.iter() if e.get("class") == "signal"]) == 1  # the first alone lies outside
    assert len([e for e in root.iter() if e.get("class") == "limit"]) == 2


def test_a_track_goes_from_the_start_to_the_flag_and_stops_today():
    root = ElementTree.fromstring(to_svg(CASES["track"]))
    (pace,) = [e for e in root.iter() if e.get("class") == "pace"]
    (flag,) = [e for e in root.iter() if e.get("class") == "flag"]
    (today,) = [e for e in root.iter() if e.get("class") == "note"]
    first, last = (point.split(",") for point in pace.get("points").split())
    assert float(first[1]) > float(last[1])  # up from 70 % to 90 %
    assert flag.get("cx") == "93.75%"  # the last of eight weeks
    assert last[1] == flag.get("cy")
    assert today.get("x1") == "68.75%"  # the sixth


def test_a_goal_far_away_is_not_drawn_over_the_data():
    spec = spec_of(Kind.SPARK, share_marks(4), target=0.01)
    assert 'class="target"' not in to_svg(spec)


def test_benchmark_out_of_sight_leaves_no_mark_in_a_spark():
    spec = spec_of(Kind.SPARK, share_marks(4), benchmark=Band(0.01, 0.02, "", ""))
    assert 'class="bench"' not in to_svg(spec)


def test_benchmark_without_any_side_is_none():
    assert 'class="bench"' not in to_svg(spec_of(Kind.TREND, share_marks(4), benchmark=Band(None, None, "", "")))


def test_labels_at_the_edge_never_cover_each_other():
    marks = tuple(Mark(str(index), 0.8, 0.79, 0.81) for index in range(4))
    root = ElementTree.fromstring(to_svg(spec_of(Kind.TREND, marks, target=0.8, benchmark=Band(0.79, 0.81, "", ""))))
    beside = sorted(float(e.get("y")) for e in root.iter() if e.get("x") == "100.00%" and e.get("dx"))
    assert len(beside) == 3
    assert all(after - before >= 14 for before, after in pairwise(beside))


def test_fluid_colours_come_from_classes_alone():
    for spec in CASES.values():
        assert not re.search(r"#[0-9a-f]{6}|style=|fill=|stroke=", to_svg(spec))


def test_fixed_stands_alone_in_both_themes():
    light, dark = (to_svg(CASES["trend"], "fixed", theme) for theme in ("light", "dark"))
    assert "#0b62a8" in light
    assert "#63aef0" in dark
    assert "var(--" not in light + dark


def test_bars_start_at_zero():
    root = ElementTree.fromstring(to_svg(CASES["bars"], "fluid"))
    up, down, _ = [e for e in root.iter() if e.get("class") == "bar"]
    zero = float(up.get("x").rstrip("%"))
    assert float(down.get("x").rstrip("%")) + float(down.get("width").rstrip("%")) == pytest.approx(zero, abs=0.02)


def test_the_svg_renderer_stays_small():
    """Lines of code, without blank lines, comments and docstrings; the terminal's text is counted apart."""
    folder, terminal = Path(goalkeeper.charts.__file__).parent, {"text.py", "cells.py"}
    lines = 0
    for path in sorted(folder.glob("*.py")):
        text = re.sub(r'"""[\s\S]*?"""', "", path.read_text(encoding="utf-8"))
        if path.name not in terminal:
            lines += sum(1 for line in text.splitlines() if line.strip() and not line.strip().startswith("#"))
    assert 0 < lines < 700


@pytest.mark.parametrize("mode", MODES)
def test_very_many_marks_stay_small_and_all_are_there(mode):
    """Two years of days with gaps: each mark alone has its stroke and its speck, and nothing leaves the frame."""
    marks = tuple(
        Mark(f"d{day}", None if day % 3 == 2 or day % 5 == 1 else 0.5 + 0.4 * ((day * 37) % 100) / 100, 0.2, 0.95, 50)
        for day in range(730)
    )
    spec = ChartSpec(Kind.TREND, "Share by day", "Much goes up and down.", Unit.SHARE, marks)
    markup = to_svg(spec, mode)
    root = ElementTree.fromstring(markup)
    alone = [run for run in spec.runs() if len(run) == 1]
    paths = {element.get("class"): element.get("d") for element in root.iter() if element.tag.endswith("path")}
    assert len(alone) > 60
    if mode == "fluid":
        assert {name: path.count("M") for name, path in paths.items()} == {"whisk": len(alone), "speck": len(alone) - 1}
        assert len(markup) < 30_000
    assert all(0 <= x <= 1000 and 0 <= y <= float(root.get("height")) for x, y in corners(root))
