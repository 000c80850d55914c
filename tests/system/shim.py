"""The preloaded fsync that hangs for as long as a file is there."""

import asyncio
from pathlib import Path

from tests.support.require import require


async def build_shim(folder: Path) -> Path:
    """Compile the shim."""
    source = Path(__file__).with_name("shims") / "slow_sync.c"
    library = folder / "slow_sync.so"
    gcc = str(require("gcc"))
    compiler = await asyncio.create_subprocess_exec(
        gcc, "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"
    )
    assert await compiler.wait() == 0
    return library


def with_slow_sync(shim: Path, flag: Path) -> dict[str, str]:
    """Return the environment of a process whose fsync hangs while `flag` exists."""
    return {"LD_PRELOAD": str(shim), "SLOW_SYNC": str(flag)}


def in_force(flag: Path) -> bool:
    """Tell whether the process has the shim: it leaves a file to prove it."""
    return flag.with_name(flag.name + ".in-force").exists()
