"""A day's page, as an inspector gets it: what should be there, what is, and every reason for the rest."""

from collections.abc import Iterator
from typing import Final

from agent import words_report
from agent.alarms.words import BY_RESTART
from agent.evidence.day import Day
from agent.evidence.day_cells import terms_of, text_of, time_of
from agent.evidence.day_gaps import Gaps
from agent.evidence.day_people import NOBODY
from agent.evidence.day_readings import DeviceDay
from agent.evidence.day_refused import refused
from agent.evidence.day_states import interlocks, stops
from agent.evidence.markup import (
    Cell,
    Markup,
    aside,
    code,
    heading,
    inline,
    joined,
    number,
    page,
    paragraph,
    table,
    unbroken,
    under,
)
from agent.evidence.zone import shown
from agent.records import Json
from agent.words_report import label

HEADINGS: Final = {
    "gaps": ("from", "to", "duration", "what", "reason", "told"),
    "alarms": ("begun", "ended", "alarm", "limit"),
    "interlocks": ("begun", "interlock", "effect", "verdict", "took", "within"),
    "stops": ("begun", "ended", "area", "by", "rested"),
    "taken-out": ("begun", "ended", "what", "by", "reason", "until"),
    "laxer": ("what", "limit", "approved-by", "reason", "holds-for", "state"),
    "settings": ("from", "what", "reason"),
    "refused": ("from", "destination", "what", "reason"),
    "heads": ("head", "chain"),
}

ENDED: Final = {NOBODY: "ran-out", BY_RESTART: "cut-short"}
"""What ended a bypass where no person did."""


def day_page(day: Day, *, now_ns: int) -> str:
    """Return the page."""
    return page(f"{day.catalogue.get('plant', day.gateway)} {day.date}", _body(day, now_ns))


def _body(day: Day, now_ns: int) -> Iterator[str]:
    yield f"<h1>{inline(label('title')).html}</h1>"
    yield table([], [[joined(*pair) for pair in _head(day, now_ns)]])
    if not day.is_over:
        yield paragraph(words_report.not_over(), is_bad=True)
    if day.is_thinned:
        yield paragraph(words_report.thinned(), is_bad=True)
    if day.unreadable:
        yield paragraph(words_report.unreadable(day.unreadable), is_bad=True)
    if day.missing:
        yield paragraph(words_report.missing(day.missing), is_bad=True)
    for name in day.kept_back_unknown:
        yield paragraph(words_report.kept_back_unknown(name), is_bad=True)
    yield from _devices(day)
    for title, rows in (
        ("gaps", Gaps(day).rows()),
        ("alarms", _alarms(day)),
        ("interlocks", interlocks(day)),
        ("stops", stops(day)),
        ("taken-out", _taken_out(day)),
        ("laxer", _laxer(day)),
        ("settings", _settings(day)),
        ("refused", refused(day)),
        ("heads", _heads(day)),
    ):
        found = list(rows)
        yield heading(label(title), remark="" if found else joined("–", label("none")))
        if found:
            yield table([label(name) for name in HEADINGS[title]], found)
        if title == "gaps" and found:
            yield paragraph(words_report.about_told())
    yield from (f"<p>{inline(label('key')).html}: {code(key).html}</p>" for key in day.keys)
    yield paragraph(words_report.about_proof())
    yield f'<p class="sign">{inline(label("sign-here")).html}: ____________________</p>'


def _head(day: Day, now_ns: int) -> Iterator[tuple[Cell, ...]]:
    name = text_of(day.catalogue.get("name"))
    yield label("plant"), joined(name, unbroken(str(day.catalogue.get("plant", ""))))
    yield label("gateway"), unbroken(day.gateway)
    yield label("day"), unbroken(str(day.date))
    yield label("time"), unbroken(_span(day.period.from_ns, day.period.to_ns, day))
    yield label("made"), unbroken(shown(now_ns, day.zone))


def _devices(day: Day) -> Iterator[str]:
    yield heading(label("devices"))
    known = {str(each.get("id")): each for each in day.catalogue.get("devices", ())}
    headings: list[Cell] = [
        label(name)
        for name in (
            "device",
            "expected",
            "recorded",
            "no-value",
            "complete",
            "missing",
            "planned-stop",
            "on-change",
        )
    ]
    headings += [under(label("confirmed"), name) for name in day.destinations]
    names = [*known, *(name for name in sorted(day.devices) if name not in known)]
    yield table(headings, (_device(name, known.get(name, {}), day) for name in names))
    yield paragraph(words_report.about_expected())
    yield paragraph(words_report.about_confirmed())
    for name, noted in day.takings.items():
        yield paragraph(terms_of(name, noted))


