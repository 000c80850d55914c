"""A test with real gas, read as a shift log: alarms of the point are tests, the result has T90 and delays."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from agent.alarms.acting import ActRefused
from agent.alarms.event import Act
from agent.alarms.response import response
from agent.uplinks.kinds import kind_of
from agent.uplinks.uplink import Kind
from buffering.record import Lane, Stream
from config.model import AlarmSettings, LimitKind, Priority
from config.settings import RespondWithin
from drivers.reading import Quality
from tests.agent.parts import HandClock, device, limit, plant, point
from tests.agent.test_gathered import plant_with
from tests.agent.test_rule_sums import DOSE
from tests.agent.working import Agent, Json, happened, working

CO, OTHER = point(), point("co-2.concentration", 1)
HI, HIHI, FAR = (
    limit(CO, LimitKind.HI, 24.0, on=3.0),
    limit(CO, LimitKind.HIHI, 45.0, on=600.0),
    limit(OTHER, LimitKind.HI, 24.0),
)
PLANT = replace(
    plant(device("co-1", [CO], [HI, HIHI]), device("co-2", [OTHER], [FAR])),
    alarms=AlarmSettings(respond_within={Priority.CRITICAL: RespondWithin(600.0, 7200.0)}),
)
GAS = "CO 50 ppm, lot 123"


def begin(agent: Agent, of: str = CO.id, for_s: float = 600.0) -> None:
    act = Act("王工 (uid 1000)", reason=GAS, until_ns=agent.clock.utc_ns + round(for_s * 1e9), until="10:00")
    point = {each.id: each for each in agent.plant.points}[of]
    tests, before = agent.engine.tests, agent.latest.of(of).value
    agent.pipeline.act(lambda utc_ns, mono_ns: tests.begin(point, act, before, utc_ns, mono_ns))


def end(agent: Agent, of: str = CO.id) -> str:
    act = Act("王工 (uid 1000)")
    return agent.pipeline.act(lambda utc, mono: agent.engine.tests.end(of, act, utc, mono)).en


def rise(agent: Agent) -> Iterator[float]:
    """Give gas for ten seconds: one second nothing, then up to 50 ppm within 9 s."""
    for value in (0.0, 5.0, 15.0, 25.0, 35.0, 40.0, 44.0, 46.0, 48.0, 50.0):
        agent.each_second(1, co_1__concentration=value)
        yield value


def standing(agent: Agent) -> list[object]:
    """Return the rules whose alarms stand."""
    return [alarm["rule"] for alarm in agent.engine.standing() if alarm["event"] == "raised"]


async def results(agent: Agent) -> list[Json]:
    return await agent.events("test")


async def test_alarms_of_the_point_are_sent_as_tests_and_the_result_has_t90_and_delays(
    tmp_path: Path,
) -> None:
    async with working(tmp_path, PLANT, HandClock()) as agent:
        agent.read(co_1__concentration=0.0)
        begin(agent)
        [bypass] = await agent.events("bypass")
        assert (bypass["cause"], bypass["point"], bypass["gas"]) == ("gas-test", CO.id, GAS)
        assert set(bypass["rules"]) == {HI.id, HIHI.id}
        for _ in rise(agent):
            pass
        [raised] = [alarm for alarm in await agent.alarms() if alarm["event"] == "raised"]
        assert (raised["rule"], raised["test"]["gas"]) == (HI.id, GAS)
        assert raised["text"]["en"].startswith("[gas test] ")
        assert kind_of(Lane.ALARM, Stream.ALARM, {"alarm": raised}) is Kind.TEST
        assert standing(agent) == [], "it is no alarm that stands here"
        agent.each_second(60, co_1__concentration=50.0)
        agent.each_second(200, co_1__concentration=0.0)
        agent.wait(600)
        over, result = await agent.events("bypass-end", "test")
        assert (over["cause"], over["rules"]) == ("gas-test", bypass["rules"])
        assert (result["verdict"], result["by"], result["gas"]) == ("missed", "王工 (uid 1000)", GAS)
        assert (result["before"], result["reached"], result["ended_by"]) == (0.0, 50.0, "–")
        # Moved at 5 ppm beyond 1 % of the range, which is 10: at 15 ppm; 45 ppm is 90 % of 50.
        assert (result["t90_s"], result["resolution_s"]) == (5.0, 1.0)
        assert result["alarms"] == [{"rule": HI.id, "delay_s": 4.0}]
        assert result["missed"] == [HIHI.id], "its delay is longer than the gas was there"
        told = happened([alarm for alarm in await agent.alarms() if alarm["event"] in ("raised", "cleared")])
        assert told == [f"{HI.id} cleared"]


async def test_a_real_alarm_elsewhere_is_untouched(tmp_path: Path) -> None:
    async with working(tmp_path, PLANT, HandClock()) as agent:
        agent.read(co_1__concentration=0.0)
        begin(agent)
        agent.read(co_2__concentration=30.0)
        [raised] = [alarm for alarm in await agent.alarms() if alarm["event"] == "raised"]
        assert ("test" in raised, kind_of(Lane.ALARM, Stream.ALARM, {"alarm": raised})) == (
            False,
            Kind.ALARM,
        )
        assert standing(agent) == [FAR.id]


async def test_gas_that_is_still_there_at_the_end_is_a_real_alarm(tmp_path: Path) -> None:
    async with working(tmp_path, PLANT, HandClock()) as agent:
        agent.read(co_1__concentration=0.0)
        begin(agent)
        agent.each_second(10, co_1__concentration=30.0)
        said = end(agent)
        assert "delays to the alarms: co-1.concentration.hi 3.0 s" in said
        alarms = await agent.alarms()
        assert happened(alarms)[-1] == f"{HI.id} cleared"
        assert all("test" in alarm for alarm in alarms if alarm["event"] in ("raised", "cleared"))
        agent.each_second(4, co_1__concentration=30.0)
        [raised] = [alarm for alarm in await agent.alarms() if alarm["rule"] == HI.id]
        assert (raised["event"], "test" in raised) == ("raised", False)
        found = agent.engine.alarm(HI.id)
        assert found is not None
        assert found.state.value == "unacknowledged", "it is owed what real alarms are"


async def test_a_sensor_that_does_not_answer_has_failed(tmp_path: Path) -> None:
    async with working(tmp_path, PLANT, HandClock()) as agent:
        agent.read(co_1__concentration=2.0)
        begin(agent)
        agent.each_second(60, co_1__concentration=3.0)
        assert "the sensor has failed" in end(agent)
        [result] = await results(agent)
        assert (result["verdict"], result["t90_s"], result["alarms"]) == ("no-response", None, [])


async def test_nobody_is_owed_anything_and_nothing_is_escalated_for_a_test(tmp_path: Path) -> None:
    async with working(tmp_path, PLANT, HandClock()) as agent:
        agent.read(co_1__concentration=0.0)
        begin(agent, for_s=3600.0)
        agent.each_second(700, co_1__concentration=50.0)
        kinds = {alarm["event"] for alarm in await agent.alarms() if alarm["rule"] in (HI.id, HIHI.id)}
        assert kinds == {"raised"}


async def test_values_that_are_lost_in_a_test_are_a_real_loss(tmp_path: Path) -> None:
    async with working(tmp_path, PLANT, HandClock()) as agent:
        agent.read(co_1__concentration=0.0)
        begin(agent)
        agent.each_second(12, co_1__concentration=(None, Quality.COMM_FAULT))
        lost = [alarm for alarm in await agent.alarms() if alarm["rule"] == HI.id]
        assert [(alarm["event"], "test" in alarm) for alarm in lost] == [("not-evaluated", False)]
        end(agent)
        assert HI.id in [alarm["rule"] for alarm in agent.engine.standing()]
        agent.read(co_1__concentration=0.0)
        assert f"{HI.id} evaluated" in happened(await agent.alarms())


async def test_what_stands_or_is_kept_silent_is_not_tested_and_a_test_is_not_suppressed(
    tmp_path: Path,
) -> None:
    async with working(tmp_path, PLANT, HandClock()) as agent:
        agent.each_second(4, co_1__concentration=30.0)
        with pytest.raises(ActRefused, match="cannot be tested"):
            begin(agent)
        with pytest.raises(ActRefused, match="60 min at most"):
            begin(agent, OTHER.id, for_s=3601.0)
        with pytest.raises(ActRefused, match="no test"):
            end(agent)
        begin(agent, OTHER.id)
        with pytest.raises(ActRefused, match="under test"):
            begin(agent, OTHER.id)
        alarm = agent.engine.alarm(FAR.id)
        assert alarm is not None
        for act in (alarm.shelve, alarm.take_out):
            with pytest.raises(ActRefused, match="under test"):
                act(Act("王工", until_ns=agent.clock.utc_ns + 10**12), agent.clock.utc_ns, 0)


async def test_a_restart_ends_a_test_and_what_it_raised(tmp_path: Path) -> None:
    clock = HandClock()
    async with working(tmp_path, PLANT, clock) as agent:
        agent.read(co_1__concentration=0.0)
        begin(agent)
        agent.each_second(10, co_1__concentration=30.0)
    async with working(tmp_path, PLANT, clock) as agent:
        events = await agent.events("test", "bypass-end")
        assert [(event["kind"], event.get("verdict")) for event in events] == [
            ("test", "cut-short"),
            ("bypass-end", None),
        ]
        assert standing(agent) == []
        agent.each_second(4, co_1__concentration=30.0)
        [raised] = [alarm for alarm in await agent.alarms() if alarm["rule"] == HI.id]
        assert "test" not in raised
    async with working(tmp_path, PLANT, clock) as agent:
        assert await results(agent) == []


async def test_minutes_that_people_breathed_are_not_those_of_a_test(tmp_path: Path) -> None:
    async with working(tmp_path / "store", plant_with(tmp_path, DOSE), HandClock()) as agent:
        agent.each_second(1001, plc__co=90.0)
        agent.each_second(1, plc__co=0.0)
        begin(agent, "plc.co", for_s=3000.0)
        agent.each_second(2900, plc__co=900.0)
        raised = [alarm for alarm in await agent.alarms() if alarm["event"] == "raised"]
        assert [(alarm["rule"], "test" in alarm) for alarm in raised] == [("the-rule", True)]
        agent.each_second(100, plc__co=0.0)
        await agent.alarms()
        agent.each_second(790, plc__co=90.0)
        assert "the-rule raised" not in happened(await agent.alarms())
        agent.each_second(20, plc__co=90.0)
        assert "the-rule raised" in happened(await agent.alarms()), "the 1000 s from before it count"


async def test_nor_are_those_of_a_test_that_a_power_cut_ended(tmp_path: Path) -> None:
    clock, site = HandClock(), plant_with(tmp_path, DOSE)
    async with working(tmp_path / "store", site, clock, stops=False) as agent:
        agent.each_second(1001, plc__co=90.0)
        agent.each_second(1, plc__co=0.0)
        begin(agent, "plc.co", for_s=3000.0)
        for _ in range(10):
            agent.each_second(60, plc__co=900.0)
            await agent.recorder.flush()
    async with working(tmp_path / "store", site, clock) as agent:
        agent.each_second(790, plc__co=90.0)
        assert "the-rule raised" not in happened(await agent.alarms())
        agent.each_second(20, plc__co=90.0)
        assert "the-rule raised" in happened(await agent.alarms())


def test_a_falling_value_answers_too_and_noise_does_not() -> None:
    oxygen = [(n * 10**9, value) for n, value in enumerate((20.9, 20.9, 20.0, 19.0, 18.1, 18.0, 20.9))]
    found = response(oxygen, 25.0)
    assert (found.before, found.reached, found.first_ns, found.t90_ns) == (20.9, 18.0, 2 * 10**9, 2 * 10**9)
    assert response([(0, 20.9), (1, 20.8)], 25.0).first_ns is None
    assert response([], 25.0).before is None
    assert response([(0, 1.0), (1, 1.0)], None).first_ns is None


async def test_only_a_point_that_measures_gas_is_tested_with_it(tmp_path: Path) -> None:
    """A water pressure under test would make a real loss of water nobody's alarm."""
    water = replace(point("water.pressure", 1), unit="MPa")
    its = plant(device("co-1", [CO], [HI]), device("water", [water], [limit(water, LimitKind.LO, 0.1)]))
    async with working(tmp_path, its, HandClock()) as agent:
        with pytest.raises(ActRefused, match="measures no gas"):
            begin(agent, of=water.id)
