"""The checked model of a plant: what `config` hands to every other room.

Everything here is immutable and complete: profiles are merged in, units are
converted (a limit is in its point's unit, a duration in seconds), addresses are
zero-based as on the wire. Secrets alone stay unresolved (`${credential:…}`),
so that a plant file can be checked on a laptop that does not hold them.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

from config.condition import Condition, Expression
from config.connection import Connection
from config.fault import Fault
from config.interlock import Statement
from config.layout import LayoutFile
from config.production import Knowing
from config.settings import BufferSettings, Policy, RespondWithin
from config.source import NodeSource, RegisterSource
from config.uplink import Uplink


@dataclass(frozen=True, slots=True)
class Text:
    """A name or sentence for people, in Chinese and English."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class State:
    """What one raw value of a status word means; `quality` is a word of drivers.reading.Quality."""

    name: Text
    quality: str


class Role(StrEnum):
    """What a setting of the device is that is read back."""

    UNIT = "unit"
    DECIMALS = "decimals"
    RANGE_LOW = "range-low"
    RANGE_HIGH = "range-high"
    HIHI = "hihi"
    HI = "hi"
    LO = "lo"
    LOLO = "lolo"
    CONSTANT = "constant"
    CALIBRATION = "calibration"
    SERVICE = "service"
    SETTING = "setting"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Readback:
    """A setting of the device, and what the file says it should be (None: nothing).

    `units` turns the raw number of a unit register into a unit; `expect` is then
    the unit of the points that it belongs to.
    """

    role: Role
    expect: float | str | None = None
    units: Mapping[int, str] = field(default_factory=dict)
    is_utc: bool = False  # of a clock: it keeps UTC, not the plant's local time


@dataclass(frozen=True, slots=True)
class Marks:
    """What a point's value says of other points of its device, whose ids are `of`.

    Exactly one of `states`, `heartbeat_s` and `readback` is given. A raw value
    that is not among the states is unknown where `is_complete`, else nothing to tell.
    """

    of: tuple[str, ...]
    states: Mapping[int, State] = field(default_factory=dict)
    is_complete: bool = False
    heartbeat_s: float | None = None  # it changes at least this often
    readback: Readback | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """One measured quantity of one device."""

    id: str  # device.point, e.g. co-12.concentration
    index: int  # dense, unique within the process, never re-used
    name: Text
    unit: str  # "" for a state
    datatype: str  # "float", "int", "bool" or "string"
    range: tuple[float, float] | None  # measuring range, in `unit`
    source: RegisterSource | NodeSource
    period_s: float
    tag: str | None = None  # 位号
    marks: Marks | None = None  # given where it is about the device itself
    serves: str | None = None  # which of the points that a sector must measure it is
    over_range_latched: bool = False  # once over range, it is not believed until a person resets it
    always_watched: bool = False  # its rules never rest, whatever its area does

    @property
    def device_id(self) -> str:
        """The part of the id before the dot."""
        return self.id.partition(".")[0]


class LimitKind(StrEnum):
    """The four limits of a measured point. Never "level 1": its meaning flips between makers."""

    HIHI = "hihi"
    HI = "hi"
    LO = "lo"
    LOLO = "lolo"

    @property
    def is_high(self) -> bool:
        """Whether the limit is passed by rising."""
        return self in (LimitKind.HIHI, LimitKind.HI)


