"""Answers that are kept: fresh ones at once, older ones while they are made anew, each made by one thread alone."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from fastapi import Response

MOST_KEPT = 400
PATIENCE_S = 0.1
"""How long an older answer is held back in the hope of the new one."""

_log = logging.getLogger("goalkeeper.web")


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered, and in which state of the workspace."""

    state: object
    response: Response


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

    def open(self) -> None:
        """From here on what is old is made anew by a thread of its own; before, by whoever asks."""
        self._behind = ThreadPoolExecutor(1, "anew")

    def close(self) -> None:
        """Ends that thread with what it is at."""
        behind, self._behind = self._behind, None
        if behind:
            behind.shutdown()

    def forget(self) -> None:
        """Lets go of all answers: who changed something wants to see it."""
        with self._lock:
            self._answers.clear()

    def answer(self, key: str, make: Make) -> Response:
        """The answer of an address: kept, or made now; an older one where making it takes longer than PATIENCE_S."""
        state = self._state_of()
        with self._lock:
            found = self._answers.get(key)
            if found:
                self._answers.move_to_end(key)
                if found.state == state:
                    return found.response
            work, is_mine = self._making.get(key), False
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
                behind.submit(self._make_behind, key, state, make, work)
            except RuntimeError:  # it was closed just now
                self._make(key, state, make, work)
        done, _ = wait([work], PATIENCE_S)
        return work.result() if done and not work.exception() else found.response

    def _make(self, key: str, state: object, make: Make, work: Future[Response]) -> None:
        try:
            response, may_keep = make()
        except BaseException as error:
            with self._lock:
                self._answers.pop(key, None)  # whoever asks next sees what is wrong
                del self._making[key]
            work.set_exception(error)
            return
        with self._lock:
            del self._making[key]
            if may_keep:
                self._answers[key] = Answer(state, response)
                while len(self._answers) > MOST_KEPT:
                    self._answers.popitem(last=False)
            else:
                self._answers.pop(key, None)
        work.set_result(response)

    def _make_behind(self, key: str, state: object, make: Make, work: Future[Response]) -> None:
        self._make(key, state, make, work)
        if error := work.exception():
            _log.info("%s was not made anew: %s", key.partition("?")[0], type(error).__name__)
        self._leave()
