"""Whatever order files come in, the store holds the same in the end; an oracle in plain Python says what."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from goalkeeper.warehouse import load, replay
from warehouse.desk import Desk, activity, event, ticket

Row = dict[str, str]
HOUR = [f"2024-01-{day:02} {hour:02}:00:00" for day in range(1, 8) for hour in range(24)]
CREATED = HOUR[24]  # an event of the first day is too early


def make_files(draw: random.Random) -> list[tuple[str, list[Row]]]:
    """Exports that overlap: versions of tickets, events with ids and without, and rows that fail."""
    versions = [
        ticket(str(id), time, created=CREATED, topic=f"{id}/{time}", status=draw.choice(["open", "solved", "offen"]))
        for id in range(8)
        for time in draw.sample(HOUR[30:], 3)
    ]
    events = [
        event(str(draw.randrange(10)), f"e{number}", draw.choice(HOUR), type=draw.choice(["reply", "note", "call"]))
        for number in range(40)
    ]
    acts = [activity(str(draw.randrange(10)), draw.choice(HOUR[:30]), by=draw.choice(["a1", "a2"])) for _ in range(30)]
    acts += draw.choices(acts, k=10)
    files: list[tuple[str, list[Row]]] = []
    for kind, pool in (("tickets", versions), ("events", events), ("activity", acts)):
        for number in range(draw.randrange(2, 5)):
            rows = draw.sample(pool, draw.randrange(1, len(pool)))
            files.append((f"{kind}_{number}.csv", rows))
    return files


def expected(files: Sequence[tuple[str, list[Row]]]) -> dict[str, Any]:
    """What the files hold together."""
    newest: dict[str, Row] = {}
    events: dict[tuple[str, ...], None] = {}
    acts: Counter[tuple[str, ...]] = Counter()
    held: set[tuple[str, ...]] = set()
    for name, rows in files:
        mine: Counter[tuple[str, ...]] = Counter()
        for row in rows:
            if name.startswith("tickets"):
                if row["status"] == "offen":
                    held.add(("status_unknown", row["id"], row["updated"]))
                elif row["id"] not in newest or newest[row["id"]]["updated"] < row["updated"]:
                    newest[row["id"]] = row
            elif row["type"] == "call":
                held.add(("type_unknown", row["ticket"], row["at"]))
            elif name.startswith("events"):
                events[row["ticket"], row["at"], row["type"], row["event"], ""] = None
            else:
                mine[row["ticket"], row["at"], row["type"], "", row["by"]] += 1
        acts |= mine
    happened = [*events, *acts.elements()]
    early = [each for each in happened if each[0] in newest and each[1] < CREATED]
    return {
        "tickets": sorted((row["id"], row["status"], row["topic"]) for row in newest.values()),
        "events": sorted((t, at, kind, by) for t, at, kind, _, by in (Counter(happened) - Counter(early)).elements()),
        "early": sorted((t, at) for t, at, *_ in early),
        "held": sorted(held),
    }


def stored(desk: Desk, source: str) -> dict[str, Any]:
    """The same of the store."""
    rows = desk.store.rows
    open_rows = f"FROM meta.quarantine WHERE source_id = '{source}' AND released_at IS NULL"
    field = "json_extract_string(row, '$.{}')".format
    return {
        "tickets": rows(
            f"SELECT ticket_id, status, reason FROM canon.tickets WHERE source_id = '{source}' ORDER BY ALL"
        ),
        "events": rows(
            "SELECT ticket_id, CAST(occurred_at AS VARCHAR), type, coalesce(actor_id, '') "
            f"FROM canon.ticket_events WHERE source_id = '{source}' ORDER BY ALL"
        ),
        "early": rows(
            f"SELECT {field('ticket_id')}, {field('occurred_at')} {open_rows} AND code = 'before_creation' ORDER BY ALL"
        ),
        "held": rows(
            f"SELECT code, {field('ticket_id')}, coalesce({field('updated_at')}, {field('occurred_at')}) "
            f"{open_rows} AND code <> 'before_creation' ORDER BY ALL"
        ),
    }


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_any_order_of_loads_gives_the_same_store(desk: Desk, seed: int) -> None:
    draw = random.Random(seed)
    files = make_files(draw)
    wanted = expected(files)
    assert wanted["early"]
    assert wanted["held"]
    for name, rows in files:
        desk.write(name, rows)
    paths = [desk.files / name for name, _ in files]
    for number in range(4):
        source = f"order{number}"
        order = draw.sample(paths, len(paths))
        while order:  # some come alone, some together, some twice
            load(desk.store, order[: draw.randrange(1, 4)], desk.read, source_id=source, allow=1.0)
            order = order[1:]
            if draw.random() < 0.2:  # the mapping's text changes, but not what it says
                desk.mapping += "# again\n"
                replay(desk.store, {"desk": desk.read}, source_id=source)
        assert stored(desk, source) == wanted
