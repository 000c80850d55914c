"""A scenario has its time line over the wire too: which alarms, in which order, how long after the event.

Agent and plant run together, over real sockets, many times as fast as real time. What is
expected of each scenario stands in time_lines.py.
"""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from simulator.demo.store_reader import read_points
from tests.system.test_secured_simulation import PLANT as SECURED_PLANT
from tests.system.time_lines import EVIDENCE, EXPECTED

PLANTS: Final = Path(__file__).parents[2] / "config" / "plants"
SPEEDS: Final = {"aluminium": "60", "steel": "60", "dust": "120"}

pytestmark = pytest.mark.timeout(180)


OVER_THE_WIRE: Final = (
    ("aluminium", "cooling-water-loss"),
    ("steel", "gas-supply-loss"),
    ("dust", "bag-burst"),
)
"""One of each sector; all of them, without a wire: test_time_lines.py."""


async def rehearse(plant: Path, scenario: str, *options: str) -> tuple[int, str, str]:
    """Return exit code, standard output and standard error of the command."""
    words = ("rehearse", str(plant), "--scenario", scenario, *options)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "agent.cli.main", *words, stdout=PIPE, stderr=PIPE
    )
    out, errors = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), errors.decode()


async def time_line(plant: str, scenario: str, *options: str) -> Mapping[str, Any]:
    path = PLANTS / f"{plant}.yaml"
    code, out, errors = await rehearse(path, scenario, "--speed", SPEEDS[plant], "--json", *options)
    assert code == 0, errors
    line: Mapping[str, Any] = json.loads(out)
    return line


WITHOUT_BASELINE: Final[Mapping[str, set[str]]] = {
    "aluminium": set(),
    "steel": set(),
    "dust": {"dust-1.off-baseline", "dust-2.off-baseline", "dust-3.off-baseline"},
}
"""In a rehearsal nobody has recorded a baseline, and that is told."""


def unwatched(line: Mapping[str, Any]) -> set[str]:
    return {alarm["rule"] for alarm in line["not_evaluated"]}


