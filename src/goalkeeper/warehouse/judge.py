"""Judges mapped rows by their table's contract: good ones go on, bad ones are held back with their reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from goalkeeper.connectors.mapping.compile import Compiled
from goalkeeper.engines.text import literal, quoted
from goalkeeper.schema import Severity
from goalkeeper.schema.contract import Check
from goalkeeper.warehouse.holding import SHOWN
from goalkeeper.warehouse.merge import Origin
from goalkeeper.warehouse.store import Store


@dataclass(frozen=True, slots=True)
class Judged:
    """The table of a rule's good rows, and how many rows there were: in all, held back, and per warning."""

    table: str
    rows: int
    held: int
    warnings: tuple[tuple[str, str, int], ...]


def judge(store: Store, compiled: Compiled, name: str, origin: Origin) -> Judged:
    """Makes the temporary table ``name`` of the rule's good rows; the others go to ``holding``."""
    rejecting = [_at(check, origin.now) for check in compiled.checks if check.severity is Severity.REJECT]
    warning = [_at(check, origin.now) for check in compiled.checks if check.severity is Severity.WARN]
    bad = " OR ".join(f"({check.predicate})" for check in rejecting) or "false"
    held = f"CASE WHEN {bad} THEN true ELSE false END"  # under WHEN, a row that fails one check skips the others
    filled = ", ".join(map(quoted, compiled.rule.filled))
    store.con.execute(
        f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT _position, _step, {filled}, {held} AS _held "
        f"FROM ({compiled.rows})"
    )
    counts = "".join(f", count(*) FILTER (NOT _held AND ({check.predicate}))" for check in warning)
    row = store.rows(f"SELECT count(*), count(*) FILTER (_held){counts} FROM {name}")[0]
    warnings = tuple((check.code, check.words, found) for check, found in zip(warning, row[2:], strict=True) if found)
    if row[1]:
        _hold(store, compiled, rejecting, origin)
        store.con.execute(f"DELETE FROM {name} WHERE _held")
    store.con.execute(f"ALTER TABLE {name} DROP COLUMN _held")
    return Judged(name, row[0], row[1], warnings)


def _hold(store: Store, compiled: Compiled, rejecting: list[Check], origin: Origin) -> None:
    """Writes the held rows of a rule to ``holding``, each with its first reason and the value found."""
    first = " ".join(f"WHEN {check.predicate} THEN {n}" for n, check in enumerate(rejecting))
    texts = set(compiled.texts)
    picks = {
        "code": [literal(check.code) for check in rejecting],
        "column_name": [literal(check.column) for check in rejecting],
        "found": [
            f"left({quoted('_text_' + check.column)}, {SHOWN})" if check.column in texts else "NULL"
            for check in rejecting
        ],
        "reason": [literal(check.words) for check in rejecting],
    }
    chosen = ", ".join(
        f"CASE _first {' '.join(f'WHEN {n} THEN {sql}' for n, sql in enumerate(each))} END AS {name}"
        for name, each in picks.items()
    )
    row = ", ".join(f"{literal(name)}, {quoted('_text_' + name)}" for name in compiled.texts)
    store.con.execute(
        f"INSERT INTO holding BY NAME SELECT {origin.load_id} AS load_id, {literal(origin.source_id)} AS source_id, "
        f"{literal(compiled.rule.to)} AS table_name, _position AS position, {chosen}, json_object({row}) AS row "
        f"FROM (SELECT *, CASE {first} END AS _first FROM ({compiled.rows})) WHERE _first IS NOT NULL"
    )


def _at(check: Check, now: datetime) -> Check:
    predicate = check.predicate.replace("{now}", f"TIMESTAMP '{now}'")
    return Check(check.code, check.column, check.words, check.severity, predicate)
