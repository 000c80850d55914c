"""Preloaded libraries that make the disk fail for as long as a file is there."""

import asyncio
from pathlib import Path

from tests.support.require import require


async def build_shim(folder: Path, name: str = "slow_sync") -> Path:
    """Compile a shim."""
    source = Path(__file__).with_name("shims") / f"{name}.c"
    library = folder / f"{name}.so"
    gcc = str(require("gcc"))
    compiler = await asyncio.create_subprocess_exec(
        gcc, "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"
    )
    assert await compiler.wait() == 0
    return library


def with_slow_sync(shim: Path, flag: Path) -> dict[str, str]:
    """Return the environment of a process whose fsync hangs while `flag` exists."""
    return {"LD_PRELOAD": str(shim), "SLOW_SYNC": str(flag)}


def with_read_only(shim: Path, flag: Path, folder: Path) -> dict[str, str]:
    """Return the environment of a process for which `folder` is read-only while `flag` exists."""
    return {"LD_PRELOAD": str(shim), "READ_ONLY": str(flag), "READ_ONLY_FOLDER": str(folder)}


def in_force(flag: Path) -> bool:
    """Tell whether the process has the shim: it leaves a file to prove it."""
    return flag.with_name(flag.name + ".in-force").exists()
