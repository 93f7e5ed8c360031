"""The phone and other live contacts: answered how fast, lost, and how long handled."""

from __future__ import annotations

from goalkeeper.datasets.work import OFFERED
from goalkeeper.formulas import Mean, Share
from goalkeeper.metrics.metric import Aim, Benchmark, Group, Metric
from goalkeeper.metrics.sources import ELEVEN_METRICS, TEN_OBJECTIVES
from goalkeeper.units import Better, Unit

# A contact is offered once, however often it is passed on.
_OFFERED = f"{OFFERED} AND NOT passed_on"
_ANSWERED = "answered AND NOT passed_on"
_NO_WAIT = {"answered, but without a waiting time": "answered AND wait_s IS NULL"}

SPEED_OF_ANSWER = Metric(
    key="speed_of_answer",
    name="Speed of answer",
    asks="How long do callers wait until somebody answers?",
    group=Group.OPERATIONAL,
    unit=Unit.DURATION,
    better=Better.LOWER,
    formula=Mean(
        dataset="calls",
        at="started_day",
        among=_ANSWERED,
        of="wait_s IS NOT NULL",
        value="wait_s",
        left_out=_NO_WAIT,
    ),
    aims=(Aim.SPEED,),
    counts="answered calls",
    watch_with=("handle_time",),
    benchmarks=(Benchmark(None, 20, "20 s", ELEVEN_METRICS, "C", ("phone",)),),
    sources=(ELEVEN_METRICS,),
    about="""
        Time in the queue of answered calls; those answered at once count with 0. A call that is passed on to another
        agent counts once, by the first.
        """,
)

SERVICE_LEVEL = Metric(
    key="service_level",
    name="Service level",
    asks="How many callers are answered within 20 seconds?",
    group=Group.OPERATIONAL,
    unit=Unit.SHARE,
    better=Better.HIGHER,
    formula=Share(
        dataset="calls",
        at="started_day",
        among=_OFFERED,
        of="abandoned OR wait_s IS NOT NULL",
        hits="answered AND wait_s <= 20",
        left_out=_NO_WAIT,
    ),
    variants={
        "of_answered": Share(
            dataset="calls",
            at="started_day",
            among=_ANSWERED,
            of="wait_s IS NOT NULL",
            hits="wait_s <= 20",
            left_out=_NO_WAIT,
            counts="answered calls",
        )
    },
    aims=(Aim.SPEED,),
    counts="offered calls",
    watch_with=("abandonment_rate",),
    sources=(ELEVEN_METRICS,),
    about="""
        Calls answered within 20 seconds among all offered: answered or abandoned, short abandons aside. The variant
        `of_answered` divides by answered calls only, which flatters a queue that loses many. A call that is passed on
        to another agent counts once, by the first.
        """,
    gamed_by="Answering and putting on hold.",
)

ABANDONMENT_RATE = Metric(
    key="abandonment_rate",
    name="Abandoned",
    asks="How many callers give up in the queue?",
    group=Group.OPERATIONAL,
    unit=Unit.SHARE,
    better=Better.LOWER,
    formula=Share(dataset="calls", at="started_day", among=_OFFERED, hits="abandoned"),
    aims=(Aim.SPEED,),
    counts="offered calls",
    sources=(ELEVEN_METRICS,),
    about="""
        Calls that left the queue among all offered; short abandons are left out and counted as such. A call that is
        passed on to another agent counts once, by the first.
        """,
    gamed_by="Sending waiting callers to voicemail.",
)

HANDLE_TIME = Metric(
    key="handle_time",
    name="Average handle time",
    asks="How much work is one call?",
    group=Group.OPERATIONAL,
    unit=Unit.DURATION,
    better=Better.LOWER,
    formula=Mean(
        dataset="calls",
        at="started_day",
        among="answered",
        of="handle_s IS NOT NULL",
        value="handle_s",
        left_out={"answered, but without a handling time": "handle_s IS NULL"},
    ),
    aims=(Aim.SPEED,),
    counts="answered calls",
    watch_with=("first_contact_resolution", "csat"),
    benchmarks=(
        Benchmark(180, 300, "retail 3-5 min", ELEVEN_METRICS, "C", ("phone",), statistic="mean", industry="retail"),
    ),
    sources=(ELEVEN_METRICS,),
    about="""
        Talking, holding and after-contact work, an answered call; the mean, since it plans capacity. A call that is
        passed on counts with each agent who takes it.
        """,
    gamed_by="Hanging up, and transferring.",
)

AFTER_CONTACT_WORK = Metric(
    key="after_contact_work",
    name="After-contact work",
    asks="How long does an agent work on after the customer is gone?",
    group=Group.OPERATIONAL,
    unit=Unit.DURATION,
    better=Better.LOWER,
    formula=Mean(
        dataset="calls",
        at="started_day",
        among="answered",
        of="wrap_s IS NOT NULL",
        value="wrap_s",
        left_out={"answered, but without after-contact work logged": "answered AND wrap_s IS NULL"},
    ),
    aims=(Aim.SPEED,),
    counts="handled contacts",
    watch_with=("qa_score", "first_contact_resolution"),
    sources=(TEN_OBJECTIVES,),
    about="The time agents spend on a call or chat after it has ended, a handled contact.",
    gamed_by="Skipping the notes.",
)

CALLS = (SPEED_OF_ANSWER, SERVICE_LEVEL, ABANDONMENT_RATE, HANDLE_TIME, AFTER_CONTACT_WORK)
