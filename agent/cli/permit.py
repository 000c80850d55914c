"""`edge-agent permit list|check`: what is not fit before something is begun. It releases nothing."""

import argparse
from collections.abc import Iterator
from typing import Final

from agent.cli.asking import EXIT_FAILED, add_person, show
from agent.cli.status import fetch, post
from agent.records import Json
from config.model import Text

PATH: Final = "/api/v1/permits"


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the actions with their options."""
    parser = subparsers.add_parser("permit", help="开始条件：查看、检查 / start permits: list, check")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="列出各项开始条件 / show what each of them requires")
    check = actions.add_parser(
        "check", help="检查是否就绪，记为事件 / is all fit? an event, whatever the answer"
    )
    check.add_argument("permit", metavar="NAME", help="开始条件编号 / id of the permit")
    for action in (listing, check):
        action.add_argument("--json", action="store_true", help="机器可读 / for programs")
        add_person(action)


def run(args: argparse.Namespace) -> int:
    """Do it. Returns 0: all is fit; 1: something is not, there is no such permit, or nobody answers."""
    if args.action == "list":
        found = show(args, lambda: fetch(args.state, PATH), _listed)
    else:
        asked = {"permit": args.permit, "as": vars(args)["as"]}
        found = show(args, lambda: post(args.state, f"{PATH}/check", asked), _checked)
    return 0 if found is not None and found.get("fit", True) else EXIT_FAILED


def _listed(found: Json) -> Iterator[Text]:
    if not found["permits"]:
        yield Text("配置文件没有开始条件（start_permits）", "the plant file has no start_permits")
    for told in found["permits"]:
        name, requires = Text(**told["name"]), ", ".join(told["requires"])
        yield Text(f"{told['permit']}：{name.zh}", f"{name.en} ({requires})")


def _checked(found: Json) -> Iterator[Text]:
    yield Text(**found["text"])
    for finding in found["findings"]:
        why = Text(**finding["text"])
        yield Text(f"  {finding['what']}：{why.zh}", why.en)
