"""What sums are kept of: formulas over days that count rows or their values, each on each of its clocks."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from goalkeeper.datasets import DATASETS, Dataset
from goalkeeper.datasets.work import OF_TICKET, PROMISES, promises_sql
from goalkeeper.engines.sql import Asked
from goalkeeper.formulas import Formula, Index, Mean, Part, Quantile, Rate, Share, TimeTo
from goalkeeper.formulas.shapes import CALENDAR, WORKING
from goalkeeper.metrics import Metric
from goalkeeper.tickets.stored import TICKET_ROWS, TURN_ROWS, tickets_sql, turns_sql

# The datasets whose rows change ticket by ticket, with the test of those whose values grow as time passes, though
# nothing of their tickets is computed anew. Of the tickets themselves all that grows is. Other datasets are made whole.
STEPWISE: Mapping[str, str] = {
    "tickets": "",
    "turns": "answered IS FALSE AND turn_left_out IS NULL",
    "promises": "",
}
# Where their rows stand, each dataset's own first.
STANDS_IN: Mapping[str, tuple[str, ...]] = {
    "tickets": (TICKET_ROWS,),
    "turns": (TURN_ROWS, TICKET_ROWS),
    "promises": (PROMISES, TICKET_ROWS),
}
_OF_TICKET = tuple(column.name for column in OF_TICKET)
# What grows with time alone, on rows that nothing else changes: only whether a window is open may look at it.
_GROWING = ("horizon_at", "followed_s", "followed_working_s", "quiet_s", "solved_followed_s")


def piece_sql(
    dataset: str,
    horizons: str,
    sources: Mapping[str, str] = MappingProxyType({}),
    *,
    former: str = "",
    only: Collection[str] = (),
) -> str:
    """The rows of a dataset over what is stored, as they are, or were, up to those horizons.

    Of a table of `STANDS_IN` only some rows where ``sources`` has a query of them. With ``former`` horizons each column
    that grows is there also as it was up to those: see ``up_to_former``. ``only`` are the columns given, of promises
    all.
    """
    rows, tickets = (sources.get(table, table) for table in (STANDS_IN[dataset][0], TICKET_ROWS))
    match dataset:
        case "tickets":
            return tickets_sql(rows, horizons, former, only)
        case "turns":
            return turns_sql(*_OF_TICKET, rows=rows, tickets=tickets, horizons=horizons, former=former, only=only)
    return promises_sql(rows, tickets, horizons, former)


def up_to_former(dataset: str, test: str) -> str:
    """A test of a dataset's row, of the columns as they were up to the former horizons."""
    grown = [each.name for each in DATASETS[dataset].columns if "clock_" in each.given or each.name == "horizon_at"]
    return re.sub(rf"\b({'|'.join(grown)})\b", r"former_\1", test) if grown else test


COUNTED = (Share, Index, Rate, Part)
VALUED = (TimeTo, Mean, Quantile)


@dataclass(frozen=True, slots=True)
class Definition:
    """One formula on one clock, under a key that its meaning gives."""

    key: str
    asked: Asked

    @property
    def counts(self) -> dict[str, str]:
        """The sums of a counted formula by name: which of the counted rows each counts."""
        match self.asked.formula:
            case Share() as formula:
                return {"n": "true", "k": self.asked.text(formula.hits)}
            case Index() as formula:
                return {"n": "true", "plus": self.asked.text(formula.plus), "minus": self.asked.text(formula.minus)}
            case _:
                return {"n": "true"}

    @property
    def value(self) -> str:
        """The value of a valued formula."""
        formula = self.asked.formula
        return self.asked.text(formula.values[0])

    @property
    def done(self) -> str:
        """Whether a row reached what is waited for; true where nothing is."""
        formula = self.asked.formula
        return self.asked.text(formula.done) if isinstance(formula, TimeTo) else "true"


def key_of(asked: Asked) -> str:
    """The key of a formula on a clock: the same for the same meaning, whatever the split or the condition."""
    formula, clock = asked.formula, asked.clock if asked.formula.has_clock else CALENDAR
    texts = repr((type(formula).__name__, formula, asked.source, asked.left_out, clock))
    return hashlib.sha256(texts.encode()).hexdigest()[:12]


def definitions(metrics: Iterable[Metric]) -> dict[tuple[str, str], list[Definition]]:
    """The definitions by dataset and by the column of their day."""
    found: dict[tuple[str, str], dict[str, Definition]] = {}
    for metric in metrics:
        for variant in ("", *metric.variants):
            formula, data = metric.variant(variant), metric.dataset(variant)
            if not can_keep(formula, data):
                continue
            for clock in (CALENDAR, WORKING) if formula.has_clock else (CALENDAR,):
                asked = Asked(formula, data.source, data.left_out, clock=clock)
                definition = Definition(key_of(asked), asked)
                found.setdefault((data.name, formula.at), {})[definition.key] = definition
    return {place: list(each.values()) for place, each in found.items()}


def can_keep(formula: Formula, data: Dataset) -> bool:
    """Whether sums of such a formula are kept: of stored rows, and not of money or of employees' answers."""
    if not isinstance(formula, (*COUNTED, *VALUED)) or formula.people or formula.currency or data.on_demand:
        return False
    if data.name in STEPWISE:
        texts = " ".join(text for text in formula.texts if text != formula.pending)
        return not any(name.replace("_s", "{clock}_s") in texts or name in texts for name in _GROWING)
    return bool(data.query) and data.source == f"facts.{data.name}"
