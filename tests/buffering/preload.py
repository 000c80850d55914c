"""Builds shims/disk.c and says how a process is started with it."""

import os
import subprocess
from pathlib import Path

from tests.support.require import require

SOURCE = Path(__file__).with_name("shims") / "disk.c"


def build_disk(folder: Path) -> Path:
    """Compile the shim; return the library."""
    library = folder / "disk.so"
    gcc = str(require("gcc"))
    subprocess.run(
        [gcc, "-O1", "-shared", "-fPIC", "-o", str(library), str(SOURCE), "-ldl", "-lpthread"], check=True
    )
    return library


def with_disk(library: Path, root: Path, recording: Path | None = None) -> dict[str, str]:
    """Return the environment of a process whose files below `root` the shim watches."""
    environ = {**os.environ, "LD_PRELOAD": str(library), "DISK_ROOT": str(root)}
    return environ if recording is None else {**environ, "DISK_LOG": str(recording)}
