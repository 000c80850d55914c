"""What an alarm is about, and how people are told of it."""

from collections.abc import Callable
from dataclasses import dataclass

from config.model import Clause, Priority, Text
from drivers.reading import Value


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """One rule, as its alarm needs it.

    `device` is None where it is about a connection, `point` where it is about a device.
    """

    rule: str  # co-12.concentration.hihi
    condition: str
    device: str | None
    point: str | None
    priority: Priority
    name: Text  # for sentences on what people do: `煤气柜东侧 CO 浓度 高限`
    raised: Callable[[Value], Text]
    cleared: Callable[[Value], Text]
    unit: str = ""
    limit: float | None = None
    clause: Clause | None = None
    points: tuple[str, ...] = ()  # of a connection: all that are read over it


@dataclass(frozen=True, slots=True)
class Duty:
    """What people owe an alarm; times in seconds from its raising, None: not watched."""

    acknowledge: bool = True
    latched: bool = False  # it is over only once a person resets it
    acknowledge_within_s: float | None = None
    handle_within_s: float | None = None
    shelve_max_s: float = 8 * 3600.0
