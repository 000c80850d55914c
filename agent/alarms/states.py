"""The states of one alarm, and the one table that moves between them (ISA-18.2 / IEC 62682).

A limit that is passed is not yet an alarm: it must stay passed for `on_delay`;
an alarm whose value has returned is not yet over: it must stay back, beyond the
deadband, for `off_delay`. What has been raised is acknowledged by a person, before
or after it is over, and a latched alarm is not over until a person resets it.

    NORMAL ─BEYOND▶ ON_DELAY ─ELAPSED▶ UNACKNOWLEDGED ─ACKNOWLEDGE▶ ACKNOWLEDGED
       ▲                                  │ BACK                        │ BACK
       │                          …_OFF_DELAY ─ACKNOWLEDGE▶ …_OFF_DELAY
       │                                  │ ELAPSED                     │ ELAPSED
       └──────ACKNOWLEDGE───────── RETURNED                             └──▶ NORMAL

Absence is never health: LOST (no good value) ends an off-delay, because the
value that was on its way back is no longer seen; it does not end an on-delay,
because the last thing seen was the danger.
"""

from enum import StrEnum
from typing import Final


class State(StrEnum):
    """Where an alarm stands. The value is stored, so that an alarm outlives a restart."""

    NORMAL = "normal"
    ON_DELAY = "on-delay"
    UNACKNOWLEDGED = "unacknowledged"
    ACKNOWLEDGED = "acknowledged"
    UNACKNOWLEDGED_OFF_DELAY = "unacknowledged-off-delay"
    ACKNOWLEDGED_OFF_DELAY = "acknowledged-off-delay"
    UNACKNOWLEDGED_LATCHED = "unacknowledged-latched"  # the value is back; a person must reset it
    ACKNOWLEDGED_LATCHED = "acknowledged-latched"
    RETURNED = "returned"  # over, and nobody has acknowledged it
    RETURNED_ON_DELAY = "returned-on-delay"  # and on its way to be raised again

    @property
    def is_raised(self) -> bool:
        """Whether the alarm stands."""
        return self in _RAISED

    @property
    def is_unacknowledged(self) -> bool:
        """Whether a person is still to acknowledge it."""
        return self in _UNACKNOWLEDGED

    @property
    def is_on_delay(self) -> bool:
        """Whether it will be raised unless the value comes back."""
        return self in (State.ON_DELAY, State.RETURNED_ON_DELAY)

    @property
    def is_off_delay(self) -> bool:
        """Whether it will be over unless the value passes the limit again."""
        return self in (State.UNACKNOWLEDGED_OFF_DELAY, State.ACKNOWLEDGED_OFF_DELAY)

    @property
    def settled(self) -> "State":
        """The state to take up after a restart: a delay begins anew with the next reading."""
        return _SETTLED.get(self, self)


class Signal(StrEnum):
    """What one reading, the clock or a person says about an alarm."""

    BEYOND = "beyond"  # at or past the limit
    BETWEEN = "between"  # inside the limit, not yet past the deadband
    BACK = "back"  # inside the limit by more than the deadband
    LOST = "lost"  # nothing that could clear an alarm: bad, or uncertain and inside the limit
    ELAPSED = "elapsed"  # the running delay is over
    HELD = "held"  # the running off-delay is over, and the alarm is latched
    ACKNOWLEDGE = "acknowledge"
    RESET = "reset"


_RAISED: Final = frozenset(
    {
        State.UNACKNOWLEDGED,
        State.ACKNOWLEDGED,
        State.UNACKNOWLEDGED_OFF_DELAY,
        State.ACKNOWLEDGED_OFF_DELAY,
        State.UNACKNOWLEDGED_LATCHED,
        State.ACKNOWLEDGED_LATCHED,
    }
)
_UNACKNOWLEDGED: Final = frozenset(
    {
        State.UNACKNOWLEDGED,
        State.UNACKNOWLEDGED_OFF_DELAY,
        State.UNACKNOWLEDGED_LATCHED,
        State.RETURNED,
        State.RETURNED_ON_DELAY,
    }
)
_SETTLED: Final = {
    State.ON_DELAY: State.NORMAL,
    State.UNACKNOWLEDGED_OFF_DELAY: State.UNACKNOWLEDGED,
    State.ACKNOWLEDGED_OFF_DELAY: State.ACKNOWLEDGED,
    State.RETURNED_ON_DELAY: State.RETURNED,
}

