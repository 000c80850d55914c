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

NAMES: Final = Library((), Findings()).names()
PLANTS: Final = sorted((Path(__file__).parent.parent.parent / "config" / "plants").glob("*.yaml"))

FORMATS: Final = {"uint16": ">H", "int16": ">h", "float32": ">f", "uint32": ">I", "int32": ">i"}


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


def decoded(point: PointEntry, first: int, registers: bytes) -> float:
    source = point.modbus
    assert source is not None
    raw = registers[2 * (source.address - first) :]
    if source.bit is not None:
        return float(struct.unpack(">H", raw[:2])[0] >> source.bit & 1)
    assert source.type is not None
    number: float = struct.unpack_from(FORMATS[source.type], raw)[0]
    return number * source.scale + source.offset


def test_four_profiles_are_shipped() -> None:
    assert NAMES == ("cooling-water", "dust-collector", "gas-detector/co", "tilting-furnace")


@pytest.mark.parametrize("name", NAMES)
def test_the_bytes_of_its_case_mean_the_values_that_it_names(name: str) -> None:
    entry = profile(name).entry
    assert entry.case is not None
    request, response = bytes.fromhex(entry.case.request), bytes.fromhex(entry.case.response)
    assert crc(request[:-2]) == request[-2:]
    assert crc(response[:-2]) == response[-2:]
    first, count = struct.unpack(">HH", request[2:6])
    assert request[:2] == response[:2] == b"\x01\x03"  # unit 1, read holding registers
    assert response[2] == 2 * count
    values = {id_: decoded(point, first, response[3:-2]) for id_, point in entry.points.items()}
    assert values == pytest.approx(entry.case.values)


@pytest.mark.parametrize("name", NAMES)
def test_what_calls_itself_verified_has_a_manual_and_its_bytes(name: str) -> None:
    entry = profile(name).entry
    if entry.verified:
        assert entry.sources
        assert entry.case is not None
        assert entry.case.origin == "manual"


def test_only_the_carbon_monoxide_detector_is_verified() -> None:
    assert [name for name in NAMES if profile(name).entry.verified] == ["gas-detector/co"]


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


@pytest.mark.parametrize("name", NAMES)
def test_every_point_can_be_read_over_modbus_and_over_opc_ua(name: str) -> None:
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
    assert set(plant.codes["bureau"]) == {point.id for point in plant.points}
    assert {point.period_s for point in plant.points} == {0.5, 1.0}


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
    assert library.names() == (*NAMES[:3], "press", "tilting-furnace")
    own = library.get("cooling-water", Place("plant.yaml"))
    assert own is not None
    assert set(own.entry.points) == {"flow"}
    assert not own.entry.verified  # nobody said so


def test_a_folder_of_profiles_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    findings = Findings()
    Library((tmp_path / "nowhere",), findings)
    assert [fault.code for fault in findings.faults] == ["folder-missing"]
