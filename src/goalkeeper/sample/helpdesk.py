"""The help desk's exports in Zendesk's shapes: tickets, audits, users, ratings, groups, brands, fields."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

from goalkeeper.sample import audits, texts
from goalkeeper.sample.agents import Staff
from goalkeeper.sample.arrays import Bools, Ints
from goalkeeper.sample.audits import ORDER_FIELD, SPENT_FIELD, TOPIC_FIELD, Sheet, quote
from goalkeeper.sample.cases import CUSTOMER, Cases, Kind, Step
from goalkeeper.sample.company import (
    BRANDS,
    CHANNELS,
    CHAT,
    PHONE,
    PLANS,
    SOCIAL,
    TEAMS,
    TOPICS,
    group_id,
    team_name,
)  # fmt: skip
from goalkeeper.sample.customers import Customers
from goalkeeper.sample.intake import World
from goalkeeper.sample.period import iso
from goalkeeper.sample.tickets import Tickets

FIRST_CUSTOMER_ID = 8800001
_FIRST_AUDIT_ID = 600_000_001
_PACK = 10_000_000
_SUBJECTS = tuple(tuple(quote(s) for s in texts.SUBJECTS[topic.key]) for topic in TOPICS)
_HOSTILE_SUBJECT = quote(texts.HOSTILE_SUBJECT)
_ANSWERED_BY = {CHAT: '{"channel":"chat"}', SOCIAL: '{"channel":"twitter"}'}
_PRIORITY_BY_TOPIC = {"login": "high", "damaged_item": "high", "product_question": "low", "other": "low"}


@dataclass(slots=True)
class Written:
    """What the files say about each ticket at the end, in the order of the tickets' rows."""

    status: list[str]
    assignee: list[int | None]
    group: list[int]
    score: list[str]
    audits: int = 0
    events: int = 0


