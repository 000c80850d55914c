"""QNs of HJ 212: whatever is cut, repeated, halved, sent again or set back, one names one content."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import count
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import orjson
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from agent.uplinks.hj212.register import SPANS_MAX, STATE_PREFIX, Beside, Register, written
from agent.uplinks.uplink import Kind, Parcel
from tests.agent.parts import SECOND, HandClock

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Disk:
    """Keys beside a log; `fails` loses what is written, as a disk that does not answer before the end."""

    def __init__(self) -> None:
        self.stored: dict[str, bytes] = {}
        self.fails = False

    async def keep(self, key: str, value: bytes) -> None:
        if self.fails:
            raise OSError("no answer")
        self.stored[key] = value

    def register(self, clock: HandClock, zone: ZoneInfo = SHANGHAI) -> Register:
        return Register("bureau", Beside(dict(self.stored), self.keep), clock, zone)


def parcel(areas: int, *, of: UUID | None = None, text: str = "") -> Parcel:
    body = "\n".join(f"2011 DataTime={number}{text}" for number in range(areas))
    return Parcel(of or uuid4(), Kind.READING, "reading", body.encode())


async def test_a_number_is_the_present_moment_where_that_is_free() -> None:
    clock, disk = HandClock(), Disk()
    first = await disk.register(clock).first_of(parcel(1), 1)
    assert written(first) == datetime.fromtimestamp(clock.utc_ns // SECOND, SHANGHAI).strftime(
        "%Y%m%d%H%M%S000"
    )


async def test_a_repeat_has_its_number_again_after_a_restart_too() -> None:
    clock, disk, sent = HandClock(), Disk(), parcel(3)
    first = await disk.register(clock).first_of(sent, 3)
    clock.move(3600)
    assert await disk.register(clock).first_of(sent, 3) == first


async def test_what_is_sent_again_as_another_message_has_another_number() -> None:
    clock, disk = HandClock(), Disk()
    register = disk.register(clock)
    assert await register.first_of(parcel(2), 2) + 2 == await register.first_of(parcel(2), 2)


async def test_the_same_id_with_other_content_has_another_number() -> None:
    """As after a restart with other codes."""
    clock, disk, of = HandClock(), Disk(), uuid4()
    register = disk.register(clock)
    first = await register.first_of(parcel(1, of=of), 1)
    assert await register.first_of(parcel(1, of=of, text=";a-Flag=N"), 1) != first


async def test_a_clock_that_was_far_ahead_leaves_no_numbers_of_the_future() -> None:
    clock, disk = HandClock(), Disk()
    register, before = disk.register(clock), clock.utc_ns
    clock.utc_ns = before + 86400 * SECOND
    await register.first_of(parcel(1), 1)
    clock.utc_ns = before + SECOND
    now = written(await register.first_of(parcel(1), 1))
    assert now == datetime.fromtimestamp(clock.utc_ns // SECOND, SHANGHAI).strftime("%Y%m%d%H%M%S000")


async def test_in_the_hour_that_comes_twice_no_number_does() -> None:
    clock, disk, zone = HandClock(), Disk(), ZoneInfo("Europe/Berlin")
    register = disk.register(clock, zone)
    clock.utc_ns = round(datetime(2026, 10, 25, 0, 30, tzinfo=UTC).timestamp()) * SECOND
    first = await register.first_of(parcel(1), 1)
    clock.utc_ns += 3600 * SECOND
    assert await register.first_of(parcel(1), 1) == first + 1


async def test_what_the_disk_did_not_take_is_not_used() -> None:
    clock, disk, sent = HandClock(), Disk(), parcel(1)
    register, disk.fails = disk.register(clock), True
    with pytest.raises(OSError, match="no answer"):
        await register.first_of(sent, 1)
    disk.fails = False
    first = await register.first_of(sent, 1)
    assert orjson.loads(disk.stored[STATE_PREFIX + "bureau"])["given"].popitem()[1] == first


class Life(RuleBasedStateMachine):
    """Whatever happens: nothing else comes under a number that was used."""

    def __init__(self) -> None:
        super().__init__()
        self.clock, self.disk, self.numbers = HandClock(), Disk(), count()
        self.register = self.disk.register(self.clock)
        self.sent: list[Parcel] = []
        self.used: dict[int, bytes] = {}
        self.first: dict[UUID, int] = {}

    @rule(areas=st.integers(1, 400))
    def send(self, areas: int) -> None:
        self._send(parcel(areas, text=f";{next(self.numbers)}"))

    @rule(data=st.data())
    def repeat(self, data: st.DataObject) -> None:
        if self.sent:
            again = data.draw(st.sampled_from(self.sent[-20:]))
            assert self._send(again) == self.first[again.id]

    @rule(seconds=st.sampled_from((0.001, 0.3, 1, 61, 3600, 86_400)))
    def later(self, seconds: float) -> None:
        self.clock.move(seconds)

    @rule(seconds=st.sampled_from((1, 60, 3600, 86_400, 10**9)))
    def set_back(self, seconds: int) -> None:
        self.clock.utc_ns = max(0, self.clock.utc_ns - seconds * SECOND)

    @rule(seconds=st.sampled_from((60, 86_400, 10**8)))
    def set_forward(self, seconds: int) -> None:
        self.clock.utc_ns += seconds * SECOND

    @rule()
    def restart(self) -> None:
        self.register = self.disk.register(self.clock)

    def _send(self, sent: Parcel) -> int:
        lines = sent.body.splitlines()
        first = asyncio.run(self.register.first_of(sent, len(lines)))
        for number, line in enumerate(lines, first):
            assert self.used.setdefault(number, sent.id.bytes + line) == sent.id.bytes + line
        self.first.setdefault(sent.id, first)
        self.sent.append(sent)
        assert len(self._known()["spans"]) <= SPANS_MAX
        return first

    def _known(self) -> Mapping[str, list[object]]:
        known: Mapping[str, list[object]] = orjson.loads(self.disk.stored[STATE_PREFIX + "bureau"])
        return known


TestLife = Life.TestCase
