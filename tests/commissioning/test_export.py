"""The table for signature: import reads back what was exported; Excel can open it, and runs nothing."""

import csv
import io
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from agent.commissioning.export import point_table
from agent.commissioning.export_file import BOM, as_csv, as_xlsx
from config.library import SHIPPED
from config.load import load_plant
from config.model import Device, Plant
from tests.commissioning.tables import imported, loaded, run, told

DEMO = SHIPPED.parent / "plants" / "demo.yaml"
NOW = datetime.fromisoformat("2026-11-24T08:00")

IDS = st.from_regex(r"\A[a-z][a-z0-9]{0,7}(-[a-z0-9]{1,4})?\Z")
NAMES = st.text(
    st.sampled_from("压力温度 abc=+@-#：“”'\"，,;（）%{}[]&*!|>1～"), min_size=1, max_size=10
).filter(re.compile(r"\w").search)
SCALES = st.sampled_from([1, 0.1, 0.01, 10, 2.5, 0.05])


@st.composite
def sources(draw: st.DrawFn, address: int) -> dict[str, Any]:
    """Draw where a point stands, in the grammar of a plant file."""
    table = draw(st.sampled_from(["coil", "discrete-input", "holding-register", "input-register"]))
    if table in ("coil", "discrete-input"):
        contact = draw(st.sampled_from([{}, {"contact": "normally-closed"}]))
        return {"table": table, "address": address, **contact}
    orders = st.sampled_from(["ABCD", "CDAB", "BADC", "DCBA"])
    source: dict[str, Any] = {"table": table, "address": address, "order": draw(orders)}
    kind = draw(st.sampled_from(["number", "bit", "bits", "string", "current", "packed"]))
    if kind == "number":
        types = st.sampled_from(["int16", "uint16", "int32", "uint32", "float32", "int64", "bcd16"])
        offset = draw(st.sampled_from([0, -50, 0.5]))
        source |= {"type": draw(types), "scale": draw(SCALES), "offset": offset}
        if source["type"] == "uint16":
            source["sentinels"] = draw(st.sampled_from([[], [65535], [0, 32768]]))
    elif kind == "bit":
        source |= {"type": "bit", "bit": draw(st.integers(0, 15))}
    elif kind == "bits":
        source |= {"bits": [draw(st.integers(0, 3)), draw(st.integers(4, 15))]}
    elif kind == "string":
        source |= {"type": "string", "length": draw(st.integers(1, 4)), "encoding": "gbk"}
    elif kind == "packed":
        source |= {"type": "packed", "places": draw(st.sampled_from([1, 2]))}
    else:
        source |= {"type": "uint16", "raw_range": [4000, 20000], "signal": "4-20mA"}
    return source


@st.composite
def points(draw: st.DrawFn, address: int) -> dict[str, Any]:
    """Draw a point."""
    name = draw(NAMES)
    modbus = draw(sources(address))
    point: dict[str, Any] = {"name": {"zh": name, "en": draw(st.just(name) | st.just("Pressure"))}}
    point |= {"modbus": modbus, "period": f"{draw(st.sampled_from([0.1, 1, 5, 3600]))} s"}
    if draw(st.booleans()):
        point["tag"] = f"PT-{address}"
    if draw(st.booleans()):
        point["serves"] = draw(st.sampled_from(["tilt-angle", "mould-water-inlet-flow"]))
    if "raw_range" in modbus or (modbus.get("type") == "float32" and draw(st.booleans())):
        point["range"] = draw(st.sampled_from([[0, 1.6], [-50, 150], [-0.25, 0.25]]))
        point["unit"] = draw(st.sampled_from(["MPa", "°C", "mg/m3", "%LEL", "Nm3/h", ""]))
    return point


