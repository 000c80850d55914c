"""`edge-agent drill`: plays the drills one after the other, and returns what became of each.

Each has a folder of its own for its processes, its files and its time line.
"""

import asyncio
import contextlib
import errno
import shutil
import signal
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from config.model import Plant
from config.opcua_link import OpcUa
from simulator.clock import Clock
from simulator.demo.accounting import Run
from simulator.demo.collect import draw_up
from simulator.demo.piece import Piece
from simulator.demo.processes import Fell, Usage
from simulator.demo.store_reader import StoreDamaged, read_store
from simulator.drill.drills import Drill
from simulator.drill.ground import STORE, Ground, ground
from simulator.drill.patience import patience_s
from simulator.drill.played import Note, Played
from simulator.drill.progress import Progress
from simulator.drill.verdict import Verdict, failed, judge

_SCENARIO: Final = "scenario.yaml"
_ENDING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be played, and how. Without `state`, in a folder for now."""

    plant_file: Path
    drills: Sequence[Drill]
    seconds: float
    seed: int
    state: Path | None = None
    profiles: tuple[Path, ...] = ()


class CertificateFailed(Exception):
    """The agent's OPC UA certificate could not be made; `said` is why."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


async def perform(wish: Wish, plant: Plant, progress: Progress, clock: Clock) -> list[Verdict]:
    """Play everything. Cancelled by SIGINT, SIGTERM and SIGHUP; no process and no scratch is left behind."""
    task = asyncio.current_task()
    assert task is not None
    for ending in _ENDING:
        asyncio.get_running_loop().add_signal_handler(ending, task.cancel)
    verdicts = []
    with _scratch(wish.state) as scratch:
        for number, drill in enumerate(wish.drills, 1):
            progress.begin(number, len(wish.drills), drill.name)
            piece = _piece(wish, drill, plant, scratch / drill.name)
            verdicts.append(await _verdict(drill, piece, plant, progress, clock))
    return verdicts


@contextlib.contextmanager
def _scratch(state: Path | None) -> Iterator[Path]:
    if state is not None:
        state.mkdir(parents=True, exist_ok=True)
        yield state.resolve()
        return
    folder = Path(tempfile.mkdtemp(prefix="edge-agent-drill-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _piece(wish: Wish, drill: Drill, plant: Plant, folder: Path) -> Piece:
    """Make a drill's folder anew: a store with a past proves nothing. Raises OSError."""
    scenario = folder / _SCENARIO
    if folder.exists():
        if not scenario.is_file():
            raise FileExistsError(errno.EEXIST, "not a folder of a drill", str(folder))
        shutil.rmtree(folder)
    folder.mkdir()
    scenario.write_text(yaml.safe_dump(drill.scenario(plant, wish.seconds), allow_unicode=True), "utf-8")
    profiles = tuple(path.resolve() for path in wish.profiles)
    return Piece(wish.plant_file.resolve(), scenario, wish.seconds, wish.seed, folder, profiles)


async def _verdict(drill: Drill, piece: Piece, plant: Plant, progress: Progress, clock: Clock) -> Verdict:
    try:
        run, played = await _play(drill, piece, plant, progress, clock)
        store = await asyncio.to_thread(read_store, piece.state / "state" / STORE)
        if played.before is not None:
            store = store.completed(played.before)
        return judge(drill.name, await asyncio.to_thread(draw_up, plant, piece, run, store), played)
    except Fell as fell:
        return failed(drill.name, "fell", name=fell.name, code=fell.code, said=fell.said)
    except CertificateFailed as fault:
        return failed(drill.name, "no-certificate", said=fault.said)
    except StoreDamaged as fault:
        return failed(drill.name, "store-not-whole", fault=fault)
    except (OSError, sqlite3.Error) as fault:
        return failed(drill.name, "cannot", fault=fault)


async def _play(
    drill: Drill, piece: Piece, plant: Plant, progress: Progress, clock: Clock
) -> tuple[Run, Played]:
    async with ground(piece, progress, clock) as here:
        await _make_certificate(here, plant)
        started_ns = here.now_ns()
        await here.start()
        answered_ns = await here.answered()
        played = await drill.act(here, plant)
        await here.until(1.0)
        here.tell("draining")
        settled_ns = await here.drained(patience_s(plant))
        stop_ns = here.now_ns()
        await here.stop()
    if settled_ns is None:
        late = Note("not-drained", {"seconds": patience_s(plant)}, is_right=False)
        played = Played([*played.notes, late], played.before)
    return Run(started_ns, answered_ns, settled_ns or stop_ns, stop_ns, Usage(), Usage()), played


async def _make_certificate(here: Ground, plant: Plant) -> None:
    """Do what a secured OPC UA connection asks for once, before the agent's first start."""
    if any(isinstance(each, OpcUa) and each.is_secured for each in plant.connections.values()):
        code, said = await here.ask("opcua", "certificate")
        if code != 0:
            raise CertificateFailed(said)
