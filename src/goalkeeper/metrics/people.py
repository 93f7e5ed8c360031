"""The team behind the service: how it fares, what it learns, and how it is loaded."""

from __future__ import annotations

from math import inf

from goalkeeper.formulas import Departures, Index, Mean, Ratio, Share, Total
from goalkeeper.metrics.metric import Aim, Group, Metric
from goalkeeper.metrics.sources import KPI_PROCESS, SEVENTEEN_TYPES
from goalkeeper.units import Better, Unit

_SMALL_GROUPS = (
    "Groups of under five answers are never shown, nor what would give one away: told are weeks, months, quarters and "
    "years that are over."
)

EMPLOYEE_SATISFACTION = Metric(
    key="employee_satisfaction",
    name="Employee satisfaction",
    asks="How many of the team are satisfied with their work?",
    group=Group.PEOPLE,
    unit=Unit.SHARE,
    better=Better.HIGHER,
    formula=Share(
        dataset="answers",
        at="responded_day",
        among="kind = 'esat'",
        of="satisfied IS NOT NULL",
        hits="satisfied",
        left_out={"on a scale without known top boxes": "satisfied IS NULL"},
        people=True,
    ),
    counts="answers of employees",
    every="quarter",
    watch_with=("enps", "agent_attrition"),
    sources=(KPI_PROCESS,),
    about=f"Answers in the top boxes of the team's pulse survey among all its answers. {_SMALL_GROUPS}",
    gamed_by="Pressing people to answer well.",
)

EMPLOYEE_SCORE = Metric(
    key="employee_score",
    name="Employee satisfaction, mean",
    asks="How satisfied is the team on average?",
    group=Group.PEOPLE,
    unit=Unit.SCORE,
    better=Better.HIGHER,
    formula=Mean(
        dataset="answers",
        at="responded_day",
        among="kind = 'esat'",
        of="scale_min = 1 AND scale_max = 5",
        value="score",
        left_out={"not on a scale of 1 to 5": "NOT (scale_min = 1 AND scale_max = 5)"},
        people=True,
    ),
    bounds=(1, 5),
    counts="answers of employees",
    every="quarter",
    watch_with=("enps", "agent_attrition"),
    sources=(KPI_PROCESS,),
    about=f"The mean of the answers of the team's pulse survey, on a scale of 1 to 5. {_SMALL_GROUPS}",
    gamed_by="Pressing people to answer well.",
)

ENPS = Metric(
    key="enps",
    name="Employee net promoter score",
    asks="Would the team recommend working here?",
    group=Group.PEOPLE,
    unit=Unit.INDEX,
    better=Better.HIGHER,
    formula=Index(
        dataset="answers",
        at="responded_day",
        among="kind = 'enps'",
        of="promoter IS NOT NULL",
        plus="promoter",
        minus="detractor",
        left_out={"not on a scale of 0 to 10": "promoter IS NULL"},
        people=True,
    ),
    counts="answers of employees",
    every="quarter",
    watch_with=("employee_satisfaction", "agent_attrition"),
    sources=(KPI_PROCESS,),
    about=f"The share of 9 and 10 less that of 0 to 6 among the team's answers, on 0 to 10. {_SMALL_GROUPS}",
    gamed_by="Pressing people to answer well.",
)

TRAINING_COMPLETION = Metric(
    key="training_completion",
    name="Training completed",
    asks="How many courses are completed by the day they are due?",
    group=Group.PEOPLE,
    unit=Unit.SHARE,
    better=Better.HIGHER,
    formula=Share(dataset="courses_due", at="due_day", hits="completed", pending="is_open"),
    variants={
        "late_too": Share(dataset="courses_due", at="due_day", hits="completed_late", pending="is_open"),
    },
    counts="courses due",
    watch_with=("qa_score",),
    sources=(SEVENTEEN_TYPES,),
    about="""
        Courses that agents had completed and passed by the day they were due, among those due; the variant `late_too`
        counts those completed afterwards as well. Courses of agents who had left by then are left out.
        """,
    gamed_by="Clicking through.",
)

CERTIFICATION_COVERAGE = Metric(
    key="certification_coverage",
    name="Product knowledge",
    asks="On how many topics are at least two agents certified?",
    group=Group.PEOPLE,
    unit=Unit.SHARE,
    better=Better.HIGHER,
    formula=Share(dataset="topic_months", at="month_day", hits="certified >= 2", pending="is_open"),
    counts="topics a month",
    watch_with=("first_contact_resolution", "escalation_rate"),
    sources=(SEVENTEEN_TYPES,),
    about="""
        Topics with at least two agents whose certificate held at the end of the month, among the topics that had
        tickets in that month. A longer period counts each topic once a month.
        """,
    gamed_by="Easy certificates.",
)

RELATIONSHIP_TOUCHES = Metric(
    key="relationship_touches",
    name="Accounts in touch",
    asks="How many accounts do we speak to each quarter?",
    group=Group.PEOPLE,
    unit=Unit.SHARE,
    better=Better.HIGHER,
    formula=Share(dataset="account_quarters", at="quarter_day", hits="touched", pending="is_open"),
    counts="accounts a quarter",
    watch_with=("nps",),
    sources=(SEVENTEEN_TYPES,),
    about="""
        Accounts that the company reached out to within the quarter, among the accounts it had in it. A quarter that is
        not over is pending.
        """,
    gamed_by="Mails that nobody needs.",
)

