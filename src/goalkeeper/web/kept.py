"""Answers that are kept: fresh ones at once, older ones while they are made anew, each made by one thread alone."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any, TypeVar

from fastapi import Response

T = TypeVar("T")
MOST_KEPT = 400
PATIENCE_S = 0.05
"""How long an older answer is held back in the hope of the new one, where nothing else is being made."""

_log = logging.getLogger("goalkeeper.web")


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered, and in which state of the workspace."""

    state: object
    response: Response


class _Shared:
    """Something that several answers show, and in which state of the workspace it was made."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.state: object = None
        self.value: Any = None


Make = Callable[[], tuple[Response, bool]]
"""Makes an answer, and says whether it may be kept."""


class Kept:
    """The last used answers by address; older ones are made anew behind the scenes between `open` and `close`.

    While a load goes on, whose every step changes the state, readers get the answers of before at once, and one thread
    makes them anew; without it, many readers would all make the same page at the same time.
    """

    def __init__(self, state_of: Callable[[], object], leave: Callable[[], None]) -> None:
        self._state_of, self._leave = state_of, leave
        self._answers: OrderedDict[str, Answer] = OrderedDict()
        self._making: dict[str, Future[Response]] = {}
        self._lock = threading.Lock()
        self._behind: ThreadPoolExecutor | None = None
        self._shared: dict[str, _Shared] = {}
        self._times_forgotten = 0

    def open(self) -> None:
        """From here on what is old is made anew by a thread of its own; before, by whoever asks."""
        self._behind = ThreadPoolExecutor(1, "anew")

    def close(self) -> None:
        """Ends that thread with the answer it is at; older ones stay for those that wait in line."""
        behind, self._behind = self._behind, None
        if behind:
            behind.shutdown()

    def forget(self) -> None:
        """Lets go of all answers: who changed something wants to see it."""
        with self._lock:
            self._times_forgotten += 1
            self._answers.clear()
            self._shared.clear()
            self._making.clear()  # what is being made was begun before the change

    def _state(self) -> tuple[int, object]:
        """What an answer that is made now is an answer of."""
        return self._times_forgotten, self._state_of()

    def once(self, name: str, make: Callable[[], T]) -> T:
        """What several answers of one state show: made by the first that asks, while the others wait."""
        with self._lock:
            shared = self._shared.setdefault(name, _Shared())
        with shared.lock:
            state = self._state()
            if shared.state != state:
                shared.value, shared.state = make(), state
            value: T = shared.value
            return value

    def answer(self, key: str, make: Make) -> Response:
        """The answer of an address: kept, or made now; an older one where that would be waited for."""
        state = self._state()
        with self._lock:
            found = self._answers.get(key)
            if found:
                self._answers.move_to_end(key)
                if found.state == state:
                    return found.response
            work, is_mine, others = self._making.get(key), False, len(self._making)
            if work is None:
                work, is_mine = Future[Response](), True
                self._making[key] = work
        behind = self._behind
        if found is None or behind is None:
            if is_mine:
                self._make(key, state, make, work)
            return work.result()
        if is_mine:
            try:
                behind.submit(self._make_behind, key, make, work)
            except RuntimeError:  # it was closed just now
                self._make(key, state, make, work)
        if is_mine and not others:
            wait([work], PATIENCE_S)
        return work.result() if work.done() and not work.exception() else found.response

    def _make(self, key: str, state: tuple[int, object], make: Make, work: Future[Response]) -> None:
        try:
            response, may_keep = make()
        except BaseException as error:
            with self._lock:
                self._answers.pop(key, None)  # whoever asks next sees what is wrong
                self._end(key, work)
            work.set_exception(error)
            return
        with self._lock:
            self._end(key, work)
            if state[0] != self._times_forgotten:  # begun before a change: only for those that asked before it
                may_keep = False
            else:
                self._answers.pop(key, None)
            if may_keep:
                self._answers[key] = Answer(state, response)
                while len(self._answers) > MOST_KEPT:
                    self._answers.popitem(last=False)
        work.set_result(response)

    def _end(self, key: str, work: Future[Response]) -> None:
        if self._making.get(key) is work:
            del self._making[key]

    def _make_behind(self, key: str, make: Make, work: Future[Response]) -> None:
        if self._behind is None:  # it was closed before this one's turn came
            with self._lock:
                self._end(key, work)
            work.set_exception(RuntimeError("closed"))
            return
        self._make(key, self._state(), make, work)  # the state may be another one than when it was asked for
        if error := work.exception():
            _log.info("%s was not made anew: %s", key.partition("?")[0], type(error).__name__)
        self._leave()
