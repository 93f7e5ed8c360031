"""The service as a whole: what it costs a day and for how many customers, who is there for what lies open."""

from __future__ import annotations

from goalkeeper.calendars import DAY_MS, HOUR_MS
from goalkeeper.datasets.dataset import NUMBER, Dataset
from goalkeeper.datasets.joins import cut_at_midnights, date_number, day_of, merged, millis, over_at, person_of, zone_of
from goalkeeper.tickets.columns import DAY, FLAG, MOMENT, TEXT, WHOLE, Derived, split

BUYER_DAYS = 365

SERVICE_DAY_COLUMNS = (
    Derived("service_day", DAY, "The local day"),
    Derived("currency", TEXT, "The currency of the cost; a day has a row for each"),
    Derived("cost", NUMBER, "What agents and service cost that day; the costs of winning customers are not among them"),
    Derived("tickets", WHOLE, "Tickets that customers opened"),
    Derived("resolved", WHOLE, "Tickets solved for good"),
    Derived("resolved_for_cost", WHOLE, "The same in each row of the day, for the cost in its currency"),
    Derived("orders", WHOLE, "Orders placed"),
    Derived("customers", WHOLE, "Customers with a running subscription, or an order in the 365 days before"),
    Derived("has_cost", FLAG, "A cost is known"),
    Derived("left_out", TEXT, "Always NULL"),
)


