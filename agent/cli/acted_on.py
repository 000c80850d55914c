"""What an act is pointed at: a running agent; where PLANT is given, one that runs it, by the names in it."""

import argparse
from collections.abc import Collection
from pathlib import Path

import httpx

from agent import words_acts
from agent.cli.status import ask
from agent.cli.target import EXIT_FAILED, EXIT_INVALID, EXIT_USAGE, Unreachable, both
from config.fault import InvalidPlant
from config.library import SITE_PROFILES
from config.load import load_plant
from config.validation import nearest


def add_plant(parser: argparse.ArgumentParser) -> None:
    """Declare PLANT, before any other name, with what belongs to it."""
    parser.add_argument(
        "plant",
        nargs="?",
        help="配置文件，先按它核对名称 / plant file: names are looked up in it first",
    )
    parser.add_argument("--overlay", type=Path, action="append", default=[], help="覆盖文件 / overlay")
    parser.add_argument(
        "--profiles", type=Path, action="append", default=[], help="自有设备模板目录 / own profiles"
    )


def is_file(word: str) -> bool:
    """Whether a word names a plant file: ids have neither a folder nor such an ending."""
    return "/" in word or word.endswith((".yaml", ".yml"))


def check_names(args: argparse.Namespace, point: str | None = None) -> None:
    """Hold the names given against PLANT, and PLANT against the agent that runs.

    Nothing where none was given: the agent knows its own. Raises Unreachable, in words.
    """
    if args.plant is None:
        return
    try:
        plant = load_plant(
            Path(args.plant), overlays=args.overlay, profile_dirs=args.profiles or (SITE_PROFILES,)
        )
    except InvalidPlant as invalid:
        raise Unreachable(EXIT_INVALID, *(fault.render() for fault in invalid.faults)) from invalid
    if args.destination is not None:
        _look_up("上报平台", "destination", args.destination, plant.uplinks)
    if point is not None:
        _look_up("测点", "point", point, [each.id for each in plant.points])
    try:
        running = str(ask(args.state)["plant"])
    except (httpx.TransportError, OSError):
        return  # told by the act itself
    if running != plant.id:
        text = words_acts.another_plant_runs(str(args.state), running, plant.id)
        raise Unreachable(EXIT_FAILED, both(text))


def _look_up(zh: str, en: str, name: str, known: Collection[str]) -> None:
    if name not in known:
        text = words_acts.not_in_plant((zh, en), name, tuple(known), nearest(name, known))
        raise Unreachable(EXIT_USAGE, both(text))
