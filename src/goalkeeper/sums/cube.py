"""One cube: the sums of the formulas that share a dataset and a day, by day and some of the dataset's splits.

Four tables each: counts, values (how often each value occurs, in log buckets), values by week under its Monday, and
what is left out. Rows of one cell add, so a change is an entry of its own: the rows as they are now, with those as they
were subtracted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import log

from goalkeeper.engines.text import literal
from goalkeeper.sums.definitions import COUNTED, VALUED, Definition

VERSION = 4  # of what the tables hold
# Two values of one bucket differ by at most 1 %; whole seconds up to 100 have a bucket each.
RATIO = 1.01


def bucket_sql(value: str) -> str:
    """The number of a value's bucket: 0 of zero, whole for above and below it; NULL without a value."""
    size = f"CAST(FLOOR(LN(ABS({value})) * {1 / log(RATIO):.6f}) AS INTEGER) + 100000"
    return f"CASE WHEN {value} = 0 THEN 0 WHEN {value} > 0 THEN {size} WHEN {value} < 0 THEN -({size}) END"


def monday_sql(day: str) -> str:
    """The Monday of a day's week; both are days since 1970-01-01, a Thursday."""
    return f"({day} - (({day} + 3) % 7 + 7) % 7)"


@dataclass(frozen=True, slots=True)
class Cube:
    """The definitions of one dataset and day column, and the splits that their sums are kept by."""

    dataset: str
    source: str
    at: str
    definitions: tuple[Definition, ...]
    splits: tuple[str, ...] = ()
    value_splits: tuple[str, ...] = ()
    sign: str = ""  # the column of the source's rows that says whether they are added, 1, or subtracted, -1

    @property
    def counted(self) -> tuple[Definition, ...]:
        return tuple(each for each in self.definitions if isinstance(each.asked.formula, COUNTED))

    @property
    def valued(self) -> tuple[Definition, ...]:
        return tuple(each for each in self.definitions if isinstance(each.asked.formula, VALUED))

    def table(self, kind: str) -> str:
        """The name of its table of "counts", "values", "weeks" or "left"."""
        return f"facts.sums_{self.dataset}_{self.at}_{kind}"

    @property
    def tables(self) -> dict[str, tuple[dict[str, str], dict[str, str]]]:
        """By kind: the columns that name a cell, and the sums, each with its type."""
        dims = {"day": "INTEGER"} | dict.fromkeys(self.splits, "VARCHAR")
        value_dims = {"definition": "VARCHAR", "day": "INTEGER"} | dict.fromkeys(self.value_splits, "VARCHAR")
        counts = {name: "BIGINT" for each in self.counted for name in self.columns(each)}
        values = {"finished": "BIGINT", "unfinished": "BIGINT", "pending": "BIGINT"}
        valued = value_dims | {"bucket": "INTEGER"}, values | {"total": "DOUBLE"}
        return {
            "counts": (dims, counts),
            "values": valued,
            "weeks": valued,
            "left": ({"definition": "VARCHAR", **dims, "reason": "VARCHAR"}, {"n": "BIGINT"}),
        }

    @staticmethod
    def columns(definition: Definition) -> dict[str, str]:
        """The columns of a counted definition: which rows not left out each counts. The first counts all of them."""
        counted, pending = (f"{word}_{definition.key}" for word in ("counted", "pending"))
        counts = {f"{name}_{definition.key}": f"{counted} AND {test}" for name, test in definition.counts.items()}
        return {f"rows_{definition.key}": "true", f"pending_{definition.key}": pending} | counts

    def changes(self, before: str, now: str) -> dict[str, str]:
        """By kind: the query of the cells whose rows differ between two sources with the dataset's columns.

        That of weeks reads those of values from ``changed_values``.
        """
        rows = f"(SELECT -1 AS sign, * FROM {before} UNION ALL SELECT 1 AS sign, * FROM {now})"
        changed = replace(self, source=rows, sign="sign").queries()
        found = {
            kind: f"SELECT * FROM ({query}) WHERE {_some(self.tables[kind][1])}" for kind, query in changed.items()
        }
        return found | ({"weeks": self.by_week("FROM changed_values")} if "weeks" in found else {})

    def by_week(self, values: str) -> str:
        """The query of the weeks of a query of values."""
        keys, sums = self.tables["weeks"]
        return added(keys, sums, f"SELECT * REPLACE ({monday_sql('day')} AS day) FROM ({values})")

    def queries(self) -> dict[str, str]:
        """By kind: the query of the cells of all rows."""
        where = f"WHERE {self.at} IS NOT NULL"
        found = {}
        if self.counted:
            found["counts"] = self._counts(where)
        if self.valued:
            found["values"] = " UNION ALL ".join(self._values(each, where) for each in self.valued)
            found["weeks"] = self.by_week(f"FROM {self.table('values')}")
        alike: dict[tuple[str, str], list[str]] = {}  # many leave out the same rows
        for each in self.definitions:
            alike.setdefault((each.asked.text(each.asked.formula.among), each.asked.reason), []).append(each.key)
        found["left"] = " UNION ALL ".join(
            self._left(among, reason, keys, where) for (among, reason), keys in alike.items()
        )
        return found

    def _counts(self, where: str) -> str:
        judged, sums = [], []
        for each in self.counted:
            asked = each.asked
            judged += [
                f"coalesce({asked.text(asked.formula.among)} AND ({asked.reason}) IS NULL, false) AS seen_{each.key}",
                f"coalesce({asked.counted}, false) AS counted_{each.key}",
                f"coalesce({asked.pending}, false) AS pending_{each.key}",
            ]
            sums += [
                f"{self._count(f'seen_{each.key} AND {test}')} AS {name}" for name, test in self.columns(each).items()
            ]
        keys = ", ".join(("day", *self.splits))
        rows = f"SELECT *, {self.at} AS day, {', '.join(judged)} FROM {self.source} {where}"
        return f"SELECT {keys}, {', '.join(sums)} FROM ({rows}) GROUP BY {keys}"

    def _values(self, definition: Definition, where: str) -> str:
        asked = definition.asked
        keys = ", ".join(("day", *self.value_splits))
        listed = "".join(f", {split}" for split in self.value_splits)
        rows = (
            f"SELECT {self.at} AS day{listed}{self._signed}, CAST({definition.value} AS DOUBLE) AS value, "
            f"coalesce({definition.done}, false) AS done, {asked.judged} FROM {self.source} {where} "
            f"AND {asked.text(asked.formula.among)} AND ({asked.reason}) IS NULL"
        )
        value = f"value * {self.sign}" if self.sign else "value"
        return (
            f"SELECT '{definition.key}' AS definition, {keys}, "
            f"CASE WHEN counted THEN {bucket_sql('value')} END AS bucket, "
            f"{self._count('counted AND done')} AS finished, {self._count('counted AND NOT done')} AS unfinished, "
            f"{self._count('pending')} AS pending, coalesce(sum({value}) FILTER (counted), 0) AS total FROM ({rows}) "
            f"WHERE pending OR (counted AND value IS NOT NULL) GROUP BY {keys}, bucket"
        )

    def _left(self, among: str, reason: str, definitions: Sequence[str], where: str) -> str:
        keys = ", ".join(("day", *self.splits))
        listed = "".join(f", {split}" for split in self.splits)
        rows = (
            f"SELECT {self.at} AS day{listed}{self._signed}, {reason} AS reason FROM {self.source} {where} AND {among}"
        )
        each = ", ".join(map(literal, definitions))
        cells = (
            f"SELECT {keys}, reason, {self._count()} AS n FROM ({rows}) "
            f"WHERE reason IS NOT NULL GROUP BY {keys}, reason"
        )
        return f"SELECT unnest([{each}]) AS definition, * FROM ({cells})"

    @property
    def _signed(self) -> str:
        return f", {self.sign}" if self.sign else ""

    def _count(self, test: str = "") -> str:
        """How many rows pass a test, or there are; those to subtract subtracted."""
        if self.sign:
            return f"sum(CASE WHEN {test or 'true'} THEN {self.sign} ELSE 0 END)"
        return f"count(*) FILTER ({test})" if test else "count(*)"

    def first_pending(self) -> str:
        """The query of the first day that has rows whose window is open, as the kept sums know them."""
        pending = " + ".join(f"pending_{each.key}" for each in self.counted) or "0"
        tables = {"counts": pending} if self.counted else {}
        tables |= {"values": "pending"} if self.valued else {}
        days = " UNION ALL ".join(
            f"SELECT day FROM {self.table(kind)} GROUP BY day HAVING sum({open_}) > 0" for kind, open_ in tables.items()
        )
        return f"SELECT min(day) FROM ({days})"

    @property
    def windows(self) -> list[str]:
        """The tests of whether a row's window is open, which a passing moment can change; NULL is not open."""
        tests = dict.fromkeys(each.asked.text(each.asked.formula.pending) for each in self.definitions)
        return [test for test in tests if test != "(false)"]


def added(keys: Iterable[str], sums: Iterable[str], entries: str) -> str:
    """The query of entries with those of one cell made one; cells of nothing are gone."""
    sums, keys = list(sums), list(keys)
    totals = ", ".join(f"sum({name}) AS {name}" for name in sums)
    some = _some(f"sum({name})" for name in sums)
    return f"SELECT {', '.join(keys)}, {totals} FROM ({entries}) GROUP BY {', '.join(keys)} HAVING {some}"


def _some(sums: Iterable[str]) -> str:
    return " OR ".join(f"{each} <> 0" for each in sums)
