"""`edge-agent plan`, and what `check` says of lines that are asked for more than they can carry."""

import json
from pathlib import Path
from typing import Any

import pytest

from agent.cli.main import main
from agent.commissioning.width import width
from config.library import SHIPPED

DEMO = SHIPPED.parent / "plants" / "demo.yaml"
HEAD = """\
plant: {id: P-1, name: 测试厂, region: "140800"}
connections:
  line:
    modbus-rtu: {port: /dev/serial/by-id/usb-a, %s}
  plc: {modbus-tcp: {host: 192.168.1.2}}
devices:
"""


def plant(
    folder: Path, count: int, *, connection: str = "line", period: str = "1 s", line: str = "baudrate: 9600"
) -> Path:
    path = folder / "plant.yaml"
    devices = [
        f"  co-{n}: {{name: 探头{n}, connection: {connection}, unit: {n}, period: {period}, "
        "points: {p: {name: p, modbus: {address: 0, type: uint16}}}}\n"
        for n in range(1, count + 1)
    ]
    path.write_text(HEAD % line + "".join(devices), encoding="utf-8")
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def checked(capsys: pytest.CaptureFixture[str], path: Path) -> tuple[int, dict[str, Any]]:
    code, out, _ = run(capsys, "check", path, "--json")
    return code, json.loads(out)


def test_the_demo_plant_is_shown_request_by_request(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "plan", DEMO, "--lang", "en")
    assert (code, err) == (0, "")
    assert "gas-line  /dev/serial/by-id/usb-FTDI_USB-RS485_AB0CDEFG-if00-port0 9600 8N1\n" in out
    assert "\n  11  holding-register  0 (0x0000)      1     1 s  49.3 ms  co-11.concentration\n" in out
    assert "hood-water: inlet-flow, inlet-pressure, inlet-temperature, … (4)" in out
    assert "a second, 25.1 % of the time (an estimate: 20 ms for each answer; answer_time states it)" in out
    assert "furnaces  opc.tcp://192.168.10.30:4840\n14 points; the server reports changes" in out


@pytest.mark.parametrize("language", ["zh", "en", "both"])
def test_columns_align_although_chinese_is_twice_as_wide(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, language: str
) -> None:
    _, out, _ = run(capsys, "plan", plant(tmp_path, 11), "--lang", language)
    lines = out.splitlines()[1:13]
    ends = {width(line[: line.rindex("co-")]) for line in lines[1:]}
    assert ends == {width(lines[0][: lines[0].rindex("测点" if language != "en" else "points")])}


def test_a_period_the_line_cannot_hold_is_a_fault_at_the_connection(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = plant(tmp_path, 40)  # 40 × 49 ms
    code, answer = checked(capsys, path)
    assert (code, answer["valid"]) == (3, False)
    (fault,) = answer["faults"]
    assert (fault["line"], fault["column"], fault["code"]) == (3, 3, "line-overloaded")
    assert "1.97 s of every second (40 requests)" in fault["en"]
    assert "about 2.9 times as long" in fault["en"]
    code, out, err = run(capsys, "plan", path, "--lang", "zh")
    assert code == 3
    assert "占用率 197.1%" in out
    assert "plant.yaml:3:3: 线路“line”每秒要忙 1.97 秒" in err


def test_the_mend_that_is_told_mends_it(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert checked(capsys, plant(tmp_path, 40, period="2.9 s"))[0] == 0
    fast = "baudrate: 115200, answer_time: 5 ms"
    assert checked(capsys, plant(tmp_path, 40, line=fast))[0] == 0


def test_a_line_that_is_nearly_full_is_a_warning(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, answer = checked(capsys, plant(tmp_path, 16))
    assert (code, answer["faults"]) == (0, [])
    (warning,) = [w for w in answer["warnings"] if w["code"].startswith("line-")]
    assert (warning["line"], warning["code"]) == (3, "line-nearly-full")
    assert "busy for about 79 % of the time" in warning["en"]


def test_what_is_only_assumed_of_a_network_is_no_fault(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, answer = checked(capsys, plant(tmp_path, 20, connection="plc", period="100 ms"))
    assert code == 0
    (warning,) = [w for w in answer["warnings"] if w["code"].startswith("line-")]
    assert (warning["line"], warning["code"]) == (5, "line-overloaded-perhaps")
    assert "10 ms assumed for each" in warning["en"]


def test_points_that_cannot_be_read_evenly_are_a_fault_at_their_device(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = plant(tmp_path, 1)
    path.write_text(path.read_text().replace("points:", "modbus: {even_count: true}, points:"))
    code, answer = checked(capsys, path)
    (fault,) = answer["faults"]
    assert (code, fault["line"], fault["code"]) == (3, 7, "points-unreadable")
    assert "co-1.p" in fault["zh"]
    readable = path.read_text().replace("even_count: true", "even_count: true, readable: [1]")
    path.write_text(readable)
    assert checked(capsys, path)[0] == 0


def test_a_program_can_read_the_plan(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, out, err = run(capsys, "plan", plant(tmp_path, 16), "--json")
    assert (code, err) == (0, "")
    answer = json.loads(out)
    line = answer["connections"][0]
    assert (line["id"], line["requests_per_s"], line["assumed_ms"]) == ("line", 16, 20)
    assert line["blocks"][0] == {
        "name": "1/holding-register/0+1",
        "unit": 1,
        "table": "holding-register",
        "first": 0,
        "count": 1,
        "period_s": 1,
        "takes_ms": 49.271,
        "points": ["co-1.p"],
    }
    assert [finding["code"] for finding in answer["findings"]] == ["line-nearly-full"]


def test_a_faulty_file_has_no_plan(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "plant.yaml"
    path.write_text("plant: {id: P-1}\n")
    code, out, err = run(capsys, "plan", path)
    assert (code, out) == (3, "")
    assert "plant.yaml:1:1" in err
