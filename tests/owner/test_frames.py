"""Messages arrive as they were sent, or not at all."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goalkeeper.owner.frames import MOST_BYTES, BadFrame, receive, send

Pair = tuple[socket.socket, socket.socket]
texts = st.text(st.characters(), max_size=20)  # lone surrogates too: a file's name may hold any bytes


@pytest.fixture
def pair() -> Iterator[Pair]:
    one, other = socket.socketpair()
    with one, other:
        yield one, other


@given(st.lists(st.dictionaries(texts, st.one_of(texts, st.integers(), st.booleans(), st.lists(texts))), max_size=5))
def test_messages_arrive_in_order(messages: list[dict[str, object]]) -> None:
    one, other = socket.socketpair()
    with other:
        with one:
            for message in messages:
                send(one, message)
        assert [receive(other) for _ in messages] == messages
        assert receive(other) is None


@pytest.mark.parametrize("data", [b"", b"\0", b"\0\0\0\x05", b'\0\0\0\x05{"a"'])
def test_a_message_cut_off_is_none(pair: Pair, data: bytes) -> None:
    one, other = pair
    one.sendall(data)
    one.close()
    assert receive(other) is None


@pytest.mark.parametrize(
    "data",
    [
        (MOST_BYTES + 1).to_bytes(4, "big"),
        b"GET / HTTP/1.1\r\n\r\n",
        b"\0\0\0\x02[]",
        b"\0\0\0\x02{]",
        b"\0\0\0\x01\xff",
    ],
)
def test_what_is_no_message(pair: Pair, data: bytes) -> None:
    one, other = pair
    one.sendall(data)
    one.close()
    with pytest.raises(BadFrame):
        receive(other)
