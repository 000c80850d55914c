"""The units of a line at the end of a stream of bytes: a pty, or a TCP connection that carries one."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Final

from simulator.exchange import Exchange
from simulator.rtu import Request, RequestReader, add_crc
from simulator.served import Outcome
from simulator.station import Reply

SILENCE_S: Final = 0.02  # ends a frame; far longer than 3.5 characters, because bytes come in bursts

Write = Callable[[bytes, Reply], Outcome]
"""Writes the frame of a reply, and returns what became of it."""


class RtuStream:
    """Cuts a stream into requests and frames their replies."""

    def __init__(self, exchange: Exchange, write: Write) -> None:
        self._exchange = exchange
        self._write = write
        self._reader = RequestReader()
        self._silence: asyncio.TimerHandle | None = None

    def received(self, data: bytes) -> None:
        """Take bytes as they come."""
        self.close()
        request = self._reader.feed(data)
        if request is not None:
            self._handle(request)
        elif self._reader.is_waiting:
            self._silence = asyncio.get_running_loop().call_later(SILENCE_S, self._fell_silent)

    def close(self) -> None:
        """Wait for nothing any more."""
        if self._silence is not None:
            self._silence.cancel()

    def _fell_silent(self) -> None:
        request = self._reader.silence()
        if request is not None:
            self._handle(request)

    def _handle(self, request: Request) -> None:
        self._exchange.handle(request.unit_id, request.pdu, partial(self._send, request.unit_id))

    def _send(self, unit_id: int, reply: Reply) -> Outcome:
        assert reply.pdu is not None
        frame = add_crc(bytes((unit_id,)) + reply.pdu)
        if reply.is_garbled:
            frame = frame[:-1] + bytes((frame[-1] ^ 0xFF,))
        return self._write(frame, reply)
