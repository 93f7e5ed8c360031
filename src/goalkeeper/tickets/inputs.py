"""What the facts' SQL reads: which tickets to compute, their events as numbers, and the tables they share."""

from __future__ import annotations

from collections.abc import Callable

from goalkeeper.calendars import DAY_MS, Schedules, local_day_sql, utc_day_sql, working_ms_sql
from goalkeeper.engines.text import literal
from goalkeeper.warehouse.known import epoch_ms, first_and_last
from goalkeeper.warehouse.store import Store

Run = Callable[[str], object]  # runs a statement, here or on another engine
_CLOCKED = (
    ("tickets", "created_at"), ("tickets", "updated_at"), ("tickets", "first_replied_at"), ("tickets", "solved_at"),
    ("tickets", "closed_at"),
    ("ticket_events", "occurred_at"), ("interactions", "started_at"), ("survey_responses", "responded_at"),
    ("survey_invitations", "sent_at"), ("self_service_sessions", "started_at"), ("agent_shifts", "started_at"),
    ("qa_reviews", "reviewed_at"), ("reviews", "published_at"), ("feedback_items", "created_at"),
    ("failures", "occurred_at"), ("touches", "occurred_at"), ("orders", "ordered_at"), ("subscriptions", "started_at"),
    ("subscription_events", "occurred_at"), ("upsells", "occurred_at"), ("acquisitions", "acquired_at"),
    ("spend_answers", "answered_at"), ("shop_visits", "started_at"),
)  # fmt: skip


def time_range(store: Store) -> tuple[int, int] | None:
    """The first and the last moment that a clock must be read at, with a day to spare; None where there is no row."""
    known = first_and_last(store, _CLOCKED)
    return (epoch_ms(known[0]) - DAY_MS, epoch_ms(known[1]) + DAY_MS) if known else None


def make_tickets(run: Run, everything: bool) -> str:
    """The SQL source of the tickets' rows: all, or those of the work alone, which are looked for once.

    Of these ``former_ticket_rows`` and ``former_turn_rows`` are the facts as they were, each with its place, the rowid.
    """
    if everything:
        return "canon.tickets"
    for name, rows in {
        "tickets_of_work": f"SELECT {_OF_TICKET} FROM canon.tickets",
        "former_ticket_rows": "SELECT rowid AS place, * FROM facts.ticket_rows",
        "former_turn_rows": "SELECT rowid AS place, * FROM facts.turn_rows",
    }.items():
        run(f"CREATE OR REPLACE TEMP TABLE {name} AS {rows} WHERE ticket_key IN (SELECT ticket_key FROM work)")
    return "tickets_of_work"


_OF_TICKET = (
    "ticket_key, source_id, status, created_at, first_replied_at, solved_at, closed_at, channel, brand, team_id, "
    "assignee_agent_id, priority, language, reason, reason_detail, type, product, source_system_created_by, "
    "merged_into_ticket_id, is_test, is_internal"
)


