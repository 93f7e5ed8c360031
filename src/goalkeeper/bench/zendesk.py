"""From the tables that Fivetran writes of a Zendesk to facts, promises kept and the backlog of every day."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import duckdb

import goalkeeper as gk
from goalkeeper.bench.facts import SCHEDULES, scan
from goalkeeper.bench.measuring import report, timed
from goalkeeper.calendars import HOUR_MS

POLICY = """
[[sla]]
id = "standard"
pause = ["pending"]
first_reply = { urgent = "1h", high = "2h", other = "4h" }
next_reply = "8h"
resolution = "40h"
"""
# What changes in a ticket's life and the greatest number of hours since the change before; a third of the tickets are
# given to somebody else once more.
_CHANGES = (
    ("status", "'new'", 0), ("priority", "['low', 'normal', 'high', 'urgent'][1 + i % 4]", 1),
    ("group_id", "CAST(500 + i % 12 AS VARCHAR)", 1), ("assignee_id", "CAST(9000000 + i % 400 AS VARCHAR)", 1),
    ("status", "'open'", 2), ("status", "'pending'", 10), ("status", "'open'", 30), ("status", "'hold'", 8),
    ("status", "'open'", 40), ("status", "'solved'", 20),
    ("assignee_id", "CAST(9000000 + (i + 7) % 400 AS VARCHAR)", 0),
)  # fmt: skip
_SYNCED = "TIMESTAMP '2026-01-15' AS _fivetran_synced"


def write_tables(folder: Path, tickets: int) -> None:
    """Parquet files of tickets over two years, 10.3 field changes and four comments each, and the people in them."""
    con = duckdb.connect()
    made = f"(TIMESTAMP '2024-01-01' + to_milliseconds(CAST(i * {730 * 24 * HOUR_MS / tickets} AS BIGINT)))"
    hours, steps = [], "0"
    for number, (_, _, most) in enumerate(_CHANGES):
        steps += f" + hash(i * 16 + {number}) % 1000 * {most} / 1000.0"
        hours.append(steps)

    def pick(texts: list[str]) -> str:
        return f"CASE j {' '.join(f'WHEN {number} THEN {text}' for number, text in enumerate(texts))} END"

    tables = {
        "ticket": f"""
            SELECT 1000000 + i AS id, {_SYNCED}, {made} AS created_at, {made} + INTERVAL 6 DAY AS updated_at,
                'solved' AS status, ['email', 'web', 'chat', 'api'][1 + i % 4] AS via_channel, 'subject' AS subject,
                ['low', 'normal', 'high', 'urgent'][1 + i % 4] AS priority, 'question' AS type,
                hash(i) % ({tickets} * 6 // 10) AS requester_id, hash(i) % ({tickets} * 6 // 10) AS submitter_id,
                NULL::BIGINT AS organization_id, 9000000 + i % 400 AS assignee_id, 500 + i % 12 AS group_id,
                1 + i % 3 AS brand_id, NULL::TIMESTAMP AS due_at, NULL::BIGINT AS problem_id,
                NULL::BIGINT AS via_followup_source_id, NULL::VARCHAR AS via_source_rel, '[]' AS merged_ticket_ids
            FROM range({tickets}) r(i)""",
        "ticket_field_history": f"""
            SELECT {pick([f"'{field}'" for field, _, _ in _CHANGES])} AS field_name, 1000000 + i AS ticket_id,
                {made} + to_milliseconds(CAST({pick(hours)} * {HOUR_MS} AS BIGINT) + j) AS updated, {_SYNCED},
                9000000 + i % 400 AS user_id, {pick([value for _, value, _ in _CHANGES])} AS value
            FROM (SELECT e // {len(_CHANGES)} AS i, e % {len(_CHANGES)} AS j
                FROM range({tickets * len(_CHANGES)}) r(e)) WHERE j < {len(_CHANGES) - 1} OR i % 3 = 0""",
        "ticket_comment": f"""
            SELECT 1 + e AS id, {_SYNCED}, 'words' AS body, i + 1000000 AS ticket_id, true AS public,
                {made} + to_hours(CAST(j * 20 AS INTEGER)) + to_minutes(CAST(hash(e) % 600 AS INTEGER)) AS created,
                CASE WHEN j % 2 = 0 THEN hash(i) % ({tickets} * 6 // 10) ELSE 9000000 + i % 400 END AS user_id
            FROM (SELECT e, e // 4 AS i, e % 4 AS j FROM range({tickets * 4}) r(e))""",
        "user": f"""
            SELECT u AS id, {_SYNCED}, CASE WHEN u < 9000000 THEN 'end-user' ELSE 'agent' END AS role,
                'u' || u || '@example.org' AS email, 'name' AS name, true AS active, 'en' AS locale,
                NULL::VARCHAR AS phone, NULL::VARCHAR AS external_id, NULL::BIGINT AS organization_id,
                NULL::TIMESTAMP AS created_at, NULL::VARCHAR AS time_zone
            FROM (SELECT u FROM range({tickets * 6 // 10}) r(u) UNION ALL SELECT 9000000 + u FROM range(400) s(u))""",
    }
    for name, query in tables.items():
        con.execute(f"COPY ({query}) TO '{folder / name}.parquet' (FORMAT parquet)")
    con.close()


def main(tickets: int) -> None:
    """Reports the load, the scan of what was loaded, and the facts and promises with the backlog of every day."""
    with tempfile.TemporaryDirectory() as name:
        tables = Path(name) / "tables"
        tables.mkdir()
        write_tables(tables, tickets)
        text = f'name = "Bench"\ntimezone = "Europe/Berlin"\n{SCHEDULES}{POLICY}'
        with gk.open(gk.create(Path(name) / "workspace", text=text)) as workspace:
            workspace.store.con.execute("SET threads = 2")
            loaded = timed(lambda: workspace.load(tables, mapping="zendesk-fivetran"))
            held = workspace.store.one("SELECT count(*) FROM meta.quarantine")
            assert not held, f"{held} rows were held back"
            bare = min(timed(lambda: scan(workspace.store)) for _ in range(3))
            facts = min(timed(lambda: workspace.refresh(everything=True)) for _ in range(2))
            backlog = timed(lambda: workspace.measure("backlog", every="day"))
            assert workspace.store.one("SELECT count(*) FROM facts.promises WHERE status = 'broken'"), (
                "no promise was broken"
            )
            report(load=loaded, scan=bare, facts=facts, backlog=backlog)


if __name__ == "__main__":
    main(int(sys.argv[1]))
