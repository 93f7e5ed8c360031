"""One ticket's audits as the help desk words them: each step becomes events with their values before and after."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from goalkeeper.sample import texts
from goalkeeper.sample.cases import Kind, Step
from goalkeeper.sample.company import TOPICS

TOPIC_FIELD, ORDER_FIELD, SPENT_FIELD = 360001, 360002, 360003
PRIORITIES = ("low", "normal", "high", "urgent")


def quote(text: str) -> str:
    """A JSON string."""
    return json.dumps(text, ensure_ascii=False)


def _quoted(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(quote(word) for word in words)


_OPENINGS = tuple(_quoted(texts.OPENINGS[topic.key]) for topic in TOPICS)
_HOSTILE = _quoted(texts.HOSTILE_OPENINGS)
_BY_KIND = {
    Kind.SPAM: _quoted(texts.SPAM),
    Kind.AGENT_STARTED: _quoted(texts.AGENT_OPENINGS),
    Kind.INTERNAL: _quoted(texts.INTERNAL_OPENINGS),
}
_CUSTOMER = _quoted(texts.CUSTOMER_REPLIES)
_REOPENING = _quoted(texts.REOPENINGS)
_REPLIES = _quoted(texts.AGENT_REPLIES)
_SOLUTIONS = _quoted(texts.SOLUTIONS)
_NOTES = _quoted(texts.NOTES)
_BOT = _quoted(texts.BOT_REPLIES)
_ACKNOWLEDGEMENT, _THANKS, _PASSED_ON, _CALLED = _quoted(
    (texts.ACKNOWLEDGEMENT, texts.THANKS, texts.PASSED_ON, texts.CALLED)
)
_HOSTILE_EVERY = 211

BY_UI, BY_RULE, BY_BOT = '{"channel":"web"}', '{"channel":"rule"}', '{"channel":"chat"}'


@dataclass(slots=True)
class Sheet:
    """A ticket while its audits are written: what is fixed, and what changes from step to step."""

    number: int
    ticket_id: int
    kind: int
    topic: int
    phone: bool
    via: str
    requester: int
    submitter: int
    group: int
    brand_id: int
    priority: str
    order_name: str
    answer_via: str
    tags: list[str]
    created: str = ""
    status: str = "new"
    assignee: int | None = None
    score: str = "unoffered"
    changed: str = ""
    offered: str = ""
    scored: str = ""
    turn: int = 0

    @property
    def hostile(self) -> bool:
        """Whether the ticket carries text that breaks careless programs."""
        return self.number % _HOSTILE_EVERY == 3

    def opening(self) -> str:
        """The first message as a JSON string."""
        words = _BY_KIND.get(Kind(self.kind))
        if words is not None:
            return words[0]
        if self.hostile:
            return _HOSTILE[self.number // _HOSTILE_EVERY % len(_HOSTILE)]
        return _OPENINGS[self.topic][self.number % 2]

    def pick(self, words: tuple[str, ...]) -> str:
        """One of the texts, another one at each step."""
        return words[(self.number + self.turn) % len(words)]

    def comment(self, author: int, body: str, public: bool = True) -> str:
        """A Comment event; body is a JSON text."""
        return (
            f'"type":"Comment","author_id":{author},"body":{body},"public":{"true" if public else "false"},'
            '"attachments":[]'
        )

    def change(self, name: str, value: str, before: str) -> str:
        """A Change event; value and before are JSON texts."""
        return f'"type":"Change","field_name":"{name}","value":{value},"previous_value":{before}'

    def move(self, status: str) -> list[str]:
        """The change of status, if it is one."""
        if status == self.status:
            return []
        event = self.change("status", f'"{status}"', f'"{self.status}"')
        self.status = status
        return [event]

    def take(self, agent: int) -> list[str]:
        """The change of assignee, if nobody has the ticket yet."""
        return [] if self.assignee is not None else self.assign(agent)

    def assign(self, agent: int) -> list[str]:
        """The change of assignee."""
        before = "null" if self.assignee is None else f'"{self.assignee}"'
        self.assignee = agent
        return [self.change("assignee_id", f'"{agent}"', before)]

    def tag(self, name: str) -> list[str]:
        """One more tag."""
        before = json.dumps(self.tags)
        self.tags.append(name)
        return [self.change("tags", json.dumps(self.tags), before)]

    def rate(self, score: str) -> list[str]:
        """The change of the satisfaction score."""
        event = self.change("satisfaction_score", f'"{score}"', f'"{self.score}"')
        self.score = score
        return [event]


Events = tuple[str, list[str]]
Scribe = Callable[[Sheet, int, int], Events]


def _created(sheet: Sheet, author: int, value: int) -> Events:
    made = (
        ("status", '"new"'), ("priority", f'"{sheet.priority}"'), ("group_id", f'"{sheet.group}"'),
        ("brand_id", f'"{sheet.brand_id}"'), ("requester_id", f'"{sheet.requester}"'),
        (str(TOPIC_FIELD), f'"{TOPICS[sheet.topic].key}"'), ("tags", json.dumps(sheet.tags)),
    )  # fmt: skip
    events = [f'"type":"Create","field_name":"{name}","value":{text}' for name, text in made]
    return sheet.via, [sheet.comment(author, sheet.opening()), *events]


def _acknowledged(sheet: Sheet, author: int, value: int) -> Events:
    notice = f'"type":"Notification","subject":"Re: [{sheet.ticket_id}]","recipients":[{sheet.requester}]'
    return BY_RULE, [sheet.comment(author, _ACKNOWLEDGEMENT), notice]


def _bot_replied(sheet: Sheet, author: int, value: int) -> Events:
    return BY_BOT, [sheet.comment(author, sheet.pick(_BOT))]


def _bot_solved(sheet: Sheet, author: int, value: int) -> Events:
    return BY_BOT, [sheet.comment(author, sheet.pick(_BOT)), *sheet.move("solved"), *sheet.tag("bot_solved")]


def _assigned(sheet: Sheet, author: int, value: int) -> Events:
    return BY_UI, [*sheet.assign(author), *sheet.move("open")]


def _noted(sheet: Sheet, author: int, value: int) -> Events:
    return BY_UI, [sheet.comment(author, sheet.pick(_NOTES), public=False)]


def _replied(status: str, words: tuple[str, ...]) -> Scribe:
    def write(sheet: Sheet, author: int, value: int) -> Events:
        body = _CALLED if sheet.phone and sheet.turn < 3 else sheet.pick(words)
        return BY_UI, [sheet.comment(author, body), *sheet.take(author), *sheet.move(status)]

    return write


def _customer_wrote(sheet: Sheet, author: int, value: int) -> Events:
    body = (sheet.pick(_CUSTOMER), _THANKS, sheet.pick(_REOPENING))[value]
    moved = sheet.move("open") if sheet.status in ("pending", "hold", "solved") else []
    return sheet.answer_via, [sheet.comment(author, body), *moved]


def _passed_on(sheet: Sheet, author: int, value: int) -> Events:
    """`value` is the new group and the new agent's id, packed by the writer of the file."""
    group, agent = divmod(value, 10_000_000)
    events = [sheet.comment(author, _PASSED_ON, public=False)]
    events.append(sheet.change("group_id", f'"{group}"', f'"{sheet.group}"'))
    sheet.group = group
    return BY_UI, [*events, *sheet.assign(agent)]


