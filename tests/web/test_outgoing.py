"""Requests to other servers reach no address of our own network, whatever it is called."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import ip_network
from typing import Any

import pytest
from fastapi import FastAPI, Response
from starlette.responses import RedirectResponse

from goalkeeper.web import outgoing
from goalkeeper.web.outgoing import MOST_BYTES, NotReached, Outgoing
from web.conftest import served

LOOPBACK = [ip_network("127.0.0.0/8")]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    app = FastAPI(openapi_url=None)

    @app.get("/told")
    def told() -> dict[str, int]:
        return {"answer": 42}

    @app.get("/moved")
    def moved() -> Response:
        return RedirectResponse("/told")

    @app.get("/much")
    def much() -> Response:
        return Response(b"x" * (MOST_BYTES + 1))

    @app.get("/list")
    def listed() -> list[int]:
        return [1]

    with served(app) as found:
        yield found


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0.0.0.0", "10.0.0.1", "[::1]",
        "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "[::ffff:127.0.0.1]", "[::ffff:10.0.0.1]",
        "[fe80::1]", "[fd00::1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "224.0.0.1", "255.255.255.255", "[::]",
    ],
)  # fmt: skip
def test_no_address_of_our_own_network_is_asked(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def connected(*_: object, **__: object) -> None:
        pytest.fail("it was asked")

    monkeypatch.setattr(socket, "create_connection", connected)
    with pytest.raises(NotReached, match=r"within this network|is not known"):
        Outgoing().send("GET", f"https://{host}/")


@pytest.mark.parametrize(
    "address",
    ["http://example.org/", "file:///etc/passwd", "ftp://example.org/", "gopher://x", "https://", "//example.org/",
     "https://u:p@example.org/", "https://example.org:99999/", "https://[::1/", "javascript:x"],
)  # fmt: skip
def test_only_https_is_asked(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    known = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: known)
    with pytest.raises(NotReached):
        Outgoing().send("GET", address)


def test_a_name_that_changes_its_address_leads_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is public when it is looked at, and ours a moment later."""
    answers = iter(["93.184.216.34", "127.0.0.1"])
    asked: list[Any] = []

    def looked_up(*_: object, **__: object) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), 443))]

    def connected(where: tuple[str, int], *_: object, **__: object) -> None:
        asked.append(where)
        raise ConnectionRefusedError(111, "refused")

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    monkeypatch.setattr(socket, "create_connection", connected)
    with pytest.raises(NotReached, match="does not answer"):
        Outgoing().send("GET", "https://rebind.example/")
    assert asked == [("93.184.216.34", 443)]


def test_one_address_of_ours_among_others_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 443)) for each in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(NotReached, match="within this network"):
        Outgoing().send("GET", "https://two.example/")


def test_a_network_that_is_named_is_asked(address: str) -> None:
    outgoing = Outgoing(LOOPBACK)
    assert outgoing.send("GET", f"{address}/told").json() == {"answer": 42}
    moved = outgoing.send("GET", f"{address}/moved")
    assert moved.status == 307
    for path, words in (("moved", "307"), ("list", "no object"), ("none", "404"), ("much", "too long")):
        with pytest.raises(NotReached, match=words):
            outgoing.send("GET", f"{address}/{path}").json()


def test_a_server_that_cannot_prove_its_name_is_not_told_anything(address: str) -> None:
    with pytest.raises(NotReached, match="does not answer"):
        Outgoing(LOOPBACK).send("GET", address.replace("http:", "https:"))


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://login.example.org/x", "login.example.org"), ("https://login.example.org:443/", "login.example.org"),
        ("https://login.example.org:8443/", "login.example.org:8443"),
        ("https://login.example.org:80/", "login.example.org:80"), ("https://[2606:4700::1]/", "[2606:4700::1]"),
        ("http://127.0.0.1/", "127.0.0.1"), ("http://127.0.0.1:443/", "127.0.0.1:443"),
    ],
)  # fmt: skip
def test_the_host_is_named_with_a_port_of_its_own_alone(
    address: str, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 443))]
    looked_up = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda name, *_, **__: known if "login" in name else looked_up(name, 80))
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        monkeypatch.setattr(socket, "create_connection", lambda *_, **__: ours)
        monkeypatch.setattr(ssl.SSLContext, "wrap_socket", lambda _, sock, **__: sock)
        assert Outgoing(LOOPBACK).send("GET", address).json() == {}
        sent = theirs.recv(4_096).decode()
    assert f"\r\nHost: {host}\r\n" in sent


@pytest.mark.parametrize(
    "slowly",
    [
        b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", b"HTTP/1.0 200 OK\r\n\r\n",
    ],
)  # fmt: skip
def test_who_sends_a_letter_now_and_then_is_cut_off(slowly: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing, "PATIENCE_S", 0.5)
    done = threading.Event()

    def drip(listener: socket.socket) -> None:
        with listener.accept()[0] as taken, suppress(OSError):
            taken.sendall(slowly)
            while not done.wait(0.05):
                taken.sendall(b"x")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=drip, args=[listener])
        thread.start()
        began = time.monotonic()
        with pytest.raises(NotReached, match=r"does not answer|takes too long"):
            Outgoing(LOOPBACK).send("GET", f"http://127.0.0.1:{listener.getsockname()[1]}/")
        assert time.monotonic() - began < 5
        done.set()
        thread.join()
