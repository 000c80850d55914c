"""Connections in lines for people: up or down, what was noticed, how they have done."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, tzinfo
from typing import Any, Final

Json = dict[str, Any]

UNITS_SHOWN_MAX: Final = 8
"""A line with more units shows those that are not well, and counts the others."""
WELL_SHARE: Final = 0.99

_TROUBLES: Final = {
    "timeouts": "超时 / time-outs",
    "crc_errors": "校验错 / bad check sums",
    "late_replies": "迟到 / late",
}
_OF_THE_LINK: Final = {
    "reconnects": "重连 / reconnects",
    "overruns": "跳过的周期 / skipped slots",
    "discarded_bytes": "无法识别的字节 / stray bytes",
    "unsolicited": "主动上送 / unsolicited",
    "echoes": "回显 / echoes",
    "foreign_requests": "其他主站的请求 / other master's requests",
}


def link_lines(link: Json, zone: tzinfo = UTC) -> Iterator[str]:
    """Yield what there is to say of one connection."""
    words = f": {link['text']['zh']} / {link['text']['en']}" if link["text"] else ""
    yield f"连接 / link {link['connection']}: {'通 / up' if link['up'] else '断 / down'}{words}"
    for note in link["notes"]:
        yield f"  ! {note['text']['zh']} / {note['text']['en']}"
    statistics = link["statistics"]
    if statistics is not None and statistics["requests"]:
        yield f"  {_summary(statistics)}"
        yield from _units(statistics["units"], zone)


def frame_lines(frames: Iterable[Json]) -> Iterator[str]:
    """Yield what passed on a connection's wire last, a line each."""
    for frame in frames:
        when = datetime.fromtimestamp(frame["utc_ns"] / 1e9, UTC)
        arrow = "->" if frame["sent"] else "<-"
        yield f"{when:%H:%M:%S.%f} {arrow} {frame['hex']}  {frame['is']}"


def _summary(statistics: Json) -> str:
    parts = [*_main(statistics), f"占线 / busy {statistics['busy_share']:.0%}"]
    parts += [f"{words} {statistics[key]}" for key, words in _OF_THE_LINK.items() if statistics[key]]
    return ", ".join(parts)


def _units(units: Json, zone: tzinfo) -> Iterator[str]:
    shown = units
    if len(units) > UNITS_SHOWN_MAX:
        shown = {unit_id: unit for unit_id, unit in units.items() if not _is_well(unit)}
    for unit_id, unit in shown.items():
        yield f"    {unit_id}: {', '.join((*_main(unit), *_last(unit, zone)))}"
    if len(shown) < len(units):
        others = len(units) - len(shown)
        yield f"    其余 {others} 个正常 / {others} {'others are' if shown else 'units are all'} well"


def _main(counts: Json) -> list[str]:
    asked = counts["requests"]
    parts = [f"请求 / requests {asked}, 应答 / answered {_share(counts['replies'], asked)}"]
    if counts["mean_s"] is not None:
        parts.append(f"{_ms(counts['mean_s'])} (99 %: {_within(counts)})")
    parts += [f"{words} {counts[key]}" for key, words in _TROUBLES.items() if counts[key]]
    misfits = counts["wrong_replies"] - counts["crc_errors"]
    if misfits:
        parts.append(f"不符 / wrong {misfits}")
    parts += [f"异常码 / exception {code}: {count}" for code, count in counts["exceptions"].items()]
    return parts


def _last(unit: Json, zone: tzinfo) -> list[str]:
    if unit["last_good_ns"] is None:
        return ["从未应答 / never answered"]
    if _is_well(unit):
        return []
    return [f"最近正常 / last good {datetime.fromtimestamp(unit['last_good_ns'] // 10**9, zone)}"]


def _is_well(unit: Json) -> bool:
    return bool(unit["replies"] >= WELL_SHARE * unit["requests"])


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if part < whole else "100%"


def _within(counts: Json) -> str:
    return f"> {_ms(5.0)}" if counts["p99_s"] is None else f"≤ {_ms(counts['p99_s'])}"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.3g} ms"
