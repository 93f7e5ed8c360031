"""An owner does what is handed over, for those who know the token, and stops when it is done."""

from __future__ import annotations

import io
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from goalkeeper.errors import UsageError, WorkspaceBusy
from goalkeeper.owner import NOTE, SOCKET, Job, Note, Owner, Request, hand_over, read_note
from goalkeeper.owner.frames import receive, send
from goalkeeper.owner.note import write_note

Answer = int | Note | None


def request(*words: str, writes: bool = False) -> Request:
    return Request(list(words), writes, "/", {"width": 80})


class Client:
    """Hands commands over from a thread of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.out, self.err = io.StringIO(), io.StringIO()
        self.pool = ThreadPoolExecutor()

    def __call__(self, *words: str, writes: bool = False) -> Answer:
        return self.later(*words, writes=writes).result(20)

    def later(self, *words: str, writes: bool = False) -> Future[Answer]:
        return self.pool.submit(hand_over, self.folder, request(*words, writes=writes), self.out, self.err)


@pytest.fixture
def client(tmp_path: Path) -> Client:
    return Client(tmp_path)


def echo(job: Job) -> int:
    """Says its words, and ends with the last one as a code."""
    *words, code = job.request.words
    print(*words, file=job.out)
    print(job.request.folder, job.request.screen["width"], end="", file=job.err)
    return int(code)


class Patient:
    """A run whose end is in the test's hand."""

    def __init__(self) -> None:
        self.begun, self.end, self.stopped = threading.Event(), threading.Event(), threading.Event()

    def __call__(self, job: Job) -> int:
        job.on_cancel(self.stopped.set)
        print("begun", file=job.out)
        self.begun.set()
        while not self.end.wait(0.01):
            if self.stopped.is_set():
                return 130
        return 0


@pytest.fixture
def patient() -> Iterator[Patient]:
    made = Patient()
    yield made
    made.end.set()


def owner(folder: Path, run: Callable[[Job], int] = echo, *, lasting: bool = True) -> Owner:
    return Owner(folder, run, command="goalkeeper serve", lasting=lasting)


def test_words_and_codes_come_back(tmp_path: Path, client: Client) -> None:
    assert client("hello", "0") is None
    with owner(tmp_path):
        assert client("hello", "there", "0") == 0
        assert client("x" * 200_000, "3") == 3
    assert client.out.getvalue() == "hello there\n" + "x" * 200_000 + "\n"
    assert client.err.getvalue() == "/ 80" * 2
    assert client("hello", "0") is None
    assert not list(tmp_path.iterdir())


def test_many_at_once(tmp_path: Path, client: Client) -> None:
    with owner(tmp_path):
        assert [each.result() for each in [client.later("x", str(code)) for code in range(40)]] == list(range(40))


def test_a_mistake_of_ours_is_told_and_ends_nothing(tmp_path: Path, client: Client) -> None:
    with owner(tmp_path):
        assert client("no number") == 1
        assert "ValueError: invalid literal" in client.err.getvalue()
        assert client("0") == 0


def test_what_writes_waits_for_an_owner_that_will_end(tmp_path: Path, client: Client) -> None:
    with owner(tmp_path, lasting=False) as own:
        assert client("0", writes=True) == own.note
        assert client("0") == 0
    with owner(tmp_path):
        assert client("7", writes=True) == 7


