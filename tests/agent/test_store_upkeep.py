"""The store in an agent: when time is trusted, what is said of what the store does, what status shows."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from agent.cli.status import lines
from agent.records import Packer
from agent.steady import SteadyClock
from agent.store_events import StoreEvents, event_of
from agent.store_trouble import StoreTroubleLog
from agent.upkeep import keep_store, keeping_of
from buffering.notices import AGE, DISK_FULL, LEFT, MAX_BACKLOG, SIZE, GivenUp, Joined, Left, Pruned
from buffering.outbox import Draft, Keeping, Lane, Outbox
from buffering.ranges import Range
from config.load import load_plant
from tests.agent.parts import BEGIN_NS, SECOND, HandClock
from tests.buffering.parts import draft
from tests.buffering.second_reader import SecondReader
from tests.support.waiting import until

HOUR = 3600
PLANT = """
plant: {id: YC-T-1, name: {zh: 厂, en: Works}, region: "140800"}
connections: {plc: {modbus-tcp: {host: 192.0.2.1}}}
devices:
  d: {name: 设备, connection: plc, unit: 1, points: {p: {name: 点, modbus: {address: 0, type: uint16}}}}
"""
DAY_NS = 86_400 * SECOND
GIVEN_UP = GivenUp("bureau", 7, Lane.READING, 3, 9, 70, BEGIN_NS, BEGIN_NS + SECOND, AGE)


class UnsetClock(HandClock):
    """A clock that nobody has set yet."""

    is_set = False

    def synchronised(self) -> bool:
        return self.is_set


class TestTime:
    """Trusted after an hour without a step, synchronised."""

    def test_a_clock_is_trusted_once_it_has_been_right_for_an_hour(self) -> None:
        clock = HandClock()
        steady = SteadyClock(clock)
        assert not steady.is_trusted()
        for _ in range(59):
            clock.move(60)
            assert not steady.is_trusted()
        clock.move(60)
        assert steady.is_trusted()

    @pytest.mark.parametrize("step_s", [-HOUR, 24 * HOUR, -BEGIN_NS // SECOND], ids=["back", "ahead", "1970"])
    def test_a_step_costs_another_hour(self, step_s: int) -> None:
        clock = HandClock()
        steady = SteadyClock(clock)
        steady.is_trusted()
        clock.move(HOUR)
        assert steady.is_trusted()
        clock.utc_ns += step_s * SECOND
        assert not steady.is_trusted()
        clock.move(HOUR - 1)
        assert not steady.is_trusted()
        clock.move(1)
        assert steady.is_trusted()

    def test_a_clock_that_is_not_synchronised_is_not_trusted_and_starts_anew_when_it_is(self) -> None:
        clock = UnsetClock()
        steady = SteadyClock(clock)
        for _ in range(3):
            clock.move(HOUR)
            assert not steady.is_trusted()
        clock.is_set = True
        assert not steady.is_trusted()
        clock.move(HOUR)
        assert steady.is_trusted()
        clock.is_set = False
        assert not steady.is_trusted()

    def test_what_ntp_slews_is_no_step(self) -> None:
        clock = HandClock()
        steady = SteadyClock(clock)
        for _ in range(61):
            steady.is_trusted()
            clock.move(60)
            clock.utc_ns += 30 * 10**6
        assert steady.is_trusted()


@pytest.mark.parametrize(
    ("step_s", "first_kept"),
    [(0, 12), (-HOUR, 12), (24 * HOUR, 13), (-BEGIN_NS // SECOND, 1)],
    ids=["none", "back", "ahead", "1970"],
)
async def test_old_readings_go_once_the_clock_has_been_right_for_an_hour(
    step_s: int, first_kept: int, tmp_path: Path
) -> None:
    clock = HandClock()
    outbox = await Outbox.open(
        tmp_path,
        gateway="G",
        destinations=(),
        now_ns=BEGIN_NS,
        keeping=Keeping(readings_s=30 * 86_400),
        describe=StoreEvents(),
    )
    for days in range(-40, 0):
        outbox.append(draft(at_ns=BEGIN_NS + days * DAY_NS), now_ns=BEGIN_NS)
    await outbox.commit(now_ns=BEGIN_NS)
    keeping = asyncio.create_task(keep_store(outbox, clock, StoreTroubleLog(clock)))
    await until(lambda: bool(clock._waiting))
    clock.utc_ns += step_s * SECOND
    for half_hours in range(1, 5):
        hour_is_over = half_hours >= (4 if step_s else 3)
        assert _first_kept(tmp_path) == (first_kept if hour_is_over else 1)
        clock.move(HOUR / 2)
        await until(lambda: bool(clock._waiting))
    keeping.cancel()
    await outbox.close()
    assert _first_kept(tmp_path) == first_kept


def _first_kept(folder: Path) -> int:
    with SecondReader(folder / "outbox.db") as reader:
        return int(reader.records("reading")[0]["seq"])


def test_what_is_given_up_is_a_gap_record_with_its_reason_in_both_languages() -> None:
    for cause in (AGE, SIZE, DISK_FULL, MAX_BACKLOG, LEFT):
        event = event_of(replace(GIVEN_UP, cause=cause))
        assert (event["kind"], event["cause"], event["items"]) == ("gap", cause, 70)
        assert event["records"] == [7, "reading", 3, 9]
        assert (event["from_ns"], event["to_ns"]) == (BEGIN_NS, BEGIN_NS + SECOND)
        assert "bureau" in event["text"]["zh"]
        assert "bureau" in event["text"]["en"]


def test_every_notice_is_an_event_that_can_be_read_again() -> None:
    notices = (
        GIVEN_UP,
        Pruned(7, Lane.READING, (Range(1, 5), Range(8, 9)), bytes(32), SIZE),
        Joined("county", "district"),
        Left("county"),
    )
    kinds = []
    for notice in notices:
        made = StoreEvents()(notice, BEGIN_NS)
        assert isinstance(made, Draft)
        assert made.lane is Lane.EVENT
        content = Packer().unpack(made.payload)
        assert content["utc_ns"] == BEGIN_NS
        kinds.append(content["kind"])
    assert kinds == ["gap", "pruned", "destination", "destination"]


def told(**more: object) -> dict[str, object]:
    return {
        "plant": "P",
        "name": {"zh": "厂", "en": "plant"},
        "uptime_s": 1.0,
        "store": {"stopgap": None, "trouble": None, "holding": None},
        "process": {"faults": {}},
        "links": [],
        "destinations": [],
        "settings": [],
        "timezone": "Asia/Shanghai",
        "areas": [],
        "gates": [],
        "flood": None,
        "out_of_use": [],
        "alarms": [],
        "devices": [],
        **more,
    }


@pytest.mark.parametrize(("days", "shown"), [(93.2, "93"), (1.26, "1.3")])
def test_status_says_for_how_many_days_the_store_does(days: float, shown: str) -> None:
    holding = {"used_bytes": 5_000_000, "capacity_bytes": 20_000_000_000, "days": days}
    [_, line] = lines(told(store={"stopgap": None, "trouble": None, "holding": holding}))
    assert line == (
        f"存储 / store: 5 / 20000 MB, 按当前速率可存 {shown} 天 / holds {shown} days at this rate"
    )


def test_status_says_that_a_part_of_the_agent_itself_failed() -> None:
    [_, line] = lines(told(process={"faults": {"recorder": 4}}))
    assert line.startswith("! 程序内部故障 4 次：recorder")
    assert "fault of the program itself in recorder, 4 times" in line


@pytest.mark.parametrize(
    ("uplink", "layout", "holds"),
    [(None, None, None), ("7 d", None, 7.0), (None, "2 d", 2.0), ("7 d", "2 d", 2.0), ("1 d", "2 d", 1.0)],
)
def test_how_old_readings_a_platform_gets_is_the_uplinks_bound_or_its_layouts(
    tmp_path: Path, uplink: str | None, layout: str | None, holds: float | None
) -> None:
    text = Path("config/layouts/json.yaml").read_text(encoding="utf-8")
    limits = f"limits: {{oldest_backfill: {layout}}}\n" if layout else ""
    (tmp_path / "own.yaml").write_text(text + limits, encoding="utf-8")
    bound = f", max_backlog: {uplink}" if uplink else ""
    county = f"uplinks: {{county: {{mqtt: {{host: 127.0.0.1}}, layout: own.yaml{bound}}}}}\n"
    (tmp_path / "plant.yaml").write_text(PLANT + county, encoding="utf-8")
    found = keeping_of(load_plant(tmp_path / "plant.yaml")).backlog_s
    assert found == ({} if holds is None else {"county": holds * 86_400})
