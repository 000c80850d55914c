"""How long a large store takes to open, with nothing of it in the page cache."""

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.disk import fdatasync_p99
from benchmarks.figures import Figure, at_most
from benchmarks.opaque import fill
from benchmarks.plants import DESTINATION
from benchmarks.scans import BEGIN_NS
from buffering.outbox import Outbox

LARGE_GB: Final = 5.0
OPEN_S: Final = 2.0
SMALL_SHARE: Final = 0.1


@dataclass(frozen=True, slots=True)
class Size:
    """How large the store becomes; from two sizes follows what 5 GB would take."""

    gigabytes: float = 1.0
    payload_bytes: int = 16_000
    readings_per_record: int = 4_000


async def measure(folder: Path, size: Size) -> list[Figure]:
    """Fill, close, forget, open: at a tenth of the size, and at the whole."""
    small_gb = size.gigabytes * SMALL_SHARE
    small_s = await _opened_at(folder / "store", small_gb, size)
    large_s = await _opened_at(folder / "store", size.gigabytes - small_gb, size)
    per_gb = max(0.0, large_s - small_s) / (size.gigabytes - small_gb)
    at_five_s = large_s + per_gb * max(0.0, LARGE_GB - size.gigabytes)
    held_gb = (folder / "store" / "outbox.db").stat().st_size / 1e9
    return [
        Figure(f"opening a store of {held_gb:.2g} GB", large_s, "s", at_most(OPEN_S)),
        Figure(f"… at {LARGE_GB:g} GB, as it grows with the size", at_five_s, "s", at_most(OPEN_S)),
        fdatasync_p99(folder),
    ]


async def _opened_at(folder: Path, gigabytes: float, size: Size) -> float:
    outbox = await _open(folder)
    records = max(1, round(gigabytes * 1e9 / size.payload_bytes))
    async for _ in fill(outbox, records, size.payload_bytes, size.readings_per_record):
        pass
    await outbox.close()
    forget(folder)
    begun = time.perf_counter()
    outbox = await _open(folder)
    taken_s = time.perf_counter() - begun
    await outbox.close()
    return taken_s


async def _open(folder: Path) -> Outbox:
    return await Outbox.open(folder, gateway="bench", destinations=[DESTINATION], now_ns=BEGIN_NS)


def forget(folder: Path) -> None:
    """Have the kernel drop what it holds of these files: a store is opened after a boot."""
    os.sync()  # what is not on the disk yet cannot be dropped
    for path in folder.iterdir():
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(descriptor)
