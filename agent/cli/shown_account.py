"""What `audit verify` shows: epochs, ranges, removals with their record, gaps, keys, destinations, breaks."""

from collections import Counter
from collections.abc import Iterator
from typing import Final
from zoneinfo import ZoneInfo

from agent import words_evidence
from agent.cli.target import both
from agent.evidence.account import Account
from agent.evidence.day_cells import terms_of
from agent.evidence.history import Gap
from agent.evidence.zone import shown, zone_of
from buffering.audit import Break, LaneAccount
from buffering.ranges import Range
from buffering.records import Removed
from buffering.tally import Tally
from config.model import Text

LISTED_MAX: Final = 200
"""Gaps, ranges and breaks on a screen; --json has all."""


def lines(account: Account) -> Iterator[str]:
    """Yield the account in lines for people."""
    zone = zone_of(account.history.catalogue.content if account.history.catalogue else None)
    yield f"网关 / gateway {account.gateway}"
    for epoch in sorted({lane.epoch for lane in account.lanes}):
        yield _epoch(epoch, account, zone)
        for lane in (each for each in account.lanes if each.epoch == epoch):
            yield from _lane(lane, account, zone)
    yield from _keys(account, zone)
    yield from _gaps(account, zone)
    for name in account.destinations:
        yield from _destination(name, account)
    yield from _verdict(account, zone)


def _epoch(epoch: int, account: Account, zone: ZoneInfo) -> str:
    begun = [each for each in account.history.epochs if each.content.get("epoch") == epoch]
    words = "".join(f": {both(words_evidence.cause(str(each.content.get('cause'))))}" for each in begun[:1])
    return f"编号段 / epoch {epoch} ({shown(epoch // 10**6 * 10**9, zone)}){words}"


def _lane(lane: LaneAccount, account: Account, zone: ZoneInfo) -> Iterator[str]:
    ranges = ", ".join(map(_span, lane.held[:LISTED_MAX])) or "–"
    chain = lane.chain.hex() if lane.chain is not None else "–"
    yield (
        f"  {lane.lane.value}: {ranges}; {lane.records} 条记录 / records, {lane.items} 项 / items; "
        f"{shown(lane.from_ns, zone)} … {shown(lane.to_ns, zone)}"
    )
    yield f"    链值 / chain {chain}"
    if lane.newest_head is not None:
        signed = shown(lane.newest_head.signed_ns, zone)
        yield f"    已签名至 / signed up to {lane.newest_head.seq}, {signed}"
    for gone in lane.removed[:LISTED_MAX]:
        yield f"    已删除 / removed {_span(Range(gone.first, gone.last))}: {_why(gone, lane, account, zone)}"


def _why(gone: Removed, lane: LaneAccount, account: Account, zone: ZoneInfo) -> str:
    record = account.history.record_of(lane.epoch, lane.lane, gone.last)
    if record is None:
        return both(words_evidence.cause(gone.cause))
    why = both(words_evidence.cause(str(record.content.get("cause"))))
    return f"{why}; 事件 / event {record.epoch}/{record.seq}, {shown(record.utc_ns, zone)}"


def _keys(account: Account, zone: ZoneInfo) -> Iterator[str]:
    heads = [head for lane in account.lanes if (head := lane.newest_head) is not None]
    for key in account.keys:
        newest = max((head.signed_ns for head in heads if head.fingerprint == key), default=None)
        yield f"密钥指纹 / key fingerprint {key}: 最近签名 / newest head {shown(newest, zone)}"
    checked = sum(lane.heads for lane in account.lanes)
    yield f"签名核对无误 / signed heads that hold: {checked}"
    if account.trusted:
        yield f"指定的密钥 / key asked for: {', '.join(account.trusted)}"


def _gaps(account: Account, zone: ZoneInfo) -> Iterator[str]:
    gaps = account.history.gaps
    causes = Counter(gap.cause for gap in gaps)
    yield f"缺口 / gaps: {len(gaps)}" + "".join(
        f"; {both(words_evidence.cause(cause))} {number}" for cause, number in causes.items()
    )
    for gap in gaps[-LISTED_MAX:]:
        after_all = f"; {both(words_evidence.sent_after_all())}" if account.history.is_made_up(gap) else ""
        yield f"  {_gap(gap, zone)}{after_all}"


def _gap(gap: Gap, zone: ZoneInfo) -> str:
    why = words_evidence.gap_cause(gap.cause, clean=gap.clean, reason=gap.reason)
    items = "" if gap.items is None else f"; {gap.items} 项 / items"
    whom = "" if gap.destination is None else f"; 平台 / destination {gap.destination}"
    span = f"{shown(gap.from_ns, zone)} … {shown(gap.to_ns, zone)}"
    length = words_evidence.gap_duration(gap.to_ns - gap.from_ns, is_measured=gap.is_measured)
    return f"{span} ({both(length)}): {both(why)}{whom}{items}"


def _destination(name: str, account: Account) -> Iterator[str]:
    yield f"平台 / destination {name}: {_tally(account.of(name))}"
    yield f"  {both(terms_of(name, account.takings[name]))}"
    kept_back = account.kept_back[name]
    if kept_back.parked or kept_back.readings:
        readings = len(kept_back.readings) + kept_back.unlisted
        yield f"  {both(words_evidence.kept_back(sorted(kept_back.parked), readings))}"
    for lane in account.lanes:
        yield f"  {lane.epoch} {lane.lane.value}: {_tally(lane.destinations[name])}"
    if refused := account.history.destinations.refusals.number(name):
        yield f"  平台拒收 / refused by it: {refused}"


def _tally(tally: Tally) -> str:
    return ", ".join(
        f"{both(words)} {amount.records} ({amount.items})"
        for words, amount in (
            (Text("已确认", "confirmed"), tally.confirmed),
            (Text("按声明不报", "left out by declaration"), tally.left_out),
            (Text("拒收搁置", "refused, set aside"), tally.refused + tally.parked),
            (Text("未发", "unsent"), tally.waiting),
            (Text("放弃", "given up"), tally.given_up),
        )
    )


def _verdict(account: Account, zone: ZoneInfo) -> Iterator[str]:
    if account.is_being_salvaged:
        yield f"! {both(words_evidence.being_salvaged())}"
    if account.trusted and not any(lane.heads for lane in account.lanes):
        yield f"! {both(words_evidence.signed_by_nobody_asked_for(account.trusted, account.keys))}"
    for table in account.damaged_tables:
        yield f"! {both(words_evidence.damaged_table(table))}"
    for each in account.breaks[:LISTED_MAX]:
        yield f"! {_break(each, zone)}"
    for discord in account.discords:
        yield f"! {discord.detail}: {both(words_evidence.broken(discord.what))}"
    if not account.has_mark:
        yield f"注意 / note: {both(words_evidence.no_mark())}"
    places = len(account.breaks) + len(account.discords) + len(account.damaged_tables)
    if account.is_whole:
        yield f"结论 / result: {both(words_evidence.whole())}"
    else:
        yield f"结论 / result: {both(words_evidence.not_whole(places))}"


def _break(each: Break, zone: ZoneInfo) -> str:
    place = f"{each.epoch} {each.lane.value} {_span(Range(each.first, each.last))}"
    times = [shown(ns, zone) for ns in (each.from_ns, each.to_ns)]
    when = times[0] if times[0] == times[1] else " … ".join(times)
    detail = f" ({each.detail})" if each.detail else ""
    return f"{place}, {when}: {both(words_evidence.broken(each.what))}{detail}"


def _span(span: Range) -> str:
    return str(span.first) if span.first == span.last else f"{span.first}–{span.last}"
