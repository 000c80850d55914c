"""What a drill shows while it runs: one line for each thing done, and one every few seconds."""

import sys
from typing import IO, Final

from simulator.demo.eyes import Sight
from simulator.drill.messages import sentence

_EVERY_S: Final = 5.0


class Progress:
    """Lines on a terminal, or in a log."""

    def __init__(self, output: IO[str] = sys.stdout) -> None:
        self._output = output
        self._next_s = 0.0

    def begin(self, number: int, count: int, name: str) -> None:
        """Say which drill begins."""
        self._next_s = 0.0
        self._write(f"\n[{number}/{count}] {name}: {sentence(f'drill-{name}')}")

    def step(self, at_s: float, code: str, **fields: object) -> None:
        """Say what was done."""
        self._write(f"{at_s:6.1f} s  {sentence(code, **fields)}")

    def sight(self, at_s: float, sight: Sight) -> None:
        """Say how it stands, now and then."""
        if at_s < self._next_s:
            return
        self._next_s = at_s + _EVERY_S
        if sight.agent is None:
            self.step(at_s, "no-agent")
            return
        backlog = ", ".join(
            f"{each['name']} {each['state']} {each['backlog_records']}"
            for each in sight.agent["destinations"]
            if not each["absent"]
        )
        self.step(at_s, "backlog", backlog=backlog)

    def _write(self, line: str) -> None:
        print(line, file=self._output, flush=True)
