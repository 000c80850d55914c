"""`edge-agent probe` on lines and behind addresses: finds what is there, and leaves other masters alone.

Lines are ptys: the simulated one answers noise where its speed is not met, so that the
speed has to be found; the scripted one brings whatever a test wants it to.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from agent.commissioning.address import Base
from agent.commissioning.candidates import Setting
from agent.commissioning.found_stanza import connection_stanza, lasting_name
from agent.commissioning.line_scan import LineScan
from agent.commissioning.register_range import registers_meant
from agent.commissioning.unit_scan import UNLIKELY_UNITS
from config.load import load_plant
from config.modbus_link import ModbusRtu, ModbusTcp
from config.source import Table
from drivers.clock import SystemClock
from tests.commissioning.other_master import another_master, polling
from tests.commissioning.steps import Steps
from tests.commissioning.tables import run
from tests.commissioning.test_reading_commands import held
from tests.drivers.scripted import Reply, Request, Scripted, rtu_device, tcp_device, with_crc
from tests.simulator.plants import detector, plant
from tests.simulator.playing import playing


async def command(*words: str) -> tuple[int, str, str]:
    return await asyncio.to_thread(run, "probe", *words)


def line_of(baudrate: int) -> ModbusRtu:
    return ModbusRtu(port="/dev/ttyUSB0", baudrate=baudrate, timeout="200 ms")


@pytest.mark.parametrize("baudrate", [9600, 4800])
async def test_speed_and_units_of_a_line_are_found_and_can_be_pasted(baudrate: int, tmp_path: Path) -> None:
    sites = plant({"line": line_of(baudrate)}, detector("co-3", "line", 3), detector("co-18", "line", 18))
    async with playing(sites, tmp_path) as played:
        port = played.connections["line"]["modbus-rtu"]["port"]
        words = ("--serial", port, "--units", "1-4,17-19", "--baud", "9600,4800", "--timeout", "0.05")
        code, out, err = await command(*words, "--parity", "none")
    assert code == 0, err
    assert f"串口参数：{baudrate} 8N1" in out
    rows = [line.split()[:3] for line in out.splitlines() if line.strip().startswith(("3 ", "18 "))]
    assert rows == [["3", "数值", "/"], ["18", "数值", "/"]]
    assert "edge-agent simulator" in out, "43/14 is asked of every unit that is found"
    assert "以下粘贴到配置文件中 connections: 这一行的下面" in out
    stanza = "connections:\n" + out[out.index("  line:") :]
    found = yaml.safe_load(stanza)["connections"]["line"]["modbus-rtu"]
    assert found == {"port": port, "baudrate": baudrate, "parity": "none"}
    devices = "devices: {d: {name: d, connection: line, unit: 3, profile: tb260}}\n"
    file = tmp_path / "plant.yaml"
    file.write_text('plant: {id: P-1, name: 厂, region: "140800"}\n' + stanza + devices, encoding="utf-8")
    settings = load_plant(file, profile_dirs=()).connections["line"]
    assert isinstance(settings, ModbusRtu)
    assert (settings.port, settings.baudrate) == (port, baudrate)


async def test_how_long_it_takes_is_said_beforehand_and_only_reads_leave() -> None:
    device = Scripted(rtu=True, script=lambda request: Reply(silent=request.unit != 2))
    with rtu_device(device) as port:
        code, _, err = await command("--serial", port, "--units", "1-3", "--baud", "9600", "--parity", "none")
    assert code == 0
    said = err.index("将试 1 种串口参数、站号 1-3：有设备应答约 1 秒，全无应答最长 1 秒")
    assert err.index("先听 0.15 秒") < said < err.index("站号 2 有应答")
    assert {request.function for request in device.requests} == {3, 43}
    assert [request.unit for request in device.requests if request.function == 3] == [1, 2, 3]


async def test_the_time_that_is_said_is_the_time_it_takes() -> None:
    clock = SystemClock()
    settings = [Setting(9600, "none"), Setting(19200, "none")]
    with rtu_device(Scripted(rtu=True, script=lambda _: Reply(silent=True))) as port:
        line = ModbusRtu(port=port, timeout="60 ms")
        scan = LineScan(line, settings, [1, 2, 3, 20], Table.HOLDING_REGISTER)
        begun_ns = clock.monotonic_ns()
        steps = Steps()
        found = await scan.run(clock, steps)
        took_s = (clock.monotonic_ns() - begun_ns) / 1e9
    assert found.setting is None
    assert steps.questions == scan.questions == 8
    assert 0.7 * scan.longest_s < took_s < 1.5 * scan.longest_s


async def test_nobody_there_is_told_with_what_to_look_at() -> None:
    with rtu_device(Scripted(rtu=True, script=lambda _: Reply(silent=True))) as port:
        words = ("--units", "1-2", "--baud", "9600", "--parity", "none", "--timeout", "0.05")
        code, out, err = await command("--serial", port, *words)
    assert (code, out) == (1, "")
    assert "没有任何设备应答。请检查：电源；A/B 是否接反" in err


async def test_bytes_that_cannot_be_read_are_a_sign_of_life() -> None:
    with rtu_device(Scripted(rtu=True, script=lambda _: Reply(broken=True))) as port:
        words = ("--units", "7", "--baud", "9600", "--parity", "none", "--timeout", "0.05")
        code, _, err = await command("--serial", port, *words)
    assert code == 1
    assert "在 9600 8N1 下收到了字节但读不出来" in err


async def test_another_master_is_named_and_nothing_is_sent() -> None:
    device = Scripted(rtu=True)
    with rtu_device(device) as port:
        async with another_master(device, polling):
            code, out, err = await command("--serial", port)
    assert (code, out) == (1, "")
    assert "线上已有主站在通信，参数 9600 8N1，它在询问：站号 12（功能码 3）" in err
    assert "--line-is-mine" in err
    assert device.frames == [], "not a bit left"


async def test_a_device_that_sends_unasked_is_named_and_not_called_noise() -> None:
    device = Scripted(rtu=True)
    with rtu_device(device) as port:
        async with another_master(device, lambda: with_crc(bytes.fromhex("01 03 04 00 0A 00 0B"))):
            code, out, err = await command("--serial", port)
    assert (code, out) == (1, "")
    assert "听到站号 1 的完整应答报文（参数 9600 8N1），却没有听到谁在询问：设备处于主动上传模式" in err
    assert "干扰" not in err
    assert device.frames == [], "not a bit left"


async def test_a_talk_that_nobody_understands_is_left_alone_too() -> None:
    device = Scripted(rtu=True)
    with rtu_device(device) as port:
        async with another_master(device, lambda: bytes.fromhex("F8 1C E0 7F 3C")):
            code, _, err = await command("--serial", port, "--baud", "9600,19200", "--parity", "none")
    assert code == 1
    assert "换其他参数再听" in err
    assert "但哪种参数都读不出报文" in err
    assert device.frames == []


async def test_where_one_setting_is_given_no_other_is_said_to_be_listened_at() -> None:
    device = Scripted(rtu=True)
    with rtu_device(device) as port:
        async with another_master(device, lambda: bytes.fromhex("F8 1C E0 7F 3C")):
            code, _, err = await command("--serial", port, "--baud", "9600", "--parity", "none")
    assert code == 1
    assert "换其他参数再听" not in err
    assert "但按 9600 8N1 读不出报文" in err
    assert device.frames == []


async def test_a_stray_byte_is_no_talk() -> None:
    device = Scripted(rtu=True)
    with rtu_device(device) as port:
        assert device.say is not None
        device.say(b"\xff")
        words = ("--units", "1", "--baud", "9600", "--parity", "none")
        code, out, _ = await command("--serial", port, *words)
    assert code == 0, out


async def test_who_says_that_the_line_is_his_is_believed() -> None:
    device = Scripted(rtu=True)
    with rtu_device(device) as port:
        words = ("--units", "1", "--baud", "9600", "--parity", "none", "--line-is-mine")
        code, out, err = await command("--serial", port, *words)
    assert code == 0
    assert "先听" not in err
    assert "9600 8N1" in out


async def test_a_port_that_the_agent_holds_is_not_touched() -> None:
    device = Scripted(rtu=True)
    with rtu_device(device) as port, held(port):
        code, _, err = await command("--serial", port)
        mine = await command("--serial", port, "--line-is-mine")
    assert code == mine[0] == 1
    assert "正被其他程序占用" in err
    assert "systemctl stop edge-agent" in mine[2]
    assert device.frames == []


async def test_units_behind_a_gateway_are_found_and_its_own_exceptions_are_not_theirs() -> None:
    def gateway(request: Request) -> Reply:
        if request.unit in (1, 5):
            return Reply()
        return Reply(exception=11 if request.unit % 2 else 2 if request.unit == 8 else 10)

    async with tcp_device(Scripted(script=gateway)) as port:
        code, out, err = await command("--tcp", f"127.0.0.1:{port}", "--units", "1-9", "--json")
    assert code == 0, err
    answer = json.loads(out)
    assert [(unit["unit"], unit["exception"]) for unit in answer["units"]] == [(1, None), (5, None), (8, 2)]
    connection = yaml.safe_load(answer["stanza"])["connections"]["plc"]
    assert connection == {"modbus-tcp": {"host": "127.0.0.1", "port": port}}


async def test_a_device_that_ignores_the_unit_id_is_told_at_once() -> None:
    device = Scripted()
    async with tcp_device(device) as port:
        code, out, err = await command("--tcp", f"127.0.0.1:{port}")
    assert code == 0
    assert "该设备对任何站号都应答" in err
    reads = [request.unit for request in device.requests if request.function == 3]
    assert reads == list(UNLIKELY_UNITS)
    assert "# 站号 / units: 1" in out


async def test_a_unit_that_answers_late_is_found_all_the_same() -> None:
    late = Scripted(script=lambda request: Reply(silent=request.unit > 2, delay_s=0.12 * (request.unit == 1)))
    async with tcp_device(late) as port:
        words = ("--units", "1-4", "--timeout", "0.08", "--json")
        _, out, _ = await command("--tcp", f"127.0.0.1:{port}", *words)
    assert [unit["unit"] for unit in json.loads(out)["units"]] == [1, 2]


async def test_a_serial_server_is_probed_without_listening() -> None:
    device = Scripted(rtu=True, script=lambda request: Reply(silent=request.unit != 2))
    async with tcp_device(device) as port:
        words = ("--units", "1-3", "--timeout", "0.05")
        code, out, err = await command("--rtu-tcp", f"127.0.0.1:{port}", *words)
    assert code == 0, err
    assert "modbus-rtu-tcp" in out


async def test_registers_are_shown_in_every_reading_of_a_server_that_we_did_not_write() -> None:
    blocks = [
        SimData(0, values=[17.5, 98.52, 0.35], datatype=DataType.FLOAT32),
        SimData(6, values=[372, 748], datatype=DataType.REGISTERS),
    ]
    async with served(SimDevice(1, blocks)) as port:
        words = ("--tcp", f"127.0.0.1:{port}", "--unit", "1", "--registers", "0-9")
        code, out, err = await command(*words)
        as_json = json.loads((await command(*words, "--json"))[1])
    assert code == 0, err
    lines = {line.split()[0]: line for line in out.splitlines() if line[:1].isdigit()}
    assert "*98.52" in lines["2"]
    assert "(40003)" in lines["2"]
    assert "*37.2" in lines["6"]
    assert "浮点数最可能的字序：ABCD，从偶数地址起" in out
    assert "设备没有这些地址：8-9" in out
    assert as_json["floats"] == {"order": "ABCD", "first": "even"}
    assert as_json["missing"] == [8, 9]
    reading = as_json["readings"][2]
    assert reading["readings"]["float32 ABCD"] == 98.52
    assert reading["likely"] == ["float32 ABCD"]


@asynccontextmanager
async def served(*devices: SimDevice) -> AsyncIterator[int]:
    """Serve devices by pymodbus's own server."""
    server = ModbusTcpServer(list(devices), address=("127.0.0.1", 0))
    await server.serve_forever(background=True)
    try:
        assert server.transport is not None
        yield server.transport.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
    finally:
        await server.shutdown()  # type: ignore[no-untyped-call]


