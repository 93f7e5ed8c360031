"""The words for chances and counterweights."""

from __future__ import annotations

import math

import pytest

from goalkeeper.documents.goal_words import dots, guard_words, record_words, tenths, with_interval
from goalkeeper.goals.evaluation import Guard, Holding, TrackRecord
from goalkeeper.stats.estimate import Estimate, NoEstimate
from goalkeeper.stats.forecast.chance import Chance
from goalkeeper.units import Unit


@pytest.mark.parametrize(
    ("value", "drawn", "said"),
    [
        (0.0002, "○○○○○○○○○○", "under 1 in 20"), (0.06, "●○○○○○○○○○", "about 1 in 10"),
        (0.72, "●●●●●●●○○○", "about 7 in 10"), (0.949, "●●●●●●●●●○", "about 9 in 10"),
        (0.96, "●●●●●●●●●●", "over 19 in 20"),
    ],
)  # fmt: skip
def test_chances(value: float, drawn: str, said: str) -> None:
    chance = Chance(value, value, value, words_only=False)
    assert (dots(chance), tenths(chance)) == (drawn, said)


def test_short_histories_have_words_only() -> None:
    assert tenths(Chance(0.72, 0.7, 0.8, words_only=True)) == "likely"


def test_counterweights() -> None:
    value = Estimate(0.091, 0.080, 0.103, 0.95, 900, "")
    broken = Guard("reopen_rate", "Reopened", Unit.SHARE, True, value, 0.07, True, Holding.BROKEN)
    assert (
        guard_words(broken).replace("\N{NO-BREAK SPACE}", " ") == "✗ Reopened 9.1 % (8.0–10.3 %), at most 7.0 %: broken"
    )
    unknown = Guard(
        "csat", "Customer satisfaction", Unit.SHARE, True, NoEstimate("no_data"), 0.8, False, Holding.CANNOT_SAY
    )
    told = "? Customer satisfaction cannot say: no data, at least 80 %: cannot say yet"
    assert guard_words(unknown).replace("\N{NO-BREAK SPACE}", " ") == told


@pytest.mark.parametrize(
    ("low", "high", "note", "said"),
    [
        (0.080, 0.103, "", "9.1 % (8.0–10.3 %)"), (None, None, "as of 2026-03-01", "9.1 % (as of 2026-03-01)"),
        (None, None, "", "9.1 %"),
        (0.080, 0.103, "the data covers 20 of 28 days", "9.1 % (8.0–10.3 %; the data covers 20 of 28 days)"),
        (-math.inf, math.inf, "no limits yet", "9.1 % (no limits yet)"), (-math.inf, math.inf, "", "9.1 % (no limits)"),
        (0.080, math.inf, "all values are equal", "9.1 % (≥ 8.0 %; all values are equal)"),
    ],
)  # fmt: skip
def test_a_note_stands_beside_the_interval(low: float | None, high: float | None, note: str, said: str) -> None:
    value = Estimate(0.091, low, high, 0.95, 900, "", note)
    assert with_interval(value, Unit.SHARE, days=True).replace("\N{NO-BREAK SPACE}", " ") == said


def test_what_forecasts_were_worth() -> None:
    told = record_words(TrackRecord(30, 4, 0.15, 0.2, 0.25, 0.833))
    assert told == (
        "30 forecasts of the past like this one were better than saying “as it was last” (skill 0.25); "
        "83 % of what came lay in their 80 % intervals"
    )
    assert "were no better than saying “as it was last”; " in record_words(TrackRecord(9, 4, 0.15, 0, -math.inf, 1))
