"""The small SQL a mapping may use: expressions over one row's columns, without side effects."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError

from goalkeeper.engines.text import quoted
from goalkeeper.errors import UnknownName, UsageError

# Functions sqlglot does not know by type, yet harmless: everything else unknown is refused.
_ALLOWED = {
    "array_length", "array_to_string", "bar", "contains", "ends_with", "hex", "json_extract_string",
    "json_array_length", "left", "len", "length", "list_contains", "lower", "lpad", "ltrim", "md5", "nullif",
    "prefix", "regexp_extract", "regexp_full_match", "regexp_matches", "regexp_replace", "replace", "reverse",
    "right", "rpad", "rtrim", "split_part", "starts_with", "strip_accents", "strptime", "strftime", "substring",
    "suffix", "translate", "trim", "try_strptime", "upper",
}  # fmt: skip
# Of the functions it knows by type, those that work on one row, and always give the same for the same row.
_TYPED = (
    exp.Abs, exp.And, exp.Array, exp.ArrayContains, exp.ArraySize, exp.ArrayToString, exp.Case, exp.Cast, exp.Ceil,
    exp.Chr, exp.Coalesce, exp.Concat, exp.ConcatWs, exp.Contains, exp.Date, exp.DateAdd, exp.DateDiff,
    exp.DateFromParts, exp.DateSub, exp.DateTrunc, exp.Day, exp.DayOfMonth, exp.DayOfWeek, exp.DayOfWeekIso,
    exp.DayOfYear, exp.EndsWith, exp.Extract, exp.Floor, exp.Greatest, exp.Hex, exp.Hour, exp.If, exp.Initcap,
    exp.JSONArrayContains, exp.JSONExtract, exp.JSONExtractArray, exp.JSONExtractScalar, exp.LastDay, exp.Least,
    exp.Left, exp.Length, exp.Lower, exp.LowerHex, exp.MD5, exp.Minute, exp.Month, exp.Nullif, exp.Or, exp.Pad, exp.Pow,
    exp.Quarter, exp.RegexpExtract, exp.RegexpFullMatch, exp.RegexpLike, exp.RegexpReplace, exp.RegexpSplit,
    exp.Replace, exp.Reverse, exp.Right, exp.Round, exp.SHA2, exp.Second, exp.Sign, exp.Split, exp.SplitPart,
    exp.StartsWith, exp.StrPosition, exp.StrToTime, exp.Substring, exp.TimeToStr, exp.TimestampDiff,
    exp.TimestampFromParts, exp.TimestampTrunc, exp.Translate, exp.Trim, exp.Trunc, exp.Try, exp.TryCast, exp.TsOrDsAdd,
    exp.TsOrDsDiff, exp.TsOrDsToDate, exp.TsOrDsToTimestamp, exp.UnixToTime, exp.Upper, exp.Week, exp.WeekOfYear,
    exp.Xor, exp.Year,
)  # fmt: skip
_REFUSED = (
    exp.Query, exp.Subquery, exp.Window, exp.Placeholder, exp.Parameter, exp.SessionParameter, exp.Star, exp.Command,
    exp.DDL, exp.DML, exp.Lambda, exp.Unnest, exp.Table, exp.Alias, exp.PositionalColumn, exp.Filter, exp.Order,
)  # fmt: skip
# What a rule that groups rows may ask of all rows of a group; `first` and `last` pass over what is not known.
_AGGREGATES: dict[type[exp.Expression], str] = {
    exp.Sum: "sum({})", exp.Count: "count({})", exp.Min: "min({})", exp.Max: "max({})",
    exp.First: "arg_min({}, (_step, _position))", exp.Last: "arg_max({}, (_step, _position))",
}  # fmt: skip
_WALKING = {"changed": 1, "previous": 1, "is_first": 0, "is_last": 0}
_KEYS = {"email_key", "phone_key"}
_ASKS = {"asks"}  # a form's column, found by what it asks for
ASKED = ("email", "comment")
_TYPES = ("bigint", "boolean", "date", "decimal", "double", "integer", "time", "timestamp", "varchar")
# Names of DuckDB's own types that sqlglot does not know.
_MORE_TYPES = {"guid", "integral", "oid", "timestamptz_ns", "uint8", "uint16", "uint32", "uint64", "varint"}
_PREVIOUS = "_previous_"
# What may well be a column's name as it stands in the file: words with blanks or colons between.
_BARE_NAME = re.compile(r"[\w.#%?/-]+([ :]+[\w.#%?/()-]+)+")


@dataclass(slots=True)
class Walk:
    """The looks along a case that a file's rules need: SQL text of each `previous(x)`, in order of first use."""

    previous: list[str] = field(default_factory=list)

    def column(self, sql: str) -> str:
        """The name of the column that holds the case's previous value of an expression."""
        if sql not in self.previous:
            self.previous.append(sql)
        return f"{_PREVIOUS}{self.previous.index(sql)}"


