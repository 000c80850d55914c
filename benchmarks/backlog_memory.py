"""What memory a backlog costs: while it builds up, and while a part of it is drained."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from agent.uplinks.considering import PIECE_RECORDS
from agent.uplinks.cut import BYTES_PER_MESSAGE_MAX
from benchmarks.figures import Figure, at_most
from benchmarks.opaque import fill
from benchmarks.plants import DESTINATION
from benchmarks.process import rss_bytes
from benchmarks.scans import BEGIN_NS
from buffering.outbox import Outbox, Stream

GROWTH: Final = 1.1  # "flat": what the allocator and SQLite's cache may still take


@dataclass(frozen=True, slots=True)
class Size:
    """Half a second of a thousand points is one record."""

    records: int = 20_000  # 10 million readings
    readings_per_record: int = 500
    payload_bytes: int = 1_500
    warm_records: int = 2_000
    drained_share: float = 0.25


async def measure(folder: Path, size: Size) -> list[Figure]:
    """Build the backlog for a destination that is away, then take some of it."""
    outbox = await Outbox.open(folder / "store", gateway="bench", destinations=[DESTINATION], now_ns=BEGIN_NS)
    early = peak = 0
    async for done in fill(outbox, size.records, size.payload_bytes, size.readings_per_record):
        if done <= size.warm_records:
            early = rss_bytes()
        peak = max(peak, rss_bytes())
    assert outbox.backlog(DESTINATION).records == size.records
    await outbox.go_live(DESTINATION)
    drained = await _drain(outbox, down_to=round(size.records * (1 - size.drained_share)))
    await outbox.close()
    millions = size.records * size.readings_per_record / 1e6
    return [
        Figure(f"RSS with {millions:g} million readings waiting", peak / 1e6, "MB"),
        Figure("… as a multiple of that after a tenth", peak / early, "x", at_most(GROWTH)),
        Figure("RSS while they drain, as a multiple", drained / early, "x", at_most(GROWTH)),
    ]


async def _drain(outbox: Outbox, *, down_to: int) -> int:
    """Take messages as a destination does; return the most memory that was held meanwhile."""
    peak = 0
    while outbox.backlog(DESTINATION).records > down_to:
        message = await outbox.next_message(
            DESTINATION,
            Stream.BACKFILL,
            records_max=PIECE_RECORDS,
            bytes_max=BYTES_PER_MESSAGE_MAX,
        )
        await outbox.read(message)
        outbox.ack(message)
        peak = max(peak, rss_bytes())
    return peak