def make_shared(run: Run, specialists: tuple[str, ...], everything: bool, tickets: str = "canon.tickets") -> None:
    """Tables over all tickets that chunks look into: merges, left out, specialist teams, repeat contacts.

    Needs ``events_in``, and for the work alone what `make_tickets` leaves behind.
    """
    run(
        """
        CREATE OR REPLACE TEMP TABLE earliest AS
        SELECT m.survivor AS k, min(epoch_ms(t.created_at)) AS t
        FROM merges m JOIN canon.tickets t ON t.ticket_key = m.k GROUP BY m.survivor
        """
    )
    # One test of equality a scan: DuckDB reads only the rows that pass it, but all rows for a list of words.
    removals = " UNION ALL ".join(
        f"SELECT k, t, seq, event_id, type FROM events_in WHERE type = '{word}'"
        for word in ("deleted", "spam", "restored")
    )
    run(
        f"""
        CREATE OR REPLACE TEMP TABLE left_out AS
        WITH marks AS (
            SELECT k, type, row_number() OVER (PARTITION BY k ORDER BY t, seq, event_id) AS i
            FROM ({removals})
        ), removed AS (
            SELECT k, max(CASE WHEN type = 'deleted' THEN i END) AS deleted_i,
                max(CASE WHEN type = 'spam' THEN i END) AS spam_i,
                coalesce(max(CASE WHEN type = 'restored' THEN i END), 0) AS restored_i
            FROM marks GROUP BY k
        ), asked AS ( -- few: most tickets need not be looked up among the removed
            SELECT ticket_key AS k FROM {tickets} WHERE status IN ('deleted', 'spam', 'merged')
                OR merged_into_ticket_id IS NOT NULL OR is_test OR is_internal
            UNION SELECT k FROM removed
        )
        SELECT k, why FROM (SELECT t.ticket_key AS k,
            CASE WHEN t.status = 'deleted' OR r.deleted_i > r.restored_i THEN 'deleted'
                WHEN t.status = 'spam' OR r.spam_i > r.restored_i THEN 'spam'
                WHEN t.status = 'merged' OR t.merged_into_ticket_id IS NOT NULL THEN 'merged'
                WHEN t.is_test THEN 'test' WHEN t.is_internal THEN 'internal' END AS why
        FROM {tickets} t JOIN asked a ON a.k = t.ticket_key LEFT JOIN removed r ON r.k = t.ticket_key
        ) WHERE why IS NOT NULL
        """
    )
    if not everything:
        run(_CIRCLE)
        run(
            "INSERT INTO left_out SELECT ticket_key, left_out FROM facts.ticket_rows WHERE left_out IS NOT NULL AND "
            "ticket_key IN (SELECT ticket_key FROM circle) AND ticket_key NOT IN (SELECT ticket_key FROM work)"
        )
    named = ", ".join(map(literal, specialists)) or "NULL"
    run(
        "CREATE OR REPLACE TEMP TABLE specialists AS "
        "SELECT source_id, team_id AS team FROM canon.teams "
        f"WHERE tier >= 2 OR name IN ({named}) OR team_id IN ({named}) "
        f"UNION SELECT source_id, unnest([{named}]) FROM meta.horizons"
    )
    circle = "" if everything else "AND ticket_key IN (SELECT ticket_key FROM circle)"
    # A ticket that took others over came when the first of them did. One that is left out is nobody's next: it stands
    # alone, under a number that no customer has. A customer is known by the least of their tickets' keys.
    run(
        f"""
        CREATE OR REPLACE TEMP TABLE repeats AS
        WITH mine AS (
            SELECT ticket_key AS k, source_id, requester_customer_id AS customer_id, reason,
                epoch_ms(created_at) AS t
            FROM canon.tickets WHERE requester_customer_id IS NOT NULL {circle}
        ), customers AS (
            SELECT source_id, customer_id, min(k) AS customer_key FROM mine GROUP BY source_id, customer_id
        ), topics AS (
            SELECT reason, row_number() OVER (ORDER BY reason) AS topic FROM (SELECT DISTINCT reason FROM mine)
        ), came AS (
            SELECT m.k, c.customer_key, p.topic, least(m.t, coalesce(e.t, m.t)) AS t,
                CASE WHEN l.k IS NULL THEN c.customer_key ELSE -1 - m.k END AS counted_as
            FROM mine m JOIN customers c ON c.source_id = m.source_id AND c.customer_id = m.customer_id
            LEFT JOIN topics p ON p.reason = m.reason
            LEFT JOIN earliest e ON e.k = m.k LEFT JOIN left_out l ON l.k = m.k
        )
        SELECT k, customer_key, LEAD(t) OVER (PARTITION BY counted_as ORDER BY t, k) AS next_any_t,
            CASE WHEN topic IS NOT NULL THEN LEAD(t) OVER (PARTITION BY counted_as, topic ORDER BY t, k) END
                AS next_topic_t
        FROM came
        """
    )
    if not everything:
        run(
            "INSERT INTO repeats SELECT ticket_key, customer_key, next_contact_at, next_same_topic_at "
            "FROM former_ticket_rows WHERE ticket_key NOT IN (SELECT ticket_key FROM circle)"
        )


