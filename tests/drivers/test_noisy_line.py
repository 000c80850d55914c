"""A line that is not clean: noise, bad check sums, frames in pieces, another master at work.

Goal: no value that the device did not have, no task that dies, and values again
at once when the line is clean. Method: every register holds its own address, so
any slip shows; the noise is the wire's bytes, over a pty.
"""

import asyncio
from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.modbus_link import ModbusRtu
from config.source import RegisterType, Table
from drivers.clock import SystemClock
from drivers.errors import UnitFault
from drivers.modbus.line import open_line
from drivers.modbus.plan import Block
from tests.drivers.plant import Recorder, device, good, register_point, running
from tests.drivers.scripted import Reply, Request, Scripted, rtu_device, with_crc

PERIOD_S = 0.1
POINTS = {"a": 100, "b": 0x0400, "c": 300, "d": 500, "e": 501, "f": 502}
noise = st.binary(max_size=12)


def rtu(port: str, timeout: str = "60 ms") -> ModbusRtu:
    return ModbusRtu(port=port, baudrate=115200, timeout=timeout, pause="2 ms")


def read_request(unit: int, first: int, count: int) -> bytes:
    return with_crc(bytes((unit, 3)) + first.to_bytes(2, "big") + count.to_bytes(2, "big"))


def answer(unit: int, first: int, count: int) -> bytes:
    data = b"".join((first + n).to_bytes(2, "big") for n in range(count))
    return with_crc(bytes((unit, 3, 2 * count)) + data)


class Mischief:
    """Answers rightly, in ways a bad line would deliver it; `rng` decides which."""

    def __init__(self, server: Scripted, rng: Random) -> None:
        self._server = server
        self._rng = rng
        self.done = 0
        self._ways: tuple[Callable[[Request], None], ...] = (
            self._noisy,
            self._broken,
            self._in_pieces,
            self._echoed,
            self._with_another_master,
            self._after_another_units,
            self._lost,
        )

    def __call__(self, request: Request) -> Reply:
        self.done += 1
        self._rng.choice(self._ways)(request)
        return Reply(silent=True)

    def _say(self, data: bytes, after_s: float = 0.0) -> None:
        say = self._server.say
        assert say is not None
        asyncio.get_running_loop().call_later(after_s, say, data)

    def _bytes(self, most: int = 12) -> bytes:
        return self._rng.randbytes(self._rng.randrange(most))

    def _right(self, request: Request) -> bytes:
        return answer(request.unit, request.first, request.count)

    def _noisy(self, request: Request) -> None:
        self._say(self._bytes() + self._right(request) + self._bytes())

    def _broken(self, request: Request) -> None:
        frame = bytearray(self._right(request))
        frame[self._rng.randrange(len(frame))] ^= 1 << self._rng.randrange(8)
        self._say(bytes(frame))

    def _in_pieces(self, request: Request) -> None:
        frame, cut = self._right(request), self._rng.randrange(1, 6)
        self._say(frame[:cut])
        self._say(frame[cut:], 0.01)

    def _echoed(self, request: Request) -> None:
        self._say(read_request(request.unit, request.first, request.count) + self._right(request))

    def _with_another_master(self, request: Request) -> None:
        """It asks the same unit for as many elsewhere; ours may be answered first, last or never."""
        other = self._rng.choice((0x0200, 0x0400, 7000))
        theirs = [answer(request.unit, other, request.count), self._right(request)]
        self._rng.shuffle(theirs)
        frames = [read_request(request.unit, other, request.count), *theirs[: self._rng.randrange(3)]]
        for number, frame in enumerate(frames):
            self._say(frame, number * self._rng.choice((0.0, 0.005)))

    def _after_another_units(self, request: Request) -> None:
        self._say(answer(9, 40, request.count) + self._right(request))

    def _lost(self, request: Request) -> None:
        self._say(self._bytes(60))


@pytest.mark.parametrize("seed", [1, 2])
async def test_a_bad_line_never_gives_a_wrong_value_and_a_good_one_works_at_once(seed: int) -> None:
    points = [register_point(name, address, period_s=PERIOD_S) for name, address in POINTS.items()]
    server = Scripted(rtu=True)
    mischief = Mischief(server, Random(seed))
    with rtu_device(server) as port:
        async with running(rtu(port), [device(*points)]) as seen:
            await seen.scan(good)
            server.script = mischief
            await seen.until(lambda: mischief.done >= 30, within_s=30)
            server.script = lambda _: Reply()
            clean_from = len(seen.scans)
            await until_all_are_good(seen, clean_from)
            waited_s = (seen.scans[-1].mono_ns - seen.scans[clean_from].mono_ns) / 1e9
    assert waited_s < 5
    for scan in seen.scans:
        for point, value, quality in zip(
            scan.plan.points, scan.values, scan.qualities or (0,) * len(scan.values), strict=True
        ):
            assert value == (POINTS[point.id] if quality == 0 else None)


