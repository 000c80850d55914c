"""A Modbus server that we did not write (libmodbus), and what spoils its answers; see server.c."""

import asyncio
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from tests.support.require import go_without, require

SOURCE: Final = Path(__file__).parent / "server.c"
HEADER: Final = Path("/usr/include/modbus/modbus.h")


def build(folder: Path) -> Path:
    """Compile the server into a folder; without gcc or libmodbus-dev the test is skipped with the reason."""
    gcc = str(require("gcc"))
    if not HEADER.exists():
        go_without("libmodbus-dev is not installed")
    program = folder / "server"
    subprocess.run([gcc, "-Wall", "-Werror", "-O1", "-o", program, SOURCE, "-lmodbus"], check=True)
    return program


@asynccontextmanager
async def served(program: Path, kind: str, where: str, how: str, every: int = 1) -> AsyncIterator[int]:
    """Run the server; yields its TCP port (0 on a serial line)."""
    process = await asyncio.create_subprocess_exec(
        program, kind, where, how, str(every), stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        yield int(await process.stdout.readline())
    finally:
        process.kill()
        await process.wait()
