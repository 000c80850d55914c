"""A valve with end switches: it stands, acts when it is told to, and is there after its travel.

Values: command, open, closed, fault, local (states).
"""

from dataclasses import dataclass, replace
from random import Random
from typing import Final

from simulator.process import Inputs, Parameters, Process, Values
from simulator.process.lag import towards

TRAVEL_S: Final = 1.5
"""From end to end. [E]"""


@dataclass(frozen=True, slots=True)
class State:
    """`opening` is 0 (closed) to 1 (open)."""

    at_rest: float
    travel_s: float
    opening: float


def start(parameters: Parameters, _rng: Random) -> State:
    """Parameters: open, 1 (default) or 0: how it stands until it is told to act; travel, in s."""
    at_rest = float(parameters.get("open", 1.0) >= 0.5)
    return State(at_rest, parameters.get("travel", TRAVEL_S), at_rest)


def step(state: State, dt_s: float, inputs: Inputs, _rng: Random) -> tuple[State, Values]:
    """Move on by `dt_s`. Inputs: act, the command; stuck, in which it does not move."""
    goal = 1.0 - state.at_rest if "act" in inputs else state.at_rest
    opening = state.opening
    if "stuck" not in inputs:
        opening = towards(opening, goal, dt_s / state.travel_s)
    return replace(state, opening=opening), {
        "command": "act" in inputs,
        "open": opening >= 1.0,
        "closed": opening <= 0.0,
        "fault": False,
        "local": False,
    }


VALVE: Final = Process(start, step)