# A monthly amount is spread over its month's days, a yearly one over 365.25. An hour worked costs what is told of its
# local day for the agent, the agent's team and the company, all added.
SERVICE_DAYS = f"""
WITH known AS (
    SELECT CAST(t // {DAY_MS} AS INTEGER) AS last_day FROM known_until
), here AS (
    SELECT s.source_id, s.customer_id, {day_of("s.started_at")} AS from_day,
        {date_number(over_at("s"))} AS to_day
    FROM canon.subscriptions s {zone_of("s.started_at")} WHERE s.status <> 'trialing'
    UNION ALL
    SELECT o.source_id, o.customer_id, {day_of("o.ordered_at")}, {day_of("o.ordered_at")} + {BUYER_DAYS}
    FROM canon.orders o {zone_of("o.ordered_at")} WHERE NOT coalesce(o.is_test, false) AND o.status <> 'cancelled'
), spans AS (
    SELECT coalesce(CAST(p.person AS VARCHAR), h.source_id || ':' || h.customer_id) AS who, from_day,
        coalesce(to_day, k.last_day + 1) AS to_day FROM here h {person_of("h")} CROSS JOIN known k
), edges AS (  -- of a customer's overlapping spans those that come after the first one are no new ones
    SELECT who, from_day, to_day, coalesce(max(to_day) OVER (
        PARTITION BY who ORDER BY from_day, to_day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) < from_day, true)
        AS is_first
    FROM spans
), stays AS (
    SELECT min(from_day) AS from_day, max(to_day) AS to_day FROM (
        SELECT who, from_day, to_day, count(*) FILTER (is_first) OVER (
            PARTITION BY who ORDER BY from_day, to_day ROWS UNBOUNDED PRECEDING) AS stay FROM edges) GROUP BY who, stay
), steps AS (
    SELECT from_day AS day, 1 AS step FROM stays UNION ALL SELECT to_day, -1 FROM stays
), amounts AS (
    SELECT {date_number("valid_from")} AS from_day, coalesce({date_number("valid_to")}, k.last_day) AS to_day, currency,
        CASE per WHEN 'year' THEN amount / 365.25 END AS a_day, CASE per WHEN 'month' THEN amount END AS a_month
    FROM canon.agent_costs CROSS JOIN known k WHERE per IN ('month', 'year')
    UNION ALL
    SELECT {date_number("period_start")}, {date_number("period_end")}, currency,
        amount / ({date_number("period_end")} - {date_number("period_start")} + 1), NULL
    FROM canon.cost_items WHERE kind <> 'acquisition'
), shifts AS (
    SELECT coalesce(a.who, s.source_id || ':' || s.agent_id) AS who, coalesce(a.is_bot, false) AS is_bot,
        {millis("s.started_at")} AS a, {millis("s.ended_at")} AS b
    FROM canon.agent_shifts s LEFT JOIN one_agent a ON a.source = s.source_id AND a.agent_id = s.agent_id
    WHERE s.kind = 'worked' AND s.paid IS NOT FALSE AND s.started_at <= now()
), stretches AS (
    {merged("shifts", "who", "bool_or(is_bot) AS is_bot")}
), hours AS (
    SELECT who, day, sum(b - a) AS ms FROM ({cut_at_midnights("stretches", "who")}) GROUP BY who, day
), by_the_hour AS (
    SELECT source_id, scope, scope_id, {date_number("valid_from")} AS from_day,
        coalesce({date_number("valid_to")}, k.last_day) AS to_day, currency, amount
    FROM canon.agent_costs CROSS JOIN known k WHERE per = 'hour'
), wages AS (
    SELECT coalesce(a.who, s.source_id || ':' || s.scope_id) AS who, s.from_day, s.to_day, s.currency, s.amount
    FROM by_the_hour s LEFT JOIN one_agent a ON a.source = s.source_id AND a.agent_id = s.scope_id
    WHERE s.scope = 'agent'
    UNION ALL
    SELECT a.who, s.from_day, s.to_day, s.currency, s.amount
    FROM by_the_hour s JOIN one_agent a ON a.source = s.source_id AND a.team_id = s.scope_id
    WHERE s.scope = 'team' AND NOT a.is_bot
    UNION ALL
    SELECT w.who, s.from_day, s.to_day, s.currency, s.amount
    FROM by_the_hour s CROSS JOIN (SELECT DISTINCT who FROM stretches WHERE NOT is_bot) w WHERE s.scope = 'company'
), costs AS (
    SELECT day, currency, sum(coalesce(a_day, a_month / day(last_day(DATE '1970-01-01' + CAST(day AS INTEGER)))))
        AS cost FROM (
        SELECT unnest(range(from_day, least(to_day, k.last_day) + 1)) AS day, currency, a_day, a_month
        FROM amounts CROSS JOIN known k) GROUP BY day, currency
    UNION ALL
    SELECT h.day, w.currency, sum(w.amount * h.ms / {HOUR_MS}.0) FROM hours h
    JOIN wages w ON w.who = h.who AND h.day BETWEEN w.from_day AND w.to_day GROUP BY h.day, w.currency
), paid AS (
    SELECT day, currency, CAST(sum(cost) AS DOUBLE) AS cost FROM costs GROUP BY day, currency
), counted AS (
    SELECT day, CAST(sum(tickets) AS BIGINT) AS tickets, CAST(sum(resolved) AS BIGINT) AS resolved,
        CAST(sum(orders) AS BIGINT) AS orders FROM (
        SELECT created_day AS day, count(*) AS tickets, 0 AS resolved, 0 AS orders FROM facts.tickets
        WHERE left_out IS NULL AND started_by_customer GROUP BY created_day
        UNION ALL
        SELECT solved_day, 0, count(*), 0 FROM facts.tickets WHERE left_out IS NULL AND resolved GROUP BY solved_day
        UNION ALL
        SELECT {day_of("o.ordered_at")}, 0, 0, count(*) FROM canon.orders o {zone_of("o.ordered_at")}
        WHERE NOT coalesce(o.is_test, false) AND o.status <> 'cancelled' GROUP BY ALL
    ) GROUP BY day
), days AS (
    -- Once tickets or orders are known, a day without any is one of none.
    SELECT day FROM counted UNION SELECT day FROM paid
    UNION SELECT unnest(range(f.first_day, k.last_day + 1)) FROM (SELECT min(day) AS first_day FROM counted) f
    CROSS JOIN known k
), base AS (
    SELECT day, customers FROM (
        SELECT day, is_asked, sum(step) OVER (ORDER BY day) AS customers FROM (
            SELECT day, sum(step) AS step, max(asked) AS is_asked FROM (
                SELECT day, step, 0 AS asked FROM steps UNION ALL SELECT day, 0, 1 FROM days) GROUP BY day))
    WHERE is_asked = 1
)
SELECT b.day AS service_day, p.currency, coalesce(p.cost, 0) AS cost,
    CASE WHEN p.place > 1 THEN 0 ELSE coalesce(c.tickets, 0) END AS tickets,
    CASE WHEN p.place > 1 THEN 0 ELSE coalesce(c.resolved, 0) END AS resolved,
    coalesce(c.resolved, 0) AS resolved_for_cost,
    CASE WHEN p.place > 1 THEN 0 ELSE coalesce(c.orders, 0) END AS orders,
    CASE WHEN p.place > 1 THEN 0 ELSE CAST(b.customers AS BIGINT) END AS customers,
    p.cost IS NOT NULL AS has_cost, NULL::VARCHAR AS left_out
FROM base b LEFT JOIN counted c ON c.day = b.day
LEFT JOIN (SELECT *, row_number() OVER (PARTITION BY day ORDER BY currency) AS place FROM paid) p ON p.day = b.day
CROSS JOIN known k WHERE b.day <= k.last_day
"""

