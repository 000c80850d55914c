"""What simulated devices say of themselves, and every shipped profile played and read back.

Method: a plant with a device of each profile is loaded; each of its blocks is asked of the
simulated station, decoded by the drivers' own code and laid under the drivers' conditions. All
is well, so every value must be what the station says it means, and GOOD.
"""

import struct
from collections.abc import Mapping
from pathlib import Path

import pytest

from config.fault import Findings, Place
from config.library import Library
from config.load import load_plant
from config.model import Device, Plant
from drivers.condition import Conditions
from drivers.modbus.decode import compile_block
from drivers.modbus.plan import plan_blocks
from drivers.reading import Quality, Scan, ScanPlan, Value
from simulator.clock import SystemClock
from simulator.devices import play_devices
from simulator.faults import Target
from simulator.scenario import Event, Scenario
from simulator.station import Station
from simulator.timeline import NS_PER_S, Timeline

NAMES = Library((), Findings()).names()
BEGIN_NS = 1_795_509_215 * NS_PER_S
HEAD = """\
plant: {id: P-1, name: 测试厂, region: "140800"}
connections: {plc: {modbus-tcp: {host: 192.168.1.2}}}
devices:
"""


def plant_of(tmp_path: Path, device: str) -> Plant:
    path = tmp_path / "plant.yaml"
    path.write_text(
        HEAD + "  d:\n    name: 设备\n    connection: plc\n    unit: 1\n" + device, encoding="utf-8"
    )
    return load_plant(path, profile_dirs=())


class Play:
    """One device, played and read as the agent reads it, without wires."""

    def __init__(self, plant: Plant, *events: Event) -> None:
        scenario = Scenario(100.0, events)
        timeline = Timeline(scenario, BEGIN_NS, 100.0, SystemClock())
        self.device: Device = plant.devices["d"]
        self.station = Station("plc", play_devices(plant, timeline, 1)["plc"], timeline, timeout_s=1.0)
        self.conditions = Conditions([self.device])
        self.blocks = plan_blocks([self.device])
        self.plans = [ScanPlan("plc", block.name, block.points, block.period_s) for block in self.blocks]

    def read(self, at_s: float) -> dict[str, tuple[Value, Quality]]:
        """Read every block once; return what each point is, by its short name."""
        found: dict[str, tuple[Value, Quality]] = {}
        for block, plan in zip(self.blocks, self.plans, strict=True):
            meant = self._ask(block.table.function_code, block.first, block.count, at_s)
            data, served = meant
            values, qualities = compile_block(block)(data)
            now_ns = round(at_s * NS_PER_S)
            scan = self.conditions.judge(Scan(plan, BEGIN_NS + now_ns, now_ns, True, values, qualities))
            for n, point in enumerate(plan.points):
                quality = scan.qualities[n] if scan.qualities else Quality.GOOD
                if quality is Quality.GOOD:
                    assert scan.values[n] == pytest.approx(served[point.id]), point.id
                found[point.id.partition(".")[2]] = scan.values[n], quality
        return found

    def _ask(self, code: int, first: int, count: int, at_s: float) -> tuple[bytes, Mapping[str, object]]:
        request = struct.pack(">BHH", code, first, count)
        reply = self.station.ask(1, request, BEGIN_NS + round(at_s * NS_PER_S))
        assert reply.pdu is not None
        assert reply.pdu[0] == code
        return reply.pdu[2:], reply.response.values

    def run(self, seconds: float, begin: float = 0.0) -> dict[str, tuple[Value, Quality]]:
        """Read every half second; return the last."""
        found: dict[str, tuple[Value, Quality]] = {}
        for tenth in range(int(seconds * 2) + 1):
            found = self.read(begin + tenth / 2)
        return found


@pytest.mark.parametrize("name", NAMES)
def test_every_shipped_profile_can_be_played_and_is_read_as_it_was_meant(tmp_path: Path, name: str) -> None:
    profile = Library((), Findings()).get(name, Place(name))
    assert profile is not None
    served = {point.serves for point in profile.entry.points.values()}
    several = profile.entry.standards or "co-concentration" in served
    standard = "    standard: GB/T 50493\n" if several else ""
    last = Play(plant_of(tmp_path, f"    profile: {name}\n{standard}")).run(8.0)
    assert {quality for _, quality in last.values()} == {Quality.GOOD}


