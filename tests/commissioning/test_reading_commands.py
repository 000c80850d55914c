"""`read` and `identify` against devices that do what a script says, over TCP, a pty and OPC UA."""

import asyncio
import fcntl
import json
import os
import re
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from agent.cli import target
from agent.commissioning.messages import QUALITIES
from agent.commissioning.reading import hexadecimal
from drivers.reading import Quality
from tests.commissioning.other_master import another_master, polling
from tests.commissioning.tables import run
from tests.drivers.opcua_server import endpoint, small_server
from tests.drivers.scripted import IDENTIFY, Reply, Request, Scripted, rtu_device, tcp_device

HEAD = 'plant: {id: P-1, name: 测试厂, region: "140800"}\n'
POINTS = """\
    points:
      flow: {name: 流量, unit: m3/h, range: [0, 200], modbus: {address: 6, type: float32, order: CDAB}}
      count: {name: 计数, modbus: {address: 8, type: uint16}}
      alarm: {name: 报警, modbus: {address: 9, type: bit, bit: 3}}
      far: {name: 远处, modbus: {address: 40, type: uint16}}
"""
REGISTERS = {6: 0x0A11, 7: 0x42C5, 8: 7, 9: 8}  # SUTO S418: `0A 11 42 C5` is 98.52


def answers(request: Request) -> Reply:
    if request.first == 40:
        return Reply(exception=2)
    return Reply(registers=tuple(REGISTERS[request.first + n] for n in range(request.count)))


def plant(folder: Path, connection: str, body: str = POINTS, *, unit: str = "    unit: 5\n") -> str:
    path = folder / "plant.yaml"
    device = f"devices:\n  d-1:\n    name: 设备\n    connection: c\n{unit}{body}"
    path.write_text(f"{HEAD}connections: {{c: {connection}}}\n{device}", encoding="utf-8")
    return str(path)


async def command(*words: str) -> tuple[int, str, str]:
    """Run a command beside the devices that this loop plays."""
    return await asyncio.to_thread(run, *words)


async def read(path: str, *words: str) -> tuple[int, str, str]:
    return await command("read", path, "d-1", "--state", "/nonexistent", *words)


async def test_raw_registers_stand_beside_what_they_mean(tmp_path: Path) -> None:
    async with tcp_device(Scripted(script=answers)) as port:
        path = plant(tmp_path, f"{{modbus-tcp: {{host: 127.0.0.1, port: {port}}}}}")
        code, out, _ = await read(path)
    lines = out.splitlines()
    flow = next(line for line in lines if line.startswith("flow"))
    assert flow.split() == [
        "flow",
        "流量",
        "6",
        "(40007)",
        "0A11",
        "42C5",
        "98.51966",
        "m3/h",
        "好",
        "/",
        "good",
    ]
    assert next(line for line in lines if line.startswith("alarm")).split()[2:6] == [
        "9.3",
        "(40010)",
        "0008",
        "True",
    ]
    assert "5/holding-register/6+4" in out
    assert code == 1, "one block was refused"


async def test_an_exception_is_told_in_words_with_the_mend_and_costs_only_its_block(tmp_path: Path) -> None:
    async with tcp_device(Scripted(script=answers)) as port:
        path = plant(tmp_path, f"{{modbus-tcp: {{host: 127.0.0.1, port: {port}}}}}")
        _, out, _ = await read(path)
    assert "! 从站 5 返回异常码 2（数据地址不存在）。请对照设备手册检查寄存器地址和功能码" in out
    far = next(line for line in out.splitlines() if line.startswith("far"))
    assert far.endswith("设备故障 / device fault")


async def test_a_program_gets_one_line_of_json_for_each_round(tmp_path: Path) -> None:
    with rtu_device(Scripted(rtu=True, script=answers)) as port:
        path = plant(tmp_path, f"{{modbus-rtu: {{port: {port}}}}}")
        code, out, err = await read(path, "--json", "--count", "3", "--every", "0.02")
    rounds = [json.loads(line) for line in out.splitlines()]
    assert len(rounds) == 3, err
    first, second = rounds[0]["blocks"]
    assert first["block"] == "5/holding-register/6+4"
    assert first["raw"] == "0A11 42C5 0007 0008"
    assert 0 < first["latency_s"] < 1
    assert first["points"][1] == {"id": "d-1.count", "raw": "0007", "value": 7, "unit": "", "quality": "good"}
    assert second["fault"]["en"].startswith("Unit 5 answered with exception 2")
    assert code == 1


