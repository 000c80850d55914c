"""From a message and its records to a parcel: what goes out, under which kind.

Rendering uses nothing but the records, the layout and the codes, so a repeat is
the same bytes. A platform's own codes are resolved here, at sending, from
today's file; what a point was stands in the stored catalogue.
"""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from agent.records import Catalogue, Json, Packer, Reading, readings
from agent.uplinks.layout import Content, Layout
from agent.uplinks.policy import Policy
from agent.uplinks.uplink import Kind, Parcel
from buffering.record import Draft, Lane, Message, Record, Stream, message_id

ENDING: Final = frozenset({"cleared", "evaluated", "out-of-service"})
"""Happenings that end an alarm; the sample layout has a word of its own for them."""


class Renderer:
    """Renders for one destination."""

    def __init__(self, layout: Layout, policy: Policy, catalogues: Mapping[str, bytes]) -> None:
        """Take the store's state, in which each catalogue lies under `catalogue/<key>`."""
        self._layout = layout
        self._policy = policy
        self._stored = catalogues
        self._packer = Packer()
        self._catalogues: dict[str, Catalogue] = {}

    def message(self, message: Message, records: Sequence[Record]) -> Parcel | None:
        """Render a message that was cut from the store; None if nothing of it is for this platform."""
        contents = [(record.seq, self._packer.unpack(record.payload)) for record in records]
        kind = _kind(message, [content for _, content in contents])
        content = Content(
            id=message.id,
            kind=kind,
            number=message.number,
            durable=True,
            records=(message.epoch, message.lane.value, message.first, message.last),
            made_ns=records[-1].last_ns,
            readings=self._readings(contents) if message.lane is Lane.READING else (),
            alarms=[(seq, c["alarm"]) for seq, c in contents if message.lane is Lane.ALARM],
            events=[(seq, c) for seq, c in contents if message.lane is Lane.EVENT],
        )
        return self._parcel(content, message.lane.value)

    def slow_alarm(self, destination: str, draft: Draft, content: Json) -> Parcel | None:
        """Render an alarm that the disk has not confirmed; the durable one follows under the same id."""
        kind = Kind.ALARM_END if content["alarm"]["event"] in ENDING else Kind.ALARM
        made = Content(
            id=message_id(draft.uid, destination),
            kind=kind,
            number=None,
            durable=False,
            records=None,
            made_ns=draft.last_ns,
            alarms=[(None, content["alarm"])],
        )
        return self._parcel(made, Lane.ALARM.value)

    def heartbeat(self, heartbeat_id: UUID, now_ns: int) -> Parcel:
        """Render a sign of life; where the platform has no word for it, it is a connection that stands."""
        content = Content(heartbeat_id, Kind.HEARTBEAT, None, True, None, now_ns)
        body = self._layout(content) or b""
        return Parcel(heartbeat_id, Kind.HEARTBEAT, "heartbeat", body, now_ns)

    def _parcel(self, content: Content, lane: str) -> Parcel | None:
        body = self._layout(content)
        return None if body is None else Parcel(content.id, content.kind, lane, body, content.made_ns)

    def _readings(self, contents: Sequence[tuple[int, Json]]) -> list[tuple[int, Reading]]:
        return [
            (seq, reading)
            for seq, content in contents
            for reading in self._policy.choose(
                readings(content, self._catalogue(content["catalogue"]).points)
            )
        ]

    def _catalogue(self, key: str) -> Catalogue:
        if key not in self._catalogues:
            self._catalogues[key] = Catalogue.read(self._packer.unpack(self._stored["catalogue/" + key]))
        return self._catalogues[key]


def _kind(message: Message, contents: Sequence[Json]) -> Kind:
    if message.lane is Lane.ALARM:
        return Kind.ALARM_END if contents[0]["alarm"]["event"] in ENDING else Kind.ALARM
    if message.lane is Lane.EVENT:
        return Kind.GAP if any(content["kind"] == "gap" for content in contents) else Kind.EVENT
    return Kind.CONTINUES if message.stream is Stream.BACKFILL else Kind.REPORT
