"""How a device lets itself be read: ranges as they are written, and as they stand on the wire."""

from pathlib import Path

import pytest

from config.address_range import parse_range
from config.fault import Objection
from config.load import load_plant
from config.model import Device
from tests.config.texts import codes, faults_of, load, write


def device(folder: Path, modbus: str, address: int = 300) -> Device:
    body = f"""\
    devices:
      d:
        name: d
        connection: plc
        unit: 1
        modbus: {{{modbus}}}
        points:
          p: {{name: p, modbus: {{address: {address}, type: uint16}}}}
    """
    return load(folder, body).devices["d"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("0x0100-0x01FF", (256, 511)),
        (" 256 - 511 ", (256, 511)),
        ("0X10", (16, 16)),
        (7, (7, 7)),
        ("400101-400200", (400101, 400200)),
    ],
)
def test_a_range_is_written_as_manuals_write_it(written: object, meant: tuple[int, int]) -> None:
    assert parse_range(written) == meant


@pytest.mark.parametrize("written", ["", "0x", "1-2-3", "1.5", True, None, [1, 2], "0x10000", "1 to 2"])
def test_anything_else_is_no_range(written: object) -> None:
    with pytest.raises(Objection, match="address-range-wrong"):
        parse_range(written)


def test_without_a_word_about_it_nothing_is_forbidden_and_nothing_declared(tmp_path: Path) -> None:
    found = device(tmp_path, "max_gap: 2")
    assert (found.forbidden, found.readable, found.even_count) == ((), (), False)


@pytest.mark.parametrize(
    ("modbus", "forbidden"),
    [
        ('forbidden: ["0x0100-0x01FF"]', (256, 512)),
        ("forbidden: [7], address_base: 1", (6, 7)),
        ('forbidden: ["10-19"], shift: 100', (110, 120)),
        ('forbidden: ["40101-40200"], address_base: modicon', (100, 200)),
        ('forbidden: ["400101-400200"], address_base: modicon', (100, 200)),
    ],
)
def test_ranges_count_as_addresses_do(tmp_path: Path, modbus: str, forbidden: tuple[int, int]) -> None:
    address = 40300 if "modicon" in modbus else 600
    assert device(tmp_path, modbus, address).forbidden == (forbidden,)


def test_what_a_device_forbids_comes_on_top_of_what_its_profile_forbids(tmp_path: Path) -> None:
    (tmp_path / "pump.yaml").write_text(
        "name: 泵\nmodbus: {forbidden: [90], readable: [1], even_count: true}\n"
        "points: {p: {name: p, modbus: {address: 2, type: uint16}}}\n",
        encoding="utf-8",
    )
    path = write(
        tmp_path,
        "devices: {d: {name: d, profile: pump, connection: plc, unit: 1, modbus: {forbidden: [80]}}}\n",
    )
    assert codes(faults_of(path, profile_dirs=(tmp_path,))) == []
    found = load_plant(path, profile_dirs=(tmp_path,)).devices["d"]
    assert found.forbidden == ((90, 91), (80, 81))
    assert (found.readable, found.even_count) == (((1, 2),), True)


def test_over_opc_ua_any_period_goes(tmp_path: Path) -> None:
    body = "devices: {w: {name: 水, profile: cooling-water, connection: ua, period: 50 ms}}\n"
    assert codes(faults_of(write(tmp_path, body))) == []
