"""What the writer is failing with: since when, and who hears of a change."""

from collections.abc import Callable

from buffering.status import StoreTrouble

OnTrouble = Callable[[StoreTrouble | None], None]
"""Called on the event loop with each new reason, and with None once something is durable again."""


def nobody(_trouble: StoreTrouble | None) -> None:
    """Tell nobody."""


class Troubles:
    """The trouble there is, if there is one."""

    def __init__(self, on_change: OnTrouble) -> None:
        self._on_change = on_change
        self.current: StoreTrouble | None = None

    def begin(self, reason: str, detail: str, now_ns: int) -> None:
        """Something failed, at the time `now_ns`; one reason may take the place of another."""
        before = self.current
        self.current = StoreTrouble(reason, detail, before.since_ns if before else now_ns)
        if before is None or before.reason != reason:
            self._on_change(self.current)

    def end(self) -> None:
        """Something became durable."""
        if self.current is not None:
            self.current = None
            self._on_change(None)

    @property
    def reason(self) -> str:
        """The code of what is wrong; empty where nothing is."""
        return self.current.reason if self.current is not None else ""
