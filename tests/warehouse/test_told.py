"""What each source tells: found by loads, anew where a mapping changed, and kept by source."""

from __future__ import annotations

from pathlib import Path

import pytest

from goalkeeper.warehouse.told import told
from measure.small import Small, event, ticket


@pytest.fixture
def small(tmp_path: Path) -> Small:
    return Small(tmp_path)


def test_before_the_first_refresh_nothing_is_known(small: Small) -> None:
    with small:
        assert told(small.workspace.store) is None


def test_a_column_is_told_by_a_value_and_an_event_by_its_kind(small: Small) -> None:
    with small:
        small.load(tickets=[ticket(1, "03-02 10:00")], ticket_events=[event(1, "03-02 11:00", "reply", "anna")])
        names = (told(small.workspace.store) or {})["desk"]
        assert {"tickets.created_at", "tickets.channel", "ticket_events.reply", "ticket_events.actor_id"} <= names
        assert not {"tickets.solved_at", "ticket_events.status", "ticket_events.type"} & names


def test_each_source_tells_for_itself(small: Small) -> None:
    with small:
        small.load("one", tickets=[ticket(1, "03-02 10:00")], ticket_events=[event(1, "03-02 11:00", "reply", "anna")])
        small.load("two", tickets=[ticket(2, "03-02 10:00", "solved", solved_at="2026-03-02T12:00:00Z")])
        found = told(small.workspace.store) or {}
        assert "tickets.solved_at" in found["two"] - found["one"]
        assert "ticket_events.reply" in found["one"] - found["two"]
        assert {"tickets.solved_at", "ticket_events.reply"} <= found[""]


def test_a_later_load_adds_to_it(small: Small) -> None:
    with small:
        small.load(tickets=[ticket(1, "03-02 10:00")])
        before = (told(small.workspace.store) or {})["desk"]
        small.load(
            tickets=[ticket(2, "03-02 10:00")], ticket_events=[event(2, "03-02 11:00", "status", "anna", "open")]
        )
        after = (told(small.workspace.store) or {})["desk"]
        assert after - before >= {"ticket_events.status"}
        assert before <= after


def test_other_tables_tell_what_loads_fill_and_the_kinds_that_came(small: Small) -> None:
    with small:
        answer = {
            "response_id": "r1",
            "survey_id": "s",
            "kind": "csat",
            "responded_at": "2026-03-02T10:00:00Z",
            "score": 5,
            "scale_max": 5,
        }
        small.load(tickets=[ticket(1, "03-02 10:00")], survey_responses=[answer | {"scale_min": 1}])
        names = (told(small.workspace.store) or {})[""]
        assert {"survey_responses.", "survey_responses.score", "survey_responses.csat"} <= names
        assert not {"survey_responses.nps", "orders.", "orders.ordered_at"} & names


def test_of_other_tables_a_column_is_told_that_the_file_has(tmp_path: Path) -> None:
    answers = "response_id,survey_id,kind,responded_at,score,scale_min,scale_max"
    row = "s,csat,2026-03-01T10:00:00Z,4,1,5"
    with Small(tmp_path) as small:
        for number, (names, more) in enumerate((("", ""), (",comment", ","))):
            path = tmp_path / "survey_responses.csv"
            path.write_text(f"{answers}{names}\nr{number},{row}{more}\n", encoding="utf-8")
            small.workspace.load(path)
            small.workspace.refresh()
            found = (told(small.workspace.store) or {})[""]
            assert "survey_responses.score" in found
            assert ("survey_responses.comment" in found) == bool(names)  # though nobody said a word
            assert "survey_responses.ticket_id" not in found


def test_a_form_that_asks_for_no_words_tells_none(tmp_path: Path) -> None:
    with Small(tmp_path) as small:
        for number, (question, words) in enumerate((("", ""), (",Anything else?", ",thanks"))):
            path = tmp_path / f"form {number} (Responses).csv"
            header = f"Timestamp,How satisfied are you? (1-5),NPS score{question}"
            path.write_text(f"{header}\n2026-03-0{number + 1} 10:00:00,4,9{words}\n", encoding="utf-8")
            small.workspace.load(path)
            small.workspace.refresh()
            found = (told(small.workspace.store) or {})[""]
            assert ("survey_responses.comment" in found) == bool(question)
        said = "SELECT kind, comment FROM canon.survey_responses WHERE comment IS NOT NULL"
        assert small.workspace.store.rows(said) == [("nps", "thanks")]
