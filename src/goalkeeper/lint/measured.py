"""The evidence that a workspace gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import numpy as np

from goalkeeper.calendars import HOUR_MS
from goalkeeper.datasets.joins import merged
from goalkeeper.engines.text import quoted
from goalkeeper.formulas import Mean, Predicate
from goalkeeper.goals import Watched
from goalkeeper.goals.history import History, known_in, repr_of
from goalkeeper.goals.outlook import Weeks
from goalkeeper.goals.starter import Look
from goalkeeper.lint.check import Checkup, check
from goalkeeper.lint.evidence import NOT_SEEN, Response, Workload
from goalkeeper.measure.response import WEAK_RESPONSE, response_rate
from goalkeeper.metrics import METRICS, Aim, Group
from goalkeeper.stats.estimate import Estimate, Result
from goalkeeper.stats.forecast.series import Series
from goalkeeper.stats.partial import partial_correlation
from goalkeeper.stats.proportion import wilson
from goalkeeper.stats.sums import Floats
from goalkeeper.tomlfile import parse_toml, read_toml
from goalkeeper.units import Better
from goalkeeper.workspace import Workspace

_SHIFTS = (
    "(SELECT source_id, agent_id, kind, epoch_ms(started_at) AS a, epoch_ms(ended_at) AS b "
    "FROM canon.agent_shifts WHERE kind IN ('worked', 'scheduled'))"
)
_LOCAL_DAY = "CAST(timezone(?, timezone('UTC', make_timestamp_ms(a))) AS DATE)"
_AFTER_A_TICKET = "kind IN ('csat', 'ces')"
_LEVEL = 0.95


class Measured:
    """Evidence from a workspace; everything is looked up once."""

    def __init__(self, workspace: Workspace) -> None:
        self.history = History(workspace)
        self.store = workspace.store
        self._missing: dict[str, str] = {}
        self._known: dict[tuple[str, str], tuple[str, ...]] = {}

    def missing(self, watched: Watched) -> str:
        """An empty dataset, empty columns, or a segment without rows."""
        key = repr_of(watched)
        if key not in self._missing:
            self._missing[key] = self._look_for(watched)
        return self._missing[key]

    def _look_for(self, watched: Watched) -> str:
        data, formula = watched.metric.dataset(watched.variant), watched.metric.variant(watched.variant)
        if not self.store.one(f"SELECT count(*) FROM {data.source} d"):
            return f"no {data.rows} are loaded"
        among = Predicate(formula.among, data.names).sql()
        texts = [formula.on(watched.clock, text) for text in (formula.of, *formula.values)]
        columns = sorted({name for text in texts for name in Predicate(text, data.names).columns})
        counts = ", ".join(f"count({quoted(name)})" for name in columns)
        rows, *filled = self.store.rows(f"SELECT count(*), {counts or 1} FROM {data.source} d WHERE {among}")[0]
        if not rows:
            return f"none of the {data.rows} loaded are of this kind ({formula.among})"
        empty = [name for name, count in zip(columns, filled, strict=False) if not count]
        if empty and not isinstance(self.history.recent(watched).value, Estimate):
            listed = " and ".join(f"`{name}`" for name in empty)
            return f"{listed} {'is' if len(empty) == 1 else 'are'} empty in all {rows:,} {data.rows}"
        segment = Predicate(watched.condition, data.names).sql() if watched.where else "true"
        if self.unknown(watched) or self.store.one(
            f"SELECT count(*) FROM {data.source} d WHERE {among} AND ({segment})"
        ):
            return ""
        return f"no {data.rows} lie in the segment {watched.segment}"

    def unknown(self, watched: Watched) -> Mapping[str, tuple[str, tuple[str, ...]]]:
        """Values of `where` that no row of the dataset has."""
        data = watched.metric.dataset(watched.variant)
        found = {}
        for split, values in watched.where.items():
            key = (data.name, split)
            if key not in self._known:
                sql = f"SELECT DISTINCT {quoted(split)} FROM {data.source} d WHERE {quoted(split)} IS NOT NULL"
                self._known[key] = tuple(value for (value,) in self.store.rows(sql))
            for value in values:
                if self._known[key] and value not in self._known[key]:
                    found[split] = (value, self._known[key])
        return found

    def response(self, watched: Watched) -> Response | None:
        """Answered invitations of the same kind and segment; without any, answers among the solved tickets."""
        if watched.formula.dataset != "answers":
            return None
        span = self.history.recent(Watched(METRICS["survey_response_rate"])).period
        zone = self.history.workspace.settings.timezone
        rate = response_rate(self.store, watched.metric, watched.question(span.since, span.until), zone=zone)
        if rate is None:
            return None
        return Response(rate, "invitations") if isinstance(rate, Estimate) else self._coverage(watched)

    def _coverage(self, watched: Watched) -> Response | None:
        """Answers among the solved tickets, for surveys that are sent after a ticket."""
        data = watched.metric.dataset(watched.variant)
        answers = self.history.recent(watched).n
        among = Predicate(watched.metric.variant(watched.variant).among, data.names).sql()
        sent = self.store.one(f"SELECT count(*) FROM {data.source} d WHERE {among} AND {_AFTER_A_TICKET}")
        splits = METRICS["reopen_rate"].dataset().splits
        solved = Watched(METRICS["reopen_rate"], where={k: v for k, v in watched.where.items() if k in splits})
        tickets = self.history.recent(solved).n
        if not sent or not tickets or len(solved.where) < len(watched.where):
            return None
        return Response(wilson(min(answers, tickets), tickets), "solved tickets")

    def recent(self, watched: Watched) -> Result:
        """Over its recent weeks up to the end of the data."""
        return self.history.recent(watched).value

    def rows_coming(self, watched: Watched) -> float:
        """By the recent weeks that have any."""
        return self.history.rows_coming(watched)

    def weeks(self, watched: Watched) -> Weeks:
        """The whole weeks of the data."""
        return self.history.weeks(watched)

    def pull(self, one: Watched, other: Watched, level: float) -> Result:
        """The partial correlation of their weeks, apart from time and the number of tickets."""
        first, second = self._series(one), self._series(other)
        volume = self._series(Watched(METRICS["ticket_volume"]))
        n = min(len(first), len(second), len(volume) or max(len(first), len(second)))
        controls = [np.arange(n, dtype=float)]
        if len(volume):
            controls.append(np.log(np.maximum(volume[len(volume) - n :], 1e-9)))
        return partial_correlation(first[len(first) - n :], second[len(second) - n :], np.column_stack(controls), level)

    def _series(self, watched: Watched) -> Floats:
        """The weekly values, turned so that up is better."""
        values = Series.of_results(self.history.weeks(watched).results).values
        return -values if watched.metric.better is Better.LOWER else values

    def workload(self, watched: Watched) -> Workload | None:
        """Contacts and the hours worked, or planned, in an average week of the last quarter in which both are known."""
        formula = watched.metric.variant(watched.variant)
        if not isinstance(formula, Mean) or formula.value != "handle_s" or watched.where:
            return None
        span = self.history.recent(watched).period
        stretches = merged(_SHIFTS, "source_id, agent_id, kind")
        shifts = self.store.rows(
            f"SELECT kind, {_LOCAL_DAY} AS day, sum(b - a) / {HOUR_MS} FROM ({stretches}) "
            "WHERE day >= ? AND day < ? GROUP BY ALL",
            [self.history.workspace.settings.timezone, span.since, span.until],
        )
        is_worked = any(kind == "worked" for kind, *_ in shifts)
        hours = {day: each for kind, day, each in shifts if (kind == "worked") == is_worked}
        there, came = known_in(span, list(hours)), known_in(span, self.history.days(watched, span))
        if there is None or came is None:
            return None
        since, until = max(there.since, came.since), min(there.until, came.until)
        weeks = (until - since).days / 7
        worked = sum(each for day, each in hours.items() if since <= day < until)
        return Workload(self.history.over(watched, since, until).n / weeks, worked / weeks) if worked else None

    def link(self, watched: Watched) -> Result:
        """Its clearest weekly correlation with a number of retention, revenue or cost, so many looks allowed for."""
        outcomes = [each for each in _outcomes() if each.metric is not watched.metric and not self.missing(each)]
        level = 1 - (1 - _LEVEL) / max(1, len(outcomes))
        seen = [found for each in outcomes if isinstance(found := self.pull(watched, each, level), Estimate)]
        return max(seen, key=lambda found: abs(found.value), default=NOT_SEEN)


def check_plan(plan: Path | str, *, today: date, workspace: Workspace | None = None) -> Checkup:
    """The check of a plan, given as a path or as text; by own data too where a workspace is given."""
    toml = read_toml(plan) if isinstance(plan, Path) else parse_toml(plan, "plan")
    if workspace is None:
        return check(toml, today=today)
    return check(toml, today=today, evidence=Measured(workspace), metrics=workspace.metrics)


def look_into(seen: Measured) -> Look:
    """What a starter plan has to know of the same data."""

    def is_noisy(watched: Watched) -> bool:
        response = seen.response(watched)
        return response is not None and isinstance(response.rate, Estimate) and response.rate.value < WEAK_RESPONSE

    return Look(seen.history, seen.missing, is_noisy)


def _outcomes() -> Iterator[Watched]:
    for metric in METRICS.values():
        if Aim.RETENTION in metric.aims or metric.group is Group.STRATEGIC:
            yield Watched(metric)
