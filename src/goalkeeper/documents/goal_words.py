"""The words for goals, the same in the terminal and on a page."""

from __future__ import annotations

import math

from goalkeeper.documents.document import Status, Tone
from goalkeeper.documents.words import tied, tied_within
from goalkeeper.goals import Shape
from goalkeeper.goals.evaluation import Evaluation, Guard, Holding, TrackRecord
from goalkeeper.reports.goals import GoalRow
from goalkeeper.stats.estimate import NoEstimate, Result
from goalkeeper.stats.forecast.back_test import COVERAGE_LEVEL
from goalkeeper.stats.forecast.chance import Chance
from goalkeeper.stats.forecast.forecast import NUMBER_POINTS
from goalkeeper.units import Unit, format_interval, format_value

DOTS = 10
_HOLDING = {Holding.HOLDS: Tone.GOOD, Holding.BROKEN: Tone.BAD, Holding.CANNOT_SAY: Tone.FLAT}
MARKS = {Holding.HOLDS: "✓", Holding.BROKEN: "✗", Holding.CANNOT_SAY: "?"}


def dots(chance: Chance) -> str:
    """A chance as ten dots: "●●●●●●●○○○"."""
    full = round(chance.value * DOTS)
    return "●" * full + "○" * (DOTS - full)


def tenths(chance: Chance) -> str:
    """A chance for people: "about 7 in 10", and words alone where history is short."""
    if chance.words_only:
        return chance.words
    full = round(chance.value * DOTS)
    if full in (0, DOTS):
        return "under 1 in 20" if full == 0 else "over 19 in 20"
    return f"about {full} in {DOTS}"


def chance_lines(evaluation: Evaluation) -> tuple[str, ...]:
    """Dots, words and range of a chance; or why there is none."""
    chance = evaluation.chance
    if chance is None:
        return (evaluation.why_no_chance,)
    if chance.words_only:
        return (chance.words, f"(under {NUMBER_POINTS} weeks of history)")
    return dots(chance), tenths(chance), f"({tied(_percents(chance.low, chance.high))})"


def _percents(low: float, high: float) -> str:
    """Two chances in whole percents: "65–78 %"."""
    first, last = (format_value(side, Unit.SHARE, digits=0) for side in (low, high))
    return first if first == last else f"{first.removesuffix(' %')}–{last}"


def value_lines(row: GoalRow, evaluation: Evaluation) -> tuple[str, ...]:
    """The value and its interval, "71 %" and "(66–75 %)"; or why there is none."""
    return _lines(evaluation.value, row.goal.metric.unit, days=row.goal.watched.in_days)


def value_words(row: GoalRow, evaluation: Evaluation) -> str:
    """The same in one line."""
    return " ".join(value_lines(row, evaluation))


def guard_lines(guard: Guard) -> tuple[str, ...]:
    """The value of a counterweight and its interval; or why there is none."""
    return _lines(guard.value, guard.unit, days=guard.in_days)


def guard_value(guard: Guard) -> str:
    """The same in one line."""
    return " ".join(guard_lines(guard))


def with_interval(value: Result, unit: Unit, *, days: bool) -> str:
    """A value and its interval in one line: "71 % (66–75 %)"; or why there is none."""
    return " ".join(_lines(value, unit, days=days))


def _lines(value: Result, unit: Unit, *, days: bool) -> tuple[str, ...]:
    if isinstance(value, NoEstimate):
        return "cannot say:", value.words
    number = tied(format_value(value.value, unit, days=days))
    is_open = value.low == -math.inf and value.high == math.inf  # then the note says why
    limits = tied(format_interval(value.low, value.high, unit, days=days))
    told = [] if value.low is None or (is_open and value.note) else [limits]
    told += [value.note] if value.note else []
    return (number, f"({'; '.join(told)})") if told else (number,)


def wanted_words(row: GoalRow) -> str:
    """What the goal wants: "75 %", "at least 85 %", "below 12 min", "20 % to 40 %"."""
    goal, start = row.goal, row.frozen.start.value
    if goal.shape is Shape.RISE:
        return tied_within(f"{'above' if goal.upwards else 'below'} {goal.watched.format(start)}")
    return tied_within(goal.watched.format(goal.to) if goal.shape is Shape.REACH else goal.aim_words)


def guard_limit(guard: Guard) -> str:
    """The limit of a counterweight: "at most 7 %"."""
    limit = tied(format_value(guard.bound, guard.unit, days=guard.in_days))
    return f"at {'most' if guard.is_upper else 'least'} {limit}"


def holding_status(guard: Guard) -> Status:
    """Whether a counterweight holds, with its tone."""
    return Status(guard.holding, _HOLDING[guard.holding])


def guard_words(guard: Guard) -> str:
    """A counterweight in a line: "✗ Reopened 9.1 % (8.0–10.3 %), at most 7 %: broken"."""
    return f"{MARKS[guard.holding]} {guard.name} {guard_value(guard)}, {guard_limit(guard)}: {guard.holding}"


def level_words(row: GoalRow, evaluation: Evaluation) -> str:
    """The smoothed value of the last week; a dash where there is none."""
    level = evaluation.level
    return tied_within(row.goal.watched.format(None if isinstance(level, NoEstimate) else level.value))


def first_forecast_words(row: GoalRow) -> str:
    """The chance when the goal was agreed."""
    told = row.frozen.forecast
    if told.chance is None:
        return told.words or f"cannot say: {told.why}"
    return f"{told.words}, {format_value(told.chance, Unit.SHARE, digits=0)}"


def record_words(record: TrackRecord) -> str:
    """What such forecasts were worth in the past, in a sentence."""
    better = "better than" if record.skill > 0 else "no better than"
    skill = f" (skill {record.skill:.2f})" if abs(record.skill) < 10 else ""
    return (
        f"{record.origins:,} forecasts of the past like this one were {better} saying “as it was last”{skill}; "
        f"{format_value(record.coverage, Unit.SHARE, digits=0)} of what came lay in their "
        f"{COVERAGE_LEVEL * 100:g} % intervals"
    )
