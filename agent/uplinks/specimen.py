"""Specimens: one message of every kind, made of a plant's own points, to show how a layout reads."""

from collections.abc import Iterator, Mapping
from uuid import UUID, uuid5

from agent.records import Catalogue, Json, Reading, Snapshot
from agent.uplinks.content import Content, Span
from agent.uplinks.uplink import ALARMS, Kind
from config.model import LimitKind, Plant
from drivers.reading import Quality, Value

SEED = UUID("b8a3f5d2-5d1c-4a51-9f2d-3a7a4f5d2c11")
EPOCH = 1
SEQ = 1
LASTS_NS = 300 * 10**9
_SPECIMEN = {"zh": "样例", "en": "specimen"}
_PERSON = "张三 (uid 1000)"
_HAPPENINGS: Mapping[Kind, Json] = {
    Kind.ALARM: {"event": "raised"},
    Kind.ALARM_UPDATE: {"event": "peak"},
    Kind.ALARM_END: {"event": "cleared"},
    Kind.HANDLING: {"event": "acknowledged", "by": _PERSON, "reason": "已通知当班 shift informed"},
}
QUALITIES = (Quality.GOOD, Quality.OVER_RANGE, Quality.COMM_FAULT)


def specimen(plant: Plant, kind: Kind, now_ns: int, *, window_s: float = 0.0) -> Content:
    """Return a message of a kind, with `window_s` one of snapshots; nothing in it was ever measured."""
    lane = _lane(kind)
    is_numbered = kind is not Kind.HEARTBEAT
    return Content(
        id=uuid5(SEED, f"{plant.id}/{kind}"),
        kind=kind,
        number=1 if is_numbered else None,
        durable=True,
        records=Span(EPOCH, lane, SEQ, SEQ) if is_numbered else None,
        made_ns=now_ns,
        readings=[(SEQ, each) for each in _readings(plant, now_ns, window_s)] if lane == "reading" else (),
        alarms=[(SEQ, _alarm(plant, kind, now_ns))] if lane == "alarm" else (),
        events=[(SEQ, _event(plant, kind, now_ns))] if lane == "event" and is_numbered else (),
    )


def lane_of(content: Content) -> str:
    """Return the lane that a parcel of this content goes by."""
    return "heartbeat" if content.records is None else content.records.lane


def _lane(kind: Kind) -> str:
    if kind in ALARMS:
        return "alarm"
    return "reading" if kind in (Kind.READING, Kind.BACKFILL) else "event"


def _readings(plant: Plant, now_ns: int, window_s: float) -> Iterator[Reading]:
    points = Catalogue.of(plant).points
    for index, (point, quality) in enumerate(zip(points, QUALITIES, strict=False)):
        value = None if quality.is_bad else _value(plant, index)
        yield Reading(index, point, now_ns, value, quality, None, _snapshot(value, now_ns, window_s))


def _snapshot(value: Value, now_ns: int, window_s: float) -> Snapshot | None:
    if not window_s:
        return None
    window_ns = round(window_s * 1e9)
    begin_ns = now_ns // window_ns * window_ns
    told = None if value is None or isinstance(value, str) else float(value)
    return Snapshot(begin_ns, begin_ns + window_ns, told, told, told, int(told is not None))


def _value(plant: Plant, index: int) -> Value:
    point = plant.points[index]
    if point.datatype == "bool":
        return True
    low, high = point.range or (0.0, 100.0)
    return round((low + high) / 2) if point.datatype == "int" else (low + high) / 2


def _alarm(plant: Plant, kind: Kind, now_ns: int) -> Json:
    alarm: Json = {"id": str(uuid5(SEED, plant.id)), "utc_ns": now_ns, **_HAPPENINGS[kind]}
    if kind is not Kind.ALARM:
        alarm["since_ns"] = now_ns - LASTS_NS
    rule = next((rule for device in plant.devices.values() for rule in device.rules), None)
    if rule is None:
        return alarm
    beyond = abs(rule.limit or 1.0) * (0.1 if rule.kind in (LimitKind.HI, LimitKind.HIHI) else -0.1)
    return {
        **alarm,
        "rule": rule.id,
        "condition": rule.kind.value,
        "device": rule.point.device_id,
        "point": rule.point.id,
        "priority": rule.priority.value,
        "value": rule.limit - beyond if kind is Kind.ALARM_END else rule.limit + beyond,
        "quality": "good",
        "unit": rule.point.unit,
        "limit": rule.limit,
        "standard": rule.clause.standard,
        "clause": rule.clause.clause,
        "confidence": rule.clause.confidence.value,
        "text": {"zh": rule.point.name.zh, "en": rule.point.name.en},
    }


def _event(plant: Plant, kind: Kind, now_ns: int) -> Json:
    if kind is Kind.CATALOGUE:
        return {"utc_ns": now_ns, **Catalogue.of(plant).content}
    event: Json = {"utc_ns": now_ns, "kind": kind.value, "text": _SPECIMEN}
    if kind is Kind.GAP:
        return {**event, "cause": "restart", "clean": True, "from_ns": now_ns - LASTS_NS, "to_ns": now_ns}
    if kind is Kind.STATE:
        point = plant.points[0]
        until = {"by": _PERSON, "reason": "校验 calibration", "until_ns": now_ns + LASTS_NS}
        return {**event, "kind": "bypass", "device": point.device_id, "point": point.id, **until}
    return {**event, "by": _PERSON} if kind is Kind.TEST else {**event, "kind": "start", "version": "0"}
