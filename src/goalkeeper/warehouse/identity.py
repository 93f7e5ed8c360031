"""One person for the customers of all sources: linked by what they share, explainable, and stable over loads.

Customers are linked by an external id, a hashed e-mail address or a telephone number that they share, an external id
that is another source's customer id, and by identity_links made by hand. What hangs together that way is one person,
unless it is too much to be one: then nobody in it is linked, and it is kept as a conflict.
"""

from __future__ import annotations

from goalkeeper.warehouse.store import Store

MOST_CUSTOMERS = 25  # of one person; more share a mailbox, or a bad import
_ROUNDS = 50

_TABLES = (
    "CREATE TABLE IF NOT EXISTS facts.persons "
    "(customer VARCHAR, source VARCHAR, customer_id VARCHAR, person BIGINT, linked_by VARCHAR)",
    "CREATE TABLE IF NOT EXISTS meta.person_conflicts (customer VARCHAR, reason VARCHAR)",
)

_NODES = """
CREATE OR REPLACE TEMP TABLE person_nodes AS
SELECT row_number() OVER (ORDER BY source_id, customer_id) AS node, source_id, customer_id, external_id, email_key,
    phone_key
FROM canon.customers
"""

# A telephone is shared in families and offices: it links only where it is nobody else's in either source.
_KEYS = """
CREATE OR REPLACE TEMP TABLE person_keys AS
SELECT node, 'external id' AS rule, 'x' || external_id AS key FROM person_nodes WHERE external_id IS NOT NULL
UNION ALL
SELECT min(n.node), 'external id', 'x' || n.customer_id FROM person_nodes n
SEMI JOIN (SELECT DISTINCT external_id FROM person_nodes) e ON e.external_id = n.customer_id
GROUP BY n.customer_id HAVING count(*) = 1
UNION ALL
SELECT node, 'e-mail', 'e' || email_key FROM person_nodes WHERE email_key IS NOT NULL
UNION ALL
SELECT node, 'telephone', 'p' || phone_key FROM person_nodes
WHERE phone_key IN (SELECT phone_key FROM person_nodes GROUP BY phone_key HAVING count(*) = count(DISTINCT source_id))
UNION ALL
SELECT n.node, 'by hand', 'h' || l.profile_id FROM canon.identity_links l JOIN person_nodes n
ON n.source_id = l.source_id AND n.customer_id = l.entity_id
WHERE l.entity = 'customer' AND l.unlinked_at IS NULL AND l.confidence >= 0.98
"""

_APART = """
SELECT source_id, entity_id FROM canon.identity_links
WHERE entity = 'customer' AND unlinked_at IS NOT NULL AND linked_by = 'manual'
"""


def link_persons(store: Store) -> int:
    """Makes facts.persons anew: (customer, source, customer_id, person, linked_by); returns how many conflict.

    ``customer`` is the source, a colon and its id, as in the ticket facts; customers that no list names have
    no person. A person keeps the number it had; of two
    that turn out to be one, the older number stays.
    """
    for statement in (*_TABLES, _NODES, _KEYS):
        store.con.execute(statement)
    store.con.execute(
        f"DELETE FROM person_keys WHERE node IN (SELECT node FROM person_nodes "
        f"WHERE (source_id, customer_id) IN ({_APART}))"
    )
    _connect(store)
    _refuse(store)
    _number(store)
    return int(store.one("SELECT count(*) FROM meta.person_conflicts"))


def _connect(store: Store) -> None:
    """The table ``person_groups``: each node with the smallest node that it hangs together with."""
    run = store.con.execute
    run("CREATE OR REPLACE TEMP TABLE person_groups AS SELECT node, node AS root FROM person_nodes")
    run(
        "CREATE OR REPLACE TEMP TABLE person_shared AS SELECT node, key FROM person_keys "
        "WHERE key IN (SELECT key FROM person_keys GROUP BY key HAVING count(DISTINCT node) > 1)"
    )
    for _ in range(_ROUNDS):  # each round halves the longest chain at least
        run(
            """
            CREATE OR REPLACE TEMP TABLE person_step AS
            WITH lowest AS (
                SELECT s.key, min(g.root) AS root FROM person_shared s JOIN person_groups g USING (node) GROUP BY s.key
            ), moved AS (
                SELECT g.root AS old, min(l.root) AS root FROM person_shared s JOIN person_groups g USING (node)
                JOIN lowest l USING (key) GROUP BY g.root HAVING min(l.root) < g.root
            )
            SELECT g.node, coalesce(m.root, g.root) AS root FROM person_groups g LEFT JOIN moved m ON m.old = g.root
            """
        )
        changed = store.one(
            "SELECT count(*) FROM person_step s JOIN person_groups g USING (node) WHERE s.root < g.root"
        )
        run("CREATE OR REPLACE TEMP TABLE person_groups AS FROM person_step")
        if not changed:
            return


def _refuse(store: Store) -> None:
    """Takes groups apart that cannot be one person, and keeps their customers as conflicts."""
    run = store.con.execute
    run(
        f"""
        CREATE OR REPLACE TEMP TABLE person_refused AS
        SELECT root, CASE WHEN count(*) > {MOST_CUSTOMERS} THEN 'over {MOST_CUSTOMERS} customers share an address'
            ELSE 'customers with different external ids share an address' END AS reason
        FROM person_groups JOIN person_nodes USING (node) GROUP BY root
        HAVING count(*) > {MOST_CUSTOMERS} OR count(DISTINCT external_id) > 1
        """
    )
    run("DELETE FROM meta.person_conflicts")
    run(
        "INSERT INTO meta.person_conflicts SELECT source_id || ':' || customer_id, reason FROM person_groups "
        "JOIN person_refused USING (root) JOIN person_nodes USING (node)"
    )
    run("UPDATE person_groups SET root = node WHERE root IN (SELECT root FROM person_refused)")


def _number(store: Store) -> None:
    """Numbers the groups as before where they were known, and the new ones on from the last."""
    run = store.con.execute
    run(
        """
        CREATE OR REPLACE TEMP TABLE person_numbers AS
        WITH known AS (
            SELECT g.root, min(f.person) AS person FROM person_groups g JOIN person_nodes n USING (node)
            JOIN facts.persons f ON f.source = n.source_id AND f.customer_id = n.customer_id GROUP BY g.root
        ), kept AS (  -- a person taken apart: the number stays with one part
            SELECT root, person FROM known QUALIFY row_number() OVER (PARTITION BY person ORDER BY root) = 1
        ), last AS (
            SELECT coalesce(max(person), 0) AS person FROM facts.persons
        )
        SELECT r.root, coalesce(
            k.person, last.person + row_number() OVER (PARTITION BY k.person IS NULL ORDER BY r.root)) AS person
        FROM (SELECT DISTINCT root FROM person_groups) r LEFT JOIN kept k USING (root) CROSS JOIN last
        """
    )
    run("DELETE FROM facts.persons")
    run(
        """
        INSERT INTO facts.persons
        SELECT n.source_id || ':' || n.customer_id, n.source_id, n.customer_id, p.person, r.rules
        FROM person_nodes n JOIN person_groups g USING (node) JOIN person_numbers p USING (root)
        LEFT JOIN (SELECT k.node, string_agg(DISTINCT k.rule, ', ' ORDER BY k.rule) AS rules FROM person_keys k
                   JOIN person_shared s USING (node, key) JOIN person_groups x USING (node)
                   WHERE x.root IN (SELECT root FROM person_groups GROUP BY root HAVING count(*) > 1)
                   GROUP BY k.node) r USING (node)
        """
    )
