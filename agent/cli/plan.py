"""`edge-agent plan PLANT`: which requests fetch the points, and what share of each line they take."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from agent.cli.line_findings import judge_lines, plan_lines
from agent.cli.table import render
from config.fault import Fault, Findings, InvalidPlant
from config.library import SITE_PROFILES
from config.load import Loaded, load_with_source
from config.messages import Language
from config.modbus_link import Modbus, ModbusDtu, ModbusRtu, SerialLine
from config.model import Point, Text
from config.opcua_link import OpcUa
from drivers.modbus.load import Exchange, LinePlan
from drivers.modbus.plan import Block

EXIT_INVALID: Final = 3
POINTS_SHOWN: Final = 3

HEADINGS: Final[dict[Language, tuple[str, ...]]] = {
    "zh": ("站号", "寄存器区", "起始", "数量", "周期", "耗时", "测点"),
    "en": ("unit", "table", "first", "count", "period", "takes", "points"),
    "both": ("站号/unit", "区/table", "起始/first", "数量/count", "周期/period", "耗时/takes", "测点/points"),
}
TABLES_ZH: Final = {
    "coil": "线圈",
    "discrete-input": "离散输入",
    "holding-register": "保持寄存器",
    "input-register": "输入寄存器",
}


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the options."""
    parser = subparsers.add_parser("plan", help="采集计划和线路占用率 / what is read when, each line's load")
    parser.add_argument("plant", type=Path, help="配置文件 / the plant file")
    parser.add_argument("--overlay", type=Path, action="append", default=[], help="覆盖文件 / overlay")
    parser.add_argument(
        "--profiles", type=Path, action="append", default=[], help="自有模板目录 / folder of own profiles"
    )
    parser.add_argument("--lang", choices=["zh", "en", "both"], default="both", help="语言 / language")
    parser.add_argument("--json", action="store_true", help="输出 JSON / print JSON")


def run(args: argparse.Namespace) -> int:
    """Print the plan. Returns 0; 3 where the plant file has faults, or a line cannot carry what is asked."""
    try:
        loaded = load_with_source(
            args.plant, overlays=args.overlay, profile_dirs=args.profiles or (SITE_PROFILES,)
        )
    except InvalidPlant as invalid:
        print(*(fault.render(args.lang) for fault in invalid.faults), sep="\n", file=sys.stderr)
        return EXIT_INVALID
    plans, findings = plan_lines(loaded.plant), Findings()
    judge_lines(plans, loaded.plant, loaded.source, findings)
    told = (*findings.faults, *findings.warnings)
    if args.json:
        print(json.dumps(_as_json(loaded, plans, told), ensure_ascii=False, indent=2))
    else:
        print("\n\n".join(_sections(loaded, plans, args.lang)))
        sys.stdout.flush()
        for finding in told:
            print(finding.render(args.lang), file=sys.stderr)
    return EXIT_INVALID if findings.faults else 0


def _sections(loaded: Loaded, plans: Sequence[LinePlan], language: Language) -> Iterator[str]:
    connections = loaded.plant.connections
    for plan in plans:
        settings = connections[plan.connection_id]
        assert isinstance(settings, Modbus)
        rows = [_row(*pair, language) for pair in zip(plan.blocks, plan.exchanges, strict=True)]
        lines = [f"{plan.connection_id}  {_line_words(settings)}"]
        lines += [render(HEADINGS[language], rows, right="rlrrrr")] if rows else []
        lines.append(_say(_load_words(plan), language))
        yield "\n".join(lines)
    for id_, settings in connections.items():
        if isinstance(settings, OpcUa):
            count = sum(len(device.points) for device in loaded.plant.devices_on(id_))
            yield f"{id_}  {settings.endpoint}\n{_say(_opcua_words(settings, count), language)}"


def _row(block: Block, exchange: Exchange, language: Language) -> tuple[str, ...]:
    table = block.table.value
    return (
        str(block.unit_id),
        TABLES_ZH[table] if language == "zh" else table,
        f"{block.first} (0x{block.first:04X})",
        str(block.count),
        _duration(block.period_s),
        f"{1000 * exchange.whole_s:.1f} ms",
        _points(block.points),
    )


