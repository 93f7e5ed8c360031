"""A list of commands in the help, each with its whole first sentence."""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup


class Commands(TyperGroup):
    """A group of commands; its help wraps what each does, where typer would cut it to the rest of one line."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Writes the list."""
        named = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        rows = [(name, command.get_short_help_str(10_000)) for name, command in named if command and not command.hidden]
        with formatter.section("Commands"):
            formatter.write_dl(rows)
