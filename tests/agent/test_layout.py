"""Layouts at work: the wire format of those shipped, every way to write a value, and messages in parts."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from agent.records import Batch, Catalogue, CataloguePoint, Packer, Reading
from agent.uplinks.content import Content, Span
from agent.uplinks.layout import Layout, json_layout
from agent.uplinks.places import LISTS, Sender, item_places, message_places
from agent.uplinks.quarantine import Quarantine
from agent.uplinks.render import Renderer
from agent.uplinks.shipment import Shipment
from agent.uplinks.uplink import Kind
from buffering.record import Lane, Message, Record, Stream
from config.fault import Findings
from config.layout import LayoutFile
from config.layout_words import ALWAYS, ITEMS, LIST, TIME_FORMATS
from config.model import LimitKind
from config.position import Layers
from config.validation import validate
from drivers.reading import Quality, Value
from tests.agent.destination import shipped_file, shipped_layout
from tests.agent.parts import BEGIN_NS, HandClock, device, limit, plant, point, scan, scan_plan

Json = dict[str, Any]

NS = 1_795_492_800_123_456_789  # 2026-11-24 12:00:00.123 in Shanghai
SENDER = Sender("P-1", {"zh": "厂", "en": "plant"}, "140800", "G-1", {"co-1.concentration": "14080001"})
MESSAGE = UUID("00000000-0000-4000-8000-000000000001")
CO = CataloguePoint("co-1.concentration", "ppm", "float", "co-1", {"zh": "浓度", "en": "concentration"})


def reading(value: Value = 3.5, quality: Quality = Quality.GOOD) -> tuple[int, Reading]:
    return 7, Reading(0, CO, NS, value, quality, None)


def content(kind: Kind = Kind.READING, **changes: Any) -> Content:
    records = Span(5, "reading", 7, 9)
    return Content(
        **{
            "id": MESSAGE,
            "kind": kind,
            "number": 3,
            "durable": True,
            "records": records,
            "made_ns": NS,
            **changes,
        }
    )


def own(body: Mapping[str, object], **changes: object) -> Layout:
    """Return a layout with one kind and this template."""
    written = {
        "name": {"zh": "a", "en": "a"},
        "verified": True,
        "source": {"zh": "a", "en": "a"},
        "body": body,
        "kinds": {"reading": {"word": "r"}, "alarm": {"word": "a"}, "catalogue": {"word": "c"}},
        **changes,
    }
    findings = Findings()
    file = validate(LayoutFile, Layers([], written), findings)
    assert file is not None
    return json_layout(file, SENDER, ZoneInfo("Asia/Shanghai"))


def rendered(layout: Layout, told: Content) -> Json:
    body = layout.render(told)
    assert body is not None
    found: Json = json.loads(body)
    return found


def test_the_sample_layout_reads_as_it_always_did() -> None:
    layout = json_layout(shipped_file("ministry-sample"), SENDER, ZoneInfo("Asia/Shanghai"))
    assert rendered(layout, content(readings=[reading()], alarms=[], events=[])) == {
        "dataId": str(MESSAGE),
        "enterpriseId": "P-1",
        "gatewayId": "G-1",
        "number": 3,
        "collectTime": "20261124120000",
        "isConnectDataSource": True,
        "reportType": "report",
        "durable": True,
        "records": {"epoch": 5, "lane": "reading", "first": 7, "last": 9},
        "part": None,
        "datas": [
            {
                "quotaId": "14080001",
                "value": 3.5,
                "isValid": True,
                "quality": "good",
                "collectTime": 1795492800123,
                "seq": 7,
                "index": 0,
            }
        ],
        "alarms": [],
        "events": [],
    }


def test_the_compact_layout_has_letters_and_short_keys() -> None:
    layout = json_layout(shipped_file("mqtt"), SENDER, ZoneInfo("Asia/Shanghai"))
    found = rendered(layout, content(readings=[reading(), reading(None, Quality.SENTINEL)]))
    assert [item["q"] for item in found["v"]] == ["N", "D"]
    assert found["v"][0] == {"c": "14080001", "v": 3.5, "q": "N", "t": 1795492800123, "s": 7, "i": 0}


@pytest.mark.parametrize(
    ("form", "written"),
    [
        ("unix-s", 1795492800),
        ("unix-ms", 1795492800123),
        ("unix-ns", NS),
        ("iso", "2026-11-24T12:00:00+0800"),
        ("iso-utc", "2026-11-24T04:00:00.123Z"),
        ("yyyyMMddHHmmss", "20261124120000"),
        ("yyyyMMddHHmmssSSS", "20261124120000123"),
        ("yyyy-MM-dd HH:mm:ss", "2026-11-24 12:00:00"),
        ("yyyy-MM-dd HH:mm:ss.SSS", "2026-11-24 12:00:00.123"),
    ],
)
def test_a_time_is_written_as_asked(form: str, written: object) -> None:
    layout = own({"t": {"$from": "message.time", "$format": form}})
    assert rendered(layout, content()) == {"t": written}


def test_every_time_format_has_its_test() -> None:
    marks = test_a_time_is_written_as_asked.pytestmark  # type: ignore[attr-defined]
    assert {case[0] for case in marks[0].args[1]} == set(TIME_FORMATS)


@pytest.mark.parametrize(
    ("value", "form", "written"),
    [
        (3.14159, "text", "3.14159"),
        (3.14159, "decimals-2", 3.14),
        (3.6, "whole", 4),
        (None, "text", None),
        (True, "text", "true"),
        (12, "text", "12"),
    ],
)
def test_a_number_is_written_as_asked(value: Value, form: str, written: object) -> None:
    layout = own({"v": {"$map": "readings", "$to": {"$from": "reading.value", "$format": form}}})
    assert rendered(layout, content(readings=[reading(value)])) == {"v": [written]}


def test_constants_lists_and_tables() -> None:
    body = {
        "yes": True,
        "five": 5,
        "none": None,
        "text": {"$value": "message.id"},
        "list": ["plant.id", "gateway.id"],
        "q": {
            "$map": "readings",
            "$to": {"$from": "reading.quality", "$look_up": "letters", "$otherwise": "?"},
        },
    }
    layout = own(body, look_up={"letters": {"good": 1}})
    told = content(readings=[reading(), reading(None, Quality.STALE)])
    assert rendered(layout, told) == {
        "yes": True,
        "five": 5,
        "none": None,
        "text": "message.id",
        "list": ["P-1", "G-1"],
        "q": [1, "?"],
    }


def test_a_kind_without_a_word_is_not_rendered() -> None:
    assert own({"a": "message.id"}).render(content(Kind.GAP)) is None


def test_the_places_that_a_layout_may_name_are_those_that_can_be_found() -> None:
    always = {place for place, kind in ALWAYS.items() if kind != LIST}
    items = {place for places in ITEMS.values() for place, kind in places.items() if kind != LIST}
    assert set(message_places(SENDER)) == always
    assert set(item_places(SENDER)) == items
    assert set(LISTS) == set(ITEMS)


def test_the_catalogue_tells_points_with_their_codes_and_limits() -> None:
    co = point()
    described = Catalogue.of(plant(device("co-1", [co], [limit(co, LimitKind.HI, 24)])))
    told = content(Kind.CATALOGUE, events=[(1, described.content)])
    layout = json_layout(shipped_file("mqtt"), SENDER, ZoneInfo("Asia/Shanghai"))
    found = rendered(layout, told)
    assert found["devices"] == [
        {"id": "co-1", "zh": "co-1 探测器", "en": "co-1 detector", "area": None, "tag": None}
    ]
    [shown] = found["points"]
    assert (shown["c"], shown["unit"], shown["low"], shown["high"]) == ("14080001", "ppm", 0, 1000)
    assert shown["limits"] == [
        {"kind": "hi", "at": 24, "priority": "critical", "standard": "GB 6222-2005", "clause": ""}
    ]


# Messages in parts

POINTS = [point(f"co-{n}.concentration", n) for n in range(10)]
CATALOGUE = Catalogue.of(plant(*(device(f"co-{n}", [POINTS[n]], []) for n in range(10))))
PACKER = Packer()


def message_of(lane: Lane, contents: Sequence[Json]) -> tuple[Message, list[Record]]:
    records = [
        Record(1, lane, seq, BEGIN_NS, BEGIN_NS + seq, 1, uuid4(), PACKER.pack(each))
        for seq, each in enumerate(contents, 1)
    ]
    stream = {Lane.ALARM: Stream.ALARM, Lane.EVENT: Stream.EVENT, Lane.READING: Stream.LIVE}[lane]
    return Message(MESSAGE, "bureau", 4, stream, 1, lane, 1, len(records)), records


def shipped(layout: Layout, lane: Lane, contents: Sequence[Json]) -> list[Json]:
    stored = {"catalogue/" + CATALOGUE.key: PACKER.pack(CATALOGUE.content)}
    renderer = Renderer(layout, stored, Quarantine("bureau", {}))
    message, records = message_of(lane, contents)
    of = records if lane is Lane.READING else []
    chosen = [(each.seq, reading) for each in of for reading in renderer.readings(each)]
    return bodies(renderer.message(message, records, chosen))


def bodies(shipment: Shipment) -> list[Json]:
    found: list[Json] = []
    while shipment.current is not None:
        found.append(json.loads(shipment.current.parcel.body))
        shipment.delivered()
    return found


def ten_readings() -> Json:
    batch = Batch(CATALOGUE)
    for each in POINTS:
        batch.add(scan(scan_plan(each), HandClock(), float(each.index)))
    return batch.content()


def limited(**limits: object) -> Layout:
    body = {
        "id": "message.id",
        "number": "message.number",
        "part": "message.part",
        "v": {"$map": "readings", "$to": "reading.value"},
    }
    return own(body, limits=limits)


def test_a_message_with_more_points_than_a_platform_takes_goes_in_parts_under_ids_of_their_own() -> None:
    parts = shipped(limited(points=4), Lane.READING, [ten_readings()])
    assert [part["v"] for part in parts] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert [part["part"] for part in parts] == [{"number": n, "of": 3, "items": 10} for n in (1, 2, 3)]
    assert {part["number"] for part in parts} == {4}
    assert parts[0]["id"] == str(MESSAGE)
    assert len({part["id"] for part in parts}) == 3
    assert shipped(limited(points=4), Lane.READING, [ten_readings()])[1]["id"] == parts[1]["id"], "a repeat"


def test_a_message_that_is_longer_than_a_platform_takes_goes_in_parts() -> None:
    layout = limited(bytes="120 B")
    parts = shipped(layout, Lane.READING, [ten_readings()])
    assert [value for part in parts for value in part["v"]] == list(range(10))
    assert len(parts) > 1
    assert all(len(json.dumps(part, separators=(",", ":"))) <= 120 for part in parts)


def test_kinds_of_one_lane_go_in_messages_of_their_own_and_in_order() -> None:
    gap = {"kind": "gap", "cause": "restart", "from_ns": 1, "to_ns": 2}
    start, again = {"kind": "start"}, {"kind": "link"}
    parts = shipped(shipped_layout("json"), Lane.EVENT, [gap, CATALOGUE.content, start, again])
    assert [(part["kind"], [event["kind"] for event in part["events"]]) for part in parts] == [
        ("gap", ["gap"]),
        ("catalogue", ["catalogue"]),
        ("event", ["start", "link"]),
    ]
    assert [part["part"]["number"] for part in parts] == [1, 2, 3]


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ("raised", "alarm"),
        ("not-evaluated", "alarm"),
        ("peak", "alarm-update"),
        ("level-changed", "alarm-update"),
        ("shelved", "alarm-update"),
        ("acknowledged", "handling"),
        ("handled", "handling"),
        ("cleared", "alarm-end"),
        ("out-of-service", "alarm-end"),
    ],
)
def test_every_happening_of_an_alarm_has_its_kind(event: str, kind: str) -> None:
    [part] = shipped(shipped_layout("json"), Lane.ALARM, [{"kind": "alarm", "alarm": {"event": event}}])
    assert part["kind"] == kind


def test_kinds_that_are_left_out_are_not_sent_and_the_rest_is() -> None:
    contents = [{"kind": "start"}, CATALOGUE.content]
    [part] = shipped(own({"word": "message.word"}), Lane.EVENT, contents)
    assert part == {"word": "c"}
    assert shipped(own({"word": "message.word"}), Lane.EVENT, [{"kind": "start"}]) == []


def test_a_half_by_points_is_never_taken_for_one_by_time() -> None:
    """After a restart, a message that was too large may be refused: other halves, so other ids."""
    ids: list[set[UUID]] = []
    for halve in (Shipment.halve_time, Shipment.halve_points):
        other = replace(CO, id="co-2.concentration")
        readings = [
            (seq, Reading(0, each, NS, 1.0, Quality.GOOD, None)) for seq in (7, 8) for each in (CO, other)
        ]
        shipment = Shipment([content(readings=readings)], "reading", shipped_layout("json").render)
        assert halve(shipment)
        ids.append(set())
        while (part := shipment.current) is not None:
            ids[-1].add(part.parcel.id)
            assert (part.content.share.of, part.content.share.items) == (2, 4)
            shipment.delivered()
    assert not ids[0] & ids[1]


def test_what_was_refused_of_a_message_goes_again_as_a_part_of_it() -> None:
    other = replace(CO, id="co-2.concentration")
    readings = [(7, Reading(0, each, NS, 1.0, Quality.GOOD, None)) for each in (CO, other)]
    shipment = Shipment([content(readings=readings)], "reading", shipped_layout("json").render)
    assert shipment.narrow([other.id])
    part = shipment.current
    assert part is not None
    assert json.loads(part.parcel.body)["part"] == {"number": 2, "of": 2, "items": 2}
    assert part.parcel.id != MESSAGE