FAILURES_SHARED = Metric(
    key="failures_shared",
    name="Service failures shared",
    asks="From how many failures does everyone learn?",
    group=Group.PEOPLE,
    unit=Unit.SHARE,
    better=Better.HIGHER,
    formula=Share(dataset="failures", at="failed_day", hits="shared", pending="is_open", window_days=30),
    counts="failures",
    watch_with=("failure_repeats",),
    sources=(SEVENTEEN_TYPES,),
    about="Failures of the service whose lesson was written up and shared within 30 days, among those recorded.",
    gamed_by="Not recording failures.",
)

FAILURE_REPEATS = Metric(
    key="failure_repeats",
    name="Repeated failures",
    asks="How many failures have a cause we knew already?",
    group=Group.PEOPLE,
    unit=Unit.SHARE,
    better=Better.LOWER,
    formula=Share(
        dataset="failures",
        at="failed_day",
        of="cause IS NOT NULL",
        hits="repeated",
        left_out={"no cause named": "cause IS NULL"},
    ),
    counts="failures",
    watch_with=("failures_shared",),
    sources=(SEVENTEEN_TYPES,),
    about="Failures whose cause was recorded before within 365 days, among those with a cause.",
    gamed_by="Naming the same cause anew.",
)

AGENT_ATTRITION = Metric(
    key="agent_attrition",
    name="Agent attrition",
    asks="How many of the team leave in a year?",
    group=Group.PEOPLE,
    unit=Unit.SHARE,
    better=Better.LOWER,
    formula=Departures(dataset="agent_spans", opened="opened_at", ended="ended_at"),
    bounds=(0, inf),
    counts="days of employment",
    watch_with=("employee_satisfaction", "occupancy"),
    sources=(KPI_PROCESS,),
    about="Agents who left in the period, per year of the time that agents were employed in it; bots do not count.",
    gamed_by="Moving leavers to another list first.",
)

OCCUPANCY = Metric(
    key="occupancy",
    name="Occupancy",
    asks="How much of the staffed time goes into handling contacts?",
    group=Group.PEOPLE,
    unit=Unit.SHARE,
    better=Better.NEITHER,
    formula=Ratio(dataset="agent_days", at="worked_day", over="handle_s", under="staffed_s"),
    bounds=(0, inf),
    counts="days of agents",
    watch_with=("agent_attrition", "employee_satisfaction"),
    sources=(KPI_PROCESS,),
    about="""
        Talk, hold and after-contact work over the time that agents were handling contacts or free for them; over the
        time worked where free time is not logged. Tickets by mail have no handling time, so it speaks of live contacts.
        The hours of a shift count on the local days on which they are worked, a contact on the day it began. Held above
        85 to 90 % it wears people out. Parallel chats can take it above 100 %.
        """,
    gamed_by="Misusing the status.",
)

OVERTIME = Metric(
    key="overtime",
    name="Overtime",
    asks="How much do people work outside their planned hours?",
    group=Group.PEOPLE,
    unit=Unit.SHARE,
    better=Better.LOWER,
    formula=Ratio(
        dataset="agent_days",
        at="worked_day",
        of="overtime_s IS NOT NULL",
        over="overtime_s",
        under="worked_s",
        left_out={"no planned hours known": "overtime_s IS NULL AND worked_s IS NOT NULL"},
    ),
    counts="days of agents",
    aims=(Aim.QUALITY,),
    watch_with=("employee_satisfaction", "backlog"),
    sources=(KPI_PROCESS,),
    about="""
        Time worked outside the planned shifts among all time worked. Shifts that overlap are one, planned or worked,
        and the hours of one over midnight count on the local days on which they are worked.
        """,
    gamed_by="Working without logging it.",
)

OVERTIME_HOURS = Metric(
    key="overtime_hours",
    name="Overtime hours",
    asks="How many hours were worked outside the plan?",
    group=Group.PEOPLE,
    unit=Unit.DURATION,
    better=Better.LOWER,
    formula=Total(
        dataset="agent_days",
        at="worked_day",
        of="overtime_s IS NOT NULL",
        value="overtime_s",
        left_out={"no planned hours known": "overtime_s IS NULL AND worked_s IS NOT NULL"},
    ),
    counts="days of agents",
    watch_with=("employee_satisfaction", "backlog"),
    sources=(KPI_PROCESS,),
    about="""
        The time worked outside the planned shifts, summed over the period. Shifts that overlap are one, planned or
        worked, and the hours of one over midnight count on the local days on which they are worked.
        """,
    gamed_by="Working without logging it.",
)

PEOPLE = (
    EMPLOYEE_SATISFACTION,
    EMPLOYEE_SCORE,
    ENPS,
    TRAINING_COMPLETION,
    CERTIFICATION_COVERAGE,
    RELATIONSHIP_TOUCHES,
    FAILURES_SHARED,
    FAILURE_REPEATS,
    AGENT_ATTRITION,
    OCCUPANCY,
    OVERTIME,
    OVERTIME_HOURS,
)
