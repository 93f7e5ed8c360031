"""Headers that are not just the first row: under titles, or several rows as SurveyMonkey and Qualtrics write them."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from goalkeeper.connectors.words import plain_words

SAMPLE_ROWS = 300
_MOST_TITLES = 20
_IMPORT_ID = '{"ImportId"'
_SAME = ("response", "open ended response", "")  # SurveyMonkey's words under a question that has one answer


def title_rows(rows: Sequence[Sequence[str]], *, ragged: bool = False) -> int:
    """How many of a text's first records stand above its header: a report's name, its filters, blank ones.

    They have one filled cell or two; the header has more, twice as many where they are as wide, all of them names. What
    follows is as wide, but for a sheet's ``ragged`` rows, which end with their last filled cell.
    """
    most = longest = 0  # of the rows before: filled cells, and cells
    for number, row in enumerate(rows[: _MOST_TITLES + 1]):
        filled = sum(bool(cell.strip()) for cell in row)
        stands_out = filled >= 2 * most if longest >= len(row) else filled > most
        is_header = number and stands_out and (filled > 2 or filled > len(rows[0])) and _are_names(row)
        if is_header and _are_as_wide(rows[number + 1 :], len(row), ragged):
            return number
        most, longest = max(most, filled), max(longest, len(row))
        if most > 2:
            break
    return 0


def is_figure(cell: str) -> bool:
    """Whether a cell is a number, a date or a time, which no column is called."""
    return re.fullmatch(r"[-+]?[\d.,:/ -]+", cell.strip()) is not None


def _are_names(row: Sequence[str]) -> bool:
    names = {cell.strip().casefold() for cell in row if cell.strip()}
    return len(names) >= 0.8 * len(row) and not any(map(is_figure, names))


def _are_as_wide(rows: Sequence[Sequence[str]], width: int, ragged: bool) -> bool:
    alike = full = sum(len(row) == width for row in rows)
    if ragged and full >= 0.2 * len(rows):
        alike = sum(len(row) <= width for row in rows)
    return bool(rows) and alike >= 0.8 * len(rows)


@dataclass(frozen=True, slots=True)
class Header:
    """One name a column, how many records it stood on, and what it says once for all rows, by column name."""

    names: tuple[str, ...]
    records: int
    added: tuple[tuple[str, str], ...] = ()


def several_rows(rows: Sequence[Sequence[str]]) -> Header | None:
    """The header of a text whose first records are these, where it is of several; None for a plain one."""
    if len(rows) >= 3 and rows[2] and all(cell.strip().startswith(_IMPORT_ID) for cell in rows[2]):
        return _qualtrics(rows)
    if len(rows) >= 2 and [plain_words(name) for name in rows[0][:2]] == ["respondent id", "collector id"]:
        second = rows[1]
        first = [*rows[0], *[""] * (len(second) - len(rows[0]))]  # a sheet's first row may end before the second
        if len(second) == len(first) and not any(cell.strip() for cell in second[:2]) and any(map(str.strip, second)):
            return Header(tuple(_under_one_another(first, second)), 2)
    return None


def _qualtrics(rows: Sequence[Sequence[str]]) -> Header:
    """The question's number and its words; the third row says what is a question, and in which zone the times are."""
    ids = list(map(_import_id, rows[2]))
    names = [
        f"{name}: {_one_line(words)}" if str(id_.get("ImportId")).startswith("QID") else name
        for name, words, id_ in zip(rows[0], rows[1], ids, strict=False)
    ]
    zones = [str(id_["timeZone"]) for id_ in ids if id_.get("timeZone")]
    return Header(tuple(names), 3, (("timeZone", "UTC" if zones[0] == "Z" else zones[0]),) if zones else ())


def _import_id(cell: str) -> dict[str, object]:
    try:
        found = json.loads(cell)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _under_one_another(first: Sequence[str], second: Sequence[str]) -> list[str]:
    """Questions with their parts; a blank above belongs to the question on its left."""
    names, above = [], ""
    for name, part in zip(first, second, strict=True):
        above = name or above
        names.append(_one_line(above) if plain_words(part) in _SAME else f"{_one_line(above)}: {_one_line(part)}")
    return names


def _one_line(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())
