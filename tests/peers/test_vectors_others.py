"""The vectors of Chatwoot, Zammad, Zendesk QA, Formbricks and Trengo: reproduced, or our value and why it differs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import peers.test_vectors_dbt as dbt
from goalkeeper.measure import Estimates
from goalkeeper.peers import make_peers
from goalkeeper.stats.estimate import Estimate, NoEstimate
from measure.small import Row, Small
from peer_vectors import all_vectors, by_id, vectors

COPIES = 5  # fewer rows are no estimate
DAY = 86_400
MORNING = """
timezone = "UTC"
[[schedule]]
id = "morning"
tz = "UTC"
hours = { mon-sun = ["09:00-17:00"] }
"""

# Vectors of which only the calendar or a schedule is asked are tested with the calendars.
WITH_CALENDARS = {
    "business_minutes", "business_minutes_doc", "deadline", "deadline_before", "business_days", "working_minutes",
    "local_to_utc", "first_open_period", "bucketing", "policy", "error",
}  # fmt: skip
WITH_DBT = {"ticket_metrics", "sla", "backlog", "summary"}
DIFFERENT = {
    "cw-14": "an empty day is 0 there; for us it has no number",
    "cw-15": "an empty day is 0 there; for us it has no number",
    "cw-17": "what an agent has not done is null there, and no number for us; resolved is 0 there, and none for us",
    "cw-20": "one conversation is both solved by the bot and handed over; Chatwoot took that back itself",
    "cw-21": "one conversation is both solved by the bot and handed over; Chatwoot took that back itself",
    "cw-22": "of three definitions in its history we take the newest: all solvings on their day",
    "cw-25": "the promise is looked at from time to time there, and was met when somebody looked; it was broken",
    "cw-26": "two messages in a row are two broken promises there; for us one run of messages is one promise",
    "za-25": "a flow: created less closed in each interval, never below 0; our backlog is a stock",
    "sv-01": "an answer after the period does not count there; for us it does while its window is open",
}
NOT_RUN = {"cw-20", "cw-21"}


def at(text: str, seconds: float = 0) -> str:
    """An ISO text so many seconds after "2020-10-26 09:00:00"."""
    return (datetime.fromisoformat(text) + timedelta(seconds=seconds)).isoformat() + "Z"


class Chat:
    """Conversations, five of each, as rows of tickets and events."""

    def __init__(self) -> None:
        self.tickets: list[Row] = []
        self.events: list[Row] = []

    def add(self, name: str, made: str, *events: tuple[float, str, str], copies: int = COPIES, **columns: Any) -> None:
        """One of the topic ``name``, with events (seconds after its making, type and value, actor)."""
        for copy in range(copies):
            ticket_id = f"{name}.{copy}"
            self.tickets.append(
                {"ticket_id": ticket_id, "created_at": at(made), "status": "open", "reason": name} | columns
            )
            for number, (seconds, what, actor) in enumerate(events):
                kind, _, value = what.partition(" ")
                self.events.append(
                    {
                        "ticket_id": ticket_id, "event_id": f"{number:02}", "occurred_at": at(made, seconds),
                        "type": kind, "actor_type": actor, "actor_id": columns.get("assignee_agent_id", "a"),
                        "new_value": value or None,
                    }
                )  # fmt: skip

    def load(self, folder: Path, settings: str = MORNING, **tables: list[Row]) -> Small:
        return Small(folder, settings).load(tickets=self.tickets, ticket_events=self.events, **tables)


def test_every_vector_of_the_file_is_looked_at() -> None:
    here = {
        "duration_s", "frt_start", "avg_timeseries", "avg_aggregate", "agent_summary", "histogram", "bot_metrics",
        "resolution_count", "avg_frt", "sla_status", "backlog_flow", "iqs", "category_score", "csat_topbox",
        "response_rate",
    }  # fmt: skip
    assert {vector["kind"] for vector in all_vectors()} == here | WITH_CALENDARS | WITH_DBT
    of_here = {vector["id"] for vector in vectors(*here)}
    assert {*DIFFERENT} <= of_here
    assert {*NOT_RUN} <= {*DIFFERENT}
    assert all((*DIFFERENT.values(), *dbt.REPRODUCED.values()))


@pytest.fixture(scope="module")
def chats(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    chat = Chat()
    given = by_id("cw-12")["input"]
    chat.add(
        "cw-12", "2020-01-06 10:00:00",
        (given["bot_handoff_at_s"], "team t1", "bot"), (given["first_human_reply_at_s"], "reply", "agent"),
    )  # fmt: skip
    chat.add(
        "cw-13", "2020-01-06 10:00:00",
        (300, "status solved", "bot"), (5 * DAY - 3600, "status open", "customer"), (5 * DAY, "reply", "agent"),
    )  # fmt: skip
    for number, event in enumerate(by_id("cw-14")["input"]["events"]):
        # It opens at 9: so much of the wait is before, so much in working time.
        made = datetime.fromisoformat(event["day"]) + timedelta(hours=9, seconds=event["bh"] - event["value"])
        chat.add(f"cw-14-{number}", str(made), (event["value"], "reply", "agent"), channel="chat")
    chat.add(
        "cw-17-1", "2020-02-03 10:00:00",
        (20, "reply", "agent"), (100, "reply", "customer"), (130, "reply", "agent"),
        (200, "reply", "customer"), (240, "reply", "agent"), assignee_agent_id="agent1",
    )  # fmt: skip
    chat.add("cw-17-2", "2020-02-03 10:00:00", (50, "status solved", "agent"), assignee_agent_id="agent2")
    for vector in ("cw-18", "cw-19"):
        for number, seconds in enumerate(by_id(vector)["input"]["seconds"]):
            chat.add(f"{vector}-{number}", "2020-03-02 10:00:00", (seconds, "reply", "agent"), copies=1, type=vector)
    for number in range(5):
        back = [(2 * DAY + 60.0, "status open", "customer")] if number == 0 else []
        chat.add(
            f"cw-22-{number}", "2020-04-06 10:00:00", (2.0 * DAY, "status solved", "agent"), *back, copies=1,
            type="cw-22",
        )  # fmt: skip
    chat.add(
        "cw-23", "2020-04-13 10:00:00",
        (60, "status solved", "agent"), (120, "status open", "customer"), (180, "status solved", "agent"),
    )  # fmt: skip
    for number, given in enumerate(by_id("cw-24")["input"]["conversations"]):
        chat.add(
            f"cw-24-{number}", "2020-05-04 10:00:00", (given["frt_s"], "reply", "agent"), copies=given["n"],
            type="cw-24",
        )  # fmt: skip
    given = by_id("za-25")["input"]
    for day, count in given["created"].items():
        for number in range(count):
            solving = [(60.0, "status solved", "agent")] if number < given["closed"].get(day, 0) else []
            made = f"2020-01-{int(day) + 1:02} 10:00:00"
            chat.add(f"za-25-{day}-{number}", made, *solving, copies=1, type="za-25")
    with chat.load(tmp_path_factory.mktemp("chats")) as small:
        yield small


def value(found: Estimates) -> float:
    (cell,) = found
    assert isinstance(cell.value, Estimate)
    return cell.value.value


def test_the_first_response_counts_from_the_hand_over_by_the_bot(chats: Small) -> None:
    found = chats.measure("first_response_time", where="topic = 'cw-12'", profile="chatwoot")
    assert value(found) == by_id("cw-12")["expected"]["first_response_s"]


def test_the_first_response_counts_from_the_reopening(chats: Small) -> None:
    assert by_id("cw-13")["expected"] == {"frt_clock_starts": "reopened"}
    assert value(chats.measure("first_response_time", where="topic = 'cw-13'", profile="chatwoot")) == 3600
    assert value(chats.measure("first_response_time", where="topic = 'cw-13'", profile="zendesk")) == 5 * DAY


@pytest.mark.parametrize(("vector_id", "clock"), [("cw-14", "calendar"), ("cw-15", "working")])
def test_means_by_day(chats: Small, vector_id: str, clock: str) -> None:
    found = chats.measure(
        "first_response_time", where="channel = 'chat'", profile="chatwoot", clock=clock, every="day",
        since=date(2020, 10, 19), until=date(2020, 10, 27),
    )  # fmt: skip
    expected = by_id(vector_id)["expected"]["values"]
    for cell, wanted in zip(found, expected, strict=True):
        if wanted:
            assert isinstance(cell.value, Estimate)
            assert cell.value.value == wanted
        else:
            assert isinstance(cell.value, NoEstimate), DIFFERENT[vector_id]
    counts = by_id("cw-14")["expected"]["counts"]
    assert [cell.n for cell in found] == [count * COPIES for count in counts]


def test_the_mean_of_days_is_weighted_by_conversations(chats: Small) -> None:
    found = chats.measure("first_response_time", where="channel = 'chat'", profile="chatwoot")
    assert value(found) == by_id("cw-16")["expected"]["value"]


def test_a_summary_by_agent(chats: Small) -> None:
    expected = by_id("cw-17")["expected"]
    metrics = {
        "avg_first_response_time": "first_response_time",
        "avg_reply_time": "next_response_time",
        "avg_resolution_time": "resolution_time",
    }
    for column, metric in metrics.items():
        found = chats.measure(metric, by="agent", where="topic LIKE 'cw-17%'", profile="chatwoot")
        means = {cell.by["agent"]: cell.value.value for cell in found if isinstance(cell.value, Estimate)}
        assert means == {agent: row[column] for agent, row in expected.items() if row[column] is not None}
    resolved = {cell.by["agent"]: cell.n for cell in found}
    assert resolved == {"agent2": COPIES * expected["agent2"]["resolved"]}


@pytest.mark.parametrize("vector_id", ["cw-18", "cw-19"])
def test_a_histogram(chats: Small, vector_id: str) -> None:
    bounds = {"0-1h": (0, 1), "1-4h": (1, 4), "4-8h": (4, 8), "8-24h": (8, 24), "24h+": (24, 10_000)}
    for bucket, wanted in by_id(vector_id)["expected"].items():
        low, high = (hours * 3600 for hours in bounds[bucket])
        where = f"type = '{vector_id}' AND reply_since_last_s >= {low} AND reply_since_last_s < {high}"
        found = chats.measure("first_response_time", where=where, profile="chatwoot")
        assert sum(cell.n for cell in found) == wanted


def test_solvings_count_on_their_day(chats: Small) -> None:
    """As Chatwoot does since 2025; resolved now and still are four, the second of its definitions."""
    found = chats.measure("resolution_time", where="type = 'cw-22'", profile="chatwoot", every="day")
    assert {str(cell.period.since): cell.n for cell in found} == {"2020-04-08": 5}
    expected = by_id("cw-22")["expected"]
    assert expected["v2025_all_events"] == {"today": 5}
    (still,) = chats.measure("first_contact_resolution", variant="one_touch", where="type = 'cw-22' AND resolved")
    assert still.n == expected["v2023_by_event_day_still_resolved"]["today"]


def test_one_conversation_solved_twice_counts_twice(chats: Small) -> None:
    (cell,) = chats.measure("resolution_time", where="topic = 'cw-23'", profile="chatwoot")
    assert cell.n == COPIES * by_id("cw-23")["expected"]["resolved_conversations_count"]


def test_the_mean_first_response(chats: Small) -> None:
    (cell,) = chats.measure("first_response_time", where="type = 'cw-24'", profile="chatwoot", every="day")
    assert isinstance(cell.value, Estimate)
    assert (cell.value.value, cell.n) == (by_id("cw-24")["expected"]["avg_first_response_time_s"], 15)


def test_promises_are_not_polled(tmp_path: Path) -> None:
    late, mixed = by_id("cw-25"), by_id("cw-26")
    assert (late["expected"], mixed["expected"]["events"]) == ({"status": "hit"}, {"frt": 0, "nrt": 2, "rt": 1})
    chat, hour = Chat(), 3600
    chat.add("cw-25", "2020-01-06 03:00:00", (6 * hour, "status solved", "agent"), channel="web", copies=1)
    chat.add(
        "cw-26", "2020-01-06 03:00:00",
        (hour, "reply", "agent"), (2 * hour, "reply", "customer"), (3 * hour, "reply", "customer"),
        (6 * hour, "status solved", "agent"), channel="chat", copies=1,
    )  # fmt: skip
    given = mixed["input"]
    settings = f"""
