"""Carries the requests of one Modbus connection to its station, and the replies back in their time.

A response is logged when it is sent, not when it is made.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from simulator.clock import Clock
from simulator.rtu import Request
from simulator.served import Outcome, ServedLog
from simulator.station import Reply, Station

Send = Callable[[Reply], Outcome]
"""Frames and sends a reply that has a PDU, and returns what became of it."""


class Exchange:
    """Between a transport and a station."""

    def __init__(self, station: Station, served: ServedLog, clock: Clock) -> None:
        self._station = station
        self._served = served
        self._clock = clock
        self._late: set[asyncio.TimerHandle] = set()

    def handle(self, unit_id: int, request: bytes, send: Send) -> None:
        """Answer one request PDU, now or late."""
        reply = self._station.ask(unit_id, request, self._clock.now_ns())
        if reply.delay_s <= 0:
            self._finish(reply, send)
            return
        loop = asyncio.get_running_loop()
        self._late = {timer for timer in self._late if timer.when() > loop.time()}  # the others have fired
        self._late.add(loop.call_later(reply.delay_s, self._finish, reply, send))

    def line_faults(self) -> frozenset[str]:
        """Return what befalls the connection itself now."""
        return self._station.line_faults(self._clock.now_ns())

    def ask(self, request: Request) -> bytes | None:
        """Return what a unit answers to somebody else; that is not logged, and not late."""
        return self._station.ask(request.unit_id, request.pdu, self._clock.now_ns()).pdu

    def close(self) -> None:
        """Forget what is still to be sent."""
        for timer in self._late:
            timer.cancel()
        self._late.clear()

    def _finish(self, reply: Reply, send: Send) -> None:
        outcome = reply.response.outcome if reply.pdu is None else send(reply)
        self._served.write(replace(reply.response, outcome=outcome), self._clock.now_ns())
