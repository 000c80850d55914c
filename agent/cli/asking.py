"""What all commands to a running agent share: which agent and who, the asking, its answer on the terminal."""

import argparse
import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

import httpx

from agent import messages
from agent.cli.status import post
from agent.cli.target import both
from agent.records import Json
from agent.state_folder import STATE_DEFAULT
from config.model import Text

EXIT_FAILED: Final = 1


def add_person(parser: argparse.ArgumentParser) -> None:
    """Declare what every act needs: which agent, and who acts."""
    parser.add_argument("--as", metavar="NAME", default="", help="操作人，记入事件 / who does it, on record")
    parser.add_argument("--state", type=Path, default=STATE_DEFAULT, help="状态目录 / state folder")


def act(state: Path, path: str, asked: dict[str, str]) -> int:
    """Have the running agent do something, and print what became of it."""
    answer = _reached(state, lambda: post(state, path, asked))
    if answer is None:
        return EXIT_FAILED
    print(both(Text(**answer.json()["text"])), file=sys.stdout if answer.is_success else sys.stderr)
    return 0 if answer.is_success else EXIT_FAILED


def show(
    args: argparse.Namespace, ask: Callable[[], httpx.Response], lines: Callable[[Json], Iterable[Text]]
) -> Json | None:
    """Print what a running agent tells, as sentences or, with --json, as it is; return it.

    None, with the reason on the terminal: nobody answers, or the agent refuses.
    """
    found = asked_of(args, ask)
    if found is None:
        return None
    if args.json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        print(*(both(text) for text in lines(found)), sep="\n")
    return found


def asked_of(args: argparse.Namespace, ask: Callable[[], httpx.Response]) -> Json | None:
    """Return what a running agent tells; None, with the reason on the terminal, where it does not."""
    answer = _reached(args.state, ask)
    if answer is None:
        return None
    found: Json = answer.json()
    if not answer.is_success:
        print(both(Text(**found["text"])), file=sys.stderr)
        return None
    return found


def _reached(state: Path, ask: Callable[[], httpx.Response]) -> httpx.Response | None:
    """Return the running agent's answer; None, with the mend on the terminal, where nobody answers."""
    try:
        return ask()
    except (httpx.TransportError, OSError):
        print(both(messages.nobody_answers(str(state))), file=sys.stderr)
        return None
