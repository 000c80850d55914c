"""The simulated plant as a process: `python -m simulator PLANT --scenario FILE …`, see --help.

Prints `ready` once every device answers, and plays until SIGTERM, SIGINT or the
end of its parent. Exit codes: 0 ended as asked, 1 a port or file could not be
had, 2 usage, 3 the plant file or the scenario is invalid.
"""

import argparse
import asyncio
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from config.fault import InvalidPlant
from config.library import SITE_PROFILES
from config.load import load_plant
from simulator.clock import SystemClock
from simulator.lifeline import die_with_parent, until_told
from simulator.play import play
from simulator.scenario_file import InvalidScenario, load_scenario
from simulator.timeline import NS_PER_S, Timeline


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the process and return its exit code."""
    chosen = _parser().parse_args(arguments)
    die_with_parent()
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    try:
        chosen.out.mkdir(parents=True, exist_ok=True)
        asyncio.run(_play(chosen))
    except (InvalidPlant, InvalidScenario) as error:
        print(error, file=sys.stderr)
        return 3
    except OSError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


async def _play(chosen: argparse.Namespace) -> None:
    plant = load_plant(chosen.plant, profile_dirs=chosen.profiles or (SITE_PROFILES,))
    scenario = load_scenario(chosen.scenario, plant)
    timeline = Timeline(scenario, round(chosen.begin * NS_PER_S), chosen.length, SystemClock())
    folder = chosen.out.resolve()
    await until_told(
        play(plant, timeline, folder, seed=chosen.seed, ready=lambda _: print("ready", flush=True))
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m simulator", description="Plays a plant file's devices.")
    parser.add_argument("plant", type=Path, metavar="PLANT")
    parser.add_argument("--scenario", type=Path, required=True, metavar="FILE")
    parser.add_argument(
        "--begin", type=float, required=True, metavar="UNIX_S", help="when the scenario begins"
    )
    parser.add_argument("--length", type=float, required=True, metavar="S", help="how long it is played")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--seed", type=int, default=0, metavar="N")
    parser.add_argument("--profiles", type=Path, action="append", default=[], metavar="DIR")
    return parser


if __name__ == "__main__":
    sys.exit(main())
