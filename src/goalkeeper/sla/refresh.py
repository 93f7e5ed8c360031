"""Brings the promises up to date: those of the tickets just computed, or all of them after a change of policy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from goalkeeper.calendars import DAY_MS, WorkingClock, zone_offsets
from goalkeeper.sla import sql
from goalkeeper.sla.columns import PROMISE_COLUMNS
from goalkeeper.sla.due import NEVER, Promised, Stretches, due_and_elapsed
from goalkeeper.sla.policy import Offer, Policy, offers, read_of
from goalkeeper.tickets import FactsSettings, RefreshReport
from goalkeeper.tickets.refresh import chunks
from goalkeeper.tickets.stored import make_table
from goalkeeper.warehouse.store import Store
from goalkeeper.warehouse.supersede import times_mapped_anew

VERSION = 1
CHUNK = 250_000  # tickets


def refresh_promises(
    store: Store, settings: FactsSettings, policies: Sequence[Policy], report: RefreshReport, chunk: int = CHUNK
) -> None:
    """Computes the promises in the transaction of a refresh, after the ticket facts.

    Of the tickets in the temporary table ``work``; of all where policies or schedules changed, or a source brought
    other promises.
    """
    count, load_ids = store.rows("SELECT count(*), coalesce(sum(_load_id), 0) FROM canon.ticket_sla")[0]
    brought = repr((count, load_ids, times_mapped_anew(store).get("ticket_sla", 0)))
    known = {"promises": promises_version(settings, policies), "promises_brought": brought}
    everything = report.everything or any(store.state(name) != value for name, value in known.items())
    if everything:
        make_table(store, "promises", PROMISE_COLUMNS)
    else:
        store.con.execute("DELETE FROM facts.promises WHERE ticket_key IN (SELECT ticket_key FROM work)")
    if policies or count:
        offered = offers(policies, settings.schedules, settings.zone)
        clocks = [WorkingClock(schedule) for schedule in settings.schedules.schedules]
        _give_offers(store, offered)
        for _, mine in chunks(store, everything, chunk):
            _make_promised(store, settings, policies, offered, mine)
            _add(store, settings.zone, clocks)
    for name, value in known.items():
        store.remember(name, value)


def promises_version(settings: FactsSettings, policies: Sequence[Policy]) -> str:
    """Changes when the promises must be computed anew for all tickets; the state "promises" says what they are by."""
    return repr((VERSION, settings.zone, settings.schedules, tuple(policies)))


def _give_offers(store: Store, offered: Iterable[Offer]) -> None:
    rows = [
        {
            "offer": number, "policy": offer.policy, "target_ms": offer.target_ms, "schedule_key": offer.schedule_key,
            "pauses": list(offer.pauses),
        }
        for number, offer in enumerate(offered)
    ]  # fmt: skip
    kinds = {"offer": pa.int32(), "policy": pa.string(), "target_ms": pa.int64(), "schedule_key": pa.int32()}
    schema = pa.schema([*kinds.items(), ("pauses", pa.list_(pa.string()))])
    _give(store, "sla_offers", pa.Table.from_pylist(rows, schema))


def _make_promised(
    store: Store, settings: FactsSettings, policies: Sequence[Policy], offered: list[Offer], mine: str
) -> None:
    """Makes the temporary tables of a chunk."""
    tables = {
        "sla_spans": sql.spans_sql(read_of(policies)),
        "sla_declared": sql.declared_sql(offered),
        "sla_brought": sql.brought_sql(settings.schedules),
        "sla_promised": sql.PROMISED,
    }
    for table, query in tables.items():
        store.con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {_bounded(query, mine)}")


def _add(store: Store, zone: str, clocks: Sequence[WorkingClock]) -> None:
    """Computes the due moments of a chunk and adds its promises to the facts."""
    promised = _columns(store, sql.TO_CLOCKS)
    if not len(promised[0]):
        return
    stretches = Stretches(*_columns(store, sql.STRETCHES))
    due, elapsed, paused = due_and_elapsed(clocks, Promised(*promised), stretches)
    applied = promised[0]
    offsets = zone_offsets(zone, int(applied.min()), int(applied.max()))
    computed = {
        "n": np.arange(len(due)),
        "due_at": pa.array(due, mask=due == NEVER),
        "applied_day": (offsets.local_ms(applied) // DAY_MS).astype(np.int32),
        "elapsed_s": elapsed // 1000,
        "paused_s": paused // 1000,
    }
    _give(store, "sla_computed", pa.table(computed))
    store.con.execute(sql.INSERT)


def _bounded(query: str, mine: str) -> str:
    """A query of one chunk; its texts are the user's, so braces in them stay."""
    for mark, column in {"{mine_f}": "ticket_key ", "{mine_e}": "e.ticket_key ", "{mine_t}": "t.ticket_key "}.items():
        query = query.replace(mark, mine.replace("k ", column))
    return query


def _columns(store: Store, query: str) -> list[NDArray[Any]]:
    table = store.con.sql(query).to_arrow_table()
    return [column.to_numpy() for column in table.columns]


def _give(store: Store, name: str, table: pa.Table) -> None:
    store.con.register(f"{name}_arrow", table)
    store.con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS FROM {name}_arrow")
    store.con.unregister(f"{name}_arrow")
