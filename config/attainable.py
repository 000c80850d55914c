"""Whether what a condition compares can ever be met: a number outside its point's range says nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from config.expression import All, Any, Compared, Lasting, Logical, Not, Number, Order, Value
from config.model import Point

_TURNED: Final[dict[Order, Order]] = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


@dataclass(frozen=True, slots=True)
class Bound:
    """A point's own value against a number, as in `launder.level < 90 mm`."""

    point: Point
    operator: Order
    number: float

    @property
    def is_out_of_range(self) -> bool:
        """Whether the number lies where the point measures nothing."""
        measured = self.point.range
        return measured is not None and not measured[0] <= self.number <= measured[1]

    def is_at_the_edge(self, share: float) -> bool:
        """Whether nothing but the last `share` of the range, or less, is beyond it."""
        if self.point.range is None:
            return False
        low, high = self.point.range
        room = share * (high - low)
        if self.operator in (">", ">="):
            return self.number >= high - room
        if self.operator in ("<", "<="):
            return self.number <= low + room
        return False


def bounds(of: Logical, points: Sequence[Point]) -> Iterator[Bound]:
    """Yield every such comparison in a condition on `points`."""
    match of:
        case Compared(operator, Value(place), Number(number)):
            yield Bound(points[place], operator, number)
        case Compared(operator, Number(number), Value(place)):
            yield Bound(points[place], _TURNED[operator], number)
        case All(parts) | Any(parts):
            for part in parts:
                yield from bounds(part, points)
        case Not(part) | Lasting(part, _):
            yield from bounds(part, points)
        case _:
            return
