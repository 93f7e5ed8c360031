"""Why profiles give one ticket different numbers, on tickets worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from goalkeeper.errors import UnknownName, UsageError
from goalkeeper.reports.compare import Comparison, compare
from measure.small import Small, event, ticket


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    """T1: the company wrote first. T2: solved, reopened, on hold, solved. T3: nothing but the making."""
    with Small(tmp_path_factory.mktemp("desk")) as small:
        yield small.load(
            tickets=[
                ticket(1, "03-02 10:00", "solved", source_system_created_by="agent"),
                ticket(2, "03-02 10:00", "solved"),
                ticket(3, "03-06 10:00", "open"),
            ],
            ticket_events=[
                event(1, "03-02 10:00", "reply", "anna"),
                event(1, "03-02 11:00", "reply", "customer"),
                event(1, "03-02 13:30", "reply", "anna"),
                event(1, "03-02 14:00", "status", "anna", "solved"),
                event(2, "03-02 11:00", "reply", "anna"),
                event(2, "03-02 11:10", "status", "anna", "solved"),
                event(2, "03-03 10:00", "status", "customer", "open"),
                event(2, "03-03 11:00", "status", "anna", "on_hold"),
                event(2, "03-03 13:00", "reply", "bert"),
                event(2, "03-03 13:10", "status", "bert", "solved"),
            ],
        )


def between(desk: Small, ticket_id: str, *profiles: str) -> Comparison:
    return compare(desk.workspace, ticket_id, profiles)


def why(found: Comparison, metric: str) -> tuple[str, ...]:
    return next(each.why for each in found.metrics if each.metric == metric)


def told(found: Comparison, metric: str) -> dict[str, str]:
    return dict(next(each.told for each in found.metrics if each.metric == metric))


def test_the_clocks_begin_at_different_moments(desk: Small) -> None:
    found = between(desk, "T1", "zendesk", "goalkeeper")
    assert told(found, "First response time") == {
        "zendesk": "3 h 30 min by the calendar, 3 h 30 min of working time",
        "goalkeeper": "2 h 30 min by the calendar, 2 h 30 min of working time",
    }
    assert why(found, "First response time") == (
        "zendesk begins Mon 02 Mar 10:00:00, with the ticket's making; "
        "goalkeeper begins Mon 02 Mar 11:00:00, with the customer's first message.",
    )
    assert why(found, "Resolution time") == ("They agree.",)


def test_the_timeline_says_what_each_makes_of_an_event(desk: Small) -> None:
    found = between(desk, "T1", "zendesk", "goalkeeper")
    marks = [(f"{each.at:%H:%M}", each.what, dict(each.marks)) for each in found.timeline if any(each.marks.values())]
    assert marks == [
        (
            "10:00",
            "opened by the company",
            {"zendesk": "first response begins, resolution begins", "goalkeeper": "resolution begins"},
        ),
        ("11:00", "reply", {"zendesk": "", "goalkeeper": "first response begins"}),
        ("13:30", "reply", {"zendesk": "first response ends", "goalkeeper": "first response ends"}),
        ("14:00", "status solved", {"zendesk": "resolution ends", "goalkeeper": "resolution ends"}),
    ]
    assert len(found.timeline) == 5


def test_shares_name_what_they_go_by(desk: Small) -> None:
    """One reply to Zendesk, since the one that opened it is none; two contacts to us."""
    found = between(desk, "T1", "goalkeeper", "zendesk")
    assert told(found, "First-contact resolution") == {
        "goalkeeper": "pending: its window is not over", "zendesk": "counted: yes",
    }  # fmt: skip
    (line,) = why(found, "First-contact resolution")
    assert line.startswith("zendesk goes by agent_replies 1; goalkeeper by contacts 2, escalated no,")


def test_what_is_taken_out_is_measured(desk: Small) -> None:
    """On hold from 11:00 to 13:10 and solved for 22 h 50 min: of 27 h 10 min Zammad counts 2 h 10 min."""
    found = between(desk, "T2", "zammad", "frappe", "goalkeeper")
    assert told(found, "Resolution time")["zammad"].startswith("2 h 10 min by the calendar")
    assert why(found, "Resolution time") == (
        "zammad leaves the time pending, on hold, solved or closed out: 1 d 1 h by the calendar.",
        "frappe leaves the time pending or on hold out: 2 h 10 min by the calendar.",
    )
    assert found.clocks == {"zammad": ("working",), "frappe": ("working",), "goalkeeper": ("working",)}


def test_solvings_that_count_one_by_one(desk: Small) -> None:
    found = between(desk, "T2", "chatwoot", "goalkeeper")
    assert why(found, "Resolution time")[0] == "chatwoot counts solvings, here 2."
    assert told(found, "Resolution time")["chatwoot"].count("by the calendar") == 2
    assert found.clocks == {"chatwoot": ("calendar",), "goalkeeper": ("working",)}


def test_a_ticket_that_only_one_counts(desk: Small) -> None:
    found = between(desk, "T3", "zendesk", "goalkeeper")
    assert told(found, "First response time")["zendesk"] == "not counted: not among the tickets"
    assert told(found, "First response time")["goalkeeper"].startswith("unfinished after")
    assert "Reopened" in {each.metric for each in found.metrics}


def test_peers_without_ours(desk: Small) -> None:
    """The first one is the one that the others are compared with."""
    found = between(desk, "T1", "dbt_zendesk", "zendesk")
    (line,) = why(found, "First-contact resolution")
    assert line == "zendesk goes by agent_replies 1; dbt_zendesk by public_agent_comments 2."
    assert why(found, "First response time") == ("They agree.",)


def test_mistakes(desk: Small) -> None:
    with pytest.raises(UnknownName, match=r"no profile 'zendes'. Did you mean 'zendesk'\?"):
        between(desk, "T1", "zendes", "goalkeeper")
    with pytest.raises(UsageError, match="zendesk alone has nothing to differ from"):
        between(desk, "T1", "zendesk", "zendesk")
    with pytest.raises(UsageError, match="there is no ticket 'T9'"):
        between(desk, "T9", "zendesk", "goalkeeper")
