"""Requests to servers that settings name: to an address that was looked at, no further, and not for long."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

from goalkeeper.errors import GoalkeeperError

PATIENCE_S = 10.0
MOST_BYTES = 1_000_000
Network = IPv4Network | IPv6Network
_NAT64 = ip_network("64:ff9b::/96")  # any IPv4 address in disguise


class NotReached(GoalkeeperError):
    """Another server was not asked, or its answer is of no use; says why."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What another server answered."""

    status: int
    content: bytes

    def json(self) -> dict[str, Any]:
        """Its content as an object; NotReached for a failure or anything else."""
        try:
            found = json.loads(self.content)
        except (ValueError, RecursionError):
            found = None
        if self.status != 200 or not isinstance(found, dict):
            raise NotReached(f"it answered {self.status} and no object")
        return found


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Sends requests to the net, and to ``inside`` networks where settings name some.

    A name is resolved once, every address of it must be allowed, and the connection goes to the one that was looked
    at: a name that changes its address meanwhile leads nowhere else. No redirect is followed.
    """

    inside: Sequence[Network] = ()

    def send(
        self, method: str, address: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Answered:
        """The answer of an `https` address; `http` goes to inside networks alone. NotReached where there is none."""
        try:
            parts = urlsplit(address)
            host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError:
            raise NotReached("that is no address") from None
        if parts.scheme not in ("https", "http") or not host or "@" in parts.netloc:
            raise NotReached("only https addresses are asked")
        where = self._looked_at(host, port)
        if parts.scheme == "http" and not self._is_inside(where):
            raise NotReached("only https addresses are asked")
        connection = _Connection(host, port, str(where), is_secure=parts.scheme == "https")
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        # The socket's own limit is for each piece: whoever sends a letter now and then would hold on for ever.
        end = threading.Timer(PATIENCE_S, connection.cut)
        end.daemon = True
        end.start()
        try:
            connection.request(method, target, body, dict(headers or {}))
            with connection.getresponse() as answer:
                content, piece = b"", b"\0"
                while piece:
                    piece = answer.read1(64_000)
                    content += piece
                    if connection.is_cut:
                        raise NotReached(f"{host} takes too long")
                    if len(content) > MOST_BYTES:
                        raise NotReached("its answer is too long")
            return Answered(answer.status, content)
        except (OSError, HTTPException, ValueError) as error:
            raise NotReached(f"{host} does not answer: {type(error).__name__}") from None
        finally:
            end.cancel()
            connection.close()

    def _looked_at(self, host: str, port: int) -> IPv4Address | IPv6Address:
        try:
            told = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise NotReached(f"{host} is not known") from None
        found = [ip_address(str(each[4][0]).partition("%")[0]) for each in told]
        if not found or not all(_is_public(each) or self._is_inside(each) for each in found):
            raise NotReached(f"{host} is an address within this network, which settings do not allow")
        return found[0]

    def _is_inside(self, address: IPv4Address | IPv6Address) -> bool:
        return any(address in network for network in self.inside if network.version == address.version)


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return _is_public(address.ipv4_mapped)
        if address.sixtofour or address.teredo or address in _NAT64:
            return False
    return address.is_global and not address.is_multicast


class _Connection(HTTPConnection):
    """A connection to one address, which must prove to be the host."""

    def __init__(self, host: str, port: int, address: str, *, is_secure: bool) -> None:
        super().__init__(host, port, timeout=PATIENCE_S)
        self._address, self._is_secure = address, is_secure
        self.is_cut = False
        self._wire: socket.socket | None = None  # `sock` is taken away as soon as an answer says it is the last
        self.default_port = 443 if is_secure else 80  # which the header Host does not name

    def cut(self) -> None:
        """Ends it from another thread, whatever it waits for."""
        self.is_cut = True
        if self._wire:
            with suppress(OSError):  # it is closed
                self._wire.shutdown(socket.SHUT_RDWR)

    def connect(self) -> None:
        self.sock = self._wire = socket.create_connection((self._address, self.port), self.timeout)
        if self._is_secure:
            self.sock = self._wire = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)
        if self.is_cut:  # while there was none
            self.cut()
