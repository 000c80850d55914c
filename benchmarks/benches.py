"""Every bench by its name, at its usual size, and how one is run: in a process and a folder of its own.

None inherits another's memory, and nothing is left behind.
"""

import asyncio
import multiprocessing
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

from benchmarks import (
    appending,
    backlog_memory,
    decoding,
    drain,
    look_back,
    opening_time,
    rules,
    stored_size,
    thousand_points,
    written_size,
)
from benchmarks.figures import Figure

Measure = Callable[[Path, Any], Awaitable[list[Figure]]]

BENCHES: Final[Mapping[str, tuple[Measure, Any]]] = {
    "decoding": (decoding.measure, decoding.Size()),
    "rules": (rules.measure, rules.Size()),
    "appending": (appending.measure, appending.Size()),
    "stored-size": (stored_size.measure, stored_size.Size()),
    "backlog-memory": (backlog_memory.measure, backlog_memory.Size()),
    "opening-time": (opening_time.measure, opening_time.Size()),
    "look-back": (look_back.measure, look_back.Size()),
    "written-size": (written_size.measure, written_size.Size()),
    "drain-1000-https": (drain.measure, drain.Size(1_000, "https", 20, away_s=40)),
    "drain-1000-mqtt": (drain.measure, drain.Size(1_000, "mqtt", 20, away_s=40)),
    "drain-10000-https": (drain.measure, drain.Size(10_000, "https", 3, away_s=20)),
    "drain-10000-mqtt": (drain.measure, drain.Size(10_000, "mqtt", 3, away_s=20)),
    "thousand-points": (thousand_points.measure, thousand_points.Size()),
}


class BenchFailed(Exception):
    """A bench ended without figures; it said why on stderr."""


def run_apart(measure: Measure, size: Any, disk: Path) -> list[Figure]:
    """Run one bench in a new process, in a folder under `disk`. Raises BenchFailed."""
    spawn = multiprocessing.get_context("spawn")
    figures, told = spawn.Pipe(duplex=False)
    process = spawn.Process(target=_run, args=(measure, size, disk, told))
    process.start()
    told.close()  # the child's copy is the only one left: its end is heard
    try:
        found: list[Figure] = figures.recv()
    except EOFError as end:
        raise BenchFailed from end
    finally:
        process.join()
    return found


def _run(measure: Measure, size: Any, disk: Path, told: "Connection[Any, Any]") -> None:
    async def measured(folder: Path) -> list[Figure]:
        return await measure(folder, size)

    with tempfile.TemporaryDirectory(prefix="edge-agent-bench-", dir=disk) as folder:
        told.send(asyncio.run(measured(Path(folder))))
