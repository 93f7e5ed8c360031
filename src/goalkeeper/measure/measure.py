"""Measures one metric: its sums from the engine, per period and split, made into estimates."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, timedelta
from functools import partial
from typing import TypeVar
from zoneinfo import ZoneInfo

import sqlglot

from goalkeeper.datasets import Dataset
from goalkeeper.engines.sql import Asked, left_out_sql
from goalkeeper.errors import UnknownName, UsageError
from goalkeeper.formulas import (
    Arrivals,
    Departures,
    Formula,
    Level,
    LevelRatio,
    LevelShare,
    Part,
    Predicate,
    Rate,
    Retained,
    RetainedAmount,
    Spans,
    Total,
)
from goalkeeper.formulas.shapes import CALENDAR, WORKING
from goalkeeper.measure import fetch
from goalkeeper.measure.cover import Cover, cover_of, needs_cover
from goalkeeper.measure.estimates import Cell, Estimates
from goalkeeper.measure.periods import EVERY, Period, after, begin, day_number, day_of, last_day_over, periods
from goalkeeper.measure.privacy import refuse_other_columns, tellable
from goalkeeper.measure.reach import EVERYWHERE, Reach, reach_of
from goalkeeper.measure.silence import of_who_tells
from goalkeeper.measure.sources import cover_by_source, cut_off, days_sql, reach_of_sources
from goalkeeper.measure.statistics import QUANTILES, Rows, currency, estimate
from goalkeeper.metrics import Metric
from goalkeeper.metrics.needs import NO_ROWS, NOTHING_UNTOLD, Untold
from goalkeeper.stats.estimate import Estimate, Floors, NoEstimate, Result
from goalkeeper.stats.mean import EQUAL, limits_of_equal
from goalkeeper.sums import Kept, kept_sums
from goalkeeper.sums.definitions import VALUED
from goalkeeper.warehouse.known import epoch_ms, newest_moment
from goalkeeper.warehouse.store import Store, of_one_state
from goalkeeper.warehouse.told import told

FLOORS = Floors()
MOST_SPLITS = 4
T = TypeVar("T")
Method = Callable[[Formula, Rows, str, float, int], tuple[Result, int]]
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of a metric; ``until`` is the day after the last one. Empty means: all there is."""

    by: tuple[str, ...] = ()
    where: str = ""
    since: date | None = None
    until: date | None = None
    every: str = ""
    clock: str = ""
    statistic: str = ""
    variant: str = ""
    level: float = 0.95


@dataclass(frozen=True, slots=True)
class Sums:
    """The rows of each period and split as the queries gave them, and what is left out of each; `header` has no cells.

    Rows of several periods add: their columns, one behind the other, are those of the periods together.
    """

    header: Estimates
    spans: tuple[Period, ...]
    cover: Cover | None
    groups: Mapping[fetch.Key, Rows]
    left: Mapping[fetch.Key, Mapping[str, int]]
    rounded: bool = False  # its values are those of log buckets
    untold: Untold = NOTHING_UNTOLD
    reach: Reach = EVERYWHERE
    of_sources: Mapping[str, Reach] = field(default_factory=dict)  # where several add up

    @property
    def formula(self) -> Formula:
        """The formula that was asked."""
        return self.header.metric.variant(self.header.variant)

    def days(self, span: Period, by: fetch.Split = ()) -> int:
        """How many days of a period the data covers, of the cell's source; 0 where a number does not depend on them."""
        cover = self.cover
        if cover and by and "source" in self.header.splits:
            cover = cover.of_source.get(by[self.header.splits.index("source")], cover)
        return cover.days(span) if cover else 0

    def unknown(self, span: Period) -> NoEstimate | None:
        """Why nothing can be said of a period where not all that the number needs is known; None where it is."""
        reach, day = self.reach, span.last
        if isinstance(self.formula, Spans):
            day = min(day, self.cover.last) if self.cover else day
            looks_at_start = isinstance(self.formula, Retained | RetainedAmount | Arrivals | Departures)
            if reach.holds(day) and (not looks_at_start or reach.holds(span.since)):
                return None
            day = span.since if looks_at_start else day
        elif reach.clip(span):
            return None
        if reach.first and reach.back and day < reach.first:
            have = max(day - (reach.first - reach.back), timedelta(0))
            return NoEstimate("history", have.total_seconds(), reach.back.total_seconds())
        return NoEstimate("no_data", what=self.header.metric.counted(self.header.variant))

    def is_so_far(self, span: Period, question: Question, zone: str) -> bool:
        """Whether a number of that period grows as the period goes on; a range up to all there is does not."""
        has_end = bool(question.every or question.until)
        return (
            has_end
            and isinstance(self.formula, GROWING)
            and span.is_open(question.every, epoch_ms(self.header.as_of), zone)
        )


