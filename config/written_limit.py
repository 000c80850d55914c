"""One limit as it is written, in one or several layers, and its numbers in the unit of its point."""

from dataclasses import dataclass
from typing import Final

from config.fault import Objection
from config.model import LimitKind, Point
from config.position import Origin
from config.quantity import Quantity
from config.rule import LimitBase
from config.unit import compatible, convert, convert_difference
from config.written import DeviceContext

DEFAULT_DEADBAND_SHARE: Final = 0.01  # of the measuring range; our own choice, recommended only


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """What one place says of a limit."""

    entry: LimitBase
    origin: Origin


@dataclass(frozen=True, slots=True, eq=False)
class WrittenLimit:
    """A limit of one point; what a later layer does not say, an earlier one does."""

    device: DeviceContext
    point: Point
    kind: LimitKind
    layers: tuple[Layer, ...]

    def last(self, key: str) -> tuple[object, Origin]:
        """Return what the last layer that says something says of `key`, and that layer's origin."""
        for layer in reversed(self.layers):
            if (value := getattr(layer.entry, key)) is not None:
                return value, layer.origin
        return None, self.layers[-1].origin

    def limit(self) -> float | None:
        """Return the limit; None after telling what is wrong with it."""
        amount, where = self.last("limit")
        if not isinstance(amount, Quantity):
            if not any(layer.origin.has("limit") for layer in self.layers):
                place = self.layers[-1].origin.place(at_key=True)
                self.device.findings.fault(place, "limit-missing", kind=self.kind.value)
            return None
        limit = self._converted(amount, where.at("limit"))
        return limit if limit is not None and self._is_in_range(limit, where) else None

    def deadband(self, limit: float | None) -> float:
        """Return how far a value must come back; what is wrong with it is told."""
        amount, where = self.last("deadband")
        if not isinstance(amount, Quantity):
            return self._default_deadband()
        deadband = self._converted(amount, where.at("deadband"), difference=True)
        if deadband is None:
            return 0.0
        place, room = where.place("deadband"), self._room(limit)
        if deadband < 0:
            self.device.findings.fault(place, "deadband-negative", value=str(amount))
        elif room is not None and deadband >= room:
            fields = {"value": str(amount), "room": room, "unit": self.point.unit}
            self.device.findings.fault(place, "deadband-too-wide", **fields)
        return deadband

    def _default_deadband(self) -> float:
        if self.point.range is None or self.point.datatype == "bool":
            return 0.0
        width = self.point.range[1] - self.point.range[0]
        return float(f"{width * DEFAULT_DEADBAND_SHARE:.12g}")

    def _room(self, limit: float | None) -> float | None:
        """Return how far a value can come back inside the measuring range; None if nobody knows."""
        if self.point.range is None or limit is None:
            return None
        low, high = self.point.range
        return limit - low if self.kind.is_high else high - limit

    def _is_in_range(self, limit: float, where: Origin) -> bool:
        is_state = self.point.datatype == "bool"
        low, high = (0.0, 1.0) if is_state else self.point.range or (limit, limit)
        if low <= limit <= high:
            return True
        fields = {"limit": limit, "low": low, "high": high, "unit": self.point.unit}
        self.device.findings.fault(where.place("limit"), "limit-outside-range", **fields)
        return False

    def _converted(self, amount: Quantity, where: Origin, *, difference: bool = False) -> float | None:
        unit, findings = self.point.unit, self.device.findings
        if not amount.unit:
            if unit:
                findings.fault(where.place(), "unit-missing", value=amount.number, into=unit)
                return None
            return amount.number
        into = convert_difference if difference else convert
        try:
            return into(amount.number, amount.unit, unit, self.device.gas(self.point.id.partition(".")[2]))
        except Objection as objection:
            fields = {**objection.fields, "compatible": compatible(unit) if unit else ("–",)}
            findings.fault(where.place(), objection.code, **fields)
            return None
