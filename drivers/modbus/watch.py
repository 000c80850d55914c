"""What is seen of a Modbus connection from beside it: counters, the last frames, and who else is there.

Everything here is told by the guard as it passes, and lasts from one link to the
next. Nothing here decides what is done on the wire.
"""

import logging
from collections import deque
from typing import Final

from drivers.clock import Clock
from drivers.errors import ExceptionReply, LinkFault, NoReply, UnitFault, WrongReply
from drivers.modbus.frames import FrameRing
from drivers.modbus.framing import Strays, Whose
from drivers.modbus.masters import OtherMaster
from drivers.passed import Passed, Shown
from drivers.remarks import Remarks
from drivers.statistics import Exchanges, Statistics

log = logging.getLogger(__name__)

ECHOES_MIN: Final = 3
UNSOLICITED_MIN: Final = 5
"""So many frames within a minute that nobody asked for are a habit."""
_MINUTE_NS: Final = 60_000_000_000
_PRINTED: Final = 12
"""Of the ring, so many go to the log."""


class Watch:
    """The tap (see wire.py) of one connection. `remarks` tells people what it notices."""

    def __init__(
        self, connection_id: str, clock: Clock, remarks: Remarks, *, where: str, is_tcp: bool
    ) -> None:
        self._connection_id = connection_id
        self._clock = clock
        self._remarks = remarks
        self._where = where
        now_ns = clock.monotonic_ns()
        self.statistics = Statistics(Exchanges(now_ns))
        self._begun_ns = now_ns
        self._ring = FrameRing(is_tcp=is_tcp)
        self._printed: set[str] = set()
        self._master = OtherMaster()
        self._unsolicited: deque[tuple[int, int]] = deque(maxlen=100)  # when, unit id

    @property
    def frames(self) -> tuple[Shown, ...]:
        """What passed last, oldest first."""
        return self._ring.shown()

    def bytes_passed(self, data: bytes, *, sent: bool) -> None:
        """Count and keep what was sent, or what one read brought."""
        if sent:
            self.statistics.bytes_sent += len(data)
        else:
            self.statistics.bytes_received += len(data)
        self._ring.add(Passed(self._clock.now_ns(), self._clock.monotonic_ns(), sent, data))

    def connected(self) -> None:
        """Count a link."""
        self.statistics.connects += 1

    def exchanged(
        self, unit_id: int, begun_ns: int, ended_ns: int, fault: UnitFault | LinkFault | None
    ) -> None:
        """Count what became of a request."""
        unit = self._unit(unit_id)
        unit.requests += 1
        if fault is None:
            unit.replied((ended_ns - begun_ns) / 1e9, self._clock.now_ns())
        else:
            self._count_fault(unit, fault, (ended_ns - begun_ns) / 1e9)
        now_ns = self._clock.monotonic_ns()
        unit.busy.add(now_ns - begun_ns, now_ns)
        self.statistics.whole.busy.add(now_ns - begun_ns, now_ns)

    def strays(self, strays: Strays) -> None:
        """Count what was no answer of ours, and recognise who sends it."""
        self.statistics.discarded_bytes += strays.discarded
        self.statistics.echoes += strays.echoes
        if strays.echoes and self.statistics.echoes >= ECHOES_MIN:
            self._remarks.once("echo", where=self._where)
        for unit_id, whose in strays.answers:
            if whose is Whose.OURS_LATE and unit_id in self.statistics.units:
                self.statistics.units[unit_id].late += 1
            elif whose is Whose.NOBODY:
                self._count_unsolicited(unit_id)
        if strays.requests:
            self._hear_master(strays)

    def _unit(self, unit_id: int) -> Exchanges:
        unit = self.statistics.units.get(unit_id)
        if unit is None:
            unit = self.statistics.units[unit_id] = Exchanges(self._begun_ns)
        return unit

    def _count_fault(self, unit: Exchanges, fault: UnitFault | LinkFault, took_s: float) -> None:
        kind = fault.code
        if isinstance(fault, NoReply):
            unit.timeouts += 1
        elif isinstance(fault, WrongReply):
            unit.wrong += 1
            unit.crc_errors += fault.has_bad_sum
        elif isinstance(fault, ExceptionReply):
            unit.exceptions[fault.exception_code] += 1
            unit.took(took_s)
            kind = f"{kind} {fault.exception_code}"
        if kind not in self._printed:
            self._printed.add(kind)
            lines = "\n".join(str(shown) for shown in self.frames[-_PRINTED:])
            log.warning(
                "%s: first %s (%s); the last frames were:\n%s", self._connection_id, kind, fault, lines
            )

    def _count_unsolicited(self, unit_id: int) -> None:
        self.statistics.unsolicited += 1
        now_ns = self._clock.monotonic_ns()
        self._unsolicited.append((now_ns, unit_id))
        recent = [each for at_ns, each in self._unsolicited if now_ns - at_ns < _MINUTE_NS]
        if recent.count(unit_id) >= UNSOLICITED_MIN:
            self._remarks.once("unsolicited", where=self._where, unit=unit_id)

    def _hear_master(self, strays: Strays) -> None:
        self.statistics.foreign_requests += len(strays.requests)
        if self._master.is_gone(strays.requests[0].mono_ns):
            self._remarks.forget("second-master")
        for request in strays.requests:
            self._master.heard(request)
        if self._master.is_known:
            self._remarks.once(
                "second-master", where=self._where, asks=self._master.asks, per_minute=self._master.per_minute
            )
