"""Opens the store's file: the lock, the pragmas, the format, and SQLite's errors as ours.

Each pragma is load-bearing; what breaks without it stands in DESIGN.md.
"""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import resources
from pathlib import Path
from typing import Final

from buffering.disk import exactly
from buffering.errors import StoreFailed, StoreUnusable

FILE: Final = "outbox.db"
LOCK: Final = "outbox.lock"
FORMAT: Final = 3
APPLICATION_ID: Final = 0x45474131  # "EGA1": file(1) and a stranger's tool can tell whose file this is
PAGE_BYTES: Final = 1024  # half the flash wear of 4096 at 20 points, and no larger at 1,000
JOURNAL_BYTES_MAX: Final = 8 * 1024 * 1024
CACHE_KIB: Final = 4096

_BEFORE_FIRST_TABLE: Final = (f"page_size={PAGE_BYTES}", "auto_vacuum=2", f"application_id={APPLICATION_ID}")
_ALWAYS: Final = (
    "journal_mode=wal",
    "synchronous=full",
    f"journal_size_limit={JOURNAL_BYTES_MAX}",
    f"cache_size=-{CACHE_KIB}",
)
_REASONS: Final = {
    "SQLITE_FULL": "disk-full",
    "SQLITE_READONLY": "read-only",
    "SQLITE_CANTOPEN": "missing",
    "SQLITE_CORRUPT": "damaged",
    "SQLITE_NOTADB": "damaged",
    "SQLITE_BUSY": "in-use",
    "SQLITE_LOCKED": "in-use",
}
_OUR_MISTAKES: Final = (
    sqlite3.ProgrammingError,
    sqlite3.IntegrityError,
    sqlite3.DataError,
    sqlite3.NotSupportedError,
)


@contextmanager
def failures() -> Iterator[None]:
    """Raise StoreFailed for what the disk did; a mistake in our SQL passes through as it is."""
    try:
        yield
    except _OUR_MISTAKES:
        raise
    except sqlite3.Error as error:
        raise StoreFailed(_reason(error), str(error)) from error
    except UnicodeDecodeError as error:  # SQLite's own message quotes what is damaged
        raise StoreFailed("damaged", str(error)) from error


def _reason(error: sqlite3.Error) -> str:
    if "decode to UTF-8" in str(error):  # the sqlite3 module's own, without a code
        return "damaged"
    name = str(getattr(error, "sqlite_errorname", ""))  # extended: SQLITE_READONLY_DBMOVED
    if name == "SQLITE_READONLY_DBMOVED":
        return "missing"
    return next((reason for prefix, reason in _REASONS.items() if name.startswith(prefix)), "io-error")


def lock(folder: Path) -> int:
    """Take the folder for this process; return the lock's file descriptor.

    The kernel lets go of it when the process dies, however it dies.
    Raises StoreUnusable: another process has it, or the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    except OSError as error:
        raise StoreUnusable(folder, "read-only", str(error)) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise StoreUnusable(folder, "in-use", str(error)) from error
    return descriptor


def open_or_create(path: Path) -> tuple[sqlite3.Connection, bool]:
    """Return a writing connection and whether the store is new (its tables empty, uncommitted).

    A new store comes with its transaction open: the tables and what identifies
    the store become durable together, or not at all.
    Raises StoreUnusable: not a store, a newer format, damaged, or the disk fails. A damaged
    one stays open until its `let_go`: closing would write the log into the file, and remove it.
    """
    with ExitStack() as closing:
        try:
            with failures():
                db = sqlite3.connect(path, isolation_level=None)
                closing.callback(db.close)
                created = _prepare(db, path)
        except StoreFailed as failed:
            exact = exactly(failed, path.parent, has_quota=False)
            unusable = StoreUnusable(path, exact.reason, exact.detail)
            if failed.reason == "damaged":
                unusable.let_go = closing.pop_all().close
            raise unusable from failed
        closing.pop_all()
        return db, created


def _prepare(db: sqlite3.Connection, path: Path) -> bool:
    created = _is_empty(db, path)
    if created:
        _apply(db, _BEFORE_FIRST_TABLE)
    _apply(db, _ALWAYS)
    _migrate(db)
    if not created and db.in_transaction:
        db.execute("COMMIT")
    return created


def create_tables(db: sqlite3.Connection) -> None:
    """Make an empty store in a database that is nobody's: to see where the tables of every store lie."""
    _apply(db, _BEFORE_FIRST_TABLE)
    _migrate(db)
    db.execute("COMMIT")


def _migrate(db: sqlite3.Connection) -> None:
    """Bring the file to our format, in one transaction that stays open where there was something to do."""
    folder = resources.files("buffering").joinpath("migrations")
    version = _number(db, "user_version")
    steps = [
        folder.joinpath(f"{number:03}.sql").read_text("utf-8") for number in range(version + 1, FORMAT + 1)
    ]
    if steps:
        db.executescript("\n".join(("BEGIN IMMEDIATE;", *steps, f"PRAGMA user_version = {FORMAT};")))


def _is_empty(db: sqlite3.Connection, path: Path) -> bool:
    """Whether the file is yet to become a store. Raises StoreUnusable: it is not ours, or newer than we."""
    if not db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
        return True
    format_of(db, path)
    return False


def format_of(db: sqlite3.Connection, path: Path) -> int:
    """Return the format of a store. Raises StoreUnusable: it is not ours, or newer than we."""
    if _number(db, "application_id") != APPLICATION_ID:
        raise StoreUnusable(path, "not-ours")
    if (version := _number(db, "user_version")) > FORMAT:
        raise StoreUnusable(path, "newer", f"format {version}")
    return version


def connect(path: Path, *, writing: bool, at_rest: bool = False) -> sqlite3.Connection:
    """Return a connection to a store that exists.

    Never creates one: a file that vanished while in use must not come back empty,
    with its sequence numbers starting again. `at_rest` takes no locks and leaves no
    file beside the store; it is for a file that nobody writes to.
    Raises StoreFailed.
    """
    mode = "rw" if writing else "ro&immutable=1" if at_rest else "ro"
    with failures():
        db = sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None)
        try:
            _apply(db, _ALWAYS if writing else (f"cache_size=-{CACHE_KIB}",))
        except sqlite3.Error:
            db.close()
            raise
    return db


def _apply(db: sqlite3.Connection, pragmas: tuple[str, ...]) -> None:
    for pragma in pragmas:
        db.execute(f"PRAGMA {pragma}").fetchall()


def _number(db: sqlite3.Connection, pragma: str) -> int:
    return int(db.execute(f"PRAGMA {pragma}").fetchone()[0])
