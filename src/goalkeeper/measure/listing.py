"""Lists the very rows that a number counts, those that wait and those left out: what stands behind each cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from goalkeeper.engines.listing import COUNTED, HIT, LEFT_OUT, LISTED, MINUS, MISS, PENDING, PLUS, listing_sql
from goalkeeper.engines.text import literal
from goalkeeper.errors import UnknownName, UsageError
from goalkeeper.formulas import Part
from goalkeeper.measure import fetch
from goalkeeper.measure.cover import cover_of, needs_cover
from goalkeeper.measure.measure import Question, asked_of, periods_of
from goalkeeper.measure.periods import Period, day_of
from goalkeeper.measure.silence import of_who_tells
from goalkeeper.metrics import Metric
from goalkeeper.warehouse.store import Store, of_one_state
from goalkeeper.warehouse.told import told

STANDS = (HIT, PLUS, MISS, MINUS, COUNTED, PENDING, LEFT_OUT)
MOST_COLUMNS = 3
MOST_ROWS = 50_000
_OF_PEOPLE = ("agent", "owner")  # who did it is nobody's business on a list of rows


@dataclass(frozen=True, slots=True)
class Listed:
    """One row: how it stands, why it is left out, its day, its number, its columns, and the ticket it is of."""

    stands: str
    why: str
    day: date | None
    value: float | None
    columns: tuple[str | None, ...]
    source: str = ""
    ticket_id: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """Some rows of one cell; ``counts`` says how all of them stand, ``n`` how many the number rests on."""

    metric: Metric
    period: Period
    statistic: str
    clock: str
    names: tuple[str, ...]
    has_tickets: bool
    counts: Mapping[str, int]
    rows: tuple[Listed, ...]

    @property
    def n(self) -> int:
        """How many rows are counted; statistics of those that finished look at no others."""
        counted = (HIT,) if self.statistic.startswith("finished_") else (HIT, PLUS, MISS, MINUS, COUNTED)
        return sum(self.counts.get(name, 0) for name in counted)


def can_list(metric: Metric, variant: str = "") -> bool:
    """Whether a metric is counted from rows one by one that may be shown."""
    formula = metric.variant(variant)
    return isinstance(formula, LISTED) and not formula.people


@of_one_state
def listing(
    store: Store,
    metric: Metric,
    question: Question,
    *,
    zone: str,
    segment: tuple[str, str | None] | None = None,
    stands: str = "",
    offset: int = 0,
    limit: int = 100,
) -> Listing:
    """The rows behind the one cell of a question without splits, newest first; UsageError as `measure`.

    ``segment`` is a split and its value (None where it is not known); ``stands`` takes only rows that stand so.
    """
    if stands and stands not in STANDS:
        raise UnknownName("standing", stands, STANDS, where=metric.key)
    formula, data = metric.variant(question.variant), metric.dataset(question.variant)
    if not can_list(metric, question.variant):
        why = "its rows are answers of employees" if formula.people else "it follows customers or staff through a time"
        raise UsageError(f"{metric.name} has no list of rows: {why}.", where=metric.key)
    test = _test(metric, data.splits, segment)
    if test and not isinstance(formula, Part):
        question = replace(question, where=f"({question.where}) AND {test}" if question.where else test)
    statistic = question.statistic or metric.headline(question.variant)
    of_all, clock = asked_of(metric, replace(question, by=(), every=""), statistic)
    asked, _ = of_who_tells(of_all, told(store))
    names = tuple(name for name in data.splits if name not in (*_OF_PEOPLE, "source"))[:MOST_COLUMNS]
    has_tickets = "ticket_key" in data.names
    with fetch.blamed(question.where):
        cover = cover_of(store, formula, data, zone) if needs_cover(formula) else None
        spans = periods_of(store, of_all, replace(question, every=""), cover)
        if not spans:
            raise UsageError("there is no row yet.", where=metric.key, hint="Load data that it counts.")
        fetch.give_times(store, asked.formula, spans, zone, cover)
        columns = (*names, *(("ticket_key",) if has_tickets else ()))
        inner = listing_sql(asked, columns, test if isinstance(formula, Part) else "")
        counts = dict(store.rows(f"SELECT stands, count(*) FROM ({inner}) GROUP BY stands"))
        chosen = f" WHERE stands = {literal(stands)}" if stands else ""
        order = ", ".join(("day_number DESC NULLS LAST", *(("ticket_key",) if has_tickets else ()), "value", *names))
        found = store.rows(
            f"SELECT l.*{', k.source_id, k.ticket_id, k.subject' if has_tickets else ''} FROM (SELECT * FROM ({inner})"
            f"{chosen} ORDER BY {order} LIMIT {int(limit)} OFFSET {int(offset)}) l "
            f"{'LEFT JOIN canon.tickets k USING (ticket_key)' if has_tickets else ''} ORDER BY {order}"
        )
    rows = tuple(_row(each, len(names), has_tickets) for each in found)
    return Listing(metric, spans[0], statistic, clock, names, has_tickets, counts, rows)


def _row(row: tuple[object, ...], width: int, has_tickets: bool) -> Listed:
    columns = tuple(None if cell is None else str(cell) for cell in row[:width])
    day, stands, why, value = row[width + has_tickets : width + has_tickets + 4]
    ticket = tuple("" if cell is None else str(cell) for cell in row[-3:]) if has_tickets else ("", "", "")
    assert day is None or isinstance(day, int)
    number = float(value) if isinstance(value, int | float) else None
    return Listed(str(stands), str(why or ""), None if day is None else day_of(day), number, columns, *ticket)


def _test(metric: Metric, splits: tuple[str, ...], segment: tuple[str, str | None] | None) -> str:
    """The condition of a segment; UnknownName for what is no split."""
    if segment is None:
        return ""
    split, value = segment
    if split not in splits:
        raise UnknownName("split", split, splits, where=metric.key)
    return f"{split} IS NULL" if value is None else f"{split} = {literal(value)}"
