"""Exceptions that are no missing registers: told once by unit and code, with the mend."""

import pytest

from config.modbus_link import ModbusTcp
from drivers.errors import ExceptionReply
from drivers.messages import describe_note
from drivers.modbus.plan import Block
from drivers.modbus.words_exception import MENDS
from drivers.note import Note
from tests.drivers.plant import device, register_point, running
from tests.drivers.poll_bench import SEVEN, Answer, Bench, FakeLink, many_blocks
from tests.drivers.scripted import Reply, Scripted, tcp_device

BLOCK = {"table": "coil", "registers": "0"}


async def test_an_exception_is_told_once_by_code_and_forgotten_a_minute_after_the_last_one() -> None:
    bench = Bench(many_blocks(1, 3, 1.0))
    codes = {"1/holding-register/0+1": 4, "1/holding-register/9+1": 4, "1/holding-register/18+1": 6}

    def answer(block: Block) -> Answer:
        return ExceptionReply(1, codes[block.name]) if block.name in codes else SEVEN

    async with bench.served(FakeLink(answer)):
        for _ in range(40):
            await bench.clock.advance(0.25)
        assert bench.told == [("unit-exception", 1)] * 2
        del codes["1/holding-register/0+1"]
        for _ in range(400):
            await bench.clock.advance(0.25)
        assert len(bench.told) == 2  # the others still meet theirs
        codes.clear()
        for _ in range(220):
            await bench.clock.advance(0.25)
        assert len(bench.told) == 2
        for _ in range(40):
            await bench.clock.advance(0.25)
    assert bench.told[2:] == [("unit-exception-back", 1)] * 2


async def test_a_device_that_is_busy_every_other_time_is_told_once() -> None:
    bench = Bench(many_blocks(1, 1, 1.0))
    turns: list[int] = []

    def answer(_: Block) -> Answer:
        turns.append(1)
        return ExceptionReply(1, 6) if len(turns) % 2 else SEVEN

    async with bench.served(FakeLink(answer)):
        for _ in range(600):
            await bench.clock.advance(0.25)
    assert bench.told == [("unit-exception", 1)]


async def test_missing_registers_are_left_to_the_search() -> None:
    bench = Bench(many_blocks(1, 1, 1.0))
    async with bench.served(FakeLink(lambda _: ExceptionReply(1, 2))):
        for _ in range(40):
            await bench.clock.advance(0.25)
    assert bench.told == []
    assert [learnt.code for learnt in bench.learnt] == ["block-refused"]


@pytest.mark.parametrize("code", [1, 4, 5, 6, 8, 99])
async def test_the_note_says_what_the_code_means_and_what_to_do(code: int) -> None:
    async with tcp_device(Scripted(script=lambda _: Reply(exception=code))) as port:
        settings = ModbusTcp(host="127.0.0.1", port=port, timeout="200 ms")
        async with running(settings, [device(register_point("a", 10, period_s=0.1))]) as seen:
            await seen.until(lambda: bool(seen.notes))
    (note,) = seen.notes
    words = describe_note(note)
    assert f"exception {code} (" in words.en
    assert "at first for holding-register 10;" in words.en
    assert f"异常码 {code}（" in words.zh
    if code in MENDS:
        assert words.en.endswith(MENDS[code].en)
        assert words.zh.endswith(MENDS[code].zh)
    else:
        assert "unknown" in words.en


def test_an_exception_of_a_gateway_has_words_too() -> None:
    fields: dict[str, str | int | float] = {"unit_id": 1, "devices": "d", "exception_code": 11, **BLOCK}
    words = describe_note(Note("unit-exception", "plc", 0, fields))
    assert "gateway target failed to respond" in words.en
    assert "网关后的设备无应答" in words.zh
