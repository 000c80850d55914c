"""A device reads what its process says at the moment somebody asks."""

from math import exp
from random import Random

import pytest

from config.model import Device
from simulator.clock import SystemClock
from simulator.devices import PlayedDevice
from simulator.faults import KINDS, Kind, Target
from simulator.processes import PROCESSES
from simulator.scenario import Event, Scenario
from simulator.timeline import NS_PER_S, Timeline
from tests.simulator.plants import collector, detector, device, point, register

BEGIN_NS = 1_800_000_000 * NS_PER_S


def played(what: Device, *events: Event, seed: int = 1) -> PlayedDevice:
    timeline = Timeline(Scenario(1200, events), BEGIN_NS, 60.0, SystemClock())
    return PlayedDevice(what, timeline, Random(seed))


def at(second: float) -> int:
    return BEGIN_NS + round(second * NS_PER_S)


def test_asked_twice_within_a_tenth_of_a_second_it_reads_the_same() -> None:
    dust = played(collector("dc-1", "plc", 1))
    first = dust.values(at(1))
    assert dust.values(at(1.05)) == first
    assert dust.values(at(1.2)) != first


def test_a_fault_is_felt_in_process_time() -> None:
    leak = Event(0.1, 0.9, Target.DEVICE, "co-1", "leak", {"to": 300, "tau": 60, "decay": 60})
    co = played(detector("co-1", "line", 1), leak)
    readings = [float(co.values(at(second))["co-1.concentration"]) for second in range(60)]
    assert max(readings[:6]) < 10  # begins at 6 s
    assert readings[9] > 150  # 3 s later a minute of process time has passed
    assert readings[59] < readings[53]  # ended at 54 s


def test_a_fault_that_begins_between_two_looks_is_felt_from_its_very_beginning() -> None:
    leak = Event(0.1, 0.9, Target.DEVICE, "co-1", "leak", {"to": 300, "tau": 60, "decay": 60})
    co = played(detector("co-1", "line", 1), leak)
    co.values(at(5))
    co.values(at(7))  # it began at 6 s, 20 s of process time ago
    assert co.machine is not None
    assert co.machine.state.leaked_ppm == pytest.approx(300 * (1 - exp(-20 / 60)))


def test_a_frozen_device_repeats_itself_and_then_goes_on() -> None:
    dust = played(collector("dc-1", "plc", 1), Event(0.5, 0.75, Target.DEVICE, "dc-1", "freeze"))
    frozen = [dict(dust.values(at(second))) for second in (29, 31, 40, 44)]
    assert frozen[1] == frozen[2] == frozen[3]
    assert dust.values(at(46)) != frozen[3]


def test_a_sensor_that_drifts_is_off_by_a_share_of_its_range_for_every_hour() -> None:
    drift = Event(0.5, 1.0, Target.DEVICE, "tank", "drift", {"rate": 30.0})
    tank = played(device("tank", "plc", [point("tank.level", register(0), range_=(0, 10))]), drift)
    calm = played(device("tank", "plc", [point("tank.level", register(0), range_=(0, 10))]))
    off = [
        float(tank.values(at(s))["tank.level"]) - float(calm.values(at(s))["tank.level"])
        for s in (29, 45, 59)
    ]
    assert off == pytest.approx([0, 0.25, 29 / 60], abs=1e-9), "20 min of the plant in 60 s, 3 an hour"


def test_a_sensor_off_its_scale_shows_more_than_its_range_and_its_states_stay() -> None:
    over = Event(0.0, 1.0, Target.DEVICE, "dc-1", "over-scale", {"to": 110.0})
    values = played(collector("dc-1", "plc", 1), over).values(at(1))
    dust = collector("dc-1", "plc", 1)
    for each in dust.points:
        if each.range is not None and each.datatype == "float":
            assert values[each.id] == pytest.approx(each.range[0] + 1.1 * (each.range[1] - each.range[0]))
        elif each.datatype == "bool":
            assert isinstance(values[each.id], bool)


def test_a_point_that_no_process_knows_swings_within_its_range() -> None:
    level = point("tank.level", register(0), range_=(0, 10))
    door = point("tank.door", register(1), datatype="bool")
    tank = played(device("tank", "plc", [level, door]))
    values = [tank.values(at(second)) for second in range(60)]
    levels = [float(reading["tank.level"]) for reading in values]
    assert 4.5 <= min(levels) < max(levels) <= 5.5
    assert not any(reading["tank.door"] for reading in values)


def test_the_same_seed_plays_the_same_device() -> None:
    seconds = [at(second) for second in range(10)]
    one, other, third = (played(collector("dc-1", "plc", 1), seed=seed) for seed in (7, 7, 8))
    assert [one.values(now) for now in seconds] == [other.values(now) for now in seconds]
    assert [one.values(now) for now in seconds] != [third.values(now) for now in seconds]


def test_a_device_nobody_asked_for_a_day_answers_at_once() -> None:
    dust = played(collector("dc-1", "plc", 1))
    dust.values(at(0))
    assert 400 < float(dust.values(at(86_400))["dc-1.differential-pressure"]) < 1300


@pytest.mark.parametrize("kind", [kind for kind in KINDS.values() if kind.processes])
def test_every_fault_of_a_process_names_those_that_exist(kind: Kind) -> None:
    assert set(kind.processes) <= set(PROCESSES)
