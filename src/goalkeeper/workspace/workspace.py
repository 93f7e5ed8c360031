"""The workspace as people use it: load, refresh, measure, explain."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Sequence
from collections.abc import Mapping as AnyMapping
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from goalkeeper.connectors.choose import find_mapping, own_mappings
from goalkeeper.connectors.files.kinds import VALID, kind_of
from goalkeeper.connectors.files.scan import head
from goalkeeper.connectors.mapping import Mapping
from goalkeeper.datasets.refresh import is_current
from goalkeeper.datasets.refresh import refresh as refresh_facts
from goalkeeper.errors import SourceError, UsageError, WorkspaceBusy
from goalkeeper.measure import Estimates, Question
from goalkeeper.measure import measure as measure_metric
from goalkeeper.measure.periods import read_range
from goalkeeper.metrics import METRICS, Metric
from goalkeeper.metrics import metric as find_metric
from goalkeeper.metrics.custom import read_metrics
from goalkeeper.metrics.profiles import OURS
from goalkeeper.metrics.profiles import profile as find_profile
from goalkeeper.peers import make_peers
from goalkeeper.sla import promises_version
from goalkeeper.sums import Keeper
from goalkeeper.tickets import RefreshReport
from goalkeeper.tomlfile import parse_toml
from goalkeeper.warehouse import LoadReport, Store, load
from goalkeeper.warehouse.load import MAX_HELD_SHARE, Progress
from goalkeeper.warehouse.quarantine import Replayed, replay
from goalkeeper.workspace.settings import SETTINGS_FILE, Settings, parse_settings, read_settings, settings_text

if TYPE_CHECKING:
    from goalkeeper.engines.spark import Cluster

HOME = "GOALKEEPER_HOME"


class Workspace:
    """An open workspace; a context manager.

    One process has it open at a time. In that process any thread may use it: one loads or refreshes at a time, and
    those that measure go on with the state before it until it is done.
    """

    def __init__(self, folder: Path, settings: Settings, store: Store) -> None:
        self.folder, self.settings, self.store = folder, settings, store

    def __enter__(self) -> Workspace:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the database."""
        self.store.close()

    def reread(self) -> None:
        """Takes the settings as their file has them now; Findings for every mistake, and then nothing changes."""
        self.settings = read_settings(self.folder / SETTINGS_FILE)

    @property
    def mappings(self) -> AnyMapping[str, Mapping]:
        """The workspace's own mappings, from its folder `mappings`, by name."""
        return own_mappings(self.folder / "mappings")

    def load(
        self,
        paths: str | Path | Sequence[str | Path],
        *,
        mapping: str | Path | Mapping = "",
        source: str = "",
        allow: float = MAX_HELD_SHARE,
        progress: Progress | None = None,
    ) -> LoadReport:
        """Loads files, all or none; without ``mapping`` the one that recognises them is taken.

        ``mapping`` is a ready mapping's name, one of the workspace's own, or a path. Call `refresh` afterwards.
        """
        given = [paths] if isinstance(paths, str | Path) else list(paths)
        unread: list[str] = []
        files = [file for path in given for file in _files(Path(path), unread)]
        chosen = mapping if isinstance(mapping, Mapping) else find_mapping(files, str(mapping), self.mappings)
        zone = self.settings.timezone
        with self.store.writing("load", progress):
            report = load(self.store, files, chosen, source_id=source, allow=allow, zone=zone, progress=progress)
        report.unread = unread
        return report

    def refresh(
        self, *, everything: bool = False, progress: Progress | None = None, spark: Cluster | None = None
    ) -> RefreshReport:
        """Brings the facts up to date with what was loaded; on a cluster of Spark the facts of all tickets."""
        engine = None
        if spark:
            from goalkeeper.tickets.spark import on

            spark.check()
            engine = on(spark)
        with self.store.writing("refresh", progress):
            return refresh_facts(
                self.store,
                self.settings.facts,
                self.settings.policies,
                everything=everything,
                progress=progress,
                engine=engine,
                beside=Keeper(self.store, self._summed()),
            )

    def _summed(self) -> Iterable[Metric]:
        """The metrics whose sums are kept; a mistake in an own one is told when that is asked for."""
        try:
            return self._read_metrics().values()  # as the files are now, whatever was read before
        except UsageError:
            return METRICS.values()

    def replay(self, *, source: str = "") -> Replayed:
        """Tries the rows in quarantine again with the mappings in force now, and brings the facts up to date."""
        from goalkeeper.connectors.presets import presets

        known = {**presets(), **self.mappings}
        with self.store.writing("replay"):
            done = replay(self.store, known, source_id=source, zone=self.settings.timezone)
            self.refresh()
        return done

    @cached_property
    def metrics(self) -> AnyMapping[str, Metric]:
        """All metrics by key: Goalkeeper's, and the company's own from the workspace's folder `metrics`."""
        return self._read_metrics()

    def _read_metrics(self) -> AnyMapping[str, Metric]:
        return {**METRICS, **read_metrics(self.folder / "metrics", METRICS)}

    def measure(
        self,
        metric: str | Metric,
        *,
        by: str | Sequence[str] = (),
        where: str = "",
        since: date | str | None = None,
        until: date | str | None = None,
        every: str = "",
        clock: str = "",
        statistic: str = "",
        variant: str = "",
        profile: str = "",
        level: float = 0.95,
    ) -> Estimates:
        """A metric's estimates per period and split; ``until`` is the day after the last one, days may be ISO texts.

        ``metric`` is a key, or a declaration made in code; ``profile`` takes it as another program defines it, such as
        "zendesk".
        """
        self.require_facts()
        found = metric if isinstance(metric, Metric) else find_metric(metric, self.metrics)
        if profile and profile != OURS.key:
            found = find_profile(profile).metric(found)
        if found.dataset(variant).on_demand:
            make_peers(self.store, self.settings.facts)
        first, after_last = read_range(since, until)
        question = Question(
            by=(by,) if isinstance(by, str) else tuple(by),
            where=where, since=first, until=after_last, every=every, clock=clock, statistic=statistic, variant=variant,
            level=level,
        )  # fmt: skip
        return measure_metric(self.store, found, question, zone=self.settings.timezone)

    @property
    def has_facts(self) -> bool:
        """Whether the facts were computed, and by this version."""
        return self.store.state("facts") is not None and is_current(self.store)

    @property
    def behind(self) -> tuple[str, ...]:
        """What happened since the facts were computed that they do not know of, in words."""
        touched = int(self.store.one("SELECT count(DISTINCT ticket_key) FROM meta.touched"))
        facts = self.settings.facts
        versions = (facts.version, promises_version(facts, self.settings.policies))
        found = [f"{touched:,} tickets changed since"] if touched else []
        if (self.store.state("facts"), self.store.state("promises")) != versions:
            found.append("the settings changed since")
        return tuple(found)

    def require_facts(self) -> None:
        """UsageError where the facts were never computed, or by a version that knew other ones."""
        if self.store.state("facts") is None:
            raise UsageError("nothing has been loaded yet.", where=str(self.folder), hint="Run `goalkeeper load FILE`.")
        if not is_current(self.store):
            raise UsageError(
                "the facts were computed by another version of Goalkeeper.",
                where=str(self.folder),
                hint="Run `goalkeeper refresh`.",
            )


