"""Tables of contractors as files: sound ones against what they become, broken ones against their faults.

A sound table stands beside the YAML that it becomes (`.yaml`), a broken one beside
the faults that must be told, all of them and no other (`.faults`). The first line
of either gives the options.
"""

import random
from pathlib import Path

import pytest

from config.source import ByteOrder, RegisterSource, RegisterType, Table
from tests.commissioning.tables import imported, loaded, run, told

TABLES = Path(__file__).parents[1] / "fixtures" / "tables"
SOUND = sorted(path for path in (TABLES / "sound").iterdir() if path.suffix != ".yaml")
BROKEN = sorted((TABLES / "broken").glob("*.csv"))


def announced(path: Path) -> tuple[list[str], list[str]]:
    """Return the options and the lines that a file announces."""
    first, *rest = path.read_text(encoding="utf-8").splitlines()
    return first.removeprefix("# ").removeprefix("$").split(), rest


@pytest.mark.parametrize("table", SOUND, ids=lambda path: path.stem)
def test_a_sound_table_becomes_what_stands_beside_it(table: Path, tmp_path: Path) -> None:
    words, wanted = announced(table.with_suffix(".yaml"))
    stanza, findings = imported(table, *words)
    assert stanza is not None, [fault.render() for fault in findings.faults]
    assert [line.text for line in stanza.lines if not line.text.startswith("# ")] == wanted
    assert len(loaded(stanza, tmp_path).points) == sum(stanza.devices.values())


@pytest.mark.parametrize("table", BROKEN, ids=lambda path: path.stem)
def test_all_faults_of_a_table_are_told_at_once_each_in_its_cell(table: Path) -> None:
    words, wanted = announced(table.with_suffix(".faults"))
    stanza, findings = imported(table, *words)
    assert sorted(told(findings.faults)) == sorted(wanted)
    assert stanza is None, "half an output"


@pytest.mark.parametrize("table", BROKEN, ids=lambda path: path.stem)
def test_each_fault_says_what_is_wrong_and_the_mend_in_both_languages(table: Path) -> None:
    words, _ = announced(table.with_suffix(".faults"))
    for fault in imported(table, *words)[1].faults:
        zh, en = fault.text("zh"), fault.text("en")
        assert "；" in zh, zh
        assert ";" in en, en
        assert "{" not in zh + en.replace("{modbus: {", "").replace("deviation: {", "")
        assert "'zh'" not in zh + en, "a field for two languages was put in as it is"


def test_what_is_read_is_what_the_table_says(tmp_path: Path) -> None:
    stanza, _ = imported(TABLES / "sound" / "dust_plc_gbk.csv", "--connection", "dust-plc")
    assert stanza is not None
    plant = loaded(stanza, tmp_path)
    points = {point.tag: point for point in plant.points}
    holding = Table.HOLDING_REGISTER
    assert points["FT-103"].source == RegisterSource(1, holding, 6, RegisterType.FLOAT32, ByteOrder.CDAB)
    assert points["YS-105"].source == RegisterSource(1, holding, 8, RegisterType.BIT, bit=3)
    assert points["GT-201"].source == RegisterSource(
        2, Table.INPUT_REGISTER, 0, RegisterType.UINT16, scale=0.1
    )
    assert (points["GT-201"].range, points["GT-201"].unit) == ((0, 1000), "ppm")
    assert (points["TT-102"].range, points["TT-102"].unit) == ((-20, 200), "°C")
    limits = {rule.id: rule.limit for device in plant.devices.values() for rule in device.rules}
    assert limits == {"dust-plc-1.pt-101.hi": 1800, "dust-plc-1.tt-102.hi": 60, "co-201.gt-201.hi": 24}


def test_the_order_that_the_engineer_answers_with_holds_for_numbers_without_one(tmp_path: Path) -> None:
    table = TABLES / "broken" / "numbers_without_order.csv"
    stanza, findings = imported(table, "--connection", "plc", "--set", "order=CDAB")
    assert stanza is not None, told(findings.faults)
    sources = [point.source for point in loaded(stanza, tmp_path).points]
    orders = [source.order for source in sources if isinstance(source, RegisterSource)]
    assert orders == [ByteOrder.CDAB] * 4


