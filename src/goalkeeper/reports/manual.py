"""Builds the customer service manual: what a team agreed to, and how it works, as one view model."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from goalkeeper.calendars import ALWAYS, Schedule, WeeklyHours
from goalkeeper.errors import Findings
from goalkeeper.goals import Goal, Plan, Watched
from goalkeeper.goals.agreed import Agreed, FrozenGoal, find_agreed, latest_name, versions
from goalkeeper.goals.compare import Change, compare
from goalkeeper.goals.plan import JUDGED_WEEKS
from goalkeeper.sla import Policy
from goalkeeper.workspace import Workspace
from goalkeeper.workspace.settings import Settings

When = tuple[tuple[str, tuple[str, ...]], ...]
"""Fields and the values they may have; all fields must fit, any value of each does."""

_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class AgreedGoal:
    """A goal of the plan with what was frozen for it."""

    goal: Goal
    frozen: FrozenGoal
    due: date | None


@dataclass(frozen=True, slots=True)
class Definition:
    """How a metric of the plan is read: by the version it was agreed on; ``version_now`` is that of today."""

    watched: Watched
    version: str
    version_now: str

    @property
    def is_current(self) -> bool:
        """Whether the definition is still the one that was agreed on."""
        return self.version == self.version_now


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """A schedule, for whom it holds, and its closed days from ``since`` to ``last``.

    The default holds for everything that no rule names; ``hours`` are those in force on ``since`` and all later ones.
    """

    schedule: Schedule
    hours: tuple[WeeklyHours, ...]
    holds_for: tuple[When, ...]
    is_default: bool
    closed: tuple[tuple[date, str], ...]


@dataclass(frozen=True, slots=True)
class VersionNote:
    """One agreed version and what changed with it; ``why_none`` says why that cannot be told."""

    version: int
    agreed_on: date
    is_intact: bool
    changes: tuple[Change, ...] = ()
    why_none: str = ""


@dataclass(frozen=True, slots=True)
class Manual:
    """The manual of one agreed version; settings are those of today, closed days those of ``since`` to ``last``."""

    company: str
    plan: Plan
    version: int
    agreed_at: datetime
    agreed_on: date
    hash: str
    goals: tuple[AgreedGoal, ...]
    judged_weeks: int
    definitions: tuple[Definition, ...]
    working_times: tuple[WorkingTime, ...]
    promises: tuple[Policy, ...]
    specialist_teams: tuple[str, ...]
    since: date
    last: date
    history: tuple[VersionNote, ...]


def manual(workspace: Workspace, name: str = "", version: int = 0) -> Manual:
    """The manual of an agreed plan: the latest version of the plan agreed last, unless told otherwise."""
    agreed = find_agreed(workspace.store, name or latest_name(workspace.store), version)
    every = versions(workspace.store, agreed.name)
    plan, settings = agreed.plan(workspace.metrics), workspace.settings
    since = plan.since or agreed_on(workspace, agreed)
    last = max(plan.last or since, since + _YEAR)
    return Manual(
        company=settings.name,
        plan=plan,
        version=agreed.version,
        agreed_at=agreed.agreed_at,
        agreed_on=agreed_on(workspace, agreed),
        hash=agreed.hash,
        goals=tuple(
            AgreedGoal(goal, frozen, plan.due(goal)) for goal, frozen in zip(plan.goals, agreed.goals, strict=True)
        ),
        judged_weeks=JUDGED_WEEKS,
        definitions=_definitions(plan, agreed),
        working_times=_working_times(settings, since, last),
        promises=settings.policies,
        specialist_teams=_specialist_teams(workspace),
        since=since,
        last=last,
        history=_history(workspace, [each for each in every if each.version <= agreed.version]),
    )


def agreed_on(workspace: Workspace, agreed: Agreed) -> date:
    """The local day on which a version was agreed."""
    return agreed.agreed_at.replace(tzinfo=UTC).astimezone(ZoneInfo(workspace.settings.timezone)).date()


def _definitions(plan: Plan, agreed: Agreed) -> tuple[Definition, ...]:
    """Each reading of each metric once, goals first."""
    pairs = [(goal.watched, frozen.definition) for goal, frozen in zip(plan.goals, agreed.goals, strict=True)]
    for goal, frozen in zip(plan.goals, agreed.goals, strict=True):
        kept = zip(goal.must_not_get_worse, frozen.counterweights, strict=True)
        pairs += [(each.watched, beside.definition) for each, beside in kept]
    found: dict[tuple[str, ...], Definition] = {}
    for watched, version in pairs:
        reading = (watched.metric.key, watched.variant, watched.statistic, watched.clock, version)
        found.setdefault(reading, Definition(watched, version, watched.version))
    return tuple(found.values())


def _working_times(settings: Settings, since: date, last: date) -> tuple[WorkingTime, ...]:
    """All schedules; the built-in one only where it holds for somebody."""
    rules, named = settings.schedules.rules, {policy.schedule for policy in settings.policies}
    found = []
    for number, schedule in enumerate(settings.schedules.schedules):
        holds_for = tuple(rule.when for rule in rules if rule.schedule == schedule.id)
        if schedule != ALWAYS or number == 0 or holds_for or schedule.id in named:
            first = max(place for place, hours in enumerate(schedule.hours) if hours.valid_from <= since or not place)
            days = schedule.closed_days(since.year, last.year)
            closed = tuple((day, why) for day, why in days.items() if since <= day <= last)
            found.append(WorkingTime(schedule, schedule.hours[first:], holds_for, number == 0, closed))
    return tuple(found)


def _specialist_teams(workspace: Workspace) -> tuple[str, ...]:
    """The teams that cases escalate to: named in the settings, or above the first tier in the list of teams."""
    rows = workspace.store.rows(
        "SELECT DISTINCT coalesce(name, team_id) AS team FROM canon.teams WHERE tier >= 2 ORDER BY 1"
    )
    return tuple(dict.fromkeys((*workspace.settings.specialist_teams, *(name for (name,) in rows))))


def _history(workspace: Workspace, every: list[Agreed]) -> tuple[VersionNote, ...]:
    """All versions up to the one shown, newest first."""
    notes = []
    for before, after in zip([None, *every], every, strict=False):
        changes: tuple[Change, ...] = ()
        why = "" if before else "the first version"
        try:
            changes = compare(before, after, workspace.metrics) if before else ()
        except Findings:
            why = "one of the two versions can no longer be read"
        notes.append(VersionNote(after.version, agreed_on(workspace, after), after.is_intact, changes, why))
    return tuple(reversed(notes))
