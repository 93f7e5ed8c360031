"""metrics, metric, scorecard, explain."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from goalkeeper.cli.opening import workspace_for
from goalkeeper.cli.screen import screen
from goalkeeper.cli.show import day_option, say, say_json, table, write
from goalkeeper.errors import UsageError

if TYPE_CHECKING:
    from goalkeeper.datasets.dataset import Dataset
    from goalkeeper.measure import Estimates
    from goalkeeper.metrics import Metric
    from goalkeeper.workspace import Workspace


def metrics(workspace: str, toml: str, json: bool) -> None:
    """Prints the registry, with the own metrics of a workspace, or one of them as TOML."""
    from goalkeeper.metrics import Group
    from goalkeeper.metrics import metric as find
    from goalkeeper.metrics.custom import metric_toml
    from goalkeeper.workspace import known_metrics

    known = known_metrics(workspace)
    if toml:
        say(metric_toml(find(toml, known)).rstrip())
        return
    if json:
        say_json(
            [
                {
                    "key": each.key, "name": each.name, "asks": each.asks, "group": each.group, "unit": each.unit,
                    "better": each.better, "statistic": each.headline(), "statistics": each.formula.statistics,
                    "variants": list(each.variants), "splits": each.dataset().splits, "clock": each.formula.has_clock,
                    "definition_version": each.version(), "about": each.about,
                }
                for each in known.values()
            ]
        )  # fmt: skip
        return
    for group in Group:
        own = [each for each in known.values() if each.group is group]
        rows = [[each.key, each.asks, _shown_as(each), ", ".join(each.variants)] for each in own]
        table(["metric", "asks", "shown as", "variants"], rows, title=group.value.capitalize())
    say("See one with `goalkeeper metric KEY`; split it with --by, cut it with --every week.")


def _shown_as(metric: Metric) -> str:
    from goalkeeper.units import Unit

    statistic, unit = metric.headline(), metric.unit.value
    if metric.formula.per_time:
        return f"{metric.counts if metric.unit is Unit.RATE else unit} {metric.formula.per_time}"
    if metric.unit is Unit.COUNT and statistic == "level":
        return metric.counts
    return statistic if statistic == unit else f"{statistic}, {unit}"


def metric(
    workspace: str, key: str, by: list[str], where: str, since: str, until: str, every: str, clock: str,
    statistic: str, variant: str, profile: str, level: float, json: bool,
) -> None:  # fmt: skip
    """Prints a metric's cells."""
    from goalkeeper.documents.as_json import estimates_json

    with workspace_for(workspace) as opened:
        from goalkeeper.reports.benchmarks import benchmark_of, benchmark_words
        from goalkeeper.reports.metric_page import lacking

        found = opened.measure(
            key, by=by, where=where, since=day_option(since, "--since"), until=after_option(until, since), every=every,
            clock=clock, statistic=statistic, variant=variant, profile=profile, level=level,
        )  # fmt: skip
        _tell_behind(opened)
        if where and not found.metric.variant(found.variant).people:
            tell_unseen(opened, found.metric.dataset(found.variant), where)
        has_hours = opened.settings.has_hours
        marks = [benchmark_of(opened.store, found, cell, where, has_hours=has_hours) for cell in found]
        hours = "" if has_hours else ", day and night: no working hours are set"
        wanting = lacking(opened, found.metric.dataset(found.variant))
    if json:
        say_json(estimates_json(found, marks))
        return
    _show_cells(found, hours)
    if wanting:
        say(wanting)
    elif (since or until) and not found.untold and not any(cell.n for cell in found):
        say(f"The data goes up to {found.as_of:%Y-%m-%d}; without --since and --until all of it is counted.")
    told = dict.fromkeys(benchmark_words(found.metric, mark) if mark else f"none: {why}" for mark, why in marks)
    for words in told:
        say(f"Benchmark {words}." if words.startswith("none") else f"Benchmark: {words}.")


def _tell_behind(opened: Workspace) -> None:
    """Says beside the numbers what they do not know of."""
    for words in opened.behind:
        print(f"Not up to date: {words}. Run `goalkeeper refresh`.", file=screen().err)


def tell_unseen(opened: Workspace, data: Dataset, where: str) -> None:
    """Says beside the numbers which values of the condition no row has; UsageError for one that is not valid."""
    from goalkeeper.measure.unseen import unseen

    for words in unseen(opened.store, data, where):
        print(words, file=screen().err)


def _show_cells(found: Estimates, hours: str) -> None:
    say(f"{found.title}{hours if found.clock == 'working' else ''}. {found.metric.asks}")
    if not found.cells:
        say(f"Cannot say: no source tells {found.untold}." if found.untold else "No data.")
        return
    splits = len(found.splits)
    table(found.head, list(found.shown()), right=(splits + 1, splits + 3))
    for line in _notes(found)[-_MOST_NOTES:]:
        say(line)
    methods = sorted({cell.estimate.method for cell in found if cell.estimate})
    if methods:
        version = found.metric.version(found.variant)
        say(f"Method: {', '.join(methods)}. Definition {version}. Data up to {found.as_of:%Y-%m-%d %H:%M} UTC.")