timezone = "UTC"
[[sla]]
id = "cw-25"
channel = "web"
clock = "calendar"
resolution = "{late["input"]["resolution_target_min"]} min"
[[sla]]
id = "cw-26"
channel = "chat"
clock = "calendar"
first_reply = "{given["frt_target_min"]} min"
next_reply = "{given["nrt_target_min"]} min"
resolution = "{given["rt_target_min"]} min"
"""
    with chat.load(tmp_path, settings) as small:
        found = {(row["policy"], row["promise"]): row["status"] for row in small.facts("facts.promises")}
    assert found == {
        ("cw-25", "resolution"): "broken",
        ("cw-26", "first_reply"): "kept",
        ("cw-26", "next_reply"): "broken",
        ("cw-26", "resolution"): "broken",
    }


def test_a_flow_is_created_less_closed(chats: Small) -> None:
    """The hours of Zammad's day become days here; our backlog counts what is open."""
    vector = by_id("za-25")
    given = vector["input"]
    asked: dict[str, Any] = {"where": "type = 'za-25'", "every": "day"}
    asked |= {"since": date(2020, 1, 1), "until": date(2020, 1, 25)}
    created = [cell.n for cell in chats.measure("ticket_volume", **asked)]
    closed_on = [cell.n for cell in chats.measure("resolution_time", profile="chatwoot", **asked)]
    stock = [cell.value.value for cell in chats.measure("backlog", **asked) if isinstance(cell.value, Estimate)]
    flow = [max(0, made - gone) for made, gone in zip(created, closed_on, strict=True)]
    assert {str(day): count for day, count in enumerate(flow) if count} == vector["expected"]["backlog"]
    assert stock[-1] == sum(given["created"].values()) - sum(given["closed"].values())


