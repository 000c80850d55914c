"""What can go wrong with the outbox. Exceptions carry fields; messages.py carries the words.

OutboxError
├── StoreUnusable      the store will not open; polling and alarms go on without it
├── StoreFailed        the disk did not take or give something; the writer goes on trying
└── DamagedRecord      a record is not what was committed; the others are
"""

from collections.abc import Callable
from pathlib import Path

from buffering.record import Lane


class OutboxError(Exception):
    """Root of the outbox's own faults."""

    code = "outbox-error"


class StoreUnusable(OutboxError):
    """The store at `path` will not open; `reason` is a code of messages.py."""

    code = "store-unusable"

    def __init__(self, path: Path, reason: str, detail: str = "") -> None:
        super().__init__(f"{path}: {reason} {detail}".rstrip())
        self.path = path
        self.reason = reason
        self.detail = detail
        self.let_go: Callable[[], None] = _nothing  # once the files are moved away


def _nothing() -> None:
    """Nothing is held."""


class StoreFailed(OutboxError):
    """An operation on the disk failed; nothing of its transaction has happened."""

    code = "store-failed"

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason} {detail}".rstrip())
        self.reason = reason
        self.detail = detail


class DamagedRecord(OutboxError):
    """The record is missing, or its payload is not the one that was committed."""

    code = "damaged-record"

    def __init__(self, epoch: int, lane: Lane, seq: int) -> None:
        super().__init__(f"record {epoch}/{lane}/{seq}")
        self.epoch = epoch
        self.lane = lane
        self.seq = seq