class Expression:
    """One parsed expression and the file columns it reads.

    A column of nested JSON is written as a path, ``via.channel``. Raises UsageError, with the place in the mapping,
    for anything but a plain expression over the columns. One that ``groups`` may sum, count and pick over the rows of
    a group.
    """

    def __init__(self, sql: str, where: str, *, groups: bool = False) -> None:
        self.where, self.groups = where, groups
        if not sql.strip():
            raise UsageError("an expression is empty.", where=where, hint="Name a column of the file, or leave it out.")
        try:
            with _told_if_deep(where):
                # In brackets a column named comment is no command.
                tree = sqlglot.parse_one(f"({sql}\n)", dialect="duckdb")
                tree.sql(dialect="duckdb")
        except (ParseError, sqlglot.errors.TokenError) as error:
            said = str(error).splitlines()[0]
            raise UsageError(f"'{sql}' is not an expression: {said}", where=where, hint=_as_name(sql)) from None
        if not isinstance(tree, exp.Paren):
            raise UsageError(f"'{sql}' is not one expression.", where=where, hint=_as_name(sql))
        self.tree = tree.this
        self._check(sql)

    def _check(self, sql: str) -> None:
        for node in self.tree.walk():
            if isinstance(node, _REFUSED):
                what = f"an {node.key}" if node.key[0] in "aeiou" else f"a {node.key}"
                valid = "Valid: an expression over the columns of one row."
                raise UsageError(f"'{sql}' holds {what}.", where=self.where, hint=f"{valid} {_as_name(sql)}".strip())
            name = _function(node)
            if self.groups and (type(node) in _AGGREGATES or name in _WALKING):
                self._check_group(sql, node)
                continue
            typed = isinstance(node, exp.Func) and not isinstance(node, exp.Anonymous)
            if typed and not isinstance(node, _TYPED):
                grouped = " A rule with `group` may." if isinstance(node, tuple(_AGGREGATES)) else ""
                raise UsageError(
                    f"'{sql}' calls {node.sql_name().lower()}, which a mapping may not.",
                    where=self.where,
                    hint=f"Valid: functions of one row's texts, numbers and times, without side effects.{grouped} "
                    f"{_as_name(sql)}".strip(),
                )
            if name and name not in _ALLOWED and name not in _WALKING and name not in _KEYS | _ASKS:
                raise UnknownName("function", name, _ALLOWED | set(_WALKING) | _KEYS | _ASKS, where=self.where)
            if name in _ASKS and [str(each) for each in _arguments(node)] not in [[f"'{what}'"] for what in ASKED]:
                raise UsageError(f"'{sql}': asks() is for one of {', '.join(ASKED)}.", where=self.where)
            if name in _WALKING and len(_arguments(node)) != _WALKING[name]:
                raise UsageError(f"{name}() takes {_WALKING[name]} argument(s).", where=self.where)
            if name in _KEYS and len(_arguments(node)) != 1:
                raise UsageError(
                    f"{name}() takes one argument, not {len(_arguments(node))}.",
                    where=self.where,
                    hint="Name the column of the file.",
                )
            if isinstance(node, exp.DataType) and node.this == exp.DataType.Type.USERDEFINED:
                kind = str(node.args.get("kind", ""))
                if kind.lower() not in _MORE_TYPES:
                    raise UnknownName("type", kind, _TYPES, where=self.where)

    def _check_group(self, sql: str, node: exp.Expression) -> None:
        if _function(node) in _WALKING:
            raise UsageError(f"'{sql}' looks along a case, which a rule with `group` does not.", where=self.where)
        given = [name for name, value in node.args.items() if value and name != "big_int"]
        inner = node.find_ancestor(*_AGGREGATES)
        if given != ["this"] or inner is not None:
            raise UsageError(
                f"'{sql}': {type(node).__name__.lower()} takes one expression over the columns of one row.",
                where=self.where,
            )

    @property
    def walks(self) -> bool:
        """Whether it looks along the case."""
        return any(_function(node) in _WALKING for node in self.tree.walk())

    @property
    def tells_marks(self) -> bool:
        """Whether it names the marks of numbers, as in `replace(x, ',', '.')`, and so settles them itself."""
        texts = (str(node.this) for node in self.tree.find_all(exp.Literal) if node.is_string)
        return any(text.strip("\\[]") in (".", ",", ".,", ",.") for text in texts)

    def of_a_row(self) -> Expression | None:
        """What it takes over from one row of a group as it stands there; None where it counts or sums."""
        picks = isinstance(self.tree, (exp.First, exp.Last, exp.Min, exp.Max))
        tree = self.tree.this if picks else self.tree
        if tree.find(*_AGGREGATES):
            return None
        return Expression(tree.sql(dialect="duckdb"), self.where)

    def paths(self) -> tuple[tuple[str, ...], ...]:
        """The columns it reads, each as a path of names."""
        return tuple(dict.fromkeys(_path(node) for node in self.tree.walk() if _is_leaf(node)))

    def shared(self) -> tuple[tuple[str, ...], ...]:
        """The columns outside of sums and the like: in a group they stand for what its rows share."""
        leaves = (node for node in self.tree.walk() if _is_leaf(node))
        return tuple(dict.fromkeys(_path(node) for node in leaves if node.find_ancestor(*_AGGREGATES) is None))

    def group_sql(self, name: Callable[[tuple[str, ...]], str], key: Callable[[str, str], str]) -> str:
        """The SQL text over the rows of a group; what they share is taken from any row that knows it."""

        def change(node: exp.Expression, inside: bool) -> exp.Expression:
            if _is_leaf(node):
                return _raw(name(_path(node)) if inside else f"min({name(_path(node))})")
            if form := _AGGREGATES.get(type(node)):
                return _raw(form.format(node.this.transform(change, True).sql(dialect="duckdb")))
            if (function := _function(node)) in _KEYS:
                return _raw(key(function, _arguments(node)[0].transform(change, inside).sql(dialect="duckdb")))
            return node

        with _told_if_deep(self.where):
            return str(self.tree.copy().transform(change, False).sql(dialect="duckdb"))

    def sql(self, name: Callable[[tuple[str, ...]], str], walk: Walk, key: Callable[[str, str], str]) -> str:
        """The SQL text: ``name`` gives each column's SQL, ``key`` the SQL of a keyed hash of a text."""

        def change(node: exp.Expression) -> exp.Expression:
            if _is_leaf(node):
                return _raw(name(_path(node)))
            function = _function(node)
            if function in _WALKING:
                return _raw(self._walk(function, _arguments(node), name, walk, key))
            if function in _ASKS:
                raise UsageError("asks() needs a rule with `questions` for the same file.", where=self.where)
            if function in _KEYS:
                inner = _arguments(node)[0].transform(change).sql(dialect="duckdb")
                return _raw(key(function, inner))
            return node

        with _told_if_deep(self.where):
            return str(self.tree.copy().transform(change).sql(dialect="duckdb"))

    def _walk(
        self,
        function: str,
        arguments: list[exp.Expression],
        name: Callable[[tuple[str, ...]], str],
        walk: Walk,
        key: Callable[[str, str], str],
    ) -> str:
        if function == "is_first":
            return "_is_first"
        if function == "is_last":
            return "_is_last"
        inner = Expression.__new__(Expression)
        inner.where, inner.tree = self.where, arguments[0]
        value = inner.sql(name, walk, key)
        before = walk.column(value)
        if function == "previous":
            return before
        return f"(NOT _is_first AND ({value}) IS DISTINCT FROM {before})"


