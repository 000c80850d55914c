"""Polling on a clock that the test moves: what each slot yields, and how several links share the work."""

from collections import Counter

import pytest

from drivers.errors import ExceptionReply, Lost, NoReply, Silent
from drivers.reading import Quality
from tests.drivers.plant import all_are, device, good, register_point
from tests.drivers.poll_bench import SEVEN, Bench, FakeLink, SlowLink, many_blocks


async def test_each_slot_yields_one_scan_at_its_own_time() -> None:
    bench = Bench()
    async with bench.served(FakeLink(lambda _: SEVEN)):
        for _ in range(6):
            await bench.clock.advance(0.5)
    assert [scan.mono_ns / 1e9 for scan in bench.of(1)] == [0.0, 1.0, 2.0, 3.0]
    assert [scan.mono_ns / 1e9 for scan in bench.of(2)] == [0.5, 1.5, 2.5]
    assert all(good(scan) and scan.values == (7,) for scan in bench.scans)


async def test_without_a_link_each_slot_is_bad() -> None:
    bench = Bench()
    async with bench.on_grid():
        for _ in range(4):
            await bench.clock.advance(0.5)
    assert len(bench.scans) == 5
    assert all(all_are(Quality.COMM_FAULT)(scan) for scan in bench.scans)


async def test_an_overrun_skips_and_counts_but_never_bursts() -> None:
    bench = Bench()
    waiting = [True]
    link = FakeLink(lambda _: None if waiting[0] else SEVEN)
    async with bench.served(link):
        for _ in range(7):  # unit 1 answers only after 3.5 s
            await bench.clock.advance(0.5)
        assert bench.scans == []
        waiting[0] = False
        link.arrived.set()
        await bench.clock.advance(0)
        assert len(bench.of(1)) == len(bench.of(2)) == 1  # what waited is served once, not four times
        assert bench.poller.overruns.total() == 6
        await bench.clock.advance(0.5)
    assert bench.of(1)[-1].mono_ns == 4 * 10**9  # and the next slot lies on the grid as ever


async def test_a_slot_that_waits_for_too_long_is_bad_and_never_passes_for_the_last_value() -> None:
    bench = Bench()
    link = FakeLink(lambda _: None)
    async with bench.served(link):
        for _ in range(9):
            await bench.clock.advance(0.5)
        assert bench.scans == []
        for _ in range(4):
            await bench.clock.advance(0.5)
        assert [scan.mono_ns / 1e9 for scan in bench.of(1)] == [5.0, 6.0]
        assert [scan.mono_ns / 1e9 for scan in bench.of(2)] == [5.5, 6.5]
        assert all(all_are(Quality.COMM_FAULT)(scan) for scan in bench.scans)
        link.answer = lambda _: SEVEN
        link.arrived.set()
        await bench.clock.advance(0)
    assert [good(scan) for scan in bench.of(1)] == [False, False, True]


async def test_a_machine_that_slept_takes_up_the_grid_where_it_is_now() -> None:
    bench = Bench()
    async with bench.served(FakeLink(lambda _: SEVEN)):
        await bench.clock.advance(10.2)
        assert (len(bench.of(1)), len(bench.of(2))) == (2, 1)
        assert bench.poller.overruns.total() == 9 + 9
        await bench.clock.advance(0.3)
    assert bench.of(2)[-1].mono_ns == 10_500_000_000


async def test_a_step_of_the_wall_clock_moves_no_slot() -> None:
    bench = Bench()
    async with bench.served(FakeLink(lambda _: SEVEN)):
        bench.clock.utc_ns += 3600 * 10**9
        for _ in range(4):
            await bench.clock.advance(0.5)
    assert [scan.mono_ns / 1e9 for scan in bench.of(1)] == [0.0, 1.0, 2.0]
    assert bench.of(1)[1].utc_ns - bench.of(1)[0].utc_ns == 3601 * 10**9


async def test_a_resting_unit_is_bad_in_its_slots_and_probed_shortly_after_each_rest() -> None:
    bench = Bench()
    link = FakeLink(lambda block: NoReply(1, 1.0) if block.unit_id == 1 else SEVEN)
    async with bench.served(link):
        for _ in range(40):
            await bench.clock.advance(0.5)
    assert len(bench.of(1)) == len(bench.of(2)) + 1 == 21
    assert all(all_are(Quality.COMM_FAULT)(scan) for scan in bench.of(1))
    assert all(good(scan) for scan in bench.of(2))
    timeouts = [timeout for unit, timeout in link.asked if unit == 1]
    assert timeouts[0] == 1.0
    assert set(timeouts[1:]) == {0.1}
    assert len(timeouts) < 10


async def test_an_exception_reply_is_a_device_fault_in_every_slot() -> None:
    bench = Bench()
    async with bench.served(FakeLink(lambda _: ExceptionReply(1, 4))):
        for _ in range(4):
            await bench.clock.advance(0.5)
    assert len(bench.scans) == 5
    assert all(all_are(Quality.DEVICE_FAULT)(scan) for scan in bench.scans)