# A ticket that is gone was never solved, but it does not lie open.
OPEN_AND_STAFF = """(
    SELECT x.opened_at, x.ended_at, 1 AS open_tickets, 0 AS agents, f.team, f.left_out
    FROM facts.open_spans x JOIN facts.tickets f ON f.ticket_key = x.ticket_key
    WHERE coalesce(f.left_out NOT IN ('deleted', 'spam', 'merged'), true) AND f.closed_unsolved IS NOT NULL
    UNION ALL
    SELECT opened_at, ended_at, 0, 1, team, left_out FROM facts.agent_spans WHERE left_out IS NULL)"""
OPEN_AND_STAFF_COLUMNS = (
    split("team", "The ticket's or the agent's team"),
    Derived("opened_at", MOMENT, "When the ticket became open, or the agent came"),
    Derived("ended_at", MOMENT, "When the ticket was solved, or the agent left"),
    Derived("open_tickets", WHOLE, "1 for a ticket"),
    Derived("agents", WHOLE, "1 for an agent"),
    Derived("left_out", TEXT, "Why the ticket is not counted; NULL if counted"),
)

ACCOUNT_QUARTER_COLUMNS = (
    split("source", "The configured connection it came from"),
    split("segment", "The account's segment"),
    split("owner", "Who looks after it"),
    Derived("quarter_day", DAY, "The last day of the quarter"),
    Derived("touched", FLAG, "The company was in touch with the account or its people in the quarter"),
    Derived("is_open", FLAG, "The quarter is not over"),
    Derived("left_out", TEXT, "gone; NULL if counted"),
)
ACCOUNT_QUARTERS = f"""
WITH met AS (
    SELECT DISTINCT t.source_id, coalesce(t.account_id, c.account_id) AS account_id,
        date_trunc('quarter', CAST(make_date({day_of("t.occurred_at")}) AS TIMESTAMP)) AS quarter
    FROM canon.touches t {zone_of("t.occurred_at")}
    LEFT JOIN canon.customers c ON c.source_id = t.source_id AND c.customer_id = t.customer_id
    WHERE coalesce(t.initiated_by, 'company') = 'company' AND t.occurred_at <= now()
), quarters AS (
    SELECT unnest(generate_series(min(quarter), date_trunc('quarter', make_timestamp(any_value(u.t) * 1000)),
        INTERVAL 3 MONTH)) AS quarter FROM met CROSS JOIN known_until u
)
SELECT a.source_id AS source, a.segment, a.owner_agent_id AS owner,
    {date_number("q.quarter + INTERVAL 3 MONTH - INTERVAL 1 DAY")} AS quarter_day, m.account_id IS NOT NULL AS touched,
    {millis("q.quarter + INTERVAL 3 MONTH")} > u.t AS is_open, CASE WHEN a.is_deleted THEN 'gone' END AS left_out
FROM canon.accounts a CROSS JOIN quarters q CROSS JOIN known_until u
LEFT JOIN met m ON m.source_id = a.source_id AND m.account_id = a.account_id AND m.quarter = q.quarter
WHERE a.started_on IS NULL OR a.started_on < q.quarter + INTERVAL 3 MONTH
"""

SERVICE = (
    Dataset(
        "service_days",
        "days",
        "facts.service_days",
        SERVICE_DAY_COLUMNS,
        query=SERVICE_DAYS,
        reads=("subscriptions", "orders", "agent_costs", "cost_items", "agent_shifts", "agents"),
    ),
    Dataset(
        "open_and_staff",
        "open tickets and agents",
        OPEN_AND_STAFF,
        OPEN_AND_STAFF_COLUMNS,
        reads=("tickets", "ticket_events", "agents"),
    ),
    Dataset(
        "account_quarters",
        "accounts a quarter",
        "facts.account_quarters",
        ACCOUNT_QUARTER_COLUMNS,
        query=ACCOUNT_QUARTERS,
        reads=("accounts", "touches", "customers"),
    ),
)