EVERYTHING = """\
    points:
      int64: {name: 甲, range: [-5, 5], modbus: {address: 0, type: int64, order: CDAB}}
      uint64: {name: 甲, modbus: {address: 4, type: uint64, order: BADC}}
      float64: {name: 甲, range: [0, 1], modbus: {address: 8, type: float64, order: DCBA}}
      bcd: {name: 甲, range: [0, 99], modbus: {address: 12, type: bcd32, scale: 0.01}}
      packed: {name: 甲, range: [0, 25], modbus: {address: 14, type: packed, places: 2}}
      label: {name: 甲, modbus: {address: 15, type: string, length: 4, encoding: gbk}}
      loop:
        name: 甲
        range: [0, 1.6]
        modbus: {address: 19, type: uint16, signal: 4-20mA, raw_range: [4000, 20000]}
      share: {name: 甲, range: [0, 100], modbus: {address: 20, type: uint16, raw_range: [0, 65535]}}
      closed: {name: 甲, modbus: {address: 21, bit: 3, contact: normally-closed}}
      word: {name: 甲, modbus: {address: 21, type: uint16}}
      nibble: {name: 甲, range: [0, 15], modbus: {address: 21, bits: [8, 11]}}
      coil: {name: 甲, modbus: {table: coil, address: 0, contact: normally-closed}}
      clock: {name: 甲, modbus: {address: 22, type: datetime-bcd, order: DCBA}, readback: {role: clock}}
      unix: {name: 甲, modbus: {address: 25, type: uint32}, readback: {role: clock}}
      text: {name: 甲, modbus: {address: 27, type: string, length: 2}, readback: {role: constant, expect: OK}}
      float: {name: 甲, modbus: {address: 29, type: float32}, readback: {role: constant, expect: -123.45}}
"""


def test_every_type_that_a_profile_can_say_is_played_and_read(tmp_path: Path) -> None:
    last = Play(plant_of(tmp_path, EVERYTHING)).run(2.0)
    assert {quality for _, quality in last.values()} == {Quality.GOOD}
    assert last["label"][0] == "SIM"
    assert last["clock"][0] == "2026-11-24 16:33:37"  # what a wall in Shanghai shows
    assert last["unix"][0] == BEGIN_NS // NS_PER_S + 2
    assert last["text"][0] == "OK"
    assert last["closed"][0] is False
    assert last["word"][0] == 1 << 3 | int(str(last["nibble"][0])) << 8  # closed and quiet: its bit is set


def fault(do: str, begin: float, end: float, **parameters: float) -> Event:
    return Event(begin / 100, end / 100, Target.DEVICE, "d", do, parameters)


def test_an_inhibited_and_a_calibrated_detector_mark_their_values(tmp_path: Path) -> None:
    plant = plant_of(tmp_path, "    profile: honeywell-midas\n")
    play = Play(plant, fault("inhibit", 10, 20), fault("calibrate", 20, 30))
    assert play.run(9)["concentration"][1] is Quality.GOOD
    assert play.run(9, 10)["concentration"][1] is Quality.MAINTENANCE
    assert play.run(9, 20)["concentration"][1] is Quality.CALIBRATION
    value, quality = play.run(9, 30)["concentration"]
    assert (value is not None, quality) == (True, Quality.GOOD)


def test_a_plc_in_stop_goes_on_answering_and_its_values_are_stale(tmp_path: Path) -> None:
    play = Play(plant_of(tmp_path, "    profile: dust-plc\n"), fault("stop-heartbeat", 10, 30))
    assert play.run(9)["hopper-temperature"][1] is Quality.GOOD
    assert play.run(15, 10)["hopper-temperature"] == (None, Quality.STALE)
    assert play.run(9, 30)["hopper-temperature"][1] is Quality.GOOD


def test_a_setting_is_changed_at_the_keypad(tmp_path: Path) -> None:
    detector = plant_of(tmp_path, "    profile: gas-detector/co\n    standard: GB 6222\n")
    play = Play(detector, fault("change-setting", 10, 20, by=26))
    assert play.run(9)["low-alarm"][0] == 24.0  # the plant file's own limit
    assert play.run(9, 10)["low-alarm"][0] == 50.0
    assert play.run(2, 20)["low-alarm"][0] == 24.0


def test_a_plant_says_how_a_device_is_set_where_the_file_does_not(tmp_path: Path) -> None:
    device = "    profile: pressure-transmitter/int\n    points: {pressure: {range: [0, 1.6]}}\n"
    play = Play(plant_of(tmp_path, device + "    simulate: {settings: {decimals: 3, unit: 3}}\n"))
    last = play.run(2)
    assert last["decimals"][0] == 3
    assert last["range-high"][0] == 1.6
    pressure, quality = last["pressure"]
    assert quality is Quality.SUSPECT  # it sends bar, the file says MPa
    assert pressure == pytest.approx(0.8, abs=0.1)
    well_set = Play(plant_of(tmp_path, device + "    simulate: {settings: {decimals: 3}}\n")).run(2)
    assert well_set["pressure"][1] is Quality.GOOD
