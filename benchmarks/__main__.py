"""`make bench`: what decoding, storing and a thousand points cost, as ratios within this run."""

import asyncio
import struct
import subprocess
import sys
import tempfile
from pathlib import Path
from random import Random
from uuid import uuid4

from agent.records import Batch, Catalogue, Packer
from benchmarks.timing import microseconds
from buffering.outbox import Draft, Lane, Outbox
from config.load import load_plant
from config.model import Plant, Point, Text
from config.source import ByteOrder, RegisterSource, RegisterType, Table
from drivers.modbus.decode import compile_block
from drivers.modbus.plan import Block
from drivers.reading import Scan, ScanPlan

THOUSAND = Path(__file__).parent.parent / "config" / "plants" / "thousand.yaml"
FLOATS = 62  # as many float32 as one read holds
SECONDS_STORED = 60
DEMO_SECONDS = 30
BEGIN_NS = 1_790_000_000 * 10**9


def main() -> int:
    """Run all; returns the demo's exit code."""
    decode()
    asyncio.run(storage(load_plant(THOUSAND)))
    return thousand_points()


def decode() -> None:
    """A block of 62 float32, against one bare struct call."""
    points = tuple(_float_point(n) for n in range(FLOATS))
    ours = compile_block(Block(1, Table.HOLDING_REGISTER, 0, 2 * FLOATS, 1.0, points))
    bare = struct.Struct(f">{FLOATS}f")
    data = bare.pack(*range(FLOATS))
    bare_us = microseconds(lambda: bare.unpack(data), calls=2000)
    ours_us = microseconds(lambda: ours(data), calls=2000)
    print(f"decode {FLOATS} float32: {ours_us:.1f} us, {ours_us / bare_us:.1f} times one bare struct")


async def storage(plant: Plant) -> None:
    """A thousand points at 1 s for a minute: bytes a reading, CPU a reading."""
    catalogue, packer, rng = Catalogue.of(plant), Packer(), Random(1)
    plans = [ScanPlan(d.connection_id, d.id, d.points, 1.0) for d in plant.devices.values()]
    walks = {point.id: 50.0 for point in plant.points}
    with tempfile.TemporaryDirectory() as folder:
        store = await Outbox.open(Path(folder), gateway="bench", destinations=["bureau"], now_ns=BEGIN_NS)
        count = 0
        for half_second in range(2 * SECONDS_STORED):
            now_ns = BEGIN_NS + half_second * 5 * 10**8
            batch = Batch(catalogue)
            for plan in plans[half_second % 2 :: 2]:
                for point in plan.points:
                    walks[point.id] = round(walks[point.id] + rng.gauss(0, 0.2), 1)
                values = tuple(walks[point.id] for point in plan.points)
                batch.add(Scan(plan, now_ns + rng.randrange(10**8), now_ns, True, values))
            payload = packer.pack(batch.content())
            store.append(Draft(Lane.READING, payload, now_ns, now_ns, batch.readings, uuid4()), now_ns=now_ns)
            await store.commit(now_ns=now_ns)
            count += batch.readings
        await store.close()
        size = sum(path.stat().st_size for path in Path(folder).iterdir())
    print(f"storage: {size / count:.1f} bytes a reading in the file, header and index included")


def thousand_points() -> int:
    """The demo on 1,000 points: its accounting says CPU share, memory and start."""
    agent = Path(sys.executable).with_name("edge-agent")
    command = [str(agent), "demo", str(THOUSAND), "--seconds", str(DEMO_SECONDS)]
    return subprocess.run(command, check=False).returncode


def _float_point(n: int) -> Point:
    source = RegisterSource(1, Table.HOLDING_REGISTER, 2 * n, RegisterType.FLOAT32, ByteOrder.ABCD)
    return Point(f"bench.p{n}", n, Text("值", "value"), "", "float", (0.0, 1000.0), source, 1.0)


if __name__ == "__main__":
    sys.exit(main())
