"""Judges mapped rows by their table's contract: good ones go on, bad ones are held back with their reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from goalkeeper.connectors.mapping.compile import Compiled
from goalkeeper.connectors.mapping.expressions import literal, quoted
from goalkeeper.schema import Severity
from goalkeeper.schema.contract import Check
from goalkeeper.warehouse.store import Store

SHOWN = 120  # characters of a found value that quarantine keeps


@dataclass(frozen=True, slots=True)
class Judged:
    """Where the mapped rows of one rule stand, and how many there are: good, held back, and per warning."""

    table: str
    rows: int
    held: int
    warnings: tuple[tuple[str, str, int], ...]


def judge(store: Store, compiled: Compiled, name: str, now: datetime) -> Judged:
    """Makes the temporary table ``name`` of the rule's rows, with ``_held`` true where a check fails."""
    rejecting = [_at(check, now) for check in compiled.checks if check.severity is Severity.REJECT]
    warning = [_at(check, now) for check in compiled.checks if check.severity is Severity.WARN]
    held = " OR ".join(f"coalesce({check.predicate}, false)" for check in rejecting) or "false"
    store.con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT *, ({held}) AS _held FROM ({compiled.rows})")
    counts = ", ".join(f"count(*) FILTER ({check.predicate})" for check in warning)
    row = store.rows(f"SELECT count(*), count(*) FILTER (_held){', ' + counts if counts else ''} FROM {name}")[0]
    warnings = tuple((check.code, check.words, found) for check, found in zip(warning, row[2:], strict=True) if found)
    return Judged(name, row[0], row[1], warnings)


def hold(store: Store, compiled: Compiled, judged: Judged, load_id: int, source_id: str, now: datetime) -> None:
    """Writes the held rows of a rule to quarantine, each with its first reason and the value found."""
    if not judged.held:
        return
    table = compiled.rule.table
    rejecting = [_at(check, now) for check in compiled.checks if check.severity is Severity.REJECT]
    first = " ".join(f"WHEN coalesce({check.predicate}, false) THEN {n}" for n, check in enumerate(rejecting))
    filled = set(compiled.rule.filled)
    picks = {
        "code": [literal(check.code) for check in rejecting],
        "column_name": [literal(check.column) for check in rejecting],
        "found": [
            f"left({quoted('_text_' + check.column)}, {SHOWN})" if check.column in filled else "NULL"
            for check in rejecting
        ],
        "reason": [literal(check.words) for check in rejecting],
    }
    chosen = ", ".join(
        f"CASE _first {' '.join(f'WHEN {n} THEN {sql}' for n, sql in enumerate(each))} END AS {name}"
        for name, each in picks.items()
    )
    row = ", ".join(f"{literal(name)}, {quoted('_text_' + name)}" for name in compiled.rule.filled)
    store.con.execute(
        f"INSERT INTO meta.quarantine BY NAME SELECT {next_held(store)} + row_number() OVER () AS held_id, "
        f"{load_id} AS load_id, {literal(source_id)} AS source_id, {literal(table.name)} AS table_name, "
        f"_position AS position, {chosen}, json_object({row}) AS row, TIMESTAMP '{now}' AS held_at "
        f"FROM (SELECT *, CASE {first} END AS _first FROM {judged.table} WHERE _held)"
    )


def next_held(store: Store) -> int:
    """The highest quarantine number so far."""
    return int(store.one("SELECT coalesce(max(held_id), 0) FROM meta.quarantine"))


def _at(check: Check, now: datetime) -> Check:
    predicate = check.predicate.replace("{now}", f"TIMESTAMP '{now}'")
    return Check(check.code, check.column, check.words, check.severity, predicate)
