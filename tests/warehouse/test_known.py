"""What is seen of each table is what the facts know, not what was loaded since."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

from goalkeeper.warehouse.known import newest_moment, rhythm, seen
from measure.small import Small, at, mapping, ticket


def test_what_was_loaded_since_the_last_refresh_is_not_seen_yet(tmp_path: Path) -> None:
    with Small(tmp_path, 'timezone = "UTC"\n') as small:
        small.load(tickets=[ticket(1, "03-02 10:00"), ticket(2, "03-04 10:00")])
        store = small.workspace.store
        two = (datetime(2026, 3, 2, 9), datetime(2026, 3, 4, 9))
        assert seen(store).get("tickets") == two
        assert newest_moment(store) == two[1]
        path = tmp_path / "orders.ndjson"
        path.write_text(
            '{"order_id": "o", "customer_id": "c", "ordered_at": "2026-03-09T10:00:00Z", "gross": 3, '
            '"currency": "EUR", "status": "paid"}\n'
        )
        small.workspace.load([path], mapping=mapping(), source="shop")
        assert seen(store).get("orders") is None
        assert newest_moment(store) == two[1]
        small.workspace.refresh()
        assert seen(store).get("orders") == (datetime(2026, 3, 9, 10), datetime(2026, 3, 9, 10))
        assert seen(store).get("tickets") == two


def test_before_any_refresh_the_rows_tell(tmp_path: Path) -> None:
    with Small(tmp_path, 'timezone = "UTC"\n') as small:
        small.load(tickets=[ticket(1, "03-02 10:00")])
        small.workspace.store.con.execute("DELETE FROM meta.state WHERE name = 'seen'")
        assert seen(small.workspace.store).get("tickets") == (datetime(2026, 3, 2, 9), datetime(2026, 3, 2, 9))
        assert seen(small.workspace.store).get("orders") is None


def test_the_rhythm_of_what_ended_is_kept(tmp_path: Path) -> None:
    with Small(tmp_path, 'timezone = "UTC"\n') as small:
        visits = [
            {"session_id": f"s{day}", "kind": "help_center", "started_at": f"2026-01-{day:02}T10:00:00Z"}
            for day in range(1, 30, 2)
        ]
        small.load(tickets=[ticket(1, "05-02 10:00")], self_service_sessions=visits)
        store = small.workspace.store
        assert rhythm(store, "self_service_sessions") == (15, timedelta(days=2))
        assert rhythm(store, "tickets") == (1, timedelta(0))
        store.con.execute("DELETE FROM kept.self_service_sessions")
        assert rhythm(store, "self_service_sessions") == (15, timedelta(days=2))
        small.workspace.refresh()
        assert rhythm(store, "self_service_sessions") == (0, timedelta(0))


def test_a_list_of_tickets_is_known_up_to_the_newest_moment_of_any(tmp_path: Path) -> None:
    """Of five tickets made in one hour two were solved, after three and eight days; three are open since."""
    tickets = [
        ticket(
            number,
            "03-02 10:00",
            status="solved" if days else "open",
            solved_at=at(f"03-{2 + days:02} 10:00") if days else None,
        )
        for number, days in enumerate((3, 8, 0, 0, 0))
    ]
    with Small(tmp_path, 'timezone = "UTC"\n') as small:
        small.load(tickets=tickets)
        assert newest_moment(small.workspace.store) == datetime(2026, 3, 10, 9)
        (backlog,) = small.measure("backlog", since=date(2026, 3, 9), until=date(2026, 3, 10)).cells
        assert backlog.estimate is not None
        assert backlog.estimate.value == 4
        (target,) = small.measure("resolved_in_target", variant="7d").cells
        assert (target.n, target.pending) == (5, 0)