class Priority(StrEnum):
    """How urgent an alarm is, most urgent first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Confidence(StrEnum):
    """What stands behind a limit."""

    LAW = "law"  # a clause that binds
    RECOMMENDED = "recommended"  # engineering practice; never presented as law
    PLANT = "plant"  # written by the plant itself
    UNVERIFIED = "unverified"  # nothing behind it yet


@dataclass(frozen=True, slots=True)
class Clause:
    """The standard a limit comes from, e.g. GB 6222-2005."""

    standard: str
    clause: str
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Deviation:
    """An approval to run with a limit laxer than its clause."""

    reason: str
    approved_by: str
    date: datetime.date
    until: datetime.date


class Phase(StrEnum):
    """Where a process stands, by which its limits have their sets."""

    IDLE = "idle"
    START = "start"
    STEADY = "steady"
    END = "end"


@dataclass(frozen=True, slots=True)
class LimitRule:
    """A limit on a point with its deadband and delays; raised at or beyond `limit`."""

    id: str  # co-12.concentration.hihi
    point: Point
    kind: LimitKind
    limit: float  # in the point's unit
    deadband: float  # the value must return by more than this to clear
    on_delay_s: float
    off_delay_s: float
    priority: Priority
    clause: Clause
    deviation: Deviation | None = None  # given where the limit is laxer than the law's
    latched: bool = False  # stands until a person resets it
    gate: str | None = None  # the gate whose phase chooses among `sets`; `limit` is the steady one
    sets: tuple[tuple[Phase, float | None], ...] = ()  # None: not in force in that phase

    def limit_in(self, phase: Phase | None) -> float | None:
        """Return the limit of a phase, the steady one where it has none of its own or is not known (None)."""
        return dict(self.sets).get(phase, self.limit) if phase is not None else self.limit


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the plant: what is said of several points, or of one over time."""

    id: str
    kind: str  # as it is written: rate, difference, …
    name: Text
    condition: Condition
    points: tuple[Point, ...]  # that it reads, in the order of the condition; it is about the first
    on_delay_s: float
    off_delay_s: float
    priority: Priority
    clause: Clause
    latched: bool = False
    may_rest: bool = True  # in a planned stop


@dataclass(frozen=True, slots=True)
class GatePhase:
    """A phase, and the condition that it is this one."""

    phase: Phase
    condition: Expression
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Gate:
    """How the phase of a process is known; the conditions are asked in their order."""

    id: str
    name: Text
    phases: tuple[GatePhase, ...]
    is_steady_told: bool  # by a condition of its own; else it is what is left
    contradicted: Rule | None  # idle, and the plant says otherwise; None: it is never idle

    @property
    def unknown_rule(self) -> str:
        """The rule that says that its phase is not known."""
        return f"{self.id}.gate-unknown"

    @property
    def points(self) -> tuple[Point, ...]:
        """Every point that it reads."""
        found = {point.id: point for each in self.phases for point in each.points}
        return tuple(found.values())


@dataclass(frozen=True, slots=True)
class DeviceAlarm:
    """An alarm that a device raises itself: by a bit, a relay contact, values of a status word."""

    id: str  # co-12.alarm-1.device-hi
    word: Point
    raws: frozenset[int]  # while the word has one of these values it stands
    name: Text
    kind: LimitKind | None  # None: only the device judges it
    rule: str | None  # our limit on the same cause; without one it is an alarm by itself
    priority: Priority
    of: tuple[str, ...] = ()  # ids of the points that it speaks of


@dataclass(frozen=True, slots=True)
class Disabled:
    """A rule of a profile that the plant has taken out; it holds to the end of that day."""

    rule: str
    device: str
    condition: Condition
    name: Text
    reason: str
    approved_by: str
    until: datetime.date


@dataclass(frozen=True, slots=True)
class Requirement:
    """What a start permit requires: a point that is fit, a rule in force, or a statement that is true."""

    text: str  # as it was written
    points: tuple[str, ...]
    rule: str | None = None
    statement: Statement | None = None


@dataclass(frozen=True, slots=True)
class StartPermit:
    """What must be fit before something is begun. It is looked at, and releases nothing."""

    id: str
    name: Text
    requires: tuple[Requirement, ...]