async def test_bits_are_shown_sixteen_to_a_line() -> None:
    async with tcp_device(Scripted()) as port:
        words = ("--unit", "1", "--registers", "0-20", "--table", "coil")
        code, out, _ = await command("--tcp", f"127.0.0.1:{port}", *words)
    assert code == 0
    assert out.splitlines()[1] == "0 (00001)       0 1 0 1 0 1 0 1 0 1 0 1 0 1 0 1"
    assert out.splitlines()[2] == "16 (00017)      0 1 0 1 0 · · · · · · · · · · ·"


async def test_addresses_in_the_40001_style_are_asked_back_with_both_readings() -> None:
    device = Scripted()
    async with tcp_device(device) as port:
        words = ("--tcp", f"127.0.0.1:{port}", "--unit", "1", "--registers", "40001-40004")
        code, out, err = await command(*words)
        asked = list(device.requests)
        as_modicon = await command(*words, "--address-base", "modicon")
        on_wire = await command(*words, "--address-base", "0")
    assert (code, out, asked) == (2, "", [])
    assert "40001 有两种读法：40001 式，即 holding-register 区的报文地址 0；或报文地址 40001" in err
    assert "40001 can be read in two ways" in err
    assert "\n0 (40001)" in as_modicon[1]
    assert "\n40001 (440002)" in on_wire[1]


