"""The disk around the store: how much room it has, and the ballast that is thrown when it has none.

On a full disk SQLite cannot even delete: what is removed passes through its
log, and the log needs room. The ballast is a file that takes that room before
anybody else does; it is removed when the disk is full, and laid again when there
is space.
"""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from buffering.errors import StoreFailed

FILE: Final = "outbox.ballast"
DISK_FULL: Final = "disk-full"
QUOTA: Final = "quota"
IO_ERROR: Final = "io-error"
READ_ONLY: Final = "read-only"
NO_ROOM: Final = frozenset({DISK_FULL, QUOTA})
"""Reasons of StoreFailed for which records have to make room."""
LOG_INDEX_BYTES: Final = 32 * 1024  # SQLite extends the index of its log by so much
BALLAST_BYTES: Final = 4 * 1024 * 1024  # the log of some thousand pages, and one group of records
SPARE_SHARE: Final = 8  # the ballast is never more than an eighth of what is free


@dataclass(frozen=True, slots=True)
class Disk:
    """The file system under the store, in bytes; `free` is what we may still take."""

    free: int
    total: int
    is_read_only: bool = False


def measure(folder: Path) -> Disk:
    """Ask the file system. Raises StoreFailed."""
    try:
        found = os.statvfs(folder)
    except OSError as error:
        raise StoreFailed("io-error", str(error)) from error
    is_read_only = bool(found.f_flag & os.ST_RDONLY)
    return Disk(found.f_bavail * found.f_frsize, found.f_blocks * found.f_frsize, is_read_only)


def sync_folder(folder: Path) -> None:
    """Bring the folder's entries to the disk. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def exactly(failed: StoreFailed, folder: Path, *, has_quota: bool) -> StoreFailed:
    """Return what a failure is by what the file system says.

    SQLite has one word for a full disk and for the quota, and an I/O error for an index
    of its log that finds no room, and for a file that was open when its disk became read-only.
    """
    if failed.reason not in (DISK_FULL, IO_ERROR):
        return failed
    try:
        disk = measure(folder)
    except StoreFailed:
        return failed
    if failed.reason == IO_ERROR and disk.is_read_only:
        return StoreFailed(READ_ONLY, failed.detail)
    if failed.reason == DISK_FULL and has_quota and disk.free >= BALLAST_BYTES:
        return StoreFailed(QUOTA, failed.detail)
    if failed.reason == IO_ERROR and disk.free < LOG_INDEX_BYTES:
        return StoreFailed(DISK_FULL, failed.detail)
    return failed


class Ballast:
    """One file beside the store."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE

    @property
    def size(self) -> int:
        """Bytes that it holds now; 0 when it is not laid."""
        try:
            return self._path.stat().st_size
        except OSError:
            return 0

    def lay(self, free: int) -> None:
        """Take the room, where the disk has plenty; never raises: without ballast the store works, too."""
        if self.size or free < SPARE_SHARE * BALLAST_BYTES:
            return
        with suppress(OSError):
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o640)
            try:
                os.posix_fallocate(descriptor, 0, BALLAST_BYTES)
            finally:
                os.close(descriptor)
        if self.size < BALLAST_BYTES:
            self.throw()

    def throw(self) -> None:
        """Give the room back; never raises."""
        with suppress(OSError):
            self._path.unlink()
