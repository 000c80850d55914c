"""Every kind of message, from the record in the store to the platform: who, when, which point, why, how long.

Records that take a person or a day to come about are written here as docs/storage-format.md has them.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from agent.alarms.engine import Engine
from agent.recorder import Recorder
from agent.records import Catalogue
from buffering.outbox import Outbox
from buffering.record import Lane
from config.model import LimitKind
from drivers.reading import Scan
from tests.agent.destination import CO as POINT
from tests.agent.destination import Platform, Site, draft_of, site
from tests.agent.parts import BEGIN_NS, SECOND, HandClock, device, limit, plant, scan, scan_plan

Json = dict[str, Any]
PLANT = plant(device("co-1", [POINT], [limit(POINT, LimitKind.HI, 24)]))
PERSON = {"by": "王工 (uid 1000)", "reason": "校验"}
LAYOUTS = ("json", "json-snapshot", "ministry-sample", "mqtt")
WORD: Mapping[str, tuple[str, str, str]] = {
    "json": ("kind", "alarms", "events"),
    "json-snapshot": ("kind", "alarms", "events"),
    "ministry-sample": ("reportType", "alarms", "events"),
    "mqtt": ("k", "a", "e"),
}


class Shift:
    """A recorder and the rules on a site's outbox, with a clock that is moved by hand."""

    def __init__(self, outbox: Outbox, begins_s: float = 0) -> None:
        self.clock = HandClock()
        self.clock.move(begins_s)
        self.engine = Engine(PLANT)
        self.recorder = Recorder(
            outbox, Catalogue.of(PLANT), self.clock, commit_interval_s=0.5, on_slow=lambda _: None
        )
        self.recorder.start(version="0", plant_sha256="0" * 64)

    async def read(self, value: float) -> None:
        taken: Scan = scan(scan_plan(POINT), self.clock, value)
        self.recorder.scan(taken)
        outcome = self.engine.evaluate(taken)
        if outcome is not None:
            self.recorder.alarms(outcome)
        await self.recorder.flush()


async def told(running: Site, layout: str, word: str) -> Json:
    """Return the one thing that the message of a kind tells."""
    key, *lists = WORD[layout]
    platform = running.platform
    await platform.until(lambda: any(body[key] == word for body in platform.stored))
    [body] = [body for body in platform.stored if body[key] == word]
    [item] = [item for name in lists for item in body.get(name, [])]
    found: Json = item
    return found


@pytest.mark.parametrize("layout", LAYOUTS)
async def test_an_alarms_end_tells_what_ended_since_when_and_at_which_value(
    layout: str, tmp_path: Path
) -> None:
    async with site(tmp_path, Platform(), layout=layout) as running:
        shift = Shift(running.outbox)
        await shift.read(30)
        shift.clock.move(90)
        await shift.read(3)
        raised, ended = [await told(running, layout, word) for word in ("alarm", "alarm-end")]
    assert (raised["event"], raised["value"], raised["since_ns"]) == ("raised", 30, None)
    assert (ended["event"], ended["value"], ended["id"]) == ("cleared", 3, raised["id"])
    assert (ended["since_ns"], ended["utc_ns"]) == (raised["utc_ns"], raised["utc_ns"] + 90 * SECOND)
    for each in (raised, ended):
        assert (each["point"], each["code"], each["unit"]) == (POINT.id, POINT.id, "ppm")
        assert (each["limit"], each["standard"], each["confidence"]) == (24, "GB 6222-2005", "law")
        assert each["text"]["zh"]
        assert each["text"]["en"]


ALARM: Json = {"id": "a-1", "rule": "co-1.concentration.hi", "point": POINT.id, "device": "co-1"}
COMING: Mapping[str, tuple[Lane, Json, str]] = {
    "acknowledged": (
        Lane.ALARM,
        {"kind": "alarm", "alarm": {**ALARM, "event": "acknowledged", "since_ns": 1, **PERSON}},
        "handling",
    ),
    "handled": (
        Lane.ALARM,
        {"kind": "alarm", "alarm": {**ALARM, "event": "handled", "since_ns": 1, **PERSON}},
        "handling",
    ),
    "peak": (
        Lane.ALARM,
        {"kind": "alarm", "alarm": {**ALARM, "event": "peak", "value": 99.0, "limit": 24.0}},
        "alarm-update",
    ),
    "shelved": (
        Lane.ALARM,
        {"kind": "alarm", "alarm": {**ALARM, "event": "shelved", "until_ns": 9, **PERSON}},
        "alarm-update",
    ),
    "bypass": (
        Lane.EVENT,
        {"kind": "bypass", "device": "co-1", "point": POINT.id, "until_ns": 9, **PERSON},
        "state",
    ),
    "bypass-end": (
        Lane.EVENT,
        {"kind": "bypass-end", "device": "co-1", "point": POINT.id, **PERSON},
        "state",
    ),
    "planned-stop": (
        Lane.EVENT,
        {"kind": "planned-stop", "area": "casting", "state": "begun", "rules": [], "devices": ["co-1"]},
        "state",
    ),
    "production-state": (
        Lane.EVENT,
        {"kind": "production-state", "area": "casting", "state": "idle", "before": "running", **PERSON},
        "state",
    ),
    "planned-stop-silent": (
        Lane.EVENT,
        {"kind": "planned-stop-silent", "area": "casting", "devices": ["co-1"]},
        "state",
    ),
    "phase": (
        Lane.EVENT,
        {"kind": "phase", "gate": "cast", "state": "idle", "not_in_force": ["co-1.level.lolo"]},
        "state",
    ),
    "restart-check": (
        Lane.EVENT,
        {"kind": "restart-check", "area": "casting", "ok": True, "found": []},
        "event",
    ),
    "test": (Lane.EVENT, {"kind": "test", **PERSON}, "test"),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("happening", COMING)
async def test_what_people_will_do_goes_with_who_and_why(happening: str, layout: str, tmp_path: Path) -> None:
    lane, content, word = COMING[happening]
    async with site(tmp_path, Platform(), layout=layout) as running:
        running.outbox.append(draft_of(lane, content), now_ns=BEGIN_NS)
        await running.outbox.commit(now_ns=BEGIN_NS)
        item = await told(running, layout, word)
    stored = content["alarm"] if lane is Lane.ALARM else content
    assert {**stored, **item} == item, "all of it, as it is stored"
    assert item["seq"] > 0
    assert item.get("code") == stored.get("point"), "where it is about a point"


@pytest.mark.parametrize("layout", LAYOUTS)
async def test_a_gap_tells_its_time_and_reason(layout: str, tmp_path: Path) -> None:
    async with site(tmp_path, Platform(), layout=layout, run=False) as before:
        await Shift(before.outbox).read(1)
    async with site(tmp_path, Platform(), layout=layout) as running:
        await Shift(running.outbox, begins_s=3600).recorder.flush()
        gap = await told(running, layout, "gap")
    assert (gap["cause"], gap["to_ns"] - gap["from_ns"]) == ("restart", 3600 * SECOND)
    assert "not stopped in order" in gap["text"]["en"]
    assert "没有采集" in gap["text"]["zh"]
