"""The truths planted in the sample company: what, where, since when, how strong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from goalkeeper.sample.company import FRONT_LINE, team_index
from goalkeeper.sample.period import Period

# Shares of the answers by plan (basic, plus, pro), and the score of each plan, in each half-year.
PLAN_MIX = ((0.25, 0.40, 0.35), (0.37, 0.36, 0.27), (0.50, 0.31, 0.19), (0.62, 0.26, 0.12))
# (promoters, passives, detractors) per plan at the beginning; each half-year moves LIFT / 3 of the answers
# from detractors to promoters.
PLAN_SCORES = ((0.36, 0.36, 0.28), (0.52, 0.28, 0.20), (0.67, 0.21, 0.12))
LIFT = 0.04

OUTAGE_VOLUME = 6.0
OUTAGE_REPLY_FACTOR = 2.5

CLOSER_TEAM = team_index(0, FRONT_LINE)
CLOSER_SEAT = 2
CLOSER_ONE_TOUCH = 0.95
CLOSER_REOPENED = 0.30
USUAL_REOPENED = 0.055
CLOSER_SPEED = 0.6

CHANGED_TEAM = team_index(1, FRONT_LINE)
CHANGED_REPLY_FACTOR = 0.70
CHANGED_PASSED_ON = 0.04
CHANGED_RETURNS = 0.5
CHANGED_ONE_TOUCH = 0.06


@dataclass(frozen=True, slots=True)
class Planted:
    """The days of the planted truths within a period."""

    outage_first: date
    outage_last: date
    change_from: date

    @classmethod
    def within(cls, period: Period) -> Planted:
        """The outage in the sixteenth month, the change of process from the fifteenth on."""
        outage = period.month(15) + timedelta(days=13)
        return cls(outage, outage + timedelta(days=2), period.month(14))
