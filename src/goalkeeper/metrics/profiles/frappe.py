"""Frappe Helpdesk's dashboard, as its code computes."""

from __future__ import annotations

from goalkeeper.formulas import Mean
from goalkeeper.formulas.shapes import WORKING
from goalkeeper.metrics.profiles.profile import Definition, Mark, Profile
from goalkeeper.metrics.profiles.zendesk import LAST_SOLVING, MADE
from goalkeeper.units import Unit

_CODE = "Frappe Helpdesk's source"


def _mean(name: str) -> Mean:
    value = f"{name}{{clock}}_s"
    return Mean(dataset="peer_tickets", at="opened_day", of=f"{value} IS NOT NULL", value=value)


FRAPPE = Profile(
    key="frappe",
    name="Frappe Helpdesk",
    definitions={
        "first_response_time": Definition(
            formula=_mean("first_reply"),
            clock=WORKING,
            about="""
                The mean working time from the ticket's making to the first reply of an agent, of tickets made in the
                period and answered by now: those that wait longest drop out of it.
                """,
            source=_CODE,
            begins=MADE,
            ends=Mark("reply_at", "the first public reply of a human", "reply"),
        ),
        "resolution_time": Definition(
            formula=_mean("unheld_solving"),
            clock=WORKING,
            about="""
                The mean working time from the ticket's making to its last solving, without the time pending or on
                hold; a lock after the solving changes nothing.
                """,
            source=_CODE,
            begins=MADE,
            ends=LAST_SOLVING,
            without="the time pending or on hold",
        ),
        "csat": Definition(
            formula=Mean(
                dataset="peer_answers",
                at="solved_day",
                among="kind = 'csat'",
                of="score > 0 AND scale_max = 5",
                value="score",
                left_out={"not on a scale of five": "scale_max <> 5"},
            ),
            unit=Unit.SCORE,
            bounds=(0, 5),
            counts="answers",
            about="The mean rating of five points, on the day the ticket was solved; a rating of 0 is none.",
            source=_CODE,
        ),
    },
)
