"""What really changed, in sentences."""

from __future__ import annotations

import math

from goalkeeper.documents.words import day_words, span_words, tied
from goalkeeper.insights.changes import Changes, Shift, Watch
from goalkeeper.stats.control.runs import Runs
from goalkeeper.stats.estimate import NoEstimate
from goalkeeper.units import Unit, format_change, format_interval, format_value


def change_sentences(found: Changes) -> tuple[str, ...]:
    """Whether the period really changed, and what shows it."""
    first, last = found.points[0].period, found.points[-1].period
    span, weeks = span_words(first.since, last.until), _counted(len(found.points), found)
    if not found.is_real:
        return (
            f"{found.watched.words}, {span} against the year before: nothing that chance cannot explain in {weeks}.",
        )
    has_run = isinstance(found.runs, Runs) and found.runs.signal
    some = f"a {_unit(found)} stands" if len(found.outside) == 1 else f"some {_unit(found)}s stand"
    lasts = found.has_shifted or found.step or has_run
    said = "it really changed" if lasts else f"{some} out, and nothing lasts"
    told = [f"{found.watched.words}, {span} against the year before: {said}."]
    if found.outside:
        told.append(f"{len(found.outside):,} of {weeks} {_lie(found)} beyond the limits of the year before.")
    if isinstance(found.runs, Runs) and found.runs.signal:
        told.append(
            f"The {_unit(found)}s keep to one side of how it was: {found.runs.longest:,} in a row (at most "
            f"{found.runs.longest_allowed:,} are usual), {found.runs.crossings:,} changes of side (at least "
            f"{found.runs.fewest_crossings:,} are usual)."
        )
    if found.has_shifted and isinstance(found.shift, Shift):
        told.append(f"On the whole the {_unit(found)}s are {_shift(found, found.shift)} than those of the year before.")
    if found.step:
        show = found.watched.format
        before, after = tied(show(found.step.before)), tied(show(found.step.after))
        told.append(f"About {day_words(found.step.since)} it went from {before} to {after}.")
    return tuple(told)


def _shift(found: Changes, shift: Shift) -> str:
    """How much higher or lower: "30 % lower", "4.2 points higher"."""
    side = "higher" if shift.change.value > 0 else "lower"
    if shift.is_of_logs:
        return f"{tied(format_value(abs(math.expm1(shift.change.value)), Unit.SHARE, digits=0))} {side}"
    unit = found.watched.metric.unit
    said = format_change(abs(shift.change.value), unit, days=found.watched.in_days).removeprefix("+")
    return f"{tied(said)}{' points' if unit is Unit.INDEX else ''} {side}"


def limits(found: Changes, each: Watch) -> str:
    """The limits of a point: "4.1–6.9 %"."""
    watched = found.watched
    low, high = watched.metric.possible
    return tied(format_interval(max(low, each.low), min(high, each.high), watched.metric.unit, days=watched.in_days))


def mark(each: Watch) -> str:
    """How a point lies to its limits."""
    if isinstance(each.value, NoEstimate) or not each.is_outside:
        return ""
    return "▲ above" if each.value.value > each.high else "▼ below"


def _counted(count: int, found: Changes) -> str:
    return f"{count:,} {_unit(found)}{'' if count == 1 else 's'}"


def _unit(found: Changes) -> str:
    return "day" if found.points[0].period.days == 1 else "week"


def _lie(found: Changes) -> str:
    return "lies" if len(found.outside) == 1 else "lie"
