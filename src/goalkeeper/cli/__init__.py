"""The command line: one file a command; libraries are imported when a command runs."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable


def main() -> None:
    """Runs the command line; a user's mistake is told in words and ends with 2."""
    from goalkeeper.cli.app import app

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without Unicode shows ? and not a traceback
    sys.exit(run(app))


def run(command: Callable[[], object]) -> int:
    """Runs a command and tells its mistakes; returns its exit code."""
    from goalkeeper.errors import UsageError

    try:
        command()
    except UsageError as error:
        from goalkeeper.cli.show import fail

        fail(error)
        return 2
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return 0
    except Exception as error:
        if _is_interruption(error):
            return 130
        raise
    return 0


def _is_interruption(error: Exception) -> bool:
    """Whether DuckDB was interrupted, from another thread or by Ctrl-C; without importing DuckDB."""
    return type(error).__name__ == "InterruptException" or str(error) == "Query interrupted"
