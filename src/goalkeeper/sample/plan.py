"""The plan that the sample company agreed to for its second year; what is planted decides how it goes."""

from __future__ import annotations

from datetime import UTC, datetime, time

from goalkeeper.sample.company import team_name
from goalkeeper.sample.period import Period
from goalkeeper.sample.planted import CHANGED_TEAM, CLOSER_TEAM

# Reached, since a change of process two months into the year really helps one team; reached at the expense of what an
# agent of another team does to its tickets; behind, since the mix of those who answer takes what every plan gains.
_TEXT = """\
[plan]
name = "Support, {first_year}/{last_year}"
period = "{first}..{last}"
stage = "50k-500k"
subscription_business = true
review = "quarterly"

[[goal]]
id = "quick-answers"
name = "Quick first answers in {changed_city}"
metric = "first_response_time"
where = {{ team = "{changed}" }}
from = "measure"
to = "42 min"
owner = "team:{changed}"
priority = 1
because = "customers who wait write a second time"
must_not_get_worse = [{{ metric = "csat", limit = "-5 pts" }}, {{ metric = "reopen_rate", limit = "+2 pts" }}]
milestones = [{{ by = {middle}, to = "48 min" }}]

[[goal]]
id = "quick-solutions"
name = "Solved in the same shift in {closer_city}"
metric = "resolution_time"
where = {{ team = "{closer}" }}
hold = "100 min"
owner = "team:{closer}"
priority = 1
because = "a ticket that lies over night is read twice"
must_not_get_worse = [{{ metric = "reopen_rate", limit = "8 %" }}, {{ metric = "csat", limit = "-5 pts" }}]
milestones = [{{ by = {middle}, to = "100 min" }}]

[[goal]]
id = "recommended"
name = "Recommended by more customers"
metric = "nps"
from = "measure"
to = "40 pts"
owner = "person:Head of support"
priority = 1
because = "customers who recommend us leave less often"
must_not_get_worse = [
    {{ metric = "survey_response_rate", limit = "-2 pts" }},
    {{ metric = "first_response_time", limit = "+10 %" }},
]
milestones = [{{ by = {middle}, to = "33 pts" }}]
"""


def plan_text(period: Period) -> str:
    """The plan file of the second year."""
    first, changed, closer = period.month(12), team_name(CHANGED_TEAM), team_name(CLOSER_TEAM)
    return _TEXT.format(
        first=first, last=period.until, middle=period.half_years()[2][1], first_year=first.year,
        last_year=f"{period.until.year % 100:02d}", changed=changed, changed_city=_city(changed),
        closer=closer, closer_city=_city(closer),
    )  # fmt: skip


def agreed_at(period: Period) -> datetime:
    """When it was agreed, UTC without zone: in the morning of its first day."""
    return datetime.combine(period.month(12), time(9), UTC).replace(tzinfo=None)


def _city(team: str) -> str:
    """'Berlin' of 'Front line Berlin'."""
    return team.removeprefix("Front line ")
