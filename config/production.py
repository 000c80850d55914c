"""What an area of the plant does, and how that is known: by a point, by a calendar, by what people declare.

A calendar's windows are minutes of the week, counted from Monday 00:00 where the plant
is. A window over midnight, or over Sunday's, is two.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

DAY_MINUTES: Final = 24 * 60
WEEK_MINUTES: Final = 7 * DAY_MINUTES
HYSTERESIS: Final = 0.1  # of the value above which an area runs [E]


class ProductionState(StrEnum):
    """What an area does. Only in a planned stop does anything rest."""

    RUNNING = "running"
    IDLE = "idle"
    PLANNED_STOP = "planned-stop"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ByTag:
    """A point tells it: by its very value, or (`above`) running from this value on and idle below.

    What runs is idle again below nine tenths of it: noise about the value is no change.
    """

    point: str
    values: Mapping[float, ProductionState] = field(default_factory=dict)
    above: float | None = None

    def of(self, value: float, *, before: ProductionState = ProductionState.UNKNOWN) -> ProductionState:
        """Return what a value means, coming from the state `before`."""
        if self.above is not None:
            is_running = before is ProductionState.RUNNING
            at = self.above - HYSTERESIS * abs(self.above) if is_running else self.above
            return ProductionState.RUNNING if value >= at else ProductionState.IDLE
        return self.values.get(value, ProductionState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Window:
    """The minutes [first, end) of every week, in one state."""

    state: ProductionState
    first: int
    end: int


@dataclass(frozen=True, slots=True)
class ByCalendar:
    """Windows of the week tell it; single dates, from midnight to midnight, come before them."""

    windows: tuple[Window, ...]
    otherwise: ProductionState
    dates: Mapping[datetime.date, ProductionState] = field(default_factory=dict)

    def at(self, local: datetime.datetime) -> ProductionState:
        """Return the state at a time of the plant's clock."""
        if (state := self.dates.get(local.date())) is not None:
            return state
        minute = local.weekday() * DAY_MINUTES + local.hour * 60 + local.minute
        return next((w.state for w in self.windows if w.first <= minute < w.end), self.otherwise)


@dataclass(frozen=True, slots=True)
class ByDeclaration:
    """It runs, unless a person declares something else."""


Knowing = ByTag | ByCalendar | ByDeclaration
