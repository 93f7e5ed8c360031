"""The scales of survey answers: told in a question's words, written as words, or seen in the values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from goalkeeper.connectors.words import plain_words

# From the lowest to the highest point; words as `plain_words` gives them, other words for one point after a bar.
WORDS: tuple[tuple[str, ...], ...] = (
    ("no|nein|non", "yes|ja|oui|si"),
    (
        "very dissatisfied|very unsatisfied", "dissatisfied|unsatisfied|somewhat dissatisfied",
        "neither satisfied nor dissatisfied|neutral|ok", "satisfied|somewhat satisfied", "very satisfied",
    ),
    (
        "extremely dissatisfied", "somewhat dissatisfied", "neither satisfied nor dissatisfied",
        "somewhat satisfied", "extremely satisfied",
    ),
    (
        "extremely dissatisfied", "moderately dissatisfied", "slightly dissatisfied",
        "neither satisfied nor dissatisfied", "slightly satisfied", "moderately satisfied", "extremely satisfied",
    ),
    (
        "not at all satisfied", "not so satisfied|slightly satisfied", "somewhat satisfied|moderately satisfied",
        "very satisfied", "extremely satisfied",
    ),
    (
        "strongly disagree", "disagree|somewhat disagree", "neither agree nor disagree|neutral|undecided",
        "agree|somewhat agree", "strongly agree",
    ),
    (
        "strongly disagree", "disagree", "somewhat disagree", "neither agree nor disagree|neutral",
        "somewhat agree", "agree", "strongly agree",
    ),
    ("very difficult", "difficult", "neither easy nor difficult|neutral", "easy", "very easy"),
    ("very poor|very bad|terrible", "poor|bad", "fair|average|okay|ok", "good", "very good|excellent"),
    (
        "sehr unzufrieden", "unzufrieden|eher unzufrieden", "neutral|weder noch|teils teils",
        "zufrieden|eher zufrieden", "sehr zufrieden",
    ),
    ("tres insatisfait", "insatisfait", "neutre", "satisfait", "tres satisfait"),
    ("muy insatisfecho", "insatisfecho", "neutral", "satisfecho", "muy satisfecho"),
)  # fmt: skip
_TOPS = (2, 3, 4, 5, 6, 7, 9, 10, 100)
_RANGE = re.compile(r"(?<![\d.])([01])\s*(?:-|–|—|/|to|bis|through|a|à)\s*(\d{1,3})(?![\d.])", re.IGNORECASE)
_ENDS = re.compile(r"(?<![\d.])(\d{1,3})\s*(?:=|:|\()")
NUMBER = r"^\s*([0-9]+(?:[.][0-9]+)?)(?:$|[^0-9.,])"  # of an answer such as `10 - Extremely likely`; SQL reads it too
_ENOUGH = 20  # answers of which none is above the highest seen: a longer scale would then hardly hide


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale's ends; `points` gives the point of each answer that is written in words."""

    low: int
    high: int
    points: tuple[tuple[str, int], ...] = ()


def scale_told(question: str) -> Scale | None:
    """The scale that a question's own words give: `(1-5)`, `from 0 to 10`, `1 = not at all, 7 = fully`."""
    ends = [int(end) for end in _ENDS.findall(question)]
    pairs = [(int(low), int(high)) for low, high in _RANGE.findall(question)]
    pairs += [(min(ends), max(ends))] if len(ends) > 1 else []
    found = {pair for pair in pairs if pair[0] in (0, 1) and pair[1] in _TOPS}
    return Scale(*found.pop()) if len(found) == 1 else None


def scale_of_words(answers: Sequence[tuple[str, int]]) -> Scale | None:
    """The scale whose words all answers are; of several the one of which every point was seen. None if unclear."""
    said = {answer: plain_words(answer) for answer, _ in answers}
    fits = []
    for words in WORDS:
        points = {word: place for place, same in enumerate(words) for word in same.split("|")}
        if said and set(said.values()) <= points.keys():
            low = 0 if len(words) == 2 else 1
            seen = {points[word] for word in said.values()}
            if len(seen) < len(set(said.values())):  # two words that mean one point here are two points elsewhere
                continue
            scale = Scale(low, low + len(words) - 1, tuple((answer, low + points[said[answer]]) for answer in said))
            fits.append((len(seen) == len(words), scale))
    full = [scale for whole, scale in fits if whole]
    if len(fits) == 1:
        return fits[0][1]
    return full[0] if len(full) == 1 else None


def points(answers: Sequence[tuple[str, int]]) -> list[tuple[float, int]]:
    """The numbers that answers begin with, such as 10 in `10 - Extremely likely`, with how often each was given."""
    return [(float(found[1]), count) for answer, count in answers if (found := re.match(NUMBER, answer))]


def scale_seen(answers: Sequence[tuple[str, int]]) -> Scale | None:
    """The scale that the numbers given end on, where there are enough of them; None if that is not sure."""
    given = points(answers)
    if not given or sum(count for _, count in given) < _ENOUGH:
        return None
    lowest, highest = min(given)[0], max(given)[0]
    if lowest < 0 or highest not in (5, 7, 10, 100):
        return None
    return Scale(0 if lowest < 1 else 1, int(highest))
