"""What can be set, one topic a page: what changes there, who sees it, and of what the record tells."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from goalkeeper.state import audit
from goalkeeper.state.roles import Permission
from goalkeeper.web.access import ACTOR
from goalkeeper.web.moments import moments_of
from goalkeeper.web.pages import Pages, View

MOST_TAIL = 5
ROOT = "/settings"


@dataclass(frozen=True, slots=True)
class Topic:
    """A page of settings; ``kinds`` are the entries of the record that stand at its foot for those who may see them."""

    name: str
    title: str
    tells: str
    needs: Permission = Permission.IN
    of_people: bool = False
    kinds: tuple[str, ...] = ()

    @property
    def href(self) -> str:
        """Its address."""
        return f"{ROOT}/{self.name}"


PEOPLE = Topic(
    "people", "People",
    "Who may come in, and in which role. Owners alone see and change it; a new role signs that person out at once.",
    Permission.PEOPLE, True,
    ("person added", "role changed", "person disabled", "person enabled", "person removed", "link made"),
)  # fmt: skip
TOKENS = Topic(
    "tokens", "Tokens",
    "What your programs come in with. You alone see yours here, and none does more than you may.",
    of_people=True, kinds=("token made", "token revoked"),
)  # fmt: skip
SESSIONS = Topic(
    "sessions", "Sessions",
    "The browsers in which you are signed in. You alone see yours; what you end is signed out at once.",
    of_people=True, kinds=("signed in", "session ended"),
)  # fmt: skip
PASSWORD = Topic(
    "password", "Password",
    "A new password signs you out everywhere but here. Nobody can read it, owners neither.",
    of_people=True, kinds=("password set",),
)  # fmt: skip
AUDIT = Topic(
    "audit", "Audit",
    "What was done, taken away, and looked at of single people. Owners alone see it; nobody changes it.",
    Permission.AUDIT,
)  # fmt: skip
SCHEDULES = Topic(
    "schedules", "Working hours",
    "When the team works; working time and promises count by it. Everybody who is signed in sees it, owners and "
    "analysts change it, and what it changes is worked out anew, for the past too.",
    Permission.NUMBERS, kinds=("working hours changed",),
)  # fmt: skip
TARGETS = Topic(
    "targets", "Promises",
    "What customers are promised, by when. Everybody who is signed in sees it, owners and analysts change it, and what "
    "was kept is worked out anew, for the past too.",
    Permission.NUMBERS, kinds=("promises changed",),
)  # fmt: skip
PRIVACY = Topic(
    "privacy", "Privacy",
    "What is kept, what is hashed, and who may see what. Everybody who is signed in sees it; owners alone forget a "
    "person here.",
    kinds=("asked to forget a customer", "customer forgotten"),
)  # fmt: skip
TOPICS = (SCHEDULES, TARGETS, PRIVACY, PEOPLE, TOKENS, SESSIONS, PASSWORD, AUDIT)


def view(
    pages: Pages,
    topic: Topic,
    facts: Mapping[str, object],
    json: Callable[[], object],
    *,
    wrong: str = "",
    said: str = "",
) -> View:
    """The page of a topic; ``wrong`` is what was refused of what was sent."""
    actor, state = ACTOR.get(), pages.trail.state
    tail = []
    if state and actor and topic.kinds and actor.may(Permission.AUDIT):
        with state.reading() as session:
            tail = list(audit.entries(session, most=MOST_TAIL, what=topic.kinds))
    shared = {"topic": topic, "wrong": wrong, "said": said, "tail": tail, "words": moments_of(pages.workspace)}
    status = 422 if wrong else 200
    return View(f"settings_{topic.name}.html", topic.title, shared | dict(facts), json, "settings", status, kept=False)
