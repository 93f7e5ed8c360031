"""Up to when the data reaches: what is not known yet is not missing."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from goalkeeper.warehouse.store import Store

_STATE = "newest_moment"
_SEEN, _RHYTHM = "seen ", "rhythm "  # and the name of a table
QUIET = timedelta(days=7)
"""Silence for which nobody asks how a table was before."""

# Tickets have a horizon of their own, a source at a time.
_HAPPENED = (
    ("tickets", "created_at"),
    ("ticket_events", "occurred_at"),
    ("interactions", "started_at"),
    ("survey_responses", "responded_at"),
    ("survey_invitations", "sent_at"),
    ("orders", "ordered_at"),
    ("subscriptions", "started_at"),
    ("subscriptions", "cancelled_at"),
    ("subscriptions", "ended_at"),
    ("subscription_events", "occurred_at"),
    ("reviews", "published_at"),
    ("self_service_sessions", "started_at"),
    ("qa_reviews", "reviewed_at"),
    ("trainings", "completed_at"),
    ("feedback_items", "created_at"),
    ("failures", "occurred_at"),
    ("acquisitions", "acquired_at"),
    ("upsells", "occurred_at"),
    ("shop_visits", "started_at"),
    ("spend_answers", "answered_at"),
)


def newest_moment(store: Store) -> datetime:
    """The newest thing that the facts know of, UTC; now where there is none. What lies ahead is planned.

    What was loaded since the last refresh is not known yet.
    """
    kept = store.state(_STATE)
    found = datetime.fromisoformat(kept) if kept else _newest(store) if kept is None else None
    return found or _now()


def newest_local(store: Store, zone: str) -> datetime:
    """The newest moment by the clocks of a zone."""
    return newest_moment(store).replace(tzinfo=UTC).astimezone(ZoneInfo(zone))


def find_newest_moment(store: Store) -> datetime:
    """Finds that moment among all rows, and keeps it and what is seen of each table: a part of a refresh."""
    found = {table: known_from_to(store, {table}) for table, _ in _HAPPENED}
    there = [seen for seen in found.values() if seen]
    first, newest = min((seen[0] for seen in there), default=None), max((seen[1] for seen in there), default=None)
    for table, seen in found.items():
        store.remember(_SEEN + table, " ".join(moment.isoformat() for moment in seen or ()))
        beat = ""
        if seen and first and newest and (seen[0] - first > QUIET or newest - seen[1] > QUIET):
            days, longest = _rhythm(store, table)
            beat = f"{days} {longest.days}"
        store.remember(_RHYTHM + table, beat)
    store.remember(_STATE, newest.isoformat() if newest else "")
    return newest or _now()


def _newest(store: Store) -> datetime | None:
    known = known_from_to(store, {table for table, _ in _HAPPENED})
    return known[1] if known else None


def seen(store: Store) -> dict[str, tuple[datetime, datetime]]:
    """The first and the newest thing that happened in each table, UTC, as the facts know it; none where nothing did."""
    kept = store.states(_SEEN)
    if not kept:
        found = ((table, known_from_to(store, {table})) for table, _ in _HAPPENED)
        return {table: moments for table, moments in found if moments}
    found_kept = ((table, text.partition(" ")) for table, text in kept.items() if text)
    return {
        table: (datetime.fromisoformat(first), datetime.fromisoformat(last)) for table, (first, _, last) in found_kept
    }


def known_from_to(store: Store, tables: Collection[str]) -> tuple[datetime, datetime] | None:
    """The first and the newest thing that happened in some tables, UTC; None where there is none."""
    return first_and_last(store, (each for each in _HAPPENED if each[0] in tables), until=_now())


def rhythm(store: Store, table: str) -> tuple[int, timedelta]:
    """On how many days something happened in a table, up to now, and the longest time between two of them."""
    kept = store.state(_RHYTHM + table)
    if not kept:
        return _rhythm(store, table)
    days, longest = map(int, kept.split())
    return days, timedelta(days=longest)


def _rhythm(store: Store, table: str) -> tuple[int, timedelta]:
    days = " UNION ".join(
        f"SELECT CAST({moment} AS DATE) AS day FROM canon.{table} WHERE {moment} <= ? GROUP BY day"
        for each, moment in _HAPPENED
        if each == table
    )
    return rhythm_of(store, days, [_now()] * days.count("?"))


def rhythm_of(store: Store, days: str, parameters: list[Any] | None = None) -> tuple[int, timedelta]:
    """The same of a query of the days."""
    found, longest = store.rows(
        f"SELECT count(*), max(day - before) FROM (SELECT day, lag(day) OVER (ORDER BY day) AS before FROM ({days}))",
        parameters,
    )[0]
    return int(found), timedelta(days=int(longest or 0))


def first_and_last(
    store: Store, columns: Iterable[tuple[str, str]], *, until: datetime | None = None
) -> tuple[datetime, datetime] | None:
    """The first and the last moment in some columns of canonical tables, none after ``until``; None without any.

    Of tables that the open transaction is the first to fill it knows nothing.
    """
    filled = store.filled()
    columns = [(table, moment) for table, moment in columns if table in filled]
    if not columns:
        return None
    most = "<= ?" if until else "IS NOT NULL"
    # A first row is found by the bounds of row groups alone; a minimum would read rows that were just added or deleted.
    moments = " UNION ALL ".join(
        f"(SELECT {moment} AS t FROM canon.{table} WHERE {moment} {most} ORDER BY {moment} {way} LIMIT 1)"
        for table, moment in columns
        for way in ("ASC", "DESC")
    )
    given = [until] * moments.count("?")
    low, high = store.rows(f"SELECT min(t), max(t) FROM ({moments})", given)[0]
    return (low, high) if high else None


def epoch_ms(moment: datetime) -> int:
    """Milliseconds since 1970 of a UTC moment without zone."""
    return (moment.replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)
