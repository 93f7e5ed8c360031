"""Brings all facts up to date in one transaction: the tickets', then every dataset whose tables changed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime

from goalkeeper.calendars import DAY_MS, zone_day_table
from goalkeeper.datasets import DATASETS
from goalkeeper.datasets.dataset import Dataset
from goalkeeper.datasets.joins import ONE_AGENT, ONE_TICKET, WORKING_DAYS
from goalkeeper.peers import forget_peers
from goalkeeper.schema import TABLES
from goalkeeper.schema.table import Type
from goalkeeper.sla import Policy, refresh_promises
from goalkeeper.tickets import FactsSettings, RefreshReport, refresh_tickets
from goalkeeper.tickets.refresh import CHUNK, Beside, Engine, Progress
from goalkeeper.tickets.stored import tell_made
from goalkeeper.warehouse.identity import link_persons
from goalkeeper.warehouse.known import epoch_ms, find_newest_moment, first_and_last
from goalkeeper.warehouse.store import Store
from goalkeeper.warehouse.supersede import times_mapped_anew
from goalkeeper.warehouse.told import find_told

_EARLIEST_MS, _LATEST_MS = -25_560 * DAY_MS, 84_000 * DAY_MS  # from 1900 to 2199: zones are known there, and no further
_BUILT = tuple(each for each in DATASETS.values() if each.query)
_OF_PERSONS = ("customers", "identity_links")
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
    engine: Engine | None = None,
    beside: Beside | None = None,
) -> RefreshReport:
    """Computes touched tickets' facts and promises, and the datasets they or a load changed, in one transaction.

    An ``engine`` other than the store's computes the facts of all tickets. What is kept ``beside`` them is brought up
    to date in the transaction too.
    """

    def build(report: RefreshReport) -> None:
        tell = progress or (lambda _what, _share: None)
        refresh_promises(store, settings, policies, report, chunk)
        if report.everything or report.tickets:
            forget_peers(store)
        _build(store, settings, everything or report.everything, report.tickets > 0, tell)

    with store.transaction():
        find_told(store, everything=everything)
    return refresh_tickets(
        store, settings, everything=everything, chunk=chunk, progress=progress, then=build, engine=engine, beside=beside
    )


def is_current(store: Store) -> bool:
    """Whether the datasets were made by this version's queries."""
    return store.state("datasets") == VERSION


def _build(store: Store, settings: FactsSettings, everything: bool, are_tickets_new: bool, tell: Progress) -> None:
    everything = everything or not is_current(store)
    known_ms = _make_shared(store)
    tables = {table for each in _BUILT for table in each.reads} | set(_OF_PERSONS)
    contents = _contents(store, sorted(tables))

    def has_rows(data: Dataset) -> bool:
        return any(contents[table][0] for table in data.made_of)

    customers = repr([contents[table] for table in _OF_PERSONS])
    if everything or store.state("persons") != customers:
        tell("linking customers", 0.0)
        link_persons(store)
        store.remember("persons", customers)
        everything = True  # any dataset may look at persons
    before = store.states("dataset ")
    seen = {}
    changed: list[Dataset] = []
    for each in _BUILT:
        until = known_ms if has_rows(each) and _looks_at(each, "known_until") else 0
        seen[each.name] = repr((settings.zone, until, *(contents[table] for table in each.reads)))
        is_moved = (are_tickets_new and _looks_at(each, "facts.ticket", "one_ticket", "now()")) or _looks_at(
            each, *(f"facts.{other.name}" for other in changed)
        )
        if everything or (is_moved and has_rows(each)) or before.get(each.name) != seen[each.name]:
            changed.append(each)
    if any(_looks_at(each, "zone_days") for each in changed):
        _make_zone_days(store, settings.zone)
    for number, data in enumerate(changed):
        tell(f"making {data.rows}", number / len(changed))
        _make(store, data, has_rows=has_rows(data))
        store.remember(f"dataset {data.name}", seen[data.name])
    store.remember("datasets", VERSION)


def _looks_at(data: Dataset, *names: str) -> bool:
    """Whether its query speaks of one of the tables or views."""
    return any(re.search(rf"\b{re.escape(name)}", data.query) for name in names)


def _make_shared(store: Store) -> int:
    """What several queries look into: tickets and agents by id, the last moment known, the numbers of working days."""
    known_ms = epoch_ms(find_newest_moment(store))
    store.con.execute(f"CREATE OR REPLACE TEMP TABLE known_until AS SELECT {known_ms}::BIGINT AS t")
    for statement in (ONE_TICKET, ONE_AGENT, WORKING_DAYS):
        store.con.execute(statement)
    return known_ms


def _make_zone_days(store: Store, zone: str) -> None:
    """Makes the table ``zone_days`` over all moments of the tables that the datasets are made of."""
    tables = {table for each in _BUILT for table in each.reads}
    moments = [
        (table, column.name)
        for table in sorted(tables)
        for column in TABLES[table].columns
        if column.type is Type.TIMESTAMP
    ]
    low, high = first_and_last(store, moments) or (datetime(1970, 1, 1, tzinfo=UTC),) * 2
    first, last = max(epoch_ms(low), _EARLIEST_MS), min(epoch_ms(high), _LATEST_MS)
    store.con.register("zone_arrow", zone_day_table(zone, first - DAY_MS, last + DAY_MS))
    store.con.execute("CREATE OR REPLACE TEMP TABLE zone_days AS FROM zone_arrow")
    store.con.unregister("zone_arrow")


def _make(store: Store, data: Dataset, *, has_rows: bool) -> None:
    # DuckDB 2.0 loses sight of rows inserted, in the same transaction, into a table made AS an empty query.
    limit = "" if has_rows else "LIMIT 0"
    store.con.execute(f"CREATE OR REPLACE TABLE facts.{data.name} AS {data.query} {limit}")
    tell_made(store, data.name)


def _contents(store: Store, tables: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Numbers that change with a canonical table's rows: every load gives its rows an id of its own, or maps anew."""
    filled, anew = store.filled(), times_mapped_anew(store)
    of_rows = " UNION ALL ".join(
        f"SELECT '{table}', count(*), coalesce(max(_load_id), 0), coalesce(sum(_load_id), 0) FROM canon.{table}"
        for table in tables
        if table in filled
    )
    counted = {table: numbers for table, *numbers in store.rows(of_rows)} if of_rows else {}
    return {table: (*counted.get(table, (0, 0, 0)), anew.get(table, 0)) for table in tables}
