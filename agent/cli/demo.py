"""`edge-agent demo PLANT`: plant, platform and agent on this machine, with faults, and the accounting."""

import argparse
import sys
from pathlib import Path

from config.fault import InvalidPlant


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "demo", help="演示:模拟现场、平台和网关 / plant, platform and agent on this machine"
    )
    parser.add_argument("plant", type=Path, metavar="PLANT", help="配置文件 / plant file")
    parser.add_argument("--seconds", type=float, default=60.0, help="时长,最少 20 / length, at least 20")
    parser.add_argument(
        "--state", type=Path, metavar="DIR", help="保留状态的目录 / folder to keep the state in"
    )
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="随机种子 / seed of all chance")
    parser.add_argument("--scenario", type=Path, metavar="FILE", help="情景文件 / scenario file")


def run(args: argparse.Namespace) -> int:
    """Play it. Returns 0 when nothing is missing, 1 otherwise, 2 when too short, 3 when a file is invalid."""
    from simulator.demo.perform import Wish, perform
    from simulator.scenario_file import InvalidScenario

    try:
        return perform(Wish(args.plant, args.seconds, args.state, args.seed, args.scenario))
    except (InvalidPlant, InvalidScenario) as invalid:
        print(*(fault.render() for fault in invalid.faults), sep="\n", file=sys.stderr)
        return 3
