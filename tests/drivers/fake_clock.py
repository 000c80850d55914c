"""A clock that stands still until a test moves it."""

import asyncio


class FakeClock:
    """Wall and monotonic time apart, so that one can step without the other."""

    def __init__(self, utc_ns: int = 0) -> None:
        self.utc_ns = utc_ns
        self.mono_ns = 0
        self._moved = asyncio.Event()

    def now_ns(self) -> int:
        return self.utc_ns

    def monotonic_ns(self) -> int:
        return self.mono_ns

    def synchronised(self) -> bool:
        return True

    async def sleep_until(self, mono_ns: int) -> None:
        await asyncio.sleep(0)
        while self.mono_ns < mono_ns:
            self._moved.clear()
            await self._moved.wait()

    async def advance(self, seconds: float) -> None:
        """Let time pass, and everybody who waited for it have a turn."""
        self.utc_ns += round(seconds * 1e9)
        self.mono_ns += round(seconds * 1e9)
        self._moved.set()
        for _ in range(10):
            await asyncio.sleep(0)
