"""The voice of the customer: survey answers and invitations."""

from __future__ import annotations

from goalkeeper.calendars import DAY_MS
from goalkeeper.datasets.dataset import NUMBER, Dataset
from goalkeeper.datasets.joins import WHO, day_of, links, millis, person_of, who, zone_of
from goalkeeper.tickets.columns import DAY, FLAG, MOMENT, TEXT, WHOLE, Derived, split

ANSWER_COLUMNS = (
    *WHO,
    split("survey", "The survey asked"),
    split("kind", "csat, ces, nps, fcr, enps, esat, brand or other"),
    Derived("responded_at", MOMENT, "When it was answered"),
    Derived("responded_day", DAY, "Its local day"),
    Derived("score", NUMBER, "The point given, on its own scale"),
    Derived("scale_min", NUMBER, "The scale's lowest point"),
    Derived("scale_max", NUMBER, "The scale's highest point"),
    Derived(
        "satisfied",
        FLAG,
        "In the scale's top boxes: 4-5 of 1-5, 6-7 of 1-7, 8-10 of 1-10 and 0-10, 1 of 0-1, 2 of 1-2, 3 of 1-3",
    ),
    Derived("promoter", FLAG, "9 or 10 on 0-10; NULL on any other scale"),
    Derived("detractor", FLAG, "0 to 6 on 0-10; NULL on any other scale"),
    Derived("easy", FLAG, "5 to 7 on 1-7, where 7 is the least effort; NULL on any other scale"),
    Derived("has_comment", FLAG, "Whether words came with it"),
    Derived("person", WHOLE, "The customer, the same across sources; NULL where not known"),
    Derived("ticket_key", WHOLE, "The ticket it is about; NULL where it names none"),
    Derived("left_out", TEXT, "partial; NULL if counted"),
)
INVITATION_COLUMNS = (
    *WHO,
    split("survey", "The survey asked"),
    split("kind", "csat, ces, nps, fcr, enps, esat, brand or other"),
    Derived("sent_day", DAY, "The local day it was sent"),
    Derived("answered", FLAG, "Whether an answer came"),
    Derived("is_open", FLAG, "Its window is not over, answered or not: expires_at, or 14 days after it was sent"),
    Derived("left_out", TEXT, "Always NULL"),
)


_TOP_BOX = """CASE
    WHEN r.scale_max = 1 AND r.scale_min = 0 THEN r.score = 1
    WHEN r.scale_max IN (2, 3) AND r.scale_min = 1 THEN r.score = r.scale_max
    WHEN r.scale_max IN (4, 5, 6, 7) AND r.scale_min = 1 THEN r.score >= r.scale_max - 1
    WHEN r.scale_max = 10 THEN r.score >= 8 END"""
_WINDOW_DAYS = 14

# An employee's answer is told by team, never by person.
_EMPLOYEE = (
    "LEFT JOIN canon.agents e ON r.kind IN ('enps', 'esat') AND e.source_id = r.source_id AND e.agent_id = r.agent_id"
)
_OF_EMPLOYEE = "coalesce(r.team_id, e.team_id)"
_UNNAMED = "CASE WHEN r.kind NOT IN ('enps', 'esat') THEN r.agent_id END"
ANSWERS = f"""
SELECT {who("r", team=_OF_EMPLOYEE, agent=_UNNAMED)}, r.survey_id AS survey, r.kind,
    epoch_ms(r.responded_at) AS responded_at, {day_of("r.responded_at")} AS responded_day,
    r.score, r.scale_min, r.scale_max, {_TOP_BOX} AS satisfied,
    CASE WHEN r.scale_min = 0 AND r.scale_max = 10 THEN r.score >= 9 END AS promoter,
    CASE WHEN r.scale_min = 0 AND r.scale_max = 10 THEN r.score <= 6 END AS detractor,
    CASE WHEN r.scale_min = 1 AND r.scale_max = 7 THEN r.score >= 5 END AS easy,
    coalesce(trim(r.comment), '') <> '' AS has_comment, p.person, f.ticket_key,
    CASE WHEN r.is_partial THEN 'partial' END AS left_out
FROM canon.survey_responses r {_EMPLOYEE} {links("r", _OF_EMPLOYEE)} {person_of("r")}
{zone_of("r.responded_at")}
"""

INVITATIONS = f"""
SELECT {who("v", agent="NULL", channel="v.channel")}, v.survey_id AS survey, v.kind,
    {day_of("v.sent_at")} AS sent_day, r.invitation_id IS NOT NULL AS answered,
    coalesce(v.expires_at, v.sent_at + INTERVAL '{_WINDOW_DAYS}' DAY) > h.seen_until AS is_open,
    NULL::VARCHAR AS left_out
FROM canon.survey_invitations v
LEFT JOIN (SELECT DISTINCT source_id, invitation_id FROM canon.survey_responses WHERE invitation_id IS NOT NULL) r
    ON r.source_id = v.source_id AND r.invitation_id = v.invitation_id
JOIN (SELECT source_id, max(t) AS seen_until FROM (
        SELECT source_id, max(sent_at) AS t FROM canon.survey_invitations GROUP BY source_id
        UNION ALL SELECT source_id, max(responded_at) FROM canon.survey_responses GROUP BY source_id)
      GROUP BY source_id) h ON h.source_id = v.source_id
{links("v")} {zone_of("v.sent_at")}
"""

