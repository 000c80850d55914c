"""Units whose answers do not fit: told with what came in their place, and kept from the line's time."""

import pytest

from config.modbus_link import ModbusRtu, ModbusTcp
from drivers.clock import SystemClock
from drivers.errors import DoubtfulReply, NoReply, WrongReply
from drivers.messages import describe, describe_note
from drivers.modbus.line import open_line
from drivers.modbus.plan import Block, plan_blocks
from tests.drivers.plant import Recorder, device, good, register_point, running
from tests.drivers.poll_bench import SEVEN, Answer, Bench, FakeLink, many_blocks
from tests.drivers.scripted import Reply, Request, Scripted, rtu_device, tcp_device

BAD_SUM = WrongReply(1, "function 3, 2 bytes", "bad check sum")
SPOILT = "1/holding-register/9+1"


def rtu(port: str) -> ModbusRtu:
    return ModbusRtu(port=port, baudrate=115200, timeout="100 ms")


async def test_a_unit_whose_answers_never_fit_is_probed_as_if_it_were_silent() -> None:
    bench = Bench(many_blocks(1, 20, 1.0), many_blocks(2, 1, 1.0))
    wrong = [True]
    link = FakeLink(lambda block: BAD_SUM if block.unit_id == 1 and wrong else SEVEN)
    async with bench.served(link):
        for _ in range(240):  # a minute
            await bench.clock.advance(0.25)
        timeouts = [timeout for unit, timeout in link.asked if unit == 1]
        assert len(timeouts) < 60 / 2
        assert set(timeouts[3:]) == {0.1}
        assert len(bench.of(2)) >= 60
        assert all(good(scan) for scan in bench.of(2))
        assert bench.told == [("answers-wrong", 1)]
        wrong.clear()
        for _ in range(20):
            await bench.clock.advance(0.25)
    assert len({scan.plan.block for scan in bench.of(1) if good(scan)}) == 20
    assert bench.told == [("answers-wrong", 1), ("answers-back", 1)]


async def test_one_answer_that_noise_has_hit_costs_no_more_than_its_slot() -> None:
    bench = Bench()
    noise = [True]
    link = FakeLink(lambda block: BAD_SUM if block.unit_id == 1 and noise and noise.pop() else SEVEN)
    async with bench.served(link):
        for _ in range(20):
            await bench.clock.advance(0.5)
    assert [good(scan) for scan in bench.of(1)] == [False, *[True] * (len(bench.of(1)) - 1)]
    assert {timeout for _, timeout in link.asked} == {1.0}
    assert bench.told == []


async def test_a_block_whose_answers_never_fit_costs_its_siblings_no_slot() -> None:
    bench = Bench(many_blocks(1, 4, 1.0))

    def answer(block: Block) -> Answer:
        return WrongReply(1, "function 3, 2 bytes", "function 3, 1 bytes") if block.name == SPOILT else SEVEN

    async with bench.served(FakeLink(answer)):
        for _ in range(240):
            await bench.clock.advance(0.25)
    assert {scan.plan.block for scan in bench.scans if not good(scan)} == {SPOILT}
    assert bench.told == [("block-wrong", 1)]


async def until_told(seen: Recorder, code: str) -> str:
    await seen.until(lambda: any(note.code == code for note in seen.notes), within_s=20)
    note = next(note for note in seen.notes if note.code == code)
    assert describe_note(note).zh
    return describe_note(note).en


async def test_over_tcp_short_answers_are_told_with_their_length_and_the_link_says_why_it_is_down() -> None:
    def short(request: Request) -> Reply:
        return Reply(pdu=bytes([request.function, 1, 0]))

    async with tcp_device(Scripted(script=short)) as port:
        settings = ModbusTcp(host="127.0.0.1", port=port, timeout="200 ms")
        async with running(settings, [device(register_point("a", 10, period_s=0.1))]) as seen:
            status = await seen.status("unfit")
            assert "asked function 3, 2 bytes, got function 3, 1 bytes" in await until_told(
                seen, "answers-wrong"
            )
    assert status.fault is not None
    assert "(function 3, 2 bytes → function 3, 1 bytes)" in describe(status.fault).en
    assert seen.link_history == ["unfit"]


async def test_on_a_line_bad_check_sums_are_told_and_forgotten_when_answers_are_right() -> None:
    wrong = [True]
    server = Scripted(rtu=True, script=lambda request: Reply(broken=request.unit == 1 and bool(wrong)))
    units = [device(register_point(f"u{n}", 10, unit_id=n, period_s=0.1), unit_id=n) for n in (1, 2)]
    with rtu_device(server) as port:
        async with running(rtu(port), units) as seen:
            assert "got bad check sum" in await until_told(seen, "answers-wrong")
            assert all(good(scan) for scan in seen.of(2))
            wrong.clear()
            assert "answers rightly again" in await until_told(seen, "answers-back")
    assert seen.link_history == ["up"]


async def test_an_answer_that_was_only_in_doubt_says_nothing_against_its_unit() -> None:
    server = Scripted(rtu=True, script=lambda request: Reply(silent=request.first == 0))
    one, other = plan_blocks([device(register_point("a", 0), register_point("b", 10))])
    with rtu_device(server) as port:
        guard = await open_line(rtu(port), SystemClock(), lambda: None)
        with pytest.raises(NoReply):
            await guard.read(one, 0.1)
        with pytest.raises(DoubtfulReply):
            await guard.read(other, 0.1)
        guard.close()
