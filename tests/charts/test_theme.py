"""The colours can be told apart, and every mark is coloured the same in CSS and in fixed drawings."""

from __future__ import annotations

import re

import pytest

from goalkeeper.charts.theme import MARKS, TOKENS, Theme, chart_css, look_of, token_css

GROUNDS = ("paper", "card")
TEXT_PAIRS = [
    *[(ink, ground) for ink in ("ink", "ink2", "ink3", "link", "blue", "goal", "flat") for ground in GROUNDS],
    *[("ink", "sunk"), ("ink2", "sunk")],
    *[(tone, f"{tone}-tint") for tone in ("good", "bad", "flat")],
    *[(tone, ground) for tone in ("good", "bad") for ground in GROUNDS],
]
SHAPE_PAIRS = [(mark, ground) for mark in ("blue", "goal", "rule2", "peer", "ink3") for ground in GROUNDS]


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The ratio of two colours from 1 to 21, WCAG 2.2."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_formula_has_its_known_ends():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", Theme)
@pytest.mark.parametrize(("ink", "ground"), TEXT_PAIRS)
def test_text_can_be_read(ink, ground, theme):
    assert contrast(TOKENS[ink].of(theme), TOKENS[ground].of(theme)) >= 4.5


@pytest.mark.parametrize("theme", Theme)
@pytest.mark.parametrize(("mark", "ground"), SHAPE_PAIRS)
def test_shapes_stand_out(mark, ground, theme):
    assert contrast(TOKENS[mark].of(theme), TOKENS[ground].of(theme)) >= 3


def test_better_and_worse_differ_in_lightness_or_sign_is_needed():
    for theme in Theme:
        assert TOKENS["good"].of(theme) != TOKENS["bad"].of(theme)


@pytest.mark.parametrize("name", MARKS)
def test_fixed_and_fluid_looks_agree(name):
    rule = re.search(rf"\.chart \.{name}\{{(.*?)\}}", chart_css())
    assert rule is not None
    fluid = dict(part.split(":") for part in rule.group(1).split(";"))
    for key, value in look_of(name, Theme.LIGHT).items():
        wanted = fluid[key].removeprefix("var(--").removesuffix(")")
        assert value == (TOKENS[wanted].light if wanted in TOKENS else wanted)


def test_token_css_names_every_token_in_both_themes():
    css = token_css()
    assert "prefers-color-scheme:dark" in css
    for name, token in TOKENS.items():
        assert f"--{name}:{token.light}" in css
        assert f"--{name}:{token.dark}" in css
