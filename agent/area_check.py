"""The checklist before an area goes on: is each point alive and the plant's own, and what stands?"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from agent import words_area_check as words
from agent.alarms.alarm import Alarm
from agent.alarms.calibration import CONDITION as CALIBRATION
from agent.alarms.engine import Engine
from agent.latest import LatestValues
from agent.records import Json
from config.model import Device, Plant, Text
from drivers.clock import Clock
from drivers.reading import Quality

KIND: Final = "restart-check"
_BYPASSED: Final = {Quality.MAINTENANCE, Quality.CALIBRATION, Quality.SIMULATION, Quality.MANUAL}


@dataclass(frozen=True, slots=True)
class Found:
    """One thing to be seen to before the area goes on.

    `what`: dead, bypassed, doubtful, out-of-service, shelved, gas-test, calibration, alarm or not-evaluated.
    """

    what: str
    device: str
    text: Text
    point: str | None = None
    rule: str | None = None

    def as_json(self) -> Json:
        """Return it for the record and for programs."""
        return {**asdict(self), "text": asdict(self.text)}


class AreaCheck:
    """Goes through areas of one plant."""

    def __init__(self, plant: Plant, engine: Engine, latest: LatestValues, clock: Clock) -> None:
        self._plant = plant
        self._engine = engine
        self._latest = latest
        self._clock = clock

    def of(self, area: str) -> Json:
        """Return what is found in an area, as the event `restart-check` has it."""
        devices = [device for device in self._plant.devices.values() if device.area == area]
        found = [
            *(each for device in devices for each in self._points(device)),
            *self._calibrations(devices),
            *self._alarms({device.id for device in devices}),
        ]
        return {
            "kind": KIND,
            "area": area,
            "ok": not found,
            "found": [each.as_json() for each in found],
            "text": asdict(words.result(self._plant.areas[area], len(found))),
        }

    def _points(self, device: Device) -> Iterator[Found]:
        read = [(point, self._latest.of(point.id).quality) for point in device.points]
        if read and all(quality.is_bad for _, quality in read):
            yield Found("dead", device.id, words.device_dead(device.name, read[0][1].word))
            return
        for point, quality in read:
            name = Text(f"{device.name.zh} {point.name.zh}", f"{device.name.en} {point.name.en}")
            if quality.is_bad:
                yield Found("dead", device.id, words.point_dead(name, quality.word), point.id)
            elif quality in _BYPASSED:
                yield Found("bypassed", device.id, words.point_bypassed(name, quality.word), point.id)
            elif not quality.is_good:
                yield Found("doubtful", device.id, words.point_doubtful(name, quality.word), point.id)

    def _calibrations(self, devices: list[Device]) -> Iterator[Found]:
        now = datetime.fromtimestamp(self._clock.now_ns() // 10**9, ZoneInfo(self._plant.timezone))
        for device in devices:
            if device.calibration_due is not None and device.calibration_is_due(now.date()):
                text = words.calibration_overdue(device.name, device.calibration_due)
                yield Found("calibration", device.id, text)

    def _alarms(self, devices: set[str]) -> Iterator[Found]:
        for alarm in self._engine.alarms:
            device = alarm.subject.device
            if device in devices and alarm.subject.condition != CALIBRATION:  # told with its date already
                yield from _of_alarm(alarm, device)


def _of_alarm(alarm: Alarm, device: str) -> Iterator[Found]:
    subject, saved = alarm.subject, alarm.kept
    for what, act, text in (
        ("out-of-service", saved.out_of_service, words.rule_out),
        ("shelved", saved.shelved, words.rule_shelved),
    ):
        if act is not None:
            said = text(subject.name, str(act["by"]), str(act.get("reason", "")))
            yield Found(what, device, said, subject.point, subject.rule)
    if alarm.is_in_test:
        yield Found("gas-test", device, words.in_test(subject.name), subject.point, subject.rule)
    for what, event in (("alarm", saved.standing), ("not-evaluated", saved.lost)):
        if event is not None:
            said = Text(**event["text"])  # type: ignore[arg-type]  # a text, as it was stored
            yield Found(what, device, said, subject.point, subject.rule)