def _dump(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


def write_small_files(folder: Path, customers: Customers, staff: Staff) -> dict[str, Path]:
    """Users, groups, brands and ticket fields: one JSON document each."""
    groups = [{"id": group_id(n), "name": team_name(n), "deleted": False} for n in range(TEAMS)]
    brands = [
        {"id": b.brand_id, "name": b.name, "subdomain": b.key, "host_mapping": b.domain, "active": True} for b in BRANDS
    ]
    fields = [
        {"id": TOPIC_FIELD, "title": "Topic", "type": "tagger"},
        {"id": ORDER_FIELD, "title": "Order", "type": "text"},
        {"id": SPENT_FIELD, "title": "Total time spent (sec)", "type": "integer"},
    ]
    users = [*_agent_users(staff), *_customer_users(customers)]
    documents = {"users": users, "groups": groups, "brands": brands, "ticket_fields": fields}
    paths = {}
    for name, rows in documents.items():
        paths[f"helpdesk/{name}.json"] = path = folder / f"{name}.json"
        _dump(path, {name: rows, "next_page": None, "count": len(rows)})
    return paths


def _agent_users(staff: Staff) -> list[dict[str, Any]]:
    return [
        {
            "id": agent.agent_id, "name": agent.name, "email": agent.email,
            "role": "admin" if agent.role == "lead" else "agent",
            "created_at": f"{agent.hired_on.isoformat()}T08:00:00Z",
            "active": agent.left_on is None, "external_id": None,
            "default_group_id": group_id(agent.team), "time_zone": agent.zone, "locale": "en",
            "user_fields": {"is_bot": agent.is_bot, "plan": None},
        }
        for agent in staff.agents
    ]  # fmt: skip


def _customer_users(customers: Customers) -> list[dict[str, Any]]:
    created = iso(customers.joined)
    rows = zip(customers.names, customers.emails, customers.refs, customers.brand.tolist(),
               customers.plan.tolist(), created, strict=True)  # fmt: skip
    return [
        {
            "id": FIRST_CUSTOMER_ID + number, "name": name, "email": email, "role": "end-user",
            "created_at": joined, "active": True, "external_id": ref, "default_group_id": None,
            "time_zone": BRANDS[brand].zone, "locale": "de" if brand == 0 else "en",
            "user_fields": {"is_bot": False, "plan": PLANS[plan] if plan >= 0 else None},
        }
        for number, (name, email, ref, brand, plan, joined) in enumerate(rows)
    ]  # fmt: skip


class _Writer:
    """Walks the steps ticket by ticket and writes tickets, audits and ratings."""

    def __init__(self, folder: Path, tickets: Tickets, staff: Staff, world: World) -> None:
        self.tickets, self.staff, self.world = tickets, staff, world
        self.cases: Cases = tickets.cases
        self.folder = folder
        self.event_id = _FIRST_AUDIT_ID
        size = len(self.cases)
        self.written = Written([""] * size, [None] * size, [0] * size, [""] * size)
        self.names = {"id": self.cases.ids.tolist(), "kind": self.cases.kind.tolist()}
        self.spent = self.cases.handle_s.tolist()
        self.rating_id = 0
        self.follow_up_of, self.follow_ups = _follow_ups(self.cases)
        self.incidents = _incidents(self.cases, tickets, world).tolist()

    def actors(self, ticket: Ints, actor: Ints) -> list[int]:
        """User ids of the actors; -1 for the system."""
        requester = self.requesters()[ticket]
        agent = self.staff.ids[np.maximum(actor, 0)]
        return np.where(actor == CUSTOMER, requester, np.where(actor < 0, -1, agent)).tolist()  # type: ignore[no-any-return]

    def requesters(self) -> Ints:
        """User ids of the requesters; an internal ticket's is its agent."""
        internal = self.cases.kind == Kind.INTERNAL
        own = self.staff.ids[np.maximum(self.cases.agent, 0)]
        return np.where(internal, own, FIRST_CUSTOMER_ID + self.cases.customer)

    def values(self) -> list[int]:
        """The steps' values in the help desk's own ids."""
        steps = self.tickets.steps
        value = steps.value.copy()
        merges = np.isin(steps.step, (Step.MERGED_AWAY, Step.MERGED_FROM))
        value[merges] = self.cases.ids[value[merges]]
        passed = steps.step == Step.PASSED_ON
        team, agent = np.divmod(value[passed], 10_000)
        value[passed] = (group_id(0) + team) * _PACK + self.staff.ids[agent]
        return value.tolist()  # type: ignore[no-any-return]

    def sheet(self, row: int, requester: int) -> Sheet:
        """A fresh ticket."""
        cases = self.cases
        kind, topic, channel = self.names["kind"][row], int(cases.topic[row]), int(cases.channel[row])
        started = kind == Kind.AGENT_STARTED
        submitter = int(self.staff.ids[cases.agent[row]]) if started else requester
        via = "api" if cases.via_api[row] else CHANNELS[channel].via
        source = ""
        if channel == PHONE:
            source = ',"source":{"rel":"voicemail"}' if cases.voicemail[row] else ',"source":{"rel":"inbound"}'
        elif row in self.follow_up_of:
            source = f',"source":{{"rel":"follow_up","from":{{"ticket_id":{self.follow_up_of[row]}}}}}'
        order = -1 if kind == Kind.INTERNAL else int(cases.order[row])
        return Sheet(
            number=row, ticket_id=self.names["id"][row], kind=kind, topic=topic,
            phone=channel == PHONE and not cases.voicemail[row],
            via=f'{{"channel":"{via}"{source}}}', requester=requester, submitter=submitter,
            group=group_id(int(cases.team[row])), brand_id=BRANDS[int(cases.brand[row])].brand_id,
            priority=_PRIORITY_BY_TOPIC.get(TOPICS[topic].key, "normal"),
            order_name=self.world.orders.names[order] if order >= 0 else "",
            answer_via=_ANSWERED_BY.get(channel, '{"channel":"email"}'), tags=[TOPICS[topic].key],
        )  # fmt: skip

    def run(self) -> Written:
        """Writes the three files."""
        steps = self.tickets.steps
        requesters = self.requesters().tolist()
        rows = zip(steps.ticket.tolist(), iso(steps.at), steps.step.tolist(),
                   self.actors(steps.ticket, steps.actor), self.values(), strict=True)  # fmt: skip
        sheet: Sheet | None = None
        with (
            (self.folder / "tickets.ndjson").open("w", encoding="utf-8", newline="\n") as tickets,
            (self.folder / "audits.ndjson").open("w", encoding="utf-8", newline="\n") as log,
            (self.folder / "satisfaction_ratings.ndjson").open("w", encoding="utf-8", newline="\n") as ratings,
        ):
            for row, at, step, author, value in rows:
                if sheet is None or sheet.number != row:
                    if sheet is not None:
                        self.finish(sheet, tickets, ratings)
                    sheet = self.sheet(row, requesters[row])
                    sheet.created = at
                self.audit(sheet, at, step, author, value, log)
            if sheet is not None:
                self.finish(sheet, tickets, ratings)
        return self.written

    def audit(self, sheet: Sheet, at: str, step: int, author: int, value: int, log: IO[str]) -> None:
        """Writes one audit."""
        via, events = audits.SCRIBES[step](sheet, author, value)
        sheet.turn += 1
        sheet.changed = at
        if step == Step.SURVEY_OFFERED:
            sheet.offered = at
        elif step == Step.SURVEY_ANSWERED:
            sheet.scored = at
        audit_id = self.event_id
        numbered = ",".join(f'{{"id":{audit_id + n},{event}}}' for n, event in enumerate(events, 1))
        self.event_id += len(events) + 1
        self.written.audits += 1
        self.written.events += len(events)
        log.write(
            f'{{"id":{audit_id},"ticket_id":{sheet.ticket_id},"created_at":"{at}","author_id":{author},'
            f'"via":{via},"events":[{numbered}]}}\n'
        )

    def finish(self, sheet: Sheet, tickets: IO[str], ratings: IO[str]) -> None:
        """Writes the ticket as it stands after its last audit, and its rating."""
        row, written = sheet.number, self.written
        written.status[row], written.group[row] = sheet.status, sheet.group
        written.assignee[row], written.score[row] = sheet.assignee, sheet.score
        tickets.write(self.ticket_line(sheet))
        if sheet.offered:
            self.rating_id += 1
            ratings.write(self.rating_line(sheet))

    def ticket_line(self, sheet: Sheet) -> str:
        """The ticket's line; a deleted one is scrubbed."""
        deleted = sheet.status == "deleted"
        subject = (
            '"SCRUBBED"' if deleted else _HOSTILE_SUBJECT if sheet.hostile else _SUBJECTS[sheet.topic][sheet.number % 2]
        )
        body = '"SCRUBBED"' if deleted else sheet.opening()
        incident = self.incidents[sheet.number]
        problem = self.tickets.problem
        kind = "problem" if sheet.number == problem else "incident" if incident else "question"
        linked = self.names["id"][problem] if incident and problem is not None else "null"
        spent = self.spent[sheet.number] if sheet.status in ("solved", "closed") else 0
        order = quote(sheet.order_name) if sheet.order_name else "null"
        own = "null" if sheet.assignee is None else str(sheet.assignee)
        later = ",".join(map(str, self.follow_ups.get(sheet.number, ())))
        return (
            f'{{"id":{sheet.ticket_id},"external_id":null,"via":{sheet.via},"created_at":"{sheet.created}",'
            f'"updated_at":"{sheet.changed}","type":"{kind}","subject":{subject},"description":{body},'
            f'"priority":"{sheet.priority}","status":"{sheet.status}","requester_id":{sheet.requester},'
            f'"submitter_id":{sheet.submitter},"assignee_id":{own},"organization_id":null,'
            f'"group_id":{sheet.group},"problem_id":{linked},"is_public":true,'
            f'"tags":{json.dumps(sheet.tags)},"custom_fields":['
            f'{{"id":{TOPIC_FIELD},"value":"{TOPICS[sheet.topic].key}"}},{{"id":{ORDER_FIELD},"value":{order}}},'
            f'{{"id":{SPENT_FIELD},"value":{spent or "null"}}}],'
            f'"satisfaction_rating":{{"score":"{sheet.score}"}},"followup_ids":[{later}],'
            f'"brand_id":{sheet.brand_id}}}\n'
        )

    def rating_line(self, sheet: Sheet) -> str:
        """The line of an offered survey, answered or not."""
        comments = texts.GOOD_COMMENTS if sheet.score == "good" else texts.BAD_COMMENTS
        comment = comments[sheet.number % len(comments)] if sheet.scored else ""
        reason = texts.BAD_REASONS[sheet.number % len(texts.BAD_REASONS)] if sheet.score == "bad" else ""
        own = "null" if sheet.assignee is None else str(sheet.assignee)
        return (
            f'{{"id":{62_000_000 + self.rating_id},"ticket_id":{sheet.ticket_id},"score":"{sheet.score}",'
            f'"requester_id":{sheet.requester},"assignee_id":{own},"group_id":{sheet.group},'
            f'"created_at":"{sheet.offered}","updated_at":"{sheet.scored or sheet.offered}",'
            f'"comment":{quote(comment) if comment else "null"},"reason":{quote(reason) if reason else "null"}}}\n'
        )


def _follow_ups(cases: Cases) -> tuple[dict[int, int], dict[int, list[int]]]:
    """Of the customers who come back, those who wrote to a closed ticket: parent ids, and children by parent."""
    parents: dict[int, int] = {}
    children: dict[int, list[int]] = {}
    came_back = (cases.returns_to >= 0) & (cases.kind == Kind.RETURN)
    for row in np.flatnonzero(came_back & (cases.created > cases.closed[cases.returns_to])).tolist():
        parent = int(cases.returns_to[row])
        parents[row] = int(cases.ids[parent])
        children.setdefault(parent, []).append(int(cases.ids[row]))
    return parents, children


def _incidents(cases: Cases, tickets: Tickets, world: World) -> Bools:
    """Login tickets of the outage written after its problem ticket."""
    if tickets.problem is None:
        return np.zeros(len(cases), dtype=np.bool_)
    first = (world.planted.outage_first - world.period.first).days
    last = (world.planted.outage_last - world.period.first).days
    login = cases.topic == cases.topic[tickets.problem]
    after = (cases.created > cases.created[tickets.problem]) & (cases.kind != Kind.INTERNAL)
    return np.asarray(login & after & (cases.day >= first) & (cases.day <= last), dtype=np.bool_)


def write_tickets(folder: Path, tickets: Tickets, staff: Staff, world: World) -> Written:
    """Writes tickets.ndjson, audits.ndjson and satisfaction_ratings.ndjson, in the order of the tickets' ids."""
    return _Writer(folder, tickets, staff, world).run()
