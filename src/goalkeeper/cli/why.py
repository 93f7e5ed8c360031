"""why: what of a move happened within a split, and what by its mix."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

from goalkeeper.cli.measuring import after_option
from goalkeeper.cli.show import day_option, say, say_json, table
from goalkeeper.errors import UsageError

if TYPE_CHECKING:
    from goalkeeper.insights.why import Why

_MOST_SEGMENTS = 20


def why(
    workspace: str, key: str, by: str, since: str, until: str, against: str, where: str, clock: str, statistic: str,
    variant: str, level: float, json: bool,
) -> None:  # fmt: skip
    """Prints the sentences, then a line a segment."""
    from goalkeeper.reports.why import why as explain
    from goalkeeper.stats.estimate import NoEstimate
    from goalkeeper.workspace import open_workspace

    with open_workspace(workspace) as opened:
        found = explain(
            opened, key, by, since=day_option(since, "--since"), until=after_option(until), against=_days(against),
            where=where, clock=clock, statistic=statistic, variant=variant, level=level,
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
    since, until = day_option(first, "--against"), after_option(last)
    if not dots or since is None or until is None:
        raise UsageError(f"'{text}' is no period.", where="--against", hint="Write it as 2026-01-01..2026-03-31.")
    return since, until


def _show(found: Why) -> None:
    from goalkeeper.documents.why_words import segment_cells, why_sentences

    for sentence in why_sentences(found):
        say(sentence)
    head = [found.split, f"of the {found.counted}", found.statistic, "own change", "adds within", "adds by mix"]
    shown = found.segments[:_MOST_SEGMENTS]
    table(head, [segment_cells(found, each) for each in shown], right=(4, 5))
    if len(found.segments) > len(shown):
        say(f"And {len(found.segments) - len(shown):,} more.")
    say("Within and mix add up to the change of the whole. “Really”: believed with all segments looked at together.")


def why_json(found: Why) -> dict[str, Any]:
    """The answer as a dict, in the metric's unit, with its sentences."""
    from goalkeeper.documents.why_words import why_sentences

    shown = asdict(found)
    del shown["metric"]
    more = {"metric": found.metric.key, "cause": found.cause, "sentences": why_sentences(found)}
    return more | shown
