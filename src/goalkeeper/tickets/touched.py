"""Which tickets must be computed anew: those that a load touched, and those whose facts hang on such a one.

What came next after a ticket of the same customer is the exception: it alone is written anew.
"""

from __future__ import annotations

from goalkeeper.engines.text import literal
from goalkeeper.warehouse.known import OF_TICKETS
from goalkeeper.warehouse.store import Store

# What the last refresh knew beside the tickets themselves; where it differs now, its tickets are touched too.
_KNOWN = """
CREATE TABLE IF NOT EXISTS meta.horizons (source_id VARCHAR, horizon_t BIGINT);
CREATE TABLE IF NOT EXISTS meta.merges (k BIGINT, survivor BIGINT);
"""
_MOVING = (("ticket_events", "occurred_at"), *(("tickets", moment) for moment in OF_TICKETS))
_PEOPLE = """
SELECT md5(coalesce(string_agg(word, chr(10) ORDER BY word), '')) FROM (
    SELECT concat_ws(chr(9), 'team', source_id, team_id, name, coalesce(tier, 1) >= 2) AS word FROM canon.teams
    UNION ALL SELECT concat_ws(chr(9), 'brand', source_id, brand_id, name) FROM canon.brands
    UNION ALL SELECT concat_ws(chr(9), 'bot', source_id, agent_id) FROM canon.agents WHERE is_bot OR role = 'bot')
"""


def people_now(store: Store) -> str:
    """A text that changes with the bots, the teams and the brands: any ticket's facts may hang on one of them."""
    return str(store.one(_PEOPLE))


def make_horizons(store: Store) -> None:
    """Up to when each source is known: its newest event or the newest moment of a ticket, but not later than now."""
    for statement in _KNOWN.strip().split("\n"):
        store.con.execute(statement)
    sources = [name for (name,) in store.rows("SELECT DISTINCT source_id FROM canon.tickets")]
    # The newest few rows are found by the bounds of row groups alone; a maximum by source would read them all.
    newest = " UNION ALL ".join(
        f"(SELECT {literal(source)} AS source_id, epoch_ms({column}) AS t FROM canon.{table} "
        f"WHERE source_id = {literal(source)} AND {column} IS NOT NULL ORDER BY {column} DESC LIMIT 1)"
        for source in sources
        for table, column in _MOVING
    )
    store.con.execute(
        "CREATE OR REPLACE TEMP TABLE horizons_now AS SELECT source_id, least(max(t), epoch_ms(now())) AS horizon_t "
        f"FROM ({newest or 'SELECT NULL::VARCHAR AS source_id, NULL::BIGINT AS t LIMIT 0'}) GROUP BY source_id"
    )


_TELLS = {
    "replies": ("ticket_events.reply",),
    "first_replies": ("tickets.first_replied_at",),
    "solvings": ("tickets.solved_at",),
    "ends": ("ticket_events.status", "tickets.solved_at", "tickets.closed_at"),
}


def tell_now(store: Store) -> str:
    """A text that changes with what the sources tell of tickets: what is silent is read otherwise."""
    names = ", ".join(literal(name) for names in _TELLS.values() for name in names)
    told = store.rows(f"SELECT source_id, name FROM meta.told WHERE name IN ({names}) ORDER BY ALL")
    return repr(told) if told else ""


def make_tells(store: Store) -> None:
    """Which of these each source tells. Needs what `make_horizons` leaves behind."""
    flags = ", ".join(
        f"coalesce(bool_or(t.name IN ({', '.join(map(literal, names))})), false) AS {flag}"
        for flag, names in _TELLS.items()
    )
    store.con.execute(
        f"CREATE OR REPLACE TEMP TABLE tells AS SELECT h.source_id, {flags} FROM horizons_now h "
        "LEFT JOIN meta.told t USING (source_id) GROUP BY h.source_id"
    )


def make_merges(store: Store) -> None:
    """Each merged ticket with the one at the end of its chain; tickets merged in a circle have no survivor."""
    store.con.execute(
        """
        CREATE OR REPLACE TEMP TABLE merges AS
        WITH RECURSIVE targets AS (
            SELECT t.ticket_key AS k, o.ticket_key AS target FROM canon.tickets o
            JOIN (FROM canon.tickets WHERE merged_into_ticket_id IS NOT NULL) t
            ON t.source_id = o.source_id AND t.merged_into_ticket_id = o.ticket_id
        ), steps AS (
            SELECT k, target AS survivor FROM targets
            UNION
            SELECT s.k, t.target FROM steps s JOIN targets t ON t.k = s.survivor
        )
        SELECT s.k, s.survivor FROM steps s ANTI JOIN targets t ON t.k = s.survivor
        """
    )


