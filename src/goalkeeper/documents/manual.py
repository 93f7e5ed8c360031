"""The customer service manual as a document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby

from goalkeeper.calendars.hours import DAY_MIN, WEEKDAYS, show_span
from goalkeeper.calendars.schedule import ALWAYS, WeeklyHours
from goalkeeper.documents.document import (
    Block,
    Bullets,
    Cell,
    Document,
    Facts,
    Grid,
    Heading,
    Paragraph,
    Part,
    Status,
    Tone,
)
from goalkeeper.documents.words import day_words, span_words, tied, tied_within
from goalkeeper.goals import Counterweight, Shape
from goalkeeper.goals.compare import Change
from goalkeeper.reports.manual import AgreedGoal, Definition, Manual, VersionNote, When, WorkingTime
from goalkeeper.sla import Policy
from goalkeeper.sla.policy import OTHER
from goalkeeper.units import Unit, format_interval, format_value

_PROMISED = {
    "first_reply": "first reply",
    "next_reply": "each further reply",
    "resolution": "solved",
    "requester_wait": "solved, waiting on us only",
    "agent_work": "solved, our own work only",
}
_GOOD_IS = {"higher": "higher", "lower": "lower", "neither": "neither up nor down"}


def manual_document(manual: Manual) -> Document:
    """The manual, to be written as a page, as Markdown or as PDF."""
    count, plan = len(manual.goals), manual.plan
    days = f", for {span_words(plan.since, plan.until)}" if plan.since and plan.until else ""
    return Document(
        company=manual.company,
        kind="Customer service manual",
        subject=f"{manual.plan.name}, version {manual.version}",
        headline=f"How we serve our customers: {manual.plan.name}",
        lede=(
            f"Version {manual.version}, agreed on {day_words(manual.agreed_on)}{days}.",
            f"{count} {'goal' if count == 1 else 'goals'}, each with what must not get worse for it.",
        ),
        parts=tuple(_parts(manual)),
        foot=(
            f"Goals, starts and definitions are those of version {manual.version} (hash {manual.hash[:8]}). Working "
            "time, promises and specialist teams are those of the settings when this was written.",
            "Made with Goalkeeper.",
        ),
        made=manual.agreed_at,
    )


def _parts(manual: Manual) -> Iterator[Part]:
    yield Part("Our goals", tuple(_goals(manual)))
    yield Part("What the numbers mean", tuple(_definitions(manual)))
    yield Part("When we work", tuple(_working_times(manual)))
    yield Part("What we promise", tuple(_promises(manual)))
    yield Part("Who takes over hard cases", tuple(_escalation(manual)))
    yield Part("When we look at it", tuple(_review(manual)))
    yield Part("What changed", tuple(_history(manual.history)))


def _goals(manual: Manual) -> Iterator[Block]:
    head = ("Goal", "Target", "Due", "Owner")
    rows = [(_name(each), tied_within(each.goal.aim_words), _due(each), _owners(each)) for each in manual.goals]
    yield Grid("The goals at a glance", head, tuple(rows))
    for each in manual.goals:
        yield Heading(_name(each))
        yield from _goal(each, manual.judged_weeks)


def _name(each: AgreedGoal) -> str:
    return each.goal.name or each.goal.watched.words


def _due(each: AgreedGoal) -> str:
    return day_words(each.due) if each.due else "no due day"


def _owners(each: AgreedGoal) -> str:
    return each.goal.owner_words or "nobody"


def _goal(each: AgreedGoal, weeks: int) -> Iterator[Block]:
    goal = each.goal
    judged = f"the last {weeks} weeks up to the due day" if goal.shape is not Shape.RISE else "its direction"
    yield Facts(
        (
            ("Measured by", goal.watched.words),
            ("Target", tied_within(goal.aim_words)),
            ("Start", start_words(each)),
            ("Due", f"{_due(each)}, judged by {judged}"),
            ("Owner", _owners(each)),
            ("Priority", str(goal.priority or "")),
            ("Why", goal.because),
            ("Reward", goal.reward),
        )
    )
    if goal.must_not_get_worse:
        pairs = zip(goal.must_not_get_worse, each.frozen.counterweights, strict=True)
        rows = [
            (beside.watched.words, tied(beside.watched.format(kept.start.value)), limit_of(beside, kept.bound))
            for beside, kept in pairs
        ]
        yield Grid("Must not get worse meanwhile", ("Counterweight", "Start", "Limit"), tuple(rows))
    else:
        yield Paragraph("Nothing is named that must not get worse.", quiet=True)
    if goal.milestones:
        steps = tuple((day_words(step.by), tied(goal.watched.format(step.to))) for step in goal.milestones)
        yield Grid("On the way", ("By", "Reached"), steps)
    for accepted in goal.allow:
        yield Paragraph(f"Rule {accepted.code} of the plan check may be broken here: {accepted.because}", quiet=True)


def start_words(each: AgreedGoal) -> str:
    """The start with its interval and days: "65 % (62 to 68 %), measured 2 October to 31 December 2026"."""
    start, watched = each.frozen.start, each.goal.watched
    if start.value is None:
        return f"cannot say: {start.why}"
    number = tied(watched.format(start.value))
    if start.low is None or start.high is None:
        return number
    span = tied(format_interval(start.low, start.high, each.goal.metric.unit, days=watched.in_days))
    days = span_words(start.since, start.until)
    return f"{number}, given; measured {span}, {days}" if start.is_given else f"{number} ({span}), measured {days}"


def limit_of(beside: Counterweight, bound: float) -> str:
    """The limit of a counterweight as a value: "at most 9 min"."""
    return f"at {'most' if beside.limit.is_upper else 'least'} {tied(beside.watched.format(bound))}"


def _definitions(manual: Manual) -> Iterator[Block]:
    for each in manual.definitions:
        yield Heading(each.watched.metric.name)
        yield from _definition(each)


def _definition(each: Definition) -> Iterator[Block]:
    watched, metric = each.watched, each.watched.metric
    formula = watched.formula
    yield Paragraph(metric.asks)
    clock = f"{watched.clock or 'working'} time" if formula.has_clock else ""
    window = f"a case counts once {formula.window_days} days are over" if formula.window_days else ""
    left_out = ", ".join(formula.left_out)
    yield Facts(
        (
            ("Definition", " ".join(metric.about.split())),
            ("Number", ", ".join(filter(None, (watched.statistic or metric.headline(watched.variant), clock)))),
            ("Counted over", metric.counted(watched.variant)),
            ("Left out", left_out),
            ("Window", window),
            ("Good is", _GOOD_IS[metric.better]),
            ("Gamed by", metric.gamed_by),
            ("Version", _version(each)),
        )
    )


def _version(each: Definition) -> Cell:
    if each.is_current:
        return each.version
    return Status(f"agreed on {each.version}; today's is {each.version_now}: agree the plan again", Tone.BAD)


def _working_times(manual: Manual) -> Iterator[Block]:
    for each in manual.working_times:
        schedule = each.schedule
        yield Heading(schedule.id)
        if schedule == ALWAYS:
            yield Facts((("Holds for", _holds_for(each)), ("Hours", "around the clock")))
            continue
        changes = tuple((f"From {day_words(hours.valid_from)}", week_words(hours)) for hours in each.hours[1:])
        yield Facts(
            (
                ("Holds for", _holds_for(each)),
                ("Time zone", schedule.tz),
                ("Hours", week_words(each.hours[0])),
                *changes,
                ("Holidays of", ", ".join(schedule.holidays)),
            )
        )
        rows = tuple((day_words(day), why, hours) for day, why, hours in sorted(_days(each, manual)))
        if rows:
            days = f"{day_words(manual.since)} to {day_words(manual.last)}"
            yield Grid(f"Days unlike others, {days}", ("Day", "Why", "Hours"), rows)


def _days(each: WorkingTime, manual: Manual) -> Iterator[tuple[date, str, str]]:
    """The days with other hours than their weekday: which, why, and when it is worked."""
    for day, why in each.closed:
        yield day, why or "closed", "closed"
    for why, dated, form in (("its own hours", each.schedule.on, "{}"), ("break", each.schedule.breaks, "not {}")):
        for day, spans in dated:
            if manual.since <= day <= manual.last:
                yield day, why, form.format(", ".join(map(show_span, spans))) if spans else "closed"


def _holds_for(each: WorkingTime) -> str:
    parts = [when_words(when) for when in each.holds_for]
    return "; ".join(parts + ["everything else" if parts else "all tickets"] * each.is_default) or (
        "promises that name it"
    )


def when_words(when: When) -> str:
    """Who a rule is for: "channel phone or chat, team billing"; "all tickets" where it names nothing."""
    return ", ".join(f"{field} {' or '.join(values)}" for field, values in when) or "all tickets"


def week_words(hours: WeeklyHours) -> str:
    """The hours of a week: "Mon to Fri 09:00-12:30, 13:30-18:00; Sat 10:00-14:00"."""
    parts = []
    for spans, days in groupby(range(7), key=lambda day: hours.week[day]):
        names = [WEEKDAYS[day].capitalize() for day in days]
        if spans:
            named = names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"
            whole = [(span.opens_min, span.closes_min) for span in spans] == [(0, DAY_MIN)]
            parts.append(f"{named} {'all day' if whole else ', '.join(map(show_span, spans))}")
    return "; ".join(parts) or "closed"


def _promises(manual: Manual) -> Iterator[Block]:
    if not manual.promises:
        yield Paragraph("The settings promise nothing.")
        return
    yield Paragraph(
        "For each kind of promise a case gets the first policy that fits it and names that kind.", quiet=True
    )
    for policy in manual.promises:
        yield Heading(policy.id)
        yield from _promise(policy)


def _promise(policy: Policy) -> Iterator[Block]:
    since = f"from {day_words(policy.since)}" if policy.since else ""
    until = f"until {day_words(policy.last)}" if policy.last else ""
    hours = (
        f"hours of {policy.schedule}" if policy.schedule else "working time" if policy.is_working else "day and night"
    )
    yield Facts(
        (
            ("Holds for", when_words(policy.when)),
            ("In force", " ".join(filter(None, (since, until)))),
            ("Clock", hours),
            ("Stands still", f"while {' or '.join(policy.pause).replace('_', ' ')}" if policy.pause else ""),
        )
    )
    priorities = list(dict.fromkeys(name for targets in policy.targets.values() for name in targets))
    days = not (policy.is_working or policy.schedule)
    rows = [
        (
            _PROMISED[promise],
            *(
                tied(format_value(targets[name], Unit.DURATION, days=days)) if name in targets else "–"
                for name in priorities
            ),
        )
        for promise, targets in policy.targets.items()
    ]
    every = len(priorities) == 1
    head = ("any priority" if every else "any other" if name == OTHER else name for name in priorities)
    yield Grid("Within", ("Promise", *head), tuple(rows))


def _escalation(manual: Manual) -> Iterator[Block]:
    if manual.specialist_teams:
        yield Paragraph("The front line passes hard cases to these teams:")
        yield Bullets(manual.specialist_teams)
        yield Paragraph("A case that reaches one of them from elsewhere counts as escalated.", quiet=True)
    else:
        yield Paragraph("Neither the settings nor the list of teams name specialist teams.")


def _review(manual: Manual) -> Iterator[Block]:
    plan = manual.plan
    if not plan.review:
        yield Paragraph("No review was agreed.")
    elif isinstance(plan.review, str):
        yield Paragraph(f"The plan is reviewed {plan.review}.")
    else:
        yield Bullets(tuple(map(day_words, plan.review)))
    dues = sorted({(each.due, _name(each)) for each in manual.goals if each.due})
    steps = [(step.by, f"{_name(each)}: milestone") for each in manual.goals for step in each.goal.milestones]
    rows = sorted([*((day, f"{name}: due") for day, name in dues), *steps])
    if rows:
        yield Grid("Days to note", ("Day", "What"), tuple((day_words(day), what) for day, what in rows))


def _history(notes: Iterable[VersionNote]) -> Iterator[Block]:
    for note in notes:
        yield Heading(f"Version {note.version}, {day_words(note.agreed_on)}")
        if not note.is_intact:
            yield Paragraph("This version was changed since it was agreed; do not rely on it.")
        if note.changes:
            rows = tuple((each.goal or "the plan", each.what, *_was_now(each)) for each in note.changes)
            yield Grid("What is new", ("Of", "What", "Was", "Now"), rows)
        else:
            yield Paragraph(f"{(note.why_none or 'no change in the goals').capitalize()}.", quiet=True)


def _was_now(change: Change) -> tuple[str, str]:
    return change.was or "–", change.now or "–"
