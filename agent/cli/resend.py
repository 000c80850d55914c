"""`edge-agent resend`: a platform lost what it had confirmed; it gets it again, as back-fill."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import httpx

from agent import messages
from agent.cli.acted_on import add_plant, check_names
from agent.cli.status import post
from agent.cli.target import Unreachable
from agent.state_folder import STATE_DEFAULT

EXIT_FAILED: Final = 1


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


def add_person(parser: argparse.ArgumentParser) -> None:
    """Declare what every act needs: which agent, and who acts."""
    parser.add_argument("--as", metavar="NAME", default="", help="操作人，记入事件 / who does it, on record")
    parser.add_argument("--state", type=Path, default=STATE_DEFAULT, help="状态目录 / state folder")


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


def act(state: Path, path: str, asked: dict[str, str]) -> int:
    """Have the running agent do something, and print what became of it."""
    answer = reached(state, lambda: post(state, path, asked))
    if answer is None:
        return EXIT_FAILED
    said = answer.json()["text"]
    print(f"{said['zh']} / {said['en']}", file=sys.stdout if answer.is_success else sys.stderr)
    return 0 if answer.is_success else EXIT_FAILED


def reached(state: Path, ask: Callable[[], httpx.Response]) -> httpx.Response | None:
    """Return the running agent's answer; None, with the mend on the terminal, where nobody answers."""
    try:
        return ask()
    except (httpx.TransportError, OSError):
        text = messages.nobody_answers(str(state))
        print(f"{text.zh} / {text.en}", file=sys.stderr)
        return None
