"""A second, independent reader of the store, written after docs/storage-format.md alone.

It shares no code with buffering/: what it accepts is what a third party would.
"""

import hashlib
import sqlite3
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self


class SecondReader:
    """Reads a store's file by plain sqlite3."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self.meta = {row["key"]: row["value"] for row in self._rows("SELECT key, value FROM meta")}

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _rows(self, statement: str, *values: Any) -> list[sqlite3.Row]:
        return self._db.execute(statement, values).fetchall()

    def records(self, lane: str) -> list[sqlite3.Row]:
        """Return all records of a lane, in order."""
        return self._rows("SELECT * FROM record WHERE lane = ? ORDER BY epoch, seq", lane)

    def removed(self) -> set[tuple[str, int]]:
        """Return (lane, seq) of everything that is told as removed, whatever its epoch."""
        rows = self._rows("SELECT lane, first, last FROM removed")
        return {(row["lane"], seq) for row in rows for seq in range(row["first"], row["last"] + 1)}

    def state(self) -> dict[str, bytes]:
        """Return the state keys."""
        return {row["key"]: row["value"] for row in self._rows("SELECT * FROM state")}

    def messages(self, destination: str) -> list[sqlite3.Row]:
        """Return the messages that have not been acknowledged."""
        return self._rows("SELECT * FROM message WHERE destination = ? ORDER BY number", destination)

    def to_send(self, destination: str) -> list[tuple[str, int]]:
        """Return (lane, seq) of everything still to send, once per place in which it stands."""
        heads = {lane: max((row["seq"] for row in self.records(lane)), default=0) for lane in LANES}
        rows = [
            *self._rows("SELECT lane, first, last FROM pending WHERE destination = ?", destination),
            *self._rows("SELECT lane, first, last FROM message WHERE destination = ?", destination),
        ]
        return sorted(
            (row["lane"], seq)
            for row in rows
            for seq in range(row["first"], (heads[row["lane"]] if row["last"] is None else row["last"]) + 1)
        )

    def faults(self) -> list[str]:
        """Return everything that is not as the format promises."""
        found = [str(row[0]) for row in self._rows("PRAGMA integrity_check") if row[0] != "ok"]
        for lane in LANES:
            found += self._lane_faults(lane)
        return found

    def _lane_faults(self, lane: str) -> list[str]:
        found = []
        epochs = [row[0] for row in self._rows("SELECT DISTINCT epoch FROM record ORDER BY epoch")]
        for epoch in epochs:
            rows = self._rows("SELECT * FROM record WHERE epoch = ? AND lane = ? ORDER BY seq", epoch, lane)
            gone = self._rows("SELECT * FROM removed WHERE epoch = ? AND lane = ?", epoch, lane)
            found += list(self._epoch_faults(epoch, lane, rows, {row["first"]: row for row in gone}))
        return found

    def _epoch_faults(
        self, epoch: int, lane: str, rows: list[sqlite3.Row], gone: dict[int, sqlite3.Row]
    ) -> Iterator[str]:
        text = f"edge-gateway-agent outbox 1\n{self.meta['gateway']}\n{epoch}\n{lane}\n"
        previous: bytes | None = hashlib.sha256(text.encode("utf-8")).digest()
        total: int | None = 0
        place = 1
        for row in rows:
            while place in gone:
                hole = gone.pop(place)
                previous, total, place = hole["chain"], hole["total"], hole["last"] + 1
            if row["seq"] != place:
                yield f"{lane} {row['seq']}: stands at {place}"
            if hashlib.sha256(row["payload"]).digest() != row["sha256"]:
                yield f"{lane} {row['seq']}: payload altered"
            header = b"".join(
                (
                    struct.pack(">Q", row["epoch"]),
                    lane.encode("ascii").ljust(8, b"\0"),
                    struct.pack(">QqqQ", row["seq"], row["first_ns"], row["last_ns"], row["count"]),
                    row["uid"],
                    row["sha256"],
                )
            )
            if previous is not None and hashlib.sha256(header + previous).digest() != row["chain"]:
                yield f"{lane} {row['seq']}: chain broken"
            if total is not None and row["total"] != total + row["count"]:
                yield f"{lane} {row['seq']}: total {row['total']}, counted {total + row['count']}"
            previous, total, place = row["chain"], row["total"], row["seq"] + 1
        for hole in gone.values():
            if hole["first"] <= place - 1:
                yield f"{lane} {hole['first']}: told as removed, and there"


LANES = ("alarm", "event", "reading")
