"""Against libmodbus, sound and spoilt: never a wrong value, and good ones again as soon as they come."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from config.connection import Connection
from config.modbus_link import ModbusRtu, ModbusTcp
from config.source import RegisterType, Table
from drivers.reading import Quality, Scan
from tests.drivers.bridge import bridged
from tests.drivers.libmodbus import build, served
from tests.drivers.plant import Recorder, device, good, register_point, running

PERIOD_S = 0.15
KINDS = ["tcp", "rtu"]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("libmodbus"))


@asynccontextmanager
async def polled(
    program: Path, kind: str, how: str, every: int = 1, **settings: object
) -> AsyncIterator[Recorder]:
    """Poll two registers of one unit that are asked for alike, 32 bits each, and some of every table."""
    points = [
        register_point("near", 100, RegisterType.UINT32, period_s=PERIOD_S),
        register_point("far", 40_000, RegisterType.UINT32, period_s=PERIOD_S),
        register_point("input", 7, table=Table.INPUT_REGISTER, period_s=PERIOD_S),
        register_point("coil", 5, RegisterType.BIT, table=Table.COIL, period_s=PERIOD_S),
        register_point("contact", 6, RegisterType.BIT, table=Table.DISCRETE_INPUT, period_s=PERIOD_S),
    ]
    async with AsyncExitStack() as stack:
        connection: Connection
        if kind == "tcp":
            number = await stack.enter_async_context(served(program, kind, "127.0.0.1", how, every))
            given = {"host": "127.0.0.1", "port": number, "timeout": "150 ms", **settings}
            connection = ModbusTcp.model_validate(given)
        else:
            ours, theirs = stack.enter_context(bridged())
            await stack.enter_async_context(served(program, kind, theirs, how, every))
            given = {"port": ours, "baudrate": 115200, "timeout": "150 ms", **settings}
            connection = ModbusRtu.model_validate(given)
        yield await stack.enter_async_context(running(connection, [device(*points)]))


TRUE = {
    "near": (100 << 16) + 101,
    "far": (40_000 << 16) + 40_001,
    "input": 7,
    "coil": True,
    "contact": False,
}


def wrong(scans: list[Scan]) -> list[tuple[str, object]]:
    """The values that are neither true nor absent with a reason."""
    return [
        (point.id, value)
        for scan in scans
        for point, value in zip(scan.plan.points, scan.values, strict=True)
        if value is not None and value != TRUE[point.id]
    ]


def of(seen: Recorder, name: str) -> list[Scan]:
    return [scan for scan in seen.scans if scan.plan.points[0].id == name]


@pytest.mark.parametrize("kind", KINDS)
async def test_every_table_of_a_sound_server_is_read(program: Path, kind: str) -> None:
    async with polled(program, kind, "sound") as seen:
        await seen.until(lambda: all(len(of(seen, name)) >= 4 for name in TRUE))
    assert all(good(scan) for scan in seen.scans)
    assert wrong(seen.scans) == []
    assert seen.link_history == ["up"]


@pytest.mark.parametrize(
    ("kind", "how"),
    [
        *(("tcp", how) for how in ("split", "garbage-after", "twice")),
        *(("rtu", how) for how in ("split", "garbage-before", "garbage-after", "twice")),
    ],
)
async def test_what_stands_around_an_answer_or_between_its_bytes_costs_nothing(
    program: Path, kind: str, how: str
) -> None:
    async with polled(program, kind, how) as seen:
        await seen.until(lambda: all(len(of(seen, name)) >= 3 for name in TRUE))
    assert all(good(scan) for scan in seen.scans)
    assert wrong(seen.scans) == []


SPOILT = ["wrong-function", "wrong-unit", "short", "cut", "never", "late", "drop", "half-close", "hang-up"]
BY_KIND = {"tcp": ["wrong-transaction", "garbage-before"], "rtu": ["bad-crc"]}
ONLY_TCP = {"drop", "half-close", "hang-up"}


@pytest.mark.parametrize(
    ("kind", "how"),
    [
        (kind, how)
        for kind in KINDS
        for how in [*SPOILT, *BY_KIND[kind]]
        if kind == "tcp" or how not in ONLY_TCP
    ],
)
async def test_every_fourth_answer_spoilt_gives_no_wrong_value_and_the_others_come(
    program: Path, kind: str, how: str
) -> None:
    async with polled(program, kind, how, every=4) as seen:
        await seen.until(lambda: all(sum(good(s) for s in of(seen, name)) >= 2 for name in TRUE), 20)
        if how not in {"hang-up", "garbage-before"}:  # there the answer itself is a good one
            await seen.until(lambda: any(not good(scan) for scan in seen.scans), 20)
    assert wrong(seen.scans) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("how", ["wrong-function", "wrong-unit", "never"])
async def test_a_server_that_never_answers_rightly_gives_no_value_at_all(
    program: Path, kind: str, how: str
) -> None:
    async with polled(program, kind, how) as seen:
        await seen.until(lambda: len(seen.scans) >= 15)
    assert all(scan.qualities is not None for scan in seen.scans)
    assert {quality for scan in seen.scans for quality in scan.qualities or ()} == {Quality.COMM_FAULT}


async def test_it_hangs_up_after_each_answer_and_nothing_is_missing(program: Path) -> None:
    async with polled(program, "tcp", "hang-up", per_request=True) as seen:
        await seen.until(lambda: all(len(of(seen, name)) >= 4 for name in TRUE))
    assert all(good(scan) for scan in seen.scans)
    assert seen.link_history == ["up"]


async def test_it_answers_a_constant_transaction_id(program: Path) -> None:
    async with polled(program, "tcp", "constant-transaction", any_transaction_id=True) as seen:
        await seen.until(lambda: all(len(of(seen, name)) >= 4 for name in TRUE))
    assert all(good(scan) for scan in seen.scans)
    assert wrong(seen.scans) == []


async def test_an_answer_from_another_address_is_beyond_all_checks(program: Path) -> None:
    """What cannot be found out: the frame is right, and says nothing of its address. It is documented."""
    async with polled(program, "tcp", "other-address") as seen:
        await seen.until(lambda: len(of(seen, "near")) >= 2)
    assert {scan.values[0] for scan in of(seen, "near")} == {((100 + 256) << 16) + 357}
