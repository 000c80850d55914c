"""`edge-agent demo`: plays a plant file with its scenario, then draws up the accounting."""

import asyncio
import importlib.resources
import shutil
import signal
import sqlite3
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from config.load import load_plant
from config.model import Plant
from simulator.clock import Clock, SystemClock
from simulator.demo.accounting import Run
from simulator.demo.collect import draw_up
from simulator.demo.messages import sentence
from simulator.demo.piece import Piece
from simulator.demo.processes import Fell
from simulator.demo.record import write_json
from simulator.demo.report import print_report
from simulator.demo.stage import Stage
from simulator.demo.store_reader import StoreDamaged, read_store
from simulator.demo.view import view_for
from simulator.scenario_file import load_scenario

SECONDS_MIN: Final = 20.0
EXIT_INTERRUPTED: Final = 130
_CALM: Final = "calm.yaml"
_ENDING: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for. Without `state`, a folder for now; without `scenario`, the one we bring."""

    plant_file: Path
    seconds: float
    state: Path | None
    seed: int
    scenario: Path | None = None


def perform(wish: Wish) -> int:
    """Play and account. Returns 0 if everything is complete, 1 if not, 130 if interrupted.

    Raises InvalidPlant or InvalidScenario before anything is started.
    """
    if wish.seconds < SECONDS_MIN:
        print(sentence("too-short", least=SECONDS_MIN), file=sys.stderr)
        return 2
    plant = load_plant(wish.plant_file)
    state = wish.state or Path(tempfile.mkdtemp(prefix="edge-agent-demo-"))
    code = _perform(wish, plant, state.resolve())
    if wish.state is None and code in (0, EXIT_INTERRUPTED):
        shutil.rmtree(state, ignore_errors=True)
    else:
        print(sentence("kept", folder=state))
    return code


def _perform(wish: Wish, plant: Plant, state: Path) -> int:
    state.mkdir(parents=True, exist_ok=True)
    scenario = _scenario(wish, plant)
    piece = Piece(wish.plant_file.resolve(), scenario, wish.seconds, wish.seed, state)
    try:
        run = asyncio.run(_play(piece, SystemClock()))
        accounting = draw_up(plant, piece, run, read_store(piece.state / "outbox.db"))
    except Fell as fell:
        print(sentence("fell", name=fell.name, code=fell.code), fell.said, sep="\n", file=sys.stderr)
        return 1
    except asyncio.CancelledError:
        print(sentence("interrupted"), file=sys.stderr)
        return EXIT_INTERRUPTED
    except StoreDamaged as damage:
        print(sentence("damaged", fault=damage), file=sys.stderr)
        return 1
    except (OSError, sqlite3.Error) as fault:
        print(sentence("cannot", fault=fault), file=sys.stderr)
        return 1
    print_report(accounting)
    print(f"{sentence('written')}: {write_json(accounting, state)}")
    return 0 if accounting.complete else 1


async def _play(piece: Piece, clock: Clock) -> Run:
    task = asyncio.current_task()
    assert task is not None
    loop = asyncio.get_running_loop()
    for number in _ENDING:
        loop.add_signal_handler(number, task.cancel)
    with view_for(sys.stdout) as view:
        return await Stage(piece, view, clock).play()


def _scenario(wish: Wish, plant: Plant) -> Path:
    """Return the scenario asked for, else the one that we bring for this plant, else the calm one."""
    ours = Path(str(importlib.resources.files("simulator"))) / "scenarios"
    own = ours / f"{wish.plant_file.stem}.yaml"
    path = wish.scenario or (own if own.is_file() else ours / _CALM)
    load_scenario(path, plant)
    return path.resolve()
