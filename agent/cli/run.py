"""`edge-agent run PLANT`: the agent itself, until SIGTERM or Ctrl-C."""

import argparse
import asyncio
import signal
import sys
from pathlib import Path
from random import SystemRandom

from agent import messages
from agent.daemon import Daemon
from agent.log import set_up
from agent.state_folder import STATE_DEFAULT
from buffering.errors import StoreUnusable
from config.library import SITE_PROFILES
from config.load import InvalidPlant, load_plant
from config.model import Plant, Text
from drivers.clock import SystemClock


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser("run", help="运行网关 / run the agent")
    parser.add_argument("plant", type=Path, help="配置文件 / plant file")
    parser.add_argument(
        "--state", type=Path, default=STATE_DEFAULT, help=f"状态目录 / state folder ({STATE_DEFAULT})"
    )
    parser.add_argument(
        "--overlay",
        type=Path,
        action="append",
        default=[],
        help="替换地址的文件 / file of replaced addresses",
    )
    parser.add_argument(
        "--profiles", type=Path, action="append", default=[], help="自有设备模板目录 / own profiles"
    )
    parser.add_argument("--verbose", action="store_true", help="详细日志 / log more")


def run(args: argparse.Namespace) -> int:
    """Run until told to stop. Returns 0, 1 when the store will not open, 3 when the file is invalid."""
    set_up(verbose=args.verbose)
    try:
        plant = load_plant(args.plant, overlays=args.overlay, profile_dirs=args.profiles or (SITE_PROFILES,))
    except InvalidPlant as invalid:
        print(*invalid.faults, sep="\n", file=sys.stderr)
        return 3
    try:
        args.state.mkdir(parents=True, exist_ok=True)
        asyncio.run(_run(plant, args.state))
    except StoreUnusable as fault:
        return _failed(messages.store_unusable(fault))
    except OSError as fault:
        if not args.state.is_dir():
            return _failed(messages.no_state_folder(str(args.state), fault.strerror or str(fault)))
        raise
    return 0


def _failed(text: Text) -> int:
    print(f"{text.zh} / {text.en}", file=sys.stderr)
    return 1


async def _run(plant: Plant, state: Path) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await Daemon(plant, state, SystemClock(), SystemRandom()).run(stop)
