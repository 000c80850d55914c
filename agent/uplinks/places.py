"""Where a layout's places are found: name → how to take it out of a message or of an item of a list.

The names are those of config/layout_words.py; a test holds the two together.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from operator import itemgetter
from typing import Any, Final

from agent.records import Json, Reading
from agent.uplinks.content import Content

Take = Callable[[Any], Any]
"""Takes a value out of a `Told` (the message) or out of an item of a list."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who reports: the same in every message of an uplink."""

    plant: str
    name: Mapping[str, str]
    region: str
    gateway: str
    codes: Mapping[str, str]

    def code(self, point: str | None) -> str | None:
        """Return the platform's code of a point, else its own id."""
        return None if point is None else self.codes.get(point, point)


@dataclass(frozen=True, slots=True)
class Told:
    """A message on its way through a template."""

    content: Content
    word: str
    receipt: str | None = None


def message_places(sender: Sender) -> dict[str, Take]:
    """Return the places of a whole message."""
    return {
        "message.id": lambda told: str(told.content.id),
        "message.word": lambda told: told.word,
        "message.kind": lambda told: told.content.kind.value,
        "message.number": lambda told: told.content.number,
        "message.durable": lambda told: told.content.durable,
        "message.time": lambda told: told.content.made_ns,
        "message.records": _records,
        "message.part": _part,
        "message.lane": _of_records("lane"),
        "message.receipt": lambda told: told.receipt,
        "message.epoch": _of_records("epoch"),
        "message.first": _of_records("first"),
        "message.last": _of_records("last"),
        "plant.id": _constant(sender.plant),
        "plant.name.zh": _constant(sender.name["zh"]),
        "plant.name.en": _constant(sender.name["en"]),
        "plant.region": _constant(sender.region),
        "gateway.id": _constant(sender.gateway),
        "catalogue.key": lambda told: told.content.catalogue.get("catalogue"),
    }


def item_places(sender: Sender) -> dict[str, Take]:
    """Return the places of the items of every list."""
    return {
        **_reading_places(sender),
        **_alarm_places(sender),
        **_event_places(sender),
        **_point_places(sender),
        **_LIMIT,
        **_named("device", ("area", "tag")),
        **_named("area", ()),
    }


LISTS: Final[Mapping[str, Callable[[Any], Iterable[Any]]]] = {
    "readings": lambda told: told.content.readings,
    "alarms": lambda told: told.content.alarms,
    "events": lambda told: told.content.events,
    "catalogue.points": lambda told: told.content.catalogue.get("points", ()),
    "catalogue.devices": lambda told: told.content.catalogue.get("devices", ()),
    "catalogue.areas": lambda told: told.content.catalogue.get("areas", ()),
    "point.limits": lambda point: point.get("limits", ()),
}


def _constant(value: object) -> Take:
    return lambda _: value


def _records(told: Told) -> Json | None:
    span = told.content.records
    if span is None:
        return None
    return {"epoch": span.epoch, "lane": span.lane, "first": span.first, "last": span.last}


def _part(told: Told) -> Json | None:
    part = told.content.part
    return None if part is None else asdict(part)


def _of_records(name: str) -> Take:
    def take(told: Told) -> object:
        return None if told.content.records is None else getattr(told.content.records, name)

    return take


def _reading_places(sender: Sender) -> dict[str, Take]:
    codes = sender.codes

    def code(item: tuple[int, Reading]) -> str:
        return codes.get(item[1].point.id, item[1].point.id)

    return {
        "reading.point": lambda item: item[1].point.id,
        "reading.code": code,
        "reading.device": lambda item: item[1].point.device,
        "reading.name.zh": lambda item: item[1].point.name["zh"],
        "reading.name.en": lambda item: item[1].point.name["en"],
        "reading.unit": lambda item: item[1].point.unit,
        "reading.value": lambda item: item[1].value,
        "reading.valid": lambda item: not item[1].quality.is_bad,
        "reading.quality": lambda item: item[1].quality.word,
        "reading.time": lambda item: item[1].utc_ns,
        "reading.source_time": lambda item: item[1].source_ns,
        "reading.seq": itemgetter(0),
        "reading.index": lambda item: item[1].index,
        "reading.begin": _of_snapshot("begin_ns"),
        "reading.end": _of_snapshot("end_ns"),
        "reading.min": _of_snapshot("low"),
        "reading.max": _of_snapshot("high"),
        "reading.mean": _of_snapshot("mean"),
        "reading.count": _of_snapshot("count"),
    }


