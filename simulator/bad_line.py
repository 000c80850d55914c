"""What a bad line makes of the frames on it: noise, echoes, and a second master who knows of nobody.

A fault here befalls the connection, not a unit: units answer as ever, and what is
logged as served is what could be read, had the reader luck.
"""

import asyncio
from collections.abc import Callable
from random import Random
from typing import Final

from simulator.exchange import Exchange
from simulator.rtu import Request, add_crc
from simulator.served import Outcome

Say = Callable[[bytes], Outcome | None]
"""Sends bytes; returns what became of them, None where they go as they are."""

_BREAK_SHARE: Final = 1 / 3
_CUT_SHARE: Final = 1 / 3
_CUT_S: Final = 0.01
_COPY_S: Final = 0.1
_BEFORE_MAX: Final = 12
_AFTER_MAX: Final = 4
_REMEMBERED: Final = 32


class BadLine:
    """Stands between units and the wire of one connection. `say` sends bytes as they are."""

    def __init__(self, exchange: Exchange, say: Say, rng: Random) -> None:
        self._exchange = exchange
        self._say = say
        self._rng = rng
        self._asked: dict[Request, None] = {}  # of late, each once
        self._pieces: set[asyncio.TimerHandle] = set()

    def hear(self, data: bytes) -> None:
        """Take what the reader sent, before the units do."""
        if "echo" in self._exchange.line_faults():
            self._say(data)

    def send(self, request: Request, frame: bytes) -> Outcome | None:
        """Send a unit's frame; returns what became of it where the line made something else of it."""
        faults = self._exchange.line_faults()
        outcome = None
        if "noise" in faults:
            if self._rng.random() < _BREAK_SHARE:
                frame, outcome = self._broken(frame), Outcome.SPOILED
            before, after = self._rng.randrange(_BEFORE_MAX), self._rng.randrange(_AFTER_MAX)
            frame = self._rng.randbytes(before) + frame + self._rng.randbytes(after)
        if "second-master" in faults:
            frame = self._among_others(request, frame)
        if "repeat" in faults:
            self._say_later(self._rng.uniform(0, _COPY_S), frame)
        if faults and self._rng.random() < _CUT_SHARE:
            cut = self._rng.randrange(1, len(frame))
            self._say(frame[:cut])
            self._say_later(_CUT_S, frame[cut:])
            return outcome
        return self._say(frame) or outcome

    def _say_later(self, after_s: float, data: bytes) -> None:
        loop = asyncio.get_running_loop()
        self._pieces = {piece for piece in self._pieces if piece.when() > loop.time()}
        self._pieces.add(loop.call_later(after_s, self._say, data))

    def close(self) -> None:
        """Forget what is still to be sent."""
        for piece in self._pieces:
            piece.cancel()
        self._pieces.clear()

    def _broken(self, frame: bytes) -> bytes:
        place = self._rng.randrange(len(frame))
        return frame[:place] + bytes((frame[place] ^ 1 << self._rng.randrange(8),)) + frame[place + 1 :]

    def _among_others(self, request: Request, frame: bytes) -> bytes:
        """Let the other master ask too: the same unit, for as much, but elsewhere if it has an elsewhere."""
        self._asked[request] = None
        alike = [each for each in self._asked if (each.unit_id, each.size) == (request.unit_id, request.size)]
        other = self._rng.choice([each for each in alike if each != request] or alike)
        if len(self._asked) > _REMEMBERED:
            del self._asked[next(iter(self._asked))]
        answer = self._exchange.ask(other)
        theirs = add_crc(bytes((other.unit_id,)) + other.pdu)
        if answer is not None:
            theirs += add_crc(bytes((other.unit_id,)) + answer)
        return theirs + frame if self._rng.random() < 0.5 else frame + theirs