def repeating(server: Scripted, rng: Random) -> Callable[[Request], Reply]:
    """Return a script that has every answer come once more, and at times only when the next is awaited."""

    def twice(request: Request) -> Reply:
        assert server.say is not None
        copy = answer(request.unit, request.first, request.count)
        asyncio.get_running_loop().call_later(rng.uniform(0, 0.03), server.say, copy)
        return Reply(delay_s=rng.choice((0.0, 0.01)))

    return twice


async def test_the_very_first_copy_of_an_answer_is_not_taken_for_the_next_ones() -> None:
    """Two units with one address, or a serial server that repeats: the copy meets the next question."""
    names = ("a", "c", "d")
    points = [register_point(name, POINTS[name], RegisterType.UINT32, period_s=0.2) for name in names]
    server = Scripted(rtu=True)
    asked: list[Request] = []

    def once_more(request: Request) -> Reply:
        assert server.say is not None
        asked.append(request)
        if len(asked) == 2:
            server.say(answer(asked[0].unit, asked[0].first, asked[0].count))
        return Reply(delay_s=0.01)

    server.script = once_more
    with rtu_device(server) as port:
        async with running(rtu(port), [device(*points)]) as seen:
            await seen.until(lambda: sum(map(good, seen.scans)) >= 10)
    assert asked[1].first != asked[0].first
    for scan in filter(good, seen.scans):
        assert scan.values == ((POINTS[scan.plan.points[0].id] << 16) + POINTS[scan.plan.points[0].id] + 1,)


async def test_a_line_that_repeats_all_it_carries_keeps_its_pace() -> None:
    names = ("a", "c", "d")
    points = [register_point(name, POINTS[name], RegisterType.UINT32, period_s=0.2) for name in names]
    server = Scripted(rtu=True)
    server.script = repeating(server, Random(5))
    with rtu_device(server) as port:
        async with running(rtu(port, timeout="900 ms"), [device(*points)]) as seen:
            await seen.until(lambda: sum(map(good, seen.scans)) >= 45, within_s=6)
    for scan in filter(good, seen.scans):
        assert scan.values == ((POINTS[scan.plan.points[0].id] << 16) + POINTS[scan.plan.points[0].id] + 1,)


async def test_copies_of_single_registers_give_no_wrong_value_either() -> None:
    points = [register_point(name, address, period_s=0.2) for name, address in POINTS.items() if name < "e"]
    server = Scripted(rtu=True)
    server.script = repeating(server, Random(5))
    with rtu_device(server) as port:
        async with running(rtu(port), [device(*points)]) as seen:
            await seen.until(lambda: [note.code for note in seen.notes] == ["unsolicited"])
            await seen.until(lambda: sum(map(good, seen.scans)) >= 30, within_s=10)
    for scan in filter(good, seen.scans):
        assert scan.values == (POINTS[scan.plan.points[0].id],)


async def test_a_unit_that_was_heard_unasked_is_not_listened_to_for_whole_time_outs() -> None:
    names = ("a", "b", "c")
    points = [register_point(name, POINTS[name], RegisterType.UINT32, period_s=0.2) for name in names]
    server = Scripted(rtu=True)
    with rtu_device(server) as port:
        async with running(rtu(port, timeout="900 ms"), [device(*points)]) as seen:
            await seen.scan(good)
            assert server.say is not None
            server.say(5 * answer(1, 7_000, 2))  # so often that it is told
            await seen.until(lambda: [note.code for note in seen.notes] == ["unsolicited"])
            known_from = len(seen.scans)
            await seen.until(lambda: len(seen.scans) - known_from >= 30, within_s=5)
    assert all(good(scan) for scan in seen.scans[known_from:])


async def until_all_are_good(seen: Recorder, since: int) -> None:
    def latest_are_good() -> bool:
        latest = {scan.plan.block: good(scan) for scan in seen.scans[since:]}
        return len(latest) == len({scan.plan.block for scan in seen.scans}) and all(latest.values())

    await seen.until(latest_are_good)


replies = st.builds(
    Reply,
    before=noise,
    after=noise,
    broken=st.booleans(),
    silent=st.sampled_from((False, False, True)),
    delay_s=st.sampled_from((0.0, 0.0, 0.03)),
    count=st.sampled_from((None, None, 1, 3)),
    unit=st.sampled_from((None, None, 2)),
)


@given(st.lists(st.tuples(replies, st.integers(0, 3)), min_size=1, max_size=6))
@settings(max_examples=25, deadline=None)
def test_whatever_stands_around_an_answer_what_is_taken_is_right(asked: list[tuple[Reply, int]]) -> None:
    asyncio.run(read_all(asked))


async def read_all(asked: list[tuple[Reply, int]]) -> None:
    """Read a block per reply from an address of the choice; each answer must be its own."""
    server = Scripted(rtu=True)
    with rtu_device(server) as port:
        guard = await open_line(rtu(port), SystemClock(), lambda: None)
        try:
            for reply, place in asked:
                server.script = lambda _, reply=reply: reply  # type: ignore[misc]
                block = Block(1, Table.HOLDING_REGISTER, 100 * place, 2, 1.0, ())
                try:
                    data = await guard.read(block, 0.02)
                except UnitFault:
                    continue
                assert data == (100 * place).to_bytes(2, "big") + (100 * place + 1).to_bytes(2, "big")
        finally:
            guard.close()
