"""serve: owns a workspace and answers browsers on this machine."""

from __future__ import annotations

import logging
import secrets
import socket
import threading
import webbrowser
from collections.abc import Callable
from datetime import UTC, date, datetime

from goalkeeper.cli.opening import lasting
from goalkeeper.cli.show import say
from goalkeeper.errors import UsageError

HOST = "127.0.0.1"


def serve(workspace: str, port: int, open_page: bool) -> None:
    """Serves until it is interrupted; commands of other processes are done meanwhile."""
    import uvicorn

    from goalkeeper.web import create_app

    with lasting(workspace) as opened, _listening(port) as listener:
        key = secrets.token_urlsafe(32)
        app = create_app(opened, key=key, now=_now, today=_today)
        address = f"http://{HOST}:{listener.getsockname()[1]}"
        link = f"{address}/enter?key={key}"
        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
        config = uvicorn.Config(app, log_config=None, access_log=False, server_header=False)
        server = uvicorn.Server(config)
        say(f"Serving {opened.settings.name}. Open this link, which lets this machine's browser in until you stop:")
        say(f"  {link}")
        say("Stop with Ctrl-C. Other goalkeeper commands work on this workspace meanwhile.")
        if open_page:
            threading.Timer(0.5, webbrowser.open, [link]).start()
        threading.Thread(target=_warm(app.state.pages.warm, opened.store.leave), daemon=True).start()
        server.run(sockets=[listener])


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


def _listening(port: int) -> socket.socket:
    found = socket.socket(socket.AF_INET)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((HOST, port))
        found.listen()  # from here on whoever opens the link waits and is not turned away
    except (OSError, OverflowError) as error:
        found.close()
        why = getattr(error, "strerror", None) or str(error)
        raise UsageError(
            f"port {port} cannot be had: {why}.", where="--port", hint="Name another, or 0 for any that is free."
        ) from None
    return found


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def _today() -> date:
    return date.today()  # noqa: DTZ011 - the user's own day
