"""Look at a file's columns: types, null marks, distinct values, and what its times show."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import duckdb

from goalkeeper.connectors.files import PlainFile, stage
from goalkeeper.connectors.propose.times import TimeFinding, look_at_times

ColumnType = Literal[
    "empty", "id", "integer", "decimal", "money", "boolean", "time", "clock", "duration", "enum", "text", "json"
]

# Texts that mean "not known" in real exports. The last ones are words too, so they count only among numbers or times.
NULL_MARKS: tuple[str, ...] = (
    "", "?", "N/A", "n/a", "#N/A", "NULL", "null", "NaN", "nan", "\\N", "(null)", "<null>", "None", "undefined", "nil",
    "--", "NaT",
)  # fmt: skip
NULL_MARKS_OF_NUMBERS: tuple[str, ...] = ("-", "NA", "na", ".", "unknown", "Unknown", "none", "NONE", "tbd", "TBD")
_SAMPLE = 400
_MAX_ENUM = 60
_serial = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Column:
    """What a column shows. `values` are its most frequent texts with their counts, nulls left out.

    For NDJSON `name` is a path such as `via.channel`. `float_ids` says that whole numbers carry a `.0`;
    `zeros` counts the rows that hold just `0`.
    """

    name: str
    type: ColumnType
    rows: int
    nulls: int
    marks: tuple[str, ...]
    distinct: int
    examples: tuple[str, ...]
    values: tuple[tuple[str, int], ...] = ()
    times: TimeFinding | None = None
    smallest: str = ""
    largest: str = ""
    float_ids: bool = False
    zeros: int = 0

    @property
    def unique(self) -> bool:
        """Whether every row has a value of its own."""
        return self.rows > 0 and self.nulls == 0 and self.distinct == self.rows

    @property
    def null_share(self) -> float:
        """The share of rows that hold no value."""
        return self.nulls / self.rows if self.rows else 0.0


@dataclass(frozen=True, slots=True)
class Profile:
    """A file's columns, its rows and how many were set aside; `keys` are pairs of columns unique together."""

    file: PlainFile
    rows: int
    rejected: int
    columns: tuple[Column, ...]
    keys: tuple[tuple[str, str], ...] = ()

    def column(self, name: str) -> Column | None:
        """The column of that exact name."""
        return next((column for column in self.columns if column.name == name), None)


def profile(con: duckdb.DuckDBPyConnection, file: PlainFile, table: str | None = None) -> Profile:
    """The profile of a file; it is staged into a table of its own unless `table` holds it already."""
    own = table is None
    name = table or f'"goalkeeper_profile_{next(_serial)}"'
    zone = con.execute("SELECT current_setting('TimeZone')").fetchone()
    try:
        con.execute("SET TimeZone = 'UTC'")
        rejects = stage(con, file, name) if own else []
        return _profile(con, file, name, len(rejects))
    finally:
        con.execute(f"SET TimeZone = '{(zone or ('UTC',))[0]}'")
        if own:
            con.execute(f"DROP TABLE IF EXISTS {name}")


def _profile(con: duckdb.DuckDBPyConnection, file: PlainFile, table: str, rejected: int) -> Profile:
    (rows,) = con.execute(f"SELECT count(*) FROM {table}").fetchone() or (0,)
    sources = _sources(con, file, table)
    columns = tuple(_column(con, table, name, text, rows) for name, text in sources.items())
    return Profile(file, rows, rejected, columns, _pairs(con, table, columns, sources, rows))


def _sources(con: duckdb.DuckDBPyConnection, file: PlainFile, table: str) -> dict[str, str]:
    """Each column's name and the SQL of its text; for NDJSON also the keys of nested objects."""
    if file.kind != "ndjson":
        return {name: '"' + name.replace('"', '""') + '"' for name in file.columns}
    found = {}
    for name in file.columns:
        text = f"json_extract_string(_line, {_json_path(name)})"
        inner = con.execute(
            f"SELECT DISTINCT unnest(json_keys(_line, {_json_path(name)})) FROM (SELECT _line FROM {table} LIMIT 500)"
            f" WHERE json_type(_line, {_json_path(name)}) = 'OBJECT' ORDER BY 1"
        ).fetchall()
        if not inner or len(inner) > 30:
            found[name] = text
        for (key,) in inner if len(inner) <= 30 else ():
            found[f"{name}.{key}"] = f"json_extract_string(_line, {_json_path(name, key)})"
    return found