def test_rows_that_are_no_points_are_named_as_such() -> None:
    _, findings = imported(TABLES / "sound" / "dust_plc_gbk.csv", "--connection", "dust-plc")
    assert told(findings.warnings) == ["10:1 table-spare-row"]


@pytest.mark.parametrize(
    ("base", "address"), [("0", 40001), ("1", 40000), ("modicon", 0)], ids=["zero", "one", "modicon"]
)
def test_what_the_engineer_says_of_the_addresses_decides(base: str, address: int, tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("位号,站号,功能码,地址,类型\nPT-1,1,3,40001,uint16\n", encoding="utf-8")
    stanza, _ = imported(table, "--connection", "plc", "--address-base", base)
    assert stanza is not None
    [point] = loaded(stanza, tmp_path).points
    assert isinstance(point.source, RegisterSource)
    assert (point.source.table, point.source.address) == (Table.HOLDING_REGISTER, address)


@pytest.mark.parametrize(
    ("header", "written"),
    [
        ("地址", "4x0011"),
        ("地址", "4X40011"),
        ("地址", "400011"),
        ("地址", "0x000A"),
        ("地址", "000AH"),
        ("地址(hex)", "A"),
        ("地址(从0起)", "10"),
        ("地址（从1起）", "11"),
        ("PLC地址", "40011"),
    ],
)
def test_a_marked_address_needs_no_more_words(header: str, written: str, tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text(f"位号,站号,功能码,{header},类型\nPT-1,1,3,{written},uint16\n", encoding="utf-8")
    stanza, findings = imported(table, "--connection", "plc")
    assert stanza is not None, [fault.render() for fault in findings.faults]
    [point] = loaded(stanza, tmp_path).points
    assert isinstance(point.source, RegisterSource)
    assert point.source.address == 10


def test_both_readings_of_an_ambiguous_address_are_shown(tmp_path: Path) -> None:
    _, findings = imported(TABLES / "broken" / "modicon_or_not.csv", "--connection", "plc")
    first, second = (fault.text("zh") for fault in findings.faults)
    assert "40001 式，报文地址 0 (0x0000)；从 0 起，报文地址 40001 (0x9C41)" in first
    assert "从 0 起，报文地址 101 (0x0065)；从 1 起，报文地址 100 (0x0064)" in second
    assert "--address-base modicon" in first


@pytest.mark.parametrize(
    ("header", "cells", "words"),
    [
        ("长度(寄存器)", ("10", ""), ()),
        ("长度(字节)", ("20", ""), ()),
        ("Length (bytes)", ("19", ""), ()),
        ("长度", ("10", "2"), ()),  # a float32 takes two registers
        ("长度", ("20", "4"), ()),  # or four bytes
        ("长度", ("20字节", ""), ()),
        ("备注", ("", ""), ("--set", "length=10")),
    ],
)
def test_how_long_a_text_is_can_be_said(
    header: str, cells: tuple[str, str], words: tuple[str, ...], tmp_path: Path
) -> None:
    table = tmp_path / "t.csv"
    lines = [f"位号,站号,功能码,协议地址,类型,字序,{header}", f"SN-1,1,3,0,STRING,,{cells[0]}"]
    lines.append(f"FT-1,1,3,10,float32,ABCD,{cells[1]}")
    table.write_text("\n".join(lines), encoding="utf-8")
    stanza, findings = imported(table, "--connection", "plc", *words)
    assert stanza is not None, [fault.render() for fault in findings.faults]
    by_tag = {point.tag: point.source for point in loaded(stanza, tmp_path).points}
    assert by_tag["SN-1"] == RegisterSource(1, Table.HOLDING_REGISTER, 0, RegisterType.STRING, length=10)


def test_a_text_without_a_length_is_told_with_every_way_to_say_it(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("位号,站号,功能码,协议地址,类型\nSN-1,1,3,0,STRING\n", encoding="utf-8")
    [fault] = imported(table, "--connection", "plc")[1].faults
    for way in ("长度(字节)", "STRING[20]", "--set length=10"):
        assert way in fault.text("zh")


def test_both_readings_of_a_discrete_inputs_address_are_shown(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("位号,站号,功能码,地址\nYS-1,1,2,10001\nYS-2,1,2,10002\n", encoding="utf-8")
    stanza, findings = imported(table, "--connection", "plc")
    assert stanza is None
    [fault] = findings.faults
    assert "40001 式，报文地址 0 (0x0000)；从 0 起，报文地址 10001 (0x2711)" in fault.text("zh")


@pytest.mark.parametrize(
    ("written", "code", "mend"),
    [
        ("192.168.1.999", "table-host-wrong", "0 到 255"),
        ("http://10.0.0.1", "table-host-is-url", "例如 10.0.0.1，"),
        ("10.0.0.1:502", "table-host-with-port", "只写 10.0.0.1，502 另写一列 port"),
    ],
)
def test_an_address_that_is_none_is_refused_with_the_mend(
    written: str, code: str, mend: str, tmp_path: Path
) -> None:
    table = tmp_path / "t.csv"
    table.write_text(f"位号,IP,站号,功能码,地址,类型\nPT-1,{written},1,3,0,uint16\n", encoding="utf-8")
    stanza, findings = imported(table)
    assert stanza is None
    assert told(findings.faults) == [f"2:2 {code}"]
    assert mend in findings.faults[0].text("zh")


def test_what_a_table_leaves_out_can_be_said_beside_it(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("代号,地址,上限\nPT-1,0,9\n", encoding="utf-8")
    words = ["--map", "代号=tag", "--map", "上限=hi", "--set", "站号=4", "--set", "type=int16"]
    stanza, findings = imported(table, *words, "--set", "function=4", "--connection", "plc")
    assert stanza is not None, [fault.render() for fault in findings.faults]
    [point] = loaded(stanza, tmp_path).points
    assert point.source == RegisterSource(4, Table.INPUT_REGISTER, 0, RegisterType.INT16)


def test_a_wrong_default_is_told_where_it_was_said() -> None:
    table = TABLES / "broken" / "nothing_said.csv"
    words = ["--connection", "plc", "--set", "type=int16", "--set", "station=x", "--set", "function=3"]
    _, findings = imported(table, *words)
    assert any(fault.render("en").startswith("--set station=x:1:1:") for fault in findings.faults)


def test_the_stanza_is_checked_within_the_plant_that_it_is_for(tmp_path: Path) -> None:
    plant = tmp_path / "plant.yaml"
    plant.write_text(
        'plant: {id: P-1, name: 厂, region: "140800"}\n'
        "connections: {plc: {modbus-tcp: {host: 192.0.2.1}}}\n"
        "devices: {plc-1: {name: 旧, connection: plc, unit: 9, points: {a: {name: a, modbus: "
        "{address: 1, type: uint16}}}}}\n",
        encoding="utf-8",
    )
    table = tmp_path / "t.csv"
    table.write_text("位号,站号,功能码,地址,类型\nPT-1,1,3,0,uint16\n", encoding="utf-8")
    _, findings = imported(table, "--connection", "plc", "--plant", str(plant))
    assert told(findings.faults) == ["2:1 table-device-known"]
    _, findings = imported(table, "--connection", "plcc", "--plant", str(plant))
    assert told(findings.faults) == ["2:1 connection-unknown-near"]


OTHERS = """\
plant: {id: P-1, name: 厂, region: "140800"}
connections:
  plc: {modbus-tcp: {host: 192.0.2.1}}
  ua: {opcua: {endpoint: "opc.tcp://192.0.2.2"}}
devices:
  old: {name: 旧, connection: plc, unit: 1, points: {a: {name: a, modbus: {address: 7, type: uint16}}}}
  furnace: {name: 炉, connection: ua, points: {tilt: {name: 倾角, opcua: {id: "ns=2;s=tilt"}}}}
"""


@pytest.mark.parametrize(
    ("connection", "rows", "code"),
    [
        (
            "plc",
            "位号,站号,功能码,地址(从0起),类型\nA,1,3,0,int16\nB,1,3,7,int16\nC,1,3,9,int16\n",
            "devices",
        ),
        ("ua", "位号,节点号\nA,ns=2;s=a\nB,ns=2;s=tilt\nC,ns=2;s=c\n", "nodes"),
    ],
)
def test_a_clash_with_a_device_of_the_plant_is_told_at_the_row_of_the_point(
    connection: str, rows: str, code: str, tmp_path: Path
) -> None:
    plant, table = tmp_path / "plant.yaml", tmp_path / "t.csv"
    plant.write_text(OTHERS, encoding="utf-8")
    table.write_text(rows, encoding="utf-8")
    _, findings = imported(table, "--connection", connection, "--plant", str(plant))
    assert told(findings.faults) == [f"3:1 {code}-overlap"]
    assert findings.faults[0].place.file == str(table)


def test_a_node_that_stands_twice_is_told_at_the_second_row(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    rows = "A,ns=2;s=a,\nB,/2:P/2:b,\nC,ns=2;s=a,\nD,/2:P/b,\n"
    elements = 'E,ns=2;s=e,"{opcua: {index: 0}}"\nF,ns=2;s=e,"{opcua: {index: 1}}"\n'
    table.write_text(f"位号,节点号,其他(YAML)\n{rows}{elements}", encoding="utf-8")
    _, findings = imported(table, "--connection", "ua")
    assert told(findings.faults) == ["4:2 table-node-twice", "5:1 nodes-twice"]
    assert f"与 {table}:2:1 的“A”重复" in findings.faults[0].text("zh")


def test_the_command_prints_the_stanza_and_nothing_else_on_standard_output() -> None:
    table = str(TABLES / "sound" / "hosts.csv")
    code, out, err = run("points", "import", table)
    assert code == 0
    assert out.startswith("# hosts.csv  SHA-256 ")
    assert "3 points of 2 devices" in err


def test_a_table_with_faults_exits_3_and_writes_nothing(tmp_path: Path) -> None:
    out = tmp_path / "stanza.yaml"
    table = str(TABLES / "broken" / "duplicates.csv")
    code, printed, err = run("points", "import", table, "--connection", "plc", "--out", str(out))
    assert (code, printed) == (3, "")
    assert f"{table}:3:1: 位号“pt-1”重复" in err
    assert not out.exists()


def test_an_existing_file_is_not_overwritten_unasked(tmp_path: Path) -> None:
    out = tmp_path / "plant.yaml"
    out.write_text("mine")
    table = str(TABLES / "sound" / "hosts.csv")
    assert run("points", "import", table, "--out", str(out))[0] == 1
    assert out.read_text() == "mine"
    assert run("points", "import", table, "--out", str(out), "--force")[0] == 0
    assert out.read_text().startswith("# hosts.csv")
    assert list(tmp_path.iterdir()) == [out]


def test_an_unknown_field_is_wrong_usage_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        run("points", "import", "t.csv", "--map", "代号=tagg")
    assert end.value.code == 2


@pytest.mark.parametrize("seed", range(40))
def test_however_a_table_is_mangled_it_is_imported_whole_or_told_in_words(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    raw = bytearray(chance.choice(SOUND).read_bytes())
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(len(raw))
        raw[at : at + chance.randint(0, 6)] = chance.choice(
            [b"", b",", b"\n", b'"', b"\x00", b"\xff", b"\xb6", "，".encode(), b"40001", b"-", b"{"]
        )
    table = tmp_path / "mangled.csv"
    table.write_bytes(bytes(raw))
    stanza, findings = imported(table, "--connection", "plc")
    assert (stanza is None) == bool(findings.faults)
    assert all(fault.render() for fault in (*findings.faults, *findings.warnings))
    if stanza is not None:
        loaded(stanza, tmp_path)


def test_a_column_filled_with_one_address_is_told_row_by_row_and_not_pair_by_pair(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    rows = "".join(f"T-{n},1,3,7,uint16\n" for n in range(5000))
    table.write_text(f"位号,站号,功能码,地址(从0起),类型\n{rows}", encoding="utf-8")
    _, findings = imported(table, "--connection", "plc")
    assert {fault.code for fault in findings.faults} == {"table-address-twice"}
    assert len(findings.faults) == 4999
    _, _, err = run("points", "import", str(table), "--connection", "plc")
    assert "4499 more with --json" in err
