"""Settings of the devices: what they were set to last, and what differs from the plant file.

A detector whose range or alarm limit was changed at its keypad goes on sending
plausible numbers. So each setting that is read back is remembered across restarts,
beside the event that told it, and a change is an event of its own: what it was, what
it is, and that nobody knows who did it, for the gateway only reads.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final
from zoneinfo import ZoneInfo

import orjson

from agent import self_words
from agent.device_clock import CLOCK_OFF_S, offset_s
from agent.occurrence import Occurrence, occurrence
from agent.records import Json
from agent.taken_up import taken_up
from config.model import Device, LimitKind, Plant, Point, Readback, Role
from drivers.expected import agrees, setting
from drivers.reading import Quality, Scan, Value

SETTING_PREFIX: Final = "setting/"

_LIMITS: Final = {Role(kind.value): kind for kind in LimitKind}


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one setting; it outlives a restart."""

    value: Value
    differs: bool = False

    def pack(self) -> bytes:
        """Return the bytes that the store keeps."""
        return orjson.dumps([self.value, self.differs])

    @classmethod
    def unpack(cls, stored: bytes) -> "Known":
        """Read what the store kept."""
        value, differs = orjson.loads(stored)
        return cls(value, differs)


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting of one device, and what it should be."""

    device: Device
    point: Point
    readback: Readback
    expected: float | str | None

    @property
    def key(self) -> str:
        """Under which the store keeps what is known of it."""
        return SETTING_PREFIX + self.point.id


class Readbacks:
    """Follows every setting of a plant through the scans."""

    def __init__(self, plant: Plant) -> None:
        self._zone = ZoneInfo(plant.timezone)
        self._settings = {
            point.id: Setting(device, point, point.marks.readback, _expected(device, point))
            for device in plant.devices.values()
            for point in device.points
            if point.marks is not None and point.marks.readback is not None
        }
        self._known: dict[str, Known] = {}

    def start(self, stored: Mapping[str, bytes]) -> None:
        """Take up what was known when the last run ended."""
        for point_id, of in self._settings.items():
            if (known := taken_up(stored, of.key, Known.unpack)) is not None:
                self._known[point_id] = known

    def follows(self, point: Point) -> bool:
        """Return whether this point is a setting."""
        return point.id in self._settings

    def see(self, point: Point, value: Value, quality: Quality, scan: Scan) -> Iterator[Occurrence]:
        """Yield what follows from one reading of a setting.

        A reading that is doubted itself (the word order may be wrong) says nothing.
        """
        if value is None or quality is Quality.SUSPECT:
            return
        of = self._settings[point.id]
        if of.readback.role is Role.CLOCK:
            yield from self._see_clock(of, value, scan)
        else:
            yield from self._see_setting(of, setting(of.readback, value), value)

    def _see_setting(self, of: Setting, shown: Value, value: Value) -> Iterator[Occurrence]:
        known = self._known.get(of.point.id)
        if known is None or not _same(known.value, shown):
            before, known = known, Known(shown, known.differs if known else False)
            if before is None:
                yield self._tell(of, "setting-noted", known, value=shown)
            else:
                text = self_words.changed(of.device.name, of.point, before.value, shown)
                yield self._tell(of, "setting-changed", known, text=text, old=before.value, new=shown)
        differs = not agrees(of.readback, value, of.expected)
        if differs != known.differs:
            known = replace(known, differs=differs)
            say = self_words.differs if differs else self_words.agrees
            text = say(of.device.name, of.point, shown, of.expected)
            kind = "setting-differs" if differs else "setting-agrees"
            yield self._tell(of, kind, known, text=text, value=shown, expected=of.expected)

    def _see_clock(self, of: Setting, value: Value, scan: Scan) -> Iterator[Occurrence]:
        """Tell once that a device's clock is off; while ours is not synchronised, nobody can know."""
        off_s = offset_s(value, scan.utc_ns, None if of.readback.is_utc else self._zone)
        if off_s is None or not scan.time_synced:
            return
        known = self._known.get(of.point.id, Known(None))
        is_off = abs(off_s) > CLOCK_OFF_S
        self._known[of.point.id] = replace(known, value=round(off_s))
        if is_off != known.differs:
            known = Known(round(off_s), is_off)
            text = self_words.clock(of.device.name, round(off_s), is_off=is_off)
            kind = "device-clock-off" if is_off else "device-clock-right"
            yield self._tell(of, kind, known, text=text, offset_s=round(off_s))

    def _tell(self, of: Setting, kind: str, known: Known, **fields: object) -> Occurrence:
        self._known[of.point.id] = known
        told = {"role": of.readback.role.value, "unit": of.point.unit, **fields}
        return occurrence(kind, of.point, told, {of.key: known.pack()})

    def differing(self) -> list[Json]:
        """Return the settings that differ from the plant file now."""
        return [
            self._differing(of, known)
            for of in self._settings.values()
            if (known := self._known.get(of.point.id)) and known.differs
        ]

    def _differing(self, of: Setting, known: Known) -> Json:
        if of.readback.role is Role.CLOCK:
            text = self_words.clock(of.device.name, int(float(known.value or 0)), is_off=True)
        else:
            text = self_words.differs(of.device.name, of.point, known.value, of.expected)
        return {
            "point": of.point.id,
            "device": of.device.id,
            "role": of.readback.role.value,
            "value": known.value,
            "expected": of.expected,
            "unit": of.point.unit,
            "text": {"zh": text.zh, "en": text.en},
        }


def _expected(device: Device, point: Point) -> float | str | None:
    """Return what the file says of a setting; of a limit, the limit of that kind, where there is one."""
    marks = point.marks
    assert marks is not None, point.id
    assert marks.readback is not None, point.id
    kind = _LIMITS.get(marks.readback.role)
    if kind is None or marks.readback.expect is not None:
        return marks.readback.expect
    limits = {
        rule.limit
        for rule in device.rules
        if rule.kind is kind and rule.point.id in marks.of and rule.point.unit == point.unit
    }
    return limits.pop() if len(limits) == 1 else None


def _same(one: Value, other: Value) -> bool:
    # True equals 1 for Python; a setting that changed its type was changed in the plant file.
    return one == other
