"""Which canonical columns a metric hangs on, so that a source that lacks one can be named before anything is loaded.

A need is ``table.column``, or ``ticket_events.reply`` for a kind of event and ``survey_responses.csat`` for a kind of
survey; where several would do they are parted by a bar. Datasets without a line here need the first of the tables that
they read. The first need of a dataset is what it is made of: a source that does not meet it has nothing to do with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from goalkeeper.datasets import dataset
from goalkeeper.formulas import Formula, Predicate

_LOSS = "subscriptions.ended_at|subscriptions.cancelled_at|subscription_events.cancelled"
# What any metric over the dataset needs.
OF_DATASET: dict[str, tuple[str, ...]] = {
    "tickets": ("tickets.created_at",),
    "turns": ("ticket_events.reply",),
    "open_spans": ("tickets.created_at", "ticket_events.status|tickets.solved_at"),
    "open_and_staff": ("tickets.created_at", "ticket_events.status|tickets.solved_at", "agents.hired_on"),
    "promises": ("tickets.created_at", "ticket_events.reply|ticket_events.status"),
    "calls": ("interactions.outcome",),
    "answers": ("survey_responses.score",),
    "invitations": ("survey_invitations.sent_at", "survey_responses.invitation_id"),
    "dissatisfied": ("survey_responses.csat", "survey_responses.customer_id"),
    "help_requests": ("self_service_sessions.started_at", "tickets.created_at"),
    "service_days": ("tickets.created_at",),
    "agent_days": ("agent_shifts.started_at",),
    "topic_months": ("tickets.reason", "trainings.topic"),
    "courses_due": ("training_requirements.due_on|training_assignments.due_on", "trainings.completed_at"),
    "account_quarters": ("accounts.account_id", "touches.occurred_at"),
    "qa_pairs": ("qa_reviews.score", "qa_reviews.reviewer_id"),
    "customer_spans": ("subscriptions.started_at", _LOSS),
    "revenue_spans": ("subscriptions.mrr", _LOSS),
    "cancel_requests": ("subscription_events.cancel_requested", "subscriptions.started_at"),
    "subscriber_tickets": ("subscriptions.started_at", _LOSS, "tickets.requester_customer_id"),
    "orders_and_acquisitions": ("orders.ordered_at", "acquisitions.cost"),
    "revenue_and_acquisitions": ("subscriptions.mrr", _LOSS, "acquisitions.cost"),
    "shop_visits": ("shop_visits.started_at", "shop_visits.chatted|shop_visits.interaction_id"),
}

# What a column of a dataset needs beside that.
_SOLVED = ("ticket_events.status|tickets.solved_at",)
_REPLIED = ("ticket_events.reply",)
OF_COLUMN: dict[str, dict[str, tuple[str, ...]]] = {
    "tickets": {
        "first_response_s": _REPLIED,
        "first_response_done": _REPLIED,
        "solved_at": _SOLVED,
        "solved_day": _SOLVED,
        "resolved": _SOLVED,
        "first_solved_at": _SOLVED,
        "reopens": ("ticket_events.status",),
        "reopened_s": ("ticket_events.status",),
        "contacts": ("ticket_events.reply|interactions.ticket_id",),
        "people": ("ticket_events.reply", "ticket_events.actor_id"),
        "bot_replies": _REPLIED,
        "transfers": ("ticket_events.team",),
        "escalated": ("ticket_events.escalation|teams.tier",),
        "next_same_topic_s": ("tickets.requester_customer_id", "tickets.reason"),
        "next_contact_s": ("tickets.requester_customer_id",),
        "topic_detail": ("tickets.reason_detail",),
        "closed_at": ("ticket_events.status|tickets.closed_at",),
    },
    "calls": {
        "wait_s": ("interactions.wait_s|interactions.queue_entered_at",),
        "handle_s": ("interactions.talk_s",),
        "wrap_s": ("interactions.wrap_s",),
    },
    "answers": {"has_comment": ("survey_responses.comment",)},
    "dissatisfied": {
        "contacted": ("touches.occurred_at|ticket_events.reply|interactions.direction",),
        "reviewed": ("reviews.customer_id",),
    },
    "service_days": {
        "cost": ("agent_costs.amount|cost_items.amount",),
        "resolved": _SOLVED,
        "resolved_for_cost": _SOLVED,
        "customers": ("subscriptions.started_at|orders.ordered_at",),
        "orders": ("orders.ordered_at",),
    },
    "agent_days": {
        "contacts": ("interactions.agent_id|tickets.assignee_agent_id",),
        "handle_s": ("interactions.talk_s", "interactions.agent_id"),
        "overtime_s": ("agent_shifts.kind",),
    },
    "failures": {"shared": ("failures.shared_at",), "repeated": ("failures.cause",)},
    "qa": {"left_out": ("qa_reviews.sampled_at_random",)},
    "ideas": {"adopted": ("feedback_items.status",), "adopted_in_time": ("feedback_items.status",)},
    "purchases": {"margin": ("orders.cost",)},
    "shop_visits": {"bought_3": ("shop_visits.order_id|orders.ordered_at",)},
    "acquisitions": {"referred": ("acquisitions.channel|acquisitions.referred_by_customer_id",)},
    "customer_spans": {"ending": ("subscription_events.cancelled", "subscription_events.voluntary")},
    "agent_spans": {"opened_at": ("agents.hired_on",), "ended_at": ("agents.left_on",)},
}


_KIND = re.compile(r"\bkind = '(\w+)'")


def needs(formula: Formula) -> tuple[str, ...]:
    """The needs of a formula: first those of its dataset, then of every column and kind that its texts name."""
    data = dataset(formula.dataset)
    base = OF_DATASET.get(data.name) or tuple(f"{table}." for table in data.reads[:1])
    texts = [formula.on("calendar", text) for text in formula.texts] + ([formula.at] if formula.at else [])
    columns = {name for text in texts for name in Predicate(text, data.names).columns}
    own = OF_COLUMN.get(data.name, {})
    kinds = _KIND.findall(formula.among) if data.name == "answers" else ()
    more = {need for column in columns for need in own.get(column, ())}
    return tuple(dict.fromkeys((*(f"survey_responses.{kind}" for kind in kinds), *base, *sorted(more))))


def missing(needed: Iterable[str], filled: set[str]) -> tuple[str, ...]:
    """The needs that the filled ``table.column`` names do not meet; a need that ends in a dot asks for the table."""
    return tuple(need for need in needed if not any(_met(each, filled) for each in need.split("|")))


def _met(need: str, filled: set[str]) -> bool:
    return need in filled or (need.endswith(".") and any(name.startswith(need) for name in filled))
