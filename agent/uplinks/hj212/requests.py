"""What a platform asks of the station: all of it is refused, answered and recorded.

Time, password and intervals belong to the plant. A platform that could set them
could also silence a station, so there is no request that is carried out.
"""

import secrets
from collections.abc import Callable
from dataclasses import asdict
from typing import Final

from agent.records import Json
from agent.uplinks.hj212 import messages
from agent.uplinks.hj212.frame import VERSION_2017, WANTS_ANSWER, Received, Segment, frame, read_segment
from agent.uplinks.hj212.judge import REQUEST_ANSWER
from agent.uplinks.hj212.packet import SYSTEM, Station
from drivers.clock import Clock

REFUSED: Final = 2
WRONG_PASSWORD: Final = 3
WRONG_MN: Final = 4
UNKNOWN_COMMAND: Final = 8
WRONG_CRC: Final = 9

RECORDED_MAX: Final = 20
RECORDED_WITHIN_NS: Final = 3600 * 10**9
"""A platform gone wild must not fill the store: so many events an hour, the rest is counted."""
FIELDS_SHOWN: Final = 8
VALUE_SHOWN: Final = 64  # characters
SECRET: Final = frozenset({"NewPW", "PW"})


class Requests:
    """Refuses for one station."""

    def __init__(
        self, station: Station, destination: str, clock: Clock, on_event: Callable[[Json], None]
    ) -> None:
        self._station = station
        self._destination = destination
        self._clock = clock
        self._on_event = on_event
        self._since_ns = clock.monotonic_ns()
        self._recorded = 0
        self._passed_over = 0

    def refuse(self, received: Received) -> bytes | None:
        """Record a frame that is no answer to ours; return what to reply, None for nothing."""
        request = read_segment(received.text)
        if request is None:
            return None
        returned = self._judge(request, sound=received.sound)
        self._record(request, returned)
        if not request.flag & WANTS_ANSWER:
            return None
        area = f"QnRtn={returned}"
        return frame(self._station.segment(request.qn, REQUEST_ANSWER, VERSION_2017, area, st=SYSTEM))

    def _judge(self, request: Segment, *, sound: bool) -> int:
        if not sound:
            return WRONG_CRC
        if not secrets.compare_digest(request.head.get("PW", "").encode(), self._station.password.encode()):
            return WRONG_PASSWORD
        if request.head.get("MN") != self._station.mn:
            return WRONG_MN
        return REFUSED if request.cn in messages.REQUESTS else UNKNOWN_COMMAND

    def _record(self, request: Segment, returned: int) -> None:
        now_ns = self._clock.monotonic_ns()
        if now_ns - self._since_ns > RECORDED_WITHIN_NS:
            self._since_ns, self._recorded = now_ns, 0
        if self._recorded >= RECORDED_MAX:
            self._passed_over += 1
            return
        self._recorded += 1
        passed_over, self._passed_over = self._passed_over, 0
        self._on_event(
            {
                "kind": "platform-request",
                "destination": self._destination,
                "command": request.cn[:VALUE_SHOWN],
                "fields": _shown(request),
                "returned": returned,
                "passed_over": passed_over,
                "text": asdict(messages.request_refused(request.cn[:VALUE_SHOWN], returned)),
            }
        )


def _shown(request: Segment) -> Json:
    fields = list(request.fields().items())[:FIELDS_SHOWN]
    return {name[:VALUE_SHOWN]: "***" if name in SECRET else value[:VALUE_SHOWN] for name, value in fields}
