"""The shipped profiles, against raw bytes and against what may be called law.

Each profile's case is decoded here by struct alone, so that a map read wrongly by
agent and simulator alike is found.
"""

import struct
from pathlib import Path
from typing import Final

import pytest

from config.fault import Findings, Place
from config.library import Library, Profile
from config.load import load_plant
from config.profile import PointEntry
from config.written_point import WrittenPoint, expand

NAMES: Final = Library((), Findings()).names()
PLANTS: Final = sorted((Path(__file__).parent.parent.parent / "config" / "plants").glob("*.yaml"))

FORMATS: Final = {"uint16": ">H", "int16": ">h", "float32": ">f", "uint32": ">I", "int32": ">i"}
DISCRETE_INPUTS: Final = 2  # the function code that packs eight values into a byte

MACHINES: Final = (
    "cooling-water",
    "dust-collector",
    "emergency-water",
    "furnace-cooling",
    "gas-holder",
    "gas-main",
    "hydraulic-caster",
    "launder-level/furnace-outlet",
    "launder-level/mould-inlet",
    "mould-water",
    "tilting-furnace",
    "valve/cut-off",
    "valve/discharge",
    "valve/plain",
    "wet-collector/metal",
    "wet-collector/plain",
)
"""What a PLC stands before: the same points over either protocol."""

OWN_MAPS: Final = ("analogue-input", "digital-input", "dust-plc", "gas-controller", "gateway-box")
"""What no single maker stands behind either."""


def profile(name: str) -> Profile:
    findings = Findings()
    found = Library((), findings).get(name, Place(name))
    assert findings.faults == ()
    assert found is not None
    return found


def crc(frame: bytes) -> bytes:
    register = 0xFFFF
    for byte in frame:
        register ^= byte
        for _ in range(8):
            register = (register >> 1) ^ 0xA001 if register & 1 else register >> 1
    return struct.pack("<H", register)


def address(point: PointEntry, base: object) -> int:
    """The zero-based address, by the words of the manual alone."""
    assert point.modbus is not None
    return point.modbus.address % 10_000 - 1 if base == "modicon" else point.modbus.address


