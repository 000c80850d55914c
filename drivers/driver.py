"""What a driver is: one connection and the devices behind it, from wire to `Scan`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from drivers.errors import LinkFault
from drivers.note import Note
from drivers.passed import Shown
from drivers.reading import Emit, ScanPlan
from drivers.statistics import Statistics


@dataclass(frozen=True, slots=True)
class LinkStatus:
    """Whether a connection is up; when it is down, why.

    Reported at each change only: first failure, a different failure, recovery.
    """

    connection_id: str
    up: bool
    utc_ns: int
    fault: LinkFault | None = None


OnLink = Callable[[LinkStatus], None]


class Driver(Protocol):
    """Owns one connection and the devices behind it.

    `run` goes on until it is cancelled. A fault on the wire is data (a BAD scan
    with its reason), never an exception out of `run`.
    """

    connection_id: str

    @property
    def plans(self) -> tuple[ScanPlan, ...]:
        """The plans whose scans this driver emits: all points of the connection, each once."""
        ...

    @property
    def statistics(self) -> Statistics:
        """What the connection has been through since the driver was made."""
        ...

    @property
    def notes(self) -> tuple[Note, ...]:
        """What was noticed about the connection and stands."""
        ...

    @property
    def frames(self) -> tuple[Shown, ...]:
        """What passed on the wire last, oldest first; empty where frames say nothing to people (OPC UA)."""
        ...

    async def run(self, emit: Emit) -> None:
        """Poll or listen until cancelled; every scan goes to `emit`."""
        ...
