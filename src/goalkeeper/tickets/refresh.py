"""Brings the facts up to date: only the tickets that a load touched, or all of them, in chunks of bounded memory."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from goalkeeper.calendars import (
    DAY_MS,
    Schedules,
    calendar_table,
    span_count,
    utc_day_sql,
    working_ms_sql,
    zone_day_table,
)
from goalkeeper.tickets import inputs, sql, stored, touched
from goalkeeper.warehouse.store import Store

CHUNK = 250_000  # tickets; about 2 million events, some 600 MB at work
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


SUMS = "sums"  # the state that says which sums are kept
FACTS_VERSION = 6  # also of the views that work out columns from the stored ones
# The clocks begin so long before the first moment known: what is older still has all facts computed anew, since rows
# keep readings of their clocks.
TO_SPARE_MS = 366 * DAY_MS


@dataclass(frozen=True, slots=True)
class RefreshReport:
    """How many tickets' facts were computed, and whether that was all of them."""

    tickets: int
    everything: bool
    seconds: float


# Fills the empty tables of the facts by another engine than the store's; it is given the spans of a calendar's row.
Engine = Callable[[Store, FactsSettings, int, Progress], None]


class Beside(Protocol):
    """What is kept in step with the facts, in the same transaction."""

    def before(self, keys: str) -> None:
        """Hears which tickets' rows are about to change, as a query of their keys; not where all are.

        The table ``horizons_before`` is what ``facts.horizons`` was; ``former_ticket_rows`` and ``former_turn_rows``
        are the rows of ``work``, which are taken out, and added again as they are now.
        """

    def after(self, *, everything: bool) -> None:
        """Hears that they have."""


def refresh_tickets(
    store: Store,
    settings: FactsSettings,
    *,
    everything: bool = False,
    chunk: int = CHUNK,
    progress: Progress | None = None,
    then: Callable[[RefreshReport], None] | None = None,
    engine: Engine | None = None,
    beside: Beside | None = None,
) -> RefreshReport:
    """Computes the facts of touched tickets in one transaction; of all where settings, bots, teams or brands changed.

    Touched means: changed by a load, its calls too; merged with such a one, now or before; or not done, of a source
    whose horizon moved on. Of their customers' other tickets only what came next is written. ``then`` runs last, in
    the same transaction. An ``engine`` computes the facts of all.
    """
    started = time.monotonic()
    tell = progress or (lambda _what, _share: None)
    people = touched.people_now(store) + touched.tell_now(store)
    known = (store.state("facts"), store.state("facts_people"))
    moments, clocks_from = inputs.time_range(store), store.state("clocks_from")
    too_old = moments and (not clocks_from or moments[0] < int(clocks_from))
    changed = too_old or not stored.exist(store) or known != (settings.version, people)
    everything = bool(everything or engine or changed)
    with store.transaction(), store.passing_tables():
        if everything:
            stored.make_anew(store)
            store.remember("clocks_from", str(moments[0] - TO_SPARE_MS) if moments else "")
        touched.make_horizons(store)
        touched.make_tells(store)
        touched.make_merges(store)
        touched.make_linked_calls(store)
        count = touched.choose_work(store, everything)
        spans = make_clocks(store, settings, moments)
        is_here = bool(count or everything) and not engine
        tickets = inputs.make_tickets(store.con.execute, everything)
        changing = "SELECT ticket_key FROM work"
        if is_here:
            events = inputs.make_events(store, store.con.execute, everything)
            inputs.make_shared(store.con.execute, settings.specialists, everything, tickets)
            changing += " UNION SELECT ticket_key FROM circle"
        if beside and not everything:
            store.con.execute("CREATE OR REPLACE TEMP TABLE horizons_before AS SELECT * FROM facts.horizons")
        inputs.fill_horizons(store, spans)
        if beside and not everything:
            beside.before(changing)
        if engine:
            engine(store, settings, spans, tell)
        elif is_here:
            _compute(store, settings, _Read(events, tickets, spans, everything), chunk, tell)
        store.con.execute("DELETE FROM meta.touched")
        store.remember("facts", settings.version)
        store.remember("facts_people", people)
        if then:
            then(RefreshReport(count, everything, time.monotonic() - started))
        if beside:
            tell("adding up", 1.0)
            beside.after(everything=everything)
        elif store.state(SUMS):  # they do not know of this change
            store.remember(SUMS, "")
    tell("done", 1.0)
    return RefreshReport(count, everything, time.monotonic() - started)


def make_clocks(store: Store, settings: FactsSettings, moments: tuple[int, int] | None = None) -> int:
    """Makes the tables ``calendar`` and ``zone_days`` over the moments, or all in the store; returns a row's spans."""
    first, last = moments or inputs.time_range(store) or (0, 0)
    first = min(first, int(store.state("clocks_from") or first))
    calendar = calendar_table(settings.schedules.schedules, first, last)
    store.con.register("calendar_arrow", calendar)
    store.con.execute("CREATE OR REPLACE TEMP TABLE calendar AS FROM calendar_arrow")
    store.con.register("zone_arrow", zone_day_table(settings.zone, first, last))
    store.con.execute("CREATE OR REPLACE TEMP TABLE zone_days AS FROM zone_arrow")
    return span_count(calendar)