@st.composite
def limits(draw: st.DrawFn, point: dict[str, Any]) -> dict[str, Any]:
    """Draw the limits of a point, each with none, some or all of its settings."""
    if not point.get("range"):
        return {}
    low, high = point["range"]
    kinds = draw(st.sets(st.sampled_from(["lolo", "lo", "hi", "hihi"])))
    shares = {"lolo": 0.125, "lo": 0.25, "hi": 0.75, "hihi": 0.875}
    unit = point["unit"]
    settings: dict[str, st.SearchStrategy[Any]] = {
        "deadband": st.sampled_from([0, (high - low) / 64]).map(lambda width: f"{width} {unit}".strip()),
        "on_delay": st.sampled_from(["0 s", "3 s", "2 min"]),
        "off_delay": st.sampled_from(["0.5 s", "30 s"]),
        "priority": st.sampled_from(["critical", "low"]),
        "standard": st.sampled_from(["GB 6222", "GB 50016"]),
        "deviation": st.just(
            {"reason": "改造", "approved_by": "安环部", "date": "2026-01-05", "until": "2026-12-31"}
        ),
    }
    return {
        kind: {
            "limit": f"{low + shares[kind] * (high - low)} {unit}".strip(),
            **draw(st.fixed_dictionaries({}, optional=settings)),
        }
        for kind in sorted(kinds)
    }


@st.composite
def nodes(draw: st.DrawFn, name: str) -> dict[str, Any]:
    """Draw a point of an OPC UA server."""
    ways = st.sampled_from(
        [
            {"id": f"ns=2;s={name}"},
            {"id": f"nsu=urn:plc;s={name}, 一期"},
            {"path": f"2:PLC/2:{name}"},
            {"path": f"nsu=urn:plc;1&/2/3:{name}：倾角"},
        ]
    )
    watched: dict[str, st.SearchStrategy[Any]] = {
        "index": st.integers(0, 3),
        "sampling_interval": st.just("100 ms"),
        "queue_size": st.sampled_from([1, 10]),
    }
    if (datatype := draw(st.sampled_from(["float", "int", "bool", "string"]))) in ("bool", "string"):
        return {"name": draw(NAMES), "datatype": datatype, "period": "1 s", "opcua": draw(ways)}
    deadbands: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
        [{}, {"deadband": "0.5 °C"}, {"deadband_percent": 0}, {"deadband_percent": 2}]
    )
    node = {**draw(ways), **draw(deadbands), **draw(st.fixed_dictionaries({}, optional=watched))}
    point = {"name": draw(NAMES), "unit": "°C", "range": [-50, 150], "period": "1 s", "opcua": node}
    return point | ({} if datatype == "float" else {"datatype": datatype})


READS: dict[str, st.SearchStrategy[Any]] = {
    "max_gap": st.integers(0, 20),
    "max_registers": st.integers(16, 125),
    "even_count": st.booleans(),
    "forbidden": st.just(["0-15", 4711]),
    "readable": st.just(["0x2000-0x20FF"]),
}


@st.composite
def plants(draw: st.DrawFn) -> dict[str, Any]:
    """Draw the devices of a plant."""
    devices: dict[str, Any] = {}
    for unit, id_ in enumerate(draw(st.lists(IDS, min_size=1, max_size=3, unique=True)), 1):
        names = draw(st.lists(IDS, min_size=1, max_size=4, unique=True))
        device: dict[str, Any] = {"name": {"zh": draw(NAMES), "en": "Press"}}
        if draw(st.booleans()):
            device |= {"connection": "ua", "points": {name: draw(nodes(f"{id_}.{name}")) for name in names}}
        else:
            device |= {
                "connection": draw(st.sampled_from(["plc", "line"])),
                "unit": unit,
                "modbus": {"address_base": 0, **draw(st.fixed_dictionaries({}, optional=READS))},
                "points": {name: draw(points(100 * unit + 8 * n)) for n, name in enumerate(names)},
            }
        device["rules"] = {name: draw(limits(point)) for name, point in device["points"].items()}
        if draw(st.booleans()):
            device["calibration_due"] = "2027-03-01"
        if draw(st.booleans()):
            device["tag"] = f"DC-{unit}"
        devices[id_] = device
    return devices