def _points(points: Sequence[Point]) -> str:
    """Return the points of a block, each device named once: `co-11.concentration`, `w-1: flow, level (4)`."""
    devices: dict[str, list[str]] = {}
    for point in points:
        device, _, name = point.id.partition(".")
        devices.setdefault(device, []).append(name)
    parts = []
    for device, names in devices.items():
        shown = ", ".join(names[:POINTS_SHOWN]) + (", …" if len(names) > POINTS_SHOWN else "")
        parts.append(f"{device}: {shown} ({len(names)})" if len(names) > 1 else f"{device}.{names[0]}")
    more = f"; … (+{len(parts) - POINTS_SHOWN})" if len(parts) > POINTS_SHOWN else ""
    return "; ".join(parts[:POINTS_SHOWN]) + more


def _duration(seconds: float) -> str:
    if seconds < 1:
        return f"{1000 * seconds:g} ms"
    units = ((3600.0, "h"), (60.0, "min"))
    whole = (f"{seconds / size:g} {unit}" for size, unit in units if seconds % size == 0)
    return next(whole, f"{seconds:g} s")


def _line_words(settings: Modbus) -> str:
    if isinstance(settings, ModbusRtu):
        return f"{settings.port} {_serial_words(settings)}"
    if isinstance(settings, ModbusDtu):
        return f"DTU {settings.listen} {_serial_words(settings)}"
    where = f"{settings.host}:{settings.port}"
    return f"{where} {_serial_words(settings)}" if isinstance(settings, SerialLine) else where


def _serial_words(settings: SerialLine) -> str:
    if isinstance(settings, ModbusRtu):
        return f"{settings.baudrate} 8{settings.parity[0].upper()}{settings.stopbits}"
    return str(settings.baudrate)


def _load_words(plan: LinePlan) -> Text:
    percent, points = f"{100 * plan.share:.1f}", sum(len(block.points) for block in plan.blocks)
    links = plan.links
    zh = f"{points} 个测点，{len(plan.blocks)} 个请求，每秒 {plan.requests_per_s:.3g} 次，占用率 {percent}%"
    en = (
        f"{points} points in {len(plan.blocks)} requests, {plan.requests_per_s:.3g} a second, "
        f"{percent} % of the time"
    )
    zh += f"（{links} 个连接同时采集）" if links > 1 else ""
    en += f" on each of {links} connections" if links > 1 else ""
    if not plan.assumed_s:
        return Text(zh, en)
    assumed_ms = f"{1000 * plan.assumed_s:.0f}"
    return Text(
        f"{zh}（估算：应答按 {assumed_ms} ms，可用 answer_time 写明）",
        f"{en} (an estimate: {assumed_ms} ms for each answer; answer_time states it)",
    )


def _opcua_words(settings: OpcUa, points: int) -> Text:
    if settings.mode == "poll":
        return Text(f"{points} 个测点，按周期成批读取", f"{points} points, read in batches at their periods")
    return Text(f"{points} 个测点，由服务器主动上报变化", f"{points} points; the server reports changes")


def _say(text: Text, language: Language) -> str:
    return {"zh": text.zh, "en": text.en, "both": f"{text.zh} / {text.en}"}[language]


def _as_json(loaded: Loaded, plans: Sequence[LinePlan], told: Sequence[Fault]) -> dict[str, Any]:
    return {
        "connections": [
            {
                "id": plan.connection_id,
                "requests_per_s": round(plan.requests_per_s, 6),
                "share": round(plan.share, 6),
                "assumed_ms": round(1000 * plan.assumed_s, 3),
                "links": plan.links,
                "blocks": [_block_json(*pair) for pair in zip(plan.blocks, plan.exchanges, strict=True)],
                "unreadable": [point.id for point in plan.left_out],
            }
            for plan in plans
        ],
        "findings": [
            {
                "file": finding.file,
                "line": finding.line,
                "column": finding.column,
                "severity": finding.severity,
                "code": finding.code,
                "zh": finding.text("zh"),
                "en": finding.text("en"),
            }
            for finding in told
        ],
    }


def _block_json(block: Block, exchange: Exchange) -> dict[str, Any]:
    return {
        "name": block.name,
        "unit": block.unit_id,
        "table": block.table.value,
        "first": block.first,
        "count": block.count,
        "period_s": block.period_s,
        "takes_ms": round(1000 * exchange.whole_s, 3),
        "points": [point.id for point in block.points],
    }
