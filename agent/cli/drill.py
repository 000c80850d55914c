"""`edge-agent drill PLANT`: faults against one's own plant file on this machine, and a verdict to keep."""

import argparse
import asyncio
import hashlib
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Final

from config.fault import InvalidPlant
from config.library import SITE_PROFILES
from config.load import load_plant
from config.model import Plant

if TYPE_CHECKING:
    from simulator.drill.page import Heading
    from simulator.drill.perform import Wish
    from simulator.drill.verdict import Verdict

SECONDS: Final = 24.0
SECONDS_MIN: Final = 12.0
COMMITS_MIN: Final = 6
"""Commits in a drill: what is damaged in the midst of it must be there by then."""
EXIT_FAILED: Final = 1
EXIT_USAGE: Final = 2
EXIT_INVALID: Final = 3
EXIT_INTERRUPTED: Final = 130


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "drill",
        help="演练:强制结束、断链、写满、损坏 / kills, dead links, a full disk, damage: what is lost?",
    )
    parser.add_argument("plant", type=Path, nargs="?", metavar="PLANT", help="配置文件 / plant file")
    parser.add_argument("--list", action="store_true", help="列出演练项目 / list the drills")
    parser.add_argument(
        "--only", action="append", default=[], metavar="NAME", help="只演练这些,可多次 / these only"
    )
    least = f"每项时长,最少 {SECONDS_MIN:g} / length of each, at least {SECONDS_MIN:g}"
    parser.add_argument("--seconds", type=float, metavar="S", help=least)
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="随机种子 / seed of all chance")
    parser.add_argument(
        "--report", type=Path, default=Path(), metavar="DIR", help="结论文件的目录 / folder for the verdict"
    )
    parser.add_argument(
        "--state", type=Path, metavar="DIR", help="保留日志和存储的目录 / folder to keep logs and stores in"
    )
    parser.add_argument(
        "--profiles", type=Path, action="append", default=[], help="自有设备模板目录 / own profiles"
    )


def run(args: argparse.Namespace) -> int:
    """Play them. Returns 0 when all are passed, 1 otherwise, 2 on wrong usage, 3 when a file is invalid."""
    from simulator.drill.drills import DRILLS
    from simulator.drill.messages import sentence

    if args.list:
        print(*(f"{name:<10}{sentence(f'drill-{name}')}" for name in DRILLS), sep="\n")
        return 0
    for name in args.only:
        if name not in DRILLS:
            return _refused(EXIT_USAGE, sentence("unknown", name=name, known=", ".join(DRILLS)))
    if args.plant is None:
        return _refused(EXIT_USAGE, sentence("no-plant"))
    try:
        plant = load_plant(args.plant, profile_dirs=args.profiles or (SITE_PROFILES,))
    except InvalidPlant as invalid:
        print(*(fault.render() for fault in invalid.faults), sep="\n", file=sys.stderr)
        return EXIT_INVALID
    least_s = max(SECONDS_MIN, COMMITS_MIN * plant.commit_interval_s)
    if args.seconds is None:
        args.seconds = max(SECONDS, least_s)
    if args.seconds < least_s:
        return _refused(EXIT_USAGE, sentence("too-short", least=least_s))
    if not plant.uplinks:
        return _refused(EXIT_FAILED, sentence("no-uplinks", plant=args.plant))
    return _play(args, plant)


def _play(args: argparse.Namespace, plant: Plant) -> int:
    from simulator.clock import SystemClock
    from simulator.drill.drills import DRILLS
    from simulator.drill.messages import sentence
    from simulator.drill.perform import Wish, perform
    from simulator.drill.progress import Progress

    clock = SystemClock()
    drills = [drill for name, drill in DRILLS.items() if not args.only or name in args.only]
    wish = Wish(args.plant, drills, args.seconds, args.seed, args.state, tuple(args.profiles))
    try:
        heading = _heading(wish, plant, clock.now_ns())
        args.report.mkdir(parents=True, exist_ok=True)
        verdicts = asyncio.run(perform(wish, plant, Progress(), clock))
    except asyncio.CancelledError:
        return _refused(EXIT_INTERRUPTED, sentence("interrupted"))
    except OSError as fault:
        return _refused(EXIT_FAILED, sentence("cannot", fault=fault))
    return _tell(args, heading, verdicts)


def _tell(args: argparse.Namespace, heading: "Heading", verdicts: "list[Verdict]") -> int:
    from simulator.drill.messages import sentence
    from simulator.drill.page import lines, page

    print()
    for verdict in verdicts:
        print(*lines(verdict), sep="\n", end="\n\n")
    passed = all(verdict.passed for verdict in verdicts)
    print(sentence("all-passed" if passed else "not-all-passed"))
    path = args.report / f"drill-{heading.plant_id}-{heading.begun:%Y%m%d-%H%M%S}.html"
    path.write_text(page(heading, verdicts), encoding="utf-8")
    print(f"{sentence('written')}: {path}")
    if args.state is not None:
        print(sentence("kept", folder=args.state))
    elif not passed:
        print(sentence("see-logs"))
    return 0 if passed else EXIT_FAILED


def _heading(wish: "Wish", plant: Plant, begin_ns: int) -> "Heading":
    from simulator.drill.page import Heading

    return Heading(
        plant.id,
        f"{plant.name.zh} {plant.name.en}",
        wish.plant_file.name,
        hashlib.sha256(wish.plant_file.read_bytes()).hexdigest(),
        _version(),
        wish.seconds,
        wish.seed,
        begin_ns,
    )


def _version() -> str:
    try:
        return version("edge-gateway-agent")
    except PackageNotFoundError:  # run from a source tree that was never installed
        return "0"


def _refused(code: int, said: str) -> int:
    print(said, file=sys.stderr)
    return code
