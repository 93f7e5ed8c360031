"""The quarterly review as a document: for the meeting, on a screen or on paper."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from goalkeeper.charts import ChartSpec, Note
from goalkeeper.documents import goal_words
from goalkeeper.documents.document import (
    Block,
    Bullets,
    Cell,
    Document,
    Facts,
    Figure,
    Grid,
    Heading,
    Listing,
    Paragraph,
    Part,
    Status,
    Tone,
)
from goalkeeper.documents.goal_charts import trend_of
from goalkeeper.documents.words import day_words, short_day, span_words, tied, tied_within
from goalkeeper.goals.evaluation import Evaluation
from goalkeeper.goals.evaluation import Status as GoalStatus
from goalkeeper.reports.goals import GoalRow
from goalkeeper.reports.review import Effect, Review, ReviewedGoal
from goalkeeper.stats.estimate import Estimate, NoEstimate
from goalkeeper.units import format_change

_TONES = {GoalStatus.REACHED: Tone.GOOD, GoalStatus.ON_PACE: Tone.GOOD, GoalStatus.BEHIND: Tone.BAD}
_DECISION_LINES = 5


def review_document(review: Review) -> Document:
    """The review, to be written as a page, as Markdown or as PDF."""
    plan = review.plan
    days = f" ({span_words(plan.since, plan.until)})" if plan.since and plan.until else ""
    return Document(
        company=review.company,
        kind="Review",
        subject=f"{plan.name}, as of {day_words(review.as_of)}",
        headline=f"{_headline(review)}: {plan.name}",
        lede=(*(f"{_name(each.page.row)}: {_verdict(each)}." for each in review.goals),),
        parts=(
            Part("Plan and result", (*_overview(review, days),)),
            Part("Goal by goal", tuple(block for each in review.goals for block in _goal(each))),
            Part("Was our forecast fair?", tuple(_fairness(review))),
            Part("Keep, change or stop", tuple(_choices(review))),
            Part("The next plan, as a draft", tuple(_draft(review))),
            Part(
                "Decisions", (Grid("To be filled in", ("Decision", "Owner", "By"), (("", "", ""),) * _DECISION_LINES),)
            ),
        ),
        foot=(
            f"Goals, starts and forecasts are those of version {review.version}, as it was agreed. Results come from "
            f"the evaluations that were kept, up to {day_words(review.as_of)}.",
            "Made with Goalkeeper. Suggestions follow from results alone; people decide.",
        ),
        made=review.agreed_at,
    )


def _headline(review: Review) -> str:
    count = len(review.goals)
    goals = f"{count} {'goal' if count == 1 else 'goals'}"
    found = [each.page.row.evaluation for each in review.goals]
    under_way = not review.met and not any(each and each.is_final for each in found)
    return f"{goals} under way, none due yet" if under_way else f"{review.met} of {goals} met"


def _name(row: GoalRow) -> str:
    return row.goal.name or row.goal.watched.words


def _verdict(each: ReviewedGoal) -> str:
    row = each.page.row
    if row.evaluation is None:
        return row.refused or f"begins on {day_words(row.begins)}"
    return row.evaluation.words


def _status(each: ReviewedGoal) -> Status:
    found = each.page.row.evaluation
    tone = Tone.FLAT if found is None else Tone.BAD if found.expense else _TONES.get(found.status, Tone.FLAT)
    return Status(_verdict(each), tone)


def _result(row: GoalRow) -> str:
    return goal_words.value_words(row, row.evaluation) if row.evaluation else "–"


def _overview(review: Review, days: str) -> Iterator[Block]:
    head = ("Goal", "Owner", "Start", "Wanted", "Result", "Verdict")
    rows = []
    for each in review.goals:
        row, show = each.page.row, each.page.row.goal.watched.format
        rows.append(
            (
                _name(row),
                row.goal.owner_words or "nobody",
                show(row.frozen.start.value),
                goal_words.wanted_words(row),
                _result(row),
                _status(each),
            )
        )
    yield Grid(f"The plan as agreed, and what came{days}", head, tuple(rows))


def _goal(each: ReviewedGoal) -> Iterator[Block]:
    row, found = each.page.row, each.page.row.evaluation
    yield Heading(_name(row))
    yield Facts(tuple(_facts(each)))
    if found is None:
        return
    chart = _chart(each)
    yield Figure(chart)
    if chart.notes:
        yield Paragraph("; ".join(f"{number}: {note.words}" for number, note in enumerate(chart.notes, 1)), quiet=True)
    if found.guards:
        rows = tuple(
            (guard.name, goal_words.guard_value(guard), goal_words.guard_limit(guard), goal_words.holding_status(guard))
            for guard in found.guards
        )
        yield Grid("What must not get worse", ("Counterweight", "Value", "Limit", "Verdict"), rows)
    if found.steps:
        steps = tuple(
            (day_words(step.by), tied(row.goal.watched.format(step.to)), _step(step.is_reached)) for step in found.steps
        )
        yield Grid("On the way", ("Milestone", "Wanted", "Verdict"), steps)
    if each.page.turns:
        yield Grid(
            "What changed on which evening",
            ("Evening", "What"),
            tuple((day_words(turn.day), turn.words) for turn in each.page.turns),
        )
    yield from _tried(each)


def _facts(each: ReviewedGoal) -> Iterator[tuple[str, Cell]]:
    row, goal, found = each.page.row, each.page.row.goal, each.page.row.evaluation
    yield "Measured by", goal.watched.words
    yield "Owner", goal.owner_words or "nobody"
    yield "Agreed", f"{tied_within(goal.aim_words)}{f' by {day_words(row.due)}' if row.due else ''}"
    yield "Why", goal.because
    yield "Forecast then", goal_words.first_forecast_words(row)
    if found:
        yield "Result", f"{_result(row)}, {_days(found)}"
        if not found.is_closed:
            yield "Chance now", " ".join(goal_words.chance_lines(found))
    yield "Verdict", _status(each)
    yield "Not evaluated", row.refused


def _days(found: Evaluation) -> str:
    days = span_words(found.since, found.last + timedelta(days=1))
    return days + (", the weeks it is judged by" if found.is_closed else ", so far")


def _step(is_reached: bool | None) -> Status:
    if is_reached is None:
        return Status("to come", Tone.FLAT)
    return Status("reached", Tone.GOOD) if is_reached else Status("missed", Tone.BAD)


def _chart(each: ReviewedGoal) -> ChartSpec:
    """The goal's weeks that are over by the due day, with a note in each week in which something was begun."""
    row, due = each.page.row, each.page.row.due
    weeks = tuple(
        replace(week, label=short_day(week.start))
        for week in each.page.weeks
        if due is None or week.start + timedelta(days=6) <= due
    )
    chart = trend_of(replace(each.page, weeks=weeks))
    notes = [replace(begun, words="the goal begins") for begun in chart.notes]
    for effect in each.effects:
        at = max((place for place, week in enumerate(weeks) if week.start <= effect.tried.day), default=None)
        if at is not None:
            notes.append(Note(at, effect.tried.words))
    told = f"{row.goal.watched.words} by week: {_verdict(each)}; wanted {goal_words.wanted_words(row)}."
    return replace(chart, notes=tuple(notes), takeaway=told, axis="Week from")


