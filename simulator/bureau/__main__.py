"""`python -m simulator.bureau`: the municipal platform as a process of its own.

Writes overlay-platform.yaml, platform.json and bureau.db into --out, prints one
line `ready`, and receives until SIGTERM, SIGINT or its parent's death. Exit
codes: 0 ended as asked, 1 a port or file could not be had, 2 usage, 3 the plant
file or the scenario is invalid.
"""

import argparse
import asyncio
import signal
import sqlite3
import sys
from pathlib import Path

from config.fault import InvalidPlant
from config.library import SITE_PROFILES
from config.load import load_plant
from simulator.bureau.ledger import Ledger
from simulator.bureau.misbehave import Odds
from simulator.bureau.platform import Orders, Platform
from simulator.clock import Clock, SystemClock
from simulator.lifeline import die_with_parent
from simulator.scenario import Scenario
from simulator.scenario_file import InvalidScenario, load_scenario
from simulator.timeline import NS_PER_S, Timeline


async def play(orders: Orders, clock: Clock) -> None:
    """Run the platform until a signal ends it."""
    ready, stop = asyncio.Event(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    ledger = Ledger(orders.out / "bureau.db")
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(Platform(orders, ledger, clock).run(ready, stop), name="platform")
            await ready.wait()
            print("ready", flush=True)
    finally:
        ledger.close()


def main() -> int:
    """Run from the command line."""
    die_with_parent()
    clock = SystemClock()
    try:
        asyncio.run(play(_orders(_parser().parse_args(), clock), clock))
    except (InvalidPlant, InvalidScenario) as invalid:
        print(*(fault.render() for fault in invalid.faults), sep="\n", file=sys.stderr)
        return 3
    except (OSError, sqlite3.Error) as fault:
        print(fault, file=sys.stderr)
        return 1
    return 0


def _orders(arguments: argparse.Namespace, clock: Clock) -> Orders:
    plant = load_plant(arguments.plant, profile_dirs=arguments.profiles or (SITE_PROFILES,))
    scenario = load_scenario(arguments.scenario, plant) if arguments.scenario else Scenario(arguments.length)
    timeline = Timeline(scenario, round(arguments.begin * NS_PER_S), arguments.length, clock)
    told = (arguments.refuse, arguments.delay, arguments.lose)
    odds = Odds(*told, arguments.later, arguments.partly, arguments.forget)
    arguments.out.mkdir(parents=True, exist_ok=True)
    return Orders(plant, timeline, arguments.out, arguments.seed, odds)


def _parser() -> argparse.ArgumentParser:
    usual = Odds()
    parser = argparse.ArgumentParser(prog="python -m simulator.bureau", description="the municipal platform")
    parser.add_argument("plant", type=Path)
    parser.add_argument("--scenario", type=Path, help="YAML time line; without one there are no outages")
    parser.add_argument("--begin", type=float, required=True, help="when the scenario begins, Unix seconds")
    parser.add_argument("--length", type=float, required=True, help="how long it is played, seconds")
    parser.add_argument("--out", type=Path, required=True, help="folder for the overlay and the books")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--profiles", type=Path, action="append", default=[], help="folders of own profiles")
    parser.add_argument("--refuse", type=float, default=usual.refuse, help="share of messages refused")
    parser.add_argument("--delay", type=float, default=usual.delay, help="share answered late")
    parser.add_argument("--later", type=float, default=usual.later, help="share judged only when asked")
    parser.add_argument("--partly", type=float, default=usual.partly, help="the same, but for one point")
    parser.add_argument("--forget", type=float, default=usual.forget, help="share taken, then not known")
    parser.add_argument("--lose", type=float, default=usual.lose, help="share stored but never answered")
    return parser


if __name__ == "__main__":
    sys.exit(main())
