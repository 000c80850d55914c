"""Answers that come and cannot be taken are told by what is the matter with them, and not as bad wiring."""

from collections.abc import Callable

import pytest

from config.modbus_link import ModbusRtu, ModbusTcp
from config.model import Device
from drivers.messages import describe, describe_note
from drivers.modbus.framing import Whose
from drivers.modbus.misfits import GONE_NS, Misfits
from tests.drivers.plant import Recorder, device, good, register_point, running
from tests.drivers.scripted import Reply, Request, Scripted, rtu_device, tcp_device

S = 1_000_000_000


def units(*numbers: int) -> list[Device]:
    return [device(register_point(f"u{n}", 100 * n, unit_id=n, period_s=0.2), unit_id=n) for n in numbers]


def tcp(port: int) -> ModbusTcp:
    return ModbusTcp(host="127.0.0.1", port=port, timeout="200 ms")


async def told(script: Callable[[Request], Reply], code: str, *numbers: int) -> Recorder:
    """Poll until a note with this code has come."""
    async with tcp_device(Scripted(script=script)) as port, running(tcp(port), units(*numbers)) as seen:
        await seen.until(lambda: any(note.code == code for note in seen.notes))
    return seen


async def test_a_wrong_transaction_id_is_told_with_the_mend() -> None:
    seen = await told(lambda _: Reply(transaction=0xFFFE), "answers-other-id", 1)
    [note] = seen.notes
    assert "any_transaction_id: true" in describe_note(note).zh
    assert "any_transaction_id: true" in describe_note(note).en


async def test_an_answer_in_another_units_name_is_told_with_that_name() -> None:
    seen = await told(lambda _: Reply(unit=255), "answers-other-unit", 1)
    [note] = seen.notes
    assert "unit 1 is asked, and what answers calls itself unit 255" in describe_note(note).en
    assert "unit: 255" in describe_note(note).zh


async def test_another_protocol_in_the_head_is_told_and_not_as_silence() -> None:
    seen = await told(lambda _: Reply(protocol=256), "answers-other-protocol", 1)
    [note] = seen.notes
    assert "协议标识是 256，Modbus TCP 规定为 0" in describe_note(note).zh
    assert "with protocol id 256" in describe_note(note).en


async def test_a_unit_that_is_always_late_is_told_how_long_it_takes() -> None:
    seen = await told(lambda _: Reply(delay_s=0.35), "answers-late", 1)
    [note] = seen.notes
    assert 0.3 < float(note.fields["took_s"]) < 0.8
    assert "Raise timeout" in describe_note(note).en
    assert "调大该连接的 timeout" in describe_note(note).zh


async def test_on_a_serial_line_it_is_told_too() -> None:
    server = Scripted(rtu=True, script=lambda _: Reply(delay_s=0.45))
    with rtu_device(server) as port:
        async with running(ModbusRtu(port=port, baudrate=115200, timeout="200 ms"), units(1)) as seen:
            await seen.until(lambda: any(note.code == "answers-late" for note in seen.notes))


@pytest.mark.parametrize(
    ("reply", "code", "mend"),
    [
        (Reply(transaction=0xFFFE), "answers-other-id", "any_transaction_id: true"),
        (Reply(unit=255), "answers-other-unit", "unit: 255"),
        (Reply(protocol=1), "answers-other-protocol", "with protocol id 1 in the head"),
        (Reply(delay_s=0.35), "answers-late", "Raise timeout"),
    ],
)
async def test_the_link_gives_it_as_the_reason_in_place_of_wiring(reply: Reply, code: str, mend: str) -> None:
    async with tcp_device(Scripted(script=lambda _: reply)) as port, running(tcp(port), units(1)) as seen:
        status = await seen.status(code)
    assert status.fault is not None
    assert mend in describe(status.fault).en
    assert "silent" not in seen.link_history


async def test_beside_a_unit_that_is_well_it_is_not_told_as_silent() -> None:
    def script(request: Request) -> Reply:
        return Reply(delay_s=0.35) if request.unit == 2 else Reply()

    seen = await told(script, "answers-late", 1, 2)
    assert [(note.code, note.fields["unit"]) for note in seen.notes] == [("answers-late", 2)]
    assert any(good(scan) for scan in seen.of(1))


async def test_a_unit_that_is_really_silent_is_told_as_before() -> None:
    seen = await told(lambda request: Reply(silent=request.unit == 2), "unit-silent", 1, 2)
    assert [note.code for note in seen.notes] == ["unit-silent"]


async def test_how_long_answers_take_is_not_counted_from_questions_that_were_never_answered() -> None:
    """The unit swallows questions, then answers each twice, then takes 0.35 s."""
    mode = ["swallow"]

    def script(request: Request) -> Reply:
        if request.unit == 2:
            return Reply()
        if mode == ["twice"]:
            answer = bytes([1, 3, 2]) + request.first.to_bytes(2, "big")
            return Reply(after=server.frames[-1][:4] + bytes([0, len(answer)]) + answer)
        return Reply(silent=True) if mode == ["swallow"] else Reply(delay_s=0.35)

    server = Scripted(script=script)
    async with tcp_device(server) as port, running(tcp(port), units(1, 2)) as seen:
        await seen.until(lambda: sum(request.unit == 1 for request in server.requests) >= 3)
        mode[0] = "twice"
        await seen.until(lambda: sum(good(scan) for scan in seen.of(1)) >= 3)
        assert "answers-late" not in [note.code for note in seen.notes]
        mode[0] = "late"
        await seen.until(lambda: any(note.code == "answers-late" for note in seen.notes))
    [note] = [note for note in seen.notes if note.code == "answers-late"]
    assert 0.3 < float(note.fields["took_s"]) < 0.8


def test_without_transaction_ids_an_answer_in_time_ends_the_wait_for_all_before_it() -> None:
    misfits = Misfits(1.0)
    for sent_s in (0, 2, 4):
        misfits.asked(1, sent_s * S)
    misfits.answered(1)
    misfits.stray(1, 1, Whose.OURS_LATE, 5 * S)  # a copy of what was answered
    assert misfits.of_unit(1, 5 * S, at_least=1) is None


def test_what_a_device_answers_all_at_once_after_it_hung_is_no_reason_for_a_longer_time_out() -> None:
    misfits = Misfits(1.0)
    for sent_s in (0, 2, 4):
        misfits.asked(1, sent_s * S)
    for _ in range(3):
        misfits.stray(1, 1, Whose.OURS_LATE, 6 * S)
    assert misfits.of_unit(1, 6 * S) is None
    misfits.asked(1, 7 * S)
    misfits.stray(1, 1, Whose.OURS_LATE, 9 * S)
    assert misfits.of_unit(1, 9 * S) is not None, "and again, by itself"


def test_an_answer_that_was_only_late_for_a_short_probe_is_none() -> None:
    misfits = Misfits(1.0)
    for sent_s in (0, 2, 4):
        misfits.asked(1, sent_s * S)
        misfits.stray(1, 1, Whose.OURS_LATE, sent_s * S + S // 2)
    assert misfits.of_unit(1, 5 * S, at_least=1) is None


def test_it_is_over_when_nothing_was_amiss_for_long() -> None:
    misfits = Misfits(1.0)
    misfits.stray(255, 1, Whose.OTHER_UNIT, 0)
    assert not misfits.is_over(1, GONE_NS)
    assert misfits.is_over(1, GONE_NS + 1)