@of_one_state
def measure(store: Store, metric: Metric, question: Question, *, zone: str) -> Estimates:
    """The metric's cells; UsageError where the question names what the metric does not have.

    Every period of the range has a cell for each split value seen in the range, so an empty one says so.
    """
    return measure_together(store, metric, (question,), zone=zone)[0]


@of_one_state
def measure_together(store: Store, metric: Metric, questions: Sequence[Question], *, zone: str) -> list[Estimates]:
    """What `measure` gives for each of some questions that differ in their days alone, with the rows read once."""
    known: dict[tuple[date, date, fetch.Split], tuple[Result, int]] = {}
    found = [_measured(sums, _in_days(metric, question), zone, known) for sums, question in
             zip(fetch_together(store, metric, questions, zone=zone), questions, strict=True)]  # fmt: skip
    return _without_small_groups(store, found, questions[0], zone)


def _measured(
    sums: Sums, question: Question, zone: str, known: dict[tuple[date, date, fetch.Split], tuple[Result, int]]
) -> Estimates:
    """The cells of sums; ``known`` holds the numbers of days and splits that other questions asked for too."""
    seen = {by for _, by in (*sums.groups, *sums.left)} if question.by else {()}
    fetch.refuse_too_many(len(seen) * len(sums.spans))
    cells = []
    for number, span in enumerate(sums.spans):
        is_open = sums.is_so_far(span, question, zone)
        for by in sorted(seen, key=lambda by: [(part is None, part or "") for part in by]):
            rows = sums.groups.get((number, by), {})
            if (key := (span.since, span.until, by)) not in known:
                known[key] = value_of(sums, rows, span, by=by)
            value, n = known[key]
            pending = int(rows["pending"].sum()) if rows else 0
            out = dict(sorted(sums.left.get((number, by), {}).items()))
            split = dict(zip(question.by, by, strict=True))
            so_far = is_open and isinstance(value, Estimate)
            cells.append(Cell(span, split, value, n, pending, out, currency(rows), so_far, sums.days(span, by)))
    return replace(sums.header, cells=tuple(cells))


def _without_small_groups(store: Store, found: list[Estimates], question: Question, zone: str) -> list[Estimates]:
    """The same where the answers are not of employees; else without the numbers that may not be told.

    What may be told is decided over all splits of the answers, whichever are asked, so that no two questions differ.
    """
    metric = found[0].metric
    if not metric.variant(question.variant).people or not any(cell.estimate for each in found for cell in each):
        return found
    splits = metric.dataset(question.variant).splits
    asked, _ = asked_of(metric, question, found[0].statistic)
    answers = [
        (day_of(day), tuple(by), n, bool(wanted))
        for day, *by, wanted, n in store.rows(_answers_sql(replace(asked, splits=splits, where="true"), asked.where))
    ]
    moment = found[0].as_of.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
    may = tellable(tuple((day, by, n) for day, by, n, _ in answers), last_day_over(moment) + ONE_DAY)
    wanted = {by for _, by, _, wanted in answers if wanted}
    places = [splits.index(split) for split in question.by]

    def may_be_told(cell: Cell) -> Cell:
        cut = tuple(cell.by.values())
        if not cell.estimate or may.may_tell(
            cell.period.since,
            cell.period.until,
            lambda by: by in wanted and tuple(by[place] for place in places) == cut,
        ):
            return cell
        return replace(cell, value=NoEstimate("people"))

    return [replace(each, cells=tuple(map(may_be_told, each))) for each in found]