TABLE: Final = {
    (State.NORMAL, Signal.BEYOND): State.ON_DELAY,
    (State.ON_DELAY, Signal.BETWEEN): State.NORMAL,
    (State.ON_DELAY, Signal.BACK): State.NORMAL,
    (State.ON_DELAY, Signal.ELAPSED): State.UNACKNOWLEDGED,
    (State.UNACKNOWLEDGED, Signal.ACKNOWLEDGE): State.ACKNOWLEDGED,
    (State.UNACKNOWLEDGED, Signal.BACK): State.UNACKNOWLEDGED_OFF_DELAY,
    (State.ACKNOWLEDGED, Signal.BACK): State.ACKNOWLEDGED_OFF_DELAY,
    (State.UNACKNOWLEDGED_OFF_DELAY, Signal.BEYOND): State.UNACKNOWLEDGED,
    (State.UNACKNOWLEDGED_OFF_DELAY, Signal.BETWEEN): State.UNACKNOWLEDGED,
    (State.UNACKNOWLEDGED_OFF_DELAY, Signal.LOST): State.UNACKNOWLEDGED,
    (State.UNACKNOWLEDGED_OFF_DELAY, Signal.ACKNOWLEDGE): State.ACKNOWLEDGED_OFF_DELAY,
    (State.UNACKNOWLEDGED_OFF_DELAY, Signal.ELAPSED): State.RETURNED,
    (State.UNACKNOWLEDGED_OFF_DELAY, Signal.HELD): State.UNACKNOWLEDGED_LATCHED,
    (State.ACKNOWLEDGED_OFF_DELAY, Signal.BEYOND): State.ACKNOWLEDGED,
    (State.ACKNOWLEDGED_OFF_DELAY, Signal.BETWEEN): State.ACKNOWLEDGED,
    (State.ACKNOWLEDGED_OFF_DELAY, Signal.LOST): State.ACKNOWLEDGED,
    (State.ACKNOWLEDGED_OFF_DELAY, Signal.ELAPSED): State.NORMAL,
    (State.ACKNOWLEDGED_OFF_DELAY, Signal.HELD): State.ACKNOWLEDGED_LATCHED,
    (State.UNACKNOWLEDGED_LATCHED, Signal.BEYOND): State.UNACKNOWLEDGED,
    (State.UNACKNOWLEDGED_LATCHED, Signal.BETWEEN): State.UNACKNOWLEDGED,
    (State.UNACKNOWLEDGED_LATCHED, Signal.LOST): State.UNACKNOWLEDGED,
    (State.UNACKNOWLEDGED_LATCHED, Signal.ACKNOWLEDGE): State.ACKNOWLEDGED_LATCHED,
    (State.ACKNOWLEDGED_LATCHED, Signal.BEYOND): State.ACKNOWLEDGED,
    (State.ACKNOWLEDGED_LATCHED, Signal.BETWEEN): State.ACKNOWLEDGED,
    (State.ACKNOWLEDGED_LATCHED, Signal.LOST): State.ACKNOWLEDGED,
    (State.ACKNOWLEDGED_LATCHED, Signal.RESET): State.NORMAL,
    (State.RETURNED, Signal.ACKNOWLEDGE): State.NORMAL,
    (State.RETURNED, Signal.BEYOND): State.RETURNED_ON_DELAY,
    (State.RETURNED_ON_DELAY, Signal.ACKNOWLEDGE): State.ON_DELAY,
    (State.RETURNED_ON_DELAY, Signal.BETWEEN): State.RETURNED,
    (State.RETURNED_ON_DELAY, Signal.BACK): State.RETURNED,
    (State.RETURNED_ON_DELAY, Signal.ELAPSED): State.UNACKNOWLEDGED,
}
"""Every move there is; a pair that is missing leaves the state as it was."""


def step(state: State, signal: Signal) -> State:
    """Return the state after `signal`."""
    return TABLE.get((state, signal), state)