# The tickets of customers whose contacts may follow each other otherwise than before: where a ticket's row was loaded,
# where tickets were merged or no longer are, and where one is left out or no longer is. Of others it stands as it was.
_CIRCLE = """
CREATE OR REPLACE TEMP TABLE circle AS
WITH moved AS (
    SELECT w.ticket_key, f.customer_key FROM work w LEFT JOIN former_ticket_rows f USING (ticket_key)
    LEFT JOIN left_out l ON l.k = w.ticket_key
    WHERE f.ticket_key IS NULL OR l.why IS DISTINCT FROM f.left_out
        OR w.ticket_key IN (SELECT ticket_key FROM meta.touched WHERE of_row)
        OR w.ticket_key IN (SELECT ticket_key FROM merged_anew)
)
SELECT ticket_key FROM canon.tickets WHERE (source_id, requester_customer_id) IN (
    SELECT (source_id, requester_customer_id) FROM canon.tickets SEMI JOIN moved USING (ticket_key))
UNION SELECT ticket_key FROM facts.ticket_rows WHERE customer_key IN (SELECT customer_key FROM moved)
UNION SELECT ticket_key FROM moved
"""


def make_events(store: Store, run: Run, everything: bool) -> str:
    """Makes the view ``events_in`` and returns the SQL source that also holds messages of merged tickets.

    It is of all events, or of those of the work alone, which are looked for once.
    """
    run(
        "CREATE OR REPLACE TEMP TABLE bots AS SELECT source_id, agent_id FROM canon.agents WHERE is_bot OR role = 'bot'"
    )
    actor = "actor_type"
    if store.one("SELECT count(*) FROM bots"):
        is_bot = "(source_id, actor_id) IN (SELECT source_id, agent_id FROM bots)"
        actor = f"CASE WHEN actor_type = 'agent' AND {is_bot} THEN 'bot' ELSE actor_type END"
    moment = "epoch_ms(occurred_at) AS t, coalesce(seq, 0) AS seq"
    what = f"type, {actor} AS actor_type, actor_id, old_value, new_value, coalesce(is_public, true) AS is_public"
    events = f"SELECT ticket_key AS k, {moment}, event_id, {what} FROM canon.ticket_events"
    if not everything:
        of_work = f"{events} WHERE ticket_key IN (SELECT ticket_key FROM work)"
        run(f"CREATE OR REPLACE TEMP TABLE events_of_work AS {of_work}")
        events = "FROM events_of_work"
    run(f"CREATE OR REPLACE TEMP VIEW events_in AS {events}")
    if not store.one("SELECT count(*) FROM merges"):
        return "events_in"
    # Ids repeat across tickets: at a tie the survivor's own event comes first, then the one of the older ticket.
    own_id = "event_id || chr(1) || lpad(CAST(ticket_key AS VARCHAR), 19, '0')"
    run(
        "CREATE OR REPLACE TEMP TABLE merged_messages AS "
        f"SELECT m.survivor AS k, {moment}, {own_id} AS event_id, {what} "
        "FROM canon.ticket_events e JOIN merges m ON m.k = e.ticket_key WHERE type IN ('reply', 'note')"
        + ("" if everything else " AND m.survivor IN (SELECT ticket_key FROM work)")
    )
    return "(SELECT * FROM events_in UNION ALL SELECT * FROM merged_messages)"


