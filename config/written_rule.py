"""One rule of the plant, or what else names points, as it is written: points looked up, numbers in units."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from config.attainable import Bound, bounds
from config.condition import Comparison, Condition, Relation, Threshold
from config.expression import Logical
from config.expression_parser import parse
from config.expression_words import ExpressionFault
from config.fault import Findings, Objection
from config.model import Point
from config.position import Key, Origin
from config.quantity import Quantity
from config.rule_entry import ComparisonEntry, StatementEntry, ThresholdRule
from config.unit import Gas, compatible, convert, convert_difference
from config.validation import choice_fields

_RELATIONS: Final = tuple(Relation)


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """What points there are; what devices of `incomplete` lack is not told again."""

    by_id: Mapping[str, Point]
    gas: Callable[[Point], Gas | None]
    incomplete: Collection[str]


class Found(NamedTuple):
    """A condition, and the points that it reads, in its order."""

    condition: Condition
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True, eq=False)
class WrittenRule:
    """A rule as written. What its methods find wrong is told; they then return None."""

    kind: str  # as it is written: rate, gate, …; empty: it is no rule, but speaks of points as rules do
    origin: Origin
    points: Points
    findings: Findings

    def point(self, id_: str, *where: Key, numeric: bool = False) -> Point | None:
        """Return a point; `numeric` where a state would make no sense."""
        place, found = self.origin.place(*where), self.points.by_id.get(id_)
        if not self.origin.has(*where) or self.findings.is_told(place):
            return None  # it is missing, or no text at all, and that has been told
        if found is None:
            if id_.partition(".")[0] not in self.points.incomplete:
                suffix, fields = choice_fields(id_, self.points.by_id)
                self.findings.fault(place, "plant-rule-point-unknown" + suffix, point=id_, **fields)
        elif found.datatype == "string":
            self.findings.fault(place, "rule-of-text", point=id_)
        elif numeric and found.datatype == "bool":
            self.findings.fault(place, "rule-of-state", point=id_, kind=self.kind)
        else:
            return found
        return None

    def number(self, amount: Quantity, point: Point, *where: Key, difference: bool = False) -> float | None:
        """Return a value, or a difference of values, in the point's unit."""
        place = self.origin.place(*where)
        if not amount.unit:
            if point.unit:
                self.findings.fault(place, "unit-missing", value=amount.number, into=point.unit)
                return None
            return amount.number
        into = convert_difference if difference else convert
        try:
            return into(amount.number, amount.unit, point.unit, self.points.gas(point))
        except Objection as objection:
            fields = {**objection.fields, "compatible": compatible(point.unit) if point.unit else ("–",)}
            self.findings.fault(place, objection.code, **fields)
            return None

    def value(self, amount: Quantity, point: Point, *where: Key) -> float | None:
        """Return a value that the point can have."""
        value = self.number(amount, point, *where)
        is_state = point.datatype == "bool"
        if value is None or (point.range is None and not is_state):
            return value
        low, high = (0.0, 1.0) if is_state or point.range is None else point.range
        if low <= value <= high:
            return value
        fields = {"limit": value, "low": low, "high": high, "unit": point.unit}
        self.findings.fault(self.origin.place(*where), "limit-outside-range", **fields)
        return None

    def step(self, amount: Quantity, point: Point, *where: Key) -> float | None:
        """Return a difference above 0 that the point's values can have."""
        step, place = self.number(amount, point, *where, difference=True), self.origin.place(*where)
        if step is None:
            return None
        if step <= 0:
            self.findings.fault(place, "rule-limit-not-positive", value=str(amount))
            return None
        width = point.range[1] - point.range[0] if point.range else step
        if step > width:
            fields = {"limit": step, "width": width, "unit": point.unit}
            self.findings.fault(place, "rule-limit-beyond-range", **fields)
            return None
        return step

    def threshold(self, entry: ThresholdRule, point: Point) -> Threshold | None:
        """Return the limit with its deadband."""
        if entry.limit_percent is not None and entry.at_least is not None:
            at_least = self.step(entry.at_least, point, "at_least")
            deadband = entry.deadband_percent or 0.0
            if at_least is None or not self._fits(
                deadband, entry.limit_percent, f"{deadband:g} %", "deadband_percent"
            ):
                return None
            return Threshold(entry.limit_percent, deadband, is_percent=True, at_least=at_least)
        limit = self.step(entry.limit, point, "limit") if entry.limit else None
        deadband = self.deadband(entry.deadband, point) or 0.0
        if limit is None or not self._fits(deadband, limit, str(entry.deadband), "deadband"):
            return None
        return Threshold(limit, deadband)

    def deadband(self, amount: Quantity | None, point: Point) -> float | None:
        """Return a deadband; 0 where none is written."""
        if amount is None:
            return 0.0
        deadband = self.number(amount, point, "deadband", difference=True)
        if deadband is not None and deadband < 0:
            self.findings.fault(self.origin.place("deadband"), "deadband-negative", value=str(amount))
            return None
        return deadband

    def comparison(
        self, entry: ComparisonEntry | StatementEntry, *where: Key
    ) -> tuple[Comparison, Point] | None:
        """Return a comparison, and its point."""
        point = self.point(entry.point or "", *where, "point")
        for relation in _RELATIONS:
            amount: Quantity | None = getattr(entry, relation.value)
            if point is not None and amount is not None:
                at = self.value(amount, point, *where, relation.value)
                if at is None:
                    return None
                self._check_reach((Bound(point, "==", at),), *where, relation.value)
                return Comparison(point.id, relation, at), point
        return None

    def expression(self, text: str, *where: Key) -> tuple[Logical, tuple[Point, ...]] | None:
        """Return a condition and its points; what is wrong is told at its column."""

        def find(id_: str, offset: int) -> Point:
            found = self.points.by_id.get(id_)
            if found is None:
                suffix, fields = choice_fields(id_, self.points.by_id)
                raise ExpressionFault("plant-rule-point-unknown" + suffix, offset, point=id_, **fields)
            if found.datatype == "string":
                raise ExpressionFault("rule-of-text", offset, point=id_)
            return found

        if not self.origin.has(*where) or self.findings.is_told(self.origin.place(*where)):
            return None
        try:
            found = parse(text, find, self.points.gas)
        except ExpressionFault as fault:
            for each in (fault, *fault.others):
                if str(each.fields.get("point", "")).partition(".")[0] not in self.points.incomplete:
                    place = self.origin.inside(*where, offset=each.offset)
                    self.findings.fault(place, each.code, **each.fields)
            return None
        self._check_reach(bounds(*found), *where)
        return found

    def _check_reach(self, of: Iterable[Bound], *where: Key) -> None:
        for each in of:
            if each.is_out_of_range:
                assert each.point.range is not None
                low, high = each.point.range
                shown = {"number": f"{each.number:g}", "low": f"{low:g}", "high": f"{high:g}"}
                place = self.origin.place(*where)
                unit = each.point.unit
                self.findings.fault(place, "comparison-out-of-range", point=each.point.id, unit=unit, **shown)

    def is_long_enough(self, window_s: float, least: int, *points: Point) -> bool:
        """Return whether a window holds at least so many periods of each point; if not, tell."""
        for point in points:
            if window_s < least * point.period_s:
                fields = {"window": f"{window_s:g} s", "period": f"{point.period_s:g} s"}
                place = self.origin.place("within" if self.origin.has("within") else "window")
                self.findings.fault(
                    place,
                    "rule-window-short",
                    point=point.id,
                    least=f"{least * point.period_s:g} s",
                    **fields,
                )
                return False
        return True

    def _fits(self, deadband: float, limit: float, shown: str, key: str) -> bool:
        if deadband < limit:
            return True
        self.findings.fault(self.origin.place(key), "rule-deadband-too-wide", value=shown)
        return False
