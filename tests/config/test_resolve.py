"""What becomes of a sound plant file: names, addresses, limits and what stands behind them."""

from pathlib import Path

import pytest

from config.modbus_link import ModbusRtu
from config.model import Confidence, LimitKind, LimitRule, Plant, Priority, Text
from config.source import ByteOrder, NodeSource, RegisterSource, RegisterType, Table
from tests.config.texts import CO, HEAD, codes, faults_of, load, write


def rule(plant: Plant, rule_id: str) -> LimitRule:
    [found] = [r for device in plant.devices.values() for r in device.rules if r.id == rule_id]
    return found


def test_a_detector_gets_the_points_and_limits_of_its_profile(tmp_path: Path) -> None:
    plant = load(tmp_path)
    point, *settings = plant.points
    assert {setting.marks is not None for setting in settings} == {True}
    assert point.id == "co-1.concentration"
    assert (point.unit, point.range, point.period_s) == ("ppm", (0, 1000), 5.0)
    assert point.source == RegisterSource(
        unit_id=1, table=Table.HOLDING_REGISTER, address=0, type=RegisterType.UINT16, scale=0.1
    )
    hi = rule(plant, "co-1.concentration.hi")
    assert (hi.limit, hi.deadband, hi.on_delay_s, hi.off_delay_s) == (24, 2, 0, 10)
    assert (hi.clause.standard, hi.clause.confidence) == ("GB 6222-2005", Confidence.LAW)
    assert rule(plant, "co-1.concentration.hihi").priority is Priority.CRITICAL


def test_one_text_serves_as_the_name_in_both_languages(tmp_path: Path) -> None:
    assert load(tmp_path).devices["co-1"].name == Text("探头", "探头")


def test_points_are_numbered_without_gaps_over_all_devices(tmp_path: Path) -> None:
    plant = load(
        tmp_path,
        "devices:\n" + CO + "  tilt: {name: 炉, profile: tilting-furnace, connection: ua}\n"
        "  water: {name: 水, profile: cooling-water, connection: plc, unit: 1}\n",
    )
    assert [point.index for point in plant.points] == list(range(12 + 5))


def test_the_standard_that_a_device_names_decides_its_limits_converted_at_0_c(tmp_path: Path) -> None:
    body = "devices:\n" + CO.replace("GB 6222", "GB/T 50493")
    hi = rule(load(tmp_path, body), "co-1.concentration.hi")
    assert hi.limit == pytest.approx(16.0, abs=0.01)  # 20 mg/m3 at 0 °C
    assert hi.clause.confidence is Confidence.RECOMMENDED


def test_a_stricter_limit_of_the_plant_is_taken_and_no_longer_quotes_the_law(tmp_path: Path) -> None:
    body = """\
    devices:
      co-1:
        name: 探头
        profile: gas-detector/co
        standard: GB 6222
        connection: line
        unit: 1
        rules: {concentration: {hi: {limit: 20 ppm}}}
    """
    hi = rule(load(tmp_path, body), "co-1.concentration.hi")
    assert (hi.limit, hi.deadband) == (20, 2)  # what the plant does not say, the profile says
    assert (hi.clause.standard, hi.clause.confidence) == ("", Confidence.PLANT)


def test_a_laxer_limit_needs_an_approval_and_is_a_warning_with_one(tmp_path: Path) -> None:
    body = """\
    devices:
      co-1:
        name: 探头
        profile: gas-detector/co
        standard: GB 6222
        connection: line
        unit: 1
        rules:
          concentration:
            hi:
              limit: 30 ppm
              deviation: {reason: 氢气干扰, approved_by: 张工, date: 2026-11-01, until: 2027-05-01}
    """
    plant = load(tmp_path, body)
    hi = rule(plant, "co-1.concentration.hi")
    assert hi.deviation is not None
    assert hi.deviation.approved_by == "张工"
    assert [w.code for w in plant.warnings if w.code != "profile-caveat"] == ["deviation-in-force"]
    without = "\n".join(line for line in body.splitlines() if "deviation" not in line)
    assert codes(faults_of(write(tmp_path, without))) == ["laxer-limit"]


