"""`edge-agent points import|export`: a contractor's point table in, a table for signature out."""

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from agent.commissioning.address import Base
from agent.commissioning.export import point_table
from agent.commissioning.export_file import as_csv, as_xlsx
from agent.commissioning.pasting import to_paste
from agent.commissioning.stanza import Stanza
from agent.commissioning.table import ImportOptions, import_table
from agent.commissioning.vocabulary import MAPPABLE, Field, bare, field_named
from agent.commissioning.whole_file import AlreadyThere, write_whole
from config.fault import Fault, Findings, InvalidPlant
from config.library import SITE_PROFILES
from config.load import load_plant
from config.messages import Language
from config.validation import nearest
from drivers.clock import Clock, SystemClock

EXIT_FAILED: Final = 1
EXIT_USAGE: Final = 2
EXIT_INVALID: Final = 3
_SHOWN_MAX: Final = 500
"""Beyond, the faults have one cause: a wrong column, a wrong file."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare `import` and `export` with their options."""
    parser = subparsers.add_parser("points", help="导入、导出点表 / import and export point tables")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    _add_import(
        actions.add_parser(
            "import", help="由承包商的点表生成可粘贴的设备配置 / devices to paste, from a table"
        )
    )
    _add_export(actions.add_parser("export", help="导出点表供签字 / write the table for signature"))


def _add_import(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "table", type=Path, metavar="FILE", help="点表：.xlsx 或 CSV / the table: .xlsx or CSV"
    )
    parser.add_argument("--connection", metavar="ID", help="所在的连接编号 / id of the connection")
    parser.add_argument(
        "--plant", type=Path, metavar="PLANT", help="连同该配置文件一起检查 / check within this file"
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="写入文件 / write to a file")
    parser.add_argument("--force", action="store_true", help="覆盖已有文件 / replace an existing file")
    parser.add_argument("--sheet", metavar="NAME", help="只读这张工作表 / read this sheet only")
    parser.add_argument(
        "--address-base",
        type=Base,
        choices=list(Base),
        help="地址的数法：从 0、从 1、或 40001 式 / how addresses count",
    )
    parser.add_argument(
        "--map",
        type=_mapping,
        action="append",
        default=[],
        metavar="COLUMN=FIELD",
        help=f"列名=字段 / column=field: {', '.join(field.value for field in MAPPABLE)}",
    )
    parser.add_argument(
        "--set",
        type=_default,
        action="append",
        default=[],
        metavar="FIELD=VALUE",
        help="表里没有写的内容 / what the table leaves out: --set station=1 --set type=float32",
    )
    parser.add_argument(
        "--keep-unit",
        action="append",
        default=[],
        metavar="UNIT",
        help="照写的单位 / a unit taken as it is written",
    )
    parser.add_argument(
        "--bit-base", type=int, choices=[0, 1], default=0, help="位从几数起 / where bits begin"
    )
    parser.add_argument("--lang", choices=["zh", "en", "both"], default="both", help="语言 / language")
    parser.add_argument(
        "--json",
        action="store_true",
        help="输出 JSON，yaml 含段名 / print JSON; its yaml has the sections' names",
    )


def _add_export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("plant", type=Path, metavar="PLANT", help="配置文件 / plant file")
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="写入 .csv 或 .xlsx；缺省输出 CSV / .csv or .xlsx; else CSV is printed",
    )
    parser.add_argument("--force", action="store_true", help="覆盖已有文件 / replace an existing file")
    parser.add_argument("--overlay", type=Path, action="append", default=[], help="覆盖文件 / overlay")
    parser.add_argument(
        "--profiles", type=Path, action="append", default=[], help="自有设备模板目录 / own profiles"
    )
    parser.add_argument(
        "--date",
        type=date.fromisoformat,
        metavar="YYYY-MM-DD",
        help="表上的日期；缺省今天 / date on it; else today",
    )


def _mapping(text: str) -> tuple[str, Field]:
    column, found, word = text.rpartition("=")
    if not found:
        raise argparse.ArgumentTypeError("列名=字段 / COLUMN=FIELD")
    return bare(column), _field(word)


def _default(text: str) -> tuple[Field, str]:
    word, found, value = text.partition("=")
    if not found:
        raise argparse.ArgumentTypeError("字段=内容 / FIELD=VALUE")
    return _field(word), value


