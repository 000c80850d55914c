"""`edge-agent probe`: what is on a line or behind an address, and what a device's registers may mean.

Only reads leave, through the guard. On a serial line nothing leaves before it was
listened to, and nothing at all while another master talks.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Callable, Sequence
from typing import Final

from agent.cli import first_listen, target
from agent.cli.main import EXIT_INTERRUPTED
from agent.cli.shown_probe import bit_lines, registers_json, survey_lines, unit_lines, units_json
from agent.cli.target import EXIT_FAILED, EXIT_USAGE, Unreachable, both
from agent.cli.teller import Teller
from agent.commissioning import candidates, messages, words_probe
from agent.commissioning.address import Base
from agent.commissioning.candidates import numbers, ranges, settings_in_order
from agent.commissioning.found_stanza import connection_stanza
from agent.commissioning.line_scan import LineFound, LineScan
from agent.commissioning.pasting import to_paste
from agent.commissioning.register_range import AmbiguousRange, registers_meant
from agent.commissioning.register_scan import Registers, RegisterScan
from agent.commissioning.survey import survey
from agent.commissioning.unit_scan import FoundUnit, Units, identify_units, ignores_ids, scan_units
from config.modbus_link import Modbus, ModbusRtu, ModbusRtuTcp, ModbusTcp
from config.source import Table
from drivers.clock import Clock, SystemClock
from drivers.errors import LinkFault, Lost, NoReply, PortBusy
from drivers.messages import describe
from drivers.modbus.opening import OpenLink, opening_of
from drivers.modbus.other_kind import doubting_kind
from drivers.modbus.plan import REGISTERS_PER_READ_MAX
from drivers.remarks import Remarks

LINE_TIMEOUT_S: Final = 0.2
TCP_TIMEOUT_S: Final = 0.5
_TABLES: Final = {
    "holding": Table.HOLDING_REGISTER,
    "input": Table.INPUT_REGISTER,
    "coil": Table.COIL,
    "discrete": Table.DISCRETE_INPUT,
}
_MANY_UNITS: Final = 8


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the options."""
    parser = subparsers.add_parser(
        "probe", help="探测串口线或设备：参数、站号、寄存器 / find out what is there"
    )
    target.add_address_options(parser)
    parser.add_argument("--rtu-tcp", metavar="HOST:PORT", help="串口服务器 / a serial server (RTU over TCP)")
    parser.add_argument(
        "--baud",
        type=_list_of(candidates.BAUD_RATES),
        default=candidates.BAUD_RATES,
        metavar="9600,…",
        help="波特率 / bits per second",
    )
    parser.add_argument(
        "--parity",
        type=_list_of(candidates.PARITIES),
        default=candidates.PARITIES,
        metavar="none,…",
        help="校验位 / parity: none, even, odd",
    )
    parser.add_argument("--units", metavar="1-247", help="要问的站号 / unit ids to ask")
    parser.add_argument(
        "--unit", type=int, metavar="N", help="看寄存器的站号 / unit whose registers are read"
    )
    parser.add_argument("--registers", metavar="0-63", help="寄存器地址 / addresses of registers")
    parser.add_argument(
        "--address-base",
        type=Base,
        choices=list(Base),
        help="地址的数法：从 0、从 1、或 40001 式 / how addresses count",
    )
    parser.add_argument(
        "--table", choices=list(_TABLES), help="寄存器区，缺省 holding / register table; holding by default"
    )
    parser.add_argument(
        "--at-once",
        type=int,
        default=REGISTERS_PER_READ_MAX,
        metavar="N",
        help="一次最多读几个 / addresses per read",
    )
    first_listen.add_option(parser)
    parser.add_argument("--json", action="store_true", help="输出 JSON / print JSON")


def _list_of(allowed: Sequence[object]) -> Callable[[str], list[object]]:
    by_text = {str(value): value for value in allowed}

    def read(text: str) -> list[object]:
        try:
            return [by_text[part.strip()] for part in text.split(",")]
        except KeyError as error:
            words = words_probe.not_among(text, tuple(by_text))
            raise argparse.ArgumentTypeError(both(words)) from error

    return read


def run(args: argparse.Namespace) -> int:
    """Probe. Returns 0 when something was found, 1 when not, 2 on wrong usage, 130 when interrupted."""
    target.hush_libraries()
    try:
        _check(args)
        if args.serial is not None:
            return asyncio.run(_probe_line(args, SystemClock()))
        return asyncio.run(_probe_address(args, SystemClock()))
    except Unreachable as unreachable:
        print(*unreachable.lines, sep="\n", file=sys.stderr)
        return unreachable.code
    except LinkFault as fault:
        if args.rtu_tcp is not None:
            fault = doubting_kind(fault, target.rtu_tcp_settings(args))
        print(both(describe(fault, is_retried=False)), file=sys.stderr)
        if isinstance(fault, PortBusy):
            print(both(messages.agent_has_port()), file=sys.stderr)
        return EXIT_FAILED


