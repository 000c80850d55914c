"""`edge-agent quarantine list|resend|drop`: what a platform refused, and what becomes of it."""

import argparse
import sys
from collections.abc import Iterator
from typing import Any, Final

from agent import words_acts
from agent.cli.acted_on import add_plant, check_names, is_file
from agent.cli.asking import EXIT_FAILED, act, add_person, asked_of, show
from agent.cli.status import fetch
from agent.cli.target import Unreachable, both
from agent.uplinks.messages import from_store
from config.model import Text

EXIT_USAGE: Final = 2
ACTIONS: Final = {
    "list": "列出被搁置的数据及原因 / show what is kept back, and why",
    "resend": "处理后重新上报 / send it after all, once the reason is mended",
    "drop": "放弃 / give it up",
}


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the actions with their options."""
    parser = subparsers.add_parser("quarantine", help="平台拒收的数据 / what a platform refused")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, what in ACTIONS.items():
        action = actions.add_parser(name, help=what)
        add_plant(action)
        which = "上报平台；list 不写则列出全部 / id of the uplink; list shows all without it"
        action.add_argument("destination", nargs="?" if name == "list" else None, help=which)
        action.add_argument("point", nargs="?", help="只针对该测点 / of this point only")
        add_person(action)
        if name == "drop":
            action.add_argument(
                "--all", action="store_true", help="该平台的全部 / everything that is kept back"
            )
        if name == "list":
            action.add_argument("--json", action="store_true", help="机器可读 / for programs")


def run(args: argparse.Namespace) -> int:
    """Do it. Returns 0; 1: the agent refuses, or nobody answers; 2: no such name; 3: invalid file."""
    if args.plant is not None and args.point is None and not is_file(args.plant):
        args.plant, args.destination, args.point = None, args.plant, args.destination
    try:
        if args.destination is None:
            return _list_all(args)
        check_names(args, args.point)
    except Unreachable as unreachable:
        print(*unreachable.lines, sep="\n", file=sys.stderr)
        return unreachable.code
    if args.action == "drop" and args.point is None and not args.all:
        print(both(words_acts.drop_what()), file=sys.stderr)
        return EXIT_USAGE
    asked = {"destination": args.destination, **({} if args.point is None else {"point": args.point})}
    if args.action == "list":
        return _list(args, asked)
    said = {"as": vars(args)["as"], **({"all": "yes"} if args.point is None else {})}
    return act(args.state, f"/api/v1/quarantine/{args.action}", {**asked, **said})


def _list(args: argparse.Namespace, asked: dict[str, str]) -> int:
    found = show(args, lambda: fetch(args.state, "/api/v1/quarantine", **asked), lines)
    return EXIT_FAILED if found is None else 0


def _list_all(args: argparse.Namespace) -> int:
    """List what every destination of the running agent has refused. Raises Unreachable."""
    check_names(args)
    names = asked_of(args, lambda: fetch(args.state, "/api/v1/status"))
    if names is None:
        return EXIT_FAILED
    codes = []
    for name in (str(each["name"]) for each in names["destinations"]):
        if not args.json:
            print(f"{name}:")
        codes.append(_list(args, {"destination": name}))
    return max(codes, default=0)


def lines(found: dict[str, Any]) -> Iterator[Text]:
    """Yield what is kept back, a sentence each: points, single readings by point and reason, messages."""
    if not (found["points"] or found["readings"] or found["messages"] or found["unlisted"]):
        yield words_acts.kept_back_nothing(found["destination"])
    for each in found["points"]:
        reason = Text(**each["reason"])
        yield words_acts.kept_back_point(each["point"], each["time"], each["records"], reason)
    by_point: dict[tuple[str, Text], list[str]] = {}
    for each in found["readings"]:
        by_point.setdefault((each["point"], Text(**each["reason"])), []).append(each["time"])
    for (point, reason), times in by_point.items():
        yield words_acts.kept_back_reading(point, len(times), min(times), max(times), reason)
    if found["unlisted"]:
        yield words_acts.kept_back_unlisted(found["unlisted"])
    for each in found["messages"]:
        _, lane, _, _ = each["records"]
        reason = from_store(each["reason"])
        yield words_acts.kept_back_message(each["number"], lane, each["count"], reason)
