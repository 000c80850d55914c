"""The OPC UA connection that a command is about: of a plant file, or just an address."""

import argparse
import logging
import os
import sys
from pathlib import Path
from typing import Final

from agent.cli import words_opcua as words
from agent.state_folder import PKI_NAME, STATE_DEFAULT
from config.fault import InvalidPlant
from config.library import SITE_PROFILES
from config.load import load_plant
from config.model import Text
from config.opcua_link import OpcUa
from config.validation import nearest
from drivers.clock import SystemClock
from drivers.opcua.access import Access

EXIT_FAILED: Final = 1
EXIT_USAGE: Final = 2
EXIT_INVALID: Final = 3
NAMELESS: Final = "opcua"
"""Stands for the connection where only an address is given."""


class Unusable(Exception):
    """The command cannot begin; `code` is its exit code, and the reason was printed."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what says which connection is meant."""
    parser.add_argument("plant", nargs="?", metavar="PLANT", help="配置文件 / plant file")
    parser.add_argument("connection", nargs="?", metavar="CONNECTION", help="连接编号 / id of the connection")
    parser.add_argument("--state", type=Path, default=STATE_DEFAULT, help="状态目录 / state folder")
    parser.add_argument(
        "--overlay", type=Path, action="append", default=[], help="覆盖文件 / overlay, may be repeated"
    )
    parser.add_argument(
        "--profiles", type=Path, action="append", default=[], help="自有模板目录 / folder of own profiles"
    )


def access_of(args: argparse.Namespace) -> Access:
    """Return the way to the server that is meant. Raises Unusable, after saying why."""
    if args.plant is not None and args.plant.startswith("opc.tcp://") and args.connection is None:
        return _access(args.state, NAMELESS, OpcUa(endpoint=args.plant))
    if args.plant is None or args.connection is None:
        raise _unusable(EXIT_USAGE, words.which_connection())
    try:
        plant = load_plant(
            Path(args.plant),
            overlays=args.overlay,
            profile_dirs=args.profiles or (SITE_PROFILES,),
            may_lack_devices=True,
        )
    except InvalidPlant as invalid:
        print(*invalid.faults, sep="\n", file=sys.stderr)
        raise Unusable(EXIT_INVALID) from invalid
    known = {id_: settings for id_, settings in plant.connections.items() if isinstance(settings, OpcUa)}
    settings = known.get(args.connection)
    if settings is None:
        near = nearest(args.connection, known)
        raise _unusable(EXIT_USAGE, words.no_such_connection(args.connection, near, tuple(known)))
    return _access(args.state, args.connection, settings)


def _access(state: Path, connection_id: str, settings: OpcUa) -> Access:
    return Access(connection_id, settings, state / PKI_NAME, os.environ, SystemClock())


def failed(text: Text) -> int:
    """Say why it failed; returns the exit code for it."""
    print(f"{text.zh} / {text.en}", file=sys.stderr)
    return EXIT_FAILED


def _unusable(code: int, text: Text) -> Unusable:
    failed(text)
    return Unusable(code)


def quiet() -> None:
    """Keep the library's own lines off the terminal: what it has to tell is told in our words."""
    for name in ("asyncua", "asyncuagds"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