def _check(args: argparse.Namespace) -> None:
    """Raise Unreachable where the options do not go together."""
    if sum(way is not None for way in (args.serial, args.tcp, args.rtu_tcp)) != 1:
        raise Unreachable(EXIT_USAGE, both(words_probe.which_line()))
    if (args.unit is None) != (args.registers is None):
        raise Unreachable(EXIT_USAGE, both(words_probe.which_line()))
    if args.registers is not None and args.serial is not None and len(args.baud) * len(args.parity) != 1:
        raise Unreachable(EXIT_USAGE, both(words_probe.one_setting()))
    if not 1 <= args.at_once <= candidates.READ_MAX:
        raise Unreachable(EXIT_USAGE, both(words_probe.at_once(candidates.READ_MAX)))
    # All of it before the line is listened to: three seconds are long for a slip of the pen.
    if args.registers is not None:
        args.wanted = _wanted(args)
        [args.unit] = _numbers(str(args.unit), "--unit", 0, target.UNITS_MAX)
    least, most = (0, 255) if args.tcp is not None else (1, 247)
    args.unit_ids = _numbers(args.units, "--units", least, most) if args.units else list(_usual_units(args))


def _wanted(args: argparse.Namespace) -> tuple[Table, list[int]]:
    """Return which registers are meant. Raises Unreachable where that is not clear."""
    table = _TABLES[args.table] if args.table else None
    try:
        return registers_meant(args.registers, table, args.address_base)
    except AmbiguousRange as unclear:
        words = words_probe.ambiguous_registers(unclear.text, unclear.table.value, unclear.first)
        raise Unreachable(EXIT_USAGE, both(words)) from unclear
    except ValueError as error:
        raise Unreachable(EXIT_USAGE, both(words_probe.no_registers(args.registers))) from error


def _table(args: argparse.Namespace) -> Table:
    """Return the table by which units are found."""
    return _TABLES[args.table or "holding"]


def _numbers(text: str, option: str, least: int, most: int) -> list[int]:
    try:
        return numbers(text, least, most)
    except ValueError as error:
        raise Unreachable(EXIT_USAGE, both(words_probe.no_numbers(option, text, least, most))) from error


async def _probe_line(args: argparse.Namespace, clock: Clock) -> int:
    """Listen, and then ask. Raises LinkFault, Unreachable."""
    args.timeout = LINE_TIMEOUT_S if args.timeout is None else args.timeout
    settings = settings_in_order(args.baud, args.parity, args.stopbits)
    line = target.rtu_settings(args, settings[0].baudrate, settings[0].parity)
    if not args.line_is_mine and await first_listen.is_taken(line, settings, clock):
        return EXIT_FAILED
    if args.registers is not None:
        return await _read_registers(args, line, clock)
    scan = LineScan(line, settings, args.unit_ids, _table(args))
    plan = words_probe.line_plan(len(settings), ranges(args.unit_ids), scan.usual_s, scan.longest_s)
    print(both(plan), file=sys.stderr)
    teller = Teller(scan.questions)
    teller.hear_interrupt()
    found = await scan.run(clock, teller)
    teller.done()
    return _tell_line(args, line, found, teller)


def _tell_line(args: argparse.Namespace, line: ModbusRtu, found: LineFound, teller: Teller) -> int:
    setting = found.setting
    if teller.stopped:
        print(both(words_probe.stopped(has_found=setting is not None)), file=sys.stderr)
    if setting is None:
        if found.illegible or not teller.stopped:
            words = words_probe.illegible(found.illegible) if found.illegible else words_probe.nobody()
            print(both(words), file=sys.stderr)
        return EXIT_INTERRUPTED if teller.stopped else EXIT_FAILED
    settings = line.model_copy(
        update={"baudrate": setting.baudrate, "parity": setting.parity, "stopbits": setting.stopbits}
    )
    if not args.json:
        print(both(words_probe.found_line(setting)))
    _print_found(args, settings, found.units)
    return EXIT_INTERRUPTED if teller.stopped else 0


