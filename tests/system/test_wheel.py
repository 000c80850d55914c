"""The wheel: installed somewhere else, its command works, whatever lies in the folder one stands in.

Goal: `agent`, `config`… are plain names, and a folder may hold a config.py of
its own; the wheel brings all its data and none of our tests. Method: built from
a copy of the tree without network, installed into a fresh environment that
borrows only the dependencies of this one.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
ROOMS: Final = ("agent", "buffering", "config", "drivers", "simulator")
PIP: Final = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PIP_"))}
    return subprocess.run(command, cwd=cwd, env=clean, capture_output=True, text=True, check=False)


def succeed(*command: str | Path, cwd: Path) -> str:
    done = run(*command, cwd=cwd)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    for room in (*ROOMS, "tests"):
        shutil.copytree(ROOT / room, source / room, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    options = ("--no-deps", "--no-build-isolation", "--no-index", "--no-cache-dir")
    succeed(*PIP, "wheel", *options, "--wheel-dir", folder, source, cwd=folder)
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def environment(wheel: Path) -> Path:
    """Return a fresh environment's bin folder; its own packages come before the borrowed ones."""
    fresh = wheel.parent / "environment"
    succeed(sys.executable, "-m", "venv", "--without-pip", fresh, cwd=wheel.parent)
    python = fresh / "bin" / "python"
    succeed(*PIP, "--python", python, "install", "--no-deps", "--no-index", wheel, cwd=wheel.parent)
    [packages] = (fresh / "lib").glob("python*/site-packages")
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib"))
    return python.parent


def test_it_holds_everything_that_the_rooms_need_and_no_tests(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    needed = {
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in (ROOT / room).rglob("*")
        if path.suffix in {".py", ".yaml", ".csv", ".sql"}
    }
    assert packed >= needed
    assert {name.split("/")[0] for name in packed} == set(ROOMS)
    for place in ("config/profiles/", "config/plants/", "buffering/migrations/", "simulator/scenarios/"):
        assert any(name.startswith(place) for name in packed)


def test_a_hostile_config_in_the_folder_does_no_harm(environment: Path, tmp_path: Path) -> None:
    for room in ROOMS:
        (tmp_path / f"{room}.py").write_text(f"raise SystemExit('{room}.py of this folder was imported')\n")
    for name in ("demo.yaml", "demo-codes.csv", "demo-environment-codes.csv"):
        shutil.copy(ROOT / "config" / "plants" / name, tmp_path)
    assert run(environment / "python", "-c", "import config", cwd=tmp_path).returncode != 0, "not hostile"
    done = run(environment / "edge-agent", "check", "demo.yaml", cwd=tmp_path)
    assert done.returncode == 0, done.stderr


def test_what_runs_is_the_wheel(environment: Path, tmp_path: Path) -> None:
    places = succeed(
        environment / "python",
        "-I",
        "-c",
        f"import {', '.join(ROOMS)}; print(*({', '.join(f'{room}.__file__' for room in ROOMS)}), sep='\\n')",
        cwd=tmp_path,
    )
    assert all(Path(place).is_relative_to(environment.parent) for place in places.splitlines())
    assert "edge-agent 0." in succeed(environment / "edge-agent", "--version", cwd=tmp_path)
