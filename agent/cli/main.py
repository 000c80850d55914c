"""The command line `edge-agent`: one file per command, imported only when it is used.

Exit codes: 0 fine, 1 the thing asked for failed, 2 usage, 3 configuration invalid.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from io import TextIOWrapper
from typing import Final, Protocol, cast

COMMANDS: Final = {
    "check": "检查配置文件 / check a plant file",
    "plan": "采集计划和线路占用率 / what is read when, each line's load",
    "schema": "输出配置文件的 JSON Schema / print the JSON Schema of a plant file",
    "probe": "探测串口线或设备：参数、站号、寄存器 / find out what is there",
    "read": "读一台设备：原始值与换算值 / read a device, raw and decoded",
    "identify": "读取 Modbus 设备识别信息 / what a Modbus device says of itself",
    "layout": "报文格式预览 / show the very bytes that a platform would get",
    "points": "导入、导出点表 / import and export point tables",
    "run": "运行网关 / run the agent",
    "status": "查看运行状态 / show how it is running",
    "alarm": "报警：查看、确认、处置、消音、复位 / alarms: list, acknowledge, handle, shelve, reset",
    "area": "区域：生产状态、计划停产、复产检查 / areas: state, planned stops, fit to go on",
    "baseline": "压差等的基线：查看、换袋后重新记录 / baselines: list, record after a change of bags",
    "permit": "开始条件：测点、阀门、规则是否就绪 / start permits: what is not fit, before it is begun",
    "quarantine": "平台拒收的数据：查看、重发、放弃 / what a platform refused: list, resend, drop",
    "resend": "平台丢失数据时重发 / send again what a platform had lost",
    "audit": "核查存储是否完整、未改动 / whether the store is what was recorded",
    "export": "导出历史数据为 CSV / export readings as CSV",
    "simulate": "在本机模拟现场 / play the plant on this machine",
    "opcua": "OPC UA 证书、信任和浏览 / OPC UA certificate, trust and browsing",
    "test-rules": "规则的单元测试 / do the rules say what is expected of them?",
    "rehearse": "预演：事故情景中何时报警 / a scenario, faster than real time, and its time line",
    "drill": "演练：故障之下不丢数据 / faults against one's own plant file, and a verdict",
    "demo": "演示：模拟现场、平台和网关 / plant, platform and agent on this machine",
}
"""Command → what it does. Its code is in the module of the same name in this package, `-` being `_`."""

EXIT_FAILED: Final = 1
EXIT_USAGE: Final = 2
EXIT_INTERRUPTED: Final = 130  # what a shell reports for Ctrl-C


class Command(Protocol):
    """What every command module offers."""

    def add_parser(self, subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
        """Declare the command's options."""
        ...

    def run(self, args: argparse.Namespace) -> int:
        """Do it; returns the exit code."""
        ...


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. Raises SystemExit(2) on wrong usage, as argparse does."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal without Chinese shows codes, no traceback
            stream.reconfigure(errors="backslashreplace")
    name = next((argument for argument in arguments if not argument.startswith("-")), None)
    command = _load(name) if name is not None and name in COMMANDS else None
    parser = _parser(name, command)
    args = parser.parse_args(arguments)
    if command is None:
        parser.print_help()
        return EXIT_USAGE
    try:
        code = command.run(args)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:  # `… | head` has seen enough; Python must not complain while it ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_FAILED
    return code


def _parser(name: str | None, command: Command | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="edge-agent", description="边缘网关：采集、缓存、报警、上报 / edge gateway agent"
    )
    parser.add_argument("--version", action="version", version=f"edge-agent {_version()}")
    subparsers = parser.add_subparsers(metavar="COMMAND")
    for other, what in COMMANDS.items():
        if command is not None and other == name:
            command.add_parser(subparsers)
        else:
            subparsers.add_parser(other, help=what)
    return parser


def _load(name: str) -> Command:
    return cast("Command", import_module(f"agent.cli.{name.replace('-', '_')}"))


def _version() -> str:
    try:
        return version("edge-gateway-agent")
    except PackageNotFoundError:  # run from a source tree that was never installed
        return "0"


if __name__ == "__main__":
    sys.exit(main())
