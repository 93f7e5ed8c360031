"""serve: owns a workspace and answers browsers on this machine."""

from __future__ import annotations

import logging
import secrets
import socket
import threading
import webbrowser
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from goalkeeper.cli.opening import lasting
from goalkeeper.cli.show import say
from goalkeeper.errors import UsageError

HOST = "127.0.0.1"


def serve(
    workspace: str,
    port: int,
    open_page: bool,
    with_people: bool,
    public_address: str = "",
    trusted: Sequence[str] = (),
    log: str = "",
    host: str = HOST,
) -> None:
    """Serves until it is interrupted; commands of other processes are done meanwhile."""
    import uvicorn

    from goalkeeper.state import open_state, people
    from goalkeeper.web import create_app

    _keep_log(log)
    proxies, public_name = [_network(each) for each in trusted], _name_of(public_address)
    if public_name and not proxies:
        raise UsageError(
            "nothing says which proxy to believe.", where="--public-address", hint="Add --trusted-proxy 127.0.0.1."
        )  # fmt: skip
    host, is_here = _own_address(host)
    if not is_here and not public_name:
        raise UsageError(
            "what is listened to there can be read on its way.", where="--host",
            hint="Put a proxy with TLS before it: --public-address https://NAME --trusted-proxy ADDRESS.",
        )  # fmt: skip
    with (
        lasting(workspace) as opened,
        _listening(host, port) as listener,
        open_state(opened.folder, opened.settings.state_url) as state,
    ):
        key = secrets.token_urlsafe(32)
        address = public_address.rstrip("/") or f"http://{_written(host)}:{listener.getsockname()[1]}"
        link = f"{address}/enter?key={key}"
        with state.writing() as session:
            is_first = not people.has_people(session)
            with_people = with_people or not is_first or bool(public_name)
            if with_people:
                link = address
                if is_first:
                    code = people.invite(session, None, by="goalkeeper serve", now=_now())
                    link = f"{address}/join?code={code}"
        app = create_app(
            opened, key=key, now=_now, today=_today, people_of=state if with_people else None, state=state,
            hosts=(HOST, "localhost", *((host,) if is_here else ()), *filter(None, (public_name,))), proxies=proxies,
            only_proxies=not is_here,
        )  # fmt: skip
        config = uvicorn.Config(app, log_config=None, access_log=False, server_header=False, proxy_headers=False)
        server = uvicorn.Server(config)
        what = (
            "Open this link, which lets this machine's browser in until you stop:" if not with_people
            else "Open this link once, to be its first owner:" if is_first else "People sign in here:"
        )  # fmt: skip
        say(f"Serving {opened.settings.name}. {what}")
        say(f"  {link}")
        say("Stop with Ctrl-C. Other goalkeeper commands work on this workspace meanwhile.")
        if open_page:
            threading.Timer(0.5, webbrowser.open, [link]).start()
        threading.Thread(target=_warm(app.state.pages.warm, opened.store.leave), daemon=True).start()
        server.run(sockets=[listener])


def _keep_log(file: str) -> None:
    """A line of JSON for all that happens into the file; without one, of what went wrong in words at the terminal."""
    if not file:
        logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
        return
    from goalkeeper.web.log import JsonLines

    try:
        lines = logging.StreamHandler() if file == "-" else logging.FileHandler(file, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"nothing can be written there: {error.strerror}.", where=file) from None
    lines.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[lines])
    logging.getLogger("goalkeeper").setLevel(logging.INFO)


def _warm(make: Callable[[], None], leave: Callable[[], None]) -> Callable[[], None]:
    """Makes what takes longest before somebody asks for it; whatever goes wrong is told when they do."""

    def run() -> None:
        try:
            make()
        except Exception as error:
            logging.getLogger("goalkeeper.web").info("not made ahead: %s", type(error).__name__)
        finally:
            leave()

    return run


def _own_address(host: str) -> tuple[str, bool]:
    """An address as browsers write it, and whether only this machine can reach it; UsageError where it is none."""
    try:
        address = ip_address(host)
    except ValueError:
        raise UsageError(f"'{host}' is no address.", where="--host", hint="Write 127.0.0.1 or 0.0.0.0.") from None
    address = getattr(address, "ipv4_mapped", None) or address
    return str(address), address.is_loopback


def _written(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _listening(host: str, port: int) -> socket.socket:
    found = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((host, port))
        found.listen()  # from here on whoever opens the link waits and is not turned away
    except (OSError, OverflowError) as error:
        found.close()
        why = getattr(error, "strerror", None) or str(error)
        raise UsageError(
            f"port {port} at {host} cannot be had: {why}.",
            where="--port",
            hint="Name another, or 0 for any that is free.",
        ) from None
    return found


def _network(text: str) -> str:
    """A network in short; one of IPv4 as such, for that is how its connections are told."""
    try:
        found = ip_network(text)
    except ValueError as error:
        raise UsageError(
            f"{error}.", where="--trusted-proxy", hint="Write an address or a network, such as 10.0.0.0/24."
        ) from None
    mapped = getattr(found.network_address, "ipv4_mapped", None)
    return f"{mapped}/{found.prefixlen - 96}" if mapped and found.prefixlen >= 96 else str(found)


def _name_of(address: str) -> str:
    """The host of an address that people open."""
    try:
        parts = urlsplit(address)
    except ValueError:  # such as a bracket that does not close
        parts = urlsplit("")
    if address and (parts.scheme != "https" or not parts.hostname or parts.path.strip("/") or parts.query):
        raise UsageError(
            f"'{address}' is no address of a host with TLS.", where="--public-address",
            hint="Write it as https://goals.example.org.",
        )  # fmt: skip
    return parts.hostname or ""


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def _today() -> date:
    return date.today()  # noqa: DTZ011 - the user's own day
