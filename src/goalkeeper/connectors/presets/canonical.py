"""The mapping for files that are canonical tables already: a table's name, and its columns under their own names."""

from __future__ import annotations

from goalkeeper.connectors.mapping.checks import DERIVED
from goalkeeper.schema import TABLES, Column, Table

NAME = "canonical"
_HEAD = '''name = "canonical"
title = "Spreadsheets with the columns of the canonical tables"
about = """
A CSV file or a sheet named like a canonical table, with columns named like the table's: qa_reviews.csv with review_id,
ticket_id, score and so on. The table's required columns must be there; of the others any may be left out. Times without
an offset are read in the workspace's time zone. An e-mail address or telephone number is hashed on the way in.
"""
'''


def canonical_text() -> str:
    """The mapping as TOML, one file rule a table, made from the declared model."""
    return "\n".join([_HEAD, *map(_rule, TABLES.values())])


def _rule(table: Table) -> str:
    needs = [column.name for column in table.columns if column.required and (table.name, column.name) not in DERIVED]
    lines = [
        "[[file]]",
        f'match = ["{table.name}", "{table.name}.*", "{table.name}[-_ ]*"]',
        f"needs = [{', '.join(map(_quoted, needs))}]",
        'zone = "workspace"',
        "strict = true",
        "[[file.table]]",
        f'to = "{table.name}"',
    ]
    for column in table.columns:
        source = f"'{_source(column)}'"
        lines.append(
            f"columns.{column.name} = "
            + (source if column.name in needs else f"{{ from = {source}, optional = true }}")
        )
    return "\n".join(lines) + "\n"


def _source(column: Column) -> str:
    name = f'"{column.name}"'
    if column.name in ("email_key", "phone_key"):  # one that came from another table here is a hash already
        return f"CASE WHEN length({name}) = 64 THEN {name} ELSE {column.name}({name}) END"
    return name


def _quoted(name: str) -> str:
    return f'"{name}"'
