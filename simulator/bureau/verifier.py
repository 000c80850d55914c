"""`python -m simulator.bureau.verifier outbox.db FINGERPRINT`: verifies a store as a third party would.

Written after docs/storage-format.md alone: it shares nothing with whoever wrote the store.
Prints each fault with its place; exit 1 if there is one. FINGERPRINT is the device's, known from elsewhere.
"""

import contextlib
import hashlib
import json
import sqlite3
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import zstandard
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

APPLICATION_ID: Final = 1162297649
FORMAT: Final = 3
PAYLOAD_BYTES_MAX: Final = 16_000_000
LANES: Final = ("alarm", "event", "reading")
RECORDS: Final = (
    "SELECT seq, first_ns, last_ns, count, total, uid, sha256, chain, payload FROM record"
    " WHERE epoch = ? AND lane = ? ORDER BY seq"
)
REMOVED: Final = "SELECT first, last, total, chain FROM removed WHERE epoch = ? AND lane = ?"
HEADS: Final = (
    "SELECT s.epoch, s.lane, s.seq, s.chain, signed_ns, fingerprint, signature, r.chain,"
    " EXISTS (SELECT 1 FROM removed WHERE epoch = s.epoch AND lane = s.lane AND s.seq BETWEEN first AND last)"
    " FROM signature AS s LEFT JOIN record AS r USING (epoch, lane, seq) ORDER BY s.epoch, s.lane, s.seq"
)

UNSIGNED: Final = (
    "SELECT epoch, lane, max(seq) FROM record AS r WHERE NOT EXISTS (SELECT 1 FROM signature AS s"
    " WHERE s.epoch = r.epoch AND s.lane = r.lane AND s.fingerprint = ?) GROUP BY epoch, lane"
)


def faults(path: Path, fingerprint: str) -> Iterator[str]:
    """Yield everything in a store, which nobody writes to, that is not as the format promises."""
    with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
        identity = [db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")]
        if identity != [APPLICATION_ID, FORMAT]:
            yield f"not a store of format {FORMAT}: {identity}"
            return
        yield from (str(row[0]) for row in db.execute("PRAGMA integrity_check") if row[0] != "ok")
        gateway = db.execute("SELECT value FROM meta WHERE key = 'gateway'").fetchone()[0]
        epochs = db.execute("SELECT epoch FROM record UNION SELECT epoch FROM removed ORDER BY 1").fetchall()
        for (epoch,) in epochs:
            for lane in LANES:
                yield from _lane(db, gateway, epoch, lane)
        yield from _unsaid(db)
        yield from _heads(db, gateway, fingerprint)
        yield from _unsigned(db, fingerprint)


def _lane(db: sqlite3.Connection, gateway: str, epoch: int, lane: str) -> Iterator[str]:
    genesis = f"edge-gateway-agent outbox 1\n{gateway}\n{epoch}\n{lane}\n"
    previous: bytes | None = hashlib.sha256(genesis.encode()).digest()
    total: int | None = 0
    due = 1
    removed = {first: rest for first, *rest in db.execute(REMOVED, (epoch, lane))}
    for seq, first_ns, last_ns, count, counted, uid, sha256, chain, payload in db.execute(
        RECORDS, (epoch, lane)
    ):
        place = f"{epoch} {lane} {seq}"
        while due in removed:
            last, total, previous = removed.pop(due)
            due = last + 1
        if seq != due:
            yield f"{epoch} {lane} {due}: missing" if seq > due else f"{place}: told as removed, and there"
            previous = total = None
        if hashlib.sha256(payload).digest() != sha256:
            yield f"{place}: payload altered"
        fields = (epoch, lane.encode(), seq, first_ns, last_ns, count, uid, sha256)
        header = struct.pack(">Q8sQqqQ16s32s", *fields)
        if previous is not None and hashlib.sha256(header + previous).digest() != chain:
            yield f"{place}: chain broken"
        if total is not None and counted != total + count:
            yield f"{place}: total {counted} does not follow"
        previous, total, due = chain, counted, seq + 1
    while due in removed:
        due = removed.pop(due)[0] + 1
    for first in removed:
        yield f"{epoch} {lane} {first}: a removal out of place"


def _unsaid(db: sqlite3.Connection) -> Iterator[str]:
    """Yield removals of which no event tells; none where events were removed, too, and could have told."""
    if db.execute("SELECT 1 FROM removed WHERE lane = 'event'").fetchone():
        return
    said: set[tuple[int, str, int, int]] = set()
    for event in _events(db):
        if event.get("kind") == "pruned":
            said.update((event["epoch"], event["lane"], first, last) for first, last in event["ranges"])
        elif event.get("kind") == "gap" and event["cause"] == "damage":
            said.add(tuple(event["records"]))
    for epoch, lane, first, last in db.execute("SELECT epoch, lane, first, last FROM removed"):
        due = first
        for _, _, begin, end in sorted(each for each in said if each[:2] == (epoch, lane)):
            due = end + 1 if begin <= due <= end else due
        if due <= last:
            yield f"{epoch} {lane} {due}: removed, and no event tells of it"


def _events(db: sqlite3.Connection) -> Iterator[dict[str, Any]]:
    decompress = zstandard.ZstdDecompressor().decompress
    for (payload,) in db.execute("SELECT payload FROM record WHERE lane = 'event'"):
        with contextlib.suppress(zstandard.ZstdError, ValueError):  # told as altered already
            yield json.loads(decompress(payload, PAYLOAD_BYTES_MAX))


def _heads(db: sqlite3.Connection, gateway: str, trusted: str) -> Iterator[str]:
    keys = {
        hashlib.sha256(key).hexdigest(): key for (key,) in db.execute("SELECT public_key FROM device_key")
    }
    for epoch, lane, seq, chain, signed_ns, name, signature, own, is_removed in db.execute(HEADS):
        place = f"{epoch} {lane} {seq}"
        lines = ("edge-gateway-agent head 1", gateway, epoch, lane, seq, chain.hex(), signed_ns)
        if name != trusted:
            yield f"{place}: signed by another key, {name}"
        elif not _is_signed(keys.get(name, b""), signature, "".join(f"{line}\n" for line in lines)):
            yield f"{place}: signature wrong"
        if own is None and not is_removed:
            yield f"{place}: signed, and not there"
        if own is not None and own != chain:
            yield f"{place}: the record has another chain value than was signed"


def _unsigned(db: sqlite3.Connection, trusted: str) -> Iterator[str]:
    """Yield lanes of which the device has signed nothing: without heads it can be written anew."""
    for epoch, lane, last in db.execute(UNSIGNED, (trusted,)):
        yield f"{epoch} {lane} {last}: nothing up to here is signed by the device"


def _is_signed(key: bytes, signature: bytes, text: str) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def main(path: Path, fingerprint: str) -> int:
    """Print every fault; return the exit code."""
    found = False
    try:
        for fault in faults(path, fingerprint):
            print(fault)
            found = True
    except sqlite3.Error as error:
        print(f"the file cannot be read to its end: {error}")
        return 1
    return int(found)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
