"""A command handed over: what is asked, and where its words go while it is done."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

_PART = 1 << 16  # characters in a message
_PATIENCE_S = 2.0


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks: the words of the command, whether it writes, the client's folder and screen."""

    words: list[str]
    writes: bool
    folder: str
    screen: dict[str, Any]


class Job:
    """A request being done in a thread of its own, with streams to the client; it can be cancelled.

    ``send`` takes a stream's name and text, ``hang_up`` ends the connection.
    """

    def __init__(self, request: Request, send: Callable[[str, str], None], hang_up: Callable[[], None]) -> None:
        self.request = request
        lock = threading.Lock()  # one for both: messages must not mix, and a progress bar draws from its own thread
        self.out, self.err = Sent("out", send, lock), Sent("err", send, lock)
        self.done = threading.Event()
        self._hang_up = hang_up
        self._stop: Callable[[], None] | None = None

    def on_cancel(self, stop: Callable[[], None]) -> None:
        """Says how the work is stopped; it may be called several times, from another thread."""
        self._stop = stop

    def cancel(self) -> None:
        """Stops the work and waits until it has ended."""
        hang_up_at = time.monotonic() + _PATIENCE_S
        while not self.done.wait(0.05):
            if self._stop:
                self._stop()
            if time.monotonic() > hang_up_at:
                with suppress(OSError):
                    self._hang_up()  # it may be stuck telling a client that does not listen


class Sent(io.TextIOBase):
    """A text stream whose lines go to the client; what comes after that is gone is dropped."""

    def __init__(self, name: str, send: Callable[[str, str], None], lock: threading.Lock) -> None:
        self._name, self._send, self._lock = name, send, lock
        self._waiting = ""

    def writable(self) -> bool:
        """It is there to be written to."""
        return True

    def write(self, text: str) -> int:
        """Takes text; whole lines are sent at once, the rest when it is flushed."""
        with self._lock:
            self._waiting += text
            if "\n" in text:
                self._pass_on()
        return len(text)

    def flush(self) -> None:
        """Sends what is left."""
        with self._lock:
            self._pass_on()

    def _pass_on(self) -> None:
        text, self._waiting = self._waiting, ""
        with suppress(OSError):
            for start in range(0, len(text), _PART):
                self._send(self._name, text[start : start + _PART])
