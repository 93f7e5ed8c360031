"""What a column of a form asks for, and on which scale it is answered."""

from __future__ import annotations

import pytest

from goalkeeper.connectors.mapping.questions import (
    Question,
    Settled,
    asked_for,
    asks_for_words,
    questions,
    settled,
)
from goalkeeper.connectors.mapping.scales import WORDS, Scale, scale_of_words, scale_seen, scale_told
from goalkeeper.connectors.words import plain_words


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("How likely are you to recommend us to a friend or colleague?", "nps"),
        ("Q1: On a scale of 0 to 10, how likely are you to recommend us?", "nps"),
        ("NPS score", "nps"),
        ("Wie wahrscheinlich ist es, dass Sie uns weiterempfehlen?", "nps"),
        ("Recommanderiez-vous notre service ?", "nps"),
        ("How likely are you to recommend Acme as a place to work?", "enps"),
        ("Would you recommend working here to a friend?", "enps"),
        ("eNPS", "enps"),
        ("Würden Sie uns empfehlen? (0-10)", "nps"),
        ("Employee satisfaction", "esat"),
        ("Job satisfaction (1-5)", "esat"),
        ("Mitarbeiterzufriedenheit", "esat"),
        ("How satisfied are you with our team's work?", "csat"),
        ("How satisfied are you with your job?", "esat"),
        ("How satisfied are you with our service?", "csat"),
        ("What is your overall satisfaction with the order?", "csat"),
        ("CSAT", "csat"),
        ("Please rate our support", "csat"),
        ("Wie zufrieden sind Sie?", "csat"),
        ("Our team made it easy to solve my problem (1 = not at all, 7 = fully)", "ces"),
        ("How much effort did you have to put in?", "ces"),
        ("Was your problem solved at first contact?", "fcr"),
        ("Did we resolve your issue?", "fcr"),
        ("What is the main reason for your score?", ""),
        ("Why did you give this rating?", ""),
        ("Q1_NPS_GROUP: how likely are you to recommend us? - Group", ""),
        ("What could we improve to make you more satisfied?", ""),
        ("Comments on your satisfaction", ""),
        ("Was ist der Hauptgrund für Ihre Bewertung?", ""),
        ("Was können wir verbessern, damit Sie zufrieden sind?", ""),
        ("Grundsätzlich: wie zufrieden sind Sie?", "csat"),
        ("Which plan are you on?", ""),
        ("Email Address", ""),
        ("Timestamp", ""),
    ],
)
def test_what_is_asked_for(header: str, kind: str) -> None:
    assert asked_for(header) == kind


@pytest.mark.parametrize("header", ["Anything else?", "Möchten Sie uns noch etwas sagen?", "Remarques", "Comentarios"])
def test_what_asks_for_words(header: str) -> None:
    assert asks_for_words(header)


def test_of_several_of_a_kind_the_whole_counts_else_the_first() -> None:
    aspects = ["How satisfied are you: speed", "How satisfied are you: price"]
    assert [each.kind for each in questions([*aspects, "Overall, how satisfied are you?"])] == [
        "other",
        "other",
        "csat",
    ]
    assert [each.kind for each in questions(aspects)] == ["csat", "other"]


def test_what_the_mapping_says_stands() -> None:
    said = (Settled("How was your day?", "csat", Scale(1, 4)), Settled("csat", "other", Scale(0, 100)))
    assert questions(["how was your day", "CSAT", "Mood"], said) == [
        Question("how was your day", "csat", Scale(1, 4)),
        Question("CSAT", "other", Scale(0, 100)),
    ]


@pytest.mark.parametrize(
    ("question", "scale"),
    [
        ("How satisfied are you? (1-5)", Scale(1, 5)),
        ("From 0 to 10, how likely …", Scale(0, 10)),
        ("Auf einer Skala von 1 bis 7", Scale(1, 7)),
        ("(1 = not at all, 7 = fully)", Scale(1, 7)),
        ("1 (bad) … 5 (good)", Scale(1, 5)),
        ("Rate us", None),
        ("Within 2 to 3 days, were you satisfied?", None),
        ("From 1 to 5 and from 1 to 7", None),
        ("Satisfied with version 1-2024?", None),
    ],
)
def test_a_scale_told_by_the_question(question: str, scale: Scale | None) -> None:
    assert scale_told(question) == scale


def test_words_become_points() -> None:
    scale = scale_of_words([("Very satisfied", 9), ("Neither satisfied nor dissatisfied", 2)])
    assert scale == Scale(1, 5, (("Very satisfied", 5), ("Neither satisfied nor dissatisfied", 3)))
    assert scale_of_words([("Yes", 3), ("no", 1)]) == Scale(0, 1, (("Yes", 1), ("no", 0)))
    assert scale_of_words([("Very satisfied", 9), ("Meh", 2)]) is None
    assert scale_of_words([]) is None


def test_words_of_two_scales_are_told_apart_by_all_their_points() -> None:
    five = ["Strongly disagree", "Disagree", "Neutral", "Agree", "Strongly agree"]
    whole = scale_of_words([(word, 1) for word in five])
    assert whole is not None
    assert whole.high == 5
    assert scale_of_words([(word, 1) for word in five[1:4]]) is None  # of five or of seven points
    seven = scale_of_words([("Somewhat agree", 1), ("Somewhat disagree", 1), ("Agree", 2), *((w, 1) for w in five)])
    assert seven is not None
    assert seven.high == 7


@pytest.mark.parametrize("words", WORDS)
def test_scales_of_words_are_written_as_they_are_compared(words: tuple[str, ...]) -> None:
    said = [word for same in words for word in same.split("|")]
    assert len(set(said)) == len(said)
    assert all(plain_words(word) == word for word in said)


def test_a_scale_is_seen_in_many_answers_only() -> None:
    assert scale_seen([("5", 12), ("4", 8), ("1", 1)]) == Scale(1, 5)
    assert scale_seen([("0", 12), ("10 - Extremely likely", 8)]) == Scale(0, 10)
    assert scale_seen([("5", 12), ("4", 7)]) is None  # too few
    assert scale_seen([("4", 30), ("1", 3)]) is None  # 4 ends no usual scale: the fifth point may be missing
    assert scale_seen([("5,5", 30)]) is None
    assert scale_seen([("soso", 30)]) is None


def test_a_recommendation_off_its_scale_is_another_question() -> None:
    assert settled(Question("Would you recommend us?", "nps", Scale(0, 10)), [("Yes", 2), ("No", 1)]).kind == "other"
    assert settled(Question("How likely … recommend (1-5)", "nps", Scale(1, 5)), [("5", 2)]).kind == "other"
    assert settled(Question("NPS", "nps", Scale(1, 10)), [("5", 2)]) == Question("NPS", "nps", Scale(1, 10))
    assert settled(Question("Was it solved?", "fcr"), [("3", 30), ("5", 30)]).kind == "other"