def _field(word: str) -> Field:
    field = field_named(word)
    if field is None:
        near = nearest(word, [field.value for field in MAPPABLE])
        hint = f": {near}?" if near else ""
        raise argparse.ArgumentTypeError(f"没有字段 / no field “{word}”{hint}")
    return field


def run(args: argparse.Namespace) -> int:
    """Do it. Returns 0, 1 when the output cannot be written, 3 when the table or the plant has faults."""
    return _import(args) if args.action == "import" else _export(args, SystemClock())


def _export(args: argparse.Namespace, clock: Clock) -> int:
    if args.out is not None and args.out.suffix not in (".csv", ".xlsx"):
        print(f"{args.out}：只写 .csv 或 .xlsx / only .csv or .xlsx is written", file=sys.stderr)
        return EXIT_USAGE
    try:
        plant = load_plant(args.plant, overlays=args.overlay, profile_dirs=args.profiles or (SITE_PROFILES,))
    except InvalidPlant as invalid:
        print(*invalid.faults, sep="\n", file=sys.stderr)
        return EXIT_INVALID
    now = datetime.fromtimestamp(clock.now_ns() / 1e9, tz=ZoneInfo(plant.timezone))
    table = point_table(plant, date=str(args.date or now.date()))
    if args.out is None:
        sys.stdout.buffer.write(as_csv(table))
        return 0
    is_csv = args.out.suffix == ".csv"
    content = as_csv(table) if is_csv else as_xlsx(table, now.replace(tzinfo=None))
    return _write(args.out, content, replace=args.force)


def _write(path: Path, content: bytes, *, replace: bool) -> int:
    try:
        write_whole(path, content, replace=replace)
    except AlreadyThere:
        print(f"{path}：文件已存在，加 --force 覆盖 / it exists; --force replaces it", file=sys.stderr)
        return EXIT_FAILED
    except OSError as error:
        print(f"{path}：写不进去 / cannot be written: {error.strerror}", file=sys.stderr)
        return EXIT_FAILED
    return 0


def options_of(args: argparse.Namespace) -> ImportOptions:
    """Return what the command line says beside the table."""
    defaults: dict[Field, str] = dict(args.set)
    if args.connection is not None:
        defaults[Field.CONNECTION] = args.connection
    return ImportOptions(
        mapped=dict(args.map),
        defaults=defaults,
        base=args.address_base,
        sheet=args.sheet,
        kept_units=frozenset(args.keep_unit),
        bit_base=args.bit_base,
        plant=args.plant,
    )


def _import(args: argparse.Namespace) -> int:
    findings = Findings()
    stanza = import_table(args.table, options_of(args), findings)
    if args.json:
        _print_json(stanza, findings)
    else:
        _print_findings((*findings.faults, *findings.warnings), args.lang)
    if stanza is None:
        if not args.json:
            count = len(findings.faults)
            print(f"未导入：{count} 处错误 / nothing imported: {count} faults", file=sys.stderr)
        return EXIT_INVALID
    return _deliver(stanza, args)


def _print_findings(found: Sequence[Fault], language: Language) -> None:
    for finding in found[:_SHOWN_MAX]:
        print(finding.render(language), file=sys.stderr)
    if more := found[_SHOWN_MAX:]:
        print(f"… 其余 {len(more)} 处用 --json 查看 / {len(more)} more with --json", file=sys.stderr)


def _deliver(stanza: Stanza, args: argparse.Namespace) -> int:
    if args.out is None:
        if not args.json:
            print(to_paste(stanza.text), end="")
    elif code := _write(args.out, to_paste(stanza.text).encode(), replace=args.force):
        return code
    points = sum(stanza.devices.values())
    print(
        f"已导入 {points} 个测点，{len(stanza.devices)} 台设备 / "
        f"imported {points} points of {len(stanza.devices)} devices",
        file=sys.stderr,
    )
    return 0


def _print_json(stanza: Stanza | None, findings: Findings) -> None:
    answer = {
        "imported": stanza is not None,
        "yaml": stanza.text if stanza else None,
        "devices": dict(stanza.devices) if stanza else {},
        "faults": [_as_json(fault) for fault in findings.faults],
        "warnings": [_as_json(warning) for warning in findings.warnings],
    }
    print(json.dumps(answer, ensure_ascii=False, indent=2))


def _as_json(fault: Fault) -> dict[str, object]:
    return {
        "file": fault.file,
        "row": fault.line,
        "column": fault.column,
        "code": fault.code,
        "zh": fault.text("zh"),
        "en": fault.text("en"),
    }
