"""What every machine has: things that follow other things with a lag."""

from math import exp


def approach(value: float, goal: float, dt_s: float, tau_s: float) -> float:
    """Return `value` after `dt_s` of first-order approach to `goal`; exact for any dt."""
    return goal + (value - goal) * exp(-dt_s / tau_s)


def towards(value: float, goal: float, step_max: float) -> float:
    """Return `value` moved towards `goal` by at most `step_max`."""
    return min(goal, value + step_max) if goal > value else max(goal, value - step_max)