_MOST_NOTES = 3  # the last ones; --json has all
_MOST_NAMED = 3


def _notes(found: Estimates) -> list[str]:
    """What is to be known of numbers, once each, with the periods where it is not of all."""
    noted: dict[str, list[str]] = {}
    numbers = [(cell.estimate, cell.period.label) for cell in found if cell.estimate]
    for estimate, label in numbers:
        for note in filter(None, estimate.note.split("; ")):
            noted.setdefault(note, []).append(label)
    lines = []
    for note, labels in noted.items():
        periods = list(dict.fromkeys(labels))
        where = ", ".join(periods) if len(periods) <= _MOST_NAMED else f"{len(periods)} periods up to {periods[-1]}"
        lines.append(f"{note[0].upper()}{note[1:]}." if 1 < len(labels) == len(numbers) else f"{where}: {note}.")
    return lines


def scorecard(
    workspace: str, since: str, until: str, where: str, clock: str, level: float, group: str, html: Path | None,
    json: bool,
) -> None:  # fmt: skip
    """Prints the scorecard, or writes it as a page; that of one group is brief."""
    from goalkeeper.documents.as_json import card_json

    with workspace_for(workspace) as opened:
        from goalkeeper.datasets import dataset
        from goalkeeper.documents.scorecard_html import scorecard_html
        from goalkeeper.documents.scorecard_text import scorecard_text
        from goalkeeper.reports.scorecard import scorecard as build

        card = build(
            opened, since=day_option(since, "--since"), until=after_option(until, since), where=where, clock=clock,
            level=level, group=group,
        )  # fmt: skip
        _tell_behind(opened)
        if where:
            tell_unseen(opened, dataset("tickets"), where)
    if html is not None:
        write(html, scorecard_html(card))
    if json:
        say_json(card_json(card))
    elif html is not None:
        say(f"Wrote {html}.")
    else:
        say(scorecard_text(card, width=screen().picture_width, color=screen().color, brief=bool(group)))


def explain(workspace: str, ticket: str, source: str, json: bool) -> None:
    """Prints a ticket's story."""
    with workspace_for(workspace) as opened:
        from goalkeeper.reports.explain import explain as build

        story = build(opened, ticket, source=source)
    if json:
        say_json(asdict(story))
        return
    say(f"Ticket {story.ticket_id} of {story.source}")
    rows = [[f"{each.at:%Y-%m-%d %H:%M:%S %Z}", each.what, each.who, each.counted_as] for each in story.timeline]
    table(["when", "what", "who", "counts as"], rows)
    table(["metric", "how it counts this ticket"], [[each.metric, each.words] for each in story.metrics])
    if story.promises:
        due = [f"{each.due:%Y-%m-%d %H:%M:%S %Z}" if each.due else "not yet" for each in story.promises]
        rows = [[each.promise, each.policy, at, each.words] for each, at in zip(story.promises, due, strict=True)]
        table(["promise", "policy", "due", "how it stands"], rows)
    table(["derived column", "value", "meaning"], [list(fact) for fact in story.facts])
    if story.held:
        say(f"{story.held:,} of its rows are held back in quarantine and count for nothing.")


def compare(workspace: str, ticket: str, profiles: str, source: str, json: bool) -> None:
    """Prints how profiles see a ticket, and why they differ."""
    names = [name.strip() for name in profiles.split(",") if name.strip()]
    with workspace_for(workspace) as opened:
        from goalkeeper.reports.compare import compare as build

        found = build(opened, ticket, names, source=source)
    if json:
        say_json(asdict(found))
        return
    say(f"Ticket {found.ticket_id} of {found.source}")
    rows = [
        [f"{each.at:%Y-%m-%d %H:%M:%S %Z}", each.what, each.who, *(each.marks[name] for name in found.profiles)]
        for each in found.timeline
    ]
    table(["when", "what", "who", *found.profiles], rows)
    told = [[each.metric, *(each.told.get(name, "–") for name in found.profiles)] for each in found.metrics]
    table(["metric", *found.profiles], told)
    for each in found.metrics:
        say(each.metric)
        for line in each.why:
            say(f"  {line}")
    clocks = [f"{name} {' or '.join(clocks)}" for name, clocks in found.clocks.items() if clocks]
    say(f"\nThe clock of times, unless asked otherwise: {', '.join(clocks)}.")


def after_option(until: str, since: str = "") -> date | None:
    """The day after the last one that an option names; UsageError where that lies before the first."""
    day, first = day_option(until, "--until"), day_option(since, "--since")
    if day and first and day < first:
        raise UsageError(
            f"the range from {first} to {day} holds no day.",
            hint="The last day, itself included, is not before the first.",
        )
    if day == date.max:
        raise UsageError(f"'{until}' is out of range.", where="--until")
    return day + timedelta(days=1) if day else None
