"""The units of a line at the end of a stream of bytes: a pty, or a TCP connection that carries one."""

import asyncio
from collections.abc import Callable
from functools import partial
from random import Random
from typing import Final

from simulator.bad_line import BadLine, Say
from simulator.exchange import Exchange
from simulator.rtu import Request, RequestReader, add_crc
from simulator.served import Outcome
from simulator.station import Reply

SILENCE_S: Final = 0.02  # ends a frame; far longer than 3.5 characters, because bytes come in bursts


class RtuStream:
    """Cuts a stream into requests and frames their replies. `answered` is called after each."""

    def __init__(self, exchange: Exchange, say: Say, *, answered: Callable[[], None] = lambda: None) -> None:
        self._exchange = exchange
        self._line = BadLine(exchange, say, Random(0))
        self._answered = answered
        self._reader = RequestReader()
        self._silence: asyncio.TimerHandle | None = None

    def received(self, data: bytes) -> None:
        """Take bytes as they come."""
        self._wait_no_more()
        self._line.hear(data)
        request = self._reader.feed(data)
        if request is not None:
            self._handle(request)
        elif self._reader.is_waiting:
            self._silence = asyncio.get_running_loop().call_later(SILENCE_S, self._fell_silent)

    def close(self) -> None:
        """Wait for nothing any more, and send nothing."""
        self._wait_no_more()
        self._line.close()

    def _wait_no_more(self) -> None:
        if self._silence is not None:
            self._silence.cancel()

    def _fell_silent(self) -> None:
        request = self._reader.silence()
        if request is not None:
            self._handle(request)

    def _handle(self, request: Request) -> None:
        self._exchange.handle(request.unit_id, request.pdu, partial(self._send, request))

    def _send(self, request: Request, reply: Reply) -> Outcome:
        assert reply.pdu is not None
        frame = add_crc(bytes((request.unit_id,)) + reply.pdu)
        if reply.is_garbled:
            frame = frame[:-1] + bytes((frame[-1] ^ 0xFF,))
        outcome = self._line.send(request, frame) or reply.response.outcome
        self._answered()
        return outcome
