"""A device and its points as they are written, with all that they refer to."""

from collections.abc import Iterator
from dataclasses import dataclass

from config.connection import Connection
from config.device import DeviceEntry
from config.fault import Findings
from config.library import Profile
from config.opcua_link import OpcUa
from config.position import Origin
from config.profile import ModbusDefaults, PointEntry


@dataclass(frozen=True, slots=True, eq=False)
class WrittenPoint:
    """A point as written, and where."""

    name: str
    entry: PointEntry
    origin: Origin


@dataclass(frozen=True, slots=True, eq=False)
class DeviceContext:
    """A device as written, with all that its parts refer to."""

    id: str
    entry: DeviceEntry
    origin: Origin
    profile: Profile | None
    connection: Connection | None  # None: its name is unknown, and that has been told
    findings: Findings

    def written_points(self) -> Iterator[WrittenPoint]:
        """Yield the profile's points, then the device's own; one of the same name replaces the profile's."""
        if self.profile is not None:
            for name, entry in self.profile.entry.points.items():
                if name not in self.entry.points:
                    yield WrittenPoint(name, entry, self.profile.origin.at("points", name))
        for name, entry in self.entry.points.items():
            yield WrittenPoint(name, entry, self.origin.at("points", name))

    @property
    def points_to_read(self) -> int:
        """How many points its connection should yield."""
        by_node = isinstance(self.connection, OpcUa)
        written = [point.entry for point in self.written_points()]
        return sum((entry.opcua if by_node else entry.modbus) is not None for entry in written)

    def has_point(self, name: str) -> bool:
        """Return whether a point of this name is written, rightly or wrongly."""
        return self.origin.has("points", name) or (
            self.profile is not None and self.profile.origin.has("points", name)
        )

    def modbus(self) -> ModbusDefaults:
        """Return what holds for all its Modbus points: the profile's settings, the device's laid over."""
        below = self.profile.entry.modbus if self.profile else ModbusDefaults()
        return below.model_copy(update=self.entry.modbus.model_dump(exclude_none=True))
