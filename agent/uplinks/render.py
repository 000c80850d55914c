"""From a message and its records to what is shipped: which kind, which readings, in how many parts.

Rendering uses nothing but the records, what of them goes (selection.py), the
layout, the codes and the points that are parked, so a repeat is the same bytes. A
platform's own codes are resolved here, at sending, from today's file; what a point
was stands in the stored catalogue.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Final
from uuid import UUID

from zstandard import ZstdError

from agent.records import Catalogue, Json, Packer, Reading, readings
from agent.uplinks.content import Content, Share, Span
from agent.uplinks.kinds import kind_of
from agent.uplinks.layout import Layout
from agent.uplinks.policy import Item
from agent.uplinks.quarantine import Quarantine
from agent.uplinks.shipment import Shipment, part_id
from agent.uplinks.uplink import Kind, Parcel
from buffering.record import Draft, Lane, Message, Record, Stream, message_id

Unpacked = tuple[int, Json]
WIDEST: Final = Share(9999, 9999, 999_999)
"""How a part counts itself while nobody knows of how many: never longer than this."""


class CatalogueLost(Exception):
    """Nobody knows what the numbers of these readings' points stand for: their list of points is gone."""


class Renderer:
    """Renders for one destination."""

    def __init__(self, layout: Layout, catalogues: Mapping[str, bytes], quarantine: Quarantine) -> None:
        """Take the store's state, in which each catalogue lies under `catalogue/<key>`."""
        self.code = layout.code
        self.tells_events = Kind.EVENT in layout.kinds
        self._layout = layout
        self._stored = catalogues
        self._quarantine = quarantine
        self._packer = Packer()
        self._catalogues: dict[str, Catalogue] = {}

    def readings(self, record: Record) -> Iterator[Reading]:
        """Yield what a record of the reading lane holds."""
        content = self._packer.unpack(record.payload)
        return readings(content, self._catalogue(content["catalogue"]).points)

    def message(self, message: Message, records: Sequence[Record], chosen: Sequence[Item] = ()) -> Shipment:
        """Render a message that was cut from the store; empty if nothing of it is for this platform.

        Of readings go those that were `chosen`, but for the points that are parked.
        """
        whole = Content(
            id=message.id,
            kind=Kind.EVENT,
            number=message.number,
            durable=True,
            records=Span(message.epoch, message.lane.value, message.first, message.last),
            made_ns=records[-1].last_ns,
        )
        made = self._readings if message.lane is Lane.READING else self._told_of
        everything = made(whole, message, records, chosen)
        parts = [each for each in everything if each.kind in self._layout.kinds]
        left_out = list(
            dict.fromkeys(each.kind for each in everything if each.kind not in self._layout.kinds)
        )
        items = sum(each.share.items for each in parts)
        numbered = [
            replace(each, id=part_id(message.id, number), part=Share(number, len(parts), items))
            for number, each in enumerate(parts, 1)
        ]
        sent = parts if len(parts) < 2 else numbered
        kept_back = {item[1].point.id for item in chosen} & self._quarantine.parked.keys()
        return Shipment(sent, message.lane.value, self._layout.render, left_out, kept_back)

    def slow_alarm(self, destination: str, draft: Draft, content: Json) -> Shipment:
        """Render an alarm that the disk has not confirmed; the durable one follows under the same id."""
        made = Content(
            id=message_id(draft.uid, destination),
            kind=kind_of(Lane.ALARM, Stream.ALARM, content),
            number=None,
            durable=False,
            records=None,
            made_ns=draft.last_ns,
            alarms=[(None, content["alarm"])],
        )
        return Shipment([made], Lane.ALARM.value, self._layout.render)

    def heartbeat(self, heartbeat_id: UUID, now_ns: int) -> Parcel:
        """Render a sign of life; where the platform has no word for it, it is a connection that stands."""
        content = Content(heartbeat_id, Kind.HEARTBEAT, None, True, None, now_ns)
        body = self._layout.render(content) or b""
        return Parcel(heartbeat_id, Kind.HEARTBEAT, "heartbeat", body, now_ns)

    def catalogue(self, message_uid: UUID, content: Json, now_ns: int) -> Shipment:
        """Render the catalogue as it holds now, for a platform that has just been connected."""
        made = Content(message_uid, Kind.CATALOGUE, None, True, None, now_ns, events=[(None, content)])
        return Shipment([made], "catalogue", self._layout.render)

    def _told_of(
        self, whole: Content, message: Message, records: Sequence[Record], _chosen: Sequence[Item]
    ) -> list[Content]:
        unpacked = [(record.seq, self._packer.unpack(record.payload)) for record in records]

        def group(each: Unpacked) -> tuple[Kind, int]:
            kind = kind_of(message.lane, message.stream, each[1])
            return kind, each[0] if kind is Kind.CATALOGUE else 0  # a template maps one catalogue

        grouped = groupby(unpacked, group)
        return [self._told(whole, message.lane, kind, list(contents)) for (kind, _), contents in grouped]

    def _told(self, whole: Content, lane: Lane, kind: Kind, contents: Sequence[Unpacked]) -> Content:
        if lane is Lane.ALARM:
            return replace(whole, kind=kind, alarms=[(seq, content["alarm"]) for seq, content in contents])
        return replace(whole, kind=kind, events=contents)

    def _readings(
        self, whole: Content, message: Message, _records: Sequence[Record], chosen: Sequence[Item]
    ) -> list[Content]:
        kind = kind_of(message.lane, message.stream, {})
        parked = self._quarantine.parked
        going = [item for item in chosen if item[1].point.id not in parked]
        size = self._layout.limits.points or max(len(going), 1)
        chunks = [going[at : at + size] for at in range(0, max(len(going), 1), size)]
        return [part for chunk in chunks for part in self._fitting(replace(whole, kind=kind, readings=chunk))]

    def _fitting(self, content: Content) -> list[Content]:
        """Halve what is longer than the platform takes; ids are given afterwards."""
        most, middle = self._layout.limits.bytes, len(content.readings) // 2
        if most is None or not middle:
            return [content]
        body = self._layout.render(replace(content, part=WIDEST))
        if body is None or len(body) <= most:
            return [content]
        halves = (content.readings[:middle], content.readings[middle:])
        return [part for half in halves for part in self._fitting(replace(content, readings=half))]

    def _catalogue(self, key: str) -> Catalogue:
        if key not in self._catalogues:
            try:
                self._catalogues[key] = Catalogue.read(self._packer.unpack(self._stored["catalogue/" + key]))
            except (KeyError, TypeError, ValueError, ZstdError) as fault:
                raise CatalogueLost(key) from fault
        return self._catalogues[key]
