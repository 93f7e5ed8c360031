from __future__ import annotations

import math

import pytest

from goalkeeper.stats.estimate import REASONS, Estimate, Floors, NoEstimate


def test_a_missing_estimate_words_itself() -> None:
    assert NoEstimate("no_data").words == "no data"
    assert NoEstimate("too_few", 3, 5).words == "needs 5 answers, has 3"
    assert NoEstimate("too_few", 1_203, 5_000, "tickets").words == "needs 5,000 tickets, has 1,203"
    assert NoEstimate("not_reached", 0.38, 0.5).words == "needs 50 % finished, has 38 %"
    assert NoEstimate("not_followed", 259_200, 1_209_600).words == "needs 14 d of waiting seen, has 3 d"
    assert NoEstimate("impossible", 5, 3).words == "counts that cannot be: 5 of 3"


def test_shares_in_words_differ_when_the_numbers_do() -> None:
    assert NoEstimate("not_reached", 0.4996, 0.5).words == "needs 50.00 % finished, has 49.96 %"
    assert NoEstimate("not_reached", 0.496, 0.5).words == "needs 50.0 % finished, has 49.6 %"


@pytest.mark.parametrize(
    ("value", "limits", "within"),
    [
        (0.995, (0.988, 1.002), (0.988, 1)),
        (0.005, (-0.002, 0.012), (0, 0.012)),
        (1.2, (1.1, 1.3), (1.1, 1.3)),  # a value beyond what was thought possible keeps its limits
        (1.05, (-0.1, 1.2), (0, 1.2)),
        (0.5, (-math.inf, math.inf), (-math.inf, math.inf)),
        (0.5, (None, None), (None, None)),
    ],
)
def test_limits_stay_within_what_can_be(
    value: float, limits: tuple[float | None, float | None], within: tuple[float | None, float | None]
) -> None:
    found = Estimate(value, *limits, 0.95, 100, "x").within(0, 1)
    assert (found.value, found.low, found.high) == (value, *within)


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_has_words(reason: str) -> None:
    words = NoEstimate(reason, 1, 2).words
    assert words
    assert words != reason


def test_an_unknown_reason_is_a_bug() -> None:
    with pytest.raises(ValueError, match="no reason 'bored'"):
        NoEstimate("bored")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "low", "high"),
    [(math.nan, 0, 1), (math.inf, 0, 1), (1, None, 2), (1, 0, None), (1, 2, 1), (1, math.nan, 2), (1, 0, math.nan)],
)
def test_an_estimate_refuses_what_is_no_estimate(value: float, low: float | None, high: float | None) -> None:
    with pytest.raises(ValueError, match="estimate"):
        Estimate(value, low, high, 0.95, 10, "any")


def test_width_is_infinite_without_two_limits() -> None:
    assert Estimate(2, 1, 4, 0.95, 9, "any").width == 3
    assert Estimate(2, 1, math.inf, 0.95, 9, "any").width == math.inf
    assert Estimate(2, None, None, 0.95, 9, "stock").width == math.inf


def test_floors_hide_what_rests_on_too_few() -> None:
    floors = Floors()
    few, enough = Estimate(0.5, 0.1, 0.9, 0.95, 4, "any"), Estimate(0.5, 0.1, 0.9, 0.95, 5, "any")
    assert floors.shown(few) == NoEstimate("too_few", 4, 5)
    assert floors.shown(enough) is enough
    assert floors.shown(NoEstimate("no_data")) == NoEstimate("no_data")
    assert (floors.judges(29), floors.judges(30), floors.knows(99), floors.knows(100)) == (False, True, False, True)