def _json_path(*keys: str) -> str:
    """A JSON pointer as a SQL text; unlike a path it takes any key, the empty one too."""
    pointer = "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in keys)
    return "'" + pointer.replace("'", "''") + "'"


def _column(con: duckdb.DuckDBPyConnection, table: str, name: str, text: str, rows: int) -> Column:
    """One column's profile, from its distinct texts with their first rows and counts."""
    texts = f'"goalkeeper_texts_{next(_serial)}"'
    con.execute(
        f"CREATE TEMP TABLE {texts} AS SELECT {text} AS text, min(rowid) + 1 AS place, count(*) AS n FROM {table}"
        f" WHERE {text} IS NOT NULL GROUP BY ALL"
    )
    try:
        return _described(con, texts, name, rows)
    finally:
        con.execute(f"DROP TABLE {texts}")


def _described(con: duckdb.DuckDBPyConnection, texts: str, name: str, rows: int) -> Column:
    marks = _remove(con, texts, NULL_MARKS, blank=True)
    sample = _sample(con, texts)
    numbers = [value for value in sample if value not in NULL_MARKS_OF_NUMBERS]
    kind = _type(name, numbers, *_counts(con, texts))
    times = look_at_times(con, texts, name, numbers) if kind not in ("empty", "boolean", "json", "clock") else None
    if times is not None or kind in ("integer", "decimal", "money", "clock", "duration"):
        unset = times.unset if times is not None else ()
        marks += _remove(con, texts, (*NULL_MARKS_OF_NUMBERS, *unset))
    elif len(numbers) < len(sample):
        kind = _type(name, sample, *_counts(con, texts))
    distinct, filled = _counts(con, texts)
    values = con.execute(f"SELECT text, n FROM {texts} ORDER BY n DESC, text LIMIT {_MAX_ENUM}").fetchall()
    (zeros,) = con.execute(f"SELECT coalesce(max(n), 0)::BIGINT FROM {texts} WHERE text = '0'").fetchone() or (0,)
    low, high = _span(con, texts) if kind in ("integer", "decimal", "money") else ("", "")
    return Column(
        name=name,
        type="time" if times is not None else kind,
        rows=rows,
        nulls=rows - filled,
        marks=marks,
        distinct=distinct,
        examples=tuple(_texts(con, f"SELECT text FROM {texts} ORDER BY place LIMIT 4")),
        values=tuple((str(value), int(count)) for value, count in values) if distinct <= _MAX_ENUM else (),
        times=times,
        smallest=low,
        largest=high,
        zeros=int(zeros),
        float_ids=bool(sample) and all(re.fullmatch(r"\d+\.0", value) for value in sample),
    )


def _counts(con: duckdb.DuckDBPyConnection, texts: str) -> tuple[int, int]:
    """How many distinct texts there are, and on how many rows."""
    distinct, filled = con.execute(f"SELECT count(*), coalesce(sum(n), 0) FROM {texts}").fetchone() or (0, 0)
    return int(distinct), int(filled)


def _sample(con: duckdb.DuckDBPyConnection, texts: str) -> list[str]:
    """Some of the distinct texts, from anywhere in the file, in its order."""
    some = f"SELECT text, place FROM {texts} ORDER BY hash(text) LIMIT {_SAMPLE}"
    return _texts(con, f"SELECT text FROM ({some}) ORDER BY place")


def _remove(
    con: duckdb.DuckDBPyConnection, texts: str, marks: Sequence[str], *, blank: bool = False
) -> tuple[str, ...]:
    """Take the marks for 'not known' away, with `blank` all blank texts too; those that were met."""
    wanted = f"text IN ({_listed(marks)})" + (" OR trim(text) = ''" if blank else "")
    found = set(_texts(con, f"SELECT text FROM {texts} WHERE {wanted}"))
    con.execute(f"DELETE FROM {texts} WHERE {wanted}")
    return tuple(mark for mark in marks if mark in found) + tuple(sorted(found - set(marks)))


def _listed(texts: Sequence[str]) -> str:
    return ", ".join("'" + text.replace("'", "''") + "'" for text in texts) or "''"


def _texts(con: duckdb.DuckDBPyConnection, query: str) -> list[str]:
    return [str(row[0]) for row in con.execute(query).fetchall()]


