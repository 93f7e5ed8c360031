"""Ctrl-C while a statement is at work."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from goalkeeper.warehouse.store import Session


@contextmanager
def heard_by(session: Session) -> Iterator[None]:
    """Lets Ctrl-C end the block's statements at once.

    Python tells only its main thread, and that one sleeps through it in DuckDB 2.0 while a thread of DuckDB works.
    """
    hears, tells = socket.socketpair()
    tells.setblocking(False)
    over = threading.Event()

    def listen() -> None:
        while heard := hears.recv(1):
            if heard[0] == signal.SIGINT:
                session.stop()
                while not over.wait(0.05):
                    session.stop()

    before = signal.set_wakeup_fd(tells.fileno(), warn_on_full_buffer=False)
    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        over.set()
        tells.close()
        listener.join()
        hears.close()
