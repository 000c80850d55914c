"""What rules have added up goes on over a restart, and is told from when."""

from pathlib import Path

from config.load import load_plant
from config.model import Plant
from tests.agent.parts import HandClock
from tests.agent.rule_shift import BAD, write_rule
from tests.agent.test_rule_sums import DOSE, SPARKS, STARTS
from tests.agent.working import Agent, happened, working


def plant_with(folder: Path, rule: str) -> Plant:
    folder.mkdir(exist_ok=True)
    return load_plant(write_rule(folder, "plc", rule), profile_dirs=())


async def mine(agent: Agent) -> list[str]:
    return [each for each in happened(await agent.alarms()) if each.startswith("the-rule")]


async def test_minutes_in_carbon_monoxide_go_on_after_a_stop(tmp_path: Path) -> None:
    clock, plant = HandClock(), plant_with(tmp_path, DOSE)
    async with working(tmp_path / "store", plant, clock) as agent:
        agent.each_second(1200, plc__co=90.0)
    clock.move(60)
    async with working(tmp_path / "store", plant, clock) as agent:
        [told] = await agent.events("counts-on")
        assert (told["rule"], "60 s ago" in told["text"]["en"]) == ("the-rule", True)
        agent.each_second(540, plc__co=90.0)
        assert await mine(agent) == []
        agent.each_second(1, plc__co=90.0)
        assert await mine(agent) == ["the-rule raised"]


async def test_after_a_power_cut_they_go_on_from_what_was_kept_at_most_a_minute_before(
    tmp_path: Path,
) -> None:
    clock, plant = HandClock(), plant_with(tmp_path, DOSE)
    async with working(tmp_path / "store", plant, clock, stops=False) as agent:
        for _ in range(20):
            agent.each_second(60, plc__co=90.0)
            await agent.recorder.flush()
        agent.each_second(30, plc__co=10.0)
        await agent.recorder.flush()
        kept_ns = clock.utc_ns - 30 * 10**9
    async with working(tmp_path / "store", plant, clock) as agent:
        [told] = await agent.events("counts-on")
        assert told["kept_ns"] == kept_ns
        agent.read(plc__co=90.0)
        agent.wait(570)
        assert await mine(agent) == []
        agent.wait(1)
        assert await mine(agent) == ["the-rule raised"], "the 30 s that were lost count as above"


async def test_a_long_outage_makes_the_alarm_due_and_no_minutes_that_nobody_saw(tmp_path: Path) -> None:
    clock, plant = HandClock(), plant_with(tmp_path, DOSE)
    async with working(tmp_path / "store", plant, clock) as agent:
        agent.each_second(60, plc__co=90.0)
    clock.move(3 * 86_400)
    async with working(tmp_path / "store", plant, clock) as agent:
        [raised] = [each for each in await agent.alarms() if each["rule"] == "the-rule"]
        assert (raised["event"], raised["value"]) == ("raised", 30.0)


async def test_an_outage_is_no_rest(tmp_path: Path) -> None:
    clock, plant = HandClock(), plant_with(tmp_path, DOSE)
    async with working(tmp_path / "store", plant, clock) as agent:
        agent.each_second(1700, plc__co=90.0)
        agent.each_second(60, plc__co=10.0)
    clock.move(7200)
    async with working(tmp_path / "store", plant, clock) as agent:
        agent.read(plc__co=BAD)
        agent.each_second(101, plc__co=90.0)
        assert "the-rule raised" in await mine(agent)


async def test_sparks_before_a_restart_count_within_their_hour(tmp_path: Path) -> None:
    clock, plant = HandClock(), plant_with(tmp_path, SPARKS)
    async with working(tmp_path / "store", plant, clock) as agent:
        for count in (7, 8, 9):
            agent.each_second(1, plc__sparks=count)
    clock.move(600)
    async with working(tmp_path / "store", plant, clock) as agent:
        agent.read(plc__sparks=9)
        assert await mine(agent) == []
        agent.read(plc__sparks=10)
        assert await mine(agent) == ["the-rule raised"]
    clock.move(3600)
    async with working(tmp_path / "store", plant, clock) as agent:
        agent.read(plc__sparks=50)
        assert await mine(agent) == ["the-rule cleared"], "what an hour's outage brought is of no known time"


async def test_a_start_that_happened_while_the_agent_was_down_counts(tmp_path: Path) -> None:
    clock, plant = HandClock(), plant_with(tmp_path, STARTS)
    async with working(tmp_path / "store", plant, clock) as agent:
        for is_running in (False, True, False, True, False):
            agent.each_second(1, plc__fan=is_running)
    async with working(tmp_path / "store", plant, clock) as agent:
        agent.read(plc__fan=True)
        assert await mine(agent) == ["the-rule raised"]


async def test_a_rule_that_was_written_anew_counts_anew_and_says_so(tmp_path: Path) -> None:
    clock = HandClock()
    async with working(tmp_path / "store", plant_with(tmp_path, DOSE), clock) as agent:
        agent.each_second(1700, plc__co=90.0)
    other = plant_with(tmp_path, DOSE.replace("100 mg/m3", "50 mg/m3"))
    async with working(tmp_path / "store", other, clock) as agent:
        [told] = await agent.events("counts-anew")
        assert told["rule"] == "the-rule"
        agent.each_second(200, plc__co=90.0)
        assert await mine(agent) == []
    async with working(tmp_path / "store", plant_with(tmp_path, STARTS), clock) as agent:
        assert len(await agent.events("counts-anew")) == 1
