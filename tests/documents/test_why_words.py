"""What is made of a move whose cause is a segment of one of the two times only."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from goalkeeper.documents.why_words import why_sentences
from goalkeeper.insights.why import Cause, Segment, Why
from goalkeeper.measure import Period
from goalkeeper.metrics import METRICS
from goalkeeper.stats.estimate import Estimate
from goalkeeper.stats.proportion import wilson


def told(change: float) -> Estimate:
    return Estimate(change, change - 0.02, change + 0.02, 0.95, 400, "")


def outage(before: Estimate | None, now: Estimate | None) -> Why:
    """Satisfaction falls by 6 points, all of it by the share of one topic; the other one is as it was."""
    share_before, share_now = (0.12 if each else 0.0 for each in (before, now))
    same = wilson(180, 200)
    segments = (
        Segment("outage", before, now, share_before, share_now, None, False, 0.0, -0.059),
        Segment("other", same, same, 1 - share_before, 1 - share_now, told(0), False, 0.0, -0.001),
    )
    spans = (Period(date(2026, 3, 1), date(2026, 4, 1), ""), Period(date(2026, 2, 1), date(2026, 3, 1), ""))
    return Why(
        METRICS["csat"], "topic", "share", "", "", "answers", "answers", *spans, wilson(180, 200), wilson(168, 200),
        told(-0.06), told(0), told(-0.06), segments,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (outage(None, wilson(8, 24)), "So what moved it is outage, which is new: look at that by itself."),
        (outage(wilson(8, 24), None), "So what moved it is outage, which is gone: look at that by itself."),
    ],
)
def test_a_segment_of_one_time_is_no_change_of_mix(found: Why, words: str) -> None:
    assert found.cause is Cause.MIX
    assert why_sentences(found)[-1] == words


def test_a_change_of_mix_blames_nobody() -> None:
    found = outage(wilson(8, 24), wilson(8, 24))
    found = replace(found, segments=(replace(found.segments[0], share_before=0.02), found.segments[1]))
    assert why_sentences(found)[-1].startswith("So what changed is who is counted; that says nothing of how well")
