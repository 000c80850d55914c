"""A rule that fails by our own fault is told as not evaluated, and takes no other with it.

Faults are put into the running engine: a judge or a deadline that raises.
"""

from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from agent.alarms.alarm import Alarm
from agent.alarms.comm import SilenceWatch
from agent.alarms.engine import STATE_PREFIX
from agent.alarms.limit import LimitWatch
from config.model import LimitKind
from drivers.driver import LinkStatus
from tests.agent.parts import HandClock, device, limit, plant, point
from tests.agent.working import happened, working

CO, O2 = point(), point("co-1.oxygen", 1, unit="%")
FIRST, SECOND, OTHER = (
    limit(CO, LimitKind.HI, 24.0, on=3.0),
    limit(CO, LimitKind.HIHI, 160.0, on=3.0),
    limit(O2, LimitKind.LO, 19.5),
)
PLANT = plant(device("co-1", [CO, O2], [FIRST, SECOND, OTHER]))


def breaks(monkeypatch: pytest.MonkeyPatch, of: type, method: str, rule: str) -> Callable[[], None]:
    """Let a method raise where it is about one rule; return what mends it."""
    whole = getattr(of, method)
    broken = True

    def partly(self: Alarm | LimitWatch, *args: object) -> None:
        alarm = self if isinstance(self, Alarm) else self.alarm
        if broken and alarm.subject.rule == rule:
            raise ZeroDivisionError(rule)
        whole(self, *args)

    def mend() -> None:
        nonlocal broken
        broken = False

    monkeypatch.setattr(of, method, partly)
    return mend


async def test_a_rule_that_cannot_be_judged_leaves_the_others_of_its_scan_in_force(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mend = breaks(monkeypatch, LimitWatch, "see", FIRST.id)
    async with working(tmp_path, PLANT, HandClock()) as agent:
        agent.read(co_1__concentration=200.0, co_1__oxygen=18.0)
        agent.wait(3)
        alarms = await agent.alarms()
        assert happened(alarms) == [f"{FIRST.id} not-evaluated", f"{OTHER.id} raised", f"{SECOND.id} raised"]
        assert "could not be computed (ZeroDivisionError)" in alarms[0]["text"]["en"]
        assert agent.supervisor.faults == {"alarms.evaluate": 1}
        mend()
        agent.each_second(56, co_1__concentration=10.0, co_1__oxygen=20.9)
        assert f"{FIRST.id} evaluated" not in happened(await agent.alarms()), "it may fail again"
        agent.each_second(2, co_1__concentration=10.0, co_1__oxygen=20.9)
        assert happened(await agent.alarms()) == [f"{FIRST.id} evaluated"]


async def test_a_deadline_that_fails_is_told_once_and_takes_effect_as_soon_as_it_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mend = breaks(monkeypatch, Alarm, "_delay_over", FIRST.id)
    async with working(tmp_path, PLANT, HandClock()) as agent:
        agent.read(co_1__concentration=200.0, co_1__oxygen=20.9)
        agent.wait(3)
        assert happened(await agent.alarms()) == [f"{FIRST.id} not-evaluated", f"{SECOND.id} raised"]
        agent.each_second(30, co_1__concentration=200.0, co_1__oxygen=20.9)
        assert await agent.alarms() == []
        mend()
        agent.wait(1)
        assert happened(await agent.alarms()) == [f"{FIRST.id} raised"]


async def test_a_state_in_the_store_that_cannot_be_read_does_not_keep_the_agent_from_starting(
    tmp_path: Path,
) -> None:
    clock = HandClock()
    async with working(tmp_path, PLANT, clock) as agent:
        agent.recorder.event({"kind": "odd"}, state={STATE_PREFIX + FIRST.id: orjson.dumps(["?"])})
    async with working(tmp_path, PLANT, clock) as agent:
        agent.read(co_1__concentration=30.0)
        agent.wait(3)
        assert happened(await agent.alarms()) == [f"{FIRST.id} raised"]


async def test_a_lost_connection_that_cannot_be_judged_is_told_and_raises_into_no_driver(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_self: SilenceWatch, _mono_ns: int) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(SilenceWatch, "silent", fails)
    clock = HandClock()
    async with working(tmp_path, PLANT, clock) as agent:
        agent.pipeline.link(LinkStatus("line", up=False, utc_ns=clock.utc_ns))
        assert happened(await agent.alarms()) == ["line.comm-fault not-evaluated"]
        clock.move(60)
        agent.pipeline.link(LinkStatus("line", up=True, utc_ns=clock.utc_ns))
        assert happened(await agent.alarms()) == ["line.comm-fault evaluated"]
