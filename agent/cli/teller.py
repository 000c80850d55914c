"""Tells how a long scan goes, on standard error, and hears Ctrl-C."""

import asyncio
import signal
import sys
from contextlib import suppress
from typing import Final

from agent.cli.target import both
from agent.commissioning import words_probe

_ERASE: Final = "\r\x1b[K"


class Teller:
    """A scan's progress (see unit_scan.py): a line that is written over on a terminal, nothing in a file."""

    def __init__(self, questions: int) -> None:
        self._questions = questions
        self._asked = 0
        self._is_terminal = sys.stderr.isatty()
        self._stop = asyncio.Event()

    def hear_interrupt(self) -> None:
        """Have Ctrl-C end the scan, not the program. To be called in the running loop."""
        with suppress(RuntimeError, ValueError):  # not in the main thread: somebody else has the signals
            asyncio.get_running_loop().add_signal_handler(signal.SIGINT, self._stop.set)

    @property
    def stopped(self) -> bool:
        """Whether Ctrl-C was pressed."""
        return self._stop.is_set()

    def begun(self, what: str) -> None:
        """A setting of the line is tried."""
        self._say(both(words_probe.trying(what)))

    def asked(self, what: str) -> None:
        """One more question was asked."""
        self._asked += 1
        if self._is_terminal:
            share = f"{self._asked}/{self._questions}" if self._questions else str(self._asked)
            print(f"{_ERASE}{share}  {what}", end="", file=sys.stderr, flush=True)

    def found(self, what: str) -> None:
        """A unit answered."""
        self._say(both(words_probe.answered(what)))

    def done(self) -> None:
        """Erase the line."""
        if self._is_terminal:
            print(_ERASE, end="", file=sys.stderr, flush=True)

    def _say(self, words: str) -> None:
        print(f"{_ERASE if self._is_terminal else ''}{words}", file=sys.stderr, flush=True)