def known_metrics(folder: str | Path = "") -> AnyMapping[str, Metric]:
    """The metrics of a workspace, without opening its database; Goalkeeper's alone where there is no workspace."""
    if not folder and HOME not in os.environ and not Path(SETTINGS_FILE).exists():
        return METRICS
    return {**METRICS, **read_metrics(_settings_file(folder).parent / "metrics", METRICS)}


def open_workspace(folder: str | Path = "", *, wait_s: float = 0.0) -> Workspace:
    """Opens a workspace folder, made by `create`; without one, that of GOALKEEPER_HOME, or this folder.

    While another process has it open, it waits for at most ``wait_s``, then raises WorkspaceBusy.
    """
    settings_file = _settings_file(folder)
    settings = read_settings(settings_file)
    deadline = time.monotonic() + wait_s
    while True:
        try:
            return Workspace(settings_file.parent, settings, Store(settings_file.parent, memory=settings.memory_limit))
        except WorkspaceBusy:
            if time.monotonic() >= deadline:
                raise
            time.sleep(0.05)


def _settings_file(folder: str | Path) -> Path:
    """The settings file of a workspace folder, of GOALKEEPER_HOME, or of this folder; UsageError if there is none."""
    path = Path(folder or os.environ.get(HOME, "."))
    if not (path / SETTINGS_FILE).exists():
        raise UsageError(
            f"there is no {SETTINGS_FILE} here, so this is no workspace.",
            where=str(path),
            hint=f"`goalkeeper init {path}` makes one; --workspace or {HOME} names another.",
        )
    return path / SETTINGS_FILE


def create(folder: str | Path, *, name: str = "", timezone: str = "UTC", text: str = "") -> Path:
    """Makes a workspace folder with its settings file; UsageError if there is one already, or for bad settings."""
    path = Path(folder)
    if (path / SETTINGS_FILE).exists():
        raise UsageError(
            "this is a workspace already.",
            where=str(path),
            hint="Load into it with `goalkeeper load FILE`, or name another folder.",
        )
    content = text or settings_text(name or path.resolve().name, timezone)
    parse_settings(parse_toml(content, SETTINGS_FILE))
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)  # customers' data is nobody else's business
        (path / "mappings").mkdir(exist_ok=True)
        (path / SETTINGS_FILE).write_text(content, encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"it cannot be made: {error.strerror}.", where=str(path), hint="Name another folder."
        ) from None
    return path


def _files(path: Path, unread: list[str]) -> list[Path]:
    """The path itself, or a folder's files, sorted, hidden ones left out; ``unread`` gets those that are no tables."""
    if path.is_dir():
        there = sorted(file for file in path.rglob("*") if file.is_file() and not file.name.startswith("."))
        if not there:
            raise UsageError("the folder holds no file.", where=str(path))
        found = []
        for file in there:
            try:
                kind_of(head(file), file.name)
                found.append(file)
            except SourceError as error:
                unread.append(f"{file.relative_to(path)}: {error.message.removesuffix(VALID).strip()}")
        if not found:
            raise SourceError(f"the folder holds no table. {' '.join(unread[:5])}", where=str(path), hint=VALID)
        return found
    if not path.exists():
        raise UsageError("there is no such file.", where=str(path))
    return [path]
