"""The states of one alarm rule, and the one table that moves between them.

A limit that is passed is not yet an alarm: it must stay passed for `on_delay`;
an alarm whose value has returned is not yet over: it must stay back, beyond the
deadband, for `off_delay` (ISA-18.2 / IEC 62682, on-delay and off-delay).

    NORMAL ──BEYOND──▶ ON_DELAY ──ELAPSED──▶ ALARM ──BACK──▶ OFF_DELAY
       ▲                  │                    ▲                 │
       ├──BETWEEN, BACK───┘                    └─BEYOND, BETWEEN,┤
       └──────────────────────ELAPSED──────────────────LOST──────┘

Absence is never health: LOST (no good value) ends an off-delay, because the
value that was on its way back is no longer seen; it does not end an on-delay,
because the last thing seen was the danger.
"""

from enum import StrEnum
from typing import Final


class State(StrEnum):
    """Where a rule stands. The value is stored, so that an alarm outlives a restart."""

    NORMAL = "normal"
    ON_DELAY = "on-delay"
    ALARM = "alarm"
    OFF_DELAY = "off-delay"


class Signal(StrEnum):
    """What one reading, or the clock, says about a rule."""

    BEYOND = "beyond"  # at or past the limit
    BETWEEN = "between"  # inside the limit, not yet past the deadband
    BACK = "back"  # inside the limit by more than the deadband
    LOST = "lost"  # nothing that could clear an alarm: bad, or uncertain and inside the limit
    ELAPSED = "elapsed"  # the running delay is over


TABLE: Final = {
    (State.NORMAL, Signal.BEYOND): State.ON_DELAY,
    (State.ON_DELAY, Signal.BETWEEN): State.NORMAL,
    (State.ON_DELAY, Signal.BACK): State.NORMAL,
    (State.ON_DELAY, Signal.ELAPSED): State.ALARM,
    (State.ALARM, Signal.BACK): State.OFF_DELAY,
    (State.OFF_DELAY, Signal.BEYOND): State.ALARM,
    (State.OFF_DELAY, Signal.BETWEEN): State.ALARM,
    (State.OFF_DELAY, Signal.LOST): State.ALARM,
    (State.OFF_DELAY, Signal.ELAPSED): State.NORMAL,
}
"""Every move there is; a pair that is missing leaves the state as it was."""


def step(state: State, signal: Signal) -> State:
    """Return the state after `signal`."""
    return TABLE.get((state, signal), state)
