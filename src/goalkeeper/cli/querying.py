"""sql."""

from __future__ import annotations

from datetime import UTC, datetime

from goalkeeper.cli.measuring import after_option
from goalkeeper.cli.opening import folder_named
from goalkeeper.cli.show import day_option, say


def sql(
    workspace: str, key: str, dialect: str, by: list[str], where: str, since: str, until: str, every: str, clock: str,
    variant: str, tables: str, schema: str,
) -> None:  # fmt: skip
    """Prints a metric's query for a warehouse; the settings of a workspace count, its data plays no part."""
    from goalkeeper.measure.measure import Question
    from goalkeeper.measure.printed import WarehouseQuestion, warehouse_query
    from goalkeeper.metrics import metric as find
    from goalkeeper.workspace import SETTINGS_FILE, Settings, known_metrics, read_settings

    folder = folder_named(workspace)
    settings = read_settings(folder / SETTINGS_FILE) if folder else Settings()
    found = find(key, known_metrics(folder or ""))
    question = Question(
        by=tuple(by), where=where, since=day_option(since, "--since"), until=after_option(until, since), every=every,
        clock=clock, variant=variant,
    )  # fmt: skip
    asked = WarehouseQuestion(
        question=question, dialect=dialect, today=datetime.now(UTC).date(), tables=tables, schema=schema,
        settings=settings.facts,
    )  # fmt: skip
    say(warehouse_query(found, asked).rstrip())
