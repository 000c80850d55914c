"""The one place that asks for the time; everything else takes a `Clock`."""

import asyncio
import ctypes
import time
from typing import Final, Protocol

_TIME_ERROR: Final = 5  # adjtimex(2): the clock is not synchronised


class Clock(Protocol):
    """Wall time, monotonic time and waiting, injected everywhere."""

    def now_ns(self) -> int:
        """Return UTC in nanoseconds since 1970; may step."""
        ...

    def monotonic_ns(self) -> int:
        """Return a time in nanoseconds that never steps back; its zero means nothing."""
        ...

    def synchronised(self) -> bool:
        """Return whether the kernel says that wall time is disciplined (NTP)."""
        ...

    async def sleep_until(self, mono_ns: int) -> None:
        """Wait until `monotonic_ns()` has reached `mono_ns`; at least one turn of the loop."""
        ...


class SystemClock:
    """The machine's clock."""

    def __init__(self) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._timex = ctypes.create_string_buffer(512)  # struct timex is 208 bytes on 64-bit Linux

    def now_ns(self) -> int:
        """Return UTC in nanoseconds since 1970."""
        return time.time_ns()

    def monotonic_ns(self) -> int:
        """Return CLOCK_MONOTONIC in nanoseconds."""
        return time.monotonic_ns()

    def synchronised(self) -> bool:
        """Ask the kernel; modes = 0 reads without setting, and needs no privilege."""
        state: int = self._libc.adjtimex(self._timex)
        return 0 <= state < _TIME_ERROR

    async def sleep_until(self, mono_ns: int) -> None:
        """Wait on the event loop."""
        await asyncio.sleep(max(0, mono_ns - time.monotonic_ns()) / 1e9)
