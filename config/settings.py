"""What a plant file sets of the store, of answering alarms and of what an uplink gets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Retention:
    """How long each lane is kept, in seconds, and the store's size, in bytes."""

    readings_s: float = 30 * 86400.0
    alarms_s: float = 3 * 365 * 86400.0
    events_s: float = 3 * 365 * 86400.0
    max_size_bytes: int = 20 * 10**9


@dataclass(frozen=True, slots=True)
class BufferSettings:
    """How the outbox is kept."""

    retention: Retention = Retention()
    commit_interval_s: float | None = None  # None: 0.5 s, or 5 s below 200 points


@dataclass(frozen=True, slots=True)
class RespondWithin:
    """How soon after its raising an alarm is to be answered; seconds, None: not watched."""

    acknowledge_s: float | None
    handle_s: float | None


@dataclass(frozen=True, slots=True)
class Policy:
    """Which readings an uplink gets.

    `change`: the first in each window, and every one that differs from the last that
    went by more than its deadband; `snapshot`: the last of each window.
    """

    kind: Literal["all", "change", "snapshot"] = "all"
    patterns: tuple[str, ...] = ()  # of points or devices; without any, all go
    window_s: float = 0.0
    deadbands: Mapping[str, float] = field(default_factory=dict)  # point id → in its unit
