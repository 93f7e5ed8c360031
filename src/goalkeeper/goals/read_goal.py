"""Reads the table of one goal: its metric and segment, shape and values, owners, counterweights, milestones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from goalkeeper.errors import UsageError
from goalkeeper.formulas.predicate import MOST_CHARACTERS
from goalkeeper.goals.keys import ALLOW_KEYS, COUNTERWEIGHT_KEYS, GOAL_KEYS, MILESTONE_KEYS, OF_ONE_PERSON, OWNER_KINDS
from goalkeeper.goals.notes import Notes
from goalkeeper.goals.plan import (
    MEASURE,
    TARGET_KEYS,
    Acceptance,
    Counterweight,
    Goal,
    Milestone,
    Owner,
    Shape,
    Watched,
)
from goalkeeper.goals.values import parse_limit, parse_value
from goalkeeper.measure.periods import FIRST, LAST
from goalkeeper.metrics import Metric
from goalkeeper.tomlfile import Path_

_SHAPES = {key: shape for shape, key in TARGET_KEYS.items()}


def read_goal(notes: Notes, data: Any, path: Path_, since: date | None, last: date | None) -> Goal | None:
    """The goal of a table, or None where its metric or its target cannot be read."""
    own = notes.table(data, GOAL_KEYS, path)
    return _GoalReader(notes, own, path, since, last).goal() if isinstance(data, dict) else None


def read_allow(notes: Notes, own: Mapping[str, Any], path: Path_) -> tuple[Acceptance, ...]:
    """The rules that may be broken; a plain code takes the reason from the `because` beside `allow`."""
    found = []
    for number, each in enumerate(own.get("allow", ())):
        here = (*path, "allow", number)
        table = {"rule": each, "because": own.get("because", "")}
        if not isinstance(each, str):
            table = notes.table(each, ALLOW_KEYS, here)
        elif not table["because"]:
            notes.wrong(here, f"{each} is allowed without a reason.", 'Write because = "…" beside `allow`.')
        if table.get("rule") and table.get("because"):
            found.append(Acceptance(here, table["rule"], table["because"]))
    return tuple(found)


@dataclass
class _GoalReader:
    notes: Notes
    own: dict[str, Any]
    path: Path_
    since: date | None
    last: date | None

    def goal(self) -> Goal | None:
        own = self.own
        shape, by, owners, allow = self.shape(), self.due(), self.owners(), read_allow(self.notes, own, self.path)
        watched = self.watched(own, self.path, None)
        if watched is None:
            return None
        low, high = self.band(watched)
        made = Goal(
            path=self.path,
            id=own.get("id", ""),
            name=own.get("name", watched.words),
            watched=watched,
            shape=shape or Shape.REACH,
            start=self.start(watched),
            to=self.value(own, "hold" if shape is Shape.HOLD else "to", watched, self.path),
            low=low,
            high=high,
            rising=own["trend"] == "rising" if shape is Shape.RISE else None,
            by=by,
            owners=owners,
            priority=own.get("priority"),
            because=own.get("because", ""),
            must_not_get_worse=tuple(self.counterweights(watched)),
            milestones=tuple(sorted(self.milestones(watched, by or self.last), key=lambda each: each.by)),
            reward=own.get("reward", ""),
            watch_gaming=own.get("watch_gaming", False),
            allow=allow,
        )
        return made if shape and (made.to, made.low, made.rising) != (None, None, None) else None

    def shape(self) -> Shape | None:
        named = [key for key in _SHAPES if key in self.own]
        if len(named) > 1:
            found = f"`{named[0]}` and `{named[1]}` are two goals in one."
            self.notes.wrong((*self.path, named[1]), found, "Write one of them.", key=True)
        elif not named and not any((*self.path, key) in self.notes.toml.spans for key in _SHAPES):
            valid = 'Write one of to = …, hold = …, range = […, …], trend = "rising".'
            self.notes.wrong(self.path, "it has no target.", valid, key=True)
        return _SHAPES[named[0]] if len(named) == 1 else None

    def watched(self, own: Mapping[str, Any], path: Path_, goal: Watched | None) -> Watched | None:
        """The metric of a table and how it is read; a counterweight takes segment and clock of its goal."""
        if "metric" not in own:
            return None
        metric = self.notes.metrics.get(own["metric"])
        if metric is None:
            self.notes.unknown("metric", own["metric"], self.notes.metrics, (*path, "metric"))
            return None
        variant = own.get("variant", "")
        if variant and not self.known(own, "variant", metric.variants, path):
            return None
        formula = metric.variant(variant)
        if "statistic" in own and not self.known(own, "statistic", formula.statistics, path):
            return None
        clock = own.get("clock", "")
        if clock and not formula.has_clock:
            self.notes.wrong(
                (*path, "clock"), f"{metric.name} is the same on both clocks.", "Leave it out.", key=True
            )  # fmt: skip
            return None
        where = self.segment(own, path, metric, variant)
        if where is None:
            return None
        if goal is not None:
            clock = clock or (goal.clock if formula.has_clock else "")
            if "where" not in own:
                splits = metric.dataset(variant).splits
                where = {split: values for split, values in goal.where.items() if split in splits}
        made = Watched(metric, variant, own.get("statistic", ""), clock, where)
        if len(made.condition) > MOST_CHARACTERS:
            self.notes.wrong((*path, "where"), "the segment names too many values.", "Take a coarser split.")
            return None
        return made

    def known(self, own: Mapping[str, Any], key: str, valid: Iterable[str], path: Path_) -> bool:
        names = tuple(valid)
        if own[key] not in names:
            self.notes.unknown(key, own[key], names, (*path, key))
        return own[key] in names

    def segment(
        self, own: Mapping[str, Any], path: Path_, metric: Metric, variant: str
    ) -> dict[str, tuple[str, ...]] | None:
        splits, where = metric.dataset(variant).splits, dict[str, tuple[str, ...]]()
        for split, values in own.get("where", {}).items():
            if split in splits and split in OF_ONE_PERSON:
                self.notes.wrong(
                    (*path, "where", split),
                    "it is about single people, and everybody reads a plan.",
                    f"Valid: {', '.join(each for each in splits if each not in OF_ONE_PERSON)}.",
                    key=True,
                )
            elif split not in splits:
                self.notes.unknown("split", split, splits, (*path, "where", split), key=True)
            else:
                where[split] = (values,) if isinstance(values, str) else tuple(values)
        return where if len(where) == len(own.get("where", {})) else None

    def start(self, watched: Watched) -> float | Literal["measure"] | None:
        if self.own.get("from") == MEASURE:
            return "measure"
        return self.value(self.own, "from", watched, self.path)

    def value(self, own: Mapping[str, Any], key: str, watched: Watched, path: Path_) -> float | None:
        return self.number(own[key], watched, (*path, key)) if key in own else None

    def number(self, raw: object, watched: Watched, path: Path_) -> float | None:
        try:
            return parse_value(raw, watched.metric.unit)
        except UsageError as error:
            self.notes.wrong(path, error.message, error.hint)
            return None

    def band(self, watched: Watched) -> tuple[float | None, float | None]:
        if "range" not in self.own:
            return None, None
        here = (*self.path, "range")
        low, high = (self.number(each, watched, (*here, number)) for number, each in enumerate(self.own["range"]))
        if low is None or high is None:
            return None, None
        if low >= high:
            self.notes.wrong(here, "the first value is not below the second.", "Write the lower one first.")
            return None, None
        return low, high

    def due(self) -> date | None:
        by: date | None = self.own.get("by")
        if by is None:
            return None
        if not FIRST <= by < LAST:
            self.notes.wrong((*self.path, "by"), f"the due day {by} is out of range.", f"Valid: {FIRST} to {LAST}.")
            return None
        if self.since is not None and by < self.since:
            self.notes.wrong((*self.path, "by"), f"the due day {by} lies before the plan begins, on {self.since}.")
            return None
        return by

    def owners(self) -> tuple[Owner, ...]:
        given = self.own.get("owner", [])
        found: dict[Owner, None] = {}  # an owner named twice counts once
        for text in [given] if isinstance(given, str) else given:
            kind, _, name = (part.strip() for part in text.partition(":"))
            if kind in OWNER_KINDS and name:
                found[Owner(kind, name)] = None
            else:
                valid = 'Write "team:…", "agent:…" or "person:…" and the name.'
                self.notes.wrong((*self.path, "owner"), f"'{text}' is no owner.", valid)
        return tuple(found)

    def counterweights(self, goal: Watched) -> Iterable[Counterweight]:
        for number, each in enumerate(self.own.get("must_not_get_worse", ())):
            here = (*self.path, "must_not_get_worse", number)
            own = self.notes.table(each, COUNTERWEIGHT_KEYS, here)
            watched = self.watched(own, here, goal)
            if watched is None or "limit" not in own:
                continue
            if watched == goal:
                self.notes.wrong((*here, "metric"), "a goal is no counterweight of its own.", "Name another metric.")
                continue
            try:
                limit = parse_limit(own["limit"], watched.metric.unit, watched.metric.better)
            except UsageError as error:
                self.notes.wrong((*here, "limit"), error.message, error.hint)
                continue
            yield Counterweight(here, watched, limit, self.value(own, "from", watched, here))

    def milestones(self, watched: Watched, due: date | None) -> Iterable[Milestone]:
        for number, each in enumerate(self.own.get("milestones", ())):
            here = (*self.path, "milestones", number)
            own = self.notes.table(each, MILESTONE_KEYS, here)
            to, by = self.value(own, "to", watched, here), own.get("by")
            if to is None or by is None:
                continue
            if (self.since and by < self.since) or (due and by > due):
                self.notes.wrong((*here, "by"), f"the day {by} is not on the way.", f"The goal is due on {due}.")
                continue
            yield Milestone(here, by, to)
