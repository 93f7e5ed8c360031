"""Messages between two processes: JSON objects, each after its length as four bytes, big end first."""

from __future__ import annotations

import json
import socket
from typing import Any

Message = dict[str, Any]
MOST_BYTES = 1 << 20


class BadFrame(ValueError):
    """What came is no message."""


def send(peer: socket.socket, message: Message) -> None:
    """Sends a message, whole."""
    data = json.dumps(message).encode("ascii")
    peer.sendall(len(data).to_bytes(4, "big") + data)


def receive(peer: socket.socket) -> Message | None:
    """The next message; None at the end, also where the other side died half-way; BadFrame for anything else."""
    head = _exactly(peer, 4)
    size = int.from_bytes(head, "big")
    if size > MOST_BYTES:
        raise BadFrame(f"a message of {size:,} bytes; at most {MOST_BYTES:,}")
    data = _exactly(peer, size)
    if len(head) < 4 or len(data) < size:
        return None
    try:
        message = json.loads(data)
    except ValueError as error:
        raise BadFrame(str(error)) from None
    if not isinstance(message, dict):
        raise BadFrame("it is no object")
    return message


def _exactly(peer: socket.socket, size: int) -> bytes:
    """So many bytes, or fewer at the end."""
    data = b""
    while len(data) < size:
        try:
            part = peer.recv(size - len(data))
        except ConnectionError:
            break
        if not part:
            break
        data += part
    return data
