"""What the facts' SQL reads: which tickets to compute, their events as numbers, and the tables they share."""

from __future__ import annotations

from goalkeeper.calendars import Schedules, local_day_sql, utc_day_sql, working_ms_sql
from goalkeeper.connectors.mapping.expressions import literal
from goalkeeper.warehouse.store import Store

DAY_MS = 86_400_000
_CLOCKED = (
    ("tickets", "created_at"), ("tickets", "updated_at"), ("tickets", "solved_at"), ("tickets", "closed_at"),
    ("ticket_events", "occurred_at"), ("interactions", "started_at"), ("survey_responses", "responded_at"),
    ("survey_invitations", "sent_at"),
)  # fmt: skip


def make_horizons(store: Store) -> None:
    """Up to when each source is known: its newest event or ticket change, but not later than now."""
    store.con.execute(
        """
        CREATE TABLE IF NOT EXISTS meta.horizons (source_id VARCHAR, horizon_t BIGINT);
        CREATE OR REPLACE TEMP TABLE horizons_now AS
        SELECT source_id, least(max(t), epoch_ms(now())) AS horizon_t FROM (
            SELECT source_id, max(epoch_ms(occurred_at)) AS t FROM canon.ticket_events GROUP BY source_id
            UNION ALL
            SELECT source_id, max(epoch_ms(greatest(created_at, updated_at))) FROM canon.tickets GROUP BY source_id
        ) GROUP BY source_id
        """
    )


def choose_work(store: Store, everything: bool) -> int:
    """Fills the temporary table ``work`` with the ticket keys to compute; returns how many there are."""
    if everything:
        store.con.execute("DELETE FROM meta.horizons; INSERT INTO meta.horizons FROM horizons_now")
        return int(store.one("SELECT count(*) FROM canon.tickets"))
    store.con.execute(
        """
        CREATE OR REPLACE TEMP TABLE work AS
        WITH RECURSIVE touched AS (
            SELECT DISTINCT ticket_key FROM meta.touched
        ), moved AS (
            SELECT n.source_id FROM horizons_now n LEFT JOIN meta.horizons h USING (source_id)
            WHERE h.horizon_t IS DISTINCT FROM n.horizon_t
        ), unfinished AS (
            SELECT ticket_key FROM facts.tickets WHERE source IN (SELECT source_id FROM moved)
        ), kin AS (
            SELECT o.ticket_key FROM canon.tickets t JOIN touched USING (ticket_key) JOIN canon.tickets o
            ON o.source_id = t.source_id AND o.requester_customer_id = t.requester_customer_id
            UNION ALL
            SELECT o.ticket_key FROM facts.tickets f JOIN touched USING (ticket_key) JOIN facts.tickets o
            ON o.customer = f.customer
        ), near AS (
            SELECT ticket_key FROM touched UNION SELECT ticket_key FROM unfinished UNION SELECT ticket_key FROM kin
        ), family AS (
            SELECT ticket_key FROM near
            UNION
            SELECT o.ticket_key FROM family f JOIN canon.tickets t USING (ticket_key) JOIN canon.tickets o
            ON o.source_id = t.source_id AND (o.ticket_id = t.merged_into_ticket_id)
        )
        SELECT ticket_key FROM family SEMI JOIN canon.tickets USING (ticket_key)
        """
    )
    store.con.execute("DELETE FROM meta.horizons; INSERT INTO meta.horizons FROM horizons_now")
    return int(store.one("SELECT count(*) FROM work"))


def time_range(store: Store) -> tuple[int, int]:
    """The first and the last moment that a clock must be read at, with a day to spare on both sides."""
    moments = " UNION ALL ".join(
        f"SELECT min({column}) AS low, max({column}) AS high FROM canon.{table}" for table, column in _CLOCKED
    )
    low, high = store.rows(f"SELECT epoch_ms(min(low)), epoch_ms(max(high)) FROM ({moments})")[0]
    return (low or 0) - DAY_MS, (high or 0) + DAY_MS


