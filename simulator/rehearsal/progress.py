"""What a rehearsal shows while it runs: a line every few seconds, and one when it gets slower."""

import sys
from typing import IO, Final

from simulator.clock import Clock
from simulator.rehearsal.messages import sentence
from simulator.rehearsal.spans import clock_time
from simulator.timeline import NS_PER_S

_EVERY_NS: Final = 5 * NS_PER_S


class Progress:
    """Lines on standard error, so that the result can be piped."""

    def __init__(self, clock: Clock, output: IO[str] = sys.stderr) -> None:
        self._clock = clock
        self._output = output
        self._next_ns = 0

    def starting(self) -> None:
        """Say that it begins."""
        self._write(sentence("starting"))

    def at(self, at_s: float, length_s: float, speed: float) -> None:
        """Say how far it is, now and then."""
        now_ns = self._clock.monotonic_ns()
        if now_ns >= self._next_ns:
            self._next_ns = now_ns + _EVERY_NS
            self._write(sentence("at", at=clock_time(at_s), length=clock_time(length_s), speed=speed))

    def lowered(self, speed: float) -> None:
        """Say that it gets slower."""
        self._write(sentence("lowered", speed=speed))

    def _write(self, line: str) -> None:
        print(line, file=self._output, flush=True)
