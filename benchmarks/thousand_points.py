"""The demo on a thousand points: its accounting says processor share, memory and start."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.stored_size import THOUSAND
from simulator.demo.processes import console_script


class DemoIncomplete(Exception):
    """The demo's accounting did not come out."""


@dataclass(frozen=True, slots=True)
class Size:
    """How long it is played."""

    seconds: int = 30


async def measure(_folder: Path, size: Size) -> list[Figure]:
    """Play it; its own report is printed. Raises DemoIncomplete."""
    command = [str(console_script("edge-agent")), "demo", str(THOUSAND), "--seconds", str(size.seconds)]
    process = await asyncio.create_subprocess_exec(*command)
    code = await process.wait()
    if code:
        raise DemoIncomplete(f"exit code {code}")
    return [Figure("demo of 1,000 points, exit code", float(code), "")]