def make_shared(store: Store, specialists: tuple[str, ...], everything: bool) -> None:
    """Tables over all tickets that chunks look into: merges, specialist teams, linked calls, repeat contacts."""
    run = store.con.execute
    run(
        """
        CREATE OR REPLACE TEMP TABLE merges AS
        WITH RECURSIVE steps AS (
            SELECT t.ticket_key AS k, o.ticket_key AS survivor, 1 AS depth
            FROM canon.tickets t JOIN canon.tickets o
            ON o.source_id = t.source_id AND o.ticket_id = t.merged_into_ticket_id AND o.ticket_key <> t.ticket_key
            UNION ALL
            SELECT s.k, o.ticket_key, s.depth + 1 FROM steps s JOIN canon.tickets t ON t.ticket_key = s.survivor
            JOIN canon.tickets o ON o.source_id = t.source_id AND o.ticket_id = t.merged_into_ticket_id
            WHERE s.depth < 20 AND o.ticket_key <> s.k AND o.ticket_key <> s.survivor
        )
        SELECT k, max_by(survivor, depth) AS survivor FROM steps GROUP BY k
        """
    )
    run(
        """
        CREATE OR REPLACE TEMP TABLE earliest AS
        SELECT m.survivor AS k, min(epoch_ms(t.created_at)) AS t
        FROM merges m JOIN canon.tickets t ON t.ticket_key = m.k GROUP BY m.survivor
        """
    )
    named = ", ".join(map(literal, specialists)) or "NULL"
    run(
        "CREATE OR REPLACE TEMP TABLE specialists AS "
        f"SELECT DISTINCT team_id AS team FROM canon.teams WHERE tier >= 2 OR name IN ({named}) OR team_id IN ({named}) "
        f"UNION SELECT unnest([{named}])"
    )
    run(
        """
        CREATE OR REPLACE TEMP TABLE linked_calls AS
        SELECT t.ticket_key AS k, count(*) AS calls FROM canon.interactions i
        JOIN meta.ticket_keys t ON t.ticket_id = i.ticket_id
        WHERE i.outcome = 'answered' AND (t.source_id = i.source_id OR NOT EXISTS (
            SELECT 1 FROM meta.ticket_keys own WHERE own.source_id = i.source_id))
        GROUP BY t.ticket_key
        """
    )
    # Deleted, spam, merged, test and internal tickets are no repeat contacts.
    counted = "status NOT IN ('deleted', 'spam', 'merged') AND is_test IS NOT true AND is_internal IS NOT true"
    some = ""
    if not everything:
        some = (
            "AND (source_id, requester_customer_id) IN (SELECT (source_id, requester_customer_id) FROM canon.tickets "
            "SEMI JOIN work USING (ticket_key))"
        )
    run(
        f"""
        CREATE OR REPLACE TEMP TABLE repeats AS
        SELECT ticket_key AS k,
            LEAD(t) OVER (PARTITION BY source_id, requester_customer_id ORDER BY t, ticket_key) AS next_any_t,
            LEAD(t) OVER (PARTITION BY source_id, requester_customer_id, reason ORDER BY t, ticket_key) AS same_t,
            reason
        FROM (SELECT ticket_key, source_id, requester_customer_id, reason, epoch_ms(created_at) AS t FROM canon.tickets
              WHERE requester_customer_id IS NOT NULL AND merged_into_ticket_id IS NULL AND {counted} {some})
        """
    )


