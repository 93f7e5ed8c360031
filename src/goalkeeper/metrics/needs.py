"""Which canonical columns a metric hangs on, so that a source that lacks one can be named before anything is loaded.

A need is ``table.column``, or ``ticket_events.reply`` for a kind of event and ``survey_responses.csat`` for a kind of
survey; where several would do they are parted by a bar. Datasets without a line here need the first of the tables that
they read. The first need of a dataset is what it is made of: a source that does not meet it has nothing to do with it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from goalkeeper.datasets import dataset
from goalkeeper.formulas import Formula, Part, Predicate
from goalkeeper.warehouse.told import OWN

_WHY = "subscription_events.cancel_requested|subscription_events.payment_failed|subscription_events.voluntary"
_LOSS = "subscriptions.ended_at|subscriptions.cancelled_at|subscription_events.cancelled"
# What any metric over the dataset needs.
OF_DATASET: dict[str, tuple[str, ...]] = {
    "tickets": ("tickets.created_at",),
    "turns": ("ticket_events.reply",),
    "open_spans": ("tickets.created_at", "ticket_events.status|tickets.solved_at|tickets.closed_at"),
    "open_and_staff": (
        "tickets.created_at",
        "ticket_events.status|tickets.solved_at|tickets.closed_at",
        "agents.hired_on",
    ),
    "promises": (
        "tickets.created_at",
        "ticket_events.reply|tickets.first_replied_at|ticket_events.status|tickets.solved_at|tickets.closed_at",
    ),
    "calls": ("interactions.started_at", "interactions.outcome"),
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
_SOLVED = ("ticket_events.status|tickets.solved_at|tickets.closed_at",)
_REPLIED = ("ticket_events.reply",)
_FIRST_REPLIED = ("ticket_events.reply|tickets.first_replied_at",)
OF_COLUMN: dict[str, dict[str, tuple[str, ...]]] = {
    "tickets": {
        "first_response_s": _FIRST_REPLIED,
        "first_response_done": _FIRST_REPLIED,
        "solved_at": _SOLVED,
        "solved_day": _SOLVED,
        "resolved": _SOLVED,
        "first_solved_at": _SOLVED,
        "reopens": ("ticket_events.status",),
        "reopened": ("ticket_events.status",),
        "reopened_s": ("ticket_events.status",),
        "one_touch": ("ticket_events.reply|interactions.ticket_id", "ticket_events.status"),
        "replies": _REPLIED,
        "customer_messages": _REPLIED,
        "notes": ("ticket_events.note|ticket_events.reply",),
        "calls": ("interactions.ticket_id",),
        "reassignments": ("ticket_events.assign",),
        "contacts": ("ticket_events.reply|interactions.ticket_id",),
        "people": ("ticket_events.reply", "ticket_events.actor_id"),
        "bot_replies": _REPLIED,
        "transfers": ("ticket_events.team",),
        "escalated": ("ticket_events.escalation|teams.tier", "ticket_events.escalation|ticket_events.team"),
        "next_same_topic_s": ("tickets.requester_customer_id", "tickets.reason"),
        "next_contact_s": ("tickets.requester_customer_id",),
        "topic": ("tickets.reason",),
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
    "customer_spans": {"ending": (_WHY,)},
    "agent_spans": {"opened_at": ("agents.hired_on",), "ended_at": ("agents.left_on",)},
}


# What adds to a number that also rests on others: where nobody tells it, they say enough.
_ADDS = ("transfers", "escalated")

_WORDS = {
    "ticket_events.status|tickets.solved_at|tickets.closed_at": "when tickets are solved",
    "ticket_events.status|tickets.closed_at": "when tickets are closed",
    "ticket_events.status": "when tickets change their state",
    "ticket_events.reply": "who replies when",
    "ticket_events.reply|tickets.first_replied_at": "when tickets get their first reply",
    "ticket_events.reply|tickets.first_replied_at|ticket_events.status|tickets.solved_at|tickets.closed_at": (
        "when tickets get a reply, nor when they are solved"
    ),
    "ticket_events.reply|interactions.ticket_id": "who replies when, nor which calls are of which ticket",
    "ticket_events.actor_id": "who does what to a ticket",
    "ticket_events.team": "which team has a ticket when",
    "ticket_events.escalation|teams.tier": "what is passed on, nor which teams are specialists",
    "ticket_events.escalation|ticket_events.team": "what is passed on, nor which team has a ticket when",
    "tickets.reason": "what tickets are about",
    "tickets.reason_detail": "what tickets are about in detail",
    "tickets.requester_customer_id": "which customer a ticket is of",
    "interactions.outcome": "how calls end, answered or abandoned",
    "agents.hired_on": "since when agents are there",
    "agents.left_on": "when agents leave",
    "survey_responses.customer_id": "who answers",
    "survey_responses.comment": "what those who answer say",
    "survey_responses.invitation_id": "which invitation an answer belongs to",
    "survey_responses.score": "the scores of answers",
    "touches.occurred_at": "who was got in touch with",
    "touches.occurred_at|ticket_events.reply|interactions.direction": "who was got in touch with",
    "reviews.customer_id": "who wrote a review",
    "trainings.topic": "what trainings are about",
    "trainings.completed_at": "who completed which training",
    "qa_reviews.reviewer_id": "who judged",
    _LOSS: "when subscriptions end",
    _WHY: "why subscriptions end",
    "acquisitions.cost": "what winning customers costs",
    "acquisitions.channel|acquisitions.referred_by_customer_id": "how customers were won",
    "shop_visits.chatted|shop_visits.interaction_id": "which visitors were advised",
    "shop_visits.order_id|orders.ordered_at": "which visitors bought",
    "interactions.wait_s|interactions.queue_entered_at": "how long callers wait",
    "interactions.talk_s": "how long calls take",
    "interactions.wrap_s": "how long the work after a call takes",
    "interactions.agent_id": "who takes which call",
    "interactions.agent_id|tickets.assignee_agent_id": "who works on what",
    "agent_costs.amount|cost_items.amount": "what service costs",
    "subscriptions.started_at|orders.ordered_at": "who is a customer when",
    "subscriptions.started_at": "who subscribes when",
    "orders.ordered_at": "who orders when",
    "orders.cost": "what the goods of an order cost",
    "agent_shifts.kind": "which hours were overtime",
    "failures.shared_at": "when lessons were shared",
    "failures.cause": "why a service failed",
    "qa_reviews.sampled_at_random": "whether cases to judge were drawn at random",
    "feedback_items.status": "what became of ideas",
    "tickets.created_at": "when tickets are made",
}


# Where several tables add up to what is counted, one that has rows must be known itself: others do not stand for it.
_ADD_UP = (
    "interactions.agent_id|tickets.assignee_agent_id",
    "subscriptions.started_at|orders.ordered_at",
    "touches.occurred_at|ticket_events.reply|interactions.direction",
)
# What else belongs to a number, in words too: needed where it is told, and where not the number says so.
_BESIDE = {
    "agent_costs.amount|cost_items.amount": ("agent_costs.amount", "what agents cost"),
    "subscriptions.mrr": (
        "subscription_events.upgraded|subscription_events.downgraded|subscription_events.quantity_changed"
        "|subscription_events.price_changed",
        "changes of what subscriptions bring in",
    ),
    "touches.occurred_at|ticket_events.reply|interactions.direction": (
        "touches.occurred_at",
        "who was got in touch with outside of tickets and calls",
    ),
}
# Means of many days: where some of these are not known, the others stand for them.
_MEANS = ("acquisitions.cost",)
# What else is needed of a table that adds up to what is counted, where it is told.
_OF_TOLD = {
    "interactions.agent_id|tickets.assignee_agent_id": {"tickets.assignee_agent_id": (*_SOLVED, *_REPLIED)},
}
# How many days before its first one a number looks back at a table, as at who ordered in the year before.
_YEAR = {"orders": 365}
_LOOKS_BACK = {"subscriptions.started_at|orders.ordered_at": _YEAR, "buying_spans": _YEAR, "loyal_spans": _YEAR}


def needed_tables(formula: Formula, told: Collection[str]) -> tuple[dict[str, int], ...]:
    """The tables that a formula needs, each group of them where one will do, with the days it looks back at each.

    Of what would do only what is ``told`` counts, where any is.
    """
    groups = []
    for need in _needed(formula, told):
        if need in _MEANS:
            continue
        back = _LOOKS_BACK.get(need, {}) | _LOOKS_BACK.get(formula.dataset, {})
        places = need.split("|")
        places = [place for place in places if _met(place, told)] or places
        group = {name: back.get(name, 0) for name in dict.fromkeys(place.split(".")[0] for place in places)}
        groups += [{name: days} for name, days in group.items()] if need in _ADD_UP else [group]
    return tuple(groups)


_KIND = re.compile(r"\bkind = '(\w+)'")


@lru_cache(4096)
def _columns(text: str, of_dataset: str) -> frozenset[str]:
    """The columns that a text of a formula names; to take it apart takes longer than to ask for most numbers."""
    return frozenset(Predicate(text, dataset(of_dataset).names).columns)


def needs(formula: Formula) -> tuple[str, ...]:
    """The needs of a formula: first those of its dataset, then of every column and kind that its texts name."""
    data = dataset(formula.dataset)
    base = OF_DATASET.get(data.name) or tuple(f"{table}." for table in data.reads[:1])
    texts = [formula.on("calendar", text) for text in formula.texts] + ([formula.at] if formula.at else [])
    columns = {name for text in texts for name in _columns(text, data.name)}
    columns |= {"topic"} & set(formula.splits) if isinstance(formula, Part) else set()
    own = OF_COLUMN.get(data.name, {})
    kinds = _KIND.findall(formula.among) if data.name == "answers" else ()
    more = {need for column in columns for need in own.get(column, ())}
    return tuple(dict.fromkeys((*(f"survey_responses.{kind}" for kind in kinds), *base, *sorted(more))))


@dataclass(frozen=True, slots=True)
class Untold:
    """What no source tells of a formula's needs; else the sources that tell all of them, where not all do.

    ``what`` is in words, "no rows" where there is nothing that the dataset is made of; ``places`` are the canonical
    columns and kinds of rows that would tell it. ``part`` is what belongs to a number, where nobody tells it.
    """

    what: str = ""
    places: tuple[str, ...] = ()
    only: frozenset[str] | None = None
    without: tuple[str, ...] = ()
    part: str = ""

    @property
    def note(self) -> str:
        """What a number that is told all the same says of it."""
        if self.without:
            return f"without {', '.join(self.without)}, where it is not told"
        return f"without {self.part}, which nobody tells" if self.part else ""


NOTHING_UNTOLD = Untold()
NO_ROWS = "no rows"


def untold(formula: Formula, told: Mapping[str, frozenset[str]]) -> Untold:
    """What the sources do not tell of what a formula needs; ``told`` is of each source, and under "" of all.

    A ticket's own source must tell of it; of any other row some source must.
    """
    data = dataset(formula.dataset)
    needed = _needed(formula, told[""])
    if data.name not in _OF_TICKETS:
        if unmet := missing(needed, told[""]):
            return _lacking(needed, unmet)
        parts = (what for need, (more, what) in _BESIDE.items() if need in needed and missing([more], told[""]))
        return Untold(part=next(parts, ""))
    lacking = {
        source: missing(needed, _of_source(told, source))
        for source, names in told.items()
        if source and "tickets.created_at" in names
    }
    if not lacking:
        return NOTHING_UNTOLD
    only = frozenset(source for source, what in lacking.items() if not what)
    if not only:
        return _lacking(needed, min(lacking.values(), key=len))
    return Untold(only=only if len(only) < len(lacking) else None, without=tuple(sorted(set(lacking) - only)))


def columns_untold(data: str, told: Mapping[str, frozenset[str]], source: str) -> frozenset[str]:
    """The columns of a dataset of tickets that rest on what a source does not tell; ``told`` as for `untold`."""
    names = _of_source(told, source)
    return frozenset(column for column, needed in OF_COLUMN.get(data, {}).items() if missing(needed, names))


def _of_source(told: Mapping[str, frozenset[str]], source: str) -> frozenset[str]:
    """What is told of a source's tickets: by itself, and of the tables beside tickets by any."""
    return told.get(source, frozenset()) | {name for name in told[""] if name.split(".")[0] not in OWN}


