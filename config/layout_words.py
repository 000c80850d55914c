"""What a layout may speak of: the kinds of messages, and the places that a template may name.

A place is `scope.name`. Some scopes are always there (message, plant, gateway);
the others are those of the items of a list, while that list is being mapped.
"""

from collections.abc import Mapping
from typing import Final

KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "catalogue": (
        "企业、区域、设备、测点及限值清单",
        "the catalogue of enterprise, areas, devices, points and limits",
    ),
    "reading": ("实时读数", "live readings"),
    "backfill": ("补传读数", "late readings"),
    "alarm": ("报警发生", "alarms"),
    "alarm-update": ("报警变化", "changes of an alarm"),
    "alarm-end": ("报警解除", "ends of alarms"),
    "handling": ("报警确认与处置", "acknowledgements and handling of alarms"),
    "state": ("停用与停产状态", "bypasses and planned stops"),
    "heartbeat": ("心跳", "heartbeats"),
    "gap": ("数据缺口", "gaps"),
    "event": ("其他事件", "other events"),
    "test": ("测试报文", "test messages"),
}
"""Every kind of message, and what a platform does not see that lacks a word for it."""

TIME: Final = "time"
NUMBER: Final = "number"
TEXT: Final = "text"
FLAG: Final = "flag"
WHOLE: Final = "whole"  # a whole object, as it is stored
LIST: Final = "list"

_MESSAGE: Final = {
    "message.id": TEXT,
    "message.word": TEXT,
    "message.kind": TEXT,
    "message.number": NUMBER,
    "message.durable": FLAG,
    "message.time": TIME,
    "message.records": WHOLE,
    "message.part": WHOLE,
    "message.lane": TEXT,
    "message.epoch": NUMBER,
    "message.first": NUMBER,
    "message.last": NUMBER,
    "message.receipt": TEXT,
    "plant.id": TEXT,
    "plant.name.zh": TEXT,
    "plant.name.en": TEXT,
    "plant.region": TEXT,
    "gateway.id": TEXT,
    "readings": LIST,
    "alarms": LIST,
    "events": LIST,
    "catalogue.key": TEXT,
    "catalogue.points": LIST,
    "catalogue.devices": LIST,
    "catalogue.areas": LIST,
}

_READING: Final = {
    "reading.point": TEXT,
    "reading.code": TEXT,
    "reading.device": TEXT,
    "reading.name.zh": TEXT,
    "reading.name.en": TEXT,
    "reading.unit": TEXT,
    "reading.value": NUMBER,
    "reading.valid": FLAG,
    "reading.quality": TEXT,
    "reading.time": TIME,
    "reading.source_time": TIME,
    "reading.seq": NUMBER,
    "reading.index": NUMBER,
    "reading.begin": TIME,
    "reading.end": TIME,
    "reading.min": NUMBER,
    "reading.max": NUMBER,
    "reading.mean": NUMBER,
    "reading.count": NUMBER,
}

_ALARM: Final = {
    "alarm.everything": WHOLE,
    "alarm.id": TEXT,
    "alarm.event": TEXT,
    "alarm.rule": TEXT,
    "alarm.condition": TEXT,
    "alarm.device": TEXT,
    "alarm.point": TEXT,
    "alarm.code": TEXT,
    "alarm.priority": TEXT,
    "alarm.time": TIME,
    "alarm.since": TIME,
    "alarm.duration": NUMBER,
    "alarm.until": TIME,
    "alarm.by": TEXT,
    "alarm.reason": TEXT,
    "alarm.value": NUMBER,
    "alarm.quality": TEXT,
    "alarm.unit": TEXT,
    "alarm.limit": NUMBER,
    "alarm.standard": TEXT,
    "alarm.clause": TEXT,
    "alarm.confidence": TEXT,
    "alarm.text.zh": TEXT,
    "alarm.text.en": TEXT,
    "alarm.seq": NUMBER,
}

