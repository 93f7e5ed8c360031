"""What all numbers are counted by: working hours and promises, looked at by everybody, changed in forms or as text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from sqlalchemy.exc import DBAPIError

from goalkeeper.calendars import ALWAYS, OpenDay, Schedule, Span, Week, open_days, parse_schedules
from goalkeeper.calendars.hours import WEEKDAYS, show_span
from goalkeeper.documents.words import day_words, tied
from goalkeeper.errors import Finding, Findings, UsageError
from goalkeeper.jobs import Jobs
from goalkeeper.schema.words import CHANNELS
from goalkeeper.sla import Policy, parse_policies
from goalkeeper.sla.policy import OTHER
from goalkeeper.state.roles import Permission
from goalkeeper.tomlfile import TomlFile
from goalkeeper.units import Unit, format_value
from goalkeeper.web.failures import words_of
from goalkeeper.web.pages import Made, Pages, View, fields_of
from goalkeeper.web.settings import forms
from goalkeeper.web.settings.file import Part, SettingsFile, Text
from goalkeeper.web.settings.hours_form import rule_fields, rule_mistakes, schedule_fields, schedule_mistakes
from goalkeeper.web.settings.promises_form import policy_fields, policy_mistakes
from goalkeeper.web.settings.topics import SCHEDULES, TARGETS, Topic, view
from goalkeeper.workspace import Workspace
from goalkeeper.workspace.settings import Settings

WEEKS = 5
LATE = "Somebody else saved it meanwhile. Below are their words; yours are not saved yet."
_FIELD = 200_000  # bytes
_SAID = {
    "hours": "Saved. Working time, and the promises that count by it, are computed anew for {tickets}; Jobs tells when "
    "that is done.",
    "promises": "Saved. Which promises were kept is computed anew for {tickets}; no other number changes. Jobs tells "
    "when that is done.",
    "nothing": "Saved. It changes no number, so nothing is computed anew.",
    "first": "Saved. Nothing is loaded yet; it counts from the first load on.",
}


@dataclass(frozen=True, slots=True)
class ScheduleShown:
    """A schedule in words, and its next weeks day by day, Monday first."""

    schedule: Schedule
    week: list[tuple[str, str]]
    weeks: list[tuple[OpenDay, ...]]
    special: list[tuple[str, str]]

    @classmethod
    def of(cls, schedule: Schedule, today: date) -> ScheduleShown:
        """The schedule from this week on."""
        days = open_days(schedule, today - timedelta(days=today.weekday()), WEEKS * 7)
        now = max((each for each in schedule.hours if each.valid_from <= today), key=lambda each: each.valid_from)
        return cls(
            schedule,
            list(_week(now.week)),
            [days[start : start + 7] for start in range(0, len(days), 7)],
            [(day_words(each.day), f"{each.why}{f', {_spans(each.spans)}' if each.spans else ''}")
             for each in days if each.why and each.day >= today],
        )  # fmt: skip


def declare(pages: Pages, work: Jobs, *, today: Callable[[], date]) -> None:
    """Declares the pages of working hours and promises and what is sent to them."""
    file = SettingsFile(pages.workspace, pages.trail.record)

    def schedules(settings: Settings) -> dict[str, object]:
        found = settings.schedules
        return {"shown": [ScheduleShown.of(each, today()) for each in found.schedules if each is not ALWAYS],
                "rules": [(_when(rule.when), rule.schedule) for rule in found.rules], "first": found.schedules[0].id,
                "today": today(), "zone": settings.timezone, "days": WEEKDAYS, "hours": _spans}  # fmt: skip

    def targets(settings: Settings) -> dict[str, object]:
        return {"policies": [(each, _policy_words(each), list(_promises(each))) for each in settings.policies]}

    def saved(topic: Topic) -> Callable[[Settings], Response]:
        def answer(before: Settings) -> Response:
            now = pages.workspace.settings
            said = (
                "first" if pages.workspace.store.state("facts") is None
                else "hours" if now.facts.version != before.facts.version
                else "promises" if now.policies != before.policies
                else "nothing"
            )  # fmt: skip
            if said in ("hours", "promises"):
                work.ask("refresh")
            return forms.redirect(topic, said)

        return answer

    hours = Part("working hours", ("schedule", "schedule_for"), _check_schedules)
    promises = Part("promises", ("sla",), _check_policies)
    _declare(pages, file, SCHEDULES, hours, schedules, saved(SCHEDULES))
    _declare(pages, file, TARGETS, promises, targets, saved(TARGETS))

    def one_schedule(settings: Settings, name: str) -> dict[str, object]:
        found = schedules(settings)
        return found | {"shown": [each for each in found["shown"] if each.schedule.id == name]}  # type: ignore[attr-defined]

    def one_policy(settings: Settings, name: str) -> dict[str, object]:
        return {"policies": [each for each in targets(settings)["policies"] if each[0].id == name]}  # type: ignore[attr-defined]

    declared: tuple[tuple[forms.TableForm, Callable[[Settings, str], Mapping[str, object]]], ...] = (
        (forms.TableForm(SCHEDULES, hours, "schedule", "form", "schedule", schedule_fields, schedule_mistakes,
                         ordered=True), one_schedule),
        (forms.TableForm(SCHEDULES, hours, "schedule_for", "which", "rule", rule_fields, rule_mistakes,
                         whole=True), lambda _settings, _name: {}),
        (forms.TableForm(TARGETS, promises, "sla", "form", "policy", policy_fields, policy_mistakes, ordered=True),
         one_policy),
    )  # fmt: skip
    for form, drawn in declared:
        forms.declare(pages, file, form, saved(form.topic), drawn)


def _declare(
    pages: Pages,
    file: SettingsFile,
    topic: Topic,
    part: Part,
    facts: Callable[[Settings], Mapping[str, object]],
    saved: Callable[[Settings], Response],
) -> None:
    workspace = pages.workspace

    def shown(draft: Text, *, said: str = "", wrong: str = "", theirs: str = "", is_draft: bool = True) -> View:
        settings, problems = workspace.settings, list[str]()
        if is_draft:
            try:
                settings = file.check(part, draft.text)
            except Findings as error:
                problems = list(map(str, error.findings))
            except UsageError as error:
                problems = [str(error)]
        return view(
            pages, topic,
            {"draft": draft, "problems": problems, "theirs": theirs, "is_draft": is_draft, **facts(settings)},
            lambda: {"text": draft.text, "mark": draft.mark, "problems": problems},
            said=said, wrong=wrong,
        )  # fmt: skip

    def page(_: Workspace, request: Request) -> Made:
        said = _SAID.get(request.query_params.get("said", ""), "")
        return shown(file.read(part), said=said.format(tickets=_all_tickets(workspace)), is_draft=False)

    def do(fields: Mapping[str, str]) -> Response:
        draft = Text(fields.get("text", "").replace("\r\n", "\n"), fields.get("mark", ""))
        if fields.get("do") != "save":
            return pages.written(shown(draft))
        before = workspace.settings
        try:
            theirs = file.save(part, draft)
        except UsageError:  # told with all of its findings; the words must not be lost for it
            return pages.written(shown(draft, wrong="It is not saved: see what is found below."))
        except DBAPIError as error:
            status, said = words_of(error)
            answer = pages.written(shown(draft, wrong=f"It is not saved. {said}"))
            answer.status_code = status
            return answer
        if theirs:
            answer = pages.written(shown(Text(draft.text, theirs.mark), wrong=LATE, theirs=theirs.text))
            answer.status_code = 409
            return answer
        return saved(before)

    async def act(request: Request) -> Response:
        return await run_in_threadpool(do, await fields_of(request, _FIELD))

    pages.add(topic.href, page, topic.needs)
    pages.take(topic.href, act, Permission.SETTINGS)


def _all_tickets(workspace: Workspace) -> str:
    """How many tickets are counted by the settings, in words."""
    is_there = workspace.store.state("facts") is not None
    count = workspace.store.one("SELECT count(*) FROM facts.ticket_rows") if is_there else 0
    return f"all {count:,} tickets"


def _check_schedules(toml: TomlFile, _: Settings, findings: list[Finding]) -> None:
    try:
        parse_schedules(toml.data, toml.name, CHANNELS)
    except Findings as error:
        findings += error.findings


def _check_policies(toml: TomlFile, settings: Settings, findings: list[Finding]) -> None:
    parse_policies(toml, settings.schedules, findings)


def _week(week: Week) -> Iterator[tuple[str, str]]:
    """The days in words, those with the same hours side by side together."""
    start = 0
    for day in range(1, 8):
        if day == 7 or week[day] != week[start]:
            names = f"{WEEKDAYS[start].capitalize()}" + (
                f" to {WEEKDAYS[day - 1].capitalize()}" if day - start > 1 else ""
            )
            yield names, _spans(week[start]) or "closed"
            start = day


def _spans(spans: tuple[Span, ...]) -> str:
    return ", ".join(show_span(each).replace("-", " to ") for each in spans)


def _when(when: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
    return ", ".join(f"{field} {' or '.join(values)}" for field, values in when)


def _policy_words(policy: Policy) -> list[tuple[str, str]]:
    """What a policy says beside its promises."""
    clock = "working time" if policy.is_working else "calendar time"
    said = [
        ("For", _when(policy.when) or "all tickets that no policy above fits"),
        ("Counts", clock + (f" of {policy.schedule}" if policy.schedule else "")),
        ("Stands still while", ", ".join(policy.pause).replace("_", " ")),
        ("From", day_words(policy.since) if policy.since else ""),
        ("Until", day_words(policy.last) if policy.last else ""),
    ]
    return [(name, words) for name, words in said if words]


def _promises(policy: Policy) -> Iterator[tuple[str, str]]:
    for promise, targets in policy.targets.items():
        told = []
        for name, seconds in targets.items():
            words = tied(format_value(seconds, Unit.DURATION, days=not policy.is_working))
            told.append(f"{words} for {name}" if len(targets) > 1 or name != OTHER else words)
        yield promise.replace("_", " ").capitalize(), ", ".join(told)
