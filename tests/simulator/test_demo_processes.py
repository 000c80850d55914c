"""The demo's processes: ready or not, ended in order, and none left behind whatever happens to the stage."""

import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest

from simulator.demo.processes import Child, Fell
from tests.simulator.bureau_parts import PLANT_FILE
from tests.support.waiting import until


def script(text: str) -> list[str | Path]:
    return [sys.executable, "-c", text]


@asynccontextmanager
async def started(folder: Path, text: str) -> AsyncIterator[Child]:
    child = await Child.start("child", script(text), folder / "child.log", announces=True)
    try:
        yield child
    finally:
        await child.end(patience_s=5)


async def test_a_process_is_ready_when_it_says_so(tmp_path: Path) -> None:
    async with started(tmp_path, "print('ready', flush=True); import time; time.sleep(60)") as child:
        await child.ready(5)
        assert child.alive


async def test_one_that_ends_instead_is_told_with_the_end_of_its_log(tmp_path: Path) -> None:
    async with started(tmp_path, "raise SystemExit('no such port')") as child:
        with pytest.raises(Fell) as fell:
            await child.ready(5)
    assert (fell.value.name, fell.value.code, fell.value.said.strip()) == ("child", 1, "no such port")


async def test_one_that_says_nothing_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    async with started(tmp_path, "import time; time.sleep(60)") as child:
        with pytest.raises(Fell):
            await child.ready(0.2)


async def test_one_that_ignores_the_request_to_end_is_made_to(tmp_path: Path) -> None:
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); "
    async with started(tmp_path, deaf + "time.sleep(60)") as child:
        await child.ready(5)
        await child.end(patience_s=0.1)
        assert not child.alive


async def test_what_a_process_uses_is_read_from_proc(tmp_path: Path) -> None:
    busy = "x = bytearray(50_000_000); sum(range(3_000_000)); print('ready', flush=True); input()"
    async with started(tmp_path, busy.replace("input()", "import time; time.sleep(60)")) as child:
        await child.ready(10)
        usage = child.usage()
        assert usage is not None
        assert usage.rss_bytes > 50_000_000
        assert usage.cpu_s > 0
    assert child.usage() is None


@contextmanager
def demo(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Start a demo of a small plant and wait until its agent has been heard of."""
    plant = folder / "plant.yaml"
    plant.write_text(PLANT_FILE, encoding="utf-8")
    command = [Path(sys.executable).with_name("edge-agent"), "demo", plant, "--seconds", "20"]
    process = subprocess.Popen(
        [*map(str, command), "--state", str(folder / "state")],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=_hostile(folder),
    )
    try:
        assert process.stdout is not None
        heard = []
        for line in process.stdout:
            heard.append(line)
            if "values 4/4" in line:
                break
        else:
            pytest.fail("".join(heard))
        yield process
    finally:
        process.kill()
        process.communicate()


def _hostile(folder: Path) -> Path:
    """Return a folder whose config.py must never be imported."""
    hostile = folder / "hostile"
    hostile.mkdir()
    (hostile / "config.py").write_text("raise SystemExit('imported from the current folder')")
    return hostile


def of(folder: Path) -> set[int]:
    """Return the processes whose command line names this folder."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                if str(folder).encode() in (entry / "cmdline").read_bytes():
                    found.add(int(entry.name))
            except OSError:  # it ended meanwhile
                continue
    return found


async def gone(folder: Path) -> None:
    """Wait until no process names the folder; the test's own time-out is the limit."""
    await until(lambda: not of(folder))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_an_interrupted_demo_says_so_and_leaves_no_process_behind(
    tmp_path: Path, number: signal.Signals
) -> None:
    with demo(tmp_path) as process:
        assert len(of(tmp_path)) >= 4  # the stage and its three
        process.send_signal(number)
        said, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "interrupted" in said
    assert of(tmp_path) == set()


async def test_a_killed_demo_leaves_no_process_behind(tmp_path: Path) -> None:
    with demo(tmp_path) as process:
        process.kill()
        await gone(tmp_path)


def test_too_short_a_demo_is_refused_with_the_reason(tmp_path: Path) -> None:
    agent = Path(sys.executable).with_name("edge-agent")
    plant = tmp_path / "plant.yaml"
    plant.write_text(PLANT_FILE, encoding="utf-8")
    refused = subprocess.run([agent, "demo", plant, "--seconds", "19"], capture_output=True, text=True)
    assert refused.returncode == 2
    assert "at least 20" in refused.stderr


def test_a_plant_that_is_not_valid_ends_with_3(tmp_path: Path) -> None:
    agent = Path(sys.executable).with_name("edge-agent")
    plant = tmp_path / "plant.yaml"
    plant.write_text("plant: {}\n")
    refused = subprocess.run([agent, "demo", plant], capture_output=True, text=True)
    assert refused.returncode == 3
    assert f"{plant}:1:" in refused.stderr
