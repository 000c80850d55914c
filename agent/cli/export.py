"""`edge-agent export`: stored readings as CSV, read beside a running agent."""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from agent import words_evidence
from agent.cli.evidence_store import Progress, add_store_options, file_of, opened, tell_unusable
from agent.cli.output import Refused, written
from agent.cli.target import both
from agent.evidence.catalogues import Catalogues, KnownPoint
from agent.evidence.history import History
from agent.evidence.missing import is_thinned, missing_records
from agent.evidence.readings import Period, recorded
from agent.evidence.table import Table
from agent.evidence.zone import parsed, shown, zone_of
from buffering.beside import SEQ_MAX, StoreBeside
from buffering.errors import StoreUnusable
from buffering.record import Lane
from config.model import Text

EXIT_FAILED: Final = 1


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be exported; no names: every point."""

    period: Period
    devices: frozenset[str]
    points: frozenset[str]

    def has(self, point: KnownPoint) -> bool:
        """Return whether a point's readings are wanted."""
        return point.id in self.points or point.device in self.devices or not (self.points or self.devices)


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command's options."""
    parser = subparsers.add_parser("export", help="导出历史数据为 CSV / export readings as CSV")
    add_store_options(parser)
    when = "本地时间，如 2026-11-28 或 2026-11-28T08:00 / the plant's time, or with an offset"
    parser.add_argument("--from", dest="begin", required=True, metavar="T", help=f"起：{when}")
    parser.add_argument(
        "--to", dest="end", required=True, metavar="T", help=f"止（不含）/ up to, not with: {when}"
    )
    parser.add_argument(
        "--device", action="append", default=[], metavar="D", help="设备，可多次 / device, may be repeated"
    )
    parser.add_argument(
        "--point", action="append", default=[], metavar="P", help="测点，可多次 / point, may be repeated"
    )
    parser.add_argument(
        "--out", required=True, metavar="FILE.csv", help="写入文件，- 为标准输出 / - is standard output"
    )
    parser.add_argument("--force", action="store_true", help="覆盖已有文件 / replace an existing file")
    parser.add_argument("--lang", choices=["zh", "en"], default="zh", help="表头和名称的语言 / language")


def run(args: argparse.Namespace) -> int:
    """Write the table. Returns 0; 1: not written, or records missing or damaged; 2: wrong times or names."""
    progress = Progress()
    try:
        with opened(file_of(args)) as store:
            catalogues = Catalogues(store)
            zone = zone_of(catalogues.newest())
            wanted = _wanted(args, catalogues, zone)
            with written(args.out, replace=args.force) as stream:
                code = _export(store, catalogues, wanted, Table(stream, zone, args.lang), progress, zone)
    except StoreUnusable as fault:
        progress.done()
        tell_unusable(fault)
        return EXIT_FAILED
    except Refused as refused:
        print(both(refused.text), file=sys.stderr)
        return refused.code
    return code


def _export(
    store: StoreBeside,
    catalogues: Catalogues,
    wanted: Wanted,
    table: Table,
    progress: Progress,
    zone: tzinfo,
) -> int:
    count, unreadable = 0, 0

    def tell(at_ns: int) -> None:
        progress.at(f"{count}  {shown(at_ns, zone)}")

    for record in recorded(store, catalogues, wanted.period, tell=tell):
        if record.readings is None:
            unreadable += 1
            continue
        count += table.add(record, (each for each in record.readings if wanted.has(each.point)))
    progress.done()
    print(both(words_evidence.exported(count)), file=sys.stderr)
    missing = missing_records(store, wanted.period)
    for text in _shortcomings(store, wanted, zone, count=count, unreadable=unreadable, missing=missing):
        print(both(text), file=sys.stderr)
    return EXIT_FAILED if unreadable or missing else 0


def _shortcomings(
    store: StoreBeside, wanted: Wanted, zone: tzinfo, *, count: int, unreadable: int, missing: int
) -> Iterator[Text]:
    """Yield why the table may lack something, or is empty; a table alone looks whole."""
    if unreadable:
        yield words_evidence.left_out(unreadable)
    if missing:
        yield words_evidence.missing_here(missing)
    if is_thinned(store, wanted.period):
        yield words_evidence.thinned_here()
    history = History()
    history.catch_up(store)
    begins_ns, ends_ns = wanted.period.from_ns, wanted.period.to_ns
    gaps = Counter(
        gap.cause for gap in history.gaps if gap.destination is None and gap.overlaps(begins_ns, ends_ns)
    )
    for cause, number in gaps.items():
        yield words_evidence.gaps_here(number, words_evidence.cause(cause))
    if not count:
        begins, ends = _extent(store)
        yield words_evidence.nothing_here(shown(begins, zone), shown(ends, zone))


def _extent(store: StoreBeside) -> tuple[int | None, int | None]:
    """Return the time of the oldest and the newest reading that the store holds."""
    lanes = [(epoch, lane) for epoch, lane in store.lanes() if lane is Lane.READING]
    firsts = [each.first_ns for at in lanes for each in store.times(*at, 1, SEQ_MAX, limit=1)]
    lasts = [store.last_ns(*at, 1, SEQ_MAX) for at in lanes]
    return min(firsts, default=None), max(lasts, default=None)


def _wanted(args: argparse.Namespace, catalogues: Catalogues, zone: tzinfo) -> Wanted:
    """Return what is asked for. Raises Refused."""
    period = Period(_time(args.begin, zone), _time(args.end, zone))
    if period.from_ns >= period.to_ns:
        raise Refused(words_evidence.ends_before_it_begins())
    if args.device or args.point:
        known = list(catalogues.all_points())
        _refuse_unknown(args.device, {point.device for point in known})
        _refuse_unknown(args.point, {point.id for point in known})
    return Wanted(period, frozenset(args.device), frozenset(args.point))


def _time(text: str, zone: tzinfo) -> int:
    try:
        return parsed(text, zone)
    except (ValueError, OverflowError):
        raise Refused(words_evidence.no_time(text)) from None


def _refuse_unknown(named: list[str], known: set[str]) -> None:
    unknown = [name for name in named if name not in known]
    if unknown:
        raise Refused(words_evidence.not_recorded(unknown, sorted(known)))