_OF_TICKETS = ("tickets", "turns", "open_spans", "promises")


def _needed(formula: Formula, told: Collection[str]) -> tuple[str, ...]:
    """The needs without which a number would be wrong, where so much is told."""
    data = dataset(formula.dataset)
    own = OF_COLUMN.get(data.name, {})
    texts = [_columns(formula.on("calendar", text), data.name) for text in formula.texts]
    alone = {name for columns in texts for name in columns if name not in _ADDS or len(columns) == 1}
    adding = {need for name in _ADDS if name not in alone for need in own.get(name, ())}
    found = [need for need in needs(formula) if need not in adding]
    of_told = [each for need in found for place, of in _OF_TOLD.get(need, {}).items() if place in told for each in of]
    beside = [more for need, (more, _) in _BESIDE.items() if need in found and not missing([more], told)]
    return tuple(dict.fromkeys((*found, *of_told, *beside)))


def _lacking(needed: tuple[str, ...], lacking: tuple[str, ...]) -> Untold:
    """The first of the needs that are not met."""
    if needed[0] in lacking:
        return Untold(NO_ROWS)
    places = tuple(lacking[0].split("|"))
    return Untold(_WORDS.get(lacking[0]) or " or ".join(places), places)


def missing(needed: Iterable[str], filled: Collection[str]) -> tuple[str, ...]:
    """The needs that the filled ``table.column`` names do not meet; a need that ends in a dot asks for the table."""
    return tuple(need for need in needed if not any(_met(each, filled) for each in need.split("|")))


def _met(need: str, filled: Collection[str]) -> bool:
    return need in filled or (need.endswith(".") and any(name.startswith(need) for name in filled))
