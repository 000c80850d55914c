"""A day's page, as an inspector gets it: what should be there, what is, and every reason for the rest."""

from collections.abc import Iterator, Mapping
from datetime import tzinfo
from typing import Final

from agent import words_evidence, words_report
from agent.evidence.day import Day
from agent.evidence.day_alarms import AlarmOfDay
from agent.evidence.day_readings import DeviceDay
from agent.evidence.markup import Cell, Markup, code, heading, inline, joined, number, page, paragraph, table
from agent.evidence.zone import shown
from agent.records import Json
from agent.words_report import label, reason
from config.model import Text

HEADINGS: Final = {
    "gaps": ("from", "to", "duration", "what", "reason"),
    "alarms": ("begun", "ended", "alarm", "limit", "basis"),
    "settings": ("from", "what", "reason"),
    "refused": ("from", "destination", "what", "reason"),
    "heads": ("head", "signed", "chain"),
}


def day_page(day: Day, *, now_ns: int) -> str:
    """Return the page."""
    return page(f"{day.catalogue.get('plant', day.gateway)} {day.date}", _body(day, now_ns))


def _body(day: Day, now_ns: int) -> Iterator[str]:
    yield f"<h1>{inline(label('title')).html}</h1>"
    yield table([], _head(day, now_ns))
    if not day.is_over:
        yield paragraph(words_report.not_over(), is_bad=True)
    if day.is_thinned:
        yield paragraph(words_report.thinned(), is_bad=True)
    if day.unreadable:
        yield paragraph(words_report.unreadable(day.unreadable), is_bad=True)
    yield from _devices(day)
    for title, rows in (
        ("gaps", _Gaps(day).rows()),
        ("alarms", _alarms(day)),
        ("settings", _settings(day)),
        ("refused", _refused(day)),
        ("heads", _heads(day)),
    ):
        yield heading(label(title))
        found = list(rows)
        headings = HEADINGS[title]
        yield table([label(name) for name in headings], found) if found else paragraph(label("none"))
    yield from (f"<p>{inline(label('key')).html}: {code(key).html}</p>" for key in day.keys)
    yield paragraph(words_report.about_proof())
    yield f'<p class="sign">{inline(label("sign-here")).html}: ____________________</p>'


def _head(day: Day, now_ns: int) -> Iterator[tuple[Cell, ...]]:
    name = _text(day.catalogue.get("name"))
    yield label("plant"), joined(name, str(day.catalogue.get("plant", "")))
    yield label("gateway"), day.gateway
    yield label("day"), str(day.date)
    yield label("time"), _span(day.period.from_ns, day.period.to_ns, day.zone)
    yield label("made"), shown(now_ns, day.zone)


def _devices(day: Day) -> Iterator[str]:
    yield heading(label("devices"))
    known = {str(each.get("id")): each for each in day.catalogue.get("devices", ())}
    headings: list[Cell] = [
        label(name) for name in ("device", "expected", "recorded", "no-value", "complete", "on-change")
    ]
    headings += [joined(label("confirmed"), name) for name in day.destinations]
    names = [*known, *(name for name in sorted(day.devices) if name not in known)]
    yield table(headings, (_device(name, known.get(name, {}), day) for name in names))
    yield paragraph(words_report.about_expected())
    yield paragraph(words_report.about_confirmed())


def _device(name: str, known: Json, day: Day) -> list[Cell]:
    found = day.devices.get(name, DeviceDay())
    everything = found.recorded + found.recorded_on_change
    return [
        joined(_text(known.get("name")), " ".join(filter(None, (name, known.get("tag"))))),
        number(f"{found.expected:,}" if found.expected else "–"),
        number(f"{found.recorded:,}"),
        number(f"{found.without_value + found.without_value_on_change:,}"),
        number(_share(found.recorded - found.without_value, found.expected)),
        number(f"{found.recorded_on_change:,}" if found.on_change else "–"),
        *(_confirmed(found.confirmed[name], found.kept_back[name], everything) for name in day.destinations),
    ]


def _confirmed(confirmed: int, kept_back: int, everything: int) -> Markup:
    back = f" (−{kept_back:,})" if kept_back else ""
    return number(f"{confirmed:,}{back} {_share(confirmed, everything)}")


