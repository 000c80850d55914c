"""What one message brought, whichever way it came: the layouts of HTTPS and MQTT read into one shape.

A message says which records of the gateway it covers; a reading in it is named
by (epoch, seq, index). Heartbeats, and alarms that left before the gateway's
disk had them, cover no records yet.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from simulator.bureau.envelope import Undecodable

NS_PER_MS: Final = 1_000_000

Value = bool | int | float | None


class Records(BaseModel):
    """The records [first, last] of one epoch and lane."""

    epoch: int
    lane: str
    first: int
    last: int


class Share(BaseModel):
    """Which of `of` shares of its number a message is, and how many items the whole has."""

    number: int = Field(ge=1)
    of: int = Field(ge=1)
    items: int


@dataclass(frozen=True, slots=True)
class Reading:
    """One value of one point; its identity is (epoch of the message, seq, index)."""

    seq: int
    index: int
    point: str
    value: Value
    quality: str
    utc_ns: int


class Alarm(BaseModel):
    """One step in the life of an alarm, as far as the platform's books need it."""

    id: str
    event: str
    rule: str | None = None
    point: str | None = None
    condition: str
    value: Value = None
    utc_ns: int


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message, read."""

    id: str
    number: int | None
    kind: str
    durable: bool
    records: Records | None
    readings: tuple[Reading, ...]
    alarms: tuple[Alarm, ...]
    events: tuple[Mapping[str, object], ...]
    part: Share | None = None


class _Camel(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel)


class _MinistryReading(_Camel):
    quota_id: str
    value: Value
    is_valid: bool
    quality: str
    collect_time: int  # ms since 1970
    seq: int
    index: int


class _MinistryMessage(_Camel):
    data_id: str = Field(min_length=1)
    enterprise_id: str
    gateway_id: str
    number: int | None
    collect_time: str
    report_type: str
    durable: bool
    records: Records | None
    part: Share | None = None
    datas: tuple[_MinistryReading, ...]
    alarms: tuple[Alarm, ...]
    events: tuple[dict[str, object], ...]


class _PlainReading(BaseModel):
    point: str
    value: Value
    quality: str
    utc_ns: int
    seq: int
    index: int


class _PlainMessage(BaseModel):
    id: str = Field(min_length=1)
    plant: str
    gateway: str
    number: int | None
    kind: str
    durable: bool
    records: Records | None
    part: Share | None = None
    readings: tuple[_PlainReading, ...]
    alarms: tuple[Alarm, ...]
    events: tuple[dict[str, object], ...]


def from_json(text: Mapping[str, object]) -> Parcel:
    """Read either layout, whichever way it came; raises Undecodable with the first fault's place."""
    return from_ministry(text) if "dataId" in text else from_plain(text)


def from_ministry(text: Mapping[str, object]) -> Parcel:
    """Read the layout `ministry-sample`; raises Undecodable with the first fault's place."""
    try:
        m = _MinistryMessage.model_validate(text)
    except ValidationError as fault:
        raise _undecodable(fault) from fault
    readings = tuple(
        Reading(d.seq, d.index, d.quota_id, d.value, d.quality, d.collect_time * NS_PER_MS) for d in m.datas
    )
    return _whole(
        Parcel(m.data_id, m.number, m.report_type, m.durable, m.records, readings, m.alarms, m.events, m.part)
    )


def from_bytes(text: bytes) -> Parcel:
    """Read either layout from a message that came in the clear; raises Undecodable."""
    try:
        content = json.loads(text)
    except ValueError as fault:
        raise Undecodable("not JSON") from fault
    if not isinstance(content, dict):
        raise Undecodable("not a JSON object")
    return from_json(content)


def from_plain(text: Mapping[str, object]) -> Parcel:
    """Read the layout `json`; raises Undecodable with the first fault's place."""
    try:
        m = _PlainMessage.model_validate(text)
    except ValidationError as fault:
        raise _undecodable(fault) from fault
    readings = tuple(Reading(r.seq, r.index, r.point, r.value, r.quality, r.utc_ns) for r in m.readings)
    return _whole(Parcel(m.id, m.number, m.kind, m.durable, m.records, readings, m.alarms, m.events, m.part))


def _undecodable(fault: ValidationError) -> Undecodable:
    first = fault.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    return Undecodable(f"{place}: {first['msg']}")


def _whole(parcel: Parcel) -> Parcel:
    """Refuse readings without an identity: nobody could tell a repeat from a new one."""
    if parcel.readings and parcel.records is None:
        raise Undecodable("records: readings need the records that they come from")
    return parcel