async def _probe_address(args: argparse.Namespace, clock: Clock) -> int:
    """Ask behind a TCP address. Raises LinkFault, Unreachable."""
    args.timeout = TCP_TIMEOUT_S if args.timeout is None else args.timeout
    settings = target.tcp_settings(args) if args.tcp is not None else target.rtu_tcp_settings(args)
    if args.registers is not None:
        return await _read_registers(args, settings, clock)
    unit_ids = args.unit_ids
    plan = words_probe.unit_plan(ranges(unit_ids), len(unit_ids) * settings.timeout)
    print(both(plan), file=sys.stderr)
    teller = Teller(len(unit_ids))
    teller.hear_interrupt()
    units = await _ask_units(args, settings, unit_ids, clock, teller)
    teller.done()
    if teller.stopped:
        print(both(words_probe.stopped(has_found=bool(units.found))), file=sys.stderr)
    if units.found:
        _print_found(args, settings, units)
    elif not teller.stopped:
        target.tell_silent(settings)
    return EXIT_INTERRUPTED if teller.stopped else 0 if units.found else EXIT_FAILED


def _usual_units(args: argparse.Namespace) -> Sequence[int]:
    return candidates.TCP_UNITS if args.tcp is not None else candidates.LINE_UNITS


async def _ask_units(
    args: argparse.Namespace,
    settings: ModbusTcp | ModbusRtuTcp,
    unit_ids: Sequence[int],
    clock: Clock,
    teller: Teller,
) -> Units:
    table = _table(args)
    opening = opening_of(settings, clock, Remarks("", clock, lambda _: None))
    link = await opening.open(lambda: None)
    try:
        try:
            ignores = len(unit_ids) > _MANY_UNITS and await ignores_ids(link, table, settings.timeout)
        except Lost:  # it hangs up on an id that is not its own
            link.close()
            link, ignores = await opening.open(lambda: None), False
        if ignores:
            print(both(words_probe.ignores_ids()), file=sys.stderr)
            units = Units(found={1: FoundUnit(1)})
        else:
            units = await scan_units(link, unit_ids, table, settings.timeout, teller)
        await _identify(link, units, settings.timeout, teller)
        return units
    finally:
        link.close()
        opening.close()


async def _identify(link: OpenLink, units: Units, timeout_s: float, teller: Teller) -> None:
    """Ask what was found what it is; a device that hangs up on that question is there all the same."""
    if units.broke_at is not None:
        print(both(words_probe.broke_off(units.broke_at)), file=sys.stderr)
        return
    try:
        await identify_units(link, units, timeout_s, teller)
    except Lost:
        print(both(words_probe.hangs_up_on_identification()), file=sys.stderr)


def _print_found(args: argparse.Namespace, settings: Modbus, units: Units) -> None:
    stanza = connection_stanza(settings, sorted(units.found))
    if args.json:
        answer = {"units": units_json(units), "stanza": stanza}
        print(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        print(unit_lines(units), "", to_paste(stanza), sep="\n", end="")


async def _read_registers(args: argparse.Namespace, settings: Modbus, clock: Clock) -> int:
    """Read a range and show what it may mean. Raises LinkFault, Unreachable."""
    unit_id = args.unit
    table, addresses = args.wanted
    opening = opening_of(settings, clock, Remarks("", clock, lambda _: None))
    link = await opening.open(lambda: None)
    teller = Teller(0)
    teller.hear_interrupt()
    try:
        scan = RegisterScan(link, unit_id, table, timeout_s=settings.timeout, at_once=args.at_once)
        registers = await scan.run(addresses, teller)
    except Lost as fault:
        registers = scan.registers
        if not registers.words:
            raise
        registers.fault = fault
    finally:
        link.close()
        opening.close()
    teller.done()
    if teller.stopped:
        print(both(words_probe.stopped(has_found=bool(registers.words))), file=sys.stderr)
        if not registers.words:
            return EXIT_INTERRUPTED
    if not registers.words and isinstance(registers.fault, NoReply):
        print(both(words_probe.silent_unit(unit_id)), file=sys.stderr)
        target.tell_silent(settings)
        return EXIT_FAILED
    _print_registers(args, registers, clock)
    return EXIT_INTERRUPTED if teller.stopped else 0 if registers.words else EXIT_FAILED


def _print_registers(args: argparse.Namespace, registers: Registers, clock: Clock) -> None:
    made = None if registers.table.holds_bits else survey(registers.words, clock.now_ns() // 10**9)
    if args.json:
        print(json.dumps(registers_json(registers, made), ensure_ascii=False, indent=2))
    else:
        print(*(bit_lines(registers) if made is None else survey_lines(registers, made)), sep="\n")