def _span(con: duckdb.DuckDBPyConnection, texts: str) -> tuple[str, str]:
    number = "TRY_CAST(text AS DECIMAL(38, 6))"
    low, high = con.execute(f"SELECT min({number}), max({number}) FROM {texts}").fetchone() or (None, None)
    plain = [format(value.normalize(), "f") if value is not None else "" for value in (low, high)]
    return plain[0], plain[1]


_BOOLEANS = ({"true", "false"}, {"yes", "no"}, {"t", "f"}, {"y", "n"}, {"ja", "nein"}, {"oui", "non"})
_MONEY_NAME = re.compile(
    r"price|amount|total|revenue|cost|charge|fee|mrr|arr\b|betrag|preis|umsatz|montant|prix|importe|precio|gross|net\b",
    re.I,
)
_COUNTER_NAME = re.compile(r"line|seq|index|position|item|row|leg|part|count", re.I)
_ID_NAME = re.compile(r"(^|[^a-z])(id|key|number|nummer|no|nr|uuid|guid|code)s?($|[^a-z])|[a-z](ID|Id|No)$", re.I)


def _type(name: str, sample: list[str], distinct: int, filled: int) -> ColumnType:
    """The type of most of the sample's texts: one stray text does not make a column of numbers words."""
    if not sample:
        return "empty"
    stripped = [value.strip() for value in sample]
    lowered = {value.lower() for value in stripped}
    if any(lowered <= pair for pair in _BOOLEANS) and distinct <= 4:
        return "boolean"

    def most(pattern: str) -> bool:
        return sum(re.fullmatch(pattern, value) is not None for value in stripped) >= 0.95 * len(stripped)

    if most(r"[\[{].*[\]}]"):
        return "json"
    if most(r"-?\d{1,4}:[0-5]\d(:[0-5]\d(\.\d+)?)?"):
        return "clock"
    if most(r"(\d+ ?(d|h|m|s|days?|hours?|hrs?|min(ute)?s?|sec(ond)?s?)[ ,]*)+"):
        return "duration"
    id_like = _ID_NAME.search(name) is not None
    if most(r"[+-]?\d+(\.0+)?") and (id_like or any(re.match(r"0\d", value) for value in stripped)):
        return "id"
    if most(r"[+-]?\d+"):
        return "money" if _MONEY_NAME.search(name) and not id_like else "integer"
    if most(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"):
        return "money" if _MONEY_NAME.search(name) else "decimal"
    if most(r"[-+(]?[€$£¥]? ?-?[\d.,' ]*\d ?([€$£¥]|[A-Z]{3})?\)?"):
        return "money"
    if most(r"\S{1,64}") and distinct > 0.5 * filled and (id_like or most(r"[A-Za-z]*[-_#]?[\da-fA-F-]{4,}")):
        return "id"
    if distinct <= _MAX_ENUM and (distinct <= 12 or distinct <= 0.2 * filled) and max(map(len, stripped)) <= 60:
        return "enum"
    return "id" if id_like and most(r"\S{1,64}") else "text"


def _pairs(
    con: duckdb.DuckDBPyConnection,
    table: str,
    columns: tuple[Column, ...],
    sources: dict[str, str],
    rows: int,
) -> tuple[tuple[str, str], ...]:
    """Pairs of columns that are unique together, where no column is so alone: at most those of eight candidates."""
    if rows < 2 or any(column.unique for column in columns if column.type in ("id", "text", "enum")):
        return ()
    kinds = ("id", "integer", "enum", "text", "time")
    able = [column for column in columns if column.nulls == 0 and column.type in kinds]
    able = [column for column in able if column.type != "integer" or _COUNTER_NAME.search(column.name)]
    able = [column for column in able if column.distinct > 1 and max(map(len, column.examples), default=0) <= 64]
    able.sort(key=lambda column: (column.type != "id", -column.distinct))
    candidates = sorted(able[:8], key=columns.index)
    pairs = [pair for pair in itertools.combinations(candidates, 2) if pair[0].distinct * pair[1].distinct >= rows]
    found = []
    for one, other in sorted(pairs, key=lambda pair: [columns.index(part) for part in pair]):
        both = f"({sources[one.name]}, {sources[other.name]})"
        (count,) = con.execute(f"SELECT count(DISTINCT {both}) FROM {table}").fetchone() or (0,)
        if count == rows:
            found.append((one.name, other.name))
    return tuple(found)
