"""What may be a copy of an answer, or was sent unasked, is asked for again; what answers both is believed."""

from drivers.modbus.claims import LATE_NS, UNASKED_NS
from tests.drivers.scripted import with_crc
from tests.drivers.test_framing import Ear, answer, request


def asked_twice(ear: Ear, asked: bytes, first: bytes, second: bytes) -> bytes | None:
    """Return what is believed of what came for a question, and for the same question again."""
    ear.framing.sent(asked)
    assert ear.hear(first) is not None
    ear.framing.over()
    assert ear.framing.is_held
    ear.framing.sent(asked)
    ear.hear(second)
    ear.framing.over()
    found = ear.framing.agreed()
    assert not ear.framing.is_held
    ear.now_ns += 2 * LATE_NS
    return None if found is None else found.data


def test_a_unit_that_sends_unasked_is_asked_twice_and_believed_where_both_agree() -> None:
    ear, pushed, asked = Ear(), answer(request(12, 0, 1)), request(12, 5, 1)
    right = answer(asked)
    assert ear.hear(pushed) is None  # nobody had asked: from now on it is reckoned with
    assert asked_twice(ear, asked, pushed, right) is None
    assert asked_twice(ear, asked, right, right) == right[2:-2]
    assert asked_twice(ear, asked, pushed + right, right) is None
    assert asked_twice(ear, asked, right, b"") is None
    other_size = request(12, 5, 2)
    ear.framing.sent(other_size)
    assert ear.hear(answer(other_size)) is not None
    assert not ear.framing.is_held
    ear.now_ns += UNASKED_NS + LATE_NS + 1
    ear.framing.sent(asked)
    assert ear.hear(right) is not None
    assert not ear.framing.is_held


def test_what_may_be_a_copy_is_asked_for_twice_and_what_is_none_is_the_answer() -> None:
    ear, other, asked = Ear(), request(12, 0, 2), request(12, 5, 2)
    copy, right = answer(other), answer(asked)
    for first, second, believed in (
        (copy, right, right),  # our first question was lost
        (copy + right, right, right),
        (copy, copy, copy),  # both places hold the same
        (copy, b"", None),
    ):
        ear.framing.sent(other)
        assert ear.hear(copy) is not None
        ear.framing.over()
        found = asked_twice(ear, asked, first, second)
        assert found == (None if believed is None else believed[2:-2])
        ear.framing.sent(asked)
        ear.hear(right)  # so that it did not answer so the last time
        ear.framing.over()
        ear.now_ns += 2 * LATE_NS


def test_a_copy_that_nobody_waits_for_makes_no_answer_doubtful() -> None:
    ear, other, asked = Ear(), request(12, 0, 2), request(12, 5, 2)
    ear.framing.sent(other)
    ear.hear(answer(other))
    assert ear.hear(answer(other)) is None
    ear.framing.sent(asked)
    assert ear.hear(answer(asked)) is not None
    assert not ear.framing.is_held


def test_a_late_answer_may_come_twice_as_well() -> None:
    ear, lost, less, asked = Ear(), request(12, 0, 2), request(12, 5, 1), request(12, 5, 2)
    ear.framing.sent(lost)
    ear.framing.over()
    ear.hear(answer(lost))  # nobody waits for it any more, and nothing is open
    ear.framing.sent(less)
    ear.hear(answer(less))
    ear.framing.sent(asked)
    assert ear.hear(answer(lost)) is not None
    assert ear.framing.is_held


def test_an_exception_is_no_copy_and_ends_the_doubt() -> None:
    ear, pushed, asked = Ear(), answer(request(12, 0, 2)), request(12, 5, 2)
    ear.hear(pushed)
    ear.framing.sent(asked)
    assert ear.hear(with_crc(b"\x0c\x83\x02")) is not None
    assert not ear.framing.is_held
