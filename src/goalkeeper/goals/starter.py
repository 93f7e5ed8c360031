"""Plans to start from, one a stage: with own data their starts are measured and their targets come from own history."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from goalkeeper.goals.guards import GUARDS, guard_of, usual_limit
from goalkeeper.goals.history import History
from goalkeeper.goals.outlook import least_change
from goalkeeper.goals.plan import Stage, Watched, first_stage
from goalkeeper.goals.suggest import Targets, suggest
from goalkeeper.goals.values import rounded, written_value
from goalkeeper.measure import Cell
from goalkeeper.measure.periods import begin, label
from goalkeeper.metrics import METRICS, Aim, Metric
from goalkeeper.stats.estimate import Estimate, NoEstimate
from goalkeeper.tomlfile import written
from goalkeeper.units import Better, format_interval

LEAST_CHANCE = 0.1
"""A starter plan aims at nothing less likely than this."""

_MARGIN = 1.1  # what rounding to even values may take away


@dataclass(frozen=True, slots=True)
class Starter:
    """A goal that a plan of some stage starts with; the target is the usual one, for those without own history.

    ``target`` is a line of the plan file with one value, "range" and "trend" included.
    """

    metric: str
    name: str
    because: str
    target: str
    where: dict[str, str] = field(default_factory=dict)
    priority: int = 0


_FIRST_RESPONSE = Starter(
    "first_response_time",
    "Quick first answers",
    "customers who wait write a second time, and think of leaving",
    'to = "4h"',
    {"channel": "email"},
)
_SATISFIED = Starter("csat", "Satisfied customers", "unhappy customers leave, and tell others", 'to = "85 %"')
_SOLVED = Starter(
    "first_contact_resolution",
    "Solved the first time",
    "a second contact costs the customer patience and us an hour",
    'to = "70 %"',
)
_DEFLECTED = Starter(
    "deflection_rate",
    "Answers found without a ticket",
    "an answer that is found at once costs neither side a ticket",
    'trend = "rising"',
    priority=4,
)
_SAVED = Starter(
    "save_rate",
    "Cancellations turned round",
    "a subscriber who stays is worth more than a new one",
    'range = ["20 %", "40 %"]',
)
_KEPT = Starter(
    "post_ticket_retention",
    "Still there a month after a ticket",
    "it shows whether service keeps customers or only closes tickets",
    'trend = "rising"',
)
_ANSWERED = Starter(
    "survey_response_rate",
    "Enough answers to trust",
    "under 20 % nobody can tell what customers think",
    'to = "20 %"',
)
STARTERS: dict[Stage, tuple[Starter, ...]] = {
    Stage.PRE_LAUNCH: (),
    Stage.UNDER_50K: (_FIRST_RESPONSE, _SATISFIED),
    Stage.TO_500K: (_SOLVED, _FIRST_RESPONSE, _SATISFIED, _DEFLECTED),
    Stage.OVER_500K: (_SAVED, _KEPT, _SOLVED),
}


@dataclass(frozen=True, slots=True)
class Look:
    """What a starter plan has to know of own data: its history, what is missing, and which surveys few answer."""

    history: History
    missing: Callable[[Watched], str]
    is_noisy: Callable[[Watched], bool]


def starter_plan(stage: Stage, due: date, owner: str, look: Look | None = None) -> str:
    """The text of a plan for the quarter that ends on the due day."""
    quarter = label(begin(due, "quarter"), "quarter").replace("-", "")
    chosen, left_out = _chosen(stage, look)
    keeps = any(Aim.RETENTION in METRICS[each.metric].aims for each in chosen)
    head = [
        f"# A plan to start from, for the stage {stage}. Read it, change it, then: goalkeeper check FILE",
        *(f"# Left out: {why}." for why in left_out),
        "[plan]",
        f"name = {written(f'Support, {quarter[4:]} {quarter[:4]}')}",
        f'quarter = "{quarter}"',
        f'stage = "{stage}"',
        *(["subscription_business = true"] if keeps else []),
        'review = "monthly"',
    ]
    if stage is Stage.PRE_LAUNCH:
        head += ["", "# No goals yet: answer every ticket yourself, and track what comes in."]
    goals = (_goal(each, number, due, owner, look) for number, each in enumerate(chosen, 1))
    return "\n".join(["\n".join(head), *("\n".join(["", *lines]) for lines in goals)]) + "\n"


def _chosen(stage: Stage, look: Look | None) -> tuple[list[Starter], list[str]]:
    """The stage's goals that the data allows, and why others are not among them.

    Where few answer a survey, a goal for more answers comes before one for what they say.
    """
    if look is None:
        return list(STARTERS[stage]), []
    chosen, left_out = [], []
    for starter in STARTERS[stage]:
        watched, asked = _watched(starter, look), _watched(_ANSWERED, look)
        name = watched.metric.name.lower()
        if why := look.missing(watched) or _why_not(look.history.recent(watched), watched.recent_words):
            left_out.append(f"{name}, since {why}")
        elif not look.is_noisy(watched):
            chosen.append(starter)
        else:
            left_out.append(f"{name}, since few answer")
            if first_stage(asked.metric).rank <= stage.rank and not look.missing(asked):
                chosen.append(_ANSWERED)
    return chosen, left_out


def _why_not(recent: Cell, recent_words: str) -> str:
    """Why a metric that can be computed is nothing to set a goal on; empty where it is."""
    if isinstance(recent.value, NoEstimate):
        return f"the {recent_words} cannot be told: {recent.value.words}"
    return "" if recent.value.value else f"there was none in the {recent_words}"


def _watched(starter: Starter, look: Look | None) -> Watched:
    """What it watches; without its segment where own data has nothing of that."""
    whole = Watched(METRICS[starter.metric])
    part = replace(whole, where={split: (value,) for split, value in starter.where.items()})
    return whole if look is not None and look.missing(part) else part


def _goal(starter: Starter, number: int, due: date, owner: str, look: Look | None) -> Iterator[str]:
    watched = _watched(starter, look)
    yield "[[goal]]"
    yield f"name = {written(starter.name)}"
    yield f"metric = {written(starter.metric)}"
    if watched.where:
        yield f"where = {written(starter.where)}"
    yield from _target(starter, watched, due, look)
    yield f"owner = {written(owner)}"
    yield f"priority = {starter.priority or number}"
    yield f"because = {written(starter.because)}"
    guards = dict.fromkeys(_guards(watched, look))
    if guards:
        members = [{"metric": key, "limit": usual_limit(METRICS[key])} for key in guards]
        yield f"must_not_get_worse = {written(members)}"


def _guards(watched: Watched, look: Look | None) -> Iterator[str]:
    """What guards each aim of the metric; the first registered counterweight where no aim asks for one."""

    def usable(metric: Metric) -> bool:
        beside = Watched(metric, where=watched.where)
        return look is None or not (look.missing(beside) or look.is_noisy(beside))

    guarded = [aim for aim in watched.metric.aims if aim in GUARDS]
    if guarded:
        yield from (guard_of(watched.metric, aim, usable).key for aim in guarded)
    else:
        yield from [key for key in watched.metric.watch_with if usable(METRICS[key])][:1]


def _target(starter: Starter, watched: Watched, due: date, look: Look | None) -> Iterator[str]:
    """The lines of start and target: from own history where there is some, else the usual ones."""
    now = look.history.recent(watched).estimate if look else None
    if look is None or now is None:
        yield from ('from = "measure"', starter.target)
    elif starter.target.startswith("to = "):
        yield from target_lines(look.history, watched, now, due)
    else:
        yield _now_words(look.history, watched, now)
        yield from (f"from = {written(rounded(now.value))}", starter.target)


def target_lines(history: History, watched: Watched, now: Estimate, due: date) -> Iterator[str]:
    """The lines of start and target by own history: the likeliest gain that shows, else a line to hold.

    ``now`` is its recent value.
    """
    unit = watched.metric.unit
    yield _now_words(history, watched, now)
    targets = suggest(history, watched, due)
    reach = _likeliest_gain(targets, now, history.rows_coming(watched))
    if reach is None:
        yield "# A gain that a quarter can show is out of reach by own history: hold what is reached."
        yield f"hold = {written_value(_line_to_hold(targets, now), unit)}"
        return
    target, chance = reach
    times = f"{round(chance * 10)} times" if chance >= 0.15 else "once"
    yield f"# If things go on as they did, this is reached about {times} in 10."
    yield from (f"from = {written(rounded(now.value))}", f"to = {written_value(target, unit)}")


def _now_words(history: History, watched: Watched, now: Estimate) -> str:
    """The recent weeks as a comment."""
    unit, show = watched.metric.unit, watched.format
    interval = "" if now.low is None else f" ({format_interval(now.low, now.high, unit, days=watched.in_days)})"
    weeks = watched.recent_words.removeprefix("last ")
    return f"# The {weeks} to {history.until}: {show(now.value)}{interval}, {now.n:,} {watched.metric.counted()}."


def _likeliest_gain(targets: Targets, now: Estimate, coming: float) -> tuple[float, float] | None:
    """The likeliest target that is not too unlikely and can be told from now, and its chance.

    That is a suggested one, or just the smallest gain that the coming rows can show.
    """
    if not targets.targets or not 0 < now.width < math.inf or not coming:
        return None
    sign, least = (1 if targets.watched.metric.better is Better.HIGHER else -1), _MARGIN * least_change(now, coming)
    gains = [sign * (each.target - now.value) for each in targets.targets]
    reachable = [now.value + sign * gain for gain in (*gains, least) if gain >= least]
    chances = [(target, targets.chance(target)) for target in reachable]
    target, chance = max(chances, key=lambda pair: pair[1])
    return (target, chance) if chance >= LEAST_CHANCE else None


def _line_to_hold(targets: Targets, now: Estimate) -> float:
    """The line that holds about 8 times in 10 by own history, never better than now; else the worse end of now."""
    higher = targets.watched.metric.better is Better.HIGHER
    if targets.targets:
        return (min if higher else max)(targets["safe"].target, now.value)
    worse = now.low if higher else now.high
    return now.value if worse is None or not math.isfinite(worse) else worse