def _device(name: str, known: Json, day: Day) -> list[Cell]:
    found = day.devices.get(name, DeviceDay())
    everything = found.recorded + found.recorded_at_rest + found.recorded_on_change
    return [
        joined(text_of(known.get("name")), unbroken(name), unbroken(str(known.get("tag") or ""))),
        number(f"{found.expected:,}" if found.expected else "–"),
        number(f"{found.recorded:,}"),
        number(f"{found.without_value + found.without_value_on_change:,}"),
        number(_share(found.recorded - found.without_value, found.expected)),
        number(f"{found.missing:,}"),
        number(f"{found.planned:,}" if found.planned else "–"),
        number(f"{found.recorded_on_change:,}" if found.on_change else "–"),
        *(_confirmed(found, name, everything) for name in day.destinations),
    ]


def _confirmed(found: DeviceDay, destination: str, everything: int) -> Markup:
    """Say what a destination has of what was for it; what never was stands apart."""
    confirmed, left_out = found.confirmed[destination], found.left_out[destination]
    back = f" (−{found.kept_back[destination]:,})" if found.kept_back[destination] else ""
    share = number(f"{confirmed:,}{back} {_share(confirmed, everything - left_out)}")
    return under(share, joined(label("left-out"), f"{left_out:,}")) if left_out else share


def _share(part: int, whole: int) -> str:
    """Return a percentage that says 100 only where nothing is missing."""
    if not whole:
        return "–"
    hundredths = min(10_000, part * 10_000 // whole)
    return f"{hundredths // 100}.{hundredths % 100:02} %"


def _alarms(day: Day) -> Iterator[list[Cell]]:
    for alarm in day.alarms:
        begun = alarm.begun
        basis = " ".join(str(begun[key]) for key in ("point", "standard", "clause") if begun.get(key))
        yield [
            label("before") if alarm.from_ns is None else time_of(alarm.from_ns, day),
            label("still") if alarm.to_ns is None else time_of(alarm.to_ns, day),
            joined(text_of(begun.get("text")), aside(f"[{basis}]" if basis else "")),
            unbroken(_with_unit(begun.get("limit"), begun)),
        ]


def _taken_out(day: Day) -> Iterator[list[Cell]]:
    for each in day.taken_out:
        begun, until_ns = each.begun, each.begun.get("until_ns")
        ended: Cell = label("still") if each.to_ns is None else time_of(each.to_ns, day)
        if each.to_ns is not None:
            by = ENDED.get(each.ended_by)
            ended = joined(ended, each.ended_by if by is None else label(by))
        yield [
            time_of(each.from_ns, day),
            ended,
            joined(label(each.kind), str(begun["rule"] or begun["point"])),
            str(begun.get("by") or ""),
            str(begun.get("reason") or ""),
            "–" if until_ns is None else time_of(int(until_ns), day),
        ]


def _laxer(day: Day) -> Iterator[list[Cell]]:
    for each in day.laxer:
        limit, approval = each.limit, each.approval
        basis = " ".join(str(limit[key]) for key in ("standard", "clause") if limit.get(key))
        yield [
            joined(str(limit["rule"]), aside(f"[{basis}]" if basis else "")),
            unbroken(_with_unit(limit.get("at"), each.point)),
            str(approval["approved_by"]),
            str(approval["reason"]),
            unbroken(f"{approval['date']} – {approval['until']}"),
            label("in-force" if each.is_in_force else "expired"),
        ]


def _settings(day: Day) -> Iterator[list[Cell]]:
    for noted in day.settings:
        said = noted.content
        of = f"{said.get('of', '')} {said.get('id', '')}".strip()  # of what rules rest on
        what = str(said.get("rule") or said.get("point") or said.get("device") or of)
        yield [time_of(noted.utc_ns, day), what, text_of(noted.content.get("text"))]


def _heads(day: Day) -> Iterator[list[Cell]]:
    for each in day.heads:
        head = each.head
        yield [
            under(
                unbroken(f"{head.epoch} / {head.lane.value} / {head.seq}"),
                unbroken(joined(time_of(head.signed_ns, day), label("holds" if each.holds else "fails"))),
            ),
            under(code(head.chain.hex()), code(head.signature.hex())),
        ]


def _span(from_ns: int, to_ns: int, day: Day) -> str:
    return f"{shown(from_ns, day.zone)} – {shown(to_ns, day.zone)}"


def _with_unit(value: object, of: Json) -> str:
    number_ = f"{value:g}" if isinstance(value, float) else value
    return "" if value is None else f"{number_} {of.get('unit') or ''}".strip()