def same_names(columns: Iterable[str]) -> dict[str, str]:
    """Lower-case name to exact name; where two differ in case only, neither can be found without its case."""
    found: dict[str, str] = {}
    for column in columns:
        found[column.lower()] = "" if column.lower() in found else column
    return found


def _as_name(sql: str) -> str:
    """How a text is written that may be meant as a column's name; empty for one that is none."""
    if not _BARE_NAME.fullmatch(sql.strip()):
        return ""
    return f"A column's name with blanks or colons stands in double quotes: '{quoted(sql.strip())}'."


@contextmanager
def _told_if_deep(where: str) -> Iterator[None]:
    """Tells in words of an expression with too much inside of each other; how much that is, hangs on the caller."""
    try:
        yield
    except RecursionError:
        raise UsageError(
            "the expression is nested too deeply.", where=where, hint="Write it with fewer brackets and calls."
        ) from None


def _function(node: exp.Expression) -> str:
    if isinstance(node, exp.Anonymous):
        return str(node.this).lower()
    return ""


def _arguments(node: exp.Expression) -> list[exp.Expression]:
    return list(node.expressions)


def _is_leaf(node: exp.Expression) -> bool:
    if isinstance(node, exp.Dot):
        return not isinstance(node.parent, exp.Dot)
    return isinstance(node, exp.Column) and not isinstance(node.parent, exp.Dot)


def _path(node: exp.Expression) -> tuple[str, ...]:
    if isinstance(node, exp.Dot):
        return (*_path(node.this), *_path(node.expression))
    if isinstance(node, exp.Column):
        return tuple(part.name for part in node.parts)
    return (node.name,)


def _raw(sql: str) -> exp.Expression:
    """SQL text that is already final, put into a tree as it is."""
    return exp.Var(this=f"({sql})")
