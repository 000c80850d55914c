"""Where a scenario stands, from the clock alone."""

import asyncio

from simulator.faults import Target
from simulator.scenario import Event, Scenario
from simulator.timeline import NS_PER_S, Timeline

REBOOT = Event(0.25, 0.5, Target.CONNECTION, "plc", "reboot")
SCENARIO = Scenario(1200, (REBOOT,))


class HandClock:
    """Sleeping moves it on."""

    def __init__(self, now_s: float) -> None:
        self.ns = round(now_s * NS_PER_S)

    def now_ns(self) -> int:
        return self.ns

    def monotonic_ns(self) -> int:
        return self.ns - 5 * NS_PER_S

    async def sleep_until(self, mono_ns: int) -> None:
        await asyncio.sleep(0)
        self.ns = max(self.ns, mono_ns + 5 * NS_PER_S)


def timeline(clock: HandClock, *, loops: bool = False) -> Timeline:
    return Timeline(SCENARIO, 1000 * NS_PER_S, 60.0, clock, loops)


def test_process_time_runs_as_much_faster_as_the_length_is_shorter() -> None:
    at_begin = timeline(HandClock(0))
    assert at_begin.fraction(1030 * NS_PER_S) == 0.5
    assert at_begin.process_s(1030 * NS_PER_S) == 600


def test_after_the_end_the_plant_goes_on_without_faults() -> None:
    after = timeline(HandClock(0))
    assert after.fraction(1075 * NS_PER_S) == 1.25
    assert after.process_s(1075 * NS_PER_S) == 1500
    assert after.active(1075 * NS_PER_S, Target.CONNECTION, "plc") == ()


def test_a_looping_scenario_begins_anew() -> None:
    looping = timeline(HandClock(0), loops=True)
    assert looping.active(1075 * NS_PER_S, Target.CONNECTION, "plc") == (REBOOT,)
    assert looping.process_s(1075 * NS_PER_S) == 1500


def turns(line: Timeline, since_s: float, until_s: float) -> list[int]:
    seen = line.turns(round(since_s * NS_PER_S), round(until_s * NS_PER_S), Target.CONNECTION, "plc")
    return [at_ns // NS_PER_S for at_ns in seen]


def test_the_turns_within_a_span_are_those_between_its_ends() -> None:
    line = timeline(HandClock(0))
    assert turns(line, 900, 1100) == [1015, 1030]
    assert turns(line, 1014.9, 1015.1) == [1015]
    assert turns(line, 1015, 1030) == []
    assert turns(line, 1060, 1200) == []


def test_a_looping_scenario_turns_in_every_round() -> None:
    line = timeline(HandClock(0), loops=True)
    assert turns(line, 900, 1095) == [1015, 1030, 1075, 1090]
    assert turns(line, 1065, 1080) == [1075]


async def test_one_is_woken_at_each_edge_and_the_fault_is_then_on_or_off() -> None:
    clock = HandClock(990)
    line = timeline(clock)
    seen = [
        (clock.ns // NS_PER_S, line.is_on("reboot", Target.CONNECTION, "plc"))
        async for _ in line.edges(Target.CONNECTION, "plc")
    ]
    assert seen == [(1015, True), (1030, False)]


async def test_a_looping_scenario_wakes_one_again_in_every_round() -> None:
    clock = HandClock(1000)
    seen = []
    async for _ in timeline(clock, loops=True).edges(Target.CONNECTION, "plc"):
        seen.append(clock.ns // NS_PER_S)
        if len(seen) == 4:
            break
    assert seen == [1015, 1030, 1075, 1090]


async def test_whoever_nothing_befalls_is_never_woken() -> None:
    assert [_ async for _ in timeline(HandClock(0), loops=True).edges(Target.DEVICE, "co-1")] == []
