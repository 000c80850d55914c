"""`edge-agent drill` in its shortest form, one drill at a time: real processes, real faults, the verdict.

Goal: each drill is passed on a sound agent, has really been played, and leaves
nothing behind. That a verdict goes red when something is missing is shown with
falsified accounts, in tests/simulator/test_drill_verdict.py.
"""

import asyncio
import re
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from simulator.drill.drills import DRILLS
from tests.support.require import require
from tests.system.site import AGENT
from tests.system.test_demo import of_this_demo

SECONDS = "12"

PLANT = """\
plant: {id: YC-TEST-1, name: {zh: 试验厂, en: Test plant}, region: "140800"}
connections: {plc: {modbus-tcp: {host: 192.0.2.1}}}
devices:
  co-1:
    name: {zh: 一氧化碳, en: CO}
    profile: gas-detector/co
    standard: GB 6222
    connection: plc
    unit: 1
    period: 500 ms
buffer: {commit_interval: 500 ms}
"""

UPLINKS = """\
uplinks:
  bureau:
    ministry-http:
      url: https://bureau.example.invalid/push
      appid: gw
      appsecret: "${env:APPSECRET}"
      sm4: {key: "${env:SM4}", iv: "${env:SM4}"}
      timeout: 2 s
    layout: ministry-sample
    heartbeat: 1 s
    reconnect_spread: 0 s
  county:
    mqtt: {host: county.example.invalid, timeout: 2 s, username: gw, password: "${credential:mqtt}"}
    layout: json
    heartbeat: 1 s
    reconnect_spread: 0 s
"""


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have the drills' scratch where it can be looked for."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


def a_plant(folder: Path, uplinks: str = UPLINKS) -> Path:
    path = folder / "plant.yaml"
    path.write_text(PLANT + uplinks, encoding="utf-8")
    return path


@asynccontextmanager
async def drilling(plant: Path, *words: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *(str(AGENT), "drill", str(plant), "--report", str(plant.parent / "report"), *words),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def drilled(plant: Path, *words: str) -> tuple[int | None, str]:
    async with drilling(plant, *words) as process:
        out, _ = await process.communicate()
    return process.returncode, out.decode()


PLAYED = {
    "kill": [r"killed \(SIGKILL\) 3 times, never while starting: \d with backlog"],
    "platform": [r"bureau: threw [1-9]\d* confirmed messages away"],
    "disk": [r"for 4\.2 s"],
    "store": [r"header and 2 records", r"recorded gaps: damage [12],", r"damaged, told [1-9]"],
}
KEPT = "link"
"""Played below, with a folder of its own."""


@pytest.mark.parametrize("name", [name for name in DRILLS if name != KEPT])
async def test_a_drill_is_passed_and_leaves_its_verdict_and_nothing_else(
    tmp_path: Path, scratch: Path, name: str
) -> None:
    require("mosquitto")
    code, said = await drilled(a_plant(tmp_path), "--only", name, "--seconds", SECONDS)

    assert code == 0, said
    assert all(re.search(each, said) for each in PLAYED[name]), said
    if name != "kill":  # there most of this short time may go into starting again
        assert re.search(r"alarms due [1-9]", said), said
    (report,) = (tmp_path / "report").iterdir()
    assert "All passed" in report.read_text(encoding="utf-8")
    assert list(scratch.iterdir()) == []
    assert of_this_demo(scratch) == []


async def test_an_interrupted_drill_leaves_no_process_and_no_scratch(tmp_path: Path, scratch: Path) -> None:
    async with drilling(a_plant(tmp_path), "--only", "disk", "--seconds", "60") as process:
        assert process.stdout is not None
        while b"to be sent" not in await process.stdout.readline():
            pass
        process.send_signal(signal.SIGINT)
        out, _ = await process.communicate()

    assert process.returncode == 130
    assert "interrupted" in out.decode()
    assert list(scratch.iterdir()) == []
    assert of_this_demo(scratch) == []


async def test_a_plant_without_uplinks_is_refused_with_the_mend(tmp_path: Path) -> None:
    code, said = await drilled(a_plant(tmp_path, ""))

    assert code == 1
    assert "there are no uplinks" in said
    assert "没有 uplinks" in said


async def test_codes_that_cannot_be_read_are_told_at_their_place(tmp_path: Path) -> None:
    (tmp_path / "codes.csv").write_bytes("测点,编码\n".encode("utf-16"))
    uplinks = UPLINKS.replace("layout: json", "layout: json\n    codes: codes.csv")
    code, said = await drilled(a_plant(tmp_path, uplinks))

    assert code == 3
    assert "codes.csv" in said


@pytest.mark.parametrize("words", [("--only", "flood"), ("--seconds", "3")])
async def test_wrong_usage_is_exit_code_2_and_says_what_there_is(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    code, said = await drilled(a_plant(tmp_path), *words)

    assert code == 2
    assert "kill, link, platform, disk, store" in said or "at least 12" in said


async def test_a_folder_that_is_no_drill_s_is_never_emptied(tmp_path: Path) -> None:
    ours = tmp_path / "state" / "store" / "outbox.db"
    ours.parent.mkdir(parents=True)
    ours.write_text("the plant's own")
    code, said = await drilled(a_plant(tmp_path), "--only", "store", "--state", str(tmp_path / "state"))

    assert code == 1
    assert "not a folder of a drill" in said
    assert ours.read_text() == "the plant's own"


async def test_with_a_state_folder_the_logs_and_stores_are_kept(tmp_path: Path) -> None:
    require("mosquitto")
    words = ("--only", KEPT, "--seconds", SECONDS, "--state", str(tmp_path / "state"))
    code, said = await drilled(a_plant(tmp_path), *words)

    assert code == 0, said
    assert re.search(r"swallowed everything for 5\.4 s", said), said
    assert re.search(r"alarms due [1-9]", said), said
    kept = tmp_path / "state" / KEPT
    assert (kept / "agent.log").is_file()
    assert (kept / "state" / "outbox.db").is_file()
    assert of_this_demo(kept) == []