def _share(part: int, whole: int) -> str:
    """Return a percentage that says 100 only where nothing is missing."""
    if not whole:
        return "–"
    hundredths = min(10_000, part * 10_000 // whole)
    return f"{hundredths // 100}.{hundredths % 100:02} %"


class _Gaps:
    """Gaps of the gateway, of connections and of devices, in the order of their beginnings."""

    def __init__(self, day: Day) -> None:
        self._day = day

    def rows(self) -> Iterator[list[Cell]]:
        """Return the table's rows."""
        found = [*self._gateway(), *self._links(), *self._devices()]
        yield from (row for _, row in sorted(found, key=lambda each: each[0]))

    def _row(self, from_ns: int, to_ns: int, what: Cell, why: Cell) -> tuple[int, list[Cell]]:
        zone = self._day.zone
        return from_ns, [
            shown(from_ns, zone),
            shown(to_ns, zone),
            words_evidence.duration(to_ns - from_ns),
            what,
            why,
        ]

    def _gateway(self) -> Iterator[tuple[int, list[Cell]]]:
        for gap in self._day.gaps:
            is_restart = gap.cause == "restart"
            why = words_evidence.restart(clean=gap.clean) if is_restart else words_evidence.cause(gap.cause)
            what: Cell = (
                joined(label("destination"), gap.destination) if gap.destination else label("gateway")
            )
            items = f"{gap.items:,}" if gap.items is not None else ""
            yield self._row(gap.from_ns, gap.to_ns, what, joined(why, items) if items else why)

    def _links(self) -> Iterator[tuple[int, list[Cell]]]:
        for down in self._day.links:
            to_ns = self._day.period.to_ns if down.to_ns is None else down.to_ns
            still: list[Cell] = [label("still")] if down.to_ns is None else []
            yield self._row(
                down.from_ns, to_ns, down.connection, joined(reason("link"), _text(down.text), *still)
            )

    def _devices(self) -> Iterator[tuple[int, list[Cell]]]:
        for hole in self._day.holes:
            if hole.reason is None and self._is_told(hole.from_ns, hole.to_ns):
                continue
            why = reason(hole.reason or "nothing")
            yield self._row(hole.from_ns, hole.to_ns, joined(hole.device, ", ".join(hole.points)), why)

    def _is_told(self, from_ns: int, to_ns: int) -> bool:
        """Whether a gap of the whole gateway covers most of a hole: it is its reason."""
        covered = sum(
            max(0, min(gap.to_ns, to_ns) - max(gap.from_ns, from_ns))
            for gap in self._day.gaps
            if gap.destination is None
        )
        return covered * 2 > to_ns - from_ns


def _alarms(day: Day) -> Iterator[list[Cell]]:
    for alarm in day.alarms:
        begun = alarm.begun
        value = _with_unit(begun.get("value"), begun)
        yield [
            label("before") if alarm.from_ns is None else shown(alarm.from_ns, day.zone),
            _end(alarm, day.zone),
            joined(_text(begun.get("text")), " ".join(filter(None, (begun.get("point"), value)))),
            _with_unit(begun.get("limit"), begun),
            " ".join(str(begun[key]) for key in ("standard", "clause") if begun.get(key)),
        ]


def _end(alarm: AlarmOfDay, zone: tzinfo) -> Cell:
    return label("still") if alarm.to_ns is None else shown(alarm.to_ns, zone)


def _settings(day: Day) -> Iterator[list[Cell]]:
    for noted in day.settings:
        what = str(noted.content.get("point") or noted.content.get("device") or "")
        yield [shown(noted.utc_ns, day.zone), what, _text(noted.content.get("text"))]


def _refused(day: Day) -> Iterator[list[Cell]]:
    for noted in day.refused:
        content = noted.content
        records = "/".join(map(str, content.get("records", ())))
        yield [
            shown(noted.utc_ns, day.zone),
            str(content.get("destination", "")),
            str(content.get("point") or records),
            _text(content.get("text") or content.get("reason")),
        ]
    for name, messages in day.parked.items():
        yield ["", name, "", words_report.parked(messages)]


def _heads(day: Day) -> Iterator[list[Cell]]:
    for each in day.heads:
        head = each.head
        yield [
            f"{head.epoch} / {head.lane.value} / {head.seq}",
            joined(shown(head.signed_ns, day.zone), label("holds" if each.holds else "fails")),
            joined(code(head.chain.hex()), code(head.signature.hex())),
        ]


def _span(from_ns: int, to_ns: int, zone: tzinfo) -> str:
    return f"{shown(from_ns, zone)} – {shown(to_ns, zone)}"


def _text(told: object) -> Text:
    """Return a text of the store, in whatever shape it came."""
    if isinstance(told, Mapping):
        return Text(str(told.get("zh") or told.get("en") or ""), str(told.get("en") or ""))
    return Text(str(told or ""), str(told or ""))


def _with_unit(value: object, of: Json) -> str:
    return "" if value is None else f"{value} {of.get('unit') or ''}".strip()
