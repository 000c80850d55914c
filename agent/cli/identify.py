"""`edge-agent identify`: what a Modbus device says of itself (function 43/14)."""

import argparse
import asyncio
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from agent.cli import first_listen, target
from agent.cli.table import render
from agent.cli.target import EXIT_FAILED, EXIT_USAGE, Unreachable, both
from agent.commissioning import messages
from agent.commissioning.unit_scan import answers_reads
from config.modbus_link import Modbus
from config.source import Table
from drivers.clock import Clock, SystemClock
from drivers.errors import ExceptionReply, LinkFault, Lost, NoReply, PortBusy, UnitFault
from drivers.messages import describe
from drivers.modbus.identification import OBJECTS, Identification, identify
from drivers.modbus.opening import Opening, opening_of
from drivers.modbus.plan import Block, plan_blocks
from drivers.remarks import Remarks

_ILLEGAL_FUNCTION: Final = 1
_READS_MAX: Final = 2
"""More would make who asks wait long for a device that is really gone."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the options."""
    parser = subparsers.add_parser(
        "identify", help="读取 Modbus 设备识别信息 / what a Modbus device says of itself"
    )
    parser.add_argument("plant", type=Path, metavar="PLANT", nargs="?", help="配置文件 / plant file")
    parser.add_argument("device", metavar="DEVICE", nargs="?", help="设备编号 / id of the device")
    target.add_address_options(parser)
    parser.add_argument("--unit", type=int, metavar="N", help="站号 / unit id")
    parser.add_argument(
        "--baud", type=int, choices=target.BAUD_RATES, default=9600, help="波特率 / bits per second"
    )
    parser.add_argument("--parity", choices=target.PARITIES, default="none", help="校验位 / parity")
    first_listen.add_option(parser)
    parser.add_argument("--json", action="store_true", help="输出 JSON / print JSON")
    target.add_plant_options(parser)


def run(args: argparse.Namespace) -> int:
    """Ask it. Returns 0; 1 when it has no answer; 2 on wrong usage; 3 for a faulty file."""
    try:
        asked = _target(args)
    except Unreachable as unreachable:
        print(*unreachable.lines, sep="\n", file=sys.stderr)
        return unreachable.code
    target.hush_libraries()
    try:
        told = asyncio.run(_ask(args, asked, SystemClock()))
    except ExceptionReply as reply:
        unknown = reply.exception_code == _ILLEGAL_FUNCTION
        text = messages.no_identification(asked.unit_id) if unknown else describe(reply)
        print(both(text), file=sys.stderr)
        return EXIT_FAILED
    except (LinkFault, UnitFault) as fault:
        print(both(describe(fault, is_retried=False)), file=sys.stderr)
        if isinstance(fault, NoReply):
            target.tell_silent(asked.settings)
        if isinstance(fault, PortBusy):
            print(both(messages.agent_has_port()), file=sys.stderr)
        return EXIT_FAILED
    if told is None:
        return EXIT_FAILED
    print(_json(asked.unit_id, told) if args.json else "\n".join(_lines(asked.unit_id, told)))
    return 0


@dataclass(frozen=True, slots=True)
class _Asked:
    """Who is asked, and reads that tell a silent device from one that lacks identification."""

    settings: Modbus
    unit_id: int
    reads: tuple[Block, ...]


def _target(args: argparse.Namespace) -> _Asked:
    """Return whom to ask. Raises Unreachable."""
    ways = [args.plant is not None, args.tcp is not None, args.serial is not None]
    if sum(ways) != 1 or (args.plant is not None) != (args.device is not None):
        raise Unreachable(EXIT_USAGE, both(messages.who_is_asked()))
    if args.plant is not None:
        named = target.named_device(args)
        settings = target.modbus_of(named)
        target.tell_running(args, named)
        assert named.device.unit_id is not None  # config: a Modbus device has one
        # Only what its plan reads anyway: the file may forbid other addresses.
        return _Asked(settings, named.device.unit_id, plan_blocks([named.device])[:_READS_MAX])
    if args.unit is None or not 0 <= args.unit <= target.UNITS_MAX:
        raise Unreachable(EXIT_USAGE, both(messages.no_unit(0, target.UNITS_MAX)))
    reads = tuple(
        Block(args.unit, table, 0, 1, 0.0, ()) for table in (Table.HOLDING_REGISTER, Table.INPUT_REGISTER)
    )
    if args.tcp is not None:
        return _Asked(target.tcp_settings(args), args.unit, reads)
    return _Asked(target.rtu_settings(args, args.baud, args.parity), args.unit, reads)


async def _ask(args: argparse.Namespace, asked: _Asked, clock: Clock) -> Identification | None:
    """Ask it; None after telling that the line is another master's, or that there is nothing to identify.

    Raises LinkFault, UnitFault.
    """
    settings, unit_id = asked.settings, asked.unit_id
    if not await first_listen.may_ask(settings, args, clock):
        return None
    opening = opening_of(settings, clock, Remarks("", clock, lambda _: None))
    try:
        link = await opening.open(lambda: None)
        try:
            return await identify(link, unit_id, settings.timeout)
        except NoReply:
            if not await answers_reads(link, asked.reads, settings.timeout):
                raise
            print(both(messages.silent_to_identification(unit_id)), file=sys.stderr)
            return None
        except Lost:
            if not await _answers_anew(opening, asked):
                raise
            print(both(messages.hung_up_on_identification(unit_id)), file=sys.stderr)
            return None
        finally:
            link.close()
    finally:
        opening.close()


async def _answers_anew(opening: Opening, asked: _Asked) -> bool:
    """Return whether the unit answers reads on a new connection. Raises LinkFault."""
    link = await opening.open(lambda: None)
    try:
        return await answers_reads(link, asked.reads, asked.settings.timeout)
    finally:
        link.close()


def _lines(unit_id: int, told: Identification) -> list[str]:
    level = messages.CONFORMITY.get(told.conformity)
    words = both(level) if level else str(told.conformity)
    rows = [
        (
            both(messages.OBJECTS.get(number) or messages.own_object(number)),
            OBJECTS.get(number, ""),
            words_of(text),
        )
        for number, text in told.objects.items()
    ]
    return [
        f"从站 / unit {unit_id}，符合级别 / conformity {told.conformity}: {words}",
        render(("项目 / object", "", "内容 / content"), rows),
    ]


def _json(unit_id: int, told: Identification) -> str:
    objects = [
        {"object": number, "name": OBJECTS.get(number), "text": words_of(text), "hex": text.hex()}
        for number, text in told.objects.items()
    ]
    answer = {"unit": unit_id, "conformity": told.conformity, "objects": objects}
    return json.dumps(answer, ensure_ascii=False, indent=2)


def words_of(text: bytes) -> str:
    """Return an object's text: ASCII by the standard, GBK from some makers, else its bytes."""
    for encoding in ("ascii", "utf-8", "gbk"):
        try:
            words = text.decode(encoding).strip("\0 ")
        except UnicodeDecodeError:
            continue
        if words.isprintable():
            return words
    return text.hex(" ").upper()
