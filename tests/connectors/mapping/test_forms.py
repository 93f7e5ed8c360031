"""Forms: what is asked where a scale is not told, who stays unnamed, and dates that read both ways."""

from __future__ import annotations

from pathlib import Path

import pytest

import goalkeeper as gk
from goalkeeper.connectors.mapping import read_mapping
from goalkeeper.connectors.presets import preset
from goalkeeper.errors import SourceError, UsageError

MAPPING = """
name = "form"
[[file]]
match = ["*"]
needs = ["At"]
[[file.table]]
to = "survey_responses"
columns.response_id = "At"
columns.responded_at = "At"
columns.customer_id = { from = "email_key(asks('email'))", optional = true }
[file.table.questions]
"""


def put(folder: Path, *lines: str) -> Path:
    path = folder / "form.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def load(ws: gk.Workspace, folder: Path, lines: list[str], more: str = "") -> gk.LoadReport:
    return ws.load(put(folder, *lines), mapping=read_mapping(MAPPING + more, "form.toml"))


def test_a_scale_that_is_not_told_is_asked_for_and_then_settled(ws: gk.Workspace, tmp_path: Path) -> None:
    lines = ["At,How satisfied are you?", "2025-01-01,4", "2025-01-02,2"]
    with pytest.raises(UsageError, match=r"'How satisfied are you\?' is not told: 2 answers from 2 to 4") as caught:
        load(ws, tmp_path, lines)
    assert '"How satisfied are you?" = { kind = "csat", low = 1, high = 5 }' in caught.value.hint
    assert ws.store.one("SELECT count(*) FROM meta.loads") == 0
    load(ws, tmp_path, lines, '"how satisfied are you" = { kind = "csat", low = 1, high = 4 }')
    assert ws.store.rows("SELECT kind, scale_max, sum(score) FROM canon.survey_responses GROUP BY ALL") == [
        ("csat", 4, 6)
    ]


def test_words_of_no_known_scale_are_asked_for(ws: gk.Workspace, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="2 answers such as 'meh', 'wow'"):
        load(ws, tmp_path, ["At,How satisfied are you?", "2025-01-01,meh", "2025-01-02,wow"])


def test_an_answer_off_the_scale_is_held_back(ws: gk.Workspace, tmp_path: Path) -> None:
    report = load(
        ws, tmp_path, ["At,CSAT (1-5)", *(f"2025-01-{day:02},{1 + day % 5}" for day in range(1, 29)), "2025-02-01,7"]
    )
    assert (report.loaded, report.held) == (28, 1)


def test_employees_stay_unnamed(ws: gk.Workspace, tmp_path: Path) -> None:
    load(ws, tmp_path, ["At,E-mail,How likely are you to recommend us as an employer?", "2025-01-01,a@b.example,9"])
    assert ws.store.rows("SELECT kind, customer_id FROM canon.survey_responses") == [("enps", None)]


def test_a_column_of_addresses_is_one_whose_answers_are(ws: gk.Workspace, tmp_path: Path) -> None:
    load(ws, tmp_path, ["At,NPS,May we e-mail you?,Your e-mail", "2025-01-01,9,yes,a@b.example"])
    assert len(ws.store.one("SELECT customer_id FROM canon.survey_responses")) == 64


def test_a_form_without_a_score_is_no_form(ws: gk.Workspace, tmp_path: Path) -> None:
    path = put(tmp_path, "#,Name,Submit Date (UTC),Network ID", "1,Ada,2025-01-01,x")
    with pytest.raises(SourceError, match="no ready mapping knows"):
        ws.load(path)
    with pytest.raises(SourceError, match="lacks the column with a question that asks for a score"):
        load(ws, tmp_path, ["At,Name", "2025-01-01,Ada"])


ASK = "Timestamp,How likely are you to recommend us?"


@pytest.mark.parametrize(
    ("times", "first"),
    [
        (["13/2/2025 9:00:00", "1/3/2025 9:00:00"], "2025-02-13 08:00:00"),  # no thirteenth month
        (["2/13/2025 9:00:00", "3/1/2025 9:00:00"], "2025-02-13 08:00:00"),
        (["1/2/2025 9:00:00", "2/2/2025 9:00:00", "1/3/2025 9:00:00"], "2025-02-01 08:00:00"),  # rising as days first
        (["1/2/2025 9:00:00", "1/3/2025 9:00:00", "2/1/2025 9:00:00"], "2025-01-02 08:00:00"),  # rising as months first
    ],
)
def test_the_order_of_day_and_month_is_told_by_the_rows(
    ws: gk.Workspace, tmp_path: Path, times: list[str], first: str
) -> None:
    ws.load(put(tmp_path, ASK, *(f"{time},9" for time in times)), mapping="google-forms")
    assert str(ws.store.one("SELECT min(responded_at) FROM canon.survey_responses")) == first


def test_dates_that_read_both_ways_are_asked_about(ws: gk.Workspace, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"read as %m/%d/%Y %H:%M:%S and as %d/%m/%Y %H:%M:%S"):
        ws.load(put(tmp_path, ASK, "1/2/2025 9:00:00,9", "3/4/2025 9:00:00,9"), mapping="google-forms")
    assert preset("google-forms").files[0].either == ("%m/%d/%Y %H:%M:%S", "%d/%m/%Y %H:%M:%S")


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ('"x" = 3', "`questions` is not a table of tables"),
        ('"x" = { kind = "cast", low = 1, high = 5 }', "no kind of survey 'cast'. Did you mean 'csat'?"),
        ('"x" = { kind = "csat", low = 5, high = 5 }', "`low` and `high` are not the ends of a scale"),
        ('"x" = { kind = "csat", low = "1", high = 5 }', "`low` and `high` are not the ends of a scale"),
        ('"x" = { kind = "csat", top = 5 }', "unknown key 'top'"),
    ],
)
def test_mistakes_are_told(more: str, words: str) -> None:
    with pytest.raises(UsageError, match=r"form\.toml:\d+: ") as caught:
        read_mapping(MAPPING + more, "form.toml")
    assert words in str(caught.value)


def test_asks_names_what_it_can_find_and_needs_a_form(ws: gk.Workspace, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"asks\(\) is for one of email, comment"):
        read_mapping(MAPPING.replace("asks('email')", "asks('phone')"), "form.toml")
    plain = MAPPING.replace("[file.table.questions]", "").replace("survey_responses", "customers")
    plain = plain.replace("columns.response_id", "columns.external_id").replace(
        "columns.responded_at", "columns.created_at"
    )
    with pytest.raises(UsageError, match=r"asks\(\) needs a rule with `questions`"):
        ws.load(
            put(tmp_path, "At", "2025-01-01"), mapping=read_mapping(plain.replace(", optional = true", ""), "form.toml")
        )


def test_two_questions_without_an_address_are_two_answers(ws: gk.Workspace, tmp_path: Path) -> None:
    lines = [
        "Timestamp,How likely are you to recommend us? (0-10),How satisfied are you? (1-5)",
        "2025-01-01 10:00:00,9,4", "2025-01-02 10:00:00,3,", "2025-01-03 10:00:00,10,5",
    ]  # fmt: skip
    report = ws.load(put(tmp_path, *lines), mapping=preset("google-forms"))
    assert (report.loaded, report.held) == (5, 0)
    found = ws.store.rows("SELECT kind, count(*), sum(score) FROM canon.survey_responses GROUP BY ALL ORDER BY ALL")
    assert found == [("csat", 2, 9), ("nps", 3, 22)]