def answer(number: int, score: float, low: int, high: int, **more: Any) -> Row:
    row = {"response_id": f"r{number}", "survey_id": "s", "kind": "csat", "responded_at": at("2020-01-06 10:00:00")}
    return row | {"score": score, "scale_min": low, "scale_max": high} | more


def wanted_scales() -> dict[int, list[int]]:
    formbricks = {vector["input"]["scale"]: vector["expected"]["satisfied"] for vector in vectors("csat_topbox")[:-1]}
    return formbricks | {int(scale): good for scale, good in by_id("zd-01")["expected"]["good"].items()}


def review(number: int, score: float, low: float, high: float, rubric: str) -> Row:
    return {
        "review_id": f"q{number}", "reviewed_at": at("2020-01-06 10:00:00"), "score": score, "scale_min": low,
        "scale_max": high, "ticket_id": f"T{number}", "rubric": rubric, "reviewer_id": "r", "sampled_at_random": True,
    }  # fmt: skip


@pytest.fixture(scope="module")
def voices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    """Every point of every scale; the reviews; and invitations A to D, with Z to close their windows."""
    points = [(scale, score) for scale in wanted_scales() for score in range(1, scale + 1)]
    answers = [answer(number, score, 1, scale) for number, (scale, score) in enumerate(points * COPIES)]
    sent = {"A": "01-30", "B": "02-05", "C": "02-26", "D": "02-10", "Z": "04-30"}
    answered = {"A": "02-02", "B": "02-06", "C": "03-02", "Z": "05-01"}
    invitations = [
        {"invitation_id": f"{name}{copy}", "survey_id": "s", "kind": "csat", "sent_at": f"2020-{day}T10:00:00Z"}
        for name, day in sent.items()
        for copy in range(COPIES)
    ]
    answers += [
        answer(1000 + number * 10 + copy, 5, 1, 5, kind="other", invitation_id=f"{name}{copy}",
               responded_at=f"2020-{day}T10:00:00Z")
        for number, (name, day) in enumerate(answered.items())
        for copy in range(COPIES)
    ]  # fmt: skip
    low, high = by_id("qa-02")["input"]["scale"]
    reviews = [review(n, score, 0, 100, "iqs") for n, score in enumerate(by_id("qa-01")["input"]["review_scores"])]
    reviews += [review(10 + n, n, low, high, "category") for n in by_id("qa-02")["input"]["selected"]]
    folder = tmp_path_factory.mktemp("voices")
    with Small(folder).load(survey_responses=answers, survey_invitations=invitations, qa_reviews=reviews) as small:
        yield small


