"""`edge-agent area list|declare|end|check`: what areas do, and whether one may go on."""

import argparse
from typing import Final

from agent.cli.asking import EXIT_FAILED, act, add_person, show
from agent.cli.shown_area import checked, lines
from agent.cli.status import fetch

PATH: Final = "/api/v1/areas"
ACTIONS: Final = {
    "list": "各区域的生产状态和被抑制的规则 / each area's production state, and what rests",
    "declare": "申报生产、待机或计划停产，到时自动结束 / say what an area does, for a time",
    "end": "提前结束申报 / end that before its time",
    "check": "复产检查：数据、旁路、检定、报警 / is it fit to go on",
}


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the actions with their options."""
    parser = subparsers.add_parser("area", help="区域：生产状态、停产、复产检查 / areas and planned stops")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, what in ACTIONS.items():
        action = actions.add_parser(name, help=what)
        add_person(action)
        if name in ("list", "check"):
            action.add_argument("--json", action="store_true", help="机器可读 / for programs")
        if name != "list":
            action.add_argument("area", help="区域编号 / id of an area")
        if name == "declare":
            action.add_argument("to", metavar="STATE", help="running | idle | planned-stop")
            action.add_argument("--for", default="", help="时长，如 8 h / for how long")
            action.add_argument("--until", default="", help="结束时间，如 2026-12-01T14:00 / until when")
        if name in ("declare", "end"):
            action.add_argument("--reason", default="", help="理由 / why")


def run(args: argparse.Namespace) -> int:
    """Do it. Returns 0; 1: the agent refuses, nobody answers, or the check finds something."""
    given = vars(args)
    if args.action == "list":
        found = show(args, lambda: fetch(args.state, PATH), lines)
        return EXIT_FAILED if found is None else 0
    if args.action == "check":
        found = show(args, lambda: fetch(args.state, f"{PATH}/check", area=args.area), checked)
        return 0 if found is not None and found["ok"] else EXIT_FAILED
    keys = ("area", "to", "for", "until", "reason", "as")
    return act(args.state, f"{PATH}/{args.action}", {key: given[key] for key in keys if key in given})