class TestWhoIsRefused:
    def test_without_the_token(self, tmp_path: Path, client: Client) -> None:
        with owner(tmp_path) as own:
            write_note(tmp_path, replace(own.note, token="0" * 64))
            with pytest.raises(WorkspaceBusy, match=r"`goalkeeper serve` \(process \d+\) refuses: the token is wrong"):
                client("0")
            write_note(tmp_path, replace(own.note, token=""))
            with pytest.raises(WorkspaceBusy, match="the token is wrong"):
                client("0")
        assert client.out.getvalue() == ""

    def test_another_version(self, tmp_path: Path, client: Client) -> None:
        with owner(tmp_path) as own:
            write_note(tmp_path, replace(own.note, version="9.0"))
            with pytest.raises(WorkspaceBusy, match=r"is goalkeeper 9\.0; this is .* End that process, or use its"):
                client("0")
            with socket.socket(socket.AF_UNIX) as peer:
                peer.connect(own.note.socket)
                send(peer, {"version": "9.0", "token": own.note.token})
                answer = receive(peer)
                assert answer
                assert "not 9.0" in answer["refused"]

    @pytest.mark.parametrize("data", [b"", b"GET / HTTP/1.1\r\n\r\n", b"\0\0\0\x02{}", b"\0\0"])
    def test_who_speaks_otherwise(self, tmp_path: Path, client: Client, data: bytes) -> None:
        with owner(tmp_path) as own:
            with socket.socket(socket.AF_UNIX) as peer:
                peer.connect(own.note.socket)
                peer.sendall(data)
                peer.shutdown(socket.SHUT_WR)
                assert receive(peer) in (None, {"refused": "the token is wrong."})
            with socket.socket(socket.AF_UNIX) as peer:
                peer.connect(own.note.socket)
                send(peer, {"version": own.note.version, "token": own.note.token, "request": {"words": []}})
                assert receive(peer) is None
            assert client("0") == 0

    def test_an_owner_that_does_not_answer(
        self, tmp_path: Path, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("goalkeeper.owner.handing._ANSWER_S", 0.1)
        with owner(tmp_path) as own:
            pass
        with socket.socket(socket.AF_UNIX) as deaf:
            deaf.bind(own.note.socket)
            deaf.listen()
            write_note(tmp_path, own.note)
            with pytest.raises(WorkspaceBusy, match="does not answer"):
                client("0")


class TestTheEnd:
    def test_jobs_are_awaited(self, tmp_path: Path, client: Client, patient: Patient) -> None:
        told: list[int] = []
        own = owner(tmp_path, patient)
        own.start()
        job = client.later()
        patient.begun.wait()
        stopping = threading.Thread(target=own.stop, args=(told.append,))
        stopping.start()
        while not told:
            time.sleep(0.01)
        assert not (tmp_path / NOTE).exists()
        assert not (tmp_path / SOCKET).exists()
        assert client("0") is None
        assert not job.done()
        patient.end.set()
        stopping.join(10)
        assert job.result(10) == 0
        assert told == [1]

    def test_a_client_that_leaves_cancels(self, tmp_path: Path, patient: Patient) -> None:
        with owner(tmp_path, patient) as own:
            with socket.socket(socket.AF_UNIX) as peer:
                peer.connect(own.note.socket)
                asked = {"words": [], "writes": False, "folder": "/", "screen": {}}
                send(peer, {"version": own.note.version, "token": own.note.token, "request": asked})
                assert receive(peer) == {"accepted": True}
                patient.begun.wait()
            assert patient.stopped.wait(10)

    def test_a_client_may_cancel_and_hears_the_end(self, tmp_path: Path, patient: Patient) -> None:
        with owner(tmp_path, patient) as own, socket.socket(socket.AF_UNIX) as peer:
            peer.connect(own.note.socket)
            asked = {"words": [], "writes": False, "folder": "/", "screen": {}}
            send(peer, {"version": own.note.version, "token": own.note.token, "request": asked})
            assert receive(peer) == {"accepted": True}
            send(peer, {"cancel": True})
            assert [receive(peer), receive(peer)] == [{"out": "begun\n"}, {"exit": 130}]

    def test_an_owner_that_dies_before_it_said_anything(self, tmp_path: Path, client: Client) -> None:
        assert client_of_a_dying_owner(tmp_path, client, []) is None

    def test_an_owner_that_dies_half_way(self, tmp_path: Path, client: Client) -> None:
        with pytest.raises(UsageError, match=r"ended before the work was done\. Run the command again"):
            client_of_a_dying_owner(tmp_path, client, [{"out": "half"}])
        assert client.out.getvalue() == "half"


def client_of_a_dying_owner(folder: Path, client: Client, said: list[dict[str, str]]) -> Answer:
    """What a client makes of an owner that accepts its command, says something, and is gone."""
    with owner(folder) as own:
        pass
    with socket.socket(socket.AF_UNIX) as dying:
        dying.bind(own.note.socket)
        dying.listen()
        write_note(folder, own.note)
        answer = client.later("0")
        peer, _ = dying.accept()
        with peer:
            receive(peer)
            for message in ({"accepted": True}, *said):
                send(peer, message)
        return answer.result(10)


def test_what_a_killed_owner_left_is_in_nobodys_way(tmp_path: Path, client: Client) -> None:
    with owner(tmp_path) as own:
        pass
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(own.note.socket)
    write_note(tmp_path, own.note)
    assert client("0") is None
    with owner(tmp_path) as fresh:
        assert client("0") == 0
        assert read_note(tmp_path) == fresh.note
        assert fresh.note.token != own.note.token
    assert not list(tmp_path.iterdir())
