"""What is seen of an OPC UA connection from beside it: requests, and what became of them."""

from asyncua import ua
from asyncua.client.ua_client import UaClientState

from drivers.clock import Clock
from drivers.opcua.services import OnLost, ReadOnly
from drivers.reading import Emit, Scan
from drivers.statistics import Exchanges, Statistics

_UNTIMED = ua.PublishRequest.__name__
"""Answered when there is something to publish: how long that takes says nothing of the server."""


class Watch:
    """Counts what passes on one connection, from one session to the next."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.statistics = Statistics(Exchanges(clock.monotonic_ns()))

    def observer(self, on_lost: OnLost) -> ReadOnly:
        """Return what stands before one session's transport."""
        return _Counting(self, on_lost)

    def counted(self, emit: Emit) -> Emit:
        """Return `emit`, with an eye on what the server sent."""

        def emit_counted(scan: Scan) -> None:
            self.statistics.notifications += 1
            if scan.qualities is None or not all(scan.qualities):
                self.statistics.whole.last_good_ns = scan.utc_ns
            emit(scan)

        return emit_counted

    def connected(self) -> None:
        """Count a connection."""
        self.statistics.connects += 1

    def requested(self, service: str, took_s: float, error: BaseException | None) -> None:
        """Count what became of a request."""
        whole = self.statistics.whole
        whole.requests += 1
        if isinstance(error, ua.UaStatusCodeError):
            whole.exceptions[error.code] += 1
        elif isinstance(error, TimeoutError):
            whole.timeouts += 1
        elif error is None:
            whole.replies += 1
            if service != _UNTIMED:
                whole.took(took_s)
                whole.busy.add(round(took_s * 1e9), self._clock.monotonic_ns())


class _Counting(ReadOnly):
    def __init__(self, watch: Watch, on_lost: OnLost) -> None:
        super().__init__(on_lost)
        self._watch = watch

    def on_request(self, request_type: str, duration: float, error: BaseException | None) -> None:
        self._watch.requested(request_type, duration, error)

    def on_state_change(self, state: UaClientState) -> None:
        if state is UaClientState.CONNECTED:
            self._watch.connected()
        super().on_state_change(state)
