"""The clock of a rehearsal: faster than the machine's, and standing still while the loop is busy."""

import asyncio

from simulator.clock import SystemClock
from simulator.rehearsal.clock import HOLD_NS, PlantClock
from simulator.timeline import NS_PER_S

MS = 1_000_000


class Machine:
    """A machine whose time is moved by hand."""

    def __init__(self) -> None:
        self.mono_ns = 5 * NS_PER_S
        self.utc_ns = 1_790_000_000 * NS_PER_S

    def now_ns(self) -> int:
        return self.utc_ns

    def monotonic_ns(self) -> int:
        return self.mono_ns

    async def sleep_until(self, mono_ns: int) -> None:
        raise NotImplementedError


def test_it_begins_with_the_machine_and_runs_so_many_times_as_fast() -> None:
    machine = Machine()
    clock = PlantClock(machine)
    clock.speed = 20
    began_ns, utc_ns = clock.monotonic_ns(), clock.now_ns()
    assert utc_ns == machine.utc_ns
    machine.mono_ns += 10 * MS
    assert clock.monotonic_ns() - began_ns == 200 * MS
    assert clock.now_ns() - utc_ns == 200 * MS


def test_a_busy_loop_stops_it_and_the_machine_s_time_that_was_left_out_is_counted() -> None:
    machine = Machine()
    clock = PlantClock(machine)
    clock.speed = 20
    began_ns = clock.monotonic_ns()
    machine.mono_ns += 500 * MS  # ten seconds of the plant, in one turn of the loop
    assert clock.monotonic_ns() - began_ns == HOLD_NS
    assert clock.held_ns == 500 * MS - HOLD_NS // 20


def test_a_change_of_speed_is_no_step() -> None:
    machine = Machine()
    clock = PlantClock(machine)
    clock.speed = 50
    machine.mono_ns += 2 * MS
    before_ns = clock.monotonic_ns()
    clock.speed = 1
    assert clock.monotonic_ns() == before_ns
    machine.mono_ns += 3 * MS
    assert clock.monotonic_ns() - before_ns == 3 * MS


async def test_waiting_ends_when_the_plant_s_time_has_come_and_not_before() -> None:
    machine = SystemClock()
    clock = PlantClock(machine)
    clock.speed = 100
    running = asyncio.create_task(clock.run())
    began_ns, due_ns = machine.monotonic_ns(), clock.monotonic_ns() + 20 * NS_PER_S
    await clock.sleep_until(due_ns)
    assert clock.monotonic_ns() >= due_ns
    assert machine.monotonic_ns() - began_ns >= NS_PER_S // 5
    running.cancel()
    await asyncio.wait([running])


async def test_who_waits_while_the_speed_goes_up_does_not_oversleep() -> None:
    clock = PlantClock(SystemClock())
    running = asyncio.create_task(clock.run())
    due_ns = clock.monotonic_ns() + 100 * NS_PER_S  # longer than the test may last, at the machine's speed
    waiting = asyncio.create_task(clock.sleep_until(due_ns))
    await asyncio.sleep(0)
    clock.speed = 200
    async with asyncio.timeout(20):
        await waiting
    running.cancel()
    await asyncio.wait([running])


async def test_waiting_for_what_is_over_takes_one_turn_of_the_loop() -> None:
    clock = PlantClock(SystemClock())
    turned = asyncio.Event()
    asyncio.get_running_loop().call_soon(turned.set)
    await clock.sleep_until(0)
    assert turned.is_set()
