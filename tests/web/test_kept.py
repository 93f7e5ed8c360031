"""Kept answers: made once, an older one at once while the new one is made, never two threads for one page."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi import Response

from goalkeeper.web import kept as module
from goalkeeper.web.kept import Kept


class Desk:
    """Something with a state, and pages that take their time."""

    def __init__(self) -> None:
        self.state, self.made, self.left = 0, 0, 0
        self.gate = threading.Event()
        self.gate.set()
        self.kept = Kept(lambda: self.state, self.leave)
        self.kept.open()

    def leave(self) -> None:
        self.left += 1

    def make(self, may_keep: bool = True) -> tuple[Response, bool]:
        state = self.state
        assert self.gate.wait(10)
        self.made += 1
        return Response(f"state {state}"), may_keep

    def ask(self, key: str = "/") -> str:
        return bytes(self.kept.answer(key, self.make).body).decode()


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    made.gate.set()
    made.kept.close()


def soon(holds: Callable[[], bool]) -> None:
    for _ in range(200):
        if holds():
            return
        time.sleep(0.01)
    raise AssertionError("it never came to hold")


def test_made_once_until_the_state_changes(desk: Desk) -> None:
    assert [desk.ask(), desk.ask(), desk.made] == ["state 0", "state 0", 1]
    desk.state = 1
    assert [desk.ask(), desk.made] == ["state 1", 2]  # it is made in time
    assert desk.left == 1


def test_what_answers_share_is_made_once_a_state_by_one_of_many(desk: Desk) -> None:
    made: list[int] = []

    def make() -> int:
        time.sleep(0.02)
        made.append(desk.state)
        return desk.state

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(lambda _: desk.kept.once("card", make), range(12))) == [0] * 12
    assert made == [0]
    desk.state = 1
    assert [desk.kept.once("card", make), desk.kept.once("card", make)] == [1, 1]
    desk.kept.forget()
    assert desk.kept.once("card", make) == 1
    assert made == [0, 1, 1]


def test_what_answers_share_is_tried_again_where_it_fails(desk: Desk) -> None:
    def fails() -> int:
        raise ValueError("no data")

    with pytest.raises(ValueError, match="no data"):
        desk.kept.once("card", fails)
    assert desk.kept.once("card", lambda: 3) == 3


def test_an_older_answer_at_once_while_the_new_one_is_made_by_one_thread(desk: Desk) -> None:
    desk.ask()
    desk.state = 1
    desk.gate.clear()
    with ThreadPoolExecutor(8) as pool:
        started = time.monotonic()
        assert set(pool.map(lambda _: desk.ask(), range(8))) == {"state 0"}
        assert time.monotonic() - started < 5
    desk.gate.set()
    soon(lambda: desk.made == 2)
    soon(lambda: desk.ask() == "state 1")
    assert desk.made == 2


def test_nobody_waits_where_another_page_is_being_made(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE_S", 2)
    desk.ask("/a")
    desk.ask("/b")
    desk.state = 1
    desk.gate.clear()
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(desk.ask, "/a")
        soon(lambda: bool(desk.kept._making))
        began = time.monotonic()
        assert desk.ask("/b") == "state 0"
        assert time.monotonic() - began < 1
        desk.gate.set()
        assert first.result(10) == "state 1"
    soon(lambda: desk.made == 4 and not desk.kept._making)
    desk.state = 2
    assert desk.ask("/b") == "state 2"  # alone it is waited for


def test_one_that_waited_in_line_is_of_the_state_when_it_was_made(desk: Desk) -> None:
    desk.ask("/a")
    desk.ask("/b")
    desk.state = 1
    desk.gate.clear()
    assert [desk.ask("/a"), desk.ask("/b")] == ["state 0"] * 2
    desk.state = 2
    desk.gate.set()
    soon(lambda: desk.made == 4)
    soon(lambda: not desk.kept._making)
    made = desk.made
    assert desk.ask("/b") == "state 2"
    assert desk.made == made


def test_closing_waits_for_one_answer_and_not_for_the_line(desk: Desk) -> None:
    for key in ("/a", "/b", "/c"):
        desk.ask(key)
    desk.state = 1
    desk.gate.clear()
    assert {desk.ask(key) for key in ("/a", "/b", "/c")} == {"state 0"}
    with ThreadPoolExecutor(1) as pool:
        closed = pool.submit(desk.kept.close)
        soon(lambda: desk.kept._behind is None)
        desk.gate.set()
        closed.result(10)
    assert desk.made == 4
    assert desk.ask("/c") == "state 1"  # whoever asks makes it now


def test_where_there_is_none_all_wait_for_the_one_that_makes_it(desk: Desk) -> None:
    desk.gate.clear()
    with ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(desk.ask) for _ in range(8)]
        time.sleep(0.2)
        desk.gate.set()
        assert {each.result(10) for each in answers} == {"state 0"}
    assert desk.made == 1


def test_closed_it_makes_what_is_old_at_once(desk: Desk) -> None:
    desk.ask()
    desk.kept.close()
    desk.state = 1
    assert [desk.ask(), desk.left] == ["state 1", 0]


def test_who_changed_something_sees_it(desk: Desk) -> None:
    desk.ask()
    desk.state = 1
    desk.kept.forget()
    assert desk.ask() == "state 1"
    assert desk.left == 0  # made by whoever asked


def test_what_may_not_be_kept_is_made_each_time(desk: Desk) -> None:
    for _ in range(3):
        desk.kept.answer("/", lambda: desk.make(may_keep=False))
    assert desk.made == 3


def test_a_failure_is_told_to_whoever_asks_and_the_next_one_tries_again(desk: Desk) -> None:
    def fails() -> tuple[Response, bool]:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        desk.kept.answer("/", fails)
    assert desk.ask() == "state 0"
    desk.state = 1
    assert bytes(desk.kept.answer("/", fails).body) == b"state 0"  # made behind it: the older one stands once more
    with pytest.raises(ValueError, match="broken"):
        desk.kept.answer("/", fails)


def test_the_least_used_go(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_KEPT", 3)
    for key in ("/a", "/b", "/c", "/a", "/d"):
        desk.ask(key)
    assert desk.made == 4
    desk.ask("/a")
    assert desk.made == 4
    desk.ask("/b")
    assert desk.made == 5


def test_what_was_begun_before_a_change_is_not_kept_after_it(desk: Desk) -> None:
    """A setting is no part of the state."""
    desk.gate.clear()
    with ThreadPoolExecutor(2) as pool:
        before = pool.submit(desk.ask)
        soon(lambda: bool(desk.kept._making))
        desk.kept.forget()
        desk.gate.set()
        assert before.result(10) == "state 0"
    assert desk.made == 1
    assert [desk.ask(), desk.made] == ["state 0", 2]


def test_who_asks_after_a_change_does_not_wait_for_what_was_begun_before(desk: Desk) -> None:
    desk.gate.clear()
    with ThreadPoolExecutor(2) as pool:
        before = pool.submit(desk.ask)
        soon(lambda: bool(desk.kept._making))
        desk.kept.forget()
        after = pool.submit(desk.ask)
        soon(lambda: bool(desk.kept._making))
        desk.gate.set()
        assert before.result(10) == after.result(10) == "state 0"
    assert [desk.made, desk.ask(), desk.made] == [2, "state 0", 2]