async def test_what_a_device_says_of_itself_is_laid_on_its_values(tmp_path: Path) -> None:
    body = """\
    points:
      gas: {name: 浓度, unit: ppm, range: [0, 1000], modbus: {address: 2, type: uint16}}
      state:
        name: 状态
        modbus: {address: 40, type: uint16}
        states: {40: {name: 标定, quality: calibration}}
"""
    async with tcp_device(Scripted()) as port:  # every register holds its own address
        path = plant(tmp_path, f"{{modbus-tcp: {{host: 127.0.0.1, port: {port}}}}}", body)
        code, out, _ = await read(path, "--json")
    gas = json.loads(out)["blocks"][0]["points"][0]
    assert (gas["value"], gas["quality"]) == (2, "calibration")
    assert code == 0


async def test_a_silent_unit_is_told_with_its_time_out(tmp_path: Path) -> None:
    async with tcp_device(Scripted(script=lambda _: Reply(silent=True))) as port:
        path = plant(tmp_path, f"{{modbus-tcp: {{host: 127.0.0.1, port: {port}, timeout: 50 ms}}}}")
        code, out, _ = await read(path)
    assert code == 1
    assert "从站 5 在 0.05 秒内无应答" in out


async def test_a_serial_server_is_read_as_well(tmp_path: Path) -> None:
    async with tcp_device(Scripted(rtu=True, script=answers)) as port:
        path = plant(tmp_path, f"{{modbus-rtu-tcp: {{host: 127.0.0.1, port: {port}}}}}")
        _, out, _ = await read(path, "--json")
    assert json.loads(out)["blocks"][0]["raw"].startswith("0A11 42C5")


async def test_a_port_that_the_agent_holds_is_told_with_the_way_out(tmp_path: Path) -> None:
    with rtu_device(Scripted(rtu=True)) as port, held(port):
        path = plant(tmp_path, f"{{modbus-rtu: {{port: {port}}}}}")
        code, out, err = await read(path)
    assert (code, out) == (1, "")
    assert f"串口 {port} 正被其他程序占用" in err
    assert "systemctl stop edge-agent" in err
    assert "edge-agent status" in err


async def test_reading_what_never_answers_over_tcp_names_the_other_kind(tmp_path: Path) -> None:
    async with tcp_device(Scripted(script=lambda _: Reply(silent=True))) as port:
        tcp = plant(tmp_path, f"{{modbus-tcp: {{host: 127.0.0.1, port: {port}, timeout: 100 ms}}}}")
        silent = await read(tcp)
        asked = await command("identify", tcp, "d-1", "--state", "/nonexistent")
    async with tcp_device(Scripted(rtu=True, script=lambda _: Reply(drop=True))) as port:
        hung_up = await read(plant(tmp_path, f"{{modbus-rtu-tcp: {{host: 127.0.0.1, port: {port}}}}}"))
    assert "请改用 modbus-rtu-tcp" in silent[2]
    assert "请改用 modbus-rtu-tcp" in asked[2]
    assert "请改用 modbus-tcp" in hung_up[2]


async def test_another_master_is_named_and_neither_command_sends_anything(tmp_path: Path) -> None:
    device = Scripted(rtu=True, script=answers)
    with rtu_device(device) as port:
        path = plant(tmp_path, f"{{modbus-rtu: {{port: {port}}}}}")
        async with another_master(device, polling):
            answers_ = [
                await read(path),
                await command("identify", "--serial", port, "--unit", "5"),
                await command("identify", path, "d-1", "--state", "/nonexistent"),
            ]
    for code, out, err in answers_:
        assert (code, out) == (1, "")
        assert "线上已有主站在通信，参数 9600 8N1，它在询问：站号 12（功能码 3）" in err
    assert device.frames == [], "not a bit left"


