"""Machines that run: the state of a process, moved on to whenever an instrument is asked.

A machine is computed when somebody asks, not on a clock of its own: a plant of a
thousand points that nobody polls costs nothing. Several devices may be instruments of
one machine; asked at one time, they tell of the same moment.
"""

import math
from collections.abc import Sequence
from itertools import pairwise
from random import Random
from typing import Any, Final

from simulator.faults import Target
from simulator.process import Inputs, Parameters, Process, Values
from simulator.timeline import NS_PER_S, Timeline

TICK_NS: Final = NS_PER_S // 10
"""Asked again within a tick, a machine reads the same: what is asked in one round agrees."""

STEP_MAX_S: Final = 5.0
"""Of process time: the longest step that the machines are computed in."""

STEPS_MAX: Final = 100
"""A machine that nobody asked for a day catches up in so many steps, longer ones if need be."""


class Machine:
    """One machine; `instruments` are the devices that it befalls when one of them is named."""

    def __init__(
        self,
        process: Process[Any],
        parameters: Parameters,
        instruments: Sequence[str],
        timeline: Timeline,
        rng: Random,
    ) -> None:
        self.state: Any = process.start(parameters, rng)
        self._process = process
        self._instruments = instruments
        self._timeline = timeline
        self._rng = rng
        self._asked_ns: int | None = None
        self._values: Values = {}

    def values(self, now_ns: int) -> Values:
        """Return what its instruments read now, by short name."""
        asked_ns = self._asked_ns
        if asked_ns is not None and 0 <= now_ns - asked_ns < TICK_NS:
            return self._values
        since_ns = now_ns if asked_ns is None else asked_ns
        self._asked_ns = now_ns
        turns = sorted({turn for each in self._instruments for turn in self._turns(since_ns, now_ns, each)})
        for begin_ns, end_ns in pairwise((since_ns, *turns, now_ns)):
            self._step(begin_ns, end_ns)
        return self._values

    def _step(self, begin_ns: int, end_ns: int) -> None:
        """Go on through a span in which nothing begins or ends."""
        speed = self._timeline.scenario.duration_s / self._timeline.length_s
        span_s = max(0, end_ns - begin_ns) / NS_PER_S * speed
        steps = min(max(1, math.ceil(span_s / STEP_MAX_S)), STEPS_MAX)
        inputs = self._inputs((begin_ns + end_ns) // 2)
        for _ in range(steps):
            self.state, self._values = self._process.step(self.state, span_s / steps, inputs, self._rng)

    def _inputs(self, now_ns: int) -> Inputs:
        active = (self._timeline.active(now_ns, Target.DEVICE, each) for each in self._instruments)
        return {event.do: event.parameters for events in active for event in events}

    def _turns(self, since_ns: int, until_ns: int, instrument: str) -> Sequence[int]:
        return tuple(self._timeline.turns(since_ns, until_ns, Target.DEVICE, instrument))
