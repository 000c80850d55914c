"""From areas as written to those of the model: their points looked up, their calendars without overlaps."""

from collections.abc import Iterator, Mapping
from typing import Final

from config.area_entry import AreaEntry, AreaState, CalendarEntry
from config.calendar_window import DAYS, parse_window
from config.fault import Findings, Objection, Place
from config.model import Area
from config.points import text_of
from config.position import Layers, Origin
from config.production import (
    DAY_MINUTES,
    ByCalendar,
    ByDeclaration,
    ByTag,
    Knowing,
    ProductionState,
    Window,
)
from config.validation import choice_fields
from config.written_rule import Points, WrittenRule

_ON_OFF: Final[Mapping[float, ProductionState]] = {
    0.0: ProductionState.IDLE,
    1.0: ProductionState.RUNNING,
}
_WINDOWS: Final = {
    "running": ProductionState.RUNNING,
    "idle": ProductionState.IDLE,
    "planned-stop": ProductionState.PLANNED_STOP,
}


def resolve_areas(
    entries: Mapping[str, AreaEntry], source: Layers, points: Points, findings: Findings
) -> dict[str, Area]:
    """Return the areas; of a state with faults they are told, and the area then has none."""
    areas: dict[str, Area] = {}
    for id_, entry in entries.items():
        origin = Origin(source, ("areas", id_, "state"))
        knowing = _knowing(entry.state, origin, points, findings) if entry.state else None
        areas[id_] = Area(id_, text_of(entry.name), knowing)
    return areas


def _knowing(state: AreaState, origin: Origin, points: Points, findings: Findings) -> Knowing | None:
    if state.calendar is not None:
        return _calendar(state.calendar, origin.at("calendar"), findings)
    if state.tag is not None:
        return _by_tag(state, state.tag, origin, points, findings)
    return ByDeclaration()


def _by_tag(state: AreaState, tag: str, origin: Origin, points: Points, findings: Findings) -> ByTag | None:
    place, point = origin.place("tag"), points.by_id.get(tag)
    if point is None:
        if tag.partition(".")[0] not in points.incomplete:
            suffix, fields = choice_fields(tag, points.by_id)
            findings.fault(place, "area-point-unknown" + suffix, point=tag, **fields)
        return None
    if point.datatype == "string":
        findings.fault(place, "rule-of-text", point=tag)
        return None
    if state.above is not None:
        above = WrittenRule("state", origin, points, findings).value(state.above, point, "above")
        return None if above is None else ByTag(tag, above=above)
    if state.values is not None:
        return ByTag(tag, {float(raw): ProductionState(word) for raw, word in state.values.items()})
    if point.datatype != "bool":
        findings.fault(place, "area-values-missing", point=tag)
        return None
    return ByTag(tag, _ON_OFF)


def _calendar(entry: CalendarEntry, origin: Origin, findings: Findings) -> ByCalendar:
    written = list(_written(entry, origin, findings))
    windows: list[tuple[Window, str]] = []
    for window, text, place in written:
        other = next((w for w in windows if w[0].first < window.end and window.first < w[0].end), None)
        if other is not None:
            at = max(window.first, other[0].first)
            findings.fault(place, "calendar-overlap", value=text, other=other[1], at=_shown(at))
        windows.append((window, text))
    dates = {date: ProductionState(word) for date, word in entry.dates.items()}
    return ByCalendar(tuple(w for w, _ in windows), ProductionState(entry.otherwise), dates)


def _written(entry: CalendarEntry, origin: Origin, findings: Findings) -> Iterator[tuple[Window, str, Place]]:
    texts = {"running": entry.running, "idle": entry.idle, "planned-stop": entry.planned_stop}
    for key, state in _WINDOWS.items():
        for number, text in enumerate(texts[key]):
            place = origin.place(key, number) if len(texts[key]) > 1 else origin.place(key)
            try:
                for first, end in parse_window(text):
                    yield Window(state, first, end), text, place
            except Objection as objection:
                findings.fault(place, objection.code, **objection.fields)


def _shown(minute: int) -> str:
    day, of_day = divmod(minute, DAY_MINUTES)
    return f"{DAYS[day]} {of_day // 60:02}:{of_day % 60:02}"
