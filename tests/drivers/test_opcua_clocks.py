"""Clocks over OPC UA: the source's time is kept as long as its clock can be believed."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from asyncua import ua

from config.opcua_link import OpcUa
from drivers.clock import SystemClock
from drivers.messages import describe_note
from drivers.opcua.clocks import apart
from drivers.reading import Scan
from tests.drivers.conftest import free_port
from tests.drivers.opcua_server import SmallServer, endpoint, small_server
from tests.drivers.plant import device, good, node_point, running

pytestmark = pytest.mark.asyncio(loop_scope="module")

HOUR = timedelta(hours=1)
YEAR = timedelta(days=365)


class OtherClock(SystemClock):
    """This machine's clock, off by so much; a test can set it right."""

    def __init__(self, ahead: timedelta = timedelta(0), *, synchronised: bool = True) -> None:
        super().__init__()
        self.ahead_ns = round(ahead.total_seconds() * 1e9)
        self._synchronised = synchronised

    def now_ns(self) -> int:
        return super().now_ns() + self.ahead_ns

    def synchronised(self) -> bool:
        return self._synchronised


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def server() -> AsyncIterator[SmallServer]:
    async with small_server(free_port(), tilt=1.5, other=0.0) as small:
        yield small


def right_now() -> datetime:
    return datetime.fromtimestamp(SystemClock().now_ns() / 1e9, UTC)


def watch(server: SmallServer, clock: SystemClock, mode: str = "subscribe") -> Any:
    link = OpcUa(
        endpoint=endpoint(server.port), publishing_interval="50 ms", max_clock_skew="1 min", mode=mode
    )
    point = node_point("tilt-1.tilt", "ns=2;s=tilt", period_s=0.05)
    return running(link, [device(point, unit_id=None)], clock=clock)


async def put(server: SmallServer, value: float, stamp: datetime | None) -> None:
    source = None if stamp is None else ua.DateTime.fromtimestamp(stamp.timestamp(), UTC)
    await server.put("tilt", ua.DataValue(ua.Variant(value), SourceTimestamp=source))


def stamps(value: float) -> Any:
    """Match the good scan that brought this value."""
    return lambda scan: good(scan) and scan.values == (value,)


def brings(value: float) -> Any:
    """Match any scan that brought this value, whatever it says of others."""
    return lambda scan: value in scan.values


def source_of(scan: Scan) -> int | None:
    assert scan.source_ns is not None
    return scan.source_ns[0]


@pytest.mark.parametrize("mode", ["subscribe", "poll"])
async def test_a_right_clock_is_believed_and_an_old_value_may_be_old(server: SmallServer, mode: str) -> None:
    long_ago = right_now() - 3 * YEAR
    await put(server, 1.0, long_ago)
    async with watch(server, OtherClock(), mode) as seen:
        first = await seen.scan(stamps(1.0))
        now = right_now()
        await put(server, 2.0, now)
        second = await seen.scan(stamps(2.0))
    assert abs((source_of(first) or 0) / 1e9 - long_ago.timestamp()) < 0.001
    assert abs((source_of(second) or 0) / 1e9 - now.timestamp()) < 0.001
    assert seen.notes == []


async def test_a_source_without_a_time_has_none(server: SmallServer) -> None:
    await put(server, 1.0, None)
    async with watch(server, OtherClock()) as seen:
        assert source_of(await seen.scan(stamps(1.0))) is None
    assert seen.notes == []


@pytest.mark.parametrize(
    ("ahead", "synchronised", "code", "offset"),
    [
        (3 * YEAR, True, "server-clock-off", "-3.0 y"),
        (-8 * HOUR, True, "server-clock-off", "+8.0 h"),
        (3 * YEAR, False, "server-clock-off-and-ours-unknown", "-3.0 y"),
    ],
)
async def test_a_server_whose_clock_is_off_is_named_once_and_its_times_are_not_kept(
    server: SmallServer, ahead: timedelta, synchronised: bool, code: str, offset: str
) -> None:
    await put(server, 1.0, right_now())
    async with watch(server, OtherClock(ahead, synchronised=synchronised)) as seen:
        assert source_of(await seen.scan(stamps(1.0))) is None
        await put(server, 2.0, right_now())
        assert source_of(await seen.scan(stamps(2.0))) is None
    [note] = seen.notes
    assert note.code == code
    assert offset in describe_note(note).en


