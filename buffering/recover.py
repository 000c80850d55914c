"""Setting a store's files aside, so that a crash at any point leaves either the old store or the new one.

Files are moved, never deleted and never written to. What is to be moved, and
where to, is written down first, by inode: a start that finds it written goes on with
it, and does not take the new store for the old one.
"""

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final, Self

from buffering.database import FILE
from buffering.disk import sync_folder
from buffering.errors import StoreFailed
from buffering.store import Store

META_KEY: Final = "salvaging"
INTENT: Final = "outbox.aside"
FILES: Final = (FILE, f"{FILE}-wal", f"{FILE}-shm")
ASIDE: Final = "aside-{number}"
ASIDES_MAX: Final = 10_000


@dataclass(frozen=True, slots=True)
class Aside:
    """A store that was set aside, as the new one knows it until its records are salvaged."""

    name: str  # of the folder
    epoch: int | None
    heads: dict[str, int] = field(default_factory=dict)  # by lane: how far its epoch had come
    known: list[str] | None = None  # whose pending ranges were taken over; everybody else gets all

    @classmethod
    def of(cls, store: Store) -> Self | None:
        """Return what a store has still to salvage. Raises StoreFailed."""
        text = store.meta().get(META_KEY)
        return None if text is None else cls(**json.loads(text))

    def keep(self, store: Store) -> None:
        """Write it into the store. Raises StoreFailed."""
        store.put_meta(META_KEY, json.dumps(asdict(self)))

    @staticmethod
    def forget(store: Store) -> None:
        """All is salvaged. Raises StoreFailed."""
        store.delete_meta(META_KEY)


def set_aside(folder: Path) -> Path:
    """Move the store's files into a new folder beside it, and return that. Raises StoreFailed."""
    try:
        target = _new_folder(folder)
        inodes = {name: (folder / name).stat().st_ino for name in FILES if (folder / name).exists()}
        _write(folder / INTENT, json.dumps({"target": target.name, "inodes": inodes}))
        return _move(folder, target, inodes)
    except OSError as error:
        raise StoreFailed("read-only", str(error)) from error


def unfinished(folder: Path) -> Path | None:
    """Go on with a move that a crash ended; return where to, None if there was none. Raises StoreFailed."""
    try:
        intent = json.loads((folder / INTENT).read_text("utf-8"))
        return _move(folder, folder / intent["target"], intent["inodes"])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError):  # the crash was before it was written: nothing was moved
        finish(folder)
        return None
    except OSError as error:
        raise StoreFailed("read-only", str(error)) from error


def finish(folder: Path) -> None:
    """The new store is on the disk and knows of the old one. Never raises: it is looked at again."""
    with suppress(OSError):
        (folder / INTENT).unlink(missing_ok=True)


def _new_folder(folder: Path) -> Path:
    for number in range(1, ASIDES_MAX):
        target = folder / ASIDE.format(number=number)
        with suppress(FileExistsError):
            target.mkdir(mode=0o750)
            return target
    raise FileExistsError(folder / ASIDE.format(number=ASIDES_MAX))


def _move(folder: Path, target: Path, inodes: dict[str, int]) -> Path:
    for name, inode in inodes.items():
        path = folder / name
        with suppress(FileNotFoundError):
            if path.stat().st_ino == inode:
                path.rename(target / name)
    sync_folder(target)
    sync_folder(folder)
    return target


def _write(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o640)
    try:
        os.write(descriptor, text.encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    sync_folder(path.parent)
