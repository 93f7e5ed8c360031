"""Numbers as people write them: which mark is the decimal one, where a mapping says it and where only the file can."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from goalkeeper.engines.text import literal
from goalkeeper.schema import Type

NUMBERS = (Type.BIGINT, Type.DOUBLE, Type.DECIMAL)
MARKS = (".", ",")
_EXPONENT = "([eE][+-]?[0-9]+)?"
_EITHER = "[+-]?[1-9][0-9]{0,2}[.][0-9]{3}"  # 1.000 is one, or a thousand
_AROUND = "[ \u00a0€$£¥%]*"
_PROOFS = {
    ".": (
        "[0-9]*[.]([0-9]{1,2}|[0-9]{4,})", "(0[0-9]*|[0-9]{4,}|)[.][0-9]{3}", "[0-9]*[.][0-9]+[eE][+-]?[0-9]+",
        "[1-9][0-9]{0,2}(,[0-9]{3})+[.][0-9]*", "[1-9][0-9]{0,2}(,[0-9]{3}){2,}",
    ),
    ",": (
        "[0-9]*,([0-9]{1,2}|[0-9]{4,})", "(0[0-9]*|[0-9]{4,}|),[0-9]{3}", "[0-9]*,[0-9]+[eE][+-]?[0-9]+",
        "[1-9][0-9]{0,2}([.][0-9]{3})+,[0-9]*", "[1-9][0-9]{0,2}([.][0-9]{3}){2,}",
    ),
}  # fmt: skip


def proof(mark: str) -> str:
    """The pattern of a whole text that can only be a number whose decimal mark is this one."""
    return f"{_AROUND}[+-]?{_AROUND}({'|'.join(_PROOFS[mark])}){_AROUND}"


def with_point(text: str, mark: str) -> str:
    """SQL of a number's text with a decimal point and no marks between thousands, NULL where they do not stand right.

    ``mark`` is the decimal mark of the text, the other one that between thousands.
    """
    decimal, between = ("[.]", ",") if mark == "." else (",", "[.]")
    form = f"[+-]?([1-9][0-9]{{0,2}}({between}[0-9]{{3}})+|[0-9]*)({decimal}[0-9]*)?{_EXPONENT}"
    clean = f"replace({text}, ',', '')" if mark == "." else f"replace(replace({text}, '.', ''), ',', '.')"
    marked = f"CASE WHEN regexp_full_match(trim({text}), {literal(form)}) THEN {clean} END"
    return f"CASE WHEN {text} LIKE '%.%' OR {text} LIKE '%,%' THEN {marked} ELSE {text} END"


def without_doubtful(text: str) -> str:
    """SQL of the text, NULL where a point in it may stand before decimals or between thousands."""
    return f"CASE WHEN {text} LIKE '%.___%' AND regexp_full_match(trim({text}), '{_EITHER}') THEN NULL ELSE {text} END"


def has_mark(text: str) -> str:
    """SQL of whether a text is a number with a mark in it, for decimals or between thousands."""
    forms = "|".join(f"({form})" for form in (_EITHER, *map(proof, MARKS)))
    return f"coalesce(regexp_full_match(trim({text}), {literal(forms)}), false)"


def doubts(values: Mapping[str, str], source: str, rows: Callable[[str], list[tuple[Any, ...]]]) -> dict[str, str]:
    """Why a text such as 1.000 is not read as one, for each of the ``values`` whose texts leave it in doubt.

    ``values`` is SQL of each by its name, ``source`` what follows FROM; all rows are looked at, and only for texts.
    """
    texts = {
        name: f"CASE WHEN typeof({sql}) = 'VARCHAR' THEN CAST({sql} AS VARCHAR) END" for name, sql in values.items()
    }
    # Nearly all files have none of them, which the quick pattern shows at a tenth of the price.
    quick = ", ".join(f"bool_or({text} LIKE '%.___%')" for text in texts.values())
    seen = rows(f"SELECT {quick} FROM {source}")
    found = {}
    for name, some in zip(texts, seen[0] if seen else (), strict=False):
        if some:
            either, point, comma = rows(
                "SELECT "
                + ", ".join(f"bool_or(regexp_full_match(t, {literal(form)}))" for form in (_EITHER, *map(proof, MARKS)))
                + f" FROM (SELECT trim({texts[name]}) AS t FROM {source}) WHERE t LIKE '%.%' OR t LIKE '%,%'"
            )[0]
            if either and (comma or not point):
                found[name] = _why(bool(point), bool(comma))
    return found


def _why(point: bool, comma: bool) -> str:
    if comma and not point:
        said = "other values of the column have a decimal comma, so that 1.000 would be a thousand: "
        return said + 'write decimal = "," in the mapping'
    if comma:
        said = "values of the column have a decimal point and others a decimal comma, so that 1.000 may be either: "
    else:
        said = "no value of the column tells whether 1.000 is one or a thousand: "
    return said + 'write decimal = "." or decimal = "," in the mapping'