def decoded(
    point: PointEntry, at: int, code: int, order: str | None, registers: bytes, decimals: float | None
) -> float:
    source = point.modbus
    assert source is not None
    if code == DISCRETE_INPUTS:
        return registers[at // 8] >> at % 8 & 1
    raw = registers[2 * at :]
    if order == "CDAB" and source.type in ("float32", "uint32"):
        raw = raw[2:4] + raw[:2]
    word: int = struct.unpack(">H", raw[:2])[0]
    if source.bit is not None:
        return word >> source.bit & 1
    if source.bits is not None:
        return word >> source.bits[0] & (1 << source.bits[1] - source.bits[0] + 1) - 1
    if source.type == "packed":
        return raw[0] + raw[1] / 10
    assert source.type is not None
    number: float = struct.unpack_from(FORMATS[source.type], raw)[0]
    if decimals is not None and source.type == "int16":  # scaled by the device's own register
        return number / 10**decimals
    if source.raw_range is not None and point.range is not None:
        (low, high), (least, most) = source.raw_range, point.range
        return least + (number - low) / (high - low) * (most - least)
    return number * source.scale + source.offset


@pytest.mark.parametrize("name", NAMES)
def test_the_bytes_of_its_case_mean_the_values_that_it_names(name: str) -> None:
    found = profile(name)
    case = found.entry.case
    assert case is not None
    request, response = bytes.fromhex(case.request), bytes.fromhex(case.response)
    assert crc(request[:-2]) == request[-2:]
    assert crc(response[:-2]) == response[-2:]
    first, count = struct.unpack(">HH", request[2:6])
    assert request[:2] == response[:2]
    assert response[2] == (-(-count // 8) if request[1] == DISCRETE_INPUTS else 2 * count)
    points = {
        written.name: written.entry
        for name, entry in found.entry.points.items()
        for written in expand(WrittenPoint.at(name, entry, found.origin.at("points", name)), None)
    }
    base, order = found.entry.modbus.address_base, found.entry.modbus.order
    decimals = case.values.get("decimals")
    values = {
        id_: decoded(
            points[id_], address(points[id_], base) - first, request[1], order, response[3:-2], decimals
        )
        for id_ in case.values
    }
    assert values == pytest.approx(case.values)


@pytest.mark.parametrize("name", NAMES)
def test_its_case_says_every_value_that_measures_and_lies_in_it(name: str) -> None:
    found = profile(name)
    case = found.entry.case
    assert case is not None
    request = bytes.fromhex(case.request)
    first, count = struct.unpack(">HH", request[2:6])
    for id_, entry in found.entry.points.items():
        assert entry.modbus is not None
        at = address(entry, found.entry.modbus.address_base)
        table = entry.modbus.table or found.entry.modbus.table
        is_measured = entry.states is None and entry.readback is None and entry.flags is None
        if is_measured and entry.repeat is None and first <= at < first + count and table != "input-register":
            assert id_ in case.values


@pytest.mark.parametrize("name", NAMES)
def test_what_calls_itself_verified_has_a_manual_and_its_bytes(name: str) -> None:
    entry = profile(name).entry
    if entry.verified:
        assert entry.sources
        assert entry.case is not None
        assert entry.case.origin == "manual"


def test_only_what_a_manual_gives_bytes_for_is_verified() -> None:
    assert [name for name in NAMES if profile(name).entry.verified] == ["gas-detector/co", "sf6-o2-detector"]


@pytest.mark.parametrize("name", [name for name in NAMES if name not in (*MACHINES, *OWN_MAPS)])
def test_a_device_of_a_maker_has_its_manual_and_a_caveat(name: str) -> None:
    entry = profile(name).entry
    assert entry.sources
    assert entry.sources[0].where
    assert entry.caveat is not None


@pytest.mark.parametrize("name", NAMES)
def test_a_limit_that_calls_itself_law_names_its_standard_and_clause(name: str) -> None:
    entry = profile(name).entry
    rules = [entry.rules, *(standard.rules for standard in entry.standards.values())]
    for limits in (limits for by_point in rules for limits in by_point.values()):
        for limit in limits.given().values():
            assert limit.confidence != "unverified"
            if limit.confidence == "law":
                assert limit.standard
                assert limit.clause


@pytest.mark.parametrize("name", MACHINES)
def test_every_point_of_a_machine_can_be_read_over_modbus_and_over_opc_ua(name: str) -> None:
    for point in profile(name).entry.points.values():
        assert point.modbus is not None
        assert point.opcua is not None


@pytest.mark.parametrize("path", PLANTS, ids=lambda path: path.stem)
def test_every_shipped_plant_is_sound(path: Path) -> None:
    assert load_plant(path).points


def test_the_demo_has_three_sectors_three_protocols_and_three_platforms() -> None:
    plant = load_plant(PLANTS[0].with_name("demo.yaml"))
    assert len(plant.devices) >= 12
    assert {type(c).__name__ for c in plant.connections.values()} == {"ModbusTcp", "ModbusRtu", "OpcUa"}
    assert set(plant.uplinks) == {"bureau", "county", "environment"}
    measured = [point for point in plant.points if point.marks is None]
    assert set(plant.codes["bureau"]) == {point.id for point in measured}
    assert {point.period_s for point in measured} == {0.5, 1.0}


def test_a_thousand_points_at_one_second_are_a_thousand() -> None:
    plant = load_plant(PLANTS[0].with_name("thousand.yaml"))
    assert len(plant.points) == 1000
    assert {point.period_s for point in plant.points} == {1.0}


def test_a_plants_own_profile_is_found_beside_those_shipped_and_wins(tmp_path: Path) -> None:
    (tmp_path / "press.yaml").write_text(
        "name: 压机\npoints: {force: {name: 压力, unit: kN, modbus: {address: 0, type: uint16}}}\n"
    )
    (tmp_path / "cooling-water.yaml").write_text(
        "name: 本厂冷却水\npoints: {flow: {name: 流量, unit: m3/h, modbus: {address: 0, type: uint16}}}\n"
    )
    findings = Findings()
    library = Library((tmp_path,), findings)
    assert library.names() == tuple(sorted((*NAMES, "press")))
    own = library.get("cooling-water", Place("plant.yaml"))
    assert own is not None
    assert set(own.entry.points) == {"flow"}
    assert not own.entry.verified  # nobody said so


def test_a_folder_of_profiles_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    findings = Findings()
    Library((tmp_path / "nowhere",), findings)
    assert [fault.code for fault in findings.faults] == ["folder-missing"]