def plant_of(devices: dict[str, Any], folder: Path) -> Plant:
    head = {
        "plant": {"id": "P-1", "name": "测试厂", "region": "140800"},
        "connections": {
            "plc": {"modbus-tcp": {"host": "a"}},
            "line": {"modbus-tcp": {"host": "b"}},
            "ua": {"opcua": {"endpoint": "opc.tcp://c"}},
        },
    }
    path = folder / "exported.yaml"
    path.write_text(yaml.safe_dump({**head, "devices": devices}, allow_unicode=True), encoding="utf-8")
    return load_plant(path, profile_dirs=())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(devices=plants(), is_csv=st.booleans())
def test_importing_what_was_exported_gives_the_same_points(
    devices: dict[str, Any], is_csv: bool, tmp_path: Path
) -> None:
    plant = plant_of(devices, tmp_path)
    table = point_table(plant, date="2026-11-24")
    file = tmp_path / ("table.csv" if is_csv else "table.xlsx")
    file.write_bytes(as_csv(table) if is_csv else as_xlsx(table, NOW))
    stanza, findings = imported(file)
    assert stanza is not None, [fault.render("zh") for fault in findings.faults]
    again = loaded(stanza, tmp_path)
    assert list(map(_seen, again.points)) == list(map(_seen, plant.points))
    for one, other in zip(again.devices.values(), plant.devices.values(), strict=True):
        assert _of_device(one) == _of_device(other)
        assert _of_rules(one) == _of_rules(other)


def _of_device(device: Device) -> list[object]:
    read = (device.max_gap_registers, device.max_registers, device.even_count)
    ranges = (device.forbidden, device.readable)
    said = (device.calibration_due, device.standard)
    return [*device.name.zh.split(), device.name.en, *read, *ranges, *said]


def _of_rules(device: Device) -> dict[str, object]:
    """Return all that an alarm is, except how binding its clause is: that is its profile's to say."""
    return {
        rule.id: (
            rule.limit,
            rule.deadband,
            rule.on_delay_s,
            rule.off_delay_s,
            rule.priority,
            rule.clause.standard,
            rule.clause.clause,
            rule.deviation,
        )
        for rule in device.rules
    }


def _seen(point: Any) -> dict[str, object]:
    """Return all that a point is, blanks in its name brought together."""
    texts = {name: " ".join(getattr(point.name, name).split()) for name in ("zh", "en")}
    fields = ("id", "unit", "datatype", "range", "source", "period_s", "tag", "serves")
    return {**texts, **{field: getattr(point, field) for field in fields}}


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_the_demo_plant_comes_back_with_its_limits(suffix: str, tmp_path: Path) -> None:
    file = tmp_path / f"demo.{suffix}"
    assert run("points", "export", str(DEMO), "--out", str(file))[0] == 0
    stanza, findings = imported(file, "--plant", str(without_devices(tmp_path)))
    assert stanza is not None, [fault.render("zh") for fault in findings.faults]
    demo, again = load_plant(DEMO, profile_dirs=()), loaded(stanza, tmp_path)
    assert [_seen(point) for point in again.points] == [_seen(point) for point in demo.points]
    for device in demo.devices.values():
        assert _of_device(again.devices[device.id]) == _of_device(device)
        assert _of_rules(again.devices[device.id]) == _of_rules(device)


def without_devices(folder: Path) -> Path:
    data = yaml.safe_load(DEMO.read_text(encoding="utf-8"))
    path = folder / "head.yaml"
    kept = {key: data[key] for key in ("plant", "connections")}
    path.write_text(yaml.safe_dump(kept, allow_unicode=True), encoding="utf-8")
    return path


