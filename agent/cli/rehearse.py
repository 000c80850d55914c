"""`edge-agent rehearse PLANT --scenario NAME|FILE`: what would be raised, and how long it would take."""

import argparse
import asyncio
import sqlite3
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final

from agent.log import set_up
from buffering.errors import StoreUnusable
from config.fault import InvalidPlant
from config.library import SITE_PROFILES
from config.load import load_plant

if TYPE_CHECKING:
    from agent.cli.rehearsing import Wish
    from simulator.rehearsal.ran import Ran

SPEED_MAX: Final = 200.0
EXIT_FAILED: Final = 1
EXIT_USAGE: Final = 2
EXIT_INVALID: Final = 3
EXIT_INTERRUPTED: Final = 130
LOG_NAME: Final = "agent.log"


class Failed(Exception):
    """It could not be played to the end; `said` is why, in words."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "rehearse", help="预演：事故情景中何时报警 / a scenario, faster than real time: what is raised when?"
    )
    parser.add_argument("plant", type=Path, metavar="PLANT", help="配置文件 / plant file")
    parser.add_argument(
        "--scenario",
        required=True,
        metavar="NAME|FILE",
        help="自带情景名或文件 / one that we bring, or a file",
    )
    parser.add_argument(
        "--speed",
        type=float,
        default=20.0,
        metavar="N",
        help="倍速，缺省 20 / times real time, 20 by default",
    )
    parser.add_argument("--json", action="store_true", help="机器可读 / for programs")
    parser.add_argument("--out", type=Path, metavar="FILE.html", help="另存为网页 / write it as a page too")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="随机种子 / seed of all chance")
    parser.add_argument(
        "--state", type=Path, metavar="DIR", help="保留日志和存储的目录 / folder to keep log and store in"
    )
    parser.add_argument(
        "--profiles", type=Path, action="append", default=[], help="自有设备模板目录 / own profiles"
    )


def run(args: argparse.Namespace) -> int:
    """Rehearse. Returns 0 when it was played to the end, 1, 2 on wrong usage, 3 when a file is invalid."""
    from simulator.rehearsal.messages import sentence
    from simulator.rehearsal.scenes import NoSuchScenario
    from simulator.scenario_file import InvalidScenario

    if not 1 <= args.speed <= SPEED_MAX:
        return _refused(EXIT_USAGE, sentence("speed", most=SPEED_MAX))
    if args.out is not None and not args.out.absolute().parent.is_dir():  # told now, not after an hour
        return _refused(EXIT_USAGE, sentence("no-folder", path=args.out))
    try:
        with ExitStack() as closing:
            return _rehearse(args, _folder(args.state, closing))
    except NoSuchScenario as fault:
        known = ", ".join(fault.known)
        return _refused(EXIT_USAGE, sentence("unknown-scenario", name=fault.name, known=known))
    except (InvalidPlant, InvalidScenario) as invalid:
        return _refused(EXIT_INVALID, "\n".join(fault.render() for fault in invalid.faults))
    except Failed as failed:
        return _refused(EXIT_FAILED, failed.said)
    except (OSError, sqlite3.Error) as fault:
        return _refused(EXIT_FAILED, sentence("cannot", fault=fault))


def _folder(state: Path | None, closing: ExitStack) -> Path:
    """Return the folder to play in, empty: a store with a past would tell of it. Raises OSError."""
    if state is None:
        return Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="edge-agent-rehearse-")))
    state.mkdir(parents=True)
    return state.resolve()


def _rehearse(args: argparse.Namespace, folder: Path) -> int:
    from agent.cli.rehearsing import STATE, Wish
    from agent.cli.shown_rehearsal import heading_of, show
    from simulator.demo.store_reader import read_alarms, read_events
    from simulator.rehearsal.course import course
    from simulator.rehearsal.messages import sentence
    from simulator.rehearsal.scenes import scenario_path
    from simulator.scenario_file import load_scenario

    profiles = tuple(args.profiles) or (SITE_PROFILES,)
    plant = load_plant(args.plant, profile_dirs=profiles)
    path = scenario_path(args.scenario)
    wish = Wish(plant, load_scenario(path, plant), args.speed, args.seed, folder, profiles)
    set_up(to=folder / LOG_NAME)
    ran = _ran(wish)
    if ran is None:
        return _refused(EXIT_INTERRUPTED, sentence("interrupted"))
    store = folder / STATE / "outbox.db"
    line = course(plant, wish.scenario, ran.begin_ns, read_alarms(store), read_events(store))
    show(args, plant, heading_of(wish, path), ran, line, store)
    if args.state is not None:
        print(sentence("kept", folder=args.state), file=sys.stderr)
    return 0


def _ran(wish: "Wish") -> "Ran | None":
    """Return how it went, None when it was interrupted. Raises Failed."""
    from agent.cli.rehearsing import LeadsAway, rehearse
    from simulator.clock import SystemClock
    from simulator.rehearsal.messages import sentence
    from simulator.rehearsal.progress import Progress

    ran, said = None, ""
    try:
        ran = asyncio.run(rehearse(wish, Progress(SystemClock())))
    except* asyncio.CancelledError:
        pass
    except* LeadsAway as group:
        said = sentence("leads-away", names=_first(group))
    except* (OSError, StoreUnusable) as group:
        said = sentence("cannot", fault=_first(group))
    if said:
        raise Failed(said)
    return ran


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return the first of the faults, however deep it lies."""
    first = group.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first


def _refused(code: int, said: str) -> int:
    print(said, file=sys.stderr)
    return code
