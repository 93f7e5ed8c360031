"""How well: solved at first contact, reopened, escalated, and what customers say."""

from __future__ import annotations

from goalkeeper.formulas import Index, Mean, Share
from goalkeeper.metrics.metric import Aim, Benchmark, Group, Metric
from goalkeeper.metrics.sources import ELEVEN_METRICS, SERVICE_GOALS, SEVENTEEN_TYPES, SQM, TEN_OBJECTIVES
from goalkeeper.units import Better, Unit

DAY_S = 86_400


def _first_contact(days: int, gap: str = "next_same_topic_s") -> Share:
    """Resolved with one contact, no hand-over, no reopening, and quiet for that many days.

    Tickets that failed already are pending too until the days are over: successes wait that long, so counting only the
    failures at once would bend the newest shares down.
    """
    quiet = days * DAY_S
    failed = f"contacts > 1 OR transfers > 0 OR escalated OR reopens > 0 OR coalesce({gap} <= {quiet}, false)"
    return Share(
        dataset="tickets",
        at="solved_day",
        of="solved_at IS NOT NULL AND contacts > 0",
        hits=f"resolved AND NOT ({failed})",
        pending=f"quiet_s < {quiet}",
        window_days=days,
        left_out={"solved without a human contact": "solved_at IS NOT NULL AND contacts = 0"},
    )


FIRST_CONTACT_RESOLUTION = Metric(
    key="first_contact_resolution",
    name="First-contact resolution",
    asks="Was the customer's problem solved without a second contact?",
    group=Group.OPERATIONAL,
    unit=Unit.SHARE,
    better=Better.HIGHER,
    formula=_first_contact(7),
    variants={
        "1d": _first_contact(1),
        "3d": _first_contact(3),
        "14d": _first_contact(14),
        "30d": _first_contact(30),
        "any_topic": _first_contact(7, "next_contact_s"),
        "no_reopen": Share(
            dataset="tickets",
            at="solved_day",
            of="solved_at IS NOT NULL",
            hits="reopens = 0",
            pending=f"quiet_s < {7 * DAY_S}",
            window_days=7,
        ),
        "one_touch": Share(dataset="tickets", at="solved_day", of="solved_at IS NOT NULL", hits="one_touch"),
    },
    aims=(Aim.QUALITY, Aim.LASTING),
    counts="solved tickets",
    watch_with=("resolution_time", "csat"),
    benchmarks=(
        Benchmark(0.70, 0.79, "standard; 80 % is world class", ELEVEN_METRICS, "C"),
        Benchmark(0.67, 0.72, "mean of the survey form", SQM, "B", ("phone",)),
    ),
    sources=(SERVICE_GOALS, ELEVEN_METRICS),
    about="""
        Solved tickets with exactly one human contact, never handed to another team or a specialist, never reopened,
        and without a new ticket of the same customer on the same topic within seven days. A ticket whose seven days
        are not over is pending, even if it failed already: successes take that long to show. Other windows, any
        topic, no reopening and one touch are variants and are never mixed.
        """,
    gamed_by="Logging the second contact as something new.",
)


def _reopened(days: int) -> Share:
    """Taken back within so many days of the first solving; pending until they are over, as of `_first_contact`."""
    return Share(
        dataset="tickets",
        at="first_solved_day",
        of="first_solved_at IS NOT NULL",
        hits=f"coalesce(reopened_at >= first_solved_at AND reopened_s <= {days * DAY_S}, false)",
        pending=f"solved_followed_s < {days * DAY_S}",
        window_days=days,
    )


REOPEN_RATE = Metric(
    key="reopen_rate",
    name="Reopened",
    asks="How many solved tickets come back?",
    group=Group.OPERATIONAL,
    unit=Unit.SHARE,
    better=Better.LOWER,
    formula=_reopened(7),
    variants={
        "14d": _reopened(14),
        "30d": _reopened(30),
        "ever": Share(dataset="tickets", at="first_solved_day", of="first_solved_at IS NOT NULL", hits="reopens > 0"),
        "of_all": Share(dataset="tickets", at="created_day", hits="reopens > 0", counts="tickets"),
    },
    aims=(Aim.QUALITY, Aim.LASTING),
    counts="solved tickets",
    watch_with=("resolution_time",),
    sources=(SEVENTEEN_TYPES,),
    about="""
        Tickets that an agent or the customer took back within seven days of the first solving, among those solved. A
        ticket whose seven days are not over is pending, even if it was taken back already, so that the newest days are
        comparable. Variants have other windows; `ever` and its share `of_all` tickets, solved or not, have none, and
        grow while later reopenings come.
        """,
    gamed_by="Answering in a new ticket instead of reopening.",
)

