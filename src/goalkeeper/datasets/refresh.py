"""Brings all facts up to date in one transaction: the tickets', then every dataset whose tables changed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC

from goalkeeper.calendars import zone_day_table
from goalkeeper.datasets import DATASETS
from goalkeeper.datasets.dataset import Dataset
from goalkeeper.datasets.joins import ONE_AGENT, ONE_TICKET, WORKING_DAYS
from goalkeeper.peers import forget_peers
from goalkeeper.schema import TABLES
from goalkeeper.schema.table import Type
from goalkeeper.sla import Policy, refresh_promises
from goalkeeper.tickets import FactsSettings, RefreshReport, refresh_tickets
from goalkeeper.tickets.refresh import CHUNK, Progress
from goalkeeper.warehouse.identity import link_persons
from goalkeeper.warehouse.known import find_newest_moment
from goalkeeper.warehouse.store import Store

DAY_MS = 86_400_000
_EARLIEST_MS, _LATEST_MS = -25_560 * DAY_MS, 84_000 * DAY_MS  # from 1900 to 2199: zones are known there, and no further
_BUILT = tuple(each for each in DATASETS.values() if each.query)
VERSION = hashlib.sha256(
    repr([(each.name, each.source, each.query) for each in DATASETS.values()]).encode()
).hexdigest()[:16]


def refresh(
    store: Store,
    settings: FactsSettings,
    policies: Sequence[Policy] = (),
    *,
    everything: bool = False,
    chunk: int = CHUNK,
    progress: Progress | None = None,
) -> RefreshReport:
    """Computes touched tickets' facts and promises, and the datasets they or a load changed, in one transaction."""

    def build(report: RefreshReport) -> None:
        tell = progress or (lambda _what, _share: None)
        refresh_promises(store, settings, policies, report, chunk)
        if report.everything or report.tickets:
            forget_peers(store)
        _build(store, settings, everything or report.everything or report.tickets > 0, tell)

    return refresh_tickets(store, settings, everything=everything, chunk=chunk, progress=progress, then=build)


def is_current(store: Store) -> bool:
    """Whether the datasets were made by this version's queries."""
    return store.state("datasets") == VERSION


def _build(store: Store, settings: FactsSettings, everything: bool, tell: Progress) -> None:
    everything = everything or not is_current(store)
    _make_shared(store)
    customers = repr([_content(store, table) for table in ("customers", "identity_links")])
    if everything or store.state("persons") != customers:
        tell("linking customers", 0.0)
        link_persons(store)
        store.remember("persons", customers)
        everything = True  # any dataset may look at persons
    seen = {each.name: repr((settings.zone, *(_content(store, table) for table in each.reads))) for each in _BUILT}
    changed = [each for each in _BUILT if everything or store.state(f"dataset {each.name}") != seen[each.name]]
    if changed:
        _make_zone_days(store, settings.zone)
    for number, data in enumerate(changed):
        tell(f"making {data.rows}", number / len(changed))
        _make(store, data)
        store.remember(f"dataset {data.name}", seen[data.name])
    store.remember("datasets", VERSION)


def _make_shared(store: Store) -> None:
    """What several queries look into: tickets and agents by id, the last moment known, the numbers of working days."""
    known_ms = round(find_newest_moment(store).replace(tzinfo=UTC).timestamp() * 1000)
    store.con.execute(f"CREATE OR REPLACE TEMP TABLE known_until AS SELECT {known_ms}::BIGINT AS t")
    for statement in (ONE_TICKET, ONE_AGENT, WORKING_DAYS):
        store.con.execute(statement)


def _make_zone_days(store: Store, zone: str) -> None:
    """Makes the table ``zone_days`` over all moments of the tables that the datasets are made of."""
    tables = {table for each in _BUILT for table in each.reads}
    moments = [
        f"SELECT min({column.name}) AS low, max({column.name}) AS high FROM canon.{table}"
        for table in sorted(tables)
        for column in TABLES[table].columns
        if column.type is Type.TIMESTAMP
    ]
    low, high = store.rows(f"SELECT epoch_ms(min(low)), epoch_ms(max(high)) FROM ({' UNION ALL '.join(moments)})")[0]
    first, last = max(low or 0, _EARLIEST_MS), min(high or 0, _LATEST_MS)
    store.con.register("zone_arrow", zone_day_table(zone, first - DAY_MS, last + DAY_MS))
    store.con.execute("CREATE OR REPLACE TEMP TABLE zone_days AS FROM zone_arrow")
    store.con.unregister("zone_arrow")


def _make(store: Store, data: Dataset) -> None:
    # DuckDB 2.0 loses sight of rows inserted, in the same transaction, into a table made AS an empty query.
    some = " OR ".join(f"EXISTS (FROM canon.{table})" for table in data.reads)
    limit = "" if store.one(f"SELECT {some}") else "LIMIT 0"
    store.con.execute(f"CREATE OR REPLACE TABLE facts.{data.name} AS {data.query} {limit}")


def _content(store: Store, table: str) -> tuple[int, ...]:
    """Numbers that change with a canonical table's rows: every load gives its rows an id of its own."""
    return store.rows(f"SELECT count(*), coalesce(max(_load_id), 0), coalesce(sum(_load_id), 0) FROM canon.{table}")[0]
