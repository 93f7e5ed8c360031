"""The command line: one file a command; libraries are imported when a command runs."""

from __future__ import annotations

import io
import sys


def main() -> None:
    """Runs the command line; a user's mistake is told in words and ends with 2."""
    from goalkeeper.cli.app import app
    from goalkeeper.errors import UsageError

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without Unicode shows ? and not a traceback
    try:
        app()
    except UsageError as error:
        from goalkeeper.cli.show import fail

        fail(error)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(0)