async def test_a_master_of_another_speed_is_heard_and_left_alone(tmp_path: Path) -> None:
    device = Scripted(rtu=True, script=answers)
    with rtu_device(device) as port:
        path = plant(tmp_path, f"{{modbus-rtu: {{port: {port}}}}}")
        async with another_master(device, lambda: bytes.fromhex("F8 1C E0 7F 3C")):
            code, _, err = await read(path)
    assert code == 1
    assert "换其他参数再听" in err
    assert device.frames == []


async def test_who_says_that_the_line_is_his_reads_at_once(tmp_path: Path) -> None:
    with rtu_device(Scripted(rtu=True, script=answers)) as port:
        path = plant(tmp_path, f"{{modbus-rtu: {{port: {port}}}}}")
        _, out, err = await read(path, "--line-is-mine")
    assert "先听" not in err
    assert "flow" in out


@contextmanager
def held(port: str) -> Iterator[None]:
    """Hold a port as another program does: by a lock, which pyserial honours."""
    descriptor = os.open(port, os.O_RDWR | os.O_NOCTTY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


async def test_a_running_agent_on_the_same_connection_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(target, "ask", lambda _: {"links": [{"connection": "c"}]})
    async with tcp_device(Scripted(script=answers)) as port:
        path = plant(tmp_path, f"{{modbus-tcp: {{host: 127.0.0.1, port: {port}}}}}")
        _, out, err = await read(path)
    assert "网关正在运行并采集连接 c" in err
    assert "flow" in out, "it is allowed"


async def test_on_a_serial_line_nothing_is_said_of_tcp_connections(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(target, "ask", lambda _: {"links": [{"connection": "c"}]})
    with rtu_device(Scripted(rtu=True, script=answers)) as port, held(port):
        path = plant(tmp_path, f"{{modbus-rtu: {{port: {port}}}}}")
        for said in (await read(path), await command("identify", path, "d-1")):
            assert "TCP" not in said[2]
            assert "systemctl stop edge-agent" in said[2]


async def test_opc_ua_shows_status_codes_and_the_sources_own_time(tmp_path: Path, port: int) -> None:
    body = """\
    points:
      tilt: {name: 倾角, unit: °, opcua: {id: ns=2;s=tilt}}
      gone: {name: 不存在, opcua: {id: ns=2;s=gone}}
"""
    async with small_server(port, tilt=12.5):
        path = plant(tmp_path, f'{{opcua: {{endpoint: "{endpoint(port)}"}}}}', body, unit="")
        code, out, err = await read(path, "--json")
        text = (await read(path))[1]
    [block] = json.loads(out)["blocks"]
    tilt, gone = block["points"]
    assert (tilt["value"], tilt["quality"], tilt["status"]) == (12.5, "good", "Good")
    assert (gone["value"], gone["status"]) == (None, "BadNodeIdUnknown")
    assert "ns=2;s=gone" in block["notes"][0]["en"]
    assert code == 1, err
    assert "BadNodeIdUnknown" in text
    assert "! 没有数值的测点：d-1.gone" in text


async def test_a_device_that_is_not_there_and_a_faulty_file_have_codes_of_their_own(tmp_path: Path) -> None:
    path = plant(tmp_path, "{modbus-tcp: {host: 127.0.0.1}}")
    code, _, err = await command("read", path, "d-2")
    assert code == 2
    assert "是不是要写 d-1" in err
    assert (await command("read", str(tmp_path / "none.yaml"), "d-1"))[0] == 3


def identification(request: Request) -> Reply:
    assert request.function == IDENTIFY
    texts = {0: "霍尼艾格".encode("gbk"), 1: b"HNAG1000", 2: b"V2.1", 4: b"\x01\x02"}
    own = {n: text for n, text in texts.items() if request.first > 1 or n < 3}
    body = b"".join(struct.pack(">BB", n, len(text)) + text for n, text in own.items())
    return Reply(pdu=bytes((43, 14, request.first, 2, 0, 0, len(own))) + body)


async def test_what_a_device_says_of_itself_is_told_in_words() -> None:
    async with tcp_device(Scripted(script=identification)) as port:
        code, out, err = await command("identify", "--tcp", f"127.0.0.1:{port}", "--unit", "7")
        as_json = json.loads(
            (await command("identify", "--tcp", f"127.0.0.1:{port}", "--unit", "7", "--json"))[1]
        )
    assert code == 0, err
    assert "从站 / unit 7，符合级别 / conformity 2: 常规 / regular" in out
    assert [line.split()[-1] for line in out.splitlines()[2:]] == ["霍尼艾格", "HNAG1000", "V2.1", "02"]
    assert as_json["objects"][1] == {
        "object": 1,
        "name": "ProductCode",
        "text": "HNAG1000",
        "hex": b"HNAG1000".hex(),
    }


async def test_a_device_without_identification_is_no_alarming_matter(tmp_path: Path) -> None:
    with rtu_device(Scripted(rtu=True, script=lambda _: Reply(exception=1))) as port:
        code, out, err = await command("identify", "--serial", port, "--unit", "7")
        path = plant(tmp_path, f"{{modbus-rtu: {{port: {port}}}}}")
        from_file = await command("identify", path, "d-1", "--state", "/nonexistent")
    assert (code, out) == (1, "")
    assert "从站 7 不支持设备识别" in err
    assert "从站 5 不支持设备识别" in from_file[2]


async def test_a_device_that_is_silent_to_identification_alone_is_no_fault(tmp_path: Path) -> None:
    def old(request: Request) -> Reply:
        if request.function == IDENTIFY:
            return Reply(silent=True)
        return answers(request) if request.first else Reply(exception=2)

    device = Scripted(rtu=True, script=old)
    with rtu_device(device) as port:
        path = plant(tmp_path, f"{{modbus-rtu: {{port: {port}, timeout: 100 ms}}}}")
        code, out, err = await command("identify", path, "d-1", "--state", "/nonexistent")
        by_hand = await command("identify", "--serial", port, "--unit", "5", "--timeout", "0.1")
    assert (code, out) == (1, "")
    for said in (err, by_hand[2]):
        assert "从站 5 对设备识别（功能码 43/14）没有应答，但能应答读数" in said
        assert "不是故障" in said
        assert "检查其电源" not in said
    assert {request.first for request in device.requests if request.function == 3} <= {0, 6, 40}


async def test_a_device_that_hangs_up_on_identification_alone_is_no_fault() -> None:
    device = Scripted(script=lambda request: Reply(drop=request.function == IDENTIFY))
    async with tcp_device(device) as port:
        code, out, err = await command("identify", "--tcp", f"127.0.0.1:{port}", "--unit", "5")
    assert (code, out) == (1, "")
    assert "从站 5 被问到设备识别（功能码 43/14）就挂断连接，但能应答读数" in err


async def test_a_device_that_is_silent_to_everything_is_one(tmp_path: Path) -> None:
    with rtu_device(Scripted(rtu=True, script=lambda _: Reply(silent=True))) as port:
        path = plant(tmp_path, f"{{modbus-rtu: {{port: {port}, timeout: 100 ms}}}}")
        _, _, err = await command("identify", path, "d-1", "--state", "/nonexistent")
    [seconds] = re.findall(r"从站 5 在 ([\d.]+) 秒内无应答。请检查其电源", err)
    assert len(seconds) <= len("0.123"), "no six decimals in a sentence"


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["plant.yaml"],
        ["--tcp", "127.0.0.1"],
        ["--tcp", "127.0.0.1", "--unit", "300"],
        ["--tcp", "127.0.0.1:99999", "--unit", "1"],
        ["--tcp", "127.0.0.1", "--serial", "/dev/x", "--unit", "1"],
        ["--tcp", "127.0.0.1", "--unit", "1", "--timeout", "0"],
    ],
)
def test_half_an_address_is_wrong_usage(words: list[str]) -> None:
    code, out, err = run("identify", *words)
    assert (code, out) == (2, "")
    assert err


def test_identification_is_modbus_only(tmp_path: Path) -> None:
    body = "    points:\n      a: {name: a, opcua: {id: ns=2;s=a}}\n"
    path = plant(tmp_path, '{opcua: {endpoint: "opc.tcp://127.0.0.1"}}', body, unit="")
    code, _, err = run("identify", path, "d-1")
    assert code == 2
    assert "opcua browse" in err


def test_every_quality_has_its_words() -> None:
    assert set(QUALITIES) == set(Quality)


def test_registers_are_written_as_manuals_write_them() -> None:
    assert hexadecimal(bytes.fromhex("0a1142c5")) == "0A11 42C5"
    assert hexadecimal(b"") == ""
