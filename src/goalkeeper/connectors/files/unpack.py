"""Unpack gz and zip within limits; a bomb is refused while it unpacks, long before the disk is full."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, cast

from goalkeeper.connectors.files.plain import GiB, Limits, MiB
from goalkeeper.errors import SourceError

_CHUNK = 1 * MiB
_ENCRYPTED = 0x1


class Meter:
    """Counts the bytes that one file unpacks to, and stops at the limits."""

    def __init__(self, packed: int, name: str, limits: Limits) -> None:
        self.packed, self.name, self.limits = max(packed, 1), name, limits
        self.unpacked = 0

    def add(self, size: int) -> None:
        """Count `size` more bytes; raises a `SourceError` once a limit is passed."""
        self.unpacked += size
        limits = self.limits
        if self.unpacked > limits.max_bytes:
            raise SourceError(
                f"it unpacks to more than {limits.max_bytes / GiB:.3g} GiB.",
                where=self.name,
                hint="Split the export into smaller files.",
            )
        if self.unpacked > limits.ratio_from and self.unpacked > limits.max_ratio * self.packed:
            raise SourceError(
                f"it unpacks to more than {limits.max_ratio} times its size, as no export does: a zip bomb?",
                where=self.name,
                hint="If the file is sound, unpack it yourself and load what it holds.",
            )


def gunzip(path: Path, target: Path, name: str, meter: Meter) -> None:
    """Write what a .gz file holds to `target`."""
    try:
        with gzip.open(path, "rb") as stream:
            _copy(cast("IO[bytes]", stream), target, meter)
    except (OSError, EOFError, zlib.error) as error:
        raise SourceError(
            f"the gz file is broken or was cut off ({error}).", where=name, hint="Download or copy it anew."
        ) from error


def members(archive: zipfile.ZipFile, name: str, limits: Limits) -> list[zipfile.ZipInfo]:
    """The files of a zip archive that may hold data: no folders, no system leavings."""
    infos = archive.infolist()
    if len(infos) > limits.max_members:
        raise SourceError(
            f"the archive holds {len(infos):,} files; at most {limits.max_members:,} are read.",
            where=name,
            hint="Pack fewer files together.",
        )
    return [info for info in infos if not info.is_dir() and not _leaving(info.filename)]


def _leaving(filename: str) -> bool:
    parts = PurePosixPath(filename.replace("\\", "/")).parts
    return not parts or "__MACOSX" in parts or parts[-1].startswith(".") or parts[-1].lower() == "thumbs.db"


def open_zip(path: Path, name: str) -> zipfile.ZipFile:
    """The opened archive; a `SourceError` where its directory cannot be read."""
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise SourceError(
            f"the zip archive is broken or was cut off ({error}).",
            where=name,
            hint="Download or copy it anew.",
        ) from error


def unzip(path: Path, scratch: Path, name: str, meter: Meter) -> Iterator[tuple[zipfile.ZipInfo, Path]]:
    """Each data file of a zip archive, written to `scratch` under a name of ours (never its own)."""
    with open_zip(path, name) as archive:
        for index, info in enumerate(members(archive, name, meter.limits)):
            if info.flag_bits & _ENCRYPTED:
                raise SourceError(
                    f"'{info.filename}' is protected by a password.",
                    where=name,
                    hint="Unpack it and load what it holds.",
                )
            target = scratch / f"member{index}"
            try:
                with archive.open(info) as stream:
                    _copy(stream, target, meter)
            except (
                zipfile.BadZipFile,
                OSError,
                EOFError,
                zlib.error,
                NotImplementedError,
                RuntimeError,
            ) as error:
                raise SourceError(
                    f"'{info.filename}' cannot be unpacked ({error}).",
                    where=name,
                    hint="Download or pack it anew.",
                ) from error
            yield info, target


def _copy(stream: IO[bytes], target: Path, meter: Meter) -> None:
    with target.open("wb") as out:
        while chunk := stream.read(_CHUNK):
            meter.add(len(chunk))
            out.write(chunk)
