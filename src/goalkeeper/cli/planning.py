"""plan: targets from own history, agreed versions."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from goalkeeper.cli.opening import workspace_for
from goalkeeper.cli.recording import now, record
from goalkeeper.cli.screen import here, screen
from goalkeeper.cli.show import day_option, say, say_json, table, write
from goalkeeper.errors import UnknownName, UsageError
from goalkeeper.units import Unit, format_interval, format_value

if TYPE_CHECKING:
    from goalkeeper.goals import Goal, Watched
    from goalkeeper.goals.agreed import Agreed, FrozenGoal
    from goalkeeper.goals.plan import Plan
    from goalkeeper.goals.suggest import Targets
    from goalkeeper.metrics import Metric
    from goalkeeper.stats.forecast.suggest import Suggestion

_NEVER, _NO_GAIN = "*", "="


def new(workspace: str, stage: str, output: Path | None, owner: str, due: str) -> None:
    """Writes or prints a starter plan, and says what its own check finds."""
    from goalkeeper.cli.checking import evidence_of, show
    from goalkeeper.goals import Stage
    from goalkeeper.lint import check
    from goalkeeper.reports.plans import begun
    from goalkeeper.tomlfile import parse_toml

    if stage not in list(Stage):
        raise UnknownName("stage", stage, Stage, where="--stage")
    if output is not None and output.exists():
        raise UsageError("the file exists already.", where=str(output), hint="Give another name.")
    today = date.today()  # noqa: DTZ011 - the user's own day
    with evidence_of(workspace) as seen:
        text = begun(Stage(stage), owner, seen, today=today, due=day_option(due, "--due"))
        checkup = check(parse_toml(text, str(output or "plan")), today=today, evidence=seen)
    if output is None:
        say(text.rstrip("\n"))
    else:
        write(output, text)
        show(checkup)
        say(f"Wrote {output}. Read it and change it; then: goalkeeper plan agree {output}")


def suggest(
    workspace: str, key: str, by: str, segment: list[str], due: str, clock: str, statistic: str, variant: str,
    json: bool,
) -> None:  # fmt: skip
    """Prints targets with their chances, a line a segment."""
    from goalkeeper.documents.as_json import targets_json
    from goalkeeper.goals.history import History
    from goalkeeper.goals.outlook import next_due
    from goalkeeper.goals.suggest import by_split
    from goalkeeper.goals.suggest import suggest as targets_of
    from goalkeeper.metrics import metric

    with workspace_for(workspace) as opened, opened.store.snapshot():
        watched = watched_of(metric(key, opened.metrics), segment, clock, statistic, variant)
        history = History(opened)
        day = day_option(due, "--due") or next_due(history.until)
        if history.weeks(watched).ahead(day) < 1:
            raise UsageError(f"the due day {day} lies before the end of the data.", where="--due")
        today = date.today()  # noqa: DTZ011 - the user's own day
        parts = by_split(history, watched, by) if by else [watched]
        found = [targets_of(history, each, day, today) for each in parts]
    if json:
        say_json([targets_json(each, day) for each in found])
    else:
        show_targets(found, day)


def watched_of(found: Metric, segment: Sequence[str], clock: str, statistic: str, variant: str) -> Watched:
    """What a command watches; UsageError for what is no segment of the metric."""
    from goalkeeper.goals import Watched

    where, splits = dict[str, tuple[str, ...]](), found.dataset(variant).splits
    for each in segment:
        split, sign, value = (part.strip() for part in each.partition("="))
        if not (split and sign and value):
            raise UsageError(f"'{each}' is no segment.", where="--segment", hint="Write it as topic=billing.")
        if split not in splits:
            raise UnknownName("split", split, splits, where="--segment")
        where[split] = (*where.get(split, ()), value)
    return Watched(found, variant, statistic, clock, where)


def show_targets(found: Sequence[Targets], due: date) -> None:
    """Prints targets as a table, and what its marks mean."""
    from goalkeeper.goals.plan import JUDGED_WEEKS
    from goalkeeper.stats.forecast.suggest import CHANCES

    if not found:
        say("No data.")
        return
    watched = found[0].watched
    say(f"{watched.metric.name}: targets for {due}, judged by the last {JUDGED_WEEKS} weeks up to that day.")
    names = (*CHANCES, "good quarter")
    rows = [[each.watched.segment or "all", _now(each), *_cells(each, names)] for each in found]
    table(["segment", watched.recent_words, "best quarter", *names], rows)
    if has_chances := any(each.targets for each in found):
        chances = ", ".join(f"{name} about {chance * 10:g} times in 10" for name, chance in CHANCES.items())
        say(f"Reached: {chances}. A good quarter gains what a good own quarter gained, less what was chance.")
    marks = {mark for each in found for target in each.targets for mark in _marks(target)}
    if _NEVER in marks:
        say(f"{_NEVER} never reached before: beyond the best own quarter.")
    if _NO_GAIN in marks:
        say(f"{_NO_GAIN} no better than now: a line to hold, not a target to reach.")
    if any(each.words_only for each in found):
        say("Under 26 weeks of history: take the chances as words, likely, even, unlikely.")
    if has_chances:
        say("The chances hold if things go on as they did; they know nothing of what you plan to do.")
    for each in found:
        if each.benchmark:
            band, show = each.benchmark, each.watched.format
            sides = " to ".join(show(side) for side in (band.low, band.high) if side is not None)
            say(f"Others: {sides}, {band.words} ({band.source.title}). Own history comes first.")
            break


def _now(each: Targets) -> str:
    value = each.recent.estimate
    if value is None:
        return "cannot say"
    interval = format_interval(value.low, value.high, each.watched.metric.unit, days=each.watched.in_days)
    return f"{each.watched.format(value.value)} ({interval})"


def _cells(each: Targets, names: Sequence[str]) -> list[str]:
    if not each.targets:
        return [f"cannot say: {each.why_none}", *[""] * len(names)]
    show, named = each.watched.format, {target.name: target for target in each.targets}
    shown = [f"{show(named[name].target)} {_marks(named[name])}".strip() if name in named else "" for name in names]
    return [show(each.best), *shown]


def _marks(target: Suggestion) -> str:
    return _NEVER * target.never_reached + _NO_GAIN * target.no_gain


def agree(workspace: str, file: Path, json: bool) -> None:
    """Keeps a plan as its next version, if its check finds nothing; ends with 1 where it does."""
    from goalkeeper.documents.as_json import agreed_json
    from goalkeeper.goals.edit import write_back
    from goalkeeper.reports.plans import agree_to
    from goalkeeper.tomlfile import read_toml

    toml = replace(read_toml(here(file)), name=file.as_posix())
    with workspace_for(workspace, writes=True) as opened:

        def keep(agreed: Agreed) -> None:
            told = f"{toml.name}: {agreed.name}, version {agreed.version}, {agreed.hash[:12]}"
            record(opened, "plan agreed", told)

        today = date.today()  # noqa: DTZ011 - the user's own day
        checkup, agreed, is_new = agree_to(opened, toml, today=today, now=now(), keep=keep)
        if agreed is None:
            for finding in checkup.findings:
                print(finding, file=screen().err)
            print("Not agreed. Mend this, or allow it with a reason.", file=screen().err)
            sys.exit(1)
        plan = agreed.plan(opened.metrics)
    if agreed.text != toml.text:
        write_back(here(file), agreed.text)
    if json:
        say_json(agreed_json(agreed) | {"is_new": is_new})
    else:
        show_version(agreed, plan, is_new)


def show_version(agreed: Agreed, plan: Plan, is_new: bool) -> None:
    """Prints what was frozen."""
    if not is_new:
        say(f"'{agreed.name}' was agreed already, as version {agreed.version}; nothing changed since.")
        return
    say(f"Agreed '{agreed.name}' as version {agreed.version}.")
    rows = []
    for goal, frozen in zip(plan.goals, agreed.goals, strict=True):
        rows.append([goal.id, _start_words(goal, frozen), goal.aim_words, str(plan.due(goal) or ""), _chance(frozen)])
        for each, kept in zip(goal.must_not_get_worse, frozen.counterweights, strict=True):
            limit = f"at {'most' if each.limit.is_upper else 'least'} {each.watched.named(kept.bound)}"
            rows.append([f"  {each.watched.metric.name}", each.watched.format(kept.start.value), limit, "", ""])
    table(["goal", "start", "target, or limit", "due", "chance"], rows)


def _start_words(goal: Goal, frozen: FrozenGoal) -> str:
    start, show = frozen.start, goal.watched.format
    if start.low is None or start.high is None:
        return show(start.value) if start.value is not None else f"cannot say: {start.why}"
    interval = format_interval(start.low, start.high, goal.metric.unit, days=goal.watched.in_days)
    return f"{show(start.value)} ({'measured ' if start.is_given else ''}{interval})"


def _chance(frozen: FrozenGoal) -> str:
    told = frozen.forecast
    if told.chance is None:
        return told.words or f"cannot say: {told.why}"
    return f"{told.words}, {format_value(told.chance, Unit.SHARE, digits=0)}"


def versions(workspace: str, json: bool) -> None:
    """Prints all agreed versions."""
    from goalkeeper.documents.as_json import agreed_json
    from goalkeeper.goals.agreed import versions as every

    with workspace_for(workspace) as opened:
        found = every(opened.store)
    if json:
        say_json([agreed_json(each) for each in found])
    elif not found:
        say("No plan was agreed yet: goalkeeper plan agree FILE.")
    else:
        rows = [
            [each.name, f"{each.version}", f"{each.agreed_at:%Y-%m-%d %H:%M}", f"{len(each.goals)}", each.hash[:8],
             "" if each.is_intact else "changed since it was agreed"]
            for each in found
        ]  # fmt: skip
        table(["plan", "version", "agreed (UTC)", "goals", "hash", ""], rows, right=(1, 3))


def show_agreed(workspace: str, name: str, version: int, json: bool) -> None:
    """Prints the text of an agreed version."""
    from goalkeeper.documents.as_json import agreed_json
    from goalkeeper.goals.agreed import find_agreed

    with workspace_for(workspace) as opened:
        agreed = find_agreed(opened.store, name, version)
    if json:
        say_json(agreed_json(agreed))
    else:
        say(agreed.text.rstrip("\n"))


def note(workspace: str, goal: str, words: str, on: str, plan: str) -> None:
    """Keeps what was tried for a goal of an agreed plan."""
    from goalkeeper.goals.agreed import find_agreed, latest_name
    from goalkeeper.goals.tried import Tried
    from goalkeeper.goals.tried import note as keep

    with workspace_for(workspace, writes=True) as opened:
        agreed = find_agreed(opened.store, plan or latest_name(opened.store))
        ids = [each.id for each in agreed.goals]
        if goal not in ids:
            raise UnknownName("goal", goal, ids, where=agreed.name)
        day = day_option(on, "--on") or date.today()  # noqa: DTZ011 - the user's own day
        tried = Tried(goal, day, words)
        tried.check()
        with opened.store.writing("note"):
            record(opened, "plan note added", f"{agreed.name}: {goal} on {day}")
            keep(opened.store, agreed.name, tried, now())
    say(f"Noted for '{goal}' of '{agreed.name}' on {day}.")