_EVENT: Final = {
    "event.everything": WHOLE,
    "event.kind": TEXT,
    "event.time": TIME,
    "event.text.zh": TEXT,
    "event.text.en": TEXT,
    "event.seq": NUMBER,
    "event.device": TEXT,
    "event.point": TEXT,
    "event.code": TEXT,
    "event.area": TEXT,
    "event.connection": TEXT,
    "event.destination": TEXT,
    "event.state": TEXT,
    "event.by": TEXT,
    "event.reason": TEXT,
    "event.until": TIME,
    "event.cause": TEXT,
    "event.from": TIME,
    "event.to": TIME,
    "event.duration": NUMBER,
    "event.items": NUMBER,
}

_POINT: Final = {
    "point.id": TEXT,
    "point.code": TEXT,
    "point.device": TEXT,
    "point.name.zh": TEXT,
    "point.name.en": TEXT,
    "point.unit": TEXT,
    "point.datatype": TEXT,
    "point.low": NUMBER,
    "point.high": NUMBER,
    "point.period": NUMBER,
    "point.tag": TEXT,
    "point.limits": LIST,
}

_LIMIT: Final = {
    "limit.rule": TEXT,
    "limit.kind": TEXT,
    "limit.at": NUMBER,
    "limit.priority": TEXT,
    "limit.standard": TEXT,
    "limit.clause": TEXT,
    "limit.confidence": TEXT,
}

_DEVICE: Final = {
    "device.id": TEXT,
    "device.name.zh": TEXT,
    "device.name.en": TEXT,
    "device.area": TEXT,
    "device.tag": TEXT,
}

_AREA: Final = {"area.id": TEXT, "area.name.zh": TEXT, "area.name.en": TEXT}

ALWAYS: Final[Mapping[str, str]] = _MESSAGE
"""Places of a whole message, with what they hold."""

ITEMS: Final[Mapping[str, Mapping[str, str]]] = {
    "readings": _READING,
    "alarms": _ALARM,
    "events": _EVENT,
    "catalogue.points": _POINT,
    "catalogue.devices": _DEVICE,
    "catalogue.areas": _AREA,
    "point.limits": _LIMIT,
}
"""List → the places of its items."""

TIME_FORMATS: Final = (
    "unix-s",
    "unix-ms",
    "unix-ns",
    "iso",
    "iso-utc",
    "yyyyMMddHHmmss",
    "yyyyMMddHHmmssSSS",
    "yyyy-MM-dd HH:mm:ss",
    "yyyy-MM-dd HH:mm:ss.SSS",
)
"""How a time is written; where the form says no zone, it is the plant's."""

NUMBER_FORMATS: Final = (
    "text",
    "whole",
    "decimals-1",
    "decimals-2",
    "decimals-3",
    "decimals-4",
    "decimals-6",
)
"""How a number is written: as text, rounded to a whole, or to so many decimals."""

FLAG_FORMATS: Final = ("text", "0-1")

FORMATS: Final[Mapping[str, tuple[str, ...]]] = {
    TIME: TIME_FORMATS,
    NUMBER: NUMBER_FORMATS,
    FLAG: FLAG_FORMATS,
    TEXT: (),
    WHOLE: (),
    LIST: (),
}

_QUALITIES: Final = (
    "good",
    "over-range",
    "under-range",
    "maintenance",
    "calibration",
    "simulation",
    "manual",
    "stopped",
    "suspect",
    "comm-fault",
    "device-fault",
    "not-a-number",
    "sentinel",
    "stale",
    "wire-break",
)
_PRIORITIES: Final = ("critical", "high", "medium", "low")

WORDS_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "reading.quality": _QUALITIES,
    "alarm.priority": _PRIORITIES,
    "limit.priority": _PRIORITIES,
    "limit.kind": ("hihi", "hi", "lo", "lolo"),
}
"""Places whose words are known beforehand: a table for them must have every one."""
