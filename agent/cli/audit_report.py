"""`edge-agent audit report`: one day on one page, for print."""

import argparse
import sys
from datetime import UTC, date
from typing import Final

from agent import words_report
from agent.cli.evidence_store import Progress, add_store_options, file_of, opened, tell_unusable
from agent.cli.output import EXIT_FAILED, Refused, written
from agent.cli.target import both
from agent.evidence.day import Day, day_of
from agent.evidence.day_page import day_page
from agent.evidence.zone import shown
from buffering.errors import StoreUnusable
from drivers.clock import Clock, SystemClock

DAY_FORM: Final = "YYYY-MM-DD"


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the options."""
    parser = subparsers.add_parser(
        "report", help="一天的数据完整性日报（HTML，可打印）/ one day on a printable page"
    )
    add_store_options(parser)
    parser.add_argument("--day", required=True, metavar=DAY_FORM, help="日期（厂区时间）/ the plant's day")
    parser.add_argument(
        "--out", required=True, metavar="FILE.html", help="写入文件，- 为标准输出 / - is standard output"
    )
    parser.add_argument("--force", action="store_true", help="覆盖已有文件 / replace an existing file")


def run(args: argparse.Namespace, clock: Clock | None = None) -> int:
    """Write the page. Returns 0; 1: not written, or what it tells is not all that was; 2: no such day."""
    now_ns = (clock or SystemClock()).now_ns()
    try:
        wanted = _day(args.day)
        day = _gathered(args, wanted, now_ns)
        with written(args.out, replace=args.force) as stream:
            stream.write(day_page(day, now_ns=now_ns).encode("utf-8", "backslashreplace"))
    except StoreUnusable as fault:
        tell_unusable(fault)
        return EXIT_FAILED
    except Refused as refused:
        print(both(refused.text), file=sys.stderr)
        return refused.code
    if day.unreadable:
        print(both(words_report.unreadable(day.unreadable)), file=sys.stderr)
    if day.missing:
        print(both(words_report.missing(day.missing)), file=sys.stderr)
    for name in day.kept_back_unknown:
        print(both(words_report.kept_back_unknown(name)), file=sys.stderr)
    return EXIT_FAILED if day.unreadable or day.missing or day.kept_back_unknown else 0


def _day(text: str) -> date:
    """Return the day that is meant. Raises Refused."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(words_report.no_day(text)) from None


def _gathered(args: argparse.Namespace, wanted: date, now_ns: int) -> Day:
    """Return the day. Raises StoreUnusable. Raises Refused: it has not begun."""
    progress = Progress()
    with opened(file_of(args)) as store:
        try:
            day = day_of(store, wanted, now_ns=now_ns, tell=lambda at_ns: progress.at(shown(at_ns, UTC)))
        finally:
            progress.done()
    if not day.is_over and day.period.from_ns >= day.period.to_ns:
        raise Refused(words_report.day_to_come(str(wanted)))
    return day
