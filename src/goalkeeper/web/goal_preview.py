"""What a goal that is being written would mean: how it reads, its history, its chance, and whether it is SMART."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from goalkeeper.charts import ChartSpec, Kind, Mark
from goalkeeper.documents.goal_words import dots, tenths, with_interval
from goalkeeper.documents.words import day_words, short_day, tied_within
from goalkeeper.errors import UsageError
from goalkeeper.goals.guards import GUARDS, guard_of, usual_limit
from goalkeeper.goals.history import History
from goalkeeper.goals.outlook import Outlook, Tested, fan, forecast_of, least_change, next_due, outlook
from goalkeeper.goals.plan import Goal, Shape, Watched
from goalkeeper.goals.suggest import Targets, suggest
from goalkeeper.lint import Checkup
from goalkeeper.metrics import Metric
from goalkeeper.stats.estimate import Estimate, NoEstimate, Result
from goalkeeper.stats.forecast.chance import Chance
from goalkeeper.units import format_change
from goalkeeper.workspace import Workspace

WEEKS = 39
"""How many weeks of history the preview draws."""
MOST_GUARDS = 3
LETTERS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "S": ("Specific", ("GK1", "GK9")), "M": ("Measurable", ("GK3",)), "A": ("Achievable", ("GK4",)),
    "R": ("Relevant", ("GK2", "GK5")), "T": ("Timed", ("GK6", "GK7")),
}  # fmt: skip
"""Each letter of SMART with the rules of the plan check that answer it."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter of SMART, and what the plan check found against it."""

    letter: str
    name: str
    against: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """A goal as its own data sees it, in words; what cannot be said is empty, and ``why_none`` says why."""

    says: str
    about: str
    now: str = ""
    now_of: str = ""
    best: str = ""
    benchmark: str = ""
    targets: tuple[tuple[str, str, str], ...] = ()
    chance: tuple[str, str] = ("", "")
    moved: str = ""
    visible: str = ""
    why_none: str = ""
    trend: ChartSpec | None = None


def preview(workspace: Workspace, watched: Watched, goal: Goal | None, due: date | None, *, today: date) -> Preview:
    """What own data says of a goal up to its due day; of what it watches alone as long as it has no target."""
    says = f"{watched.words}: {tied_within(goal.aim_words)}{f' by {day_words(due)}' if due else ''}." if goal else ""
    if not workspace.has_facts:
        return Preview(says, watched.words, why_none="Nothing is loaded yet.")
    history = History(workspace)
    is_over = due is not None and due < history.until
    last = due if due and not is_over else max(next_due(today), history.until + timedelta(days=1))
    try:
        found = suggest(history, watched, last, today)
    except UsageError as error:
        return Preview(says, watched.words, why_none=str(error), trend=_trend(history, watched, goal))
    weeks = history.weeks(watched)
    tested = NoEstimate("no_data", what="due day to come") if is_over else forecast_of(watched, weeks, last)
    told = outlook(goal, weeks, last, tested) if goal else None
    band, recent = found.benchmark, found.recent.value
    return Preview(
        says=says,
        about=watched.words,
        now=with_interval(recent, watched.metric.unit, days=watched.in_days),
        now_of="Last whole quarter" if watched.formula.people else f"Last {watched.recent_weeks} weeks",
        best=tied_within(watched.format(found.best)) if found.best is not None else "",
        benchmark=f"{band.words} ({band.source.title}, grade {band.grade})" if band else "",
        targets=tuple(
            (each.name, tied_within(watched.named(each.target)), _tenths(each.chance, found)) for each in found.targets
        ),
        chance=(dots(told.chance), tenths(told.chance)) if isinstance(told, Outlook) else ("", ""),
        moved=_moved(goal, found) if goal else "",
        visible=_visible(history, goal, recent) if goal else "",
        why_none="Its due day has come; the targets are for the quarter to come." if is_over else found.why_none,
        trend=_trend(history, watched, goal, tested if goal and isinstance(tested, Tested) else None),
    )


