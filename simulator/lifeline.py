"""How a process of the simulator ends: when told to, and never later than the one that started it.

Linux only: prctl(2), PR_SET_PDEATHSIG. The kernel clears the setting when a
process changes its user, so a child that drops privileges must be told not to.
"""

import asyncio
import ctypes
import os
import signal
from collections.abc import Callable, Coroutine
from typing import Final

_PR_SET_PDEATHSIG: Final = 1


def die_with_parent() -> None:
    """Have the kernel end this process with SIGTERM when its parent dies."""
    tied_to(os.getppid(), signal.SIGTERM)()


def tied_to(parent: int, on_death: signal.Signals = signal.SIGKILL) -> Callable[[], None]:
    """Return what a child calls between fork and exec so that it dies with `parent`.

    The library is loaded now, in the parent: after a fork, loading one can deadlock.
    """
    libc = ctypes.CDLL(None, use_errno=True)

    def tie() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(on_death), 0, 0, 0)
        if os.getppid() != parent:  # it died before the kernel was told
            os.kill(os.getpid(), on_death)

    return tie


async def until_told(work: Coroutine[None, None, None]) -> None:
    """Run `work` until it ends, or cancel it at SIGTERM or SIGINT; raises what it raises."""
    task = asyncio.create_task(work)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)
    await asyncio.wait([task])
    if not task.cancelled():
        task.result()
