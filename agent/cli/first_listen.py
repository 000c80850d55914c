"""Before a command sends a bit on a serial line it listens, and leaves the line to another master."""

import argparse
import sys
from collections.abc import Sequence
from typing import Final

from agent.cli.target import both
from agent.commissioning import candidates, words_probe
from agent.commissioning.candidates import Setting, settings_in_order
from agent.commissioning.listening import LISTEN_S, Heard, listen, understand
from config.modbus_link import Modbus, ModbusRtu
from config.model import Text
from drivers.clock import Clock

_LISTENED_MAX: Final = 9
"""Other settings at which a talk that is not understood is listened to."""


def add_option(parser: argparse.ArgumentParser) -> None:
    """Declare the option that does without."""
    parser.add_argument(
        "--line-is-mine",
        action="store_true",
        help="不监听，线上没有别的主站 / do not listen: there is no other master",
    )


async def is_taken(line: ModbusRtu, settings: Sequence[Setting], clock: Clock) -> bool:
    """Listen; return whether somebody talks, which is told. The first setting is the line's own or likeliest.

    Raises LinkFault where the port cannot be had or goes.
    """
    print(both(words_probe.listening(LISTEN_S)), file=sys.stderr)
    heard = await listen(line, settings[0], clock, for_s=LISTEN_S)
    if not heard.is_talk:
        return False
    understood = heard if heard.is_understood else None
    others = settings[1 : 1 + _LISTENED_MAX]
    if understood is None and others:
        print(both(words_probe.listening_on(len(others) * LISTEN_S)), file=sys.stderr)
        understood = await understand(line, others, clock, for_s=LISTEN_S)
    only = None if others else settings[0]
    print(
        both(_talk(understood) if understood else words_probe.unknown_talk(heard.received, only)),
        file=sys.stderr,
    )
    return True


def _talk(heard: Heard) -> Text:
    return words_probe.unasked(heard) if heard.is_unasked else words_probe.other_master(heard)


async def may_ask(connection: Modbus, args: argparse.Namespace, clock: Clock) -> bool:
    """Return whether a connection of known settings may be used: no other master is heard on its line.

    Raises as `is_taken` does.
    """
    if args.line_is_mine or not isinstance(connection, ModbusRtu):
        return True
    own = Setting(connection.baudrate, connection.parity, connection.stopbits)
    others = settings_in_order(candidates.BAUD_RATES, candidates.PARITIES, connection.stopbits)
    return not await is_taken(connection, [own, *(each for each in others if each != own)], clock)
