"""Judges mapped rows by their table's contract: good ones go on, bad ones are held back with their reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from goalkeeper.connectors.mapping.checks import text_name
from goalkeeper.connectors.mapping.compile import Compiled
from goalkeeper.engines.text import literal, quoted
from goalkeeper.schema import Severity
from goalkeeper.schema.contract import Check
from goalkeeper.warehouse.holding import SHOWN
from goalkeeper.warehouse.kept import KEYED
from goalkeeper.warehouse.local_hours import unsure_times
from goalkeeper.warehouse.merge import Origin, write_first
from goalkeeper.warehouse.store import Store


@dataclass(frozen=True, slots=True)
class Judged:
    """How many rows of a rule there were: in all, held back, and per warning."""

    rows: int
    held: int
    warnings: tuple[tuple[str, str, int], ...]


def judge(store: Store, compiled: Compiled, name: str, origin: Origin) -> Judged:
    """Makes the temporary table ``name`` of the rule's good rows; the others go to ``holding``."""
    rejecting, warning = _checks(compiled, origin)
    held = f"CASE WHEN {_any(rejecting)} THEN true ELSE false END AS _held"
    # A group's texts are kept, since they come of all its rows; others are read again where they are asked for.
    texts = [text_name(time.column) for time in compiled.local] if compiled.rule.group else []
    store.con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {_rows(compiled, ', '.join((held, *texts)))}")
    counts = "".join(f", count(*) FILTER (NOT _held AND ({check.predicate}))" for check in warning)
    row = store.rows(f"SELECT count(*), count(*) FILTER (_held){counts} FROM {name}")[0]
    if row[1]:
        _hold(store, compiled, rejecting, origin)
        store.con.execute(f"DELETE FROM {name} WHERE _held")
    good = f"(FROM ({compiled.rows}) WHERE NOT coalesce({_any(rejecting)}, false))"
    unsure = unsure_times(store, compiled, name, name if texts else good)
    for column in ("_held", *texts):
        store.con.execute(f"ALTER TABLE {name} DROP COLUMN {column}")
    return Judged(row[0], row[1], (*_found(warning, row[2:]), *unsure))


def judge_first(store: Store, compiled: Compiled, name: str, rows: int, origin: Origin) -> Judged | None:
    """Judges and writes the rule's ``rows`` in one go, in place of `judge` and `merge`; ``name`` is a free view name.

    None, and nothing is done, where a row is bad or may have to be merged. It maps key columns several times.
    """
    if compiled.rule.to not in KEYED:
        return None
    rejecting, warning = _checks(compiled, origin)
    good = f"CASE WHEN {_any(rejecting)} THEN NULL ELSE ticket_id END AS _good"
    store.con.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {_rows(compiled, good)}")
    written = write_first(store, compiled.rule, name, rows, origin)
    store.con.execute(f"DROP VIEW {name}")
    if not written:
        return None
    counts = "".join(f", count(*) FILTER ({check.predicate})" for check in warning)
    mine = f"{store.place(compiled.rule.to)} WHERE _load_id = {origin.load_id}"
    found = _found(warning, store.rows(f"SELECT count(*){counts} FROM {mine}")[0][1:])
    return Judged(rows, 0, (*found, *unsure_times(store, compiled, mine, f"({compiled.rows})")))


def _rows(compiled: Compiled, verdict: str) -> str:
    return f"SELECT _position, _step, {', '.join(map(quoted, compiled.rule.filled))}, {verdict} FROM ({compiled.rows})"


def _checks(compiled: Compiled, origin: Origin) -> tuple[list[Check], list[Check]]:
    """Those that reject a row, and those that warn."""
    checks = [_at(check, origin.now) for check in compiled.checks]
    rejecting = [check for check in checks if check.severity is Severity.REJECT]
    return rejecting, [check for check in checks if check.severity is Severity.WARN]


def _any(checks: list[Check]) -> str:
    """True for a bad row; under WHEN, one that fails a check skips the others."""
    return " OR ".join(f"({check.predicate})" for check in checks) or "false"


def _found(warning: list[Check], counts: Sequence[int]) -> tuple[tuple[str, str, int], ...]:
    return tuple((check.code, check.words, found) for check, found in zip(warning, counts, strict=True) if found)


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