async def test_a_clock_that_was_set_right_is_believed_again(
    server: SmallServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("drivers.opcua.driver.CLOCK_AGAIN_S", 0.1)
    clock = OtherClock(3 * YEAR)
    await put(server, 1.0, right_now())
    async with watch(server, clock) as seen:
        await seen.scan(stamps(1.0))
        clock.ahead_ns = 0
        value = 2.0
        while source_of(await _changed(server, seen, value)) is None:
            value += 1.0
    assert [note.code for note in seen.notes] == ["server-clock-off"]


async def _changed(server: SmallServer, seen: Any, value: float) -> Scan:
    await put(server, value, right_now())
    scan: Scan = await seen.scan(stamps(value))
    return scan


@pytest.mark.parametrize(
    ("first", "then", "offset"),
    [
        (timedelta(0), -5 * YEAR, "-5.0 y"),  # a value that has just changed, with a time long ago
        (timedelta(0), 8 * HOUR, "+8.0 h"),
        (8 * HOUR, 8 * HOUR, "+8.0 h"),  # no value can be from the future
    ],
)
@pytest.mark.parametrize("mode", ["subscribe", "poll"])
async def test_a_device_behind_a_right_server_gives_itself_away(
    server: SmallServer, mode: str, first: timedelta, then: timedelta, offset: str
) -> None:
    await put(server, 1.0, right_now() + first)
    async with watch(server, OtherClock(), mode) as seen:
        await seen.scan(stamps(1.0))
        for value in (2.0, 3.0):
            await put(server, value, right_now() + then)
            assert source_of(await seen.scan(stamps(value))) is None
    [note] = seen.notes
    assert (note.code, note.fields["device"]) == ("source-clock-off", "tilt-1")
    assert offset in describe_note(note).en


@pytest.mark.parametrize(
    ("stamp", "told"),
    [
        (datetime(1601, 1, 1, tzinfo=UTC), False),  # OPC UA's way to say that there is none
        (datetime(1970, 1, 1, 8, tzinfo=UTC), True),
        (datetime(1990, 1, 1, tzinfo=UTC), True),
        (datetime(2019, 12, 31, tzinfo=UTC), True),
    ],
)
async def test_a_clock_that_was_never_set_is_not_believed_even_of_a_value_that_stands(
    server: SmallServer, stamp: datetime, told: bool
) -> None:
    await put(server, 1.0, stamp)
    async with watch(server, OtherClock(), "poll") as seen:
        assert source_of(await seen.scan(stamps(1.0))) is None
    assert [note.code for note in seen.notes] == ["source-clock-off"] * told


async def test_a_point_with_the_servers_own_time_does_not_excuse_its_neighbour(server: SmallServer) -> None:
    link = OpcUa(endpoint=endpoint(server.port), publishing_interval="50 ms", max_clock_skew="1 min")
    wrong = node_point("tilt-1.tilt", "ns=2;s=tilt", period_s=0.05)
    right = node_point("tilt-1.other", "ns=2;s=other", period_s=0.05)
    await put(server, 1.0, right_now())
    async with running(link, [device(wrong, right, unit_id=None)], clock=OtherClock()) as seen:
        for value in (2.0, 3.0, 4.0):
            await put(server, value, right_now() - 5 * YEAR)
            await seen.scan(brings(value))
            stamp = ua.DateTime.fromtimestamp(right_now().timestamp(), UTC)
            await server.put("other", ua.DataValue(ua.Variant(-value), SourceTimestamp=stamp))
            await seen.scan(brings(-value))
    assert [note.code for note in seen.notes] == ["source-clock-off"]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (90.0, "+1.5 min"),
        (-59.0, "-59.0 s"),
        (86_400.0 * 800, "+2.2 y"),
        (-7200.0, "-2.0 h"),
        (0.0, "+0.0 s"),
    ],
)
async def test_how_far_a_clock_is_off_is_said_in_the_unit_that_fits(seconds: float, words: str) -> None:
    assert apart(seconds) == words
