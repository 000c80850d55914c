"""The catalogue that a platform is to have after each connecting, told beside everything else.

That it is refused, or fails, holds up nothing: readings and alarms go on, and it is tried again
later. Whether the platform is up is told by heartbeats and by what is sent, not by this.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Final, Protocol
from uuid import UUID, uuid4

from agent.uplinks.ship import Code, ship
from agent.uplinks.shipment import Shipment
from agent.uplinks.standing import FAILING_FROM, Standing
from agent.uplinks.uplink import Delivered, Parcel, Partly, Pending, Verdict
from drivers.clock import Clock

AGAIN_S: Final = 10.0
AGAIN_MAX_S: Final = 600.0
"""The pause doubles from the first to this one: a platform without a word for it is not flooded."""

log = logging.getLogger(__name__)


class Make(Protocol):
    """Renders the catalogue as it holds now."""

    def __call__(self, message_uid: UUID, *, now_ns: int) -> Shipment:
        """Return the message under that id."""
        ...


class Introduction:
    """Follows whether one platform has it."""

    def __init__(
        self,
        make: Make,
        send: Callable[[Parcel], Awaitable[Verdict]],
        code: Code,
        standing: Standing,
        clock: Clock,
    ) -> None:
        self._make = make
        self._send = send
        self._code = code
        self._standing = standing
        self._clock = clock
        self._known = 0  # the connection in which the platform took it
        self._of = 0  # the connection for which `_shipment` is
        self._shipment: Shipment | None = None
        self._pause_s = AGAIN_S
        self._due_ns = 0

    async def when_due(self, connection: int) -> None:
        """Try to tell it, unless this connection has it or the last try is too near."""
        if connection == self._known:
            return
        now_ns = self._clock.monotonic_ns()
        if self._shipment is None or self._of != connection:
            self._forget()
            self._shipment = self._make(uuid4(), now_ns=self._clock.now_ns())
            self._of, self._pause_s = connection, AGAIN_S
        elif now_ns < self._due_ns:
            return
        verdict = await ship(self._shipment, self._send, self._code)
        if isinstance(verdict, Delivered | Partly | Pending):
            self._forget()
            self._known, self._shipment = connection, None
            return
        self._due_ns = now_ns + round(self._pause_s * 1e9)
        self._pause_s = min(2 * self._pause_s, AGAIN_MAX_S)
        assert self._shipment.current is not None  # what is not taken is still there
        self._standing.note(verdict.reason, self._shipment.current.parcel, attempts=FAILING_FROM)
        log.warning("the catalogue is not taken: %s", verdict.reason.en)

    def _forget(self) -> None:
        if self._shipment is not None and (part := self._shipment.current) is not None:
            self._standing.passed(part.parcel, is_taken=False)
