"""What people owe an alarm and by when; pure, times in nanoseconds of UTC."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from agent.alarms.saved import Json, Saved, since_ns
from agent.alarms.subject import Duty

ACKNOWLEDGE: Final = "acknowledge"
HANDLE: Final = "handle"


@dataclass(frozen=True, slots=True)
class Owed:
    """One alarm, what is owed to it, and since when it is late."""

    due_ns: int
    alarm: Json
    what: str

    @property
    def key(self) -> str:
        """By which it is remembered that it was escalated."""
        return f"{self.alarm['id']} {self.what}"


def owed(saved: Saved, duty: Duty) -> list[Owed]:
    """Return what is owed and was not escalated yet, the most pressing first."""
    waiting = (each for each in all_owed(saved, duty) if each.key not in saved.escalated)
    return sorted(waiting, key=lambda each: each.due_ns)


def all_owed(saved: Saved, duty: Duty) -> Iterator[Owed]:
    """Yield what is owed, told as late or not."""
    if duty.acknowledge_within_s is not None and saved.alarm and saved.state.is_unacknowledged:
        yield Owed(_after(saved.alarm, duty.acknowledge_within_s), saved.alarm, ACKNOWLEDGE)
    if duty.handle_within_s is not None:
        for alarm in saved.open:
            yield Owed(_after(alarm, duty.handle_within_s), alarm, HANDLE)


def _after(alarm: Json, within_s: float) -> int:
    return since_ns(alarm) + round(within_s * 1e9)
