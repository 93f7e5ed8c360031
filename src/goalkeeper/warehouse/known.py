"""Up to when the data reaches: what is not known yet is not missing."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from goalkeeper.engines.text import literal
from goalkeeper.warehouse.store import Store

_STATE = "newest_moment"
_SEEN = "seen"  # of each table the first and newest moment, and its rhythm where that may be asked for
QUIET = timedelta(days=7)
"""Silence for which nobody asks how a table was before."""

OF_TICKETS = ("created_at", "updated_at", "first_replied_at", "solved_at", "closed_at")
"""The moments that a ticket's row tells: the file that holds one was written later."""
# Tickets have a horizon of their own, a source at a time.
_HAPPENED = (
    *(("tickets", moment) for moment in OF_TICKETS),
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
    found = _ends(store, _HAPPENED, _now())
    first, newest = _over_all(found) or (None, None)
    kept: dict[str, list[str | int]] = {}
    for table, (low, high) in found.items():
        kept[table] = [low.isoformat(), high.isoformat()]
        if first and newest and (low - first > QUIET or newest - high > QUIET):
            days, longest = _rhythm(store, table)
            kept[table] += [days, longest.days]
    store.remember(_SEEN, json.dumps(kept, sort_keys=True))  # a query tells tables in any order
    store.remember(_STATE, newest.isoformat() if newest else "")
    return newest or _now()


def _newest(store: Store) -> datetime | None:
    known = known_from_to(store, {table for table, _ in _HAPPENED})
    return known[1] if known else None


def seen(store: Store) -> dict[str, tuple[datetime, datetime]]:
    """The first and the newest thing that happened in each table, UTC, as the facts know it; none where nothing did."""
    kept = store.state(_SEEN)
    if kept is None:
        return _ends(store, _HAPPENED, _now())
    return {
        table: (datetime.fromisoformat(low), datetime.fromisoformat(high))
        for table, (low, high, *_) in json.loads(kept).items()
    }


def known_from_to(store: Store, tables: Collection[str]) -> tuple[datetime, datetime] | None:
    """The first and the newest thing that happened in some tables, UTC; None where there is none."""
    return first_and_last(store, (each for each in _HAPPENED if each[0] in tables), until=_now())


def rhythm(store: Store, table: str) -> tuple[int, timedelta]:
    """On how many days something happened in a table, up to now, and the longest time between two of them."""
    _, _, *beat = json.loads(store.state(_SEEN) or "{}").get(table, ("", ""))
    if not beat:
        return _rhythm(store, table)
    days, longest = beat
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
    return _over_all(_ends(store, columns, until))


def _ends(
    store: Store, columns: Iterable[tuple[str, str]], until: datetime | None
) -> dict[str, tuple[datetime, datetime]]:
    """The first and the last moment of each table that has any."""
    filled = store.filled()
    columns = [(table, moment) for table, moment in columns if table in filled]
    if not columns:
        return {}
    most = "<= ?" if until else "IS NOT NULL"
    # A first row is found by the bounds of row groups alone; a minimum would read rows that were just added or deleted.
    moments = " UNION ALL ".join(
        f"(SELECT {literal(table)} AS name, {moment} AS t FROM canon.{table} WHERE {moment} {most} "
        f"ORDER BY {moment} {way} LIMIT 1)"
        for table, moment in columns
        for way in ("ASC", "DESC")
    )
    given = [until] * moments.count("?")
    found = store.rows(f"SELECT name, min(t), max(t) FROM ({moments}) GROUP BY name", given)
    return {table: (low, high) for table, low, high in found}


def _over_all(found: Mapping[str, tuple[datetime, datetime]]) -> tuple[datetime, datetime] | None:
    if not found:
        return None
    return min(low for low, _ in found.values()), max(high for _, high in found.values())


def epoch_ms(moment: datetime) -> int:
    """Milliseconds since 1970 of a UTC moment without zone."""
    return (moment.replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)
