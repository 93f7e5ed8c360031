"""Functions of a mapping that stand for a longer piece of SQL, as data: how often money needs the same few sums."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Macro:
    """A function: the names of its arguments, and its SQL with them in braces."""

    arguments: tuple[str, ...]
    sql: str


# ISO 4217: what the smallest unit is of a currency that has no hundredths.
_NONE = "'BIF', 'CLP', 'DJF', 'GNF', 'JPY', 'KMF', 'KRW', 'MGA', 'PYG', 'RWF', 'UGX', 'VND', 'VUV', 'XAF', 'XOF', 'XPF'"
_THOUSANDTHS = "'BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND'"

MACROS: Mapping[str, Macro] = {
    "whole_units": Macro(
        ("amount", "currency"),
        "(TRY_CAST({amount} AS DOUBLE) / CASE WHEN {currency} IS NULL THEN NULL "
        f"WHEN upper({{currency}}) IN ({_NONE}) THEN 1 WHEN upper({{currency}}) IN ({_THOUSANDTHS}) THEN 1000 "
        "ELSE 100 END)",
    ),
    "a_month": Macro(
        ("amount", "interval", "every"),
        "(TRY_CAST({amount} AS DOUBLE) * CASE lower({interval}) WHEN 'year' THEN 1.0 / 12 WHEN 'quarter' THEN 1.0 / 3 "
        "WHEN 'month' THEN 1 WHEN 'week' THEN 365.25 / 84 WHEN 'day' THEN 365.25 / 12 END "
        "/ coalesce(TRY_CAST({every} AS DOUBLE), 1))",
    ),
}


def expanded(name: str, arguments: list[str]) -> str:
    """The SQL of a function with these arguments' SQL."""
    macro = MACROS[name]
    return macro.sql.format(**dict(zip(macro.arguments, arguments, strict=True)))
