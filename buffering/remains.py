"""What a store that is set aside still says beside its records: who it was, its state, who was to get what.

Read page by page, so that a header, or a branch of a tree, that is damaged costs
only itself. What does not make sense is left out. Who was to get what is
believed as a whole or not at all: half of it would leave records to nobody.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar
from uuid import UUID

from buffering.cells import Row, Tree
from buffering.database import create_tables
from buffering.pages import Pages
from buffering.ranges import Range
from buffering.record import Lane, Message, Stream
from buffering.records import DAMAGE, RETENTION, Removed
from buffering.sealed import is_sound
from buffering.sending import StoredMessage

Kept = TypeVar("Kept")

UID_BYTES: Final = 16
HASH_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Sending:
    """Who was to get what."""

    numbers: dict[str, int]
    pending: tuple[tuple[str, int, Lane, Range], ...]
    messages: tuple[StoredMessage, ...]


@dataclass(frozen=True, slots=True)
class Remains:
    """What could be read. None: that could not."""

    gateway: str | None = None
    epoch: int | None = None
    last_commit_ns: int | None = None
    state: dict[str, bytes] = field(default_factory=dict)
    sending: Sending | None = None
    removed: tuple[tuple[int, Lane, Removed], ...] = ()
    keys: tuple[tuple[str, bytes], ...] = ()
    signatures: tuple[tuple[int, Lane, int, tuple[bytes, int, str, bytes]], ...] = ()


def read_remains(path: Path) -> Remains:
    """Read what is left of a store's file. Raises OSError."""
    with closing(Pages.open(path)) as pages:
        roots = _roots(pages)

        def table(name: str, parse: Callable[[Row], Kept]) -> tuple[tuple[Kept, ...], bool]:
            return _table(pages, roots.get(name), parse)

        meta = dict(table("meta", _meta)[0])
        gateway, epoch, last_ns = meta.get("gateway"), meta.get("epoch"), meta.get("last_commit_ns")
        return Remains(
            gateway=gateway if isinstance(gateway, str) else None,
            epoch=epoch if isinstance(epoch, int) and epoch > 0 else None,
            last_commit_ns=last_ns if isinstance(last_ns, int) else None,
            state=dict(table("state", _state)[0]),
            sending=_sending(table),
            removed=table("removed", _removed)[0],
            keys=table("device_key", _key)[0],
            signatures=table("signature", _signature)[0],
        )


def _sending(table: Callable[..., Any]) -> Sending | None:
    numbers, has_numbers = table("destination", _number)
    pending, has_pending = table("pending", _pending)
    messages, has_messages = table("message", _message)
    if not (has_numbers and has_pending and has_messages):
        return None
    return Sending(dict(numbers), pending, messages)


def _roots(pages: Pages) -> dict[str, int]:
    """Return each table's root page: as the file says, else as in every store."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        create_tables(db)
        usual = dict(db.execute("SELECT name, rootpage FROM sqlite_schema WHERE type = 'table'"))
    schema, _ = _table(pages, 1, _schema)
    return {**usual, **{name: root for kind, name, root in schema if kind == "table" and root > 1}}


def _table(pages: Pages, root: int | None, parse: Callable[[Row], Kept]) -> tuple[tuple[Kept, ...], bool]:
    """Return a table's rows as far as they make sense, and whether those are all."""
    if root is None:
        return (), False
    tree, kept, strange = Tree(pages, root), [], False
    for row in tree.rows():
        try:
            kept.append(parse(row))
        except ValueError:
            strange = True
    return tuple(kept), tree.is_whole and not strange


# One row each. Raise ValueError where it makes no sense.


def _schema(row: Row) -> tuple[str, str, int]:
    kind, name, _, root, _ = row
    return _str(kind), _str(name), _int(root)


def _meta(row: Row) -> tuple[str, object]:
    key, value = row
    return _str(key), value


def _state(row: Row) -> tuple[str, bytes]:
    key, value, *rest = row
    crc = rest[0] if rest else None  # a row of a format before 3 ends with its value
    if not is_sound(_str(key), _bytes(value), None if crc is None else _int(crc)):
        raise ValueError(key)
    return _str(key), _bytes(value)


def _number(row: Row) -> tuple[str, int]:
    name, number = row
    return _str(name), _int(number, least=1)


def _pending(row: Row) -> tuple[str, int, Lane, Range]:
    name, epoch, lane, first, last = row
    end = None if last is None else _int(last, least=_int(first))
    return _str(name), _int(epoch), Lane(_str(lane)), Range(_int(first, least=1), end)


def _message(row: Row) -> StoredMessage:
    name, number, uid, stream, epoch, lane, first, last, attempts, parked = row
    message = Message(
        UUID(bytes=_bytes(uid, UID_BYTES)),
        _str(name),
        _int(number, least=1),
        Stream(_str(stream)),
        _int(epoch),
        Lane(_str(lane)),
        _int(first, least=1),
        _int(last, least=_int(first)),
        _int(attempts),
    )
    return StoredMessage(message, None if parked is None else _str(parked))


def _removed(row: Row) -> tuple[int, Lane, Removed]:
    epoch, lane, first, last, total, chain, cause = row
    return (
        _int(epoch),
        Lane(_str(lane)),
        Removed(
            _int(first, least=1),
            _int(last, least=_int(first)),
            None if total is None else _int(total),
            None if chain is None else _bytes(chain, HASH_BYTES),
            {RETENTION: RETENTION, DAMAGE: DAMAGE}.get(_str(cause), DAMAGE),
        ),
    )


def _key(row: Row) -> tuple[str, bytes]:
    name, key = row
    return _str(name), _bytes(key, HASH_BYTES)


def _signature(row: Row) -> tuple[int, Lane, int, tuple[bytes, int, str, bytes]]:
    epoch, lane, seq, chain, signed_ns, name, signature = row
    rest = (_bytes(chain, HASH_BYTES), _int(signed_ns), _str(name), _bytes(signature, 2 * HASH_BYTES))
    return _int(epoch), Lane(_str(lane)), _int(seq, least=1), rest


def _int(value: object, *, least: int = 0) -> int:
    if not isinstance(value, int) or value < least:
        raise ValueError(value)
    return value


def _str(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(value)  # noqa: TRY004 - all of these are one fault
    return value


def _bytes(value: object, length: int | None = None) -> bytes:
    if not isinstance(value, bytes) or length not in (None, len(value)):
        raise ValueError(value)
    return value