ESCALATION_RATE = Metric(
    key="escalation_rate",
    name="Escalated",
    asks="How many tickets does the front line pass on?",
    group=Group.OPERATIONAL,
    unit=Unit.SHARE,
    better=Better.LOWER,
    formula=Share(dataset="tickets", at="created_day", hits="escalated"),
    aims=(Aim.DEFLECTION,),
    counts="tickets",
    watch_with=("first_contact_resolution", "csat"),
    benchmarks=(Benchmark(None, 0.10, "below 10 %", ELEVEN_METRICS, "C"),),
    sources=(ELEVEN_METRICS,),
    about="""
        Tickets passed from the front line to a specialist team, by an escalation event or by a change to a team of a
        higher tier, among all tickets.
        """,
    gamed_by="Holding on to tickets for too long.",
)

PEOPLE_PER_TICKET = Metric(
    key="people_per_ticket",
    name="Points of contact",
    asks="How many different people does a customer deal with?",
    group=Group.OPERATIONAL,
    unit=Unit.COUNT,
    better=Better.LOWER,
    formula=Mean(
        dataset="tickets",
        at="solved_day",
        of="solved_at IS NOT NULL AND people > 0",
        value="people",
        left_out={
            "without a human reply": "solved_at IS NOT NULL AND people = 0",
            "with a reply that names nobody": "solved_at IS NOT NULL AND people IS NULL",
        },
    ),
    aims=(Aim.QUALITY,),
    counts="solved tickets",
    watch_with=("handle_time",),
    sources=(TEN_OBJECTIVES,),
    about="Distinct human agents who replied in public, a solved ticket.",
)

CSAT = Metric(
    key="csat",
    name="Customer satisfaction",
    asks="How many customers who answered are satisfied?",
    group=Group.QUALITY,
    unit=Unit.SHARE,
    better=Better.HIGHER,
    formula=Share(
        dataset="answers",
        at="responded_day",
        among="kind = 'csat'",
        of="satisfied IS NOT NULL",
        hits="satisfied",
        left_out={"on a scale without known top boxes": "satisfied IS NULL"},
    ),
    aims=(Aim.QUALITY,),
    early=True,
    counts="answers",
    watch_with=("survey_response_rate", "first_response_time"),
    benchmarks=(Benchmark(0.75, 0.85, "good; small firms over 90 %", ELEVEN_METRICS, "C"),),
    sources=(SERVICE_GOALS, ELEVEN_METRICS),
    about="""
        Answers in the scale's top boxes among all answers: 4 and 5 of 1 to 5, so 3 is not satisfied. The interval is
        sampling error among those who answered; it says nothing about those who did not.
        """,
    gamed_by="Asking only happy customers.",
)

SURVEY_RESPONSE_RATE = Metric(
    key="survey_response_rate",
    name="Survey response rate",
    asks="How many of those asked answer?",
    group=Group.QUALITY,
    unit=Unit.SHARE,
    better=Better.HIGHER,
    formula=Share(dataset="invitations", at="sent_day", hits="answered", pending="is_open", window_days=14),
    counts="invitations",
    benchmarks=(Benchmark(0.20, None, "over 20 %; 5 % is noise", SERVICE_GOALS, "C"),),
    sources=(SERVICE_GOALS,),
    about="""
        Answered among the invitations whose window is over: until they expire, or 14 days. Those still open are
        pending, answered or not, since silence takes that long to show.
        """,
    gamed_by="Not asking those who may not answer.",
)

NPS = Metric(
    key="nps",
    name="Net promoter score",
    asks="Would customers recommend us?",
    group=Group.QUALITY,
    unit=Unit.INDEX,
    better=Better.HIGHER,
    formula=Index(
        dataset="answers",
        at="responded_day",
        among="kind = 'nps'",
        of="promoter IS NOT NULL",
        plus="promoter",
        minus="detractor",
        left_out={"not on a scale of 0 to 10": "promoter IS NULL"},
    ),
    aims=(Aim.QUALITY,),
    counts="answers",
    watch_with=("survey_response_rate",),
    benchmarks=(Benchmark(0.20, 0.50, "good; 50 and more excellent", ELEVEN_METRICS, "C"),),
    sources=(ELEVEN_METRICS,),
    about="""
        The share of 9 and 10 less the share of 0 to 6, on a scale of 0 to 10. Answers on 1 to 10 are never read as
        if they were on 0 to 10: they are left out and counted as such. Programs get it from -1 to 1, people times 100.
        """,
    gamed_by="Choosing the moment to ask.",
)

QUALITY = (
    FIRST_CONTACT_RESOLUTION,
    REOPEN_RATE,
    ESCALATION_RATE,
    PEOPLE_PER_TICKET,
    CSAT,
    SURVEY_RESPONSE_RATE,
    NPS,
)
