"""What is seen of a Modbus connection from beside it: counters, the last frames, and who else is there.

Everything here is told by the guard as it passes, and lasts from one link to the
next. Nothing here decides what is done on the wire.
"""

import logging
from collections import deque
from typing import Final

from drivers.clock import Clock
from drivers.errors import ExceptionReply, LinkFault, NoReply, Silent, UnitFault, Unusable, WrongReply
from drivers.modbus.frames import FrameRing
from drivers.modbus.framing import Strays, Whose
from drivers.modbus.heads import heads_in
from drivers.modbus.masters import OtherMaster
from drivers.modbus.misfits import Misfits
from drivers.passed import Passed, Shown
from drivers.remarks import Remarks
from drivers.statistics import Exchanges, Statistics

log = logging.getLogger(__name__)

ECHOES_MIN: Final = 3
UNSOLICITED_MIN: Final = 5
"""So many frames within a minute that nobody asked for are a habit."""
_MBAP_BYTES: Final = 6
_MINUTE_NS: Final = 60_000_000_000
_PRINTED: Final = 12
"""Of the ring, so many go to the log."""


class Watch:
    """The tap (see wire.py) of one connection. `remarks` tells people what it notices.

    `has_ids`: its frames have transaction ids, and answers are told by them.
    """

    def __init__(
        self,
        connection_id: str,
        clock: Clock,
        remarks: Remarks,
        *,
        where: str,
        is_tcp: bool,
        has_ids: bool = False,
        timeout_s: float,
    ) -> None:
        self._connection_id = connection_id
        self._clock = clock
        self._remarks = remarks
        self._where = where
        self._is_tcp = is_tcp
        self._unit_at = _MBAP_BYTES if is_tcp else 0  # where a frame names its unit
        self._has_ids = has_ids
        now_ns = clock.monotonic_ns()
        self.statistics = Statistics(Exchanges(now_ns))
        self._begun_ns = now_ns
        self._ring = FrameRing(is_tcp=is_tcp)
        self._printed: set[str] = set()
        self._master = OtherMaster()
        self._misfits = Misfits(timeout_s)
        self._told_misfits: dict[int, str] = {}  # by unit: the code of the note
        self._unsolicited: deque[tuple[int, int]] = deque(maxlen=100)  # when, unit id

    @property
    def frames(self) -> tuple[Shown, ...]:
        """What passed last, oldest first."""
        return self._ring.shown()

    def bytes_passed(self, data: bytes, *, sent: bool) -> None:
        """Count and keep what was sent, or what one read brought."""
        if sent:
            self.statistics.bytes_sent += len(data)
            transaction = int.from_bytes(data[:2], "big") if self._has_ids else None
            self._misfits.asked(data[self._unit_at], self._clock.monotonic_ns(), transaction)
        else:
            self.statistics.bytes_received += len(data)
            if self._is_tcp:
                self._look_at_heads(data)
        self._ring.add(Passed(self._clock.now_ns(), self._clock.monotonic_ns(), sent, data))

    def connected(self) -> None:
        """Count a link."""
        self.statistics.connects += 1
        self._misfits.begin()

    def exchanged(
        self, unit_id: int, begun_ns: int, ended_ns: int, fault: UnitFault | LinkFault | None
    ) -> None:
        """Count what became of a request."""
        unit = self._unit(unit_id)
        unit.requests += 1
        if not isinstance(fault, NoReply | LinkFault):
            self._misfits.answered(unit_id)
        if fault is None:
            unit.replied((ended_ns - begun_ns) / 1e9, self._clock.now_ns())
            self._forget_misfit(unit_id)
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
            self._look_for_misfit(unit_id, strays.asked, whose)
        if strays.requests:
            self._hear_master(strays)

    def hears(self, unit_id: int) -> bool:
        """Return whether a unit answers, though its answers cannot be taken."""
        return self._misfits.of_unit(unit_id, self._clock.monotonic_ns(), at_least=1) is not None

    def explain(self, fault: LinkFault) -> LinkFault:
        """Return why nothing that can be taken was answered, where that is known; else the fault itself."""
        misfit = self._misfits.of_any(self._clock.monotonic_ns()) if isinstance(fault, Silent) else None
        return fault if misfit is None else Unusable(fault.where, misfit.code, misfit.fields)

    def _look_for_misfit(self, unit_id: int, asked: int | None, whose: Whose) -> None:
        self._tell_misfit(self._misfits.stray(unit_id, asked, whose, self._clock.monotonic_ns()))

    def _look_at_heads(self, data: bytes) -> None:
        for head in heads_in(data):
            if self._has_ids:
                self._misfits.named(head.unit_id, head.transaction)
            if head.protocol:
                now_ns = self._clock.monotonic_ns()
                self._tell_misfit(self._misfits.other_protocol(head.unit_id, head.protocol, now_ns))

    def _tell_misfit(self, unit: int | None) -> None:
        misfit = None if unit is None else self._misfits.of_unit(unit, self._clock.monotonic_ns())
        if unit is not None and misfit is not None:
            self._told_misfits[unit] = misfit.code
            self._remarks.once(misfit.code, unit, where=self._where, **misfit.fields)

    def _forget_misfit(self, unit_id: int) -> None:
        code = self._told_misfits.get(unit_id)
        if code is not None and self._misfits.is_over(unit_id, self._clock.monotonic_ns()):
            del self._told_misfits[unit_id]
            self._remarks.forget(code, unit_id)

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
