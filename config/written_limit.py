"""One limit as it is written, in one or several layers, and its numbers in the unit of its point."""

from dataclasses import dataclass
from typing import Final

from config.fault import Objection, Place
from config.model import LimitKind, Phase, Point
from config.position import Origin
from config.quantity import Quantity
from config.rule import LimitBase, LimitEntry
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
        amount, where = self._steady() or self.last("limit")
        if not isinstance(amount, Quantity):
            if not any(layer.origin.has("limit") for layer in self.layers):
                place = self.layers[-1].origin.place(at_key=True)
                self.device.findings.fault(place, "limit-missing", kind=self.kind.value)
            return None
        at = where if self._steady() else where.at("limit")
        limit = self.converted(amount, at)
        return limit if limit is not None and self.is_in_range(limit, at.place()) else None

    def limit_origin(self, phase: Phase) -> Origin:
        """Return where the limit of a phase is written; the steady one's where it has none of its own."""
        layer = self.layers[-1]
        if isinstance(layer.entry, LimitEntry) and layer.entry.sets is not None:
            own = layer.origin.at("sets", phase.value)
            return own if own.has() else layer.origin.at("sets", Phase.STEADY.value)
        return self.last("limit")[1].at("limit")

    def _steady(self) -> tuple[Quantity, Origin] | None:
        """Return the steady limit of the last layer, where that has sets."""
        layer = self.layers[-1]
        sets = layer.entry.sets if isinstance(layer.entry, LimitEntry) else None
        if sets is None or not isinstance(sets.steady, Quantity):
            return None
        return sets.steady, layer.origin.at("sets", "steady")

    def deadband(self, limit: float | None) -> float:
        """Return how far a value must come back; what is wrong with it is told."""
        amount, where = self.last("deadband")
        if not isinstance(amount, Quantity):
            return self._default_deadband()
        deadband = self.converted(amount, where.at("deadband"), difference=True)
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

    def is_in_range(self, limit: float, place: Place) -> bool:
        """Return whether the point can have this value; if not, tell."""
        is_state = self.point.datatype == "bool"
        low, high = (0.0, 1.0) if is_state else self.point.range or (limit, limit)
        if low <= limit <= high:
            return True
        fields = {"limit": limit, "low": low, "high": high, "unit": self.point.unit}
        self.device.findings.fault(place, "limit-outside-range", **fields)
        return False

    def converted(self, amount: Quantity, where: Origin, *, difference: bool = False) -> float | None:
        """Return a number in the point's unit; None after telling what is wrong with it."""
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
