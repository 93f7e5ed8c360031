from __future__ import annotations

import math

import pytest

from goalkeeper.stats.forecast.chance import CUTS, Chance, band


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.05, "very unlikely"), (0.2, "unlikely"), (0.5, "toss-up"), (0.6, "likely"), (0.97, "very likely")],
)
def test_words(value: float, words: str) -> None:
    assert Chance(value, value, value, True).words == words


def test_what_was_said_stands_until_the_chance_is_well_past_the_cut() -> None:
    cuts = (0.33, 0.67)
    said, band_now = [], None
    for chance in (0.60, 0.69, 0.71, 0.73, 0.69, 0.63, 0.61, 0.30, 0.27, 0.9, 0.1):
        band_now = band(chance, cuts, band_now)
        said.append(band_now)
    assert said == [1, 1, 1, 2, 2, 2, 1, 1, 0, 2, 0]


def test_a_chance_on_a_cut_lies_above_it_and_nonsense_is_refused() -> None:
    assert [band(cut, CUTS) for cut in CUTS] == [1, 2, 3, 4]
    for chance, cuts in ((math.nan, CUTS), (0.5, (0.6, 0.4))):
        with pytest.raises(ValueError, match="ascend"):
            band(chance, cuts)