def tickets_sql(schedules: Schedules, mine: str, spans: int, tickets: str) -> str:
    """The tickets of a chunk, what their row tells of time read on both clocks; narrow, since much is joined to it."""
    key = schedules.key_sql({"brand": "brand", "channel": "channel", "team": "team"})

    def reading(moment: str, alias: str) -> str:
        on = f"{alias}.schedule_key = b.schedule_key AND {alias}.utc_day = {utc_day_sql(moment)}"
        return f"LEFT JOIN calendar {alias} ON {on}"

    clocks = {"b.contact_t": "c1", "b.snapshot_solved_t": "c3", "b.snapshot_closed_t": "c4"}
    readings = ", ".join(
        f"{working_ms_sql(moment, alias, spans)} AS {moment[2:-1]}w" for moment, alias in clocks.items()
    )
    return f"""
    WITH t AS (
        SELECT t.ticket_key AS k, t.source_id, t.status, t.created_at, t.first_replied_at, t.solved_at, t.closed_at,
            t.channel,
            coalesce(n.name, t.brand) AS brand, coalesce(m.name, t.team_id) AS team,
            coalesce(t.source_system_created_by, 'customer') = 'customer' AS started_by_customer
        FROM {tickets} t {_NAMES} WHERE {mine.replace("k ", "t.ticket_key ")}
    ), b AS (
        SELECT t.k, t.source_id, t.started_by_customer, CAST({key} AS INTEGER) AS schedule_key,
            least(epoch_ms(t.created_at), coalesce(e.t, epoch_ms(t.created_at))) AS contact_t,
            s.replies, CASE WHEN NOT s.replies THEN epoch_ms(t.first_replied_at) END AS snapshot_reply_t,
            s.replies OR s.first_replies AS is_reply_told,
            -- a source that tells no solving closes what is solved
            epoch_ms(CASE WHEN s.solvings THEN t.solved_at ELSE coalesce(t.solved_at, t.closed_at) END)
                AS snapshot_solved_t,
            epoch_ms(t.closed_at) AS snapshot_closed_t, t.status IN ('solved', 'closed') AS snapshot_done
        FROM t JOIN tells s ON s.source_id = t.source_id LEFT JOIN earliest e ON e.k = t.k
    )
    SELECT b.*, h.horizon_at AS horizon_t, h.horizon_reading AS horizon_w,
        {local_day_sql("b.contact_t", "z")} AS created_day, {readings}
    FROM b LEFT JOIN zone_days z ON z.utc_day = {utc_day_sql("b.contact_t")}
    JOIN facts.horizons h ON h.source = b.source_id AND h.schedule_key = b.schedule_key
    {" ".join(reading(moment, alias) for moment, alias in clocks.items())}
    """


def dimensions_sql(mine: str, tickets: str) -> str:
    """What the facts take over from a ticket's row, and what its customer did next."""
    return f"""
    SELECT t.ticket_key AS k, t.source_id AS source, t.channel, coalesce(n.name, t.brand) AS brand,
        coalesce(m.name, t.team_id) AS team, t.assignee_agent_id AS agent, t.priority, t.language, t.reason AS topic,
        t.reason_detail AS topic_detail, t.type, t.product, t.status,
        r.customer_key, o.why AS left_out, coalesce(l.calls, 0) AS calls, r.next_any_t, r.next_topic_t
    FROM {tickets} t {_NAMES} LEFT JOIN linked_calls l ON l.k = t.ticket_key
    LEFT JOIN repeats r ON r.k = t.ticket_key LEFT JOIN left_out o ON o.k = t.ticket_key
    WHERE {mine.replace("k ", "t.ticket_key ")}
    """


def fill_horizons(store: Store, spans: int) -> None:
    """Each source's horizon on each schedule's working clock."""
    store.con.execute("DELETE FROM facts.horizons")
    store.con.execute(
        "INSERT INTO facts.horizons BY NAME SELECT h.source_id AS source, c.schedule_key, h.horizon_t AS horizon_at, "
        f"{working_ms_sql('h.horizon_t', 'c', spans)} AS horizon_reading FROM meta.horizons h "
        f"JOIN calendar c ON c.utc_day = {utc_day_sql('h.horizon_t')}"
    )


_NAMES = (
    "LEFT JOIN canon.brands n ON n.source_id = t.source_id AND n.brand_id = t.brand "
    "LEFT JOIN canon.teams m ON m.source_id = t.source_id AND m.team_id = t.team_id"
)
