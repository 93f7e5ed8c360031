"""From a column's text to a value of its canonical type: the cast, and when it has failed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from goalkeeper.connectors.files.plain import shortened
from goalkeeper.connectors.mapping.model import FileRule, Value
from goalkeeper.connectors.mapping.numbers import NUMBERS, with_point, without_doubtful
from goalkeeper.connectors.mapping.times import date_sql, time_sql
from goalkeeper.engines.text import literal
from goalkeeper.schema import Column, Type

_BOOLS = {"true": ("true", "t", "yes", "y", "1"), "false": ("false", "f", "no", "n", "0")}
_CLOCK = "([0-9]{1,12}):([0-5][0-9]):([0-5][0-9])"  # of more hours the seconds may not fit
_WHOLE = r"\s*[+-]?[0-9]*([.]0*)?\s*"
_NUMBER = r"\s*[+-]?[0-9]*[.]?[0-9]*([eE][+-]?[0-9]+)?\s*"
_EXACT = 2**53  # up to here a DOUBLE holds each whole number


def renamed_sql(text: str, value: Value, column: Column, *, as_spelled: bool = False) -> str:
    """The text after the mapping's `values`; then a closed list is matched in lower snake case.

    `values` match as spelled first, then without regard to case and to blanks around. ``as_spelled`` tries the closed
    list's own words first: faster, but where DuckDB works on a dictionary of the texts.
    """
    rest = text
    if column.values and column.type is Type.TEXT:
        rest = f"lower(replace(replace(trim({text}), ' ', '_'), '-', '_'))"
        if as_spelled and not value.values:
            words = _whens((word, word) for word in column.values)
            return f"CASE {text} {words} ELSE {rest} END"
    if not value.values:
        return rest
    if value.otherwise is not None:
        rest = literal(value.otherwise)
    meant: dict[str, set[str]] = {}
    for found, to in value.values:
        meant.setdefault(found.strip().lower(), set()).add(to)
    loose = [(found, *to) for found, to in meant.items() if len(to) == 1]  # of two spellings with two meanings, neither
    if loose:
        rest = f"CASE lower(trim({text})) {_whens(loose)} ELSE {rest} END"
    return f"CASE WHEN {text} IS NULL THEN NULL ELSE CASE {text} {_whens(value.values)} ELSE {rest} END END"


def _whens(pairs: Iterable[tuple[str, ...]]) -> str:
    return " ".join(f"WHEN {literal(found)} THEN {literal(to)}" for found, to in pairs)


def typed_sql(text: str, value: Value, file: FileRule, column: Column) -> str:
    """SQL of the canonical value; NULL where the text is NULL or cannot be read as the column's type."""
    times = value.times or file.times
    zone = value.zone or file.zone
    given = text
    if column.type in NUMBERS:
        mark = value.decimal or file.decimal
        text = with_point(text, mark) if mark else without_doubtful(text) if value.doubt else text
    match column.type:
        case Type.TEXT | Type.JSON:
            return _identifier(text) if column.name.endswith("_id") else text
        case Type.TIMESTAMP:
            return time_sql(text, times, zone)
        case Type.DATE:
            return date_sql(text, times, zone)
        case Type.TIME:
            return f"TRY_CAST({text} AS TIME)"
        case Type.BOOL:
            # One comparison after another: DuckDB makes each IN a join, which every row goes through.
            usual = " ".join(f"WHEN {text} = '{truth}' THEN {truth}" for truth in _BOOLS)
            words = " ".join(f"WHEN '{word}' THEN {truth}" for truth, words in _BOOLS.items() for word in words)
            return f"CASE {usual} ELSE CASE lower(trim({text})) {words} END END"
        case Type.BIGINT:
            return _seconds(text) if column.name.endswith("_s") else _whole(text)
        case Type.TEXT_LIST:
            listed = f"from_json({text}, '[\"VARCHAR\"]')"
            split = f"list_transform(string_split({text}, ','), lambda part: trim(part))"
            return f"CASE WHEN {text} LIKE '[%' THEN {listed} ELSE {split} END"
        case Type.DOUBLE | Type.DECIMAL:  # the cast alone would take 1_000 for a thousand
            return f"CASE WHEN NOT contains({given}, '_') THEN TRY_CAST({text} AS {column.type.duckdb}) END"
        case _:
            return f"TRY_CAST({text} AS {column.type.duckdb})"


def failure(column: Column, value: Value, file: FileRule) -> str:
    """What is valid, in words, where a column's text could not be read."""
    if value.values:
        return (
            failure(column, replace(value, values=()), file)
            + "; or a word of `values`: "
            + shortened(", ".join(found for found, _ in value.values), 100)
        )
    match column.type:
        case Type.TIMESTAMP | Type.DATE:
            return "formats tried: " + ", ".join(value.times or file.times)
        case Type.BOOL:
            return "valid: true, false, yes, no, 1, 0"
        case Type.BIGINT if column.name.endswith("_s"):
            return "valid: seconds, or H:MM:SS" + _marks(value, file)
        case Type.BIGINT | Type.DOUBLE | Type.DECIMAL:
            return f"valid: {column.type.words}" + _marks(value, file)
        case _:
            return f"valid: {column.type.words}"


def _marks(value: Value, file: FileRule) -> str:
    return {"": "", ".": " with a decimal point", ",": " with a decimal comma"}[value.decimal or file.decimal]


def _identifier(text: str) -> str:
    """Ids that passed through a float column lose their `.0`."""
    return f"CASE WHEN {text} LIKE '%.0' THEN regexp_replace({text}, '^(\\d+)\\.0$', '\\1') ELSE {text} END"


def _whole(text: str) -> str:
    """A whole number, written as one or with nothing but zeros behind its point; an exponent has to leave it whole.

    The cast alone would round 25e-1, and take 1_0 for 10 and 0x10 for 16. That a text is the one of its number is
    told faster than by a pattern, and nearly all are.
    """
    number, power = f"TRY_CAST({text} AS BIGINT)", f"TRY_CAST({text} AS DOUBLE)"
    return (
        f"CASE WHEN CAST({number} AS VARCHAR) = {text} THEN {number} "
        f"WHEN regexp_full_match({text}, '{_WHOLE}') THEN {number} "
        f"WHEN regexp_full_match({text}, '{_NUMBER}') AND {power} = round({power}) AND abs({power}) < {_EXACT} "
        f"THEN TRY_CAST({power} AS BIGINT) END"
    )


def _seconds(text: str) -> str:
    """Seconds are rounded; a clock reading H:MM:SS counts too."""
    part = [f"TRY_CAST(regexp_extract({text}, '{_CLOCK}', {group}) AS BIGINT)" for group in (1, 2, 3)]
    return (
        f"coalesce(CASE WHEN NOT contains({text}, '_') THEN TRY_CAST({text} AS BIGINT) END, "
        f"CASE WHEN regexp_full_match({text}, '{_NUMBER}') THEN TRY_CAST(round(TRY_CAST({text} AS DOUBLE)) AS BIGINT) "
        f"WHEN regexp_full_match({text}, '{_CLOCK}') THEN {part[0]}*3600 + {part[1]}*60 + {part[2]} END)"
    )
