"""Two serial ports with a line between them: what is written at one end can be read at the other."""

import asyncio
import os
import tty
from collections.abc import Iterator
from contextlib import contextmanager, suppress

READ_MAX = 4096


@contextmanager
def bridged() -> Iterator[tuple[str, str]]:
    """Yield the paths of both ports; at the end the line is gone."""
    ends = [os.openpty() for _ in range(2)]
    loop = asyncio.get_running_loop()
    for (master, slave), (other, _) in zip(ends, reversed(ends), strict=True):
        tty.setraw(slave)
        os.set_blocking(master, False)
        loop.add_reader(master, _carry, master, other)
    try:
        yield os.ttyname(ends[0][1]), os.ttyname(ends[1][1])
    finally:
        for master, slave in ends:
            loop.remove_reader(master)
            os.close(master)
            os.close(slave)


def _carry(source: int, target: int) -> None:
    with suppress(OSError):
        os.write(target, os.read(source, READ_MAX))
