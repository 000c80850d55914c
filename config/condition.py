"""What a rule of the plant says of points, beyond the limits of a single one.

Points are named by their ids; numbers are in the unit of the first point that is
named, durations in seconds.
"""

from dataclasses import dataclass
from enum import StrEnum

from config.expression import Logical
from config.interlock import Interlock


class Direction(StrEnum):
    """Which way counts: rising or above the other, falling or below the other, or both."""

    UP = "up"
    DOWN = "down"
    EITHER = "either"


@dataclass(frozen=True, slots=True)
class Threshold:
    """How much is too much, and by how much less it must be to clear.

    In percent, it is a share of the value, but of `at_least` where the value is less:
    a pump that stands still has no share worth speaking of.
    """

    limit: float
    deadband: float = 0.0
    is_percent: bool = False
    at_least: float = 0.0


@dataclass(frozen=True, slots=True)
class Rate:
    """The value changes by too much over a window."""

    point: str
    threshold: Threshold
    window_s: float
    direction: Direction

    @property
    def points(self) -> tuple[str, ...]:
        """The points it reads."""
        return (self.point,)


@dataclass(frozen=True, slots=True)
class Difference:
    """One point is too far from another; percent are of the first."""

    point: str
    other: str
    threshold: Threshold
    direction: Direction

    @property
    def points(self) -> tuple[str, ...]:
        """The points it reads."""
        return (self.point, self.other)


@dataclass(frozen=True, slots=True)
class Imbalance:
    """Points that should be alike lie too far apart; percent are of their mean."""

    points: tuple[str, ...]
    threshold: Threshold


class Relation(StrEnum):
    """How a value is compared."""

    EQUALS = "equals"
    ABOVE = "above"
    BELOW = "below"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A point's value against a number: at it counts as above, and as below."""

    point: str
    relation: Relation
    at: float


@dataclass(frozen=True, slots=True)
class Holds:
    """A point has a value, or has had it for too long (the rule's on-delay)."""

    what: Comparison

    @property
    def points(self) -> tuple[str, ...]:
        """The points it reads."""
        return (self.what.point,)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """While `when` is true, `must` is not."""

    when: Comparison
    must: Comparison

    @property
    def points(self) -> tuple[str, ...]:
        """The points it reads."""
        return (self.must.point, self.when.point)


@dataclass(frozen=True, slots=True)
class Feedback:
    """Command and feedback are not both true or both false, for longer than it may take (the on-delay)."""

    command: Comparison
    feedback: Comparison

    @property
    def points(self) -> tuple[str, ...]:
        """The points it reads."""
        return (self.feedback.point, self.command.point)


@dataclass(frozen=True, slots=True)
class Frozen:
    """The value has not moved by more than `deadband` for `window_s`, though it should."""

    point: str
    window_s: float
    deadband: float
    during: Comparison | None

    @property
    def points(self) -> tuple[str, ...]:
        """The points it reads."""
        return (self.point, self.during.point) if self.during else (self.point,)


@dataclass(frozen=True, slots=True)
class Jump:
    """From one reading to the next the value moves further than it can."""

    point: str
    limit: float

    @property
    def points(self) -> tuple[str, ...]:
        """The points it reads."""
        return (self.point,)


@dataclass(frozen=True, slots=True)
class Dose:
    """The value was at or above `limit` for `allowed_s` in all, without `rest_s` below it in between."""

    point: str
    limit: float
    allowed_s: float
    rest_s: float

    @property
    def points(self) -> tuple[str, ...]:
        """The points it reads."""
        return (self.point,)


@dataclass(frozen=True, slots=True)
class Count:
    """Something happens too often in a window.

    `becomes`: the value reaches this number; None: the point is itself a counter.
    """

    point: str
    becomes: float | None
    times: int
    window_s: float

    @property
    def points(self) -> tuple[str, ...]:
        """The points it reads."""
        return (self.point,)


@dataclass(frozen=True, slots=True)
class Baseline:
    """The value has moved too far from what it was once recorded to be, under the same conditions.

    Compared are means over whole cycles of a saw-tooth (`swing` given: a cycle falls and rises by as
    much), else over `window_s`. Percent are of the baseline, or of `permitted` where that is given.
    """

    point: str
    threshold: Threshold
    direction: Direction
    permitted: float | None
    window_s: float
    swing: float | None
    during: Comparison | None
    record_s: float  # a baseline is recorded over at least so long
    within_s: float  # and at the latest so long after the change that made it necessary

    @property
    def points(self) -> tuple[str, ...]:
        """The points it reads."""
        return (self.point, self.during.point) if self.during else (self.point,)


@dataclass(frozen=True, slots=True)
class Branch:
    """One way of the water: its point ids, and what turns their numbers into kW."""

    flow: str
    inlet: str
    outlet: str
    kw_per_unit: float  # of the flow's unit times the temperatures' unit


@dataclass(frozen=True, slots=True)
class HeatLoad:
    """What the water carries off, over all branches, is too much or too little; in kW."""

    branches: tuple[Branch, ...]
    threshold: Threshold
    direction: Direction

    @property
    def points(self) -> tuple[str, ...]:
        """The points it reads."""
        return tuple(point for each in self.branches for point in (each.flow, each.inlet, each.outlet))


@dataclass(frozen=True, slots=True)
class Expression:
    """What was written as an expression is true."""

    points: tuple[str, ...]
    of: Logical
    text: str


Condition = (
    Rate
    | Difference
    | Imbalance
    | Holds
    | Contradiction
    | Feedback
    | Frozen
    | Jump
    | Dose
    | Count
    | Baseline
    | HeatLoad
    | Interlock
    | Expression
)
