"""The pages of a store's file and its log, read without SQLite, from a file that SQLite no longer reads.

The log (WAL) overlays the file: of each page the newest frame holds. Frames are
taken as long as they belong to the log's present run (its salts), whether or not
their checksums still follow from each other: SQLite ends at the first that is
damaged, and what lies behind it may be the only copy of what was committed. What
is read here is therefore never believed without its own SHA-256.

Format: sqlite.org/fileformat2.html, sections 1.2 and 4.
"""

import os
import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final, Self

from buffering.database import PAGE_BYTES

WAL_HEADER: Final = struct.Struct(">IIIIIIII")  # magic, version, page size, sequence, salts, checksums
WAL_FRAME: Final = struct.Struct(">IIIIII")  # page number, size after commit, salts, checksums
BLOCK_PAGES: Final = 1024


class Pages:
    """Pages by number, from 1. `in_file` leaves the log out."""

    def __init__(self, file: int, log: int | None) -> None:
        self._file = file
        self._log = log
        self._frames: dict[int, list[int]] = {}  # page → offsets of its frames in the log, oldest first
        in_file = os.fstat(file).st_size // PAGE_BYTES
        frames = [] if log is None else list(_frames(log))
        for number, offset in frames:
            if number <= in_file + len(frames):  # what lies beyond the file lies in the log, page by page
                self._frames.setdefault(number, []).append(offset)
        self.count = max([in_file, *self._frames])

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a store's file and its log, if there is one. Raises OSError."""
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        log = None
        with suppress(FileNotFoundError):
            log = os.open(path.with_name(path.name + "-wal"), os.O_RDONLY | os.O_CLOEXEC)
        return cls(file, log)

    def close(self) -> None:
        """Close both."""
        os.close(self._file)
        if self._log is not None:
            os.close(self._log)

    def get(self, number: int) -> bytes:
        """Return the newest content of a page; empty where there is none. Raises OSError."""
        offsets = self._frames.get(number)
        if offsets:
            return self._frame(offsets[-1])
        return self.in_file(number)

    def in_file(self, number: int) -> bytes:
        """Return a page as the file has it; empty where there is none. Raises OSError."""
        if not 0 < number <= self.count:
            return b""
        page = os.pread(self._file, PAGE_BYTES, (number - 1) * PAGE_BYTES)
        return page if len(page) == PAGE_BYTES else b""

    def versions(self, kind: int, first: int, last: int) -> Iterator[bytes]:
        """Yield every version of the pages `first` to `last` that begins with the byte `kind`."""
        block = os.pread(self._file, (last - first + 1) * PAGE_BYTES, (first - 1) * PAGE_BYTES)
        kinds, place = block[::PAGE_BYTES], -1
        while (place := kinds.find(kind, place + 1)) >= 0:
            yield block[place * PAGE_BYTES : (place + 1) * PAGE_BYTES]
        for number in range(first, last + 1):
            for offset in self._frames.get(number, ()):
                page = self._frame(offset)
                if page[:1] == bytes([kind]):
                    yield page

    def _frame(self, offset: int) -> bytes:
        assert self._log is not None
        return os.pread(self._log, PAGE_BYTES, offset)


def _frames(log: int) -> Iterator[tuple[int, int]]:
    """Yield (page number, offset of the page) of each frame of the log's present run, oldest first."""
    head = os.pread(log, WAL_HEADER.size, 0)
    if len(head) < WAL_HEADER.size:
        return
    salts = WAL_HEADER.unpack(head)[4:6]
    size, offset = os.fstat(log).st_size, WAL_HEADER.size
    while offset + WAL_FRAME.size + PAGE_BYTES <= size:
        number, _, *found = WAL_FRAME.unpack(os.pread(log, WAL_FRAME.size, offset))
        if tuple(found[:2]) == salts and number > 0:
            yield number, offset + WAL_FRAME.size
        offset += WAL_FRAME.size + PAGE_BYTES
