"""Another master on an RS-485 line, recognised by its requests.

A line has one master (Modbus over Serial Line V1.02, section 2.1). Two that ask
without knowing of each other destroy each other's frames now and then, and that
looks like bad wiring for weeks. What gives the other one away are its requests:
whole frames, with a check sum that holds, that we did not send.

Pure: time comes with the frames.
"""

from collections import deque
from typing import Final

from drivers.modbus.eavesdrop import Frame

REQUESTS_MIN: Final = 3
"""One request may be chance (a check sum of 16 bits), three within a minute are not."""
LISTEN_NS: Final = 2_000_000_000
"""Heard for so long before it is told, so that more than its first few questions can be named."""
RECENT_NS: Final = 60_000_000_000
GONE_NS: Final = 600_000_000_000
"""Not heard for so long, it is gone; when it comes again, that is news."""
_KEPT_MAX: Final = 600
_NAMED_MAX: Final = 12
_NS_PER_MINUTE: Final = 60e9


class OtherMaster:
    """What was heard of other masters on one line; several are not told apart."""

    def __init__(self) -> None:
        self._heard: deque[Frame] = deque(maxlen=_KEPT_MAX)

    def heard(self, request: Frame) -> None:
        """Note a request that is not ours."""
        while self._heard and request.mono_ns - self._heard[0].mono_ns > RECENT_NS:
            self._heard.popleft()
        self._heard.append(request)

    @property
    def is_known(self) -> bool:
        """Whether there is no doubt any more that there is one."""
        if len(self._heard) < REQUESTS_MIN:
            return False
        return self._heard[-1].mono_ns - self._heard[0].mono_ns >= LISTEN_NS

    def is_gone(self, now_ns: int) -> bool:
        """Whether nothing has been heard of it for long."""
        return not self._heard or now_ns - self._heard[-1].mono_ns > GONE_NS

    @property
    def per_minute(self) -> int:
        """How often it asks."""
        span_ns = max(LISTEN_NS, self._heard[-1].mono_ns - self._heard[0].mono_ns)
        return round((len(self._heard) - 1) / span_ns * _NS_PER_MINUTE)

    @property
    def asks(self) -> str:
        """Which units it asks, and by which functions: `1 (FC 3, 6), 12 (FC 4)`."""
        functions: dict[int, set[int]] = {}
        for request in self._heard:
            functions.setdefault(request.unit_id, set()).add(request.function_code)
        named = [
            f"{unit_id} (FC {', '.join(map(str, sorted(functions[unit_id])))})"
            for unit_id in sorted(functions)
        ]
        return ", ".join(named[:_NAMED_MAX]) + (" …" if len(named) > _NAMED_MAX else "")