async def test_a_plc_that_refuses_all_in_an_hourly_slot_is_read_soon_after_it_is_loaded() -> None:
    bench = Bench(device(register_point("u1", 0, period_s=3600.0)))
    link = FakeLink(lambda _: ExceptionReply(1, 2))
    async with bench.served(link):
        for _ in range(120):
            await bench.clock.advance(0.5)
        assert [learnt.code for learnt in bench.learnt] == ["block-refused"]
        assert len(link.asked) < 30
        link.answer = lambda _: SEVEN
        for _ in range(10):
            await bench.clock.advance(0.5)
        assert [good(scan) for scan in bench.of(1)] == [False, True]
        asked = len(link.asked)
        for _ in range(120):
            await bench.clock.advance(0.5)
    assert len(link.asked) == asked  # an answer once an hour is all that is wanted


async def test_a_lost_link_ends_serving_with_what_waited_bad() -> None:
    bench = Bench()
    link = FakeLink(lambda _: None)
    async with bench.served(link) as serving:
        await bench.clock.advance(0.5)
        link.answer = lambda _: Lost("bench")
        link.arrived.set()
        with pytest.raises(Lost):
            await serving
    assert [scan.plan.points[0].id for scan in bench.scans] == ["u1", "u2"]
    assert all(all_are(Quality.COMM_FAULT)(scan) for scan in bench.scans)


async def test_a_link_that_breaks_while_idle_is_noticed_at_once() -> None:
    bench = Bench()
    link = FakeLink(lambda _: SEVEN)
    async with bench.served(link) as serving:
        await bench.clock.advance(0.1)
        link.connected = False
        bench.poller.wake()
        with pytest.raises(Lost):
            await serving


async def test_when_every_unit_is_silent_the_link_itself_is_in_doubt() -> None:
    bench = Bench()
    async with bench.served(FakeLink(lambda block: NoReply(block.unit_id, 1.0))) as serving:
        for _ in range(8):
            await bench.clock.advance(0.5)
        with pytest.raises(Silent):
            await serving


async def test_two_links_serve_two_units_at_the_same_time_but_never_one_unit_twice() -> None:
    bench = Bench(many_blocks(1, 3, 1.0), many_blocks(2, 3, 1.0))
    links = FakeLink(lambda _: None), FakeLink(lambda _: None)
    async with bench.served_by(*links):
        for _ in range(3):  # all six wait by now
            await bench.clock.advance(0.4)
        assert sorted(unit for link in links for unit, _ in link.asked) == [1, 2]
        for link in links:
            link.answer = lambda _: SEVEN
            link.arrived.set()
        await bench.clock.advance(0)
    assert len(bench.of(1)) == len(bench.of(2)) == 3


async def test_a_link_that_is_lost_leaves_the_queue_to_the_others() -> None:
    bench = Bench()
    sick, sound = FakeLink(lambda _: Lost("bench")), FakeLink(lambda _: SEVEN)
    async with bench.served_by(sick, sound) as (serving, _):
        for _ in range(6):
            await bench.clock.advance(0.5)
        with pytest.raises(Lost):
            await serving
    assert sum(not good(scan) for scan in bench.scans) == 1  # what the sick one had in flight
    assert len(bench.scans) == 7


async def test_a_link_on_which_a_unit_is_silent_that_answers_elsewhere_is_given_up() -> None:
    bench = Bench()
    deaf, sound = FakeLink(lambda block: NoReply(block.unit_id, 1.0)), FakeLink(lambda _: SEVEN)
    async with bench.served_by(deaf, sound) as (serving, other):
        for _ in range(8):
            await bench.clock.advance(0.5)
        with pytest.raises(Silent):
            await serving
        assert not other.done()


async def test_all_links_are_in_doubt_when_no_unit_answers_on_any() -> None:
    bench = Bench()
    links = [FakeLink(lambda block: NoReply(block.unit_id, 1.0)) for _ in range(2)]
    async with bench.served_by(*links) as serving:
        for _ in range(10):
            await bench.clock.advance(0.5)
        for task in serving:
            with pytest.raises(Silent):
                await task


async def test_a_unit_with_many_blocks_starves_no_other_on_a_slow_line() -> None:
    bench = Bench(many_blocks(1, 20, 1.0), many_blocks(2, 1, 1.0), many_blocks(3, 1, 1.0))
    link = SlowLink(bench.clock, 0.2)  # five answers a second where 22 are wanted
    async with bench.served(link):
        for _ in range(200):
            await bench.clock.advance(0.05)
    assert len(bench.of(2)) == len(bench.of(3)) >= 9
    assert bench.poller.overruns["1/holding-register/0+1"] > 0
    assert bench.poller.overruns["2/holding-register/0+1"] == 0


async def test_of_one_unit_every_block_has_its_turn_on_a_slow_line() -> None:
    bench = Bench(many_blocks(1, 10, 1.0))
    async with bench.served(SlowLink(bench.clock, 0.2)):
        for _ in range(200):
            await bench.clock.advance(0.05)
    turns = Counter(scan.plan.block for scan in bench.scans)
    assert len(turns) == 10
    assert max(turns.values()) - min(turns.values()) <= 1
