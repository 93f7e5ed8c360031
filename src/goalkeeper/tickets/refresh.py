"""Brings the facts up to date: only the tickets that a load touched, or all of them, in chunks of bounded memory."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from goalkeeper.calendars import Schedules, calendar_table, utc_day_sql, working_ms_sql, zone_day_table
from goalkeeper.tickets import inputs, sql
from goalkeeper.tickets.datasets import ANSWERS, CALLS, INVITATIONS, ONE_TICKET
from goalkeeper.warehouse.store import Store

CHUNK = 250_000  # tickets; about 2 million events, some 600 MB at work
Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class FactsSettings:
    """What the facts depend on beside the data: the zone of local days, the schedules, the specialist teams."""

    zone: str = "UTC"
    schedules: Schedules = field(default_factory=Schedules)
    specialists: tuple[str, ...] = ()

    @property
    def version(self) -> str:
        """Changes when the facts must be computed anew for all tickets."""
        return repr((self.zone, self.schedules, self.specialists, FACTS_VERSION))


FACTS_VERSION = 1


@dataclass(frozen=True, slots=True)
class RefreshReport:
    """How many tickets' facts were computed, and whether that was all of them."""

    tickets: int
    everything: bool
    seconds: float


def refresh(
    store: Store,
    settings: FactsSettings,
    *,
    everything: bool = False,
    chunk: int = CHUNK,
    progress: Progress | None = None,
) -> RefreshReport:
    """Computes the facts of touched tickets in one transaction; of all where the settings changed.

    Touched means: changed by a load, of a customer whose tickets changed, merged with such a one, or unfinished while
    its source's horizon moved on.
    """
    started = time.monotonic()
    tell = progress or (lambda _what, _share: None)
    exists = bool(store.rows("SELECT 1 FROM duckdb_tables() WHERE schema_name = 'facts' AND table_name = 'tickets'"))
    everything = everything or not exists or store.state("facts") != settings.version
    with store.transaction():
        inputs.make_horizons(store)
        count = inputs.choose_work(store, everything)
        _make_clocks(store, settings)
        if count or everything:
            _compute(store, settings, everything, chunk, tell)
        store.con.execute(ONE_TICKET)
        for table, query in {"calls": CALLS, "answers": ANSWERS, "invitations": INVITATIONS}.items():
            store.con.execute(f"CREATE OR REPLACE TABLE facts.{table} AS {query}")
        store.con.execute("DELETE FROM meta.touched")
        store.remember("facts", settings.version)
    tell("done", 1.0)
    return RefreshReport(count, everything, time.monotonic() - started)


def _make_clocks(store: Store, settings: FactsSettings) -> None:
    """The temporary tables ``calendar`` and ``zone_days`` over all the moments in the store."""
    first, last = inputs.time_range(store)
    calendar = calendar_table(settings.schedules.schedules, first, last)
    store.con.register("calendar_arrow", calendar)
    store.con.execute("CREATE OR REPLACE TEMP TABLE calendar AS FROM calendar_arrow")
    store.con.register("zone_arrow", zone_day_table(settings.zone, first, last))
    store.con.execute("CREATE OR REPLACE TEMP TABLE zone_days AS FROM zone_arrow")


def _compute(store: Store, settings: FactsSettings, everything: bool, chunk: int, tell: Progress) -> None:
    spans = (len(store.rows("DESCRIBE calendar")) - 3) // 2
    inputs.make_shared(store, settings.specialists, everything)
    events = inputs.make_events(store)
    if everything:
        for table in ("tickets", "turns", "open_spans"):
            store.con.execute(f"DROP TABLE IF EXISTS facts.{table}")
    else:
        for table in ("tickets", "turns", "open_spans"):
            store.con.execute(f"DELETE FROM facts.{table} WHERE ticket_key IN (SELECT ticket_key FROM work)")
    for share, mine in _chunks(store, everything, chunk):
        tell("computing ticket facts", share)
        _one_chunk(store, settings, mine, events, spans)


def _chunks(store: Store, everything: bool, chunk: int) -> Iterator[tuple[float, str]]:
    """Ranges of ticket keys that together hold all the work; at least one, so that the tables come to be."""
    column = "SELECT ticket_key FROM canon.tickets" if everything else "SELECT ticket_key FROM work"
    low, high = store.rows(f"SELECT coalesce(min(ticket_key), 0), coalesce(max(ticket_key), -1) FROM ({column})")[0]
    starts = range(low, high + 1, chunk) or range(1)
    for number, start in enumerate(starts):
        some = "" if everything else " AND k IN (SELECT ticket_key FROM work)"
        yield number / len(starts), f"k >= {start} AND k < {start + chunk}{some}"


def _one_chunk(store: Store, settings: FactsSettings, mine: str, events: str, spans: int) -> None:
    run = store.con.execute
    run(f"CREATE OR REPLACE TEMP TABLE tickets_in AS {inputs.tickets_sql(settings.schedules, mine, spans)}")
    working = working_ms_sql("c.t", "w", spans)
    on = f"w.schedule_key = x.schedule_key AND w.utc_day = {utc_day_sql('c.t')}"
    calendar = f"JOIN tickets_in x ON x.k = c.k JOIN calendar w ON {on}"
    if len(settings.schedules.schedules) == 1:  # no look at the ticket is needed
        calendar = f"JOIN calendar w ON w.utc_day = {utc_day_sql('c.t')}"
    parts = {"mine": mine, "events": events, "working": working, "calendar": calendar}
    run(f"CREATE OR REPLACE TEMP TABLE message_turns AS {sql.MESSAGE_TURNS.format(**parts)}")
    run(f"CREATE OR REPLACE TEMP TABLE state_changes AS {sql.STATE_CHANGES.format(**parts)}")
    run(f"CREATE OR REPLACE TEMP TABLE new_facts AS {sql.TICKET_FACTS.format(**parts)}")
    for table, query in {"tickets": "FROM new_facts", "turns": sql.TURNS, "open_spans": sql.OPEN_SPANS}.items():
        run(f"CREATE TABLE IF NOT EXISTS facts.{table} AS SELECT * FROM ({query}) LIMIT 0")
        run(f"INSERT INTO facts.{table} {query}")
