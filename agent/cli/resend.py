"""`edge-agent resend`: a platform lost what it had confirmed; it gets it again, as back-fill."""

import argparse
import sys

from agent.cli.acted_on import add_plant, check_names
from agent.cli.asking import act, add_person
from agent.cli.target import Unreachable


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command's options."""
    parser = subparsers.add_parser(
        "resend", help="平台丢失已确认的数据时重发 / send again what a platform had confirmed and lost"
    )
    add_plant(parser)
    parser.add_argument("--destination", required=True, metavar="D", help="上报平台 / id of the uplink")
    for name, what in (("from", "开始时间 / first time"), ("to", "结束时间 / last time")):
        zone = "2026-11-24T08:00；不写时区按工厂时区 / without a zone, the plant's"
        parser.add_argument(f"--{name}", required=True, metavar="T", help=f"{what}, {zone}")
    add_person(parser)


def run(args: argparse.Namespace) -> int:
    """Ask the running agent. Returns 0; 1: it refuses, or nobody does; 2: no such name; 3: invalid file."""
    try:
        check_names(args)
    except Unreachable as unreachable:
        print(*unreachable.lines, sep="\n", file=sys.stderr)
        return unreachable.code
    given = vars(args)
    asked = {key: given[key] for key in ("destination", "from", "to", "as")}
    return act(args.state, "/api/v1/resend", asked)