@pytest.mark.parametrize(
    ("text", "options", "meant"),
    [
        ("0-2,7", {}, (Table.HOLDING_REGISTER, [0, 1, 2, 7])),
        ("0x10-0x11", {"table": Table.INPUT_REGISTER}, (Table.INPUT_REGISTER, [16, 17])),
        ("400001-400002", {}, (Table.HOLDING_REGISTER, [0, 1])),
        ("30001-30002", {"base": Base.MODICON}, (Table.INPUT_REGISTER, [0, 1])),
        ("1-2", {"base": Base.ONE}, (Table.HOLDING_REGISTER, [0, 1])),
    ],
)
def test_what_is_written_of_registers_is_what_is_read(
    text: str, options: dict[str, Any], meant: tuple[Table, list[int]]
) -> None:
    assert registers_meant(text, **{"table": None, "base": None, **options}) == meant


@pytest.mark.parametrize("text", ["5-1", "x", "", "300001,400001", "65536-65537"])
def test_what_is_no_range_of_one_table_is_refused_in_words(text: str) -> None:
    code, _, err = run("probe", "--tcp", "127.0.0.1", "--unit", "1", "--registers", text)
    assert code == 2
    assert "不是同一寄存器区的地址；请写" in err


async def test_registers_of_a_silent_unit_are_told_with_the_way_on() -> None:
    async with tcp_device(Scripted(script=lambda _: Reply(silent=True))) as port:
        words = ("--unit", "9", "--registers", "0-9", "--timeout", "0.05")
        code, out, err = await command("--tcp", f"127.0.0.1:{port}", *words)
    assert (code, out) == (1, "")
    assert "站号 9 没有应答。先用 probe 不带 --registers" in err


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--tcp", "a", "--serial", "b"],
        ["--tcp", "a", "--unit", "1"],
        ["--tcp", "a", "--registers", "0-9"],
        ["--tcp", "a", "--unit", "1", "--registers", "9-0"],
        ["--tcp", "a", "--unit", "1", "--registers", "0-70000"],
        ["--tcp", "a", "--units", "0-256"],
        ["--serial", "a", "--units", "0", "--line-is-mine"],
        ["--serial", "a", "--unit", "1", "--registers", "0-9"],
        ["--tcp", "a", "--unit", "1", "--registers", "0-9", "--at-once", "0"],
        ["--tcp", "a:b"],
    ],
    ids=" ".join,
)
def test_half_a_wish_is_wrong_usage(words: list[str]) -> None:
    code, out, err = run("probe", *words)
    assert (code, out) == (2, "")
    assert err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--units", "0"], "--units 0 不行；请写 1 到 247 的整数"),
        (["--units", "7-3"], "--units 7-3 不行"),
        (["--at-once", "0"], "--at-once 请写 1 到 2000"),
        (["--unit", "300", "--registers", "0", "--baud", "9600", "--parity", "none"], "请写 0 到 255"),
    ],
)
def test_a_slip_of_the_pen_is_told_in_words_before_the_line_is_listened_to(
    words: list[str], says: str
) -> None:
    code, _, err = run("probe", "--serial", "/dev/none", *words)
    assert code == 2
    assert says in err
    assert "先听" not in err