@dataclass(frozen=True, slots=True)
class _Read:
    """What facts are computed from: sources of events and of tickets, the spans of a calendar's row; all or some."""

    events: str
    tickets: str
    spans: int
    everything: bool


def _compute(store: Store, settings: FactsSettings, read: _Read, chunk: int, tell: Progress) -> None:
    run, written = store.con.execute, ""
    if not read.everything:
        stored.forget_work(store)
        written = f"AND rowid > {stored.last_row(store, stored.TICKET_ROWS)}"  # finds them without a look at the others
    for share, mine in chunks(store, read.everything, chunk):
        tell("computing ticket facts", share)
        order = sql.SORTED
        if read.everything and read.events == "events_in":  # a look-up of keys or a union may change the order
            code_events(run, mine, read.events, sql.AS_STORED)
            order = sql.AS_STORED if _stand_in_order(store, mine) else order
        if order is sql.SORTED:
            code_events(run, mine, read.events, order)
        compute_chunk(run, settings, mine, read.spans, order, tickets=read.tickets, written=written)
    if not read.everything:
        run(sql.NEXT_CONTACTS)


def _stand_in_order(store: Store, mine: str) -> bool:
    inversions, ties = store.rows(sql.ORDER_OF_EVENTS)[0]
    return not inversions and not (ties and store.one(sql.ORDER_OF_IDS.format(mine=mine)))


def chunks(store: Store, everything: bool, chunk: int) -> Iterator[tuple[float, str]]:
    """Tests of a ticket key ``k`` that together hold all tickets, or those of the work; each with the share before."""
    if everything:
        low, high = store.rows("SELECT coalesce(min(ticket_key), 0), coalesce(max(ticket_key), -1) FROM canon.tickets")[
            0
        ]
        starts = range(low, high + 1, chunk)
        for number, start in enumerate(starts):
            yield number / len(starts), f"k >= {start} AND k < {start + chunk}"
        return
    count = int(store.one("SELECT count(*) FROM work"))
    for start in range(0, count, chunk):
        store.con.execute(
            "CREATE OR REPLACE TEMP TABLE piece AS SELECT ticket_key FROM work "
            f"WHERE nth > {start} AND nth <= {start + chunk}"
        )
        yield start / count, "k IN (SELECT ticket_key FROM piece)"


def code_events(run: inputs.Run, mine: str, events: str, order: sql.Order) -> None:
    """Makes ``event_codes`` of the tickets whose keys ``k`` pass the test."""
    run(f"CREATE OR REPLACE TEMP TABLE event_codes AS {sql.EVENT_CODES.format(mine=mine, events=events, order=order)}")


def compute_chunk(
    run: inputs.Run,
    settings: FactsSettings,
    mine: str,
    spans: int,
    order: sql.Order,
    *,
    tickets: str = "canon.tickets",
    written: str = "",
) -> None:
    """Adds the facts of the tickets whose keys ``k`` pass the test, from ``event_codes`` made in that order.

    ``written`` is a further test that the rows which are added pass.
    """
    one = len(settings.schedules.schedules) == 1  # then no look at the ticket is needed

    def calendar(moment: str, alias: str, ticket: str) -> str:
        key = "" if one else f"{alias}.schedule_key = {ticket}.schedule_key AND "
        return f"LEFT JOIN calendar {alias} ON {key}{alias}.utc_day = {utc_day_sql(moment)}"

    def working(moment: str, alias: str) -> str:
        return working_ms_sql(moment, alias, spans)

    run(f"CREATE OR REPLACE TEMP TABLE tickets_in AS {inputs.tickets_sql(settings.schedules, mine, spans, tickets)}")
    run(f"CREATE OR REPLACE TEMP TABLE turns_at AS {sql.TURNS_AT.format(order=order)}")
    changes = sql.STATE_CHANGES.format(order=order, working=working("c.t", "w"), calendar=calendar("c.t", "w", "c"))
    run(f"CREATE OR REPLACE TEMP TABLE state_changes AS {changes}")
    run(f"CREATE OR REPLACE TEMP TABLE reopenings AS {sql.REOPENINGS}")
    facts = sql.TICKET_FACTS.format(
        mine_e=mine.replace("k ", "e.k "),
        grace=settings.reopen_grace_s * 1000,
        dimensions=inputs.dimensions_sql(mine, tickets),
        answered_working=working("j.answered_t", "c1"),
        answered_calendar=calendar("j.answered_t", "c1", "j"),
        closed_working=working("j.locked_t", "c2"),
        closed_calendar=calendar("j.locked_t", "c2", "j"),
        from_working=working("j.turned_t", "c3"),
        from_calendar=calendar("j.turned_t", "c3", "j"),
    )
    mine_f = f"{mine.replace('k ', 'ticket_key ')} {written}"
    turns = sql.TURNS.format(
        mine_f=mine_f,
        answered_working=working("c.answered_t", "c1"),
        answered_calendar=calendar("c.answered_t", "c1", "x"),
        started_working=working("c.t", "c2"),
        started_calendar=calendar("c.t", "c2", "x"),
    )
    spans_sql = sql.OPEN_SPANS.format(mine_f=mine_f)
    for table, query in {"ticket_rows": facts, "turn_rows": turns, "open_spans": spans_sql}.items():
        run(f"INSERT INTO facts.{table} BY NAME {query}")
