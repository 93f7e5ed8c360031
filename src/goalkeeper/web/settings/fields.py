"""A table of the settings as fields of a form: rows of texts, read from it, sent back, and told what is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Rows = tuple[tuple[str, ...], ...]
"""The texts of a field, row by row and column by column."""
ON = "on"
_PIECE = re.compile(r'\s*(?:"((?:[^"]|"")*)"\s*(?=,|$)|([^,]*))(?:,|$)')
_NAME = re.compile(r"([a-z_]+)\.([0-9]{1,4})\.([a-z0-9_]+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a field; ``kind`` is text, date, check, or select with ``choices`` of value and words."""

    name: str
    label: str
    hint: str = ""
    kind: str = "text"
    choices: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """What one or more keys of a table look like as rows, and what TOML holds for rows; None for nothing.

    ``grows`` has as many rows as are filled in, others one.
    """

    key: str
    label: str
    columns: tuple[Column, ...]
    shown: Callable[[Any], Rows]
    raw: Callable[[Rows], object]
    help: str = ""
    grows: bool = False

    def rows(self, table: Mapping[str, object]) -> Rows:
        """Its rows of a table of the file, with single spaces as `read_draft` has them."""
        return tuple(tuple(" ".join(cell.split()) for cell in row) for row in self.shown(table.get(self.key)))


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands in a form: the rows of each field, and what is wrong at a spot, "" for the whole."""

    rows: Mapping[str, Rows]
    wrong: dict[str, list[str]] = field(default_factory=dict)

    def values(self, fields: Sequence[Field], table: Mapping[str, object]) -> dict[str, object]:
        """What is to change in a table of the file; what is sent as it was shown stays as it is written."""
        return {each.key: each.raw(self.rows[each.key]) for each in fields if self.rows[each.key] != each.rows(table)}

    def tell(self, key: str, row: int, column: str, words: str) -> None:
        """Notes what is wrong at a spot."""
        self.wrong.setdefault(f"{key}.{row}.{column}" if key else "", []).append(words)


def read_draft(sent: Mapping[str, str], fields: Sequence[Field]) -> Draft:
    """The rows as they were sent; those left empty are no rows, and the row that ``do`` drops is none either."""
    found: dict[tuple[str, int], dict[str, str]] = {}
    for name, text in sent.items():
        if spot := _NAME.fullmatch(name):
            found.setdefault((spot[1], int(spot[2])), {})[spot[3]] = " ".join(text.split())
    dropped = sent.get("do", "").removeprefix("drop.")

    def rows(each: Field) -> Iterator[tuple[str, ...]]:
        for key, number in sorted(found):
            texts = found[key, number]
            row = tuple(texts.get(column.name, "") for column in each.columns)
            if key == each.key and any(row) and f"{key}.{number}" != dropped:
                yield row

    return Draft(
        {each.key: tuple(rows(each)) if each.grows else (tuple(rows(each)) or (_blank(each),)) for each in fields}
    )


def draft_of(table: Mapping[str, object], fields: Sequence[Field]) -> Draft:
    """The rows of a table of the file."""
    return Draft({each.key: each.rows(table) for each in fields})


def _blank(each: Field) -> tuple[str, ...]:
    return ("",) * len(each.columns)


def text(key: str, label: str, *, hint: str = "", help: str = "", kind: str = "text", default: str = "",
         choices: Sequence[tuple[str, str]] = ()) -> Field:  # fmt: skip
    """A key that holds a text; the default is what no key at all says."""
    column = Column(key, label, hint, kind, choices)
    return Field(key, label, (column,), lambda raw: ((str(default if raw is None else raw),),),
                 lambda rows: rows[0][0] or None, help)  # fmt: skip


def texts(key: str, label: str, *, hint: str = "", help: str = "") -> Field:
    """A key that holds a text or a list of them, as `joined` shows it."""
    return Field(key, label, (Column(key, label, hint),), lambda raw: ((joined(raw),),),
                 lambda rows: split(rows[0][0]) or None, help)  # fmt: skip


def checks(key: str, label: str, values: Sequence[str], *, help: str = "") -> Field:
    """A key that holds some of these values."""
    columns = tuple(Column(each, each.replace("_", " "), kind="check") for each in values)
    return Field(
        key, label, columns, lambda raw: (tuple(ON if each in listed(raw) else "" for each in values),),
        lambda rows: [each for each, sent in zip(values, rows[0], strict=True) if sent] or None, help,
    )  # fmt: skip


def listed(raw: object) -> list[str]:
    """A text or a list of them as a list."""
    return list(map(str, raw)) if isinstance(raw, list) else [] if raw is None else [str(raw)]


def joined(raw: object) -> str:
    """A text or a list of them with commas between; one that `split` would take for something else is in quotes."""
    return ", ".join(
        each if split(each) == [each] else '"{}"'.format(each.replace('"', '""')) for each in listed(raw) if each
    )


def split(sent: str) -> list[str]:
    """What stands between commas, or in quotes, where a quote itself is written twice."""
    found = (quoted.replace('""', '"') or plain.strip() for quoted, plain in _PIECE.findall(sent))
    return [each for each in found if each]