_AGAIN_DAYS, _REVIEW_DAYS, _WORKING_DAYS = 90, 30, 2

DISSATISFIED_COLUMNS = (
    *WHO,
    split("survey", "The survey asked"),
    Derived("responded_day", DAY, "The local day of the answer, to a survey of kind csat"),
    Derived("is_first", FLAG, "The customer's first dissatisfied answer in 90 days: one customer counts once"),
    Derived("answered_again", FLAG, "The customer answered again within 90 days"),
    Derived("recovered", FLAG, "That answer is satisfied"),
    Derived("reviewed", FLAG, "A public review of at most two of five stars followed within 30 days"),
    Derived("contacted", FLAG, "A human of the company spoke to the customer within two working days"),
    Derived("again_open", FLAG, "The 90 days are not over"),
    Derived("review_open", FLAG, "The 30 days are not over"),
    Derived("contact_open", FLAG, "The two working days are not over"),
    Derived("left_out", TEXT, "customer not known; NULL if counted"),
)
_KEPT = ", ".join(f"d.{column.name}" for column in WHO)


def _nth(moment: str) -> str:
    """The number of the working day on which a moment in milliseconds falls."""
    return f"(SELECT w.nth FROM working_days w WHERE w.utc_day = {moment} // {DAY_MS})"


DISSATISFIED = f"""
WITH answers AS (
    SELECT * FROM facts.answers WHERE kind = 'csat' AND satisfied IS NOT NULL AND left_out IS NULL
), sided AS (
    SELECT a.*, LEAD(satisfied) OVER w AS next_satisfied, LEAD(responded_at) OVER w AS next_at,
        LAG(CASE WHEN NOT satisfied THEN responded_at END IGNORE NULLS) OVER w AS last_bad_at
    FROM answers a WINDOW w AS (PARTITION BY person ORDER BY responded_at, satisfied)
), bad AS (
    SELECT row_number() OVER (ORDER BY responded_at) AS id, * FROM sided WHERE NOT satisfied
), calls AS (
    SELECT i.source_id, i.customer_id, i.ticket_id, {millis("i.started_at")} AS t FROM canon.interactions i
    LEFT JOIN one_agent a ON a.source = i.source_id AND a.agent_id = i.agent_id
    WHERE (i.direction IN ('in', 'out') AND i.outcome = 'answered' OR i.direction = 'out' AND i.outcome IS NULL)
        AND NOT coalesce(a.is_bot, false)
), spoken AS (
    SELECT b.id, min({millis("e.occurred_at")}) AS t FROM bad b
    JOIN canon.ticket_events e ON e.ticket_key = b.ticket_key
    LEFT JOIN one_agent a ON a.source = e.source_id AND a.agent_id = e.actor_id
    WHERE e.type = 'reply' AND e.actor_type = 'agent' AND NOT coalesce(a.is_bot, false) AND coalesce(e.is_public, true)
        AND {millis("e.occurred_at")} > b.responded_at GROUP BY b.id
    UNION ALL
    SELECT b.id, min({millis("x.occurred_at")}) FROM bad b JOIN facts.persons p ON p.person = b.person
    JOIN canon.touches x ON x.source_id = p.source AND x.customer_id = p.customer_id
    WHERE coalesce(x.initiated_by, 'company') = 'company' AND {millis("x.occurred_at")} > b.responded_at GROUP BY b.id
    UNION ALL
    SELECT b.id, min(c.t) FROM bad b JOIN facts.persons p ON p.person = b.person
    JOIN calls c ON c.source_id = p.source AND c.customer_id = p.customer_id
    WHERE c.t > b.responded_at GROUP BY b.id
    UNION ALL
    SELECT b.id, min(c.t) FROM bad b JOIN one_ticket o ON o.ticket_key = b.ticket_key
    JOIN calls c ON c.source_id = o.source AND c.ticket_id = o.ticket_id
    WHERE c.t > b.responded_at GROUP BY b.id
), contact AS (
    SELECT id, min(t) AS t FROM spoken GROUP BY id
), reviewed AS (
    SELECT DISTINCT b.id FROM bad b JOIN facts.persons p ON p.person = b.person
    JOIN canon.reviews v ON v.source_id = p.source AND v.customer_id = p.customer_id
    WHERE v.scale_max = 5 AND v.rating <= 2
        AND {millis("v.published_at")} BETWEEN b.responded_at AND b.responded_at + {_REVIEW_DAYS * DAY_MS}
), dated AS (
    SELECT d.*, c.t AS contact_t, u.t AS known_t, {_nth("d.responded_at")} AS nth, {_nth("c.t")} AS contact_nth,
        {_nth("u.t")} AS known_nth, v.id IS NOT NULL AS reviewed
    FROM bad d LEFT JOIN contact c USING (id) LEFT JOIN reviewed v USING (id) CROSS JOIN known_until u
)
SELECT {_KEPT}, d.survey, d.responded_day,
    coalesce(d.responded_at - d.last_bad_at > {_AGAIN_DAYS * DAY_MS}, true) AS is_first,
    coalesce(d.next_at - d.responded_at <= {_AGAIN_DAYS * DAY_MS}, false) AS answered_again,
    coalesce(d.next_at - d.responded_at <= {_AGAIN_DAYS * DAY_MS} AND d.next_satisfied, false) AS recovered,
    d.reviewed, coalesce(d.contact_nth - d.nth <= {_WORKING_DAYS}, false) AS contacted,
    d.responded_at + {_AGAIN_DAYS * DAY_MS} > d.known_t AS again_open,
    d.responded_at + {_REVIEW_DAYS * DAY_MS} > d.known_t AS review_open,
    coalesce(d.known_nth - d.nth <= {_WORKING_DAYS}, false) AS contact_open,
    CASE WHEN d.person IS NULL THEN 'customer not known' END AS left_out
FROM dated d
"""

