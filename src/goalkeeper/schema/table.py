"""What a table of the canonical model is: its columns, its key, and the rules its rows obey."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from goalkeeper.errors import UnknownName


class Type(StrEnum):
    """The types a canonical column can have."""

    TEXT = "text"
    BIGINT = "bigint"
    DOUBLE = "double"
    DECIMAL = "decimal"
    BOOL = "bool"
    TIMESTAMP = "timestamp"
    DATE = "date"
    TEXT_LIST = "text_list"
    JSON = "json"
    TIME = "time"

    @property
    def duckdb(self) -> str:
        """The SQL type of the store. Times have no zone there and are always UTC; JSON is kept as text."""
        return _DUCKDB[self]

    @property
    def words(self) -> str:
        """What people call it, in documents and mappings."""
        return _WORDS[self]


_DUCKDB = {
    Type.TEXT: "VARCHAR",
    Type.BIGINT: "BIGINT",
    Type.DOUBLE: "DOUBLE",
    Type.DECIMAL: "DECIMAL(18,4)",
    Type.BOOL: "BOOLEAN",
    Type.TIMESTAMP: "TIMESTAMP",
    Type.DATE: "DATE",
    Type.TEXT_LIST: "VARCHAR[]",
    Type.JSON: "VARCHAR",
    Type.TIME: "TIME",
}
_WORDS = {
    Type.TEXT: "text",
    Type.BIGINT: "whole number",
    Type.DOUBLE: "number",
    Type.DECIMAL: "money",
    Type.BOOL: "yes or no",
    Type.TIMESTAMP: "time",
    Type.DATE: "day",
    Type.TEXT_LIST: "list of texts",
    Type.JSON: "JSON",
    Type.TIME: "time of day",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `values` closes an enumeration, `low` and `high` bound a number, both ends included."""

    name: str
    type: Type
    about: str
    required: bool = False
    values: tuple[str, ...] = ()
    personal: bool = False
    low: float | None = None
    high: float | None = None
    references: str = ""
    future: bool = False  # a plan or a deadline, so a time ahead of now is plausible


class Severity(StrEnum):
    """What happens to a row that fails a check: kept out of the table, or let in and reported."""

    REJECT = "reject"
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class Rule:
    """A check over one row: `predicate` is SQL over the table's columns.

    TRUE means the row is bad; FALSE and NULL mean that it is fine.
    """

    key: str
    predicate: str
    about: str
    severity: Severity = Severity.REJECT


@dataclass(frozen=True, slots=True)
class Table:
    """One canonical table. Its full key is `source_id` and then `key`.

    `event_time` names the column that orders versions of a row: the newer wins, a row without it
    counts as older, and a tie goes to the later load. Where it is empty the later load wins.
    """

    name: str
    about: str
    group: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...] = ()
    event_time: str = ""

    def column(self, name: str) -> Column:
        """The column of that name; UnknownName if the table has none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise UnknownName("column", name, (column.name for column in self.columns), where=self.name)


LINEAGE = (
    Column("source_id", Type.TEXT, "The configured connection the row came from; leads every key", required=True),
    Column("_load_id", Type.BIGINT, "The load that brought this version of the row", required=True),
    Column("_position", Type.BIGINT, "Where the row stood in its file", required=True),
)