def test_limits_are_in_the_unit_of_their_point(tmp_path: Path) -> None:
    body = """\
    devices:
      water:
        name: 水
        profile: cooling-water
        connection: plc
        unit: 1
        rules:
          inlet-pressure: {lo: {limit: 1.5 bar, deadband: 10 kPa}}
          outlet-temperature: {hi: {limit: 50 ℃, deadband: 2 K}}
          inlet-flow: {lo: {limit: 2500 L/min}}
    """
    plant = load(tmp_path, body)
    pressure, outlet = rule(plant, "water.inlet-pressure.lo"), rule(plant, "water.outlet-temperature.hi")
    assert (pressure.limit, pressure.deadband) == (0.15, 0.01)
    assert (outlet.limit, outlet.deadband) == (50, 2)
    assert rule(plant, "water.inlet-flow.lo").limit == 150


def test_where_nobody_says_more_a_limit_waits_for_nothing_and_its_deadband_is_a_hundredth(
    tmp_path: Path,
) -> None:
    body = """\
    devices:
      water:
        name: 水
        profile: cooling-water
        connection: plc
        unit: 1
        rules: {inlet-flow: {lo: {limit: 170 m³/h}}}
    """
    lo = rule(load(tmp_path, body), "water.inlet-flow.lo")
    assert (lo.kind, lo.on_delay_s, lo.off_delay_s, lo.deadband) == (LimitKind.LO, 0, 10, 5)
    assert lo.priority is Priority.HIGH


def test_the_same_profile_is_read_over_modbus_or_opc_ua(tmp_path: Path) -> None:
    body = """\
    devices:
      water: {name: 水, profile: cooling-water, connection: plc, unit: 3}
      other: {name: 水, profile: cooling-water, connection: ua}
      third: {name: 水, profile: cooling-water, connection: ua, node: Caster3.Water}
    """
    plant = load(tmp_path, body)
    sources = [device.points[0].source for device in plant.devices.values()]
    assert isinstance(sources[0], RegisterSource)
    assert sources[0].order is ByteOrder.ABCD
    assert sources[1:] == [
        NodeSource("ns=2;s=other.inlet-flow"),
        NodeSource("ns=2;s=Caster3.Water.inlet-flow"),
    ]
    assert {device.points[0].datatype for device in plant.devices.values()} == {"float"}


def test_a_device_moves_its_profile_to_other_addresses_and_byte_order(tmp_path: Path) -> None:
    body = """\
    devices:
      water:
        name: 水
        profile: cooling-water
        connection: plc
        unit: 1
        modbus: {shift: 100, order: CDAB, max_gap: 4, max_registers: 60}
    """
    device = load(tmp_path, body).devices["water"]
    sources = [point.source for point in device.points if isinstance(point.source, RegisterSource)]
    assert [source.address for source in sources] == [100, 102, 104, 106]
    assert {source.order for source in sources} == {ByteOrder.CDAB}
    assert (device.max_gap_registers, device.max_registers) == (4, 60)


