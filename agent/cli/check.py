"""`edge-agent check PLANT`: everything that is wrong with a plant file, with place and mend."""

import argparse
import json
import os
import sys
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from agent.cli.line_findings import judge_lines, plan_lines
from config.advice import advise_today
from config.fault import Fault, Findings, InvalidPlant
from config.library import SITE_PROFILES
from config.load import Loaded, load_with_source
from config.messages import Language
from drivers.clock import Clock, SystemClock

EXIT_INVALID = 3


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the options."""
    parser = subparsers.add_parser("check", help="检查配置文件 / check a plant file")
    parser.add_argument("plant", type=Path, help="配置文件 / the plant file")
    parser.add_argument(
        "--overlay",
        type=Path,
        action="append",
        default=[],
        help="覆盖文件，可多次 / overlay, may be repeated",
    )
    parser.add_argument(
        "--profiles", type=Path, action="append", default=[], help="自有模板目录 / folder of own profiles"
    )
    parser.add_argument("--lang", choices=["zh", "en", "both"], default="both", help="语言 / language")
    parser.add_argument("--json", action="store_true", help="输出 JSON / print JSON")


def run(args: argparse.Namespace) -> int:
    """Print faults (exit 3) or what the plant holds (exit 0), and the warnings in both cases."""
    profile_dirs = args.profiles or (SITE_PROFILES,)
    loaded: Loaded | None = None
    faults: tuple[Fault, ...] = ()
    try:
        loaded = load_with_source(args.plant, overlays=args.overlay, profile_dirs=profile_dirs)
        findings = _findings(loaded, SystemClock())
        faults, warnings = findings.faults, _in_order(*loaded.plant.warnings, *findings.warnings)
    except InvalidPlant as invalid:
        faults, warnings = invalid.faults, invalid.warnings
    if args.json:
        _print_json(faults, warnings, loaded)
    else:
        _print_lines(faults, warnings, loaded, args.lang)
    return EXIT_INVALID if faults else 0


def _findings(loaded: Loaded, clock: Clock) -> Findings:
    """Return what the file alone does not show: what this machine lacks, what the lines cannot carry."""
    today: date = datetime.fromtimestamp(clock.now_ns() / 1e9, tz=ZoneInfo(loaded.plant.timezone)).date()
    findings = Findings()
    advise_today(loaded.plant, loaded.source, findings, environ=os.environ, today=today)
    judge_lines(plan_lines(loaded.plant), loaded.plant, loaded.source, findings)
    return findings


def _in_order(*warnings: Fault) -> tuple[Fault, ...]:
    return tuple(sorted(warnings, key=lambda warning: warning.place))


def _print_lines(
    faults: tuple[Fault, ...], warnings: tuple[Fault, ...], loaded: Loaded | None, language: Language
) -> None:
    for finding in (*faults, *warnings):
        print(finding.render(language), file=sys.stderr if finding.severity == "fault" else sys.stdout)
    if loaded is None or faults:
        texts = {
            "zh": f"配置无效：{len(faults)} 处错误，{len(warnings)} 条提示",
            "en": f"invalid: {len(faults)} faults, {len(warnings)} warnings",
        }
    else:
        plant = loaded.plant
        limits, rules = sum(len(device.rules) for device in plant.devices.values()), len(plant.rules)
        texts = {
            "zh": f"配置有效：{len(plant.connections)} 个连接，{len(plant.devices)} 台设备，"
            f"{len(plant.points)} 个测点，{limits} 条限值，{rules} 条规则，"
            f"{len(plant.uplinks)} 个上报平台；"
            f"{len(warnings)} 条提示",
            "en": f"valid: {len(plant.connections)} connections, {len(plant.devices)} devices, "
            f"{len(plant.points)} points, {limits} limits, {rules} rules, {len(plant.uplinks)} uplinks; "
            f"{len(warnings)} warnings",
        }
    print(" / ".join(texts.values()) if language == "both" else texts[language])


def _print_json(faults: tuple[Fault, ...], warnings: tuple[Fault, ...], loaded: Loaded | None) -> None:
    answer = {
        "valid": loaded is not None and not faults,
        "faults": [_as_json(fault) for fault in faults],
        "warnings": [_as_json(warning) for warning in warnings],
    }
    print(json.dumps(answer, ensure_ascii=False, indent=2))


def _as_json(fault: Fault) -> dict[str, object]:
    return {
        "file": fault.file,
        "line": fault.line,
        "column": fault.column,
        "code": fault.code,
        "zh": fault.text("zh"),
        "en": fault.text("en"),
    }
