"""Which of a survey's columns ask for a score, and which: a recommendation, satisfaction, effort, a solved matter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from goalkeeper.connectors.mapping.scales import Scale, scale_of_words, scale_seen, scale_told
from goalkeeper.connectors.words import plain_words

# In this order: what asks employees about their work is not about the service.
_ASKS: tuple[tuple[str, str], ...] = (
    ("enps", r"\be ?nps\b|recommend.*\b(work|working|workplace|employer)\b|empfehl.*\b(arbeitgeber|arbeitsplatz)\b"),
    ("esat", r"\be ?sat\b|\b(employee|job|staff|work) satisf|satisf.*\byour (job|work|role|team|manager)\b|"
             r"\b(mitarbeiter|arbeits) ?zufrieden|zufrieden.*\b(arbeit|arbeitsplatz)\b"),
    ("nps", r"\bnps\b|\bnet promoter\b|\b(would|likely|likelihood|will)\b.*\brecommend|weiterempfehl|"
            r"\b(wahrscheinlich|wurden|werden)\b.*\bempfehl|\brecommand|\brecomend"),
    ("fcr", r"\b(issue|problem|question|request|matter|inquiry|case)\b.*\b(solved|resolved|answered)\b|"
            r"\b(solve|resolve)\b.*\byour (issue|problem|question|request)|"
            r"\b(problem|anliegen|frage)\b.*\b(gelost|geklart)\b"),
    ("ces", r"\bces\b|\beffort\b|\b(easy|easier|ease)\b.*\b(solve|resolve|handle|deal|use|get|issue|problem|help)|"
            r"\baufwand\b|\beinfach\b.*\b(gemacht|losen|problem)|\besfuerzo\b|\bfacile?\b"),
    ("csat", r"\bcsat\b|satisf|zufrieden|\brate (your|our|the|us)\b|\brating\b|bewert|calific|valor"),
)  # fmt: skip
# Asks for words, whatever else it names.
_OPEN = re.compile(
    r"\b(why|warum|pourquoi|por que|reasons?|[a-z]*grund(e|en)?|raisons?|motivo|razon|comments?|kommentare?|"
    r"commentaires?|comentarios?|anmerkung(en)?|anregung(en)?|remarques?|explain|describe|tell us|nps group|"
    r"(any|some)thing else|noch etwas|sonst noch|autre chose|algo mas|how (can|could) we|wie konn(en|ten) wir|"
    r"what (could|can|should|would|did|do|made)|was konn(en|ten) wir|improve|verbessern|ameliorer|mejorar|"
    r"contact you|opt in)\b"
)
_OVERALL = re.compile(r"\b(overall|in general|gesamt|insgesamt|globale?|general)\b")
EMPLOYEES = ("enps", "esat")
_STANDARD = {"nps": Scale(0, 10), "enps": Scale(0, 10)}


@dataclass(frozen=True, slots=True)
class Question:
    """What a column asks for; no scale where neither the mapping nor the question tells it."""

    column: str
    kind: str
    scale: Scale | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """What a mapping says of a question, by its words."""

    words: str
    kind: str
    scale: Scale


def asked_for(header: str) -> str:
    """The kind of survey whose question a header is; empty for any other column."""
    words = plain_words(header)
    if asks_for_words(header):
        return ""
    return next((kind for kind, pattern in _ASKS if re.search(pattern, words)), "")


def asks_for_words(header: str) -> bool:
    """Whether a header asks for reasons, comments and the like."""
    return _OPEN.search(plain_words(header)) is not None


def questions(columns: Iterable[str], settled: Sequence[Settled] = ()) -> list[Question]:
    """The columns that ask for a score.

    Of several questions of one kind the one about the whole, else the first, is of that kind, and the others are kind
    other: a list of aspects would outweigh the answer about all of them.
    """
    by_words = {plain_words(each.words): each for each in settled}
    found: list[Question] = []
    for column in columns:
        said = by_words.get(plain_words(column))
        if said is not None:
            found.append(Question(column, said.kind, said.scale))
        elif kind := asked_for(column):
            found.append(Question(column, kind, scale_told(column) or _STANDARD.get(kind)))
    return [_among(found, each, by_words) for each in found]


def _among(found: list[Question], mine: Question, by_words: dict[str, Settled]) -> Question:
    if plain_words(mine.column) in by_words:
        return mine
    same = [each for each in found if each.kind == mine.kind]
    whole = [each for each in same if plain_words(each.column) in by_words or _OVERALL.search(plain_words(each.column))]
    main = (whole or same)[0]
    return mine if mine is main else Question(mine.column, "other", mine.scale)


def settled(question: Question, answers: Sequence[tuple[str, int]]) -> Question:
    """The question with its scale, from its words or from the answers with their counts; without one if unclear.

    A recommendation that is not asked for on a scale up to 10, and a solved matter that is not yes or no, are kind
    other.
    """
    scale = scale_of_words(answers) or question.scale or scale_seen(answers)
    kind = question.kind
    if scale is not None and (
        (kind in ("nps", "enps") and scale.high != 10) or (kind == "fcr" and (scale.low, scale.high) != (0, 1))
    ):
        kind = "other"
    return Question(question.column, kind, scale)
