"""How long an effect took after its trigger: an interval, because both are known between two samples only.

Trigger in (t0, t1], effect in (t2, t3]: the delay lies in [t2 − t1, t3 − t0], and nothing closer can be
said. A verdict is given only where the whole interval is on one side of the limit.
"""

from dataclasses import dataclass
from enum import StrEnum

from agent.alarms.rules.onset import Instant, Onset


class Verdict(StrEnum):
    """What became of one effect."""

    IN_TIME = "in time"
    LATE = "late"
    CANNOT_TELL = "cannot tell"
    NEVER = "never"

    @property
    def is_failure(self) -> bool:
        """Whether the interlock has shown not to work."""
        return self in (Verdict.LATE, Verdict.NEVER)


@dataclass(frozen=True, slots=True)
class Delay:
    """In seconds; None: no bound is known on that side. Negative: it was there before the trigger."""

    low_s: float | None
    high_s: float | None

    def verdict(self, within_s: float) -> Verdict:
        """Hold it against a limit."""
        if self.high_s is not None and self.high_s <= within_s:
            return Verdict.IN_TIME
        if self.low_s is not None and self.low_s > within_s:
            return Verdict.LATE
        return Verdict.CANNOT_TELL


def delay(trigger: Onset, effect: Onset) -> Delay:
    """Return the delay of an effect that came; by the server's clock where one stamped all four samples."""
    instants = [trigger.after, trigger.by, effect.after, effect.by]
    is_source = len({each.connection for each in instants if each}) == 1 and all(
        each is None or each.source_ns is not None for each in instants
    )
    low = None if effect.after is None else _between(trigger.by, effect.after, is_source=is_source)
    high = None if trigger.after is None else _between(trigger.after, effect.by, is_source=is_source)
    return Delay(low, high)


def still_waiting(trigger: Onset, known_false: Instant | None) -> Delay:
    """Return the delay of an effect that has not come up to when it was last known not to be there."""
    if known_false is None:
        return Delay(None, None)
    return Delay(_between(trigger.by, known_false, is_source=False), None)


def _between(earlier: Instant, later: Instant, *, is_source: bool) -> float:
    if is_source and earlier.source_ns is not None and later.source_ns is not None:
        return (later.source_ns - earlier.source_ns) / 1e9
    return (later.mono_ns - earlier.mono_ns) / 1e9
