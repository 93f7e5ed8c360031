"""The canonical tables and columns, declared once; checks, stored tables and documents come from here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from goalkeeper.errors import UnknownName
from goalkeeper.schema.contract import Check, checks, contract_sql
from goalkeeper.schema.money import MONEY
from goalkeeper.schema.people import PEOPLE
from goalkeeper.schema.service import SERVICE
from goalkeeper.schema.table import LINEAGE, Column, Rule, Severity, Table, Type
from goalkeeper.schema.voice import VOICE

__all__ = [
    "LINEAGE",
    "TABLES",
    "Check",
    "Column",
    "Rule",
    "Severity",
    "Table",
    "Type",
    "checks",
    "contract_sql",
    "table",
]

TABLES: Mapping[str, Table] = MappingProxyType({table.name: table for table in (*SERVICE, *PEOPLE, *MONEY, *VOICE)})


def table(name: str) -> Table:
    """The canonical table of that name; UnknownName if there is none."""
    try:
        return TABLES[name]
    except KeyError:
        raise UnknownName("table", name, TABLES) from None
