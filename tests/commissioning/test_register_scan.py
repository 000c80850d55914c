"""A range read to its last register: holes, short breath, silence; and a device that goes away meanwhile."""

from collections.abc import Callable

from agent.commissioning.register_scan import SILENCES_MAX, Registers, RegisterScan
from config.source import Table
from drivers.errors import ExceptionReply, NoReply
from tests.commissioning.steps import Steps
from tests.drivers.scripted import Reply, Request, Scripted
from tests.drivers.test_identification import linked

HOLDING = Table.HOLDING_REGISTER


async def scanned(
    script: Callable[[Request], Reply],
    last: int = 63,
    *,
    table: Table = HOLDING,
    at_once: int = 125,
    rtu: bool = False,
) -> tuple[Registers, Scripted]:
    device = Scripted(rtu, script)
    async with linked(device) as link:
        scan = RegisterScan(link, 1, table, timeout_s=0.05, at_once=at_once)
        return await scan.run(range(last + 1), Steps()), device


def lacking(*holes: int, exception: int = 2) -> Callable[[Request], Reply]:
    def script(request: Request) -> Reply:
        asked = range(request.first, request.first + request.count)
        return Reply(exception=exception) if any(hole in asked for hole in holes) else Reply()

    return script


async def test_holes_are_found_by_halving_and_everything_else_is_read() -> None:
    registers, device = await scanned(lacking(5, 6, 40))
    assert registers.missing == [5, 6, 40]
    assert registers.words == {n: n for n in range(64) if n not in (5, 6, 40)}
    assert len(device.requests) < 64 / 2, "fewer questions than one by one"


async def test_a_device_without_any_of_the_range_says_so_for_each() -> None:
    registers, _ = await scanned(lambda _: Reply(exception=2), 7)
    assert registers.missing == list(range(8))
    assert registers.words == {}


async def test_a_device_that_is_silent_about_long_reads_is_read_in_short_ones() -> None:
    # Lorric: more than 20 registers are silently ignored.
    registers, device = await scanned(lambda request: Reply(silent=request.count > 20))
    assert registers.words == {n: n for n in range(64)}
    assert registers.missing == []
    assert sum(request.count > 20 for request in device.requests) <= 3, "it learns"


async def test_a_silent_unit_is_left_after_two_questions() -> None:
    registers, device = await scanned(lambda _: Reply(silent=True))
    assert isinstance(registers.fault, NoReply)
    assert [request.count for request in device.requests] == [64, 1]


async def test_a_unit_that_goes_away_meanwhile_is_left() -> None:
    def script(request: Request) -> Reply:
        return Reply(silent=request.number > 3)

    registers, device = await scanned(script, at_once=4)
    assert isinstance(registers.fault, NoReply)
    assert set(registers.words) == set(range(12))
    assert len(device.requests) < 3 + 8 * SILENCES_MAX


async def test_an_exception_about_the_whole_device_ends_it() -> None:
    registers, _ = await scanned(lambda _: Reply(exception=6))
    assert isinstance(registers.fault, ExceptionReply)
    assert registers.missing == []


async def test_bits_are_read_as_bits() -> None:
    registers, _ = await scanned(lambda _: Reply(), 18, table=Table.COIL)
    assert registers.words == {n: n & 1 for n in range(19)}


async def test_no_read_is_longer_than_allowed_and_only_reads_leave() -> None:
    _, device = await scanned(lacking(9), 200, at_once=10)
    assert max(request.count for request in device.requests) == 10
    assert {request.function for request in device.requests} == {3}


async def test_ctrl_c_leaves_what_was_read() -> None:
    device = Scripted()
    async with linked(device) as link:
        scan = RegisterScan(link, 1, HOLDING, timeout_s=0.05, at_once=8)
        registers = await scan.run(range(64), Steps(stop_after=2))
    assert set(registers.words) == set(range(16))


async def test_a_line_is_read_like_a_network() -> None:
    registers, _ = await scanned(lacking(3), 15, rtu=True)
    assert registers.missing == [3]