def _answers_sql(asked: Asked, where: str) -> str:
    """How many rows count of each day and split, and whether a condition on the splits holds of them."""
    return (
        f"SELECT {', '.join((asked.formula.at, *asked.splits))}, ({where}) AS wanted, count(*) "
        f"FROM (SELECT *, {asked.judged} FROM {asked.source} WHERE {asked.rows} AND ({asked.reason}) IS NULL) "
        f"WHERE {_told(asked)} GROUP BY ALL ORDER BY ALL"
    )


def _told(asked: Asked) -> str:
    """SQL of whether a judged row stands in a number."""
    value = f" AND {asked.text(asked.formula.values[0])} IS NOT NULL" if isinstance(asked.formula, VALUED) else ""
    return f"(counted{value})"


def fetch_sums(store: Store, metric: Metric, question: Question, *, zone: str) -> Sums:
    """The rows that a question's cells rest on; UsageError as `measure`."""
    return fetch_together(store, metric, (question,), zone=zone)[0]


def fetch_together(store: Store, metric: Metric, questions: Sequence[Question], *, zone: str) -> list[Sums]:
    """The rows that the cells of each question rest on, where the questions differ in their days alone."""
    question, days = questions[0], list(map(partial(_in_days, metric), questions))
    statistic = question.statistic or metric.headline(question.variant)
    asked, clock = asked_of(metric, question, statistic)
    formula, data, where = asked.formula, metric.dataset(question.variant), asked.where
    header = Estimates(
        metric, question.variant, statistic, clock, question.level, newest_moment(store), question.by, ()
    )
    told_names = told(store)
    of_these, lacking = of_who_tells(asked, told_names)
    asked = asked if lacking.what else of_these  # the periods are those of all rows
    names = _columns(question, data) | (set() if lacking.only is None else {"source"})
    with fetch.blamed(question.where):
        if question.where:
            fetch.check_condition(store, data.source, where, question.where)
        cover = cover_of(store, formula, data, zone) if needs_cover(formula) or formula.depends_on_length else None
        cover = cover and cover_by_source(store, asked, data, cover, zone)
        reach = reach_of(store, formula, zone, told_names)
        if cover and isinstance(formula, Rate | Total):
            cover = cover.within(reach.first, reach.last)
        of_sources = {} if "source" in {*question.by, *names} else reach_of_sources(store, formula, data, zone)
        kept = kept_sums(store, asked, data.name, names)
        spans = [periods_of(store, asked, each, cover, kept) for each in days]
        if lacking.what:
            header = replace(header, untold="" if lacking.what == NO_ROWS else lacking.what)
            return [Sums(header, tuple(each), cover, {}, {}, untold=lacking) for each in spans]
        asked_for = [[span if isinstance(formula, Spans) else reach.clip(span) for span in each] for each in spans]
        every = {(span.since, span.until): span for each in asked_for for span in each if span}
        if not every:
            return [Sums(header, tuple(each), cover, {}, {}, reach=reach) for each in spans]
        fetch.give_times(store, formula, list(every.values()), zone, cover)
        groups = kept.values(store) if kept and kept.rounded else None
        if groups is None:
            kept = kept if kept and not kept.rounded else None
            groups = fetch.groups(fetch.answer(store, kept.sums if kept else fetch.query_of(asked)), asked.splits)
        elif len(questions) > 1:  # there may be few enough of one alone to tell exactly
            return [fetch_sums(store, metric, each, zone=zone) for each in questions]
        left = fetch.left_out(store, kept.left_out if kept else left_out_sql(asked))
    if isinstance(formula, Part):
        groups = fetch.parts(groups)
    places = {days: place for place, days in enumerate(every)}
    found = []
    for each, asked_of_each in zip(spans, asked_for, strict=True):
        numbers = {places[span.since, span.until]: number for number, span in enumerate(asked_of_each) if span}
        found.append(
            Sums(
                header,
                tuple(each),
                cover,
                _of(numbers, groups),
                _of(numbers, left),
                bool(kept and kept.rounded),
                lacking,
                reach,
                of_sources,
            )
        )
    return found