def proved(line: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Return the verdicts on the effects of each interlock that was set off."""
    return {
        each["rule"]: {effect["effect"]: effect["verdict"] for effect in each["effects"]}
        for each in line["interlocks"]
    }


def story(line: Mapping[str, Any]) -> str:
    """Return the alarms on lines of their own, for whoever has to find out why a test fails."""
    return "\n".join(f"{a['raised_s']} {a['rule']} {a['delay_s']} {a['cleared_s']}" for a in line["alarms"])


@pytest.mark.parametrize(("plant", "scenario"), OVER_THE_WIRE, ids=["-".join(e) for e in OVER_THE_WIRE])
async def test_a_scenario_has_its_time_line(plant: str, scenario: str) -> None:
    expected = EXPECTED[plant, scenario]
    line = await time_line(plant, scenario)
    left = list(line["alarms"])
    assert len(left) == sum(len(each.rules) for each in expected), story(line)
    for each in expected:
        now, left = left[: len(each.rules)], left[len(each.rules) :]
        assert {alarm["rule"] for alarm in now} == each.rules, story(line)
        assert all(each.from_s <= alarm["delay_s"] <= each.to_s for alarm in now), story(line)
    assert all(alarm["cleared_s"] is not None for alarm in line["alarms"]), story(line)
    assert unwatched(line) == WITHOUT_BASELINE[plant]
    assert proved(line) == EVIDENCE.get((plant, scenario), {})


@pytest.mark.parametrize("plant", SPEEDS)
async def test_calm_minutes_of_each_sector_have_no_alarm(plant: str, tmp_path: Path) -> None:
    """From the first reading on, at a pace that a busy machine holds; a whole day: test_normal_day.py."""
    await _calm(plant, tmp_path, 15 * 60)


@pytest.mark.soak
@pytest.mark.timeout(900)
@pytest.mark.parametrize("plant", SPEEDS)
async def test_hours_of_each_sector_have_no_alarm(plant: str, tmp_path: Path) -> None:
    """Casts, cleanings, heats, for a hundred times as long as is asked for, in the plant's own time."""
    await _calm(plant, tmp_path, 100 * int(os.environ.get("SOAK_SECONDS", "60")))


async def _calm(plant: str, folder: Path, seconds: int) -> None:
    scenario = folder / "calm.yaml"
    scenario.write_text(f"duration: {seconds} s\n", encoding="utf-8")
    speed = SPEEDS[plant]
    code, out, errors = await rehearse(PLANTS / f"{plant}.yaml", str(scenario), "--speed", speed, "--json")
    assert code == 0, errors
    line = json.loads(out)
    assert line["alarms"] == [], story(line)
    assert unwatched(line) == WITHOUT_BASELINE[plant]


async def test_a_leak_beyond_the_scale_stays_an_alarm_and_shows_on_the_page(tmp_path: Path) -> None:
    scenario = tmp_path / "leak.yaml"
    scenario.write_text(
        "duration: 4 min\nevents: [{at: 30 s, until: 3 min, device: co-11, do: leak, to: 1500 ppm}]\n",
        encoding="utf-8",
    )
    page, state = tmp_path / "leak.html", tmp_path / "state"
    line = await time_line("steel", str(scenario), "--out", str(page), "--state", str(state))
    assert [alarm["cleared_s"] for alarm in line["alarms"]] == [None, None], story(line)
    readings = read_points(state / "state" / "outbox.db", {"co-11.concentration"})
    assert [r.value for r in readings if r.quality == "over-range"][-1] == 1000
    text = page.read_text(encoding="utf-8")
    assert "煤气柜东侧 CO，泄漏" in text
    assert text.count("<svg") == 1
    assert "http" not in text.replace("http-equiv", "")  # it loads nothing from elsewhere


async def test_every_uplink_is_off_and_every_connection_on_this_machine(tmp_path: Path) -> None:
    scenario = tmp_path / "short.yaml"
    scenario.write_text("duration: 20 s\n", encoding="utf-8")
    state = tmp_path / "state"
    await time_line("steel", str(scenario), "--state", str(state))
    assert "simulated plant" in (state / "overlay-uplinks-off.yaml").read_text(encoding="utf-8")
    assert "127.0.0.1" in (state / "overlay-plant.yaml").read_text(encoding="utf-8")


LOSS: Final = """\
duration: 3 min
events: [{at: 1 min, until: 2 min, device: tilt-1, do: pressure-loss}]
"""


async def test_a_secured_opc_ua_server_reports_as_many_times_as_often(tmp_path: Path) -> None:
    """At its own pace of 0.5 s, ten seconds of the plant, no alarm would come before the eleventh second."""
    plant, scenario = tmp_path / "plant.yaml", tmp_path / "loss.yaml"
    plant.write_text(SECURED_PLANT, encoding="utf-8")
    scenario.write_text(LOSS, encoding="utf-8")
    code, out, errors = await rehearse(plant, str(scenario), "--speed", "20", "--json")
    assert code == 0, errors
    alarms = {alarm["rule"]: alarm for alarm in json.loads(out)["alarms"]}
    alarm = alarms["tilt-1.hydraulic-pressure.lo"]
    assert 2 <= alarm["delay_s"] <= 7
    assert alarm["cleared_s"] is not None


async def test_ctrl_c_ends_everything_and_leaves_nothing_behind(tmp_path: Path) -> None:
    words = ("rehearse", str(PLANTS / "dust.yaml"), "--scenario", "normal-day")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "agent.cli.main", *words),
        stderr=PIPE,
        stdout=PIPE,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    assert process.stderr is not None
    while b"plant time" not in (line := await process.stderr.readline()):
        assert line
    process.send_signal(signal.SIGINT)
    out, errors = await process.communicate()
    assert process.returncode == 130, errors.decode()
    assert out == b""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("scenario", "options", "code", "said"),
    [
        ("flood", (), 2, "cooling-water-loss"),
        ("gas-leak", (), 3, "gas-leak"),  # nothing in an aluminium shop plays it
        ("normal-day", ("--speed", "0.5"), 2, "--speed"),
        ("normal-day", ("--out", "/nowhere/page.html"), 2, "/nowhere/page.html"),
    ],
)
async def test_what_cannot_be_rehearsed_is_refused_at_once(
    scenario: str, options: Sequence[str], code: int, said: str
) -> None:
    answer, out, errors = await rehearse(PLANTS / "aluminium.yaml", scenario, *options)
    assert answer == code
    assert said in errors
    assert out == ""