def test_the_table_has_every_point_both_addresses_and_where_its_limits_come_from(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    code, out, _ = run("points", "export", str(DEMO), "--date", "2026-11-24", "--out", str(file))
    assert (code, out) == (0, "")
    raw = file.read_bytes()
    assert raw.startswith(BOM), "Excel would take it for GBK"
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
    plant = load_plant(DEMO, profile_dirs=())
    assert plant.text_sha256 in rows[1][0]
    assert "2026-11-24" in rows[1][0]
    table = [dict(zip(rows[2], row, strict=True)) for row in rows[3:-5]]
    assert len(table) == len(plant.points)
    co = next(row for row in table if row["设备编号"] == "co-12")
    assert (co["地址(从0起)"], co["地址(40001式)"], co["功能码"]) == ("0", "40001", "03")
    assert (co["高限"], co["高高限"], co["依据标准"]) == ("24", "160", "GB 6222-2005")
    assert "30 mg/m³" in co["条款"]
    assert [row[0] for row in rows[-4:]] == ["编制：", "审核：", "批准：", "日期："]


def test_the_date_is_todays_in_the_plants_own_time_zone(tmp_path: Path) -> None:
    from agent.cli import points

    class NewYear:
        def now_ns(self) -> int:
            return int(datetime.fromisoformat("2026-12-31T23:30:00+00:00").timestamp() * 1e9)

    args = _arguments(["points", "export", str(DEMO), "--out", str(tmp_path / "t.csv")])
    assert points._export(args, NewYear()) == 0  # type: ignore[arg-type]
    assert "2027-01-01" in (tmp_path / "t.csv").read_text(encoding="utf-8-sig")


def _arguments(words: list[str]) -> Any:
    import argparse

    from agent.cli import points

    parser = argparse.ArgumentParser()
    points.add_parser(parser.add_subparsers())
    return parser.parse_args(words)


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "@SUM(1)", "=1+1"])
def test_no_name_becomes_a_formula_in_excel(name: str, tmp_path: Path) -> None:
    source = {"address": 1, "type": "uint16"}
    device = {"name": name, "connection": "plc", "unit": 1, "points": {"a": {"name": name, "modbus": source}}}
    table = point_table(plant_of({"d-1": device}, tmp_path), date="")
    sheet = load_workbook(io.BytesIO(as_xlsx(table, NOW))).worksheets[0]
    assert "f" not in {cell.data_type for row in sheet.iter_rows() for cell in row}
    assert name in {cell.value for row in sheet.iter_rows() for cell in row}
    cells = [cell for row in csv.reader(io.StringIO(as_csv(table).decode("utf-8-sig"))) for cell in row]
    assert not any(cell.startswith(("=", "+", "@")) for cell in cells)


def test_the_signer_sees_how_long_an_alarm_waits(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    assert run("points", "export", str(DEMO), "--out", str(file))[0] == 0
    text = file.read_text(encoding="utf-8-sig")
    co = next(row for row in csv.reader(io.StringIO(text)) if "co-12" in row)
    assert "rules: {" in co[-1]
    assert "on_delay: 0 s, off_delay: 10 s, priority: high" in co[-1]


def test_a_node_that_is_none_is_told_in_its_own_column(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    rows = "A,好,ns=2;s=a\nB,错,ns=2;x=a\nC,错,/2:PLC//2:b\nD,好,/2:PLC/2:倾角\n"
    table.write_text(f"位号,名称,节点号\n{rows}", encoding="utf-8")
    _, findings = imported(table, "--connection", "plc")
    assert told(findings.faults) == ["3:3 node-id-wrong", "4:3 browse-path-wrong"]


def test_the_signer_sees_what_kind_of_value_a_node_has(tmp_path: Path) -> None:
    point = {"name": "运行", "datatype": "bool", "opcua": {"id": "ns=2;s=run"}}
    device = {"name": "d", "connection": "ua", "points": {"run": point}}
    table = point_table(plant_of({"d-1": device}, tmp_path), date="")
    [row] = table.rows
    assert dict(zip(table.headings, row, strict=True))["数据类型"] == "bool"


def test_two_rows_that_say_different_things_of_one_device_are_a_fault(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    head = "位号,设备,站号,功能码,地址(从0起),类型,其他(YAML)\n"
    rows = "".join(f'PT-{n},d,1,3,{n},uint16,"{{device: {{modbus: {{max_gap: {n}}}}}}}"\n' for n in range(2))
    table.write_text(head + rows, encoding="utf-8")
    _, findings = imported(table, "--connection", "plc")
    assert told(findings.faults) == ["3:1 table-device-differs"]


def test_another_ending_is_wrong_usage_and_a_broken_plant_invalid(tmp_path: Path) -> None:
    assert run("points", "export", str(DEMO), "--out", str(tmp_path / "t.doc"))[0] == 2
    assert run("points", "export", str(tmp_path / "none.yaml"))[0] == 3