def _of_snapshot(name: str) -> Take:
    def take(item: tuple[int, Reading]) -> object:
        snapshot = item[1].snapshot
        return None if snapshot is None else getattr(snapshot, name)

    return take


def _alarm_places(sender: Sender) -> dict[str, Take]:
    plain = ("id", "event", "rule", "condition", "device", "point", "priority", "value", "quality", "unit")
    basis, person = ("limit", "standard", "clause", "confidence"), ("by", "reason")
    return {
        **{f"alarm.{name}": _key(name) for name in (*plain, *basis, *person)},
        "alarm.everything": _everything(sender),
        "alarm.code": lambda item: sender.code(item[1].get("point")),
        "alarm.time": _key("utc_ns"),
        "alarm.since": _key("since_ns"),
        "alarm.duration": _between("since_ns", "utc_ns"),
        "alarm.until": _key("until_ns"),
        "alarm.text.zh": _text("zh"),
        "alarm.text.en": _text("en"),
        "alarm.seq": itemgetter(0),
    }


def _key(name: str) -> Take:
    return lambda item: item[1].get(name)


def _text(language: str) -> Take:
    return lambda item: (item[1].get("text") or {}).get(language)


def _between(first: str, last: str) -> Take:
    """Return what tells seconds from one of an item's times to another; None without both."""

    def take(item: tuple[int | None, Json]) -> float | None:
        begin_ns, end_ns = item[1].get(first), item[1].get(last)
        return None if begin_ns is None or end_ns is None else (end_ns - begin_ns) / 1e9

    return take


def _everything(sender: Sender) -> Take:
    """Return what takes an item as it is stored, with its seq and the platform's code of its point."""

    def take(item: tuple[int | None, Json]) -> Json:
        seq, content = item
        point = content.get("point")
        return {**content, "seq": seq, **({} if point is None else {"code": sender.code(point)})}

    return take


def _event_places(sender: Sender) -> dict[str, Take]:
    whom = ("device", "point", "area", "connection", "destination")
    what = ("cause", "items", "state", "by", "reason")
    return {
        **{f"event.{name}": _key(name) for name in ("kind", *whom, *what)},
        "event.everything": _everything(sender),
        "event.code": lambda item: sender.code(item[1].get("point")),
        "event.time": _key("utc_ns"),
        "event.text.zh": _text("zh"),
        "event.text.en": _text("en"),
        "event.seq": itemgetter(0),
        "event.from": _key("from_ns"),
        "event.to": _key("to_ns"),
        "event.until": _key("until_ns"),
        "event.duration": _between("from_ns", "to_ns"),
    }


def _point_places(sender: Sender) -> dict[str, Take]:
    return {
        **_named("point", ("device", "unit", "datatype", "tag")),
        "point.code": lambda point: sender.code(point["id"]),
        "point.low": lambda point: _end(point.get("range"), 0),
        "point.high": lambda point: _end(point.get("range"), 1),
        "point.period": lambda point: point.get("period_s"),
    }


def _end(range_: Sequence[float] | None, which: int) -> float | None:
    return None if range_ is None else range_[which]


_LIMIT: Final[Mapping[str, Take]] = {
    f"limit.{name}": itemgetter(name)
    for name in ("rule", "kind", "at", "priority", "standard", "clause", "confidence")
}


def _named(scope: str, keys: Sequence[str]) -> dict[str, Take]:
    """Return the places of something with an id and a name, as a catalogue holds it."""
    return {
        f"{scope}.id": itemgetter("id"),
        f"{scope}.name.zh": lambda item: item["name"]["zh"],
        f"{scope}.name.en": lambda item: item["name"]["en"],
        **{f"{scope}.{key}": _get(key) for key in keys},
    }


def _get(key: str) -> Take:
    return lambda item: item.get(key)
