"""The voice of the customer: survey answers and invitations."""

from __future__ import annotations

from goalkeeper.datasets.dataset import NUMBER, Dataset
from goalkeeper.datasets.joins import WHO, day_of, links, who, zone_of
from goalkeeper.tickets.columns import DAY, FLAG, MOMENT, TEXT, Derived, split

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
    Derived("has_comment", FLAG, "Whether words came with it"),
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

ANSWERS = f"""
SELECT {who("r", agent="CASE WHEN r.kind NOT IN ('enps', 'esat') THEN r.agent_id END")}, r.survey_id AS survey, r.kind,
    epoch_ms(r.responded_at) AS responded_at, {day_of("r.responded_at")} AS responded_day,
    r.score, r.scale_min, r.scale_max, {_TOP_BOX} AS satisfied,
    CASE WHEN r.scale_min = 0 AND r.scale_max = 10 THEN r.score >= 9 END AS promoter,
    CASE WHEN r.scale_min = 0 AND r.scale_max = 10 THEN r.score <= 6 END AS detractor,
    coalesce(trim(r.comment), '') <> '' AS has_comment,
    CASE WHEN r.is_partial THEN 'partial' END AS left_out
FROM canon.survey_responses r {links("r")} {zone_of("r.responded_at")}
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

VOICE = (
    Dataset(
        "answers",
        "answers",
        "facts.answers",
        ANSWER_COLUMNS,
        query=ANSWERS,
        reads=("survey_responses", "customers", "teams"),
    ),
    Dataset(
        "invitations",
        "invitations",
        "facts.invitations",
        INVITATION_COLUMNS,
        query=INVITATIONS,
        reads=("survey_invitations", "survey_responses", "customers", "teams"),
    ),
)
