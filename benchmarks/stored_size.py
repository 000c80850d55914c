"""How many bytes a reading takes in the file, header and index included."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import uuid4

from agent.records import Batch, Catalogue, Packer
from benchmarks.figures import Figure, at_most
from benchmarks.plants import DESTINATION
from benchmarks.scans import BEGIN_NS, NS_PER_S, Walk
from buffering.outbox import Draft, Lane, Outbox
from config.load import load_plant

THOUSAND: Final = Path(__file__).parent.parent / "config" / "plants" / "thousand.yaml"
BYTES_PER_READING: Final = 8.0


@dataclass(frozen=True, slots=True)
class Size:
    """How long a thousand points at 1 s are stored, a record each half second."""

    seconds: int = 60


async def measure(folder: Path, size: Size) -> list[Figure]:
    """Store the plant of a thousand points as the agent does, and weigh the file."""
    plant = load_plant(THOUSAND)
    catalogue, packer, walk = Catalogue.of(plant), Packer(), Walk(plant)
    store = folder / "store"
    outbox = await Outbox.open(store, gateway="bench", destinations=[DESTINATION], now_ns=BEGIN_NS)
    count = 0
    for second in range(size.seconds):
        scans = walk.second()
        for half in (0, 1):
            now_ns = BEGIN_NS + second * NS_PER_S + half * NS_PER_S // 2
            batch = Batch(catalogue)
            for scan in scans[half::2]:
                batch.add(scan)
            payload = packer.pack(batch.content())
            outbox.append(
                Draft(Lane.READING, payload, now_ns, now_ns, batch.readings, uuid4()), now_ns=now_ns
            )
            await outbox.commit(now_ns=now_ns)
            count += batch.readings
    await outbox.close()
    weight = (store / "outbox.db").stat().st_size
    return [Figure("file bytes per reading", weight / count, "B", at_most(BYTES_PER_READING))]