@dataclass(frozen=True, slots=True)
class Device:
    """One device behind a connection."""

    id: str
    name: Text
    profile: str | None
    verified: bool  # False where the profile has no manual behind it
    connection_id: str
    unit_id: int | None  # Modbus only
    area: str | None
    tag: str | None
    points: tuple[Point, ...]
    rules: tuple[LimitRule, ...]
    simulate: Mapping[str, object] = field(default_factory=dict)  # how the simulator plays it
    max_gap_registers: int = 0  # registers that may be read though no point needs them
    max_registers: int = 125  # per read
    even_count: bool = False  # it answers only reads of an even number of registers
    forbidden: tuple[tuple[int, int], ...] = ()  # addresses [first, end), in any table, that are never read
    readable: tuple[tuple[int, int], ...] = ()  # addresses that exist and may be read without a point there
    calibration_due: datetime.date | None = None
    standard: str | None = None  # the one of several that its limits follow
    caveat: Text | None = None  # what its profile asks to be checked before use
    alarms: tuple[DeviceAlarm, ...] = ()  # that it raises itself

    def calibration_is_due(self, on: datetime.date) -> bool:
        """Whether it is to be calibrated by the beginning of that day."""
        return self.calibration_due is not None and self.calibration_due <= on

    @property
    def may_rest(self) -> bool:
        """Whether its silence is to be expected in a planned stop: nothing of it is always watched."""
        return not any(point.always_watched for point in self.points)


@dataclass(frozen=True, slots=True)
class Area:
    """A part of the plant."""

    id: str
    name: Text
    knowing: Knowing | None = None  # how its production state is known; None: it has none


@dataclass(frozen=True, slots=True)
class AlarmSettings:
    """What people owe alarms."""

    is_annunciated: bool = True  # there is somebody here to acknowledge them
    shift_s: float = 8 * 3600.0  # longest shelving
    engineers: tuple[str, ...] = ()  # who may shelve what law wants watched; none named: everybody
    chatter_off_delay_s: float = 0.0  # an alarm that chatters must be back for at least so long
    respond_within: Mapping[Priority, RespondWithin] = field(default_factory=dict)


FEW_POINTS: Final = 200
COMMIT_S: Final = 0.5
FEW_POINTS_COMMIT_S: Final = 5.0  # docs/decisions/0049


@dataclass(frozen=True, slots=True)
class Plant:
    """A whole plant, checked."""

    id: str
    name: Text
    region: str
    timezone: str
    areas: Mapping[str, Area]
    connections: Mapping[str, Connection]
    devices: Mapping[str, Device]
    uplinks: Mapping[str, Uplink]
    buffer: BufferSettings
    path: Path  # the plant file, for messages and for files that stand beside it
    text_sha256: str  # of the plant file, so that an event can say which file was in force
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # uplink id → point id → code
    layouts: Mapping[str, LayoutFile] = field(default_factory=dict)  # uplink id → how its messages read
    policies: Mapping[str, Policy] = field(default_factory=dict)  # uplink id → which readings go
    console_listen: str = "127.0.0.1:8470"
    alarms: AlarmSettings = AlarmSettings()
    rules: tuple[Rule, ...] = ()  # of the plant and of profiles; limits stand with their device
    gates: Mapping[str, Gate] = field(default_factory=dict)
    disabled: tuple[Disabled, ...] = ()  # rules of profiles that are taken out
    permits: Mapping[str, StartPermit] = field(default_factory=dict)
    sectors: tuple[str, ...] = ()  # whose statutory points it must have
    warnings: tuple[Fault, ...] = ()  # what does not keep the plant from starting

    @property
    def commit_interval_s(self) -> float:
        """The time between commits: the file's, or 0.5 s, or 5 s where few points wear small flash."""
        if self.buffer.commit_interval_s is not None:
            return self.buffer.commit_interval_s
        return FEW_POINTS_COMMIT_S if len(self.points) < FEW_POINTS else COMMIT_S

    @property
    def points(self) -> tuple[Point, ...]:
        """All points, in order of their index."""
        return tuple(sorted((p for d in self.devices.values() for p in d.points), key=lambda p: p.index))

    def devices_on(self, connection_id: str) -> tuple[Device, ...]:
        """The devices behind one connection."""
        return tuple(d for d in self.devices.values() if d.connection_id == connection_id)
