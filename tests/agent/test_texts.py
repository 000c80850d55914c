"""Texts as values, from the scan to what platforms get: a serial number is a reading like any other."""

import json
from dataclasses import replace
from uuid import UUID

import pytest

from agent.alarms.engine import Engine
from agent.latest import LatestValues
from agent.records import Batch, Catalogue, Packer, readings
from agent.uplinks.content import Content, Span
from agent.uplinks.uplink import Kind
from config.model import LimitKind
from drivers.reading import Quality
from tests.agent.destination import shipped_layout
from tests.agent.parts import HandClock, device, limit, plant, point, scan, scan_plan

SERIAL = replace(point("co-1.serial", unit=""), datatype="string", range=None)
PLANT = plant(device("co-1", [SERIAL], []))


@pytest.mark.parametrize(
    ("value", "quality"),
    [
        ("霍尼艾格 HNAG1000", Quality.GOOD),
        ("", Quality.GOOD),
        ("A", Quality.SUSPECT),
        (None, Quality.WIRE_BREAK),
    ],
)
def test_a_text_reads_back_as_it_was_and_goes_out_as_it_is(value: str | None, quality: Quality) -> None:
    catalogue, packer = Catalogue.of(PLANT), Packer()
    batch = Batch(catalogue)
    batch.add(scan(scan_plan(SERIAL), HandClock(), value, quality))
    content = packer.unpack(packer.pack(batch.content()))
    stored = list(readings(content, Catalogue.read(catalogue.content).points))
    assert [(reading.value, reading.quality, reading.point.datatype) for reading in stored] == [
        (value, quality, "string")
    ]
    told = Content(UUID(int=1), Kind.READING, 1, True, Span(1, "reading", 1, 1), 0, readings=[(1, stored[0])])
    for name in ("json", "ministry-sample"):
        sent = shipped_layout(name).render(told)
        assert sent is not None
        assert json.dumps(value, ensure_ascii=False) in json.dumps(json.loads(sent), ensure_ascii=False)
        assert quality.word in sent.decode()


def test_the_latest_text_is_at_hand() -> None:
    latest = LatestValues(PLANT)
    latest.take(scan(scan_plan(SERIAL), HandClock(), "HN-7"))
    assert latest.of("co-1.serial").value == "HN-7"


def test_a_text_meets_no_limit_even_if_one_were_made_for_it() -> None:
    of = point("co-1.serial")
    engine = Engine(plant(device("co-1", [of], [limit(of, LimitKind.HI, 24.0)])))
    assert engine.evaluate(scan(scan_plan(of), HandClock(), "9999")) is None
