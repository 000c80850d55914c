"""A mount namespace of one's own, in which an ordinary user may mount a small disk."""

import asyncio
import json
import subprocess
import sys
from typing import Any

from tests.support.require import go_without, require


def mount_namespace() -> list[str]:
    """Return the command that runs another one as root of a mount namespace; skips where there is none."""
    unshare = [str(require("unshare")), "-Urm"]
    for program in ("mount", "umount"):
        require(program)
    tried = subprocess.run(
        [*unshare, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], check=False, capture_output=True, text=True
    )
    if tried.returncode != 0:
        go_without(f"user namespaces are not to be had: {tried.stderr.strip()}")
    return unshare


async def play(module: str, part: str) -> dict[str, Any]:
    """Run a module's part in a mount namespace, and return what it printed as JSON."""
    process = await asyncio.create_subprocess_exec(
        *mount_namespace(), sys.executable, "-m", module, part, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    assert process.returncode == 0
    result: dict[str, Any] = json.loads(out)
    return result