@pytest.mark.parametrize("option", [["--baud", "9601"], ["--parity", "mark"], ["--stopbits", "3"]])
def test_a_setting_that_no_line_has_is_refused(option: list[str]) -> None:
    with pytest.raises(SystemExit) as end:
        run("probe", "--serial", "a", *option)
    assert end.value.code == 2


def test_a_port_is_written_under_its_lasting_name(tmp_path: Path) -> None:
    by_id = tmp_path / "by-id"
    by_id.mkdir()
    port = tmp_path / "ttyUSB0"
    port.touch()
    (by_id / "usb-FTDI_0").symlink_to(port)
    assert lasting_name(str(port), by_id) == str(by_id / "usb-FTDI_0")
    assert lasting_name("/dev/ttyS9", by_id) == "/dev/ttyS9"
    stanza = connection_stanza(ModbusRtu(port=str(port), baudrate=4800, stopbits=2), [3], by_id=by_id)
    written = yaml.safe_load(stanza)["connections"]["line"]["modbus-rtu"]
    assert written == {
        "port": str(by_id / "usb-FTDI_0"),
        "baudrate": 4800,
        "parity": "none",
        "stopbits": 2,
    }


def test_a_tcp_device_needs_only_its_host() -> None:
    stanza = connection_stanza(ModbusTcp(host="192.168.1.2"), [])
    assert yaml.safe_load(stanza) == {"connections": {"plc": {"modbus-tcp": {"host": "192.168.1.2"}}}}