REVIEW_COLUMNS = (
    split("source", "The configured connection it came from"),
    split("platform", "The site it stands on"),
    split("product", "The product it is about"),
    split("country", "The country of the site or writer"),
    split("language", "The language"),
    Derived("published_day", DAY, "The local day it was published"),
    Derived("stars", NUMBER, "The stars given, of five"),
    Derived("is_low", FLAG, "At most two of five stars"),
    Derived("replied", FLAG, "The company replied in public"),
    Derived("left_out", TEXT, "deleted, or not on a scale of five; NULL if counted"),
)
REVIEWS = f"""
SELECT v.source_id AS source, v.platform, v.product, v.country, v.language, {day_of("v.published_at")} AS published_day,
    v.rating AS stars, v.rating <= 2 AS is_low, v.reply_at IS NOT NULL AS replied,
    CASE WHEN v.is_deleted THEN 'deleted' WHEN v.scale_max <> 5 THEN 'not on a scale of five' END AS left_out
FROM canon.reviews v {zone_of("v.published_at")}
"""

IDEA_DAYS = 90
IDEA_COLUMNS = (
    split("source", "The configured connection it came from"),
    split("segment", "The customer's segment"),
    Derived("recorded_day", DAY, "The local day it was recorded"),
    Derived("adopted", FLAG, "It was done"),
    Derived("adopted_in_time", FLAG, f"Within {IDEA_DAYS} days; where it is not known when, it counts"),
    Derived("is_open", FLAG, "These days are not over"),
    Derived("decided", FLAG, "It was done or declined"),
    Derived("informed", FLAG, "The customer was told what became of it"),
    Derived("left_out", TEXT, "Always NULL"),
)
IDEAS = f"""
SELECT i.source_id AS source, c.segment, {day_of("i.created_at")} AS recorded_day,
    coalesce(i.status = 'done', false) AS adopted,
    coalesce(i.status = 'done' AND coalesce(i.status_at <= i.created_at + INTERVAL {IDEA_DAYS} DAY, true), false)
        AS adopted_in_time,
    {millis("i.created_at")} + {IDEA_DAYS * DAY_MS} > u.t AS is_open,
    coalesce(i.status IN ('done', 'declined'), false) AS decided,
    i.informed_at IS NOT NULL AS informed, NULL::VARCHAR AS left_out
FROM canon.feedback_items i
LEFT JOIN canon.customers c ON c.source_id = i.source_id AND c.customer_id = i.customer_id
{zone_of("i.created_at")} CROSS JOIN known_until u WHERE i.kind = 'idea'
"""

VOICE = (
    Dataset(
        "answers",
        "answers",
        "facts.answers",
        ANSWER_COLUMNS,
        query=ANSWERS,
        reads=("survey_responses", "customers", "teams", "agents"),
    ),
    Dataset(
        "invitations",
        "invitations",
        "facts.invitations",
        INVITATION_COLUMNS,
        query=INVITATIONS,
        reads=("survey_invitations", "survey_responses", "customers", "teams"),
    ),
    Dataset(
        "dissatisfied",
        "dissatisfied answers",
        "facts.dissatisfied",
        DISSATISFIED_COLUMNS,
        query=DISSATISFIED,
        reads=(
            "survey_responses",
            "customers",
            "teams",
            "agents",
            "reviews",
            "touches",
            "interactions",
            "ticket_events",
        ),
    ),
    Dataset("reviews", "public reviews", "facts.reviews", REVIEW_COLUMNS, query=REVIEWS, reads=("reviews",)),
    Dataset("ideas", "ideas", "facts.ideas", IDEA_COLUMNS, query=IDEAS, reads=("feedback_items", "customers")),
)
