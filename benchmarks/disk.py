"""What the disk itself can do: every figure that waits for it is to be read beside this one."""

import os
import time
from pathlib import Path
from typing import Final

from benchmarks.figures import Figure

WRITES: Final = 100
WRITE_BYTES: Final = 16_384  # about what a commit writes


def fdatasync_p99(folder: Path, *, writes: int = WRITES) -> Figure:
    """Return how long a write and its fdatasync take on the disk of `folder`, at worst but for 1 %."""
    path = folder / "fdatasync"
    block = os.urandom(WRITE_BYTES)
    taken = []
    with path.open("wb", buffering=0) as file:
        for _ in range(writes):
            begun = time.perf_counter()
            file.write(block)
            os.fdatasync(file.fileno())
            taken.append(time.perf_counter() - begun)
    path.unlink()
    return Figure("fdatasync p99 of this disk", quantile(taken, 0.99) * 1e3, "ms")


def quantile(values: list[float], share: float) -> float:
    """Return the value below which `share` of them lie."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]
