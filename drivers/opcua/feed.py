"""Values out of one session: what a subscription and a poller have in common."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from asyncua import Client, ua

from drivers.clock import Clock
from drivers.opcua.clocks import Clocks
from drivers.opcua.items import Watched
from drivers.opcua.quality import reading_of, trouble_of
from drivers.opcua.server import ServerFacts
from drivers.opcua.troubles import Troubles
from drivers.reading import Emit, Quality, Scan, ScanPlan, Value

PlanQualities = tuple[ScanPlan, tuple[Quality, ...]]


@dataclass(frozen=True, slots=True)
class Session:
    """One open session: the server, what is watched on it, and who is told."""

    client: Client
    server: ServerFacts
    watched: Watched
    clock: Clock
    clocks: Clocks
    troubles: Troubles
    emit: Emit

    @property
    def where(self) -> str:
        """The server, as sentences name it."""
        return self.watched.settings.endpoint

    @property
    def timeout_s(self) -> float:
        """How long an answer may take."""
        return self.watched.settings.timeout

    def emit_samples(self, plan: ScanPlan, samples: Mapping[int, ua.DataValue | Quality]) -> None:
        """Emit a sample per point of a plan, by handle, in its order; a Quality says why there is none."""
        clock, points = self.clock, self.watched.points
        readings: list[tuple[Value, Quality]] = []
        sources: list[int | None] = []
        for handle, data in samples.items():
            if isinstance(data, Quality):
                readings.append((None, data))
                sources.append(None)
                continue
            reading = reading_of(points[handle], data)
            self._judge(handle, data, reading[1])
            readings.append(reading)
            sources.append(self.clocks.source_ns(handle, points[handle], data))
        qualities = tuple(quality for _, quality in readings)
        self.emit(
            Scan(
                plan,
                clock.now_ns(),
                clock.monotonic_ns(),
                clock.synchronised(),
                tuple(value for value, _ in readings),
                qualities if any(qualities) else None,
                tuple(sources),
            )
        )

    def _judge(self, handle: int, data: ua.DataValue, quality: Quality) -> None:
        trouble = trouble_of(self.watched.points[handle], data) if quality.is_bad else None
        if trouble is None:
            self.troubles.over(handle)
        else:
            self.troubles.found(handle, trouble)


class Feed(Protocol):
    """Brings the values of one session, from its start to its loss. Everything raises Lost."""

    @property
    def missing(self) -> Mapping[int, Quality]:
        """The items whose nodes cannot be had, and what their points are meanwhile."""
        ...

    @property
    def due_ns(self) -> int:
        """When `check` is to be called next, on the monotonic clock."""
        ...

    async def start(self) -> None:
        """Begin; nodes that cannot be had are left in `missing`."""
        ...

    async def check(self) -> None:
        """Do what is due, and find out whether the server still speaks."""
        ...

    async def add_missing(self) -> None:
        """Try again the nodes that could not be had."""
        ...

    def missing_plans(self) -> list[PlanQualities]:
        """Return, per period, the plan of the missing points and their qualities; none where scans do."""
        ...
