"""Decide which canonical table a file fills, and which of its columns fills which of the table's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from goalkeeper.connectors.mapping.questions import asked_for, asks_for_words
from goalkeeper.connectors.mapping.scales import scale_of_words
from goalkeeper.connectors.propose.profile import Column, Profile
from goalkeeper.connectors.propose.synonyms import (
    ADDRESSES,
    COLUMNS,
    LISTS,
    LOG_ACTORS,
    LOG_STATES,
    LOG_TIMES,
    NEEDED,
    SIGNS,
    TELLING,
)
from goalkeeper.connectors.words import plain_words
from goalkeeper.schema import Type, table

_LEAST = {
    "tickets": 1.5, "interactions": 2.0, "survey_responses": 0.5, "orders": 2.0, "subscriptions": 3.0, "reviews": 1.5,
    "customers": 2.5, "agents": 2.5,
}  # fmt: skip
_SIGNED = ("survey_responses", "reviews", *LISTS)  # whose columns alone do not tell what they are
# Columns, and the functions of the same names, that keep people apart: what mostly stands in what they are made of.
KEYS = {"email_key": r".*@.*", "phone_key": r"\+\d[\d ()./-]{6,}"}
_NUMBERS = frozenset(("integer", "decimal", "money"))


@dataclass(frozen=True, slots=True)
class Log:
    """An event log's own columns: the case, the time of each row, what changes, and who did it."""

    case: Column
    time: Column
    state: Column | None
    actor: Column | None


@dataclass(frozen=True, slots=True)
class Fit:
    """The table a file fills and, by canonical name, the columns that do."""

    to: str
    columns: Mapping[str, Column]
    log: Log | None = None


def fit(profile: Profile) -> Fit | None:
    """The best fitting table; None where no table's needed columns are there and tell of it."""
    found = [(_score(to, columns, profile), to, columns) for to, columns in _matches(profile)]
    log = _log(profile)
    able = [one for one in found if one[0] >= _LEAST[one[1]] and _has_needed(one[1], one[2])]
    best = max(able, key=lambda one: (one[1] not in LISTS, one[0]), default=None)
    if log is not None and (best is None or best[1] == "tickets"):
        tickets = {**dict(next(columns for _, to, columns in found if to == "tickets"))}
        return Fit("tickets", {**tickets, "ticket_id": log.case}, log)
    return Fit(best[1], best[2]) if best is not None else None


def _has_needed(to: str, columns: Mapping[str, Column]) -> bool:
    return all(name in columns for name in NEEDED[to])


def _matches(profile: Profile) -> list[tuple[str, dict[str, Column]]]:
    return [(to, match(to, profile.columns)) for to in COLUMNS]


def match(to: str, columns: Sequence[Column]) -> dict[str, Column]:
    """The columns by canonical name, the surest match first; each column fills one only."""
    ranked: list[tuple[int, int, str, Column]] = []
    for order, (name, synonyms) in enumerate(COLUMNS[to].items()):
        for column in columns:
            rank = _rank(plain_words(column.name), synonyms)
            if rank is not None and _fits_type(to, name, column):
                ranked.append((rank, order, name, column))
    found: dict[str, Column] = {}
    taken: set[str] = set()
    for _, _, name, column in sorted(ranked, key=lambda one: one[:2]):
        if name not in found and column.name not in taken:
            found[name] = column
            taken.add(column.name)
    if to == "survey_responses":  # whose columns may stand under the words of its questions
        for name, asks in (("score", is_question), ("comment", _asks_for_words)):
            first = next((column for column in columns if column.name not in taken and asks(column)), None)
            if name not in found and first is not None:
                found[name] = first
                taken.add(first.name)
    return found


def is_question(column: Column) -> bool:
    """Whether a column is a survey's question for a score: by its words, and by answers that are points."""
    points = column.type in _NUMBERS or scale_of_words(column.values) is not None
    return points and bool(asked_for(column.name))


def _asks_for_words(column: Column) -> bool:
    return column.type in ("text", "enum") and asks_for_words(column.name)


def key_function(column: Column) -> str:
    """What keeps people apart whose addresses or phone numbers a column mostly holds; empty for other columns."""
    for function, sign in KEYS.items():
        if sum(bool(re.fullmatch(sign, example.strip())) for example in column.examples) * 2 > len(column.examples):
            return function
    return ""


def _rank(words: str, synonyms: tuple[str, ...]) -> int | None:
    """How sure a header means a column: its place among the synonyms; later where it only begins or ends so."""
    if words in synonyms:
        return synonyms.index(words)
    for place, synonym in enumerate(synonyms):
        if " " in synonym and (words.startswith(synonym + " ") or words.endswith(" " + synonym)):
            return 50 + place
    return None


def _fits_type(to: str, name: str, column: Column) -> bool:
    if column.type == "empty":
        return False
    wanted = table(to).column(name).type
    if wanted in (Type.TIMESTAMP, Type.DATE):
        return column.times is not None or (name == "started_at" and column.type == "clock")
    if column.times is not None:
        return False
    if name.endswith("customer_id") and plain_words(column.name) in ADDRESSES:
        return key_function(column) == "email_key"
    if name in KEYS:
        return key_function(column) == name
    if name.endswith("_s"):
        return column.type in ("integer", "decimal", "clock")
    if wanted in (Type.DOUBLE, Type.BIGINT):
        return column.type in ("integer", "decimal")
    if wanted is Type.DECIMAL:
        return column.type in _NUMBERS
    if table(to).column(name).values:
        return bool(column.values) and column.type != "json"
    return column.type != "json" or wanted is Type.TEXT_LIST


def _score(to: str, columns: Mapping[str, Column], profile: Profile) -> float:
    telling = sum(name in columns for name in TELLING[to])
    words = " ".join([plain_words(profile.file.member), *(plain_words(column.name) for column in profile.columns)])
    signs = sum(_says(words, sign) for sign in SIGNS[to])
    is_other = to in LISTS and any(_says(words, sign) for sign in SIGNS["tickets"])
    unsigned = to in _SIGNED and not signs and not (to == "survey_responses" and "comment" in columns)
    least = -9.0 if unsigned or is_other else 0.0
    return telling + 0.5 * min(signs, 4) + least


def _says(words: str, sign: str) -> bool:
    return f" {sign}" in f" {words}"


def _log(profile: Profile) -> Log | None:
    """The event log's columns where a case has several rows, each with a time of its own."""
    cases = match("tickets", [column for column in profile.columns if not column.unique])
    case = cases.get("ticket_id")
    if case is None or case.distinct > 0.8 * profile.rows or case.distinct < 2 or case.null_share > 0.01:
        return None
    times = [column for column in profile.columns if column.times is not None and column.null_share < 0.01]
    time = named(times, LOG_TIMES)
    state = named([column for column in profile.columns if column.values and column is not case], LOG_STATES)
    if time is None or state is None or time.distinct <= case.distinct / 2:
        return None
    actor = named([column for column in profile.columns if column.times is None and column is not state], LOG_ACTORS)
    return Log(case, time, state, actor)


def named(columns: Iterable[Column], names: tuple[str, ...]) -> Column | None:
    """The column whose header stands first among the names."""
    ranked = [(names.index(words), column) for column in columns if (words := plain_words(column.name)) in names]
    return min(ranked, key=lambda one: one[0])[1] if ranked else None
