"""A device and its points as they are written, with all that they refer to."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from config.connection import Connection
from config.device import DeviceEntry
from config.fault import Findings
from config.library import Profile
from config.opcua_link import OpcUa
from config.position import Origin
from config.profile import ModbusDefaults, PointEntry
from config.sector import Statutes
from config.unit import Gas, convert
from config.written_point import WrittenPoint, expand, lay_over


@dataclass(frozen=True, eq=False)
class DeviceContext:
    """A device as written, with all that its parts refer to."""

    id: str
    entry: DeviceEntry
    origin: Origin
    profile: Profile | None
    connection: Connection | None  # None: its name is unknown, and that has been told
    findings: Findings
    statutes: Statutes = field(default_factory=Statutes)
    gates: Collection[str] = ()  # that the plant file names
    interlocked: frozenset[str] = frozenset()  # ids of points that interlocks name

    @cached_property
    def points(self) -> tuple[WrittenPoint, ...]:
        """Its points: the profile's with the device's entries laid over, then the device's own."""
        return tuple(self._points())

    def _points(self) -> Iterator[WrittenPoint]:
        own = dict(self.entry.points)
        channels = self.entry.channels
        for written in self._of_profile():
            for point in expand(self._changed(written, own), channels):
                yield self._changed(point, own)
        for name, entry in own.items():
            yield from expand(WrittenPoint.at(name, entry, self.origin.at("points", name)), channels)

    def _of_profile(self) -> Iterator[WrittenPoint]:
        if self.profile is not None:
            for name, entry in self.profile.entry.points.items():
                yield WrittenPoint.at(name, entry, self.profile.origin.at("points", name))

    def _changed(self, written: WrittenPoint, own: dict[str, PointEntry]) -> WrittenPoint:
        entry = own.pop(written.name, None)
        if entry is None:
            return written
        return lay_over(written, entry, self.origin.at("points", written.name))

    def is_read(self, written: WrittenPoint) -> bool:
        """Return whether a point can be read over the device's connection."""
        entry = written.entry
        return (entry.opcua if isinstance(self.connection, OpcUa) else entry.modbus) is not None

    @property
    def points_to_read(self) -> int:
        """How many points its connection should yield."""
        return sum(self.is_read(written) for written in self.points)

    def named(self, name: str) -> tuple[str, ...]:
        """Return the points that a name in `rules:` or `marks:` stands for: itself, or all its channels."""
        exact = [point.name for point in self.points if point.name == name]
        return tuple(exact or [point.name for point in self.points if point.base == name])

    def has_point(self, name: str) -> bool:
        """Return whether a point of this name is written, rightly or wrongly."""
        return (
            bool(self.named(name))
            or self.origin.has("points", name)
            or (self.profile is not None and self.profile.origin.has("points", name))
        )

    def gas(self, name: str) -> Gas | None:
        """Return what a point's concentration is of; None where the point does not say."""
        for written in self.points:
            if written.name == name and (gas := written.entry.gas) is not None:
                reference = gas.reference_temperature
                return Gas(gas.substance, convert(reference.number, reference.unit or "°C", "°C"))
        return None

    def modbus(self) -> ModbusDefaults:
        """Return what holds for all its Modbus points: the profile's settings, the device's laid over."""
        below = self.profile.entry.modbus if self.profile else ModbusDefaults()
        return below.model_copy(update=self.entry.modbus.model_dump(exclude_none=True))
