"""Which schedule applies: rules by brand, channel and team; the first that matches wins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from goalkeeper.calendars.schedule import ALWAYS, Schedule
from goalkeeper.errors import UnknownName

SPLITS = ("brand", "channel", "team")


@dataclass(frozen=True, slots=True)
class ScheduleRule:
    """The schedule of the records whose every named field has one of the named values."""

    schedule: str
    when: tuple[tuple[str, tuple[str, ...]], ...]

    def matches(self, record: Mapping[str, str | None]) -> bool:
        """Whether the rule applies to a record of brand, channel and team; a missing value never does."""
        return all(record.get(field) in values for field, values in self.when)


@dataclass(frozen=True, slots=True)
class Schedules:
    """The schedules of a workspace, the built-in "24x7" last, and the rules that choose between them.

    A schedule's key is its place in `schedules`; where no rule applies it is 0, the first schedule.
    """

    schedules: tuple[Schedule, ...] = (ALWAYS,)
    rules: tuple[ScheduleRule, ...] = ()

    def key(self, schedule_id: str) -> int:
        """The key of a schedule; UnknownName where there is none."""
        ids = [schedule.id for schedule in self.schedules]
        if schedule_id not in ids:
            raise UnknownName("schedule", schedule_id, ids)
        return ids.index(schedule_id)

    def key_for(self, record: Mapping[str, str | None]) -> int:
        """The key of the schedule that applies to a record of brand, channel and team."""
        found = (rule.schedule for rule in self.rules if rule.matches(record))
        schedule_id = next(found, None)
        return 0 if schedule_id is None else self.key(schedule_id)

    def key_sql(self, columns: Mapping[str, str]) -> str:
        """The key as an SQL expression; `columns` says the expression of brand, channel and team.

        A rule about a field that has no column never applies.
        """
        cases = [
            f"WHEN {' AND '.join(_one_of(columns[field], values) for field, values in rule.when)} "
            f"THEN {self.key(rule.schedule)}"
            for rule in self.rules
            if all(field in columns for field, _ in rule.when)
        ]
        return f"CASE {' '.join(cases)} ELSE 0 END" if cases else "0"


def _one_of(column: str, values: tuple[str, ...]) -> str:
    quoted = ("'" + value.replace("'", "''") + "'" for value in values)
    return f"{column} IN ({', '.join(quoted)})"