def _of(numbers: Mapping[int, int], parts: Mapping[fetch.Key, T]) -> dict[fetch.Key, T]:
    """The parts of some periods, by the numbers that these get."""
    return {(numbers[place], by): part for (place, by), part in parts.items() if place in numbers}


def _in_days(metric: Metric, question: Question) -> Question:
    if metric.every and not question.every and question.since is question.until is None:
        return replace(question, every=metric.every)
    return question


def seen_values(store: Store, metric: Metric, question: Question, since: date, until: date) -> set[str]:
    """The values of the question's one split that rows of these days have, what is left out aside; no value is ""."""
    (split,) = question.by
    asked, _ = asked_of(metric, question, metric.headline(question.variant))
    asked, lacking = of_who_tells(asked, told(store))
    data = metric.dataset(question.variant)
    kept = kept_sums(
        store, asked, data.name, _columns(question, data) | (set() if lacking.only is None else {"source"})
    )
    of_value = f"pending OR {_told(asked)}" if isinstance(asked.formula, VALUED) else "true"
    rows = (
        f"SELECT {asked.formula.at} AS day, {split}, 1 AS rows FROM (SELECT *, {asked.judged} FROM {asked.source} "
        f"WHERE {asked.rows} AND ({asked.reason}) IS NULL) WHERE {of_value}"
    )
    found = store.rows(
        f"SELECT coalesce({split}, '') FROM ({kept.cells if kept else rows}) WHERE day BETWEEN ? AND ? "
        "GROUP BY ALL HAVING sum(rows) > 0",
        [day_number(since), day_number(until) - 1],
    )
    return {value for (value,) in found}


def query_text(metric: Metric, question: Question) -> str:
    """The query that the numbers of a question rest on, laid out for people; UsageError as `measure`."""
    asked, _ = asked_of(metric, question, question.statistic or metric.headline(question.variant))
    return sqlglot.parse_one(fetch.query_of(asked), dialect="duckdb").sql("duckdb", pretty=True)


def asked_of(metric: Metric, question: Question, statistic: str) -> tuple[Asked, str]:
    """What is asked of the rows, and the clock that the number is read on."""
    formula, data = metric.variant(question.variant), metric.dataset(question.variant)
    _check(metric, formula, data.splits, statistic, question)
    if isinstance(formula, Part) and (own := _columns(question, data) & set(formula.splits)):
        raise UsageError(
            f"of one {min(own)} alone, it is always the whole.", where="--where", hint=f"Ask it by {min(own)}: --by."
        )
    if formula.people:
        refuse_other_columns(_columns(question, data), data.splits)
    clock = _clock(metric, formula, question.clock)
    where = Predicate(question.where, data.names, where="--where").sql() if question.where else "true"
    return Asked(formula, data.source, data.left_out, question.by, where, clock or CALENDAR), clock


def _check(metric: Metric, formula: Formula, splits: tuple[str, ...], statistic: str, question: Question) -> None:
    if statistic not in formula.statistics:
        raise UnknownName("statistic", statistic, formula.statistics, where=metric.key)
    for split in question.by:
        if split not in splits:
            raise UnknownName("split", split, splits, where=metric.key)
        if question.by.count(split) > 1:
            raise UsageError(f"the split '{split}' is named twice.", where=metric.key, hint="Name it once.")
    if len(question.by) > MOST_SPLITS:
        raise UsageError(f"{len(question.by)} splits at once.", hint=f"At most {MOST_SPLITS}.")
    if not 0.5 <= question.level < 1:
        raise UsageError(f"a level of {question.level:g}.", hint="Valid: from 0.5 to below 1, such as 0.95.")


def _clock(metric: Metric, formula: Formula, asked: str) -> str:
    """The clock the number is read on; empty where time of day plays no part."""
    if asked not in ("", CALENDAR, WORKING):
        raise UnknownName("clock", asked, (CALENDAR, WORKING), where=metric.key)
    if not formula.has_clock:
        if asked:
            raise UsageError(f"{metric.name} is the same on both clocks.", where=metric.key, hint="Leave --clock out.")
        return ""
    return asked or metric.clock


