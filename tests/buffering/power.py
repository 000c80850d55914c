"""What a power cut leaves: built from a recording of every change of a folder's files.

The recording is made by shims/disk.c. At any point of it, what is on the disk is all
that was synced, and of what was not any part: each write by 512-byte sectors, each
truncation by itself; names (made, renamed, removed) in order up to any point since their
folder was synced.
"""

import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

SECTOR = 512


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of a recording: w(rite), t(runcate), s(ync), c(reate), u(nlink), r(ename)."""

    kind: str
    path: Path
    number: int  # where it was written, or the size it was cut to
    data: bytes


def changes(recording: Path) -> Iterator[Change]:
    """Read a recording; its last entry may be cut off by the kill that ended it."""
    content, place = recording.read_bytes(), 0
    while place + 5 <= len(content):
        kind = chr(content[place])
        [length] = struct.unpack_from("<I", content, place + 1)
        path = Path(content[place + 5 : place + 5 + length].decode())
        place += 5 + length
        number, size = struct.unpack_from("<QI", content, place)
        place += 12
        yield Change(kind, path, number, content[place : place + size])
        place += size


@dataclass(slots=True)
class _File:
    synced: bytearray = field(default_factory=bytearray)
    loose: list[Change] = field(default_factory=list)  # not synced yet

    def sync(self) -> None:
        for change in self.loose:
            _apply(self.synced, change)
        self.loose.clear()

    def torn(self, rng: random.Random) -> bytearray:
        """Return the content with any part of what was not synced."""
        content, share = bytearray(self.synced), rng.choice((0.0, 0.1, 0.5, 0.9, 1.0))
        for change in self.loose:
            for sector in _sectors(change):
                if rng.random() < share:
                    _apply(content, sector)
        return content


class Disk:
    """The state of a recorded folder after each change."""

    def __init__(self) -> None:
        self._files: dict[Path, _File] = {}  # as the process sees them
        self._names: dict[Path, _File] = {}  # as they are on the disk for certain
        self._loose: list[Change] = []  # names that were changed since their folder was synced
        self._made: dict[int, _File] = {}  # by the index of its change: the file that was made

    def apply(self, change: Change) -> None:
        """Take one change into account."""
        match change.kind:
            case "c":
                self._files[change.path] = _File()
                self._made[id(change)] = self._files[change.path]
                self._loose.append(change)
            case "u":
                self._files.pop(change.path, None)
                self._loose.append(change)
            case "r":
                self._files[Path(change.data.decode())] = self._files.pop(change.path)
                self._loose.append(change)
            case "s" if change.path in self._files:
                self._files[change.path].sync()
            case "s":
                self._sync_folder(change.path)
            case _ if change.path in self._files:
                self._files[change.path].loose.append(change)

    def _sync_folder(self, folder: Path) -> None:
        for change in [each for each in self._loose if each.path.parent == folder]:
            self._rename(self._names, change)
            self._loose.remove(change)

    def _rename(self, names: dict[Path, _File], change: Change) -> None:
        match change.kind:
            case "c":
                names[change.path] = self._made[id(change)]
            case "u":
                names.pop(change.path, None)
            case "r" if change.path in names:
                names[Path(change.data.decode())] = names.pop(change.path)

    def cut_power(self, rng: random.Random) -> dict[Path, bytes]:
        """Return the files as a power cut at this moment may leave them."""
        names = dict(self._names)
        for change in self._loose[: rng.randint(0, len(self._loose))]:
            self._rename(names, change)
        return {path: bytes(file.torn(rng)) for path, file in names.items()}

    def seen(self, path: Path) -> bytes:
        """Return a file as the process saw it."""
        file = self._files.get(path)
        if file is None:
            return b""
        content = bytearray(file.synced)
        for change in file.loose:
            _apply(content, change)
        return bytes(content)


def _apply(content: bytearray, change: Change) -> None:
    if change.kind == "t":
        del content[change.number :]
        content.extend(bytes(max(0, change.number - len(content))))
        return
    end = change.number + len(change.data)
    content.extend(bytes(max(0, end - len(content))))
    content[change.number : end] = change.data


def _sectors(change: Change) -> Iterator[Change]:
    """Cut a write at the sectors of the disk; anything else is whole."""
    if change.kind != "w":
        yield change
        return
    place, end = change.number, change.number + len(change.data)
    while place < end:
        following = min(end, (place // SECTOR + 1) * SECTOR)
        data = change.data[place - change.number : following - change.number]
        yield Change("w", change.path, place, data)
        place = following
