"""How late the event loop is: what everything in this process waits for beside its own work."""

from typing import Final

from drivers.clock import Clock

_STEP_NS: Final = 250_000_000
_SLOT_NS: Final = 30_000_000_000


class LoopLag:
    """Wakes four times a second and notes how much too late; keeps the worst of the last 30 to 60 s."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._slot = 0
        self._before_ns = 0
        self._worst_ns = 0

    @property
    def worst_s(self) -> float:
        """The worst of late, in seconds."""
        return max(self._before_ns, self._worst_ns) / 1e9

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            due_ns = self._clock.monotonic_ns() + _STEP_NS
            await self._clock.sleep_until(due_ns)
            self._note(self._clock.monotonic_ns(), due_ns)

    def _note(self, now_ns: int, due_ns: int) -> None:
        slot = now_ns // _SLOT_NS
        if slot != self._slot:
            self._before_ns = self._worst_ns if slot == self._slot + 1 else 0
            self._slot, self._worst_ns = slot, 0
        self._worst_ns = max(self._worst_ns, now_ns - due_ns)
