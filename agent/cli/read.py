"""`edge-agent read PLANT DEVICE`: raw registers beside decoded values, as the agent would see them."""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from agent.cli import first_listen, target
from agent.cli.shown_reading import block_json, block_lines, node_lines, nodes_json, shown_time
from agent.cli.target import EXIT_FAILED, Named, Unreachable, both
from agent.commissioning import messages
from agent.commissioning.reading import DeviceReader
from agent.state_folder import PKI_NAME
from config.modbus_link import Modbus
from config.opcua_link import OpcUa
from drivers.clock import Clock, SystemClock
from drivers.condition import Conditions
from drivers.errors import LinkFault, Lost, NoReply, PortBusy
from drivers.messages import describe
from drivers.modbus.opening import opening_of
from drivers.modbus.other_kind import doubting_kind
from drivers.remarks import Remarks


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the options."""
    parser = subparsers.add_parser("read", help="读一台设备：原始值与换算值 / read a device, raw and decoded")
    parser.add_argument("plant", type=Path, metavar="PLANT", help="配置文件 / plant file")
    parser.add_argument("device", metavar="DEVICE", help="设备编号 / id of the device")
    rounds = parser.add_mutually_exclusive_group()
    rounds.add_argument("--count", type=int, default=1, metavar="N", help="读几次 / how often it is read")
    rounds.add_argument("--watch", action="store_true", help="一直读，Ctrl-C 结束 / go on until Ctrl-C")
    parser.add_argument(
        "--every", type=float, default=1.0, metavar="S", help="间隔，秒 / seconds between two"
    )
    first_listen.add_option(parser)
    parser.add_argument("--json", action="store_true", help="每次一行 JSON / one line of JSON each")
    target.add_plant_options(parser)


def run(args: argparse.Namespace) -> int:
    """Read it. Returns 0 when every block was answered, else 1; 2 for no such device; 3 for a faulty file."""
    try:
        named = target.named_device(args)
    except Unreachable as unreachable:
        print(*unreachable.lines, sep="\n", file=sys.stderr)
        return unreachable.code
    target.hush_libraries()
    target.tell_running(args, named)
    try:
        return asyncio.run(_run(args, named, SystemClock()))
    except LinkFault as fault:
        print(both(describe(fault, is_retried=False)), file=sys.stderr)
        if isinstance(fault, PortBusy):
            print(both(messages.agent_has_port()), file=sys.stderr)
        return EXIT_FAILED


async def _run(args: argparse.Namespace, named: Named, clock: Clock) -> int:
    """Read as often as asked. Raises LinkFault."""
    settings = named.connection
    if isinstance(settings, OpcUa):
        return await _run_opcua(args, named, settings, clock)
    return await _run_modbus(args, named, settings, clock)


async def _run_modbus(args: argparse.Namespace, named: Named, settings: Modbus, clock: Clock) -> int:
    if not await first_listen.may_ask(settings, args, clock):
        return EXIT_FAILED
    device, failed, silent = named.device, False, True
    opening = opening_of(settings, clock, Remarks(device.connection_id, clock, lambda _: None))
    try:
        link = await opening.open(lambda: None)
        try:
            reader = DeviceReader(device, clock, timeout_s=settings.timeout, retries=settings.retries)
            async for _ in _rounds(args, clock):
                blocks = await reader.read(link)
                failed = any(block.fault for block in blocks)
                silent = silent and all(isinstance(block.fault, NoReply) for block in blocks)
                shown = [block_json(block) for block in blocks] if args.json else block_lines(blocks)
                _show(args, device.id, clock, shown)
        except Lost as fault:
            raise (doubting_kind(fault, settings) if silent else fault) from None
        finally:
            link.close()
    finally:
        opening.close()
    if silent:
        target.tell_silent(settings)
    return EXIT_FAILED if failed else 0


async def _run_opcua(args: argparse.Namespace, named: Named, settings: OpcUa, clock: Clock) -> int:
    # asyncua costs a quarter of a second: only who reads OPC UA pays for it.
    from agent.commissioning.node_reading import read_nodes
    from drivers.opcua.access import Access
    from drivers.opcua.session import open_session

    device, failed = named.device, False
    access = Access(device.connection_id, settings, args.state / PKI_NAME, os.environ, clock)
    conditions = Conditions([device])
    async with open_session(access, lambda: None) as client:
        async for _ in _rounds(args, clock):
            round_ = await read_nodes(client, settings, device, conditions, clock)
            failed = any(point.quality.is_bad for point in round_.points)
            _show(args, device.id, clock, [nodes_json(round_)] if args.json else node_lines(round_))
    return EXIT_FAILED if failed else 0


async def _rounds(args: argparse.Namespace, clock: Clock) -> AsyncIterator[int]:
    due_ns = clock.monotonic_ns()
    number = 0
    while args.watch or number < args.count:
        await clock.sleep_until(due_ns)
        yield number
        number += 1
        due_ns = max(due_ns + round(args.every * 1e9), clock.monotonic_ns())


def _show(args: argparse.Namespace, device_id: str, clock: Clock, shown: Sequence[object]) -> None:
    """Print one round: text lines as they are, anything else as one line of JSON."""
    now = shown_time(clock.now_ns())
    if args.json:
        print(json.dumps({"device": device_id, "time": now, "blocks": shown}, ensure_ascii=False), flush=True)
    else:
        print(f"{device_id}  {now}", *shown, sep="\n", flush=True)
