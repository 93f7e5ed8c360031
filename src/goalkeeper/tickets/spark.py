"""The ticket facts computed by Spark: the statements that DuckDB would run, over Parquet in a folder both see."""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import sqlglot
from sqlglot import exp

from goalkeeper.engines import spark
from goalkeeper.engines.text import literal
from goalkeeper.errors import UsageError
from goalkeeper.tickets import inputs
from goalkeeper.tickets.refresh import Engine, FactsSettings, Progress, code_events, compute_chunk
from goalkeeper.tickets.sql import BY_TICKET
from goalkeeper.warehouse.store import Store

_STATEMENT = re.compile(
    r"\s*(?:CREATE (?:OR REPLACE )?TEMP (?P<kind>TABLE|VIEW) (?P<made>\w+) AS"
    r"|INSERT INTO facts\.(?P<facts>\w+) BY NAME)\s(?P<query>.*)",
    re.DOTALL,
)
_SMALL = ("bots", "earliest", "specialists")  # made here: never more rows than there are agents, teams or merges


class Recorded:
    """Statements taken down for Spark instead of being run; small tables are made in the store all the same."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store, self.folder = store, folder
        self.steps: list[spark.Step] = []
        self.facts: dict[str, Path] = {}

    def take(self, statement: str) -> None:
        """Takes one statement down."""
        found = _STATEMENT.fullmatch(statement)
        if found is None or found["made"] in _SMALL:
            self.store.con.execute(statement)
            return
        name = f"facts_{found['facts']}" if found["facts"] else found["made"]
        folder = self.folder / name
        if found["facts"]:
            self.facts[found["facts"]] = folder
        self.steps.append(spark.Step(name, found["query"], "" if found["kind"] == "VIEW" else str(folder)))

    def write_inputs(self) -> dict[str, Path]:
        """Writes the tables that the steps read and none of them makes, with the columns that any step names."""
        trees = [sqlglot.parse_one(step.query, read="duckdb") for step in self.steps]
        named = {column.name for tree in trees for column in tree.find_all(exp.Column)}
        own = {cte.alias for tree in trees for cte in tree.find_all(exp.CTE)} | {step.name for step in self.steps}
        tables = {(table.db, table.name) for tree in trees for table in tree.find_all(exp.Table)}
        written = {}
        for schema, table in sorted(tables):
            name = "_".join(filter(None, (schema, table)))
            if name in own:
                continue
            source = ".".join(filter(None, (schema, table)))
            columns = [f'"{column}"' for column, *_ in self.store.rows(f"DESCRIBE {source}") if column in named]
            written[name] = self.folder / f"{name}.parquet"
            self.store.con.execute(
                f"COPY (SELECT {', '.join(columns)} FROM {source}) TO {literal(str(written[name]))} (FORMAT parquet)"
            )
        return written


def on(cluster: spark.Cluster) -> Engine:
    """The cluster as an engine of a refresh."""
    return partial(compute, cluster)


def compute(cluster: spark.Cluster, store: Store, settings: FactsSettings, spans: int, tell: Progress) -> None:
    """Computes the facts of all tickets on the cluster and adds them to the store's; the store's tables are empty.

    Needs what ``refresh_tickets`` makes before. What is written to the lake is gone afterwards.
    """

    def told(what: str, share: float) -> None:
        _ = store.con  # lets a stopped thread go
        tell(what, share)

    with _passage(store, cluster.lake) as folder:
        recorded = Recorded(store, folder)
        events = inputs.make_events(store, recorded.take, everything=True)
        inputs.make_shared(recorded.take, settings.specialists, everything=True)
        code_events(recorded.take, "k IS NOT NULL", events, BY_TICKET)
        compute_chunk(recorded.take, settings, "k IS NOT NULL", spans, BY_TICKET)
        told("writing the tables for Spark", 0.0)
        spark.run(cluster, recorded.write_inputs(), recorded.steps, told)
        for number, (table, files) in enumerate(recorded.facts.items()):
            told("taking the facts in", number / len(recorded.facts))
            rows = f"SELECT * FROM read_parquet({literal(str(files / '*.parquet'))}) ORDER BY ticket_key"
            store.con.execute(f"INSERT INTO facts.{table} BY NAME {rows}")


@contextmanager
def _passage(store: Store, lake: Path | None) -> Iterator[Path]:
    """An empty folder, gone after the block."""
    if lake is None:
        with store.scratch() as folder:
            yield folder.resolve()
        return
    folder = lake.resolve() / f"goalkeeper-{secrets.token_hex(8)}"
    try:
        folder.mkdir()
    except OSError as error:
        raise UsageError(f"nothing can be written there: {error.strerror}.", where=str(lake)) from None
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