def _held(sheet: Sheet, author: int, value: int) -> Events:
    return BY_UI, sheet.move("hold")


def _merged_away(sheet: Sheet, author: int, value: int) -> Events:
    body = quote(f"This request was closed and merged into request #{value}.")
    via = f'{{"channel":"system","source":{{"rel":"merge","to":{{"ticket_id":{value}}}}}}}'
    return via, [sheet.comment(author, body), *sheet.move("closed"), *sheet.tag("closed_by_merge")]


def _merged_from(sheet: Sheet, author: int, value: int) -> Events:
    body = quote(f"Request #{value} was closed and merged into this request.")
    via = f'{{"channel":"system","source":{{"rel":"merge","from":{{"ticket_id":{value}}}}}}}'
    return via, [sheet.comment(author, body, public=sheet.number % 3 == 0)]


def _offered(sheet: Sheet, author: int, value: int) -> Events:
    notice = f'"type":"Notification","subject":"How did we do?","recipients":[{sheet.requester}]'
    return BY_RULE, [notice, *sheet.rate("offered")]


def _answered(sheet: Sheet, author: int, value: int) -> Events:
    return BY_UI, sheet.rate("good" if value else "bad")


def _closed(sheet: Sheet, author: int, value: int) -> Events:
    return BY_RULE, sheet.move("closed")


def _deleted(sheet: Sheet, author: int, value: int) -> Events:
    tagged = sheet.tag("spam") if sheet.kind == Kind.SPAM else []
    return BY_UI, [*tagged, *sheet.move("deleted")]


def _prioritised(sheet: Sheet, author: int, value: int) -> Events:
    higher = PRIORITIES[min(PRIORITIES.index(sheet.priority) + 1, len(PRIORITIES) - 1)]
    event = sheet.change("priority", f'"{higher}"', f'"{sheet.priority}"')
    sheet.priority = higher
    return BY_UI, [event]


def _solved_silently(sheet: Sheet, author: int, value: int) -> Events:
    return BY_UI, [*sheet.take(author), *sheet.move("solved")]


SCRIBES: dict[int, Scribe] = {
    Step.CREATED: _created,
    Step.ACKNOWLEDGED: _acknowledged,
    Step.BOT_REPLIED: _bot_replied,
    Step.BOT_SOLVED: _bot_solved,
    Step.ASSIGNED: _assigned,
    Step.NOTED: _noted,
    Step.REPLIED_PENDING: _replied("pending", _REPLIES),
    Step.REPLIED_OPEN: _replied("open", _REPLIES),
    Step.REPLIED_SOLVED: _replied("solved", _SOLUTIONS),
    Step.CUSTOMER_WROTE: _customer_wrote,
    Step.PASSED_ON: _passed_on,
    Step.HELD: _held,
    Step.MERGED_AWAY: _merged_away,
    Step.MERGED_FROM: _merged_from,
    Step.SURVEY_OFFERED: _offered,
    Step.SURVEY_ANSWERED: _answered,
    Step.CLOSED: _closed,
    Step.DELETED: _deleted,
    Step.PRIORITISED: _prioritised,
    Step.SOLVED_SILENTLY: _solved_silently,
}