def _tenths(chance: float, found: Targets) -> str:
    return tenths(Chance(chance, chance, chance, found.words_only))


def _moved(goal: Goal, found: Targets) -> str:
    """In how many own quarters it moved as far; empty where the target is no move."""
    if goal.to is None or not found.quarters or goal.meets(found.quarters[-1]):
        return ""
    count, of = found.moves_as_far(goal.to)
    return f"In {count} of the last {of} changes from quarter to quarter it moved this far." if of else ""


def _visible(history: History, goal: Goal, recent: Result) -> str:
    """The smallest change that the weeks it is judged by can show; empty where nothing can be said."""
    if not isinstance(recent, Estimate) or recent.low is None or not (coming := history.rows_coming(goal.watched)):
        return ""
    return _size(goal, least_change(recent, coming))


def _size(goal: Goal, change: float) -> str:
    """A change without its sign."""
    return tied_within(format_change(change, goal.metric.unit, days=goal.watched.in_days).removeprefix("+"))


def _trend(history: History, watched: Watched, goal: Goal | None, tested: Tested | None = None) -> ChartSpec | None:
    """The last weeks with the goal's line, and where it lands if nothing changes; None where there are none."""
    weeks = history.weeks(watched)
    results = weeks.results[-WEEKS:]
    first = weeks.until - timedelta(weeks=len(results))
    marks = [
        Mark(short_day(first + timedelta(weeks=place)), value.value, value.low, value.high, value.n)
        if isinstance(value, Estimate)
        else Mark(short_day(first + timedelta(weeks=place)), None, gap=value.words)
        for place, value in enumerate(results)
    ]
    if not marks:
        return None
    lands: dict[int, tuple[float, float, float]] = {}
    if tested:
        newest = len(marks) - 1
        for ahead, found in fan(watched, weeks, tested):
            if found.low is not None and found.high is not None:
                lands[newest + ahead] = (found.low, found.value, found.high)
        days = (weeks.until + timedelta(weeks=place) for place in range(tested.forecast.horizon))
        marks += [Mark(short_day(day), None, gap="to come") for day in days]
    return ChartSpec(
        kind=Kind.TREND,
        title=f"{watched.words} by week",
        takeaway=f"The last {len(results)} weeks{', and the goal' if goal else ''}"
        f"{'; and where it lands as things go' if lands else ''}.",
        unit=watched.metric.unit,
        series=tuple(marks),
        target=goal.weekly_line if goal and goal.shape in (Shape.REACH, Shape.HOLD) else None,
        axis="Week",
        days=watched.in_days,
        fan=tuple(lands.get(place) for place in range(len(marks))) if lands else (),
    )


def smart(goal: Goal, checkup: Checkup) -> tuple[Letter, ...]:
    """The five letters, answered by what the plan check finds of this goal."""
    starts = [_line(checkup, each) for each in checkup.plan.goals]
    mine = _line(checkup, goal)
    end = min((line for line in starts if line > mine), default=mine + len(checkup.plan.document.text))
    own = [each for each in checkup.findings if mine <= each.line < end]
    return tuple(
        Letter(letter, name, tuple(each.found for each in own if each.code.startswith(codes)))
        for letter, (name, codes) in LETTERS.items()
    )


def _line(checkup: Checkup, goal: Goal) -> int:
    """The line on which a goal begins."""
    place = checkup.plan.document.place(*goal.path)
    return place.line if place else 0


def guards_for(goal: Goal, metrics: Mapping[str, Metric]) -> Iterator[tuple[Metric, str]]:
    """Counterweights that it lacks and its metric is known to need, each with the usual limit."""
    there = {each.watched.metric.key for each in goal.must_not_get_worse} | {goal.metric.key}
    needed = [guard_of(goal.metric, aim, lambda _: True) for aim in GUARDS if goal.aims_at(aim)]
    every = {each.key: each for each in (*needed, *(metrics[key] for key in goal.metric.watch_with if key in metrics))}
    for metric in [each for key, each in every.items() if key not in there][:MOST_GUARDS]:
        yield metric, usual_limit(metric)