def _tried(each: ReviewedGoal) -> Iterator[Block]:
    if not each.effects:
        yield Paragraph("Nothing was noted as tried. A note is made with: goalkeeper plan note", quiet=True)
        return
    head = ("What", "Begun", "Weeks before", "Weeks after", "Change")
    rows = tuple(_effect(each.page.row, effect) for effect in each.effects)
    yield Grid("What was tried, and the weeks before and after", head, rows)
    yield Paragraph("Other things changed in those weeks too: a difference is a hint, not a proof.", quiet=True)


def _effect(row: GoalRow, effect: Effect) -> tuple[Cell, ...]:
    day, unit, in_days = effect.tried.day, row.goal.metric.unit, row.goal.watched.in_days
    values = ["–", "–"]
    if effect.weeks:
        spans = ((effect.before, effect.since, day), (effect.after, day, effect.until))
        values = [
            f"{goal_words.with_interval(each.value, unit, days=in_days)}, {span_words(since, until)}"
            for each, since, until in spans
        ]
    return (effect.tried.words, day_words(day), *values, change_words(row, effect.change))


def change_words(row: GoalRow, change: Estimate | NoEstimate | None) -> str:
    """A difference with its interval, or that it cannot be told from chance."""
    if not isinstance(change, Estimate):
        return "cannot say" + (f": {change.words}" if change else "")
    unit, days = row.goal.metric.unit, row.goal.watched.in_days
    told = tied(format_change(change.value, unit, days=days))
    if change.low is None or change.high is None:
        return told
    low, high = (format_change(side, unit, days=days) for side in (change.low, change.high))
    span = f"{tied(low.removesuffix(' points'))} to {tied(high)}"
    return f"{told} ({span})" + ("" if change.low > 0 or change.high < 0 else ", which chance may explain")


def _fairness(review: Review) -> Iterator[Block]:
    rows = tuple(
        (_name(each.page.row), goal_words.first_forecast_words(each.page.row), _status(each)) for each in review.goals
    )
    yield Grid("The forecast when it was agreed, and what came", ("Goal", "Forecast then", "Verdict"), rows)
    if review.brier is not None:
        yield Paragraph(
            f"Brier score of {review.scored} {'forecast' if review.scored == 1 else 'forecasts'}: {review.brier:.2f}. "
            "0 is perfect, 0.25 is what saying one half always gets; a few goals say little."
        )
    records = [
        f"{_name(each.page.row)}: {goal_words.record_words(record)}."
        for each in review.goals
        if (record := next((found.track_record for found in reversed(each.page.evenings) if found.track_record), None))
    ]
    if records:
        yield Bullets(tuple(records))


def _choices(review: Review) -> Iterator[Block]:
    yield Paragraph("What the result alone suggests. The decision, its owner and its day are for you to fill in.")
    head = ("Goal", "Suggested", "Because", "Decision", "Owner", "By")
    rows = tuple(
        (_name(each.page.row), each.proposal.choice.value, each.proposal.because, "", "", "") for each in review.goals
    )
    yield Grid("Goal by goal", head, rows)


def _draft(review: Review) -> Iterator[Block]:
    checkup = review.draft.checkup
    if not checkup.plan.goals:
        yield Paragraph("No goal is suggested to go on: begin anew with goalkeeper plan new.")
    elif checkup.findings:
        yield Paragraph("The plan check finds in it:")
        yield Bullets(tuple(str(finding) for finding in checkup.findings))
    else:
        yield Paragraph("The plan check finds nothing in it. Targets come from own history; change them, then agree.")
    yield Listing(review.draft.text)
