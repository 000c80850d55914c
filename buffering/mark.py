"""The high-water mark: how far the store had come, kept outside of it.

A database that is put back from a backup is whole in itself; nothing in it says
that it is old. New records would get numbers that others bear already. The mark
lies beside the database, is written after every commit, and says at least how far
it had come. It is not synced with the commit: it may be behind after a power cut,
never ahead.

A folder that is copied or put back as a whole takes the mark along. But not the
lock file's inode and time of change, nor the database's inode, which no copy can
keep: the mark names those. The first mark of an epoch is brought to the disk before
its store is used, so that a store without one is a store that was put back.

Two slots are written in turn, each with its own checksum: one is always whole.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from buffering.database import FILE as DATABASE
from buffering.database import LOCK
from buffering.disk import sync_folder

FILE: Final = "outbox.mark"
SLOT_BYTES: Final = 65_536
DIGEST_BYTES: Final = 32
SYNC_NS: Final = 3600 * 10**9


@dataclass(frozen=True, slots=True)
class HighWater:
    """How far a store had come: of an epoch the newest records, of each destination the next number."""

    gateway: str
    epoch: int
    heads: Mapping[str, int]
    numbers: Mapping[str, int]
    last_ns: int | None = None  # the newest time that the store was told; older marks do not say


class Mark:
    """The file of one folder. Never raises: a mark that cannot be written is only an older mark."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / FILE
        self._written = 0
        self._synced_ns: int | None = None
        self._file: int | None = None

    def read(self) -> tuple[HighWater, bool] | None:
        """Return the newest mark, and whether it was made in this folder; None if there is none."""
        try:
            content = self._path.read_bytes()
        except OSError:
            return None
        slots = [content[:SLOT_BYTES], content[SLOT_BYTES:]]
        found = [each for each in map(_parsed, slots) if each is not None]
        if not found:
            return None
        newest = max(found, key=lambda each: int(each["count"]))
        self._written = newest["count"]
        heads, numbers = newest["heads"], newest["numbers"]
        mark = HighWater(newest["gateway"], newest["epoch"], heads, numbers, newest.get("last_ns"))
        return mark, _is_same_place(newest["place"], _place(self._folder))

    def write(self, mark: HighWater) -> None:
        """Write what is durable by now."""
        place = _place(self._folder)
        if place is None:
            return
        self._written += 1
        text = json.dumps({**asdict(mark), "count": self._written, "place": place}).encode()
        slot = hashlib.sha256(text).digest() + text + b"\n"
        with suppress(OSError):
            if self._file is None:
                self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o640)
            if len(slot) <= SLOT_BYTES:
                os.pwrite(self._file, slot, self._written % 2 * SLOT_BYTES)

    def establish(self) -> None:
        """Bring the first mark of an epoch to the disk, with its name. Never raises."""
        with suppress(OSError):
            if self._file is not None:
                os.fdatasync(self._file)
                sync_folder(self._folder)

    def sync(self, now_ns: int) -> None:
        """Bring the mark to the disk, at most once an hour."""
        if self._file is None or (self._synced_ns is not None and abs(now_ns - self._synced_ns) < SYNC_NS):
            return
        with suppress(OSError):
            os.fdatasync(self._file)
            self._synced_ns = now_ns

    def close(self) -> None:
        """Sync and close."""
        file, self._file = self._file, None
        if file is not None:
            with suppress(OSError):
                os.fdatasync(file)
            with suppress(OSError):
                os.close(file)


def is_behind(mark: HighWater, epoch: int, heads: Mapping[str, int], numbers: Mapping[str, int]) -> bool:
    """Whether a store is older than its mark."""
    if epoch != mark.epoch:
        return epoch < mark.epoch
    return any(heads.get(lane, 0) < seq for lane, seq in mark.heads.items()) or any(
        name in numbers and numbers[name] < number for name, number in mark.numbers.items()
    )


def _place(folder: Path) -> list[int] | None:
    """Return what no copy has; the database's time of change is no part of it, each commit changes that."""
    try:
        lock, database = (folder / LOCK).stat(), (folder / DATABASE).stat()
    except OSError:
        return None
    return [lock.st_ino, lock.st_ctime_ns, database.st_ino]


def _is_same_place(noted: list[int], found: list[int] | None) -> bool:
    """Whether a mark was made here; older ones do not name the database's inode."""
    return found is not None and noted == found[: len(noted)]


def _parsed(slot: bytes) -> dict[str, Any] | None:
    text = slot[DIGEST_BYTES:].partition(b"\n")[0]
    if hashlib.sha256(text).digest() != slot[:DIGEST_BYTES]:
        return None
    found: dict[str, Any] = json.loads(text)
    return found
