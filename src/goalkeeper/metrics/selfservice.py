"""What customers and bots solve without an agent."""

from __future__ import annotations

from goalkeeper.formulas import Share
from goalkeeper.metrics.metric import Aim, Group, Metric
from goalkeeper.metrics.sources import SERVICE_GOALS
from goalkeeper.units import Better, Unit

DAY_S = 86_400


def _deflected(known: str = "true") -> Share:
    """Visits that found an answer and were not followed by a ticket, among those and the tickets.

    Tickets wait as long as visits, which would else be missing beside them in the newest hours.
    """
    visit = f"NOT is_ticket AND ({known})"
    return Share(
        dataset="help_requests",
        at="asked_day",
        among=f"is_ticket OR ({known})",
        of="is_ticket OR (answered AND NOT followed)",
        hits="NOT is_ticket",
        pending="is_open",
        left_out={
            "visit followed by a ticket": f"{visit} AND followed",
            "visit without an answer": f"{visit} AND NOT answered AND NOT followed",
        },
        window_days=1,
    )


DEFLECTION_RATE = Metric(
    key="deflection_rate",
    name="Self-service deflection",
    asks="How many requests are answered without a ticket?",
    group=Group.OPERATIONAL,
    unit=Unit.SHARE,
    better=Better.HIGHER,
    formula=_deflected(),
    variants={"known_visitors": _deflected("is_known")},
    aims=(Aim.DEFLECTION,),
    counts="visits and tickets",
    watch_with=("effort_score", "contact_rate"),
    sources=(SERVICE_GOALS,),
    about="""
        Visits to the help centre or the bot that got an answer and were not followed by a ticket within 24 hours, among
        those visits and all tickets of customers. It says that no ticket followed, not that the answer helped: a
        visitor who gave up looks the same. Tickets of unknown visitors cannot be told to be theirs, so the whole is an
        upper bound; the variant `known_visitors` counts visits of signed-in customers only.
        """,
    gamed_by="Making it hard to find the contact form.",
)

AUTOMATED_RESOLUTION_RATE = Metric(
    key="automated_resolution_rate",
    name="Resolved without a human",
    asks="How many tickets that the bot answered does it solve alone?",
    group=Group.OPERATIONAL,
    unit=Unit.SHARE,
    better=Better.HIGHER,
    formula=Share(
        dataset="tickets",
        at="created_day",
        among="bot_replies > 0",
        hits=f"resolved AND contacts = 0 AND NOT coalesce(next_same_topic_s <= {7 * DAY_S}, false)",
        pending=f"coalesce(quiet_s, followed_s) < {7 * DAY_S}",
        window_days=7,
    ),
    aims=(Aim.DEFLECTION,),
    counts="tickets that a bot answered",
    watch_with=("csat", "first_contact_resolution"),
    sources=(SERVICE_GOALS,),
    about="""
        Tickets solved by the bot, with no reply or call of a human, and without a new ticket of the same customer on
        the same topic within seven days, among the tickets that the bot answered. Silence counts only once the seven
        days are over: until then a ticket is pending.
        """,
    gamed_by="Counting silence as an answer at once.",
)

SELF_SERVICE = (DEFLECTION_RATE, AUTOMATED_RESOLUTION_RATE)
