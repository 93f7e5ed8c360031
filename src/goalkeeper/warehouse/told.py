"""What each source tells: which columns and kinds of rows it has ever filled, so that silence is not taken for zero."""

from __future__ import annotations

from collections.abc import Mapping

from goalkeeper.engines.text import literal, quoted
from goalkeeper.schema import LINEAGE, TABLES
from goalkeeper.warehouse.store import Store
from goalkeeper.warehouse.supersede import times_mapped_anew

OWN = ("tickets", "ticket_events")
"""Tables of which each source must tell a thing itself: no other source knows of its tickets."""
_KINDS = {"ticket_events": "type", "subscription_events": "type", "survey_responses": "kind"}
_LOOKED_AT = {"ticket_events": {"actor_id"}}  # what numbers need beside what every row has: events are many
_READ = "told_up_to"  # the newest load that was looked at
_ANEW = "told_anew"  # and how often loads had been mapped anew by then


def find_told(store: Store, *, everything: bool) -> None:
    """Keeps what the sources tell as ``table.column`` and, for kinds of events and surveys, ``table.kind``.

    A part of a refresh: only loads since the last one are read, unless ``everything`` may have changed.
    """
    newest = int(store.one("SELECT coalesce(max(load_id), 0) FROM meta.loads"))
    anew, since = repr(times_mapped_anew(store)), 0
    if everything or store.state(_READ) is None or store.state(_ANEW) != anew:
        store.con.execute("DELETE FROM meta.told")
    else:
        since = store.number(_READ)
    for table in sorted({*OWN, *_KINDS} & store.filled()):
        store.con.execute(
            f"INSERT INTO meta.told SELECT source_id, {literal(table + '.')} || name FROM "
            f"({_told_sql(store, table, since)}) EXCEPT FROM meta.told"
        )
    store.con.execute("DELETE FROM meta.told WHERE source_id = ''")
    if others := sorted(_of_others(store)):
        store.con.execute("INSERT INTO meta.told SELECT '', unnest(?)", [others])
    store.remember(_READ, str(newest))
    store.remember(_ANEW, anew)


def told(store: Store) -> Mapping[str, frozenset[str]] | None:
    """The names that each source tells, and under "" those of all; None where no refresh has found out.

    Of tables beside those of tickets a column is told where a load fills it, whichever source it is of.
    """
    if store.state(_READ) is None:
        return None
    names: dict[str, set[str]] = {}
    for source, name in store.rows("SELECT source_id, name FROM meta.told"):
        names.setdefault(source, set()).add(name)
    found = {source: frozenset(each) for source, each in names.items()}
    return found | {"": frozenset(name for names in found.values() for name in names)}


def _of_others(store: Store) -> set[str]:
    """The columns that loads fill of the other tables that have rows; the name of a table ends in a dot."""
    tables = [table for table in store.filled() - set(OWN) if store.rows(f"SELECT 1 FROM {store.place(table)} LIMIT 1")]
    kinds = {f"{table}.{kind}" for table, column in _KINDS.items() for kind in TABLES[table].column(column).values}
    filled = {f"{table}.{column}" for table in tables for column in (*store.columns(table), "")}
    return filled - kinds


def _told_sql(store: Store, table: str, since: int) -> str:
    """The sources and names that rows of loads after ``since`` tell."""
    place, newer = store.place(table), f"_load_id > {since}"
    parts = []
    if table in _KINDS:
        parts.append(f"SELECT source_id, {_KINDS[table]} AS name FROM {place} WHERE {newer} GROUP BY ALL")
    if table in OWN:
        given = {column.name for column in TABLES[table].columns if column.required} - {_KINDS.get(table, "")}
        looked_at = _LOOKED_AT.get(table, store.columns(table) - {column.name for column in LINEAGE} - {"ticket_key"})
        told = ", ".join(
            literal(name) if name in given else f"CASE WHEN count({quoted(name)}) > 0 THEN {literal(name)} END"
            for name in sorted(given | (looked_at & store.columns(table)))
        )
        parts.append(f"SELECT source_id, unnest([{told}]) AS name FROM {place} WHERE {newer} GROUP BY source_id")
    return " UNION ALL ".join(f"SELECT source_id, name FROM ({part}) WHERE name IS NOT NULL" for part in parts)
