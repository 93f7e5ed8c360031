"""why, changes: what of a move happened within a split and what by its mix; what really changed at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, timedelta
from typing import TYPE_CHECKING

from goalkeeper.cli.measuring import after_option
from goalkeeper.cli.opening import workspace_for
from goalkeeper.cli.show import day_option, say, say_json, table
from goalkeeper.errors import UnknownName, UsageError

if TYPE_CHECKING:
    from goalkeeper.goals.plan import Watched
    from goalkeeper.insights.changes import Changes, SegmentChange
    from goalkeeper.insights.why import Why
    from goalkeeper.stats.estimate import Result

_MOST_SEGMENTS = 20


def why(
    workspace: str, key: str, by: str, since: str, until: str, against: str, where: str, clock: str, statistic: str,
    variant: str, level: float, json: bool,
) -> None:  # fmt: skip
    """Prints the sentences, then a line a segment."""
    from goalkeeper.documents.as_json import why_json
    from goalkeeper.reports.why import why as explain
    from goalkeeper.stats.estimate import NoEstimate

    with workspace_for(workspace) as opened:
        found = explain(
            opened, key, by, since=day_option(since, "--since"), until=after_option(until, since),
            against=_days(against), where=where, clock=clock, statistic=statistic, variant=variant, level=level,
        )  # fmt: skip
    if isinstance(found, NoEstimate):
        if json:
            say_json({"no_estimate": asdict(found) | {"words": found.words}})
        else:
            say(f"Nothing can be said: {found.words}.")
    elif json:
        say_json(why_json(found))
    else:
        _show(found)


def _days(text: str) -> tuple[date, date] | None:
    """The first day and the day after the last of "2026-01-01..2026-03-31"."""
    if not text:
        return None
    first, dots, last = text.partition("..")
    since, until = day_option(first, "--against"), after_option(last, first)
    if not dots or since is None or until is None:
        raise UsageError(f"'{text}' is no period.", where="--against", hint="Write it as 2026-01-01..2026-03-31.")
    return since, until


def _show(found: Why) -> None:
    from goalkeeper.documents.why_words import segment_cells, why_sentences

    for sentence in why_sentences(found):
        say(sentence)
    head = [found.split, f"of the {found.weighed}", found.statistic, "own change", "adds within", "adds by mix"]
    shown = found.segments[:_MOST_SEGMENTS]
    table(head, [segment_cells(found, each) for each in shown], right=(4, 5))
    if len(found.segments) > len(shown):
        say(f"And {len(found.segments) - len(shown):,} more.")
    say("Within and mix add up to the change of the whole. “Really”: believed with all segments looked at together.")


def changes(
    workspace: str, key: str, by: str, segment: list[str], since: str, until: str, every: str, clock: str,
    statistic: str, variant: str, json: bool,
) -> None:  # fmt: skip
    """Prints what really changed, week by week or segment by segment."""
    from goalkeeper.cli.planning import watched_of
    from goalkeeper.documents.as_json import changes_json
    from goalkeeper.goals.history import History
    from goalkeeper.goals.plan import RECENT_WEEKS
    from goalkeeper.insights.changes import changes as look
    from goalkeeper.insights.changes import segment_changes
    from goalkeeper.metrics import metric
    from goalkeeper.stats.estimate import NoEstimate

    if every not in ("week", "day"):
        raise UnknownName("period", every, ("week", "day"), where="--every")
    with workspace_for(workspace) as opened:
        watched = watched_of(metric(key, opened.metrics), segment, clock, statistic, variant)
        history = History(opened)
        end = min(after_option(until, since) or history.until, history.until)
        begin = day_option(since, "--since") or end - timedelta(weeks=RECENT_WEEKS)
        if begin >= end:
            raise UsageError(f"no whole day of data lies between {begin} and {end}.", where="--since")
        if by:
            segments = segment_changes(history, watched, by, begin, end)
        else:
            found = look(history, watched, begin, end, every)
    if by and json:
        say_json([asdict(each) for each in segments])
    elif by:
        _show_segments(watched, by, segments)
    elif isinstance(found, NoEstimate):
        say_json({"no_estimate": asdict(found) | {"words": found.words}}) if json else say(
            f"Cannot say: {found.words}."
        )
    elif json:
        say_json(changes_json(found))
    else:
        show_changes(found)


def show_changes(found: Changes) -> None:
    """Prints the sentences, then a line a week."""
    from goalkeeper.documents.change_words import change_sentences, limits, mark

    for sentence in change_sentences(found):
        say(sentence)
    rows = [
        [each.period.label, _value(found.watched, each.value), limits(found, each), f"{each.n:,}", mark(each)]
        for each in found.points
    ]
    table(["", "value", "limits", found.watched.metric.counted(found.watched.variant), ""], rows, right=(3,))
    say(f"Limits: {found.method}, from the {found.baseline_points:,} before, {found.baseline.since} on.")


def _show_segments(watched: Watched, split: str, found: Sequence[SegmentChange]) -> None:
    real = sum(each.is_real for each in found)
    say(f"{watched.words}: {real:,} of {len(found):,} values of {split} really changed.")
    rows = [
        [each.name, _value(watched, each.before), _value(watched, each.now), "really changed" if each.is_real else ""]
        for each in found[:_MOST_SEGMENTS]
    ]
    table([split, "the year before", "now", ""], rows)
    say("Judged by their weeks, all looked at together: at most one in ten of those told is none, on average.")


def _value(watched: Watched, value: Result) -> str:
    from goalkeeper.stats.estimate import NoEstimate

    return f"cannot say: {value.words}" if isinstance(value, NoEstimate) else watched.format(value.value)
