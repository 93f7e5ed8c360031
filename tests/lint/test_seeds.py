"""The mistakes that the texts on goals warn of, each by its name."""

from __future__ import annotations

from goalkeeper.lint import check
from goalkeeper.lint.examples import HEAD, TODAY, Given
from goalkeeper.tomlfile import parse_toml


def codes(goals: str, head: str = HEAD, **data: object) -> list[str]:
    """The codes found in a plan of these goals."""
    toml = parse_toml(head + goals, "plan.toml")
    return [finding.code for finding in check(toml, today=TODAY, evidence=Given(data)).findings]


def goal(metric: str, to: float | str, *lines: str, owner: str = "team:support") -> str:
    """A goal that is right but for what it is tested for."""
    own = [f'metric = "{metric}"', f"to = {to!r}", f'owner = "{owner}"', 'because = "it keeps customers"', *lines]
    return "\n".join(["[[goal]]", *own, "", ""])


GUARDED = 'must_not_get_worse = [{ metric = "csat", limit = "-2 pts" }, { metric = "reopen_rate", limit = "+2 pts" }]'
FAST_ENOUGH = 'must_not_get_worse = [{ metric = "first_response_time", limit = "+10 %" }]'


def test_too_many_goals() -> None:
    """Each agent should know their top two or three priorities."""
    metrics = ("csat", "nps", "reopen_rate", "people_per_ticket")
    for owner, code in (("agent:ann", "GK101"), ("team:support", "GK102")):
        goals = [goal(metric, 0.5, FAST_ENOUGH, owner=owner) for metric in metrics]
        assert codes("".join(goals)) == [code]
        assert codes("".join(goals[:3])) == []
    assert codes("".join(goals[:3]) + goal("csat", 0.9, FAST_ENOUGH, "priority = 4")) == []


def test_conflicting_goals() -> None:
    """Speed against quality without saying which comes first."""
    speed, quality = goal("first_response_time", "3h"), goal("csat", 0.85)
    assert codes(speed + quality) == ["GK203"]
    assert codes(goal("first_response_time", "3h", "priority = 2") + goal("csat", 0.85, "priority = 1")) == []
    assert codes(goal("first_response_time", "3h", "priority = 1") + goal("csat", 0.85, "priority = 1")) == ["GK203"]
    others = goal("first_response_time", "3h", GUARDED, owner="team:a") + goal(
        "csat", 0.85, FAST_ENOUGH, owner="team:b"
    )
    assert codes(others) == []


def test_resolution_time_without_first_contact_resolution() -> None:
    """A goal that rewards closing tickets before they are solved."""
    beside = 'must_not_get_worse = [{{ metric = "{}", limit = "{}2 pts" }}]'
    assert codes(goal("resolution_time", "20h", beside.format("csat", "-"))) == ["GK202"]
    assert codes(goal("backlog", 100, beside.format("csat", "-"))) == ["GK202"]
    assert codes(goal("resolution_time", "20h", beside.format("first_contact_resolution", "-"))) == []
    assert codes(goal("resolution_time", "20h", beside.format("reopen_rate", "+"))) == []


def test_csat_on_five_percent_of_tickets() -> None:
    """Noise, not signal."""
    csat = goal("csat", 0.85, FAST_ENOUGH)
    assert codes(csat, seen=[{"metric": "csat", "response": [0.05, 0.04, 0.06, 5000]}]) == ["GK302"]
    assert codes(csat, seen=[{"metric": "csat", "response": [0.21, 0.20, 0.22, 5000]}]) == []


def test_speed_without_quality() -> None:
    """A team that is only asked for fast first responses sends fast, cold, scripted ones."""
    assert codes(goal("first_response_time", "3h")) == ["GK201"]
    assert codes(goal("first_response_time", "3h", 'must_not_get_worse = [{ metric = "csat", limit = 0.8 }]')) == []


def test_quality_without_speed() -> None:
    """Hours on one ticket, and the second is missed."""
    assert codes(goal("csat", 0.85)) == ["GK204"]


def test_goals_of_each_stage() -> None:
    """None before launch; first response and satisfaction under 50k; then first-contact resolution and deflection."""
    goals = {
        "pre-launch": goal("csat", 0.85, FAST_ENOUGH),
        "under-50k": goal("first_contact_resolution", 0.7, FAST_ENOUGH),
        "50k-500k": goal("first_contact_resolution", 0.7, FAST_ENOUGH),
    }
    found = {stage: codes(goals[stage], HEAD.replace("50k-500k", stage)) for stage in goals}
    assert found == {"pre-launch": ["GK103"], "under-50k": ["GK103"], "50k-500k": []}
    early = goal("csat", 0.85, FAST_ENOUGH, "priority = 1") + goal("first_response_time", "3h", "priority = 2", GUARDED)
    assert codes(early, HEAD.replace("50k-500k", "under-50k")) == []


def test_a_subscription_business_without_a_goal_on_retention() -> None:
    """Service metrics alone can mislead where customers pay again and again; from 500k a month on it is time."""
    head = HEAD.replace("50k-500k", "over-500k").replace("[plan]\n", "[plan]\nsubscription_business = true\n")
    csat, saved = goal("csat", 0.85, FAST_ENOUGH), goal("negative_review_rate", 0.1, FAST_ENOUGH, owner="team:x")
    assert codes(csat, head) == ["GK205"]
    for metric in ("save_rate", "post_ticket_retention", "negative_review_rate"):
        assert codes(csat + goal(metric, 0.3, FAST_ENOUGH, owner="team:retention"), head) == []
    assert codes(csat, head.replace("true", "false")) == []
    assert codes(csat, head.replace("over-500k", "50k-500k")) == []
    assert codes(saved, head.replace("over-500k", "50k-500k")) == ["GK103"]


def test_deflection_without_the_effort_of_the_same_customers() -> None:
    """Contacts can be kept away by making contact hard."""
    assert codes(goal("deflection_rate", 0.4)) == ["GK206"]
    effort = 'must_not_get_worse = [{ metric = "effort_score", limit = "-0.1" }]'
    assert codes(goal("deflection_rate", 0.4, effort)) == []