def test_a_device_may_carry_points_of_its_own(tmp_path: Path) -> None:
    body = """\
    devices:
      pump:
        name: {zh: 泵, en: Pump}
        connection: plc
        unit: 9
        tag: P-1
        modbus: {address_base: 1, table: input-register}
        points:
          running: {name: 运行, modbus: {address: 1, bit: 2}}
          ready: {name: 就绪, modbus: {table: coil, address: 1}}
          level:
            name: 液位
            unit: mm
            range: [0, 3000]
            period: 500 ms
            tag: LT-1
            modbus: {address: 2, type: int16, sentinels: [0x8000, -1]}
        rules: {running: {lo: {limit: 0}}, level: {lo: {limit: 20 cm}}}
    """
    plant = load(tmp_path, body)
    running, ready, level = plant.devices["pump"].points
    assert running.source == RegisterSource(9, Table.INPUT_REGISTER, 0, RegisterType.BIT, bit=2)
    assert ready.source == RegisterSource(9, Table.COIL, 0, RegisterType.BIT)
    assert level.source == RegisterSource(
        9, Table.INPUT_REGISTER, 1, RegisterType.INT16, sentinels=(-32768, -1)
    )
    assert [p.datatype for p in (running, ready, level)] == ["bool", "bool", "int"]
    assert [(p.tag, p.period_s) for p in (running, level)] == [("P-1", 5.0), ("LT-1", 0.5)]
    assert rule(plant, "pump.level.lo").limit == 200


def test_two_devices_may_share_a_status_word_but_not_a_bit_of_it(tmp_path: Path) -> None:
    def body(bit: int) -> str:
        devices = "".join(
            f"  {name}: {{name: 甲, connection: plc, unit: 1, "
            f"points: {{run: {{name: 甲, modbus: {{address: 0, bit: {number}}}}}}}}}\n"
            for name, number in (("a", 0), ("b", bit))
        )
        return "devices:\n" + devices

    assert len(load(tmp_path, body(1)).devices) == 2
    assert codes(faults_of(write(tmp_path, body(0)))) == ["devices-overlap"]


def test_points_of_one_device_that_overlap_are_told_each_at_its_own_line(tmp_path: Path) -> None:
    body = """\
    devices:
      d:
        name: d
        connection: plc
        unit: 1
        points:
          d: {name: d, modbus: {address: 11, type: uint16}}
          a: {name: a, modbus: {address: 10, type: float32}}
          b: {name: b, modbus: {address: 20, type: uint16}, repeat: {count: 2}}
          c: {name: c, modbus: {address: 21, type: uint16}}
    """
    faults = faults_of(write(tmp_path, body))
    assert [(fault.line, fault.column, fault.code) for fault in faults] == [
        (13, 7, "points-overlap"),
        (15, 7, "points-overlap"),
    ]
    assert "d.a takes the same registers as d.d (line 12)" in faults[0].text("en")
    assert "d.c takes the same registers as d.b-02 (line 14)" in faults[1].text("en")


def test_profile_numbers_that_yaml_11_would_change_stay_what_they_look_like(tmp_path: Path) -> None:
    body = "devices:\n" + CO.replace("unit: 1", "unit: 012, tag: 12:30, area: on")
    head = HEAD + "areas: {on: {name: 一区}}\n"
    path = write(tmp_path, body, head=head)
    assert faults_of(path) == []
    device = load(tmp_path, "areas: {on: {name: 一区}}\n" + body).devices["co-1"]
    assert (device.unit_id, device.tag, device.area) == (12, "12:30", "on")


def test_the_times_and_sizes_of_the_buffer_are_seconds_and_bytes(tmp_path: Path) -> None:
    body = (
        "devices:\n"
        + CO
        + "buffer: {retain: {readings: 10d, alarms: 1y}, max_size: 500MB, commit_interval: 2 s}\n"
    )
    buffer = load(tmp_path, body).buffer
    assert (buffer.retention.readings_s, buffer.retention.alarms_s) == (864_000, 31_536_000)
    assert (buffer.retention.max_size_bytes, buffer.commit_interval_s) == (500_000_000, 2.0)


def test_connections_keep_their_settings_and_the_file_its_fingerprint(tmp_path: Path) -> None:
    plant = load(tmp_path)
    line = plant.connections["line"]
    assert isinstance(line, ModbusRtu)
    assert (line.baudrate, line.parity, line.timeout) == (9600, "none", 0.3)
    assert len(plant.text_sha256) == 64
    assert plant.timezone == "Asia/Shanghai"
