"""What a measurement gives: one cell per period and split, and the same as JSON, Arrow or pandas."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from goalkeeper.measure.periods import Period
from goalkeeper.metrics import Metric
from goalkeeper.stats.estimate import Estimate, NoEstimate, Result
from goalkeeper.units import format_interval, format_value

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Cell:
    """One number: its period and split, its value or why there is none, and what was not counted.

    ``so_far`` marks the number of a period that is not over, where it grows as the period goes on; ``days_known`` is
    how many of its days the data covers, where the number depends on them.
    """

    period: Period
    by: Mapping[str, str | None]
    value: Result
    n: int
    pending: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)
    currency: str = ""
    so_far: bool = False
    days_known: int = 0

    @property
    def estimate(self) -> Estimate | None:
        """The estimate, or None where there is not enough data."""
        return self.value if isinstance(self.value, Estimate) else None


_MOST_SHOWN = 30  # rows of a printed table; a loop over the cells, or a DataFrame, has all


@dataclass(frozen=True, slots=True, repr=False)
class Estimates(Sequence[Cell]):
    """The cells of one measurement, in order of period and split, with what they have in common.

    Printed, and in a notebook, it is a table.
    """

    metric: Metric
    variant: str
    statistic: str
    clock: str
    level: float
    as_of: datetime
    splits: tuple[str, ...]
    cells: tuple[Cell, ...]
    untold: str = ""  # what no source tells, so that there is no number

    def __getitem__(self, index: Any) -> Any:
        return self.cells[index]

    def __len__(self) -> int:
        return len(self.cells)

    def __iter__(self) -> Iterator[Cell]:
        return iter(self.cells)

    @property
    def title(self) -> str:
        """What is measured, by which statistic and on which clock, for people."""
        name = self.metric.name + (f", variant {self.variant}" if self.variant else "")
        if self.metric.profile:
            name += f", as {self.metric.profile} defines it"
        return f"{name}: {self.statistic}{f', {self.clock} time' if self.clock else ''}"

    @property
    def head(self) -> tuple[str, ...]:
        """The columns of `shown`; what lies behind the splits are four."""
        rows = self.metric.counted(self.variant)
        return ("period", *self.splits, "value", f"{self.level * 100:g} % interval", rows, "not counted")

    def shown(self) -> Iterator[tuple[str, ...]]:
        """Each cell as people read it: numbers in their units, and in words why there is none."""
        unit, days = self.metric.unit, self.clock != "working"
        per = f" {self.metric.variant(self.variant).per_time}".rstrip()
        for cell in self.cells:
            label = f"{cell.period.label}, so far" if cell.so_far else cell.period.label
            split = [part if part is not None else "(not known)" for part in cell.by.values()]
            if isinstance(cell.value, NoEstimate):
                number, interval = "cannot say", cell.value.words
            else:
                number = format_value(cell.value.value, unit, days=days, currency=cell.currency) + per
                interval = format_interval(cell.value.low, cell.value.high, unit, days=days, currency=cell.currency)
            not_counted = [f"{cell.pending:,} pending"] if cell.pending else []
            not_counted += [f"{count:,} {why}" for why, count in cell.left_out.items()]
            yield label, *split, number, interval, f"{cell.n:,}", ", ".join(not_counted)

    def __repr__(self) -> str:
        if not self.cells:
            return "\n".join((self.title, *self._rest()))
        rows = [self.head, *self.shown()][: _MOST_SHOWN + 1]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
        return "\n".join((self.title, *lines, *self._rest()))

    def _repr_html_(self) -> str:
        """The table in a notebook."""
        head = "".join(f"<th>{escape(name)}</th>" for name in self.head)
        rows = [
            f"<tr>{''.join(f'<td>{escape(text)}</td>' for text in row)}</tr>"
            for row in list(self.shown())[:_MOST_SHOWN]
        ]
        rest = "".join(f"<p>{words}</p>" for words in self._rest())
        table = f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody>"
        return f"<table><caption>{escape(self.title)}</caption>{table}</table>{rest}"

    def _rest(self) -> tuple[str, ...]:
        """What a table does not show, in words."""
        if not self.cells:
            return (f"no source tells {self.untold}" if self.untold else "no data",)
        more = len(self.cells) - _MOST_SHOWN
        return (f"… and {more:,} more",) if more > 0 else ()

    def to_dicts(self) -> list[dict[str, Any]]:
        """One JSON-ready dict per cell; an open side of an interval is null, and so is a missing number.

        Numbers are in the metric's unit: a share from 0 to 1, an index from −1 to 1, a duration in seconds.
        """
        return [self._dict(cell) for cell in self.cells]

    def _dict(self, cell: Cell) -> dict[str, Any]:
        shared: dict[str, Any] = {
            "metric": self.metric.key,
            "profile": self.metric.profile or None,
            "variant": self.variant or None,
            "statistic": self.statistic,
            "period": {"label": cell.period.label, "since": str(cell.period.since), "until": str(cell.period.until)},
            "by": dict(cell.by),
        }
        missing = {"value": None, "low": None, "high": None, "method": None}
        value = cell.value
        if isinstance(value, Estimate):
            number: dict[str, Any] = {
                "value": value.value,
                "low": _finite(value.low),
                "high": _finite(value.high),
                "method": value.method,
                "note": value.note or None,
                "no_estimate": None,
            }
        else:
            reason = {"reason": value.reason, "have": value.have, "need": value.need, "words": value.words}
            number = {**missing, "note": None, "no_estimate": reason}
        return {
            **shared,
            **number,
            "level": self.level,
            "n": cell.n,
            "unit": self.metric.unit.value,
            "currency": cell.currency or None,
            "clock": self.clock or None,
            "definition_version": self.metric.version(self.variant),
            "pending": cell.pending,
            "left_out": dict(cell.left_out),
            "so_far": cell.so_far,
            "as_of": self.as_of.isoformat(timespec="seconds") + "Z",
        }

    def to_arrow(self) -> pa.Table:
        """One row per cell, each split a column of its own; ``left_out`` is JSON of counts by reason, or null."""
        rows = []
        for cell in self.cells:
            found = self._dict(cell)
            found |= {"label": cell.period.label, "since": cell.period.since, "until": cell.period.until}
            found |= {f"by_{name}": text for name, text in cell.by.items()}
            found["left_out"] = json.dumps(found["left_out"], ensure_ascii=False) if cell.left_out else None
            found["no_estimate"] = cell.value.words if isinstance(cell.value, NoEstimate) else None
            del found["period"], found["by"]
            rows.append(found)
        schema = pa.schema(
            [
                ("metric", pa.string()), ("profile", pa.string()), ("variant", pa.string()),
                ("statistic", pa.string()), ("label", pa.string()),
                ("since", pa.date32()), ("until", pa.date32()), *[(f"by_{name}", pa.string()) for name in self.splits],
                ("value", pa.float64()), ("low", pa.float64()), ("high", pa.float64()), ("level", pa.float64()),
                ("n", pa.int64()), ("method", pa.string()), ("note", pa.string()), ("no_estimate", pa.string()),
                ("unit", pa.string()), ("currency", pa.string()), ("clock", pa.string()),
                ("definition_version", pa.string()), ("pending", pa.int64()), ("left_out", pa.string()),
                ("so_far", pa.bool_()), ("as_of", pa.string()),
            ]
        )  # fmt: skip
        return pa.Table.from_pylist(rows, schema=schema)

    def to_pandas(self) -> pd.DataFrame:
        """The Arrow table as a DataFrame; needs pandas installed."""
        return self.to_arrow().to_pandas()


def _finite(limit: float | None) -> float | None:
    return None if limit is None or math.isinf(limit) else limit