def make_events(store: Store) -> str:
    """Makes the view ``events_in`` and returns the SQL source that also holds messages of merged tickets."""
    bots = store.one("SELECT count(*) FROM canon.agents WHERE is_bot")
    actor = "actor_type"
    if bots:
        actor = (
            "CASE WHEN actor_type = 'agent' AND actor_id IN (SELECT agent_id FROM canon.agents WHERE is_bot) "
            "THEN 'bot' ELSE actor_type END"
        )
    columns = (
        f"epoch_ms(occurred_at) AS t, coalesce(seq, 0) AS seq, event_id, type, {actor} AS actor_type, actor_id, "
        "old_value, new_value, coalesce(is_public, true) AS is_public"
    )
    store.con.execute(
        f"CREATE OR REPLACE TEMP VIEW events_in AS SELECT ticket_key AS k, {columns} FROM canon.ticket_events"
    )
    if not store.one("SELECT count(*) FROM merges"):
        return "events_in"
    store.con.execute(
        f"CREATE OR REPLACE TEMP TABLE merged_messages AS SELECT m.survivor AS k, {columns} "
        "FROM canon.ticket_events e JOIN merges m ON m.k = e.ticket_key WHERE type IN ('reply', 'note')"
    )
    return "(SELECT * FROM events_in UNION ALL SELECT * FROM merged_messages)"


def tickets_sql(schedules: Schedules, mine: str, spans: int) -> str:
    """The tickets of a chunk with what their row alone tells, read on both clocks."""
    key = schedules.key_sql({"brand": "t.brand", "channel": "t.channel", "team": "coalesce(m.name, t.team_id)"})

    def clock(moment: str, alias: str) -> str:
        return working_ms_sql(moment, alias, spans)

    def reading(moment: str, alias: str) -> str:
        on = f"{alias}.schedule_key = b.schedule_key AND {alias}.utc_day = {utc_day_sql(moment)}"
        return f"LEFT JOIN calendar {alias} ON {on}"

    return f"""
    WITH b AS (
        SELECT t.ticket_key AS k, t.source_id, t.ticket_id, t.channel, t.brand, coalesce(m.name, t.team_id) AS team,
            t.assignee_agent_id AS agent, t.priority, t.language, t.reason AS topic, t.reason_detail AS topic_detail,
            t.type, t.product, t.status,
            CASE WHEN t.requester_customer_id IS NOT NULL THEN t.source_id || ':' || t.requester_customer_id END
                AS customer,
            coalesce(t.source_system_created_by, 'customer') = 'customer' AS started_by_customer,
            t.status = 'merged' OR g.k IS NOT NULL AS is_merged,
            coalesce(t.is_test, false) AS is_test, coalesce(t.is_internal, false) AS is_internal,
            CAST({key} AS INTEGER) AS schedule_key, h.horizon_t,
            least(epoch_ms(t.created_at), coalesce(e.t, epoch_ms(t.created_at))) AS contact_t,
            epoch_ms(t.solved_at) AS snapshot_solved_t, epoch_ms(t.closed_at) AS snapshot_closed_t,
            t.status IN ('solved', 'closed') AS snapshot_done,
            coalesce(l.calls, 0) AS calls, r.next_any_t, CASE WHEN r.reason IS NOT NULL THEN r.same_t END AS next_topic_t
        FROM (SELECT *, ticket_key AS k FROM canon.tickets) t
        LEFT JOIN canon.teams m ON m.source_id = t.source_id AND m.team_id = t.team_id
        LEFT JOIN merges g ON g.k = t.k LEFT JOIN earliest e ON e.k = t.k
        LEFT JOIN linked_calls l ON l.k = t.k LEFT JOIN repeats r ON r.k = t.k
        JOIN meta.horizons h ON h.source_id = t.source_id
        WHERE {mine.replace("k ", "t.k ")}
    )
    SELECT b.*, {local_day_sql("b.contact_t", "z")} AS created_day, {clock("b.contact_t", "c1")} AS contact_w,
        {clock("b.horizon_t", "c2")} AS horizon_w, {clock("b.snapshot_solved_t", "c3")} AS snapshot_solved_w,
        {clock("b.snapshot_closed_t", "c4")} AS snapshot_closed_w
    FROM b LEFT JOIN zone_days z ON z.utc_day = {utc_day_sql("b.contact_t")}
    {reading("b.contact_t", "c1")} {reading("b.horizon_t", "c2")}
    {reading("b.snapshot_solved_t", "c3")} {reading("b.snapshot_closed_t", "c4")}
    """
