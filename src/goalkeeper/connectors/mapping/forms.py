"""Forms whose questions are columns under their own words: each that asks for a score becomes a row of answers."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from goalkeeper.connectors.mapping.model import FileRule, TableRule, Value
from goalkeeper.connectors.mapping.questions import EMPLOYEES, Question, asks_for_words, settled
from goalkeeper.connectors.mapping.reads import reads
from goalkeeper.connectors.mapping.scales import NUMBER, points
from goalkeeper.connectors.words import plain_words
from goalkeeper.engines.text import literal, quoted
from goalkeeper.errors import UsageError

Answers = Sequence[tuple[str, int]]  # what was answered, and how often
_ASKS = re.compile(r"asks\(\s*'(\w+)'\s*\)")
_EMAIL = re.compile(r"\be ?mail\b|\bmail ?adress")
_LONG = 15  # characters of an answer, on average, from which it is words rather than a choice


class Form:
    """A file's questions, and the rules they make of a rule with `questions`.

    ``look`` gives the most frequent answers of a column. UsageError where a question's scale cannot be told.
    """

    def __init__(self, file: FileRule, columns: tuple[str, ...], look: Callable[[str], Answers]) -> None:
        self.columns, self.look = columns, look
        rule = next(rule for rule in file.tables if rule.questions is not None)
        self.own = {name.lower() for name in (*file.needs, *file.not_questions, *reads(file))}
        asked = (self._settled(each, rule) for each in file.asked(columns, rule.questions or ()))
        self.scored = [each for each in asked if each is not None]
        self.email = self._email()
        self.notes = [_said(each) for each in self.scored]

    def rules(self, rule: TableRule) -> list[TableRule]:
        """The rule with its form's columns named; one with `questions` once for each question."""
        if rule.questions is None:
            return [self._named(rule, None)]
        return [self._named(_of_question(rule, each), each) for each in self.scored]

    def _settled(self, question: Question, rule: TableRule) -> Question | None:
        """The question with its scale; None where nobody has answered it."""
        answers = self.look(question.column)
        found = settled(question, answers) if answers else None
        if found is not None and found.scale is None:
            name = rule.where.split(":")[0].removesuffix(".toml")
            line = f'"{question.column}" = {{ kind = "{question.kind}", low = 1, high = 5 }}'
            raise UsageError(
                f"the scale of '{question.column}' is not told: {_seen(answers)}.",
                where=rule.where,
                hint=f"Copy the mapping (`goalkeeper map {name} -o …/mappings/{name}.toml`) and say it there under "
                f"[file.table.questions]: {line}",
            )
        return found

    def _email(self) -> str:
        """The column with the e-mail address; employees stay unnamed."""
        if any(each.kind in EMPLOYEES for each in self.scored):
            return ""
        for column in self.columns:
            answers = self.look(column) if _EMAIL.search(plain_words(column)) else ()
            if sum(count for answer, count in answers if "@" in answer) * 2 > sum(count for _, count in answers):
                return column
        return ""

    def _comment(self, question: Question) -> str:
        """The first column between this question and the next that holds words."""
        start = self.columns.index(question.column) + 1
        scored = {each.column for each in self.scored}
        for column in self.columns[start:]:
            if column in scored:
                break
            if column.lower() not in self.own and column != self.email and self._is_words(column):
                return column
        return ""

    def _is_words(self, column: str) -> bool:
        answers = self.look(column)
        length = sum(len(answer) * count for answer, count in answers)
        return asks_for_words(column) or length > _LONG * sum(count for _, count in answers)

    def _named(self, rule: TableRule, question: Question | None) -> TableRule:
        """The rule with each `asks(…)` replaced by the column found, or by one that no file has."""
        found = {"email": self.email, "comment": self._comment(question) if question else ""}

        def name(text: str) -> str:
            return _ASKS.sub(lambda match: quoted(found.get(match[1]) or match[0]), text)

        columns = tuple(
            (key, replace(value, expression=name(value.expression), others=tuple(map(name, value.others))))
            for key, value in rule.columns
        )
        return replace(rule, columns=columns, condition=name(rule.condition))


def _of_question(rule: TableRule, question: Question) -> TableRule:
    assert question.scale is not None
    answer = quoted(question.column)
    score = (
        f"CASE WHEN regexp_matches({answer}, {literal(NUMBER)}) "
        f"THEN regexp_extract({answer}, {literal(NUMBER)}, 1) ELSE {answer} END"
    )
    words = tuple((found, str(point)) for found, point in question.scale.points)
    id_ = hashlib.sha256(question.column.encode()).hexdigest()[:8]
    columns = {
        "survey_id": Value(rule.where, const=" ".join(question.column.split())[:120]),
        "kind": Value(rule.where, const=question.kind),
        "score": Value(rule.where, expression=answer if words else score, values=words),
        "scale_min": Value(rule.where, const=str(question.scale.low)),
        "scale_max": Value(rule.where, const=str(question.scale.high)),
    } | dict(rule.columns)
    given = columns["response_id"]
    expression, *others = (f"({each}) || {literal(':' + id_)}" for each in (given.expression, *given.others))
    columns["response_id"] = replace(given, expression=expression, others=tuple(others))
    condition = f"({rule.condition}) AND {answer} IS NOT NULL" if rule.condition else f"{answer} IS NOT NULL"
    return replace(rule, columns=tuple(columns.items()), condition=condition, questions=None)


def _said(question: Question) -> str:
    scale = question.scale
    return f"'{question.column}' is read as {question.kind}" + (f" on {scale.low} to {scale.high}" if scale else "")


def _seen(answers: Answers) -> str:
    given = points(answers)
    total = sum(count for _, count in answers)
    if sum(count for _, count in given) * 2 > total:
        return f"{total:,} answers from {min(given)[0]:g} to {max(given)[0]:g}"
    return f"{total:,} answers such as " + ", ".join(f"'{answer[:40]}'" for answer, _ in answers[:3])
