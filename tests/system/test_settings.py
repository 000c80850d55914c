"""Somebody at the detector's keypad: the whole agent against a device whose settings and state change.

A shift log: the detector is as the plant file says; its unit is changed, and its values are in doubt;
the agent is stopped; its low alarm is changed meanwhile; the agent notices at the next start.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agent.cli.status import lines
from tests.drivers.scripted import Reply, Request
from tests.system.site import DETECTOR, Site, site
from tests.system.status import until_status

POINTS = """\
    points:
      unit: {period: 200 ms}
      low-alarm: {period: 200 ms}
      state:
        name: {zh: 状态, en: State}
        modbus: {address: 9, bits: [0, 3]}
        states:
          1: {name: {zh: 测量, en: Measuring}}
          8: {name: {zh: 标定, en: Calibration}, quality: calibration}
"""


def with_points(text: str) -> str:
    profiled = text.replace(DETECTOR, POINTS).replace(
        "    unit: 1\n", "    unit: 1\n    profile: gas-detector/co\n    standard: GB 6222\n"
    )
    return profiled.replace("uplinks:\n", "")


class Detector:
    """Its registers from 0 to 9, set by hand; the concentration is 20.0 ppm."""

    def __init__(self, plant: Site) -> None:
        self.registers = [200, 0, 1000, 1, 1, 240, 0, 0, 0, 1]
        plant.counter.device.script = self._answer

    def _answer(self, request: Request) -> Reply:
        return Reply(registers=tuple(self.registers[request.first : request.first + request.count]))


def quality(status: dict[str, Any], point: str = "co-1.concentration") -> str:
    [found] = [p["quality"] for device in status["devices"] for p in device["points"] if p["id"] == point]
    return str(found)


def differing(status: dict[str, Any]) -> list[tuple[str, object, object]]:
    return [(of["point"], of["value"], of["expected"]) for of in status["settings"]]


def events(plant: Site, kind: str) -> list[Mapping[str, Any]]:
    return [record.content for record in plant.store().events if record.content["kind"] == kind]


async def test_a_detector_that_is_set_otherwise_is_noticed_also_over_a_restart(tmp_path: Path) -> None:
    async with site(tmp_path, "", edit=with_points) as plant:
        detector = Detector(plant)
        await plant.start()
        status = await until_status(plant, lambda status: quality(status) == "good")
        assert status["settings"] == []

        detector.registers[3] = 4  # %LEL
        status = await until_status(plant, lambda status: quality(status) == "suspect")
        status = await until_status(plant, lambda status: bool(status["settings"]))
        assert differing(status) == [("co-1.unit", "%LEL", "ppm")]
        shown = "\n".join(lines(status))
        assert "探头单位设定" in shown
        assert "the plant file says ppm" in shown
        detector.registers[3] = 1
        await until_status(plant, lambda status: quality(status) == "good" and not status["settings"])

        detector.registers[9] = 8
        await until_status(plant, lambda status: quality(status) == "calibration")
        detector.registers[9] = 1
        await until_status(plant, lambda status: quality(status) == "good")
        assert await plant.stop() == 0
        assert [(e["old"], e["new"]) for e in events(plant, "setting-changed")] == [
            ("ppm", "%LEL"),
            ("%LEL", "ppm"),
        ]
        assert [(e["value"], e["quality"]) for e in events(plant, "device-state")] == [
            (8, "calibration"),
            (1, "good"),
        ]

        detector.registers[5] = 500
        await plant.start()
        await until_status(plant, lambda status: differing(status) == [("co-1.low-alarm", 50.0, 24.0)])
        assert await plant.stop() == 0
        last = events(plant, "setting-changed")[-1]
        assert (last["point"], last["old"], last["new"]) == ("co-1.low-alarm", 24.0, 50.0)
        noted = [event["point"] for event in events(plant, "setting-noted")]
        assert len(noted) == len(set(noted))  # each setting once, not at every start
