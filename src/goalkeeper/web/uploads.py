"""Files that came through the browser: kept in the workspace until they are loaded or dropped, and their loads."""

from __future__ import annotations

import logging
import re
import secrets
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from goalkeeper.connectors.choose import find_mapping
from goalkeeper.connectors.mapping import Mapping, read_mapping
from goalkeeper.connectors.presets import presets
from goalkeeper.connectors.propose import propose_file
from goalkeeper.errors import SourceError, UnknownName, UsageError
from goalkeeper.warehouse import LoadReport
from goalkeeper.warehouse.load import Progress
from goalkeeper.web.failures import failure_of
from goalkeeper.web.trail import Record
from goalkeeper.workspace import Workspace

FOLDER = "uploads"
MOST_MAPPING = 200_000  # bytes; a mapping has a few thousand
_TOKEN = re.compile(r"[0-9a-f]{16}")
_LONGEST = 120
_log = logging.getLogger("goalkeeper.web")


@dataclass(frozen=True, slots=True)
class Upload:
    """One file that waits to be loaded."""

    token: str
    path: Path

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name

    @property
    def size(self) -> int:
        """Its bytes."""
        return self.path.stat().st_size


@dataclass(slots=True)
class Loading:
    """A load at work: what it does and how far it is; then its report, or what is wrong."""

    name: str
    what: str = "waiting"
    share: float = 0.0
    report: LoadReport | None = None
    wrong: str = ""

    @property
    def is_done(self) -> bool:
        """Whether it has ended."""
        return self.report is not None or bool(self.wrong)


@dataclass(frozen=True, slots=True)
class Look:
    """What a file is: read by a mapping that is known, or by one that is ``proposed``; or it is nothing of ours."""

    mapping: Mapping | None = None
    proposed: str = ""
    problem: str = ""


def safe_name(name: str) -> str:
    """A name for a file that leads nowhere else and says what it did."""
    last = re.split(r"[/\\]", name)[-1]
    plain = re.sub(r"[^\w .()+-]", "_", last).strip(". ") or "upload"
    stem, dot, end = plain.rpartition(".")
    return plain if len(plain) <= _LONGEST else f"{(stem or plain)[: _LONGEST - len(end) - 1]}{dot}{end[:20]}"


class Uploads:
    """The uploads of a workspace; loads run in threads of their own, one after the other.

    ``changed`` hears of each that is done, ``record`` is told of what is sent, loaded and dropped, and by whom.
    """

    def __init__(self, workspace: Workspace, changed: Callable[[], None], record: Record) -> None:
        self.workspace, self.folder, self.changed, self.record = workspace, workspace.folder / FOLDER, changed, record
        self.loads: dict[str, Loading] = {}

    @property
    def known(self) -> list[str]:
        """The names of mappings that are ready, or the workspace's own."""
        return sorted({**presets(), **self.workspace.mappings})

    def listed(self) -> Iterator[Upload]:
        """What waits, the oldest first."""
        for folder in sorted(self.folder.glob("*"), key=lambda path: path.stat().st_mtime):
            files = sorted(folder.glob("*")) if _TOKEN.fullmatch(folder.name) else []
            if files:
                yield Upload(folder.name, files[0])

    def find(self, token: str) -> Upload:
        """The upload of a token; UnknownName if there is none."""
        found = {each.token: each for each in self.listed()}
        if token not in found:
            raise UnknownName("upload", token, found)
        return found[token]

    def keep(self, name: str, content: BinaryIO) -> Upload:
        """Keeps a file; UsageError where it cannot be, and then nothing is left of it."""
        token = secrets.token_hex(8)
        folder = self.folder / token
        path = folder / safe_name(name)
        try:
            folder.mkdir(parents=True, mode=0o700)
            with path.open("xb") as file:
                shutil.copyfileobj(content, file)
        except OSError as error:
            shutil.rmtree(folder, ignore_errors=True)
            raise UsageError(
                f"it cannot be kept: {error.strerror}.", where=path.name, hint="Make room on the disk, send it again."
            ) from None
        upload = Upload(token, path)
        try:
            self.record("file sent", f"{upload.name}, {upload.size:,} bytes")
        except Exception:
            self.drop(upload)
            raise
        return upload

    def drop(self, upload: Upload) -> None:
        """Takes an upload away."""
        shutil.rmtree(self.folder / upload.token, ignore_errors=True)

    def look(self, upload: Upload) -> Look:
        """By which mapping it can be read."""
        try:
            return Look(mapping=find_mapping([upload.path], "", self.workspace.mappings))
        except SourceError as error:
            unknown = str(error)
        except UsageError as error:
            return Look(problem=str(error))
        try:
            with tempfile.TemporaryDirectory() as scratch:
                return Look(proposed=propose_file(upload.path, Path(scratch)), problem=unknown)
        except UsageError as error:
            return Look(problem=str(error))

    def start(self, upload: Upload, text: str, source: str) -> None:
        """Loads it by a mapping's text, or by the one that knows it, and brings the facts up to date.

        Findings where the text has mistakes. Nothing is done where it is being loaded already.
        """
        mapping = read_mapping(text, "mapping") if text.strip() else ""
        before = self.loads.get(upload.token)
        if before and not before.is_done:
            return
        # Here and not once it is done: the thread below does not know who asked.
        self.record_load(upload, source)
        loading = self.loads[upload.token] = Loading(upload.name)
        threading.Thread(target=self._load, args=(upload, loading, mapping, text, source), daemon=True).start()

    def record_load(self, upload: Upload, source: str) -> None:
        """Records that a load begins."""
        self.record("load begun", f"{upload.name}{f' as {source}' if source else ''}")

    def _load(self, upload: Upload, loading: Loading, mapping: Mapping | str, text: str, source: str) -> None:
        def tell(what: str, share: float) -> None:
            loading.what, loading.share = what, share

        try:
            report = self.load(upload, mapping, text, source, tell)
            self.drop(upload)
            self.changed()
            loading.report = report
        except UsageError as error:
            loading.wrong = str(error)
        except Exception as error:
            _log.error("a load failed: %s", type(error).__name__)
            found = failure_of(error)
            loading.wrong = f"{found.words} {found.next_step}"
        finally:
            self.workspace.store.leave()

    def load(
        self, upload: Upload, mapping: Mapping | str, text: str, source: str, tell: Progress | None = None
    ) -> LoadReport:
        """Loads it and brings the facts up to date; ``text`` is that of a mapping that is not known yet."""
        report = self.workspace.load(upload.path, mapping=mapping, source=source, progress=tell)
        self.workspace.refresh(progress=tell)
        if isinstance(mapping, Mapping):
            self._remember(mapping.name, text)
        return report

    def _remember(self, name: str, text: str) -> None:
        """Keeps a mapping that worked, so that the next file of the kind is known; never in place of another."""
        path = self.workspace.folder / "mappings" / f"{safe_name(name)}.toml"
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
