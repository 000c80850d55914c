"""How a message reads on a platform: from records to JSON.

Two layouts are ours: `ministry-sample`, whose field names follow what is known
of the ministry's sensing interface (unverified: no official text was to be had),
and `plain-json`. Both carry number and covered records, so that the receiving
side can tell by itself whether anything is missing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson

from agent.records import Json, Reading
from agent.uplinks.uplink import Kind


@dataclass(frozen=True, slots=True)
class Content:
    """What one message says, before a layout gives it words.

    `readings`, `alarms` and `events` carry the seq of their record; `records` is
    (epoch, lane, first, last), None for a heartbeat and for an alarm that is not
    durable yet.
    """

    id: UUID
    kind: Kind
    number: int | None
    durable: bool
    records: tuple[int, str, int, int] | None
    made_ns: int
    readings: Sequence[tuple[int, Reading]] = ()
    alarms: Sequence[tuple[int | None, Json]] = ()
    events: Sequence[tuple[int, Json]] = ()


Layout = Callable[[Content], bytes | None]
"""Renders a message; None where the platform has no words for what it says."""


def build_layout(name: str, *, plant: str, gateway: str, timezone: str, codes: Mapping[str, str]) -> Layout:
    """Return the layout that the plant file names (config has refused unknown names)."""
    maker = {"ministry-sample": ministry_sample, "plain-json": plain_json}[name]
    return maker(plant, gateway, ZoneInfo(timezone), codes)


def ministry_sample(plant: str, gateway: str, zone: ZoneInfo, codes: Mapping[str, str]) -> Layout:
    """Return the sample layout; a point without an external code goes under its own id."""

    def render(content: Content) -> bytes:
        return orjson.dumps(
            {
                "dataId": str(content.id),
                "enterpriseId": plant,
                "gatewayId": gateway,
                "number": content.number,
                "collectTime": _local_time(content.made_ns, zone),
                "isConnectDataSource": True,
                "reportType": content.kind.value,
                "durable": content.durable,
                "records": _records(content),
                "datas": [
                    {
                        "quotaId": codes.get(reading.point.id, reading.point.id),
                        "value": reading.value,
                        "isValid": not reading.quality.is_bad,
                        "quality": reading.quality.word,
                        "collectTime": reading.utc_ns // 10**6,
                        "seq": seq,
                        "index": reading.index,
                    }
                    for seq, reading in content.readings
                ],
                "alarms": [{**alarm, "seq": seq} for seq, alarm in content.alarms],
                "events": [{**event, "seq": seq} for seq, event in content.events],
            }
        )

    return render


def plain_json(plant: str, gateway: str, _zone: ZoneInfo, codes: Mapping[str, str]) -> Layout:
    """Return the plain layout: the agent's own words and UTC nanoseconds."""

    def render(content: Content) -> bytes:
        return orjson.dumps(
            {
                "id": str(content.id),
                "plant": plant,
                "gateway": gateway,
                "number": content.number,
                "kind": content.kind.value,
                "durable": content.durable,
                "records": _records(content),
                "readings": [_plain_reading(seq, reading, codes) for seq, reading in content.readings],
                "alarms": [{**alarm, "seq": seq} for seq, alarm in content.alarms],
                "events": [{**event, "seq": seq} for seq, event in content.events],
            }
        )

    return render


def _plain_reading(seq: int, reading: Reading, codes: Mapping[str, str]) -> Json:
    return {
        "point": codes.get(reading.point.id, reading.point.id),
        "value": reading.value,
        "unit": reading.point.unit,
        "quality": reading.quality.word,
        "utc_ns": reading.utc_ns,
        "source_ns": reading.source_ns,
        "seq": seq,
        "index": reading.index,
    }


def _records(content: Content) -> Json | None:
    if content.records is None:
        return None
    epoch, lane, first, last = content.records
    return {"epoch": epoch, "lane": lane, "first": first, "last": last}


def _local_time(utc_ns: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(utc_ns / 1e9, zone).strftime("%Y%m%d%H%M%S")