def test_satisfied_by_scale(voices: Small) -> None:
    for scale, satisfied in wanted_scales().items():
        where = f"scale_max = {scale}"
        hits = voices.measure("csat", where=f"{where} AND score IN ({', '.join(map(str, satisfied))})")
        assert value(hits) == 1
        assert value(voices.measure("csat", where=where, profile="zendesk")) == len(satisfied) / scale


def test_reviews(voices: Small) -> None:
    found = voices.measure("qa_score", where="rubric = 'iqs'")
    assert round(value(found), 2) == by_id("qa-01")["expected"]["iqs"]
    points = sorted(row["points"] for row in voices.facts("facts.qa") if row["rubric"] == "category")
    assert points == by_id("qa-02")["expected"]["scores"]


def test_answers_after_the_period_count_while_the_window_is_open(voices: Small) -> None:
    """A was sent before; B was answered, C was answered later, D was not: one of three there, two of three for us."""
    found = voices.measure("survey_response_rate", since=date(2020, 2, 1), until=date(2020, 3, 1))
    assert by_id("sv-01")["expected"]["rate"] == 33.3
    assert value(found) == pytest.approx(2 / 3)


def test_the_profiles_are_made_once(chats: Small) -> None:
    """Asking again computes nothing; a refresh with changes has them made anew."""
    store, settings = chats.workspace.store, chats.workspace.settings.facts
    store.con.execute("UPDATE facts.peer_tickets SET solves = 99")
    make_peers(store, settings)
    assert store.one("SELECT min(solves) FROM facts.peer_tickets") == 99
    chats.workspace.refresh(everything=True)
    make_peers(store, settings)
    assert store.one("SELECT max(solves) FROM facts.peer_tickets") < 99
