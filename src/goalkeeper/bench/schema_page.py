"""The page docs/schema.md: every canonical table with its columns and rules."""

from __future__ import annotations

from itertools import groupby

from goalkeeper.schema import LINEAGE, TABLES, Column, Severity, Table, Type
from goalkeeper.schema.contract import AHEAD_DAYS, AHEAD_YEARS, EARLIEST, EARLIEST_DAY


def schema_page() -> str:
    """The whole page as Markdown, ending in a line end."""
    parts = [_opening(), _index(), *(_section(table) for table in TABLES.values())]
    return "\n\n".join(parts) + "\n"


def _opening() -> str:
    lineage = "\n".join(f"- `{column.name}` ({column.type.words}): {column.about}." for column in LINEAGE)
    types = "\n".join(f"| {type_.words} | `{type_.duckdb}` |" for type_ in Type)
    return f"""\
<!-- Written by `make docs` from src/goalkeeper/schema; edits here are lost. -->
# The canonical tables

A mapping turns the rows of a file into rows of these tables. Fill what the source knows and leave the rest
empty: empty means *not known*, and a metric that needs an empty column says so instead of counting zero.

Every table also has these columns, which the loader fills:

{lineage}

| type | in the store |
|---|---|
{types}

Times are UTC without a zone, to the microsecond. Names end in `_at` for a time, `_on` for a day and `_s` for
seconds. Money is in units of the row's `currency`, never in cents. A column marked *personal* is emptied when
the person asks to be forgotten.

A row is kept out, with the reason, when

- a required column is empty, or blank if it is text, or an optional id is blank;
- a word is not in its column's list, a number is outside its range or not finite;
- a time is before {EARLIEST} (a day before {EARLIEST_DAY}), or more than {AHEAD_DAYS} days ahead of now
  ({AHEAD_YEARS} years for days and for times that may lie ahead);
- a rule of its table says *kept out*. A rule that says *reported* lets the row in and counts it."""


def _index() -> str:
    lines = []
    for group, tables in groupby(TABLES.values(), key=lambda table: table.group):
        links = ", ".join(f"[{table.name}](#{table.name})" for table in tables)
        lines.append(f"- **{group[0].upper()}{group[1:]}**: {links}")
    return "\n".join(lines)


def _section(table: Table) -> str:
    key = ", ".join(f"`{name}`" for name in ("source_id", *table.key))
    newer = f"the row with the later `{table.event_time}`" if table.event_time else "the later load"
    parts = [
        f"## {table.name}",
        f"{table.about}.",
        f"Key: {key}. Of two versions {newer} stands.",
        "\n".join(
            [
                "| column | type | required | personal | meaning |",
                "|---|---|---|---|---|",
                *(_row(column) for column in table.columns),
            ]
        ),
    ]
    if table.rules:
        parts.append("\n".join(["Rules:", "", *_rules(table)]))
    return "\n\n".join(parts)


def _row(column: Column) -> str:
    about = column.about + _limits(column)
    cells = (
        f"`{column.name}`",
        column.type.words,
        "yes" if column.required else "",
        "yes" if column.personal else "",
        about.replace("|", "\\|"),
    )
    return "| " + " | ".join(cells) + " |"


def _limits(column: Column) -> str:
    limits = ""
    if column.values:
        limits += ". One of: " + ", ".join(f"`{value}`" for value in column.values)
    if column.low is not None:
        limits += f". At least {column.low:,.15g}"
    if column.high is not None:
        limits += f". At most {column.high:,.15g}"
    if column.references:
        limits += f". Refers to `{column.references}`"
    return limits + "."


def _rules(table: Table) -> list[str]:
    done = {Severity.REJECT: "kept out", Severity.WARN: "reported"}
    return [f"- `{rule.key}`, {done[rule.severity]}: {rule.about}." for rule in table.rules]
