"""How the machines of a plant behave: pure step functions, one file per machine.

A machine is a frozen state and two functions: `start` makes the state, `step`
moves it on by dt seconds of process time and says what the instruments read.
Nothing here knows of time of day, wires or registers. What befalls a machine
comes in as `Inputs`: the word of the fault (faults.py) and its parameters.

Figures marked [E] are engineering estimates, plausible but from no document.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Generic, TypeVar

State = TypeVar("State")

Inputs = Mapping[str, Mapping[str, float]]
"""Faults that are on, with their parameters."""

Parameters = Mapping[str, float]
"""What the plant file says about this one machine; each start names its own, with defaults."""

Values = Mapping[str, float | bool]
"""What the instruments read, by the short name of the point."""


@dataclass(frozen=True, slots=True)
class Process(Generic[State]):
    """One kind of machine."""

    start: Callable[[Parameters, Random], State]
    step: Callable[[State, float, Inputs, Random], tuple[State, Values]]