def _columns(question: Question, data: Dataset) -> frozenset[str]:
    """The columns that the question's condition looks at."""
    return Predicate(question.where, data.names).columns if question.where else frozenset()


def periods_of(
    store: Store, asked: Asked, question: Question, cover: Cover | None, kept: Kept | None = None
) -> list[Period]:
    """The asked periods; an end that is not given is that of the rows, or of what the data covers."""
    since, until = question.since, question.until
    if since is None or until is None:
        if not needs_cover(asked.formula):
            low, high = store.rows(kept.days if kept else days_sql(asked))[0]
            first, last = (None, None) if low is None else (day_of(low), day_of(high))
        else:
            first, last = (cover.first, cover.last) if cover else (None, None)
        if first is None or last is None:
            return []
        if since is None and until is not None and until <= first:
            return []
        if isinstance(asked.formula, Spans) and question.every in EVERY:  # they look at both ends of a whole period
            first, last = begin(first, question.every), after(begin(last, question.every), question.every) - ONE_DAY
        since = since or first
        until = until or max(last, since) + ONE_DAY
    return periods(since, until, question.every)


def value_of(
    sums: Sums, rows: Rows, span: Period, method: Method = estimate, by: fetch.Split = ()
) -> tuple[Result, int]:
    """The number of a cell, or why there is none, and the n it rests on."""
    asked, formula = sums.header, sums.formula
    what, days = asked.metric.counted(asked.variant), span.days
    if sums.untold.what:
        is_empty = sums.untold.what == NO_ROWS
        return NoEstimate("no_data", what=what) if is_empty else NoEstimate("not_told", what=sums.untold.what), 0
    if unknown := sums.unknown(span):
        return unknown, 0
    if needs_cover(formula):
        days = sums.days(span, by)
        if not days:
            return NoEstimate("no_data", what=what), 0
    value, n = method(formula, rows, asked.statistic, asked.level, days)
    if isinstance(value, Estimate):
        if value.note == EQUAL and method is estimate:
            value = limits_of_equal(value, *asked.metric.possible)
        value = value.within(*asked.metric.possible)
    if isinstance(value, Estimate) and (parted := cut_off(sums.of_sources, span)):
        value = _with_note(value, f"only part of it is known of {', '.join(parted)}")
    known = sums.reach.clip(span)
    if isinstance(formula, _OF_A_PERIOD):
        value = _with_days(value, days, span.days)
    elif isinstance(formula, Spans):
        if sums.cover and sums.cover.last < span.last:
            value = _with_note(value, f"as of {sums.cover.last}")
    elif known:
        value = _with_days(value, known.days, span.days)
    if sums.rounded and asked.statistic.removeprefix("finished_") in QUANTILES and isinstance(value, Estimate):
        value = _with_note(value, "to within 1 %")
    value = _with_note(value, sums.untold.note)
    if n < FLOORS.show and (n or isinstance(formula, LevelShare)) and not isinstance(formula, OF_EVENTS):
        value = NoEstimate("too_few", n, FLOORS.show)
    pending = int(rows["pending"].sum()) if rows else 0
    if pending and isinstance(value, NoEstimate) and value.reason == "no_data":
        value = NoEstimate("pending", pending)
    if isinstance(value, NoEstimate) and value.what == NoEstimate("no_data").what:  # it has no words of its own
        value = replace(value, what=what)
    return value, n


# A period that is covered in part says less of them; the others look at its last instant.
_OF_A_PERIOD = (Rate, Retained, RetainedAmount, Arrivals, Departures)
# Their number of a part of a period says less than that of a whole one; averages and shares of rows do not.
GROWING = (Rate, Total, Retained, RetainedAmount, Arrivals)
# Their n is an exposure, or the number itself, and not the rows that the number rests on.
OF_EVENTS = (Rate, Level, LevelRatio, Departures, Total)


def _with_note(value: Result, note: str) -> Result:
    """The number with one more note."""
    if not note or not isinstance(value, Estimate):
        return value
    return replace(value, note=f"{value.note}; {note}" if value.note else note)


def _with_days(value: Result, days: int, of: int) -> Result:
    return _with_note(value, f"the data covers {days:,} of {of:,} days") if days < of else value
