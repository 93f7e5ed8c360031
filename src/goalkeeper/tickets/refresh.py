"""Brings the facts up to date: only the tickets that a load touched, or all of them, in chunks of bounded memory."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from goalkeeper.calendars import Schedules, calendar_table, span_count, utc_day_sql, working_ms_sql, zone_day_table
from goalkeeper.tickets import inputs, sql, stored, touched
from goalkeeper.warehouse.store import Store

CHUNK = 250_000  # tickets; about 2 million events, some 600 MB at work
# One sort of a whole chunk costs less here than one a ticket; an engine of many machines wants "PARTITION BY k ".
PARTITION = ""
Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class FactsSettings:
    """What the facts depend on beside the data: the zone of local days, the schedules, the specialist teams."""

    zone: str = "UTC"
    schedules: Schedules = field(default_factory=Schedules)
    specialists: tuple[str, ...] = ()
    reopen_grace_s: int = 0

    @property
    def version(self) -> str:
        """Changes when the facts must be computed anew for all tickets."""
        return repr((self.zone, self.schedules, self.specialists, self.reopen_grace_s, FACTS_VERSION))


FACTS_VERSION = 3  # also of the view that works out columns from the stored ones


@dataclass(frozen=True, slots=True)
class RefreshReport:
    """How many tickets' facts were computed, and whether that was all of them."""

    tickets: int
    everything: bool
    seconds: float


def refresh_tickets(
    store: Store,
    settings: FactsSettings,
    *,
    everything: bool = False,
    chunk: int = CHUNK,
    progress: Progress | None = None,
    then: Callable[[RefreshReport], None] | None = None,
) -> RefreshReport:
    """Computes the facts of touched tickets in one transaction; of all where settings, bots, teams or brands changed.

    Touched means: changed by a load, its calls too; merged with such a one, now or before; of a customer whose tickets
    changed; or of a source whose horizon moved on. ``then`` runs last, in the same
    transaction.
    """
    started = time.monotonic()
    tell = progress or (lambda _what, _share: None)
    people = touched.people_now(store)
    known = (store.state("facts"), store.state("facts_people"))
    everything = everything or not stored.exist(store) or known != (settings.version, people)
    with store.transaction():
        touched.make_horizons(store)
        touched.make_merges(store)
        touched.make_linked_calls(store)
        count = touched.choose_work(store, everything)
        spans = make_clocks(store, settings)
        if count or everything:
            _compute(store, settings, everything, chunk, spans, tell)
        store.con.execute("DELETE FROM meta.touched")
        store.remember("facts", settings.version)
        store.remember("facts_people", people)
        if then:
            then(RefreshReport(count, everything, time.monotonic() - started))
    tell("done", 1.0)
    return RefreshReport(count, everything, time.monotonic() - started)


def make_clocks(store: Store, settings: FactsSettings) -> int:
    """Makes the tables ``calendar`` and ``zone_days`` over all moments in the store; returns the spans of a row."""
    first, last = inputs.time_range(store)
    calendar = calendar_table(settings.schedules.schedules, first, last)
    store.con.register("calendar_arrow", calendar)
    store.con.execute("CREATE OR REPLACE TEMP TABLE calendar AS FROM calendar_arrow")
    store.con.register("zone_arrow", zone_day_table(settings.zone, first, last))
    store.con.execute("CREATE OR REPLACE TEMP TABLE zone_days AS FROM zone_arrow")
    return span_count(calendar)


def _compute(store: Store, settings: FactsSettings, everything: bool, chunk: int, spans: int, tell: Progress) -> None:
    inputs.make_horizon_readings(store, spans)
    inputs.make_shared(store, settings.specialists, everything)
    events = inputs.make_events(store)
    if everything:
        stored.make_anew(store)
    else:
        stored.forget(store, "SELECT ticket_key FROM work")
    for share, mine in _chunks(store, everything, chunk):
        tell("computing ticket facts", share)
        _one_chunk(store, settings, mine, events, spans)


def _chunks(store: Store, everything: bool, chunk: int) -> Iterator[tuple[float, str]]:
    """Ranges of ticket keys that together hold all the work."""
    column = "SELECT ticket_key FROM canon.tickets" if everything else "SELECT ticket_key FROM work"
    low, high = store.rows(f"SELECT coalesce(min(ticket_key), 0), coalesce(max(ticket_key), -1) FROM ({column})")[0]
    starts = range(low, high + 1, chunk)
    for number, start in enumerate(starts):
        some = "" if everything else " AND k IN (SELECT ticket_key FROM work)"
        yield number / len(starts), f"k >= {start} AND k < {start + chunk}{some}"


def _one_chunk(store: Store, settings: FactsSettings, mine: str, events: str, spans: int) -> None:
    run = store.con.execute
    one = len(settings.schedules.schedules) == 1  # then no look at the ticket is needed

    def calendar(moment: str, alias: str, ticket: str) -> str:
        key = "" if one else f"{alias}.schedule_key = {ticket}.schedule_key AND "
        return f"LEFT JOIN calendar {alias} ON {key}{alias}.utc_day = {utc_day_sql(moment)}"

    def working(moment: str, alias: str) -> str:
        return working_ms_sql(moment, alias, spans)

    run(f"CREATE OR REPLACE TEMP TABLE tickets_in AS {inputs.tickets_sql(settings.schedules, mine, spans)}")
    run(
        f"CREATE OR REPLACE TEMP TABLE turns_at AS {sql.TURNS_AT.format(mine=mine, events=events, partition=PARTITION)}"
    )
    changes = sql.STATE_CHANGES.format(
        mine=mine, partition=PARTITION, working=working("c.t", "w"), calendar=calendar("c.t", "w", "c")
    )
    run(f"CREATE OR REPLACE TEMP TABLE state_changes AS {changes}")
    run(f"CREATE OR REPLACE TEMP TABLE reopenings AS {sql.REOPENINGS}")
    facts = sql.TICKET_FACTS.format(
        mine=mine,
        mine_e=mine.replace("k ", "e.k "),
        events=events,
        grace=settings.reopen_grace_s * 1000,
        dimensions=inputs.dimensions_sql(mine),
        answered_working=working("j.answered_t", "c1"),
        answered_calendar=calendar("j.answered_t", "c1", "j"),
        closed_working=working("j.locked_t", "c2"),
        closed_calendar=calendar("j.locked_t", "c2", "j"),
        from_working=working("j.turned_t", "c3"),
        from_calendar=calendar("j.turned_t", "c3", "j"),
    )
    turns = sql.TURNS.format(
        mine_f=mine.replace("k ", "ticket_key "),
        answered_working=working("c.answered_t", "c1"),
        answered_calendar=calendar("c.answered_t", "c1", "x"),
        started_working=working("c.t", "c2"),
        started_calendar=calendar("c.t", "c2", "x"),
    )
    spans_sql = sql.OPEN_SPANS.format(mine_f=mine.replace("k ", "ticket_key "))
    for table, query in {"ticket_rows": facts, "turns": turns, "open_spans": spans_sql}.items():
        run(f"INSERT INTO facts.{table} BY NAME {query}")
