"""Rules that make one row of several: the lines of an invoice become an order.

A line whose values cannot be read is held back, and so is its whole group, since its sums would be wrong; the same
where its lines differ in what they should share.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from goalkeeper.connectors.mapping.checks import text_name, unreadable
from goalkeeper.connectors.mapping.expressions import Expression
from goalkeeper.connectors.mapping.model import FileRule, TableRule, Value
from goalkeeper.connectors.mapping.values import typed_sql
from goalkeeper.engines.text import quoted
from goalkeeper.schema import Severity
from goalkeeper.schema.contract import Check

GROUP = "group"  # under this name quarantine shows what the rows of a group agree in
_LINE = "line."  # before the names of a line's values, which may be those of canonical columns

Path = tuple[str, ...]


class Grouping:
    """The SQL of one rule's groups.

    ``row_sql`` gives the SQL of an expression over one row of ``source``, ``name`` that of a column, ``key`` that of a
    keyed hash.
    """

    def __init__(
        self,
        rule: TableRule,
        file: FileRule,
        source: str,
        row_sql: Callable[[str, str], str],
        name: Callable[[Path], str],
        key: Callable[[str, str], str],
    ) -> None:
        self.rule, self.file, self.row_sql, self.name, self.key = rule, file, row_sql, name, key
        self.values = [(replace(column, name=_LINE + column.name), value) for column, value in rule.lines]
        self.texts = (GROUP, *(column.name for column, _ in self.values))
        self.keys = [f"_group_{number}" for number in range(len(rule.group))]
        self.lines = self._lines(source)

    def _lines(self, source: str) -> str:
        """The rows that take part: all columns of the source, the group, and each line's values as texts."""
        keys = [f"CAST({self.row_sql(text, self.rule.where)} AS VARCHAR)" for text in self.rule.group]
        parts = [f"{sql} AS {key}" for key, sql in zip(self.keys, keys, strict=True)]
        parts.append(f"concat_ws(' ', {', '.join(keys)}) AS {text_name(GROUP)}")
        parts += [
            f"CAST({self.row_sql(value.expression, value.where)} AS VARCHAR) AS {text_name(column.name)}"
            for column, value in self.values
        ]
        where = f" WHERE {self.row_sql(self.rule.condition, self.rule.where)}" if self.rule.condition else ""
        step = "" if self.file.log is not None else ", _position AS _step"
        return f"SELECT *{step}, {', '.join(parts)} FROM {source}{where}"

    def text(self, value: Value) -> str:
        """The SQL of a column's expression over the rows of a group."""
        return Expression(value.expression, value.where, groups=True).group_sql(self._leaf, self.key)

    def _leaf(self, path: Path) -> str:
        """A line's value, else a column of the file."""
        own = _LINE + path[0]
        return quoted(own) if own in self.texts else self.name(path)

    def rows(self, columns: list[str]) -> str:
        """SQL of one row a group, with the given columns, and one row a broken line, which ``_is_line`` tells."""
        typed = "".join(
            f", {typed_sql(text_name(column.name), value, self.file, column)} AS {quoted(column.name)}"
            for column, value in self.values
        )
        broken = " OR ".join(f"({check.predicate})" for check in self._line_checks())
        differs = [f"count(DISTINCT {self._leaf(path)}) > 1 AS {mark}" for mark, path in self._shared()]
        picks = [
            "false AS _is_line", "min(_position) AS _position", "min(_step) AS _step",
            f"min({text_name(GROUP)}) AS {text_name(GROUP)}", "bool_or(_broken) AS _has_broken", *columns, *differs,
        ]  # fmt: skip
        kept = ", ".join([*self.keys, *map(text_name, self.texts), *(quoted(column.name) for column, _ in self.values)])
        return (
            f"WITH judged AS (SELECT *, {broken} AS _broken FROM (SELECT *{typed} FROM ({self.lines}))) "
            f"SELECT {', '.join(picks)} FROM judged WHERE {' AND '.join(f'{key} IS NOT NULL' for key in self.keys)} "
            f"GROUP BY {', '.join(self.keys)} UNION ALL BY NAME "
            f"SELECT true AS _is_line, _position, _step, {kept} FROM judged WHERE _broken"
        )

    def checks(self) -> tuple[Check, ...]:
        """What is asked of lines, then of groups, before the contract."""
        lines = (replace(check, predicate=f"_is_line AND ({check.predicate})") for check in self._line_checks())
        words = "a row of this group is held back, so its sums would be wrong"
        differ = (
            f"the rows of this group differ in '{'.'.join(path)}'; "
            "correct them, or say first(…), last(…), min(…) or max(…) in the mapping"
            for _, path in self._shared()
        )
        marks = (mark for mark, _ in self._shared())
        return (
            *lines,
            _check("rows_held_back", GROUP, words, "_has_broken"),
            *(_check("group_differs", GROUP, said, mark) for mark, said in zip(marks, differ, strict=True)),
        )

    def _line_checks(self) -> list[Check]:
        """That a row belongs to a group, and that each of its values is there and can be read."""
        missing = " OR ".join(f"{key} IS NULL" for key in self.keys)
        found = [_check("group_missing", GROUP, "the row does not say which group it is of", missing)]
        for column, value in self.values:
            said = column.name.removeprefix(_LINE)
            absent = f"{text_name(column.name)} IS NULL"
            found.append(_check(f"{said}_missing", column.name, f"{said} is missing", absent))
            for check in unreadable(column, value, self.file):
                found.append(replace(check, code=f"{said}_unreadable", words=check.words.removeprefix(_LINE)))
        return found

    def _shared(self) -> list[tuple[str, Path]]:
        """The columns that the rows of a group should agree in, each with the name of its mark."""
        found: dict[Path, None] = {}
        for _, value in self.rule.columns:
            if value.expression:
                found.update(dict.fromkeys(Expression(value.expression, value.where, groups=True).shared()))
        return [(f"_differs_{number}", path) for number, path in enumerate(found)]


def _check(code: str, column: str, words: str, predicate: str) -> Check:
    return Check(code, column, words, Severity.REJECT, predicate)