def make_linked_calls(store: Store) -> None:
    """Answered calls and chats by ticket, the legs of one contact counted once.

    A source of calls alone may name tickets of a help desk: an id that only one source has will do. Needs what
    `make_horizons` leaves behind.
    """
    store.con.execute(
        """
        CREATE OR REPLACE TEMP TABLE linked_calls AS
        WITH named AS (
            SELECT DISTINCT source_id, ticket_id, coalesce(interaction_group_id, interaction_id) AS contact
            FROM canon.interactions
            WHERE outcome = 'answered' AND direction <> 'internal' AND ticket_id IS NOT NULL
        ), own AS (
            SELECT t.ticket_key AS k, n.* FROM named n
            JOIN canon.tickets t ON t.source_id = n.source_id AND t.ticket_id = n.ticket_id
        ), foreign_ids AS (
            SELECT ticket_id, min(ticket_key) AS k FROM canon.tickets
            WHERE ticket_id IN (SELECT ticket_id FROM named) GROUP BY ticket_id HAVING count(*) = 1
        )
        SELECT k, count(*) AS calls FROM (
            SELECT k FROM own
            UNION ALL
            SELECT f.k FROM named n JOIN foreign_ids f ON f.ticket_id = n.ticket_id
            WHERE n.source_id NOT IN (SELECT source_id FROM horizons_now)
        ) GROUP BY k
        """
    )


def choose_work(store: Store, everything: bool) -> int:
    """Fills the temporary table ``work`` with the ticket keys to compute; returns how many there are.

    With ``everything`` there is no such table. Needs the tables that the makers above leave behind.
    """
    if everything:
        _remember(store)
        return int(store.one("SELECT count(*) FROM canon.tickets"))
    store.con.execute(
        """
        CREATE OR REPLACE TEMP TABLE merged_anew AS
        WITH changed AS ((FROM merges EXCEPT FROM meta.merges) UNION ALL (FROM meta.merges EXCEPT FROM merges))
        SELECT k AS ticket_key FROM changed UNION SELECT survivor FROM changed
        """
    )
    # A promise that still waits lasts longer with each moment, even on a ticket that is done.
    promised = store.rows("SELECT 1 FROM duckdb_tables() WHERE schema_name = 'facts' AND table_name = 'promises'")
    waiting = "SELECT p.ticket_key FROM facts.promises p JOIN facts.ticket_rows f USING (ticket_key)"
    unkept = f"UNION {waiting} WHERE p.kept_at IS NULL AND p.promise_left_out IS NULL AND f.source IN (FROM moved)"
    store.con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE work AS
        WITH moved AS (
            SELECT n.source_id FROM horizons_now n LEFT JOIN meta.horizons h USING (source_id)
            WHERE h.horizon_t IS DISTINCT FROM n.horizon_t
        ), called_anew AS (
            SELECT ticket_key FROM (SELECT k AS ticket_key, calls FROM linked_calls)
            FULL JOIN (SELECT ticket_key, calls AS before FROM facts.ticket_rows WHERE calls > 0) USING (ticket_key)
            WHERE calls IS DISTINCT FROM before
        ), loaded AS (
            SELECT ticket_key FROM meta.touched UNION FROM called_anew
            UNION FROM merged_anew
        ), touched AS (
            SELECT ticket_key FROM loaded
            UNION SELECT m.survivor FROM merges m JOIN loaded l ON l.ticket_key = m.k
        ), near AS (
            SELECT ticket_key FROM touched
            UNION SELECT ticket_key FROM facts.ticket_rows WHERE source IN (FROM moved) AND resolved IS NOT TRUE
                AND (closed_unsolved IS NOT TRUE OR closed_at IS NULL)
            {unkept if promised else ""}
        )
        SELECT ticket_key, row_number() OVER () AS nth FROM near SEMI JOIN canon.tickets USING (ticket_key)
        """
    )
    _remember(store)
    return int(store.one("SELECT count(*) FROM work"))


def _remember(store: Store) -> None:
    store.con.execute("DELETE FROM meta.horizons; INSERT INTO meta.horizons FROM horizons_now")
    store.con.execute("DELETE FROM meta.merges; INSERT INTO meta.merges FROM merges")
