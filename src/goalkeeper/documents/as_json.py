"""The views as JSON, the same for the command line, the pages' twins and programs."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from goalkeeper.documents.change_words import change_sentences
from goalkeeper.documents.why_words import why_sentences
from goalkeeper.goals.agreed import Agreed
from goalkeeper.goals.evaluation import Evaluation
from goalkeeper.goals.suggest import Targets
from goalkeeper.insights.changes import Changes
from goalkeeper.insights.why import Why
from goalkeeper.lint import Checkup
from goalkeeper.measure import Estimates
from goalkeeper.metrics import Benchmark
from goalkeeper.reports.goals import GoalPage, GoalRow, Progress
from goalkeeper.reports.review import Review, ReviewedGoal
from goalkeeper.reports.views import Scorecard


def written(value: object, indent: int | None = 2) -> str:
    """JSON for programs; an open side of an interval is null, a moment ISO text."""
    return json.dumps(plain(value), indent=indent, ensure_ascii=False, default=str, allow_nan=False)


def estimates_json(found: Estimates, marks: Sequence[tuple[Benchmark | None, str]]) -> list[dict[str, Any]]:
    """The cells of a measurement, each with the benchmark it may be compared with, or why there is none."""
    listed = zip(found.to_dicts(), marks, strict=True)
    return [each | {"benchmark": mark_json(mark), "benchmark_note": why or None} for each, (mark, why) in listed]


def plain(value: object) -> object:
    """The value with what JSON knows alone: texts, finite numbers, lists and objects."""
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value.isoformat() if isinstance(value, date) else value  # a datetime is a date too


def card_json(card: Scorecard) -> dict[str, Any]:
    """The scorecard as a dict, each row with its verdict."""
    sections = []
    for section in card.sections:
        rows = [asdict(row) | {"verdict": row.verdict} for row in section.rows]
        sections.append(asdict(section) | {"rows": rows})
    return asdict(card) | {"sections": sections}


def mark_json(mark: Benchmark | None) -> dict[str, Any] | None:
    """A benchmark as a dict; None where there is none."""
    if mark is None:
        return None
    listed = {"low": mark.low, "high": mark.high, "words": mark.words, "channels": mark.channels, "grade": mark.grade}
    return listed | {"industry": mark.industry or None, "source": mark.source.title}


def why_json(found: Why) -> dict[str, Any]:
    """The answer as a dict, in the metric's unit, with its sentences."""
    shown = asdict(found)
    del shown["metric"]
    more = {"metric": found.metric.key, "cause": found.cause, "sentences": why_sentences(found)}
    return more | shown


def changes_json(found: Changes) -> dict[str, Any]:
    """What really changed as a dict, in the metric's unit."""
    shown = asdict(found)
    watched = shown.pop("watched")
    more = {"metric": found.watched.metric.key, "where": watched["where"], "is_real": found.is_real}
    return more | {"sentences": change_sentences(found)} | shown


def progress_json(view: Progress) -> dict[str, Any]:
    """The goals as a dict, in each metric's unit."""
    return {
        "company": view.company,
        "as_of": view.as_of,
        "met": view.met,
        "goals": [row_json(row) for row in view.rows],
        "unreadable": [asdict(each) for each in view.unreadable],
    }


def row_json(row: GoalRow) -> dict[str, Any]:
    """One goal as a dict."""
    goal, watched = row.goal, row.goal.watched
    return {
        "plan": row.plan,
        "version": row.version,
        "id": goal.id,
        "name": goal.name,
        "metric": goal.metric.key,
        "definition_version": row.frozen.definition,
        "where": watched.where,
        "owners": [str(owner) for owner in goal.owners],
        "shape": goal.shape,
        "start": asdict(row.frozen.start),
        "to": goal.to,
        "range": [goal.low, goal.high] if goal.low is not None else None,
        "begins": row.begins,
        "due": row.due,
        "first_forecast": asdict(row.frozen.forecast),
        "refused": row.refused or None,
        "evaluation": evaluation_json(row.evaluation) if row.evaluation else None,
    }


def evaluation_json(found: Evaluation) -> dict[str, Any]:
    """An evaluation as a dict, with its status in words."""
    expense = [each.name for each in found.expense]
    said = {"words": found.words, "is_met": found.is_met, "is_late": found.is_late, "at_the_expense_of": expense}
    return asdict(found) | said


def page_json(page: GoalPage) -> dict[str, Any]:
    """A goal's page as a dict."""
    return {
        "company": page.company,
        "as_of": page.as_of,
        "goal": row_json(page.row),
        "evenings": [evaluation_json(each) for each in page.evenings],
        "turns": [asdict(each) for each in page.turns],
        "weeks": [asdict(each) for each in page.weeks],
        "changes": changes_json(page.changes) if isinstance(page.changes, Changes) else None,
    }


def targets_json(each: Targets, due: date) -> dict[str, Any]:
    """Targets as a dict, in the metric's unit."""
    return {
        "metric": each.watched.metric.key,
        "definition_version": each.watched.version,
        "where": each.watched.where,
        "due": due,
        "recent": asdict(each.recent.value),
        "best_own_quarter": each.best,
        "targets": [asdict(target) for target in each.targets],
        "words_only": each.words_only,
        "no_targets": each.why_none or None,
        "benchmark": asdict(each.benchmark) if each.benchmark else None,
        "benchmark_note": each.benchmark_note or None,
    }


def agreed_json(agreed: Agreed) -> dict[str, Any]:
    """An agreed version as a dict."""
    return asdict(agreed) | {"is_intact": agreed.is_intact}


def checkup_json(checkup: Checkup) -> dict[str, Any]:
    """A check as a dict."""

    def told(finding: Any) -> dict[str, Any]:
        return asdict(finding) | {"is_fixable": bool(finding.edits)}

    return {
        "plan": checkup.plan.name,
        "file": checkup.plan.document.name,
        "findings": [told(finding) for finding in checkup.findings],
        "allowed": [told(finding) | {"because": accepted.because} for finding, accepted in checkup.allowed],
        "not_run": {need.value: codes for need, codes in checkup.not_run.items()},
    }


def review_json(made: Review) -> dict[str, Any]:
    """A review as a dict, in each metric's unit."""
    return {
        "company": made.company,
        "plan": made.plan.name,
        "version": made.version,
        "as_of": made.as_of,
        "met": made.met,
        "goals": [_reviewed_json(each) for each in made.goals],
        "brier": made.brier,
        "forecasts_scored": made.scored,
        "next_draft": {"text": made.draft.text, "check": checkup_json(made.draft.checkup)},
    }


def _reviewed_json(each: ReviewedGoal) -> dict[str, Any]:
    tried = [asdict(effect) for effect in each.effects]
    return page_json(each.page) | {"tried": tried, "suggested": asdict(each.proposal)}
