"""Keeps the sums in step with the facts: in the transaction of a refresh, what changed is subtracted and added."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from goalkeeper.datasets import DATASETS
from goalkeeper.datasets.work import PROMISES
from goalkeeper.metrics import Metric
from goalkeeper.sla import PROMISE_COLUMNS
from goalkeeper.sums.answer import kept_splits
from goalkeeper.sums.cube import VERSION, Cube, added, bucket_sql
from goalkeeper.sums.definitions import STANDS_IN, STEPWISE, Definition, definitions, piece_sql, up_to_former
from goalkeeper.tickets.refresh import SUMS
from goalkeeper.tickets.stored import HORIZONS_NOW, STORED, TICKET_ROWS, TURN_ROWS, last_row, times_made
from goalkeeper.warehouse.store import Store

Place = tuple[str, str]  # a dataset and the column of its day
Splits = tuple[tuple[str, ...], tuple[str, ...]]
KEEP_FROM = 500_000  # rows of a dataset; fewer are counted as fast as they are added
MOST_CELLS = 10  # rows to a cell of counts, at least
MOST_VALUES = 1.5  # rows to an entry of values, all definitions together, at least
# Whose rows of the work a refresh takes out and adds again, with where they stand as they were.
_FORMER = {TICKET_ROWS: "former_ticket_rows", TURN_ROWS: "former_turn_rows"}
_FIRST = ("channel", "team", "brand", "priority", "source", "topic", "type", "product", "language", "agent")


class Keeper:
    """The sums of a workspace's metrics; a refresh tells it before and after it changes rows."""

    def __init__(self, store: Store, metrics: Iterable[Metric], *, keep_from: int = KEEP_FROM) -> None:
        self.store, self.keep_from = store, keep_from
        self.places = definitions(metrics)
        self.version = repr(
            (VERSION, sorted((place, each.key) for place in self.places for each in self.places[place]))
        )
        self._cubes: list[Cube] = []
        self._written: dict[str, str] = {}  # by table, the rows that the work is given
        self._growing: set[tuple[str, str]] = set()  # the datasets and tables that have rows which only grow
        self._promises = 0
        self._went_back = False

    def before(self, keys: str) -> None:
        """Keeps the rows of the tickets that are about to change, and those that the passing time changes, as they are.

        A window that closes changes rows of its own dataset alone: a ticket's, say, and none of its messages.
        """
        known = known_cubes(self.store, self.places) if self._is_known() else []
        self._cubes = [cube for cube in known if cube.dataset in STEPWISE]
        self._promises = times_made(self.store, "promises")
        # Where a horizon went back, windows open again on rows that nothing else tells of.
        self._went_back = bool(self.store.one(
            f"SELECT count(*) FROM horizons_before b JOIN {HORIZONS_NOW} h USING (source, schedule_key) "
            "WHERE h.horizon_at < b.horizon_at"
        ))  # fmt: skip
        if self._went_back:
            self._cubes = []
        self._growing.clear()
        if not self._cubes:
            return
        self._give("changing", keys)
        self._give("circled", "FROM changing ANTI JOIN work USING (ticket_key)")
        for dataset in self._datasets:
            self._keep_growing(dataset)
        self._keep_rows("before", "horizons_before", _FORMER)
        self._written = {table: f"{table} WHERE rowid > {last_row(self.store, table)}" for table in _FORMER}

    def after(self, *, everything: bool) -> None:
        """Subtracts those rows and adds them as they are now; counts anew what was made anew, or all of it."""
        if everything or not self._is_known():
            self._count(self.places)
            return
        if times_made(self.store, "promises") != self._promises:
            self._cubes = [cube for cube in self._cubes if cube.dataset != "promises"]
        if self._cubes:
            self._keep_rows("now", HORIZONS_NOW, self._written)
        for cube in self._cubes:
            for kind, query in cube.changes(f"before_{cube.dataset}", f"now_{cube.dataset}").items():
                if kind == "values":  # the weeks are made of them
                    self._give("changed_values", query)
                    query = "FROM changed_values"
                self.store.con.execute(f"INSERT INTO {cube.table(kind)} BY NAME {query}")
        self._shorten()
        self._count_late()

    def _count_late(self) -> None:
        """Counts anew the sums of datasets whose rows were all made since they were, or are only now enough."""
        known, made = kept_splits(self.store), self._times_made()
        counted = self.store.states("sums of ")
        late = {dataset for dataset, _ in self.places if made.get(dataset, 0) != int(counted.get(dataset) or 0)}
        late |= set(STEPWISE) if self._went_back else set()
        grown = {
            dataset
            for dataset in STEPWISE.keys() & {dataset for dataset, _ in self.places.keys() - known.keys()}
            if self.store.one(f"SELECT count(*) FROM {STANDS_IN[dataset][0]}") >= self.keep_from
        }
        places = [place for place in self.places if place[0] in late or (place[0] in grown and place not in known)]
        self._count(places, known)

    def _times_made(self) -> dict[str, int]:
        """How often all rows of each dataset were made; those of tickets with everything else."""
        made = {name: int(times) for name, times in self.store.states("made ").items()}
        return {name: times for name, times in made.items() if name not in STEPWISE or name == "promises"}

    def _keep_growing(self, dataset: str) -> None:
        """Keeps the rows of a dataset that only the passing time changes: those that wait, and whose windows close."""
        own, waits = STANDS_IN[dataset][0], STEPWISE[dataset]
        closing = [self._closing(cube) for cube in self._cubes if cube.dataset == dataset and cube.windows]
        waiting = f"SELECT ticket_key FROM {own} WHERE {waits}" if waits else ""
        growing = [*filter(None, (*closing, waiting))]
        if not growing:
            return
        self._give(f"growing_{dataset}", f"FROM ({' UNION '.join(growing)}) ANTI JOIN changing USING (ticket_key)")
        alone = f" AND {waits}" if waits and not any(closing) else ""  # a ticket's other rows stand still
        for table, columns in self._columns(dataset).items():
            rows = f"SELECT {columns} FROM {table} WHERE ticket_key IN (FROM growing_{dataset})"
            self._give(_growing(dataset, table), rows + alone * (table == own))
            self._growing.add((dataset, table))

    def _keep_rows(self, when: str, horizons: str, of_work: Mapping[str, str]) -> None:
        """Makes a table of each dataset's rows that change, as they are up to those horizons.

        The sources ``of_work`` are rows of the work where to look for its keys would take longer.
        """
        are_circled = bool(self.store.one("SELECT count(*) FROM circled"))  # a look for none reads the whole table
        for dataset in self._datasets:
            sources = {}
            for table, columns in self._columns(dataset).items():
                rows = [of_work.get(table, f"{table} WHERE ticket_key IN (SELECT ticket_key FROM work)")]
                rows += [f"{table} WHERE ticket_key IN (FROM circled)"] * are_circled
                rows += [_growing(dataset, table)] * ((dataset, table) in self._growing)
                sources[table] = f"({' UNION ALL '.join(f'SELECT {columns} FROM {each}' for each in rows)})"
            looked_at = self._looked_at(dataset)
            rows_now = piece_sql(dataset, horizons, sources, only=looked_at)
            self._give(f"{when}_{dataset}", f"SELECT {', '.join(looked_at)} FROM {rows_now}")

    @property
    def _datasets(self) -> list[str]:
        return list(dict.fromkeys(cube.dataset for cube in self._cubes))

    def _looked_at(self, dataset: str) -> list[str]:
        """The columns of a dataset that its sums are made of."""
        queries = (query for cube in self._cubes if cube.dataset == dataset for query in cube.queries().values())
        return _named_in(
            " ".join(queries), (each.name for each in DATASETS[dataset].columns if not each.given.startswith("canon_"))
        )

    def _columns(self, dataset: str) -> dict[str, str]:
        """By table that the rows of a dataset stand in: the columns of it that its sums are made of."""
        piece = piece_sql(dataset, HORIZONS_NOW, only=self._looked_at(dataset))
        stored = {TICKET_ROWS: STORED["ticket_rows"], TURN_ROWS: STORED["turn_rows"], PROMISES: PROMISE_COLUMNS}
        return {
            table: ", ".join(_named_in(f"ticket_key {piece}", (each.name for each in stored[table])))
            for table in STANDS_IN[dataset]
        }

    def _closing(self, cube: Cube) -> str:
        """The query of the tickets with windows that were open before and no longer are; empty where none was."""
        since = self.store.one(cube.first_pending())
        if since is None:
            return ""
        closes = " OR ".join(f"{up_to_former(cube.dataset, test)} AND {test} IS NOT TRUE" for test in cube.windows)
        only = {"ticket_key", cube.at, *re.findall(r"\w+", " ".join(cube.windows))}
        rows = piece_sql(cube.dataset, HORIZONS_NOW, former="horizons_before", only=only)
        return f"SELECT ticket_key FROM {rows} WHERE {cube.at} >= {since} AND ({closes})"

    def _give(self, name: str, query: str) -> None:
        self.store.con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}")

    def _is_known(self) -> bool:
        """Whether sums of these definitions are kept, and were told of every change so far."""
        return bool(self.store.state(SUMS)) and self.store.state("sums_version") == self.version

    def _count(
        self, places: Collection[tuple[str, str]], chosen: Mapping[Place, Splits] = MappingProxyType({})
    ) -> None:
        """Counts the sums of all rows of these places, where there are enough; by the splits ``chosen`` before."""
        known = kept_splits(self.store)
        kept = {place: splits for place, splits in known.items() if place in self.places and place not in places}
        for dataset, at in known.keys() - kept.keys():
            cube = Cube(dataset, "", at, ())
            for kind in cube.tables:
                self.store.con.execute(f"DROP TABLE IF EXISTS {cube.table(kind)}")
        for dataset, at in places:
            cube = Cube(dataset, DATASETS[dataset].source, at, tuple(self.places[dataset, at]))
            rows = int(self.store.one(f"SELECT count(*) FROM {cube.source} WHERE {at} IS NOT NULL"))
            if rows < self.keep_from:
                continue
            splits = chosen.get((dataset, at))
            cube = replace(cube, splits=splits[0], value_splits=splits[1]) if splits else self._chosen(cube, rows)
            kept[dataset, at] = cube.splits, cube.value_splits
            for kind, query in cube.queries().items():
                names, sums = cube.tables[kind]
                self._fill(cube.table(kind), names, sums, query)
                self._remember_entries(cube.table(kind))
        self.store.remember(SUMS, json.dumps([[*place, *splits] for place, splits in kept.items()]))
        self.store.remember("sums_version", self.version)
        made = self._times_made() if places else {}
        for dataset in {dataset for dataset, _ in places}:
            self.store.remember(f"sums of {dataset}", str(made.get(dataset, 0)))

    def _chosen(self, cube: Cube, rows: int) -> Cube:
        """The cube with as many splits as leave its tables much smaller than the rows."""
        splits = DATASETS[cube.dataset].splits
        offered = [split for split in _FIRST if split in splits]
        if cube.dataset not in STEPWISE:
            offered += [split for split in splits if split not in _FIRST]
        hashed = f"{cube.at}, {{splits}}"
        chosen = self._greedy(cube, offered, hashed, int(rows / MOST_CELLS))
        value_splits: tuple[str, ...] = ()
        if cube.valued:
            most = int(rows / MOST_VALUES / len(cube.valued))
            value = bucket_sql(f"CAST({cube.valued[0].value} AS DOUBLE)")
            value_splits = self._greedy(cube, list(chosen), f"{cube.at}, {value}, {{splits}}", most)
        return Cube(cube.dataset, cube.source, cube.at, cube.definitions, chosen, value_splits)

    def _greedy(self, cube: Cube, offered: list[str], hashed: str, most: int) -> tuple[str, ...]:
        """Those of the splits, in order, with which there are not too many cells."""
        chosen: list[str] = []
        while offered:
            tried = [", ".join((*chosen, *offered[: number + 1])) for number in range(len(offered))]
            cells = ", ".join(f"approx_count_distinct(hash({hashed.format(splits=listed)}))" for listed in tried)
            counts = self.store.rows(f"SELECT {cells} FROM {cube.source}")[0]
            fitting = next((number for number, count in enumerate(counts) if count > most), len(offered))
            chosen += offered[:fitting]
            offered = offered[fitting + 1 :]
        return tuple(chosen)

    def _shorten(self) -> None:
        """Makes one entry of each cell's where changes have made a table twice what it was."""
        tables = {cube.table(kind): cube.tables[kind] for cube in self._cubes for kind in cube.queries()}
        counts = " UNION ALL ".join(f"SELECT '{table}' AS name, count(*) AS entries FROM {table}" for table in tables)
        grown = f"""
            SELECT c.name FROM ({counts}) c LEFT JOIN meta.state s ON s.name = 'sums entries ' || c.name
            WHERE entries > greatest(2 * coalesce(CAST(s.value AS BIGINT), 0), 10000)
        """
        for (table,) in self.store.rows(grown) if tables else ():
            names, sums = tables[table]
            self._fill("temp.sums_short", names, sums, added(names, sums, f"SELECT * FROM {table}"))
            self._fill(table, names, sums, "FROM temp.sums_short")
            self._remember_entries(table)

    def _remember_entries(self, table: str) -> None:
        self.store.remember(f"sums entries {table}", str(self.store.one(f"SELECT count(*) FROM {table}")))

    def _fill(self, table: str, names: dict[str, str], sums: dict[str, str], query: str) -> None:
        """Makes a table anew; declared, since DuckDB loses sight of rows added to one made AS an empty query.

        What is asked for together lies together; of the values by day, which are many, only the days of a definition.
        """
        listed = ", ".join(f"{name} {kind}" for name, kind in (names | sums).items())
        order = ", ".join(list(names)[: 2 if table.endswith("_values") else None])
        self.store.con.execute(f"CREATE OR REPLACE {'TEMP ' * table.startswith('temp.')}TABLE {table} ({listed})")
        self.store.con.execute(f"INSERT INTO {table} BY NAME SELECT * FROM ({query}) ORDER BY {order}")


def _growing(dataset: str, table: str) -> str:
    """The name of a dataset's growing rows of a table."""
    return f"growing_{dataset}_{table.removeprefix('facts.')}"


def _named_in(text: str, names: Iterable[str]) -> list[str]:
    """Those of the names that a text speaks of."""
    words = set(re.findall(r"\w+", text))
    return [name for name in names if name in words]


def known_cubes(store: Store, places: Mapping[tuple[str, str], list[Definition]]) -> list[Cube]:
    """The cubes that are kept, as they were chosen."""
    return [
        Cube(dataset, DATASETS[dataset].source, at, tuple(places[dataset, at]), *splits)
        for (dataset, at), splits in kept_splits(store).items()
    ]
