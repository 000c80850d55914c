"""Answers over TCP, where an id tells whose they are; and claims, which tell it where none does."""

import pytest

from drivers.modbus.claims import FOREIGN_NS, LATE_NS, Claims, Question
from drivers.modbus.framing import Answer, Strays, Whose
from drivers.modbus.tcp_framing import TcpFraming
from tests.drivers.test_framing import answer, request


def mbap(transaction: int, frame: bytes) -> bytes:
    """Return a frame of a serial line as one of a stream."""
    return transaction.to_bytes(2, "big") + b"\0\0" + (len(frame) - 2).to_bytes(2, "big") + frame[:-2]


@pytest.mark.parametrize("any_id", [False, True])
def test_over_tcp_the_id_tells_or_where_it_is_constant_what_the_answer_looks_like(any_id: bool) -> None:
    told: list[Strays] = []
    framing = TcpFraming(told.append, lambda: 0, any_id=any_id)
    first, second = request(1, 100, 2), request(1, 200, 2)
    framing.sent(mbap(1, first))
    framing.over()
    framing.sent(mbap(2, second))
    late, right = mbap(0 if any_id else 1, answer(first)), mbap(0 if any_id else 2, answer(second))
    assert framing.doubts(Question.of(second)) == any_id
    assert framing.handleFrame(late[:9], 1, 2) == (9, None)
    used, found = framing.handleFrame(late[9:] + right, 1, 2)
    assert used == len(late) - 9 + len(right)
    assert isinstance(found, Answer)
    assert found.data == answer(second)[2:-2]
    assert [strays.late_units for strays in told] == [{1}]


@pytest.mark.parametrize(
    ("transaction", "unit", "whose"),
    [
        (1, 1, Whose.OURS_LATE),
        (7, 1, Whose.OTHER_ID),
        (2, 255, Whose.OTHER_UNIT),
        (7, 255, Whose.OURS_LATE),
    ],
)
def test_over_tcp_an_answer_that_is_not_taken_is_told_by_what_is_wrong_with_it(
    transaction: int, unit: int, whose: Whose
) -> None:
    told: list[Strays] = []
    framing = TcpFraming(told.append, lambda: 0)
    framing.sent(bytes.fromhex("000100000006 0103 0064 0001"))
    framing.over()
    framing.sent(bytes.fromhex("000200000006 0103 00c8 0001"))
    heard = transaction.to_bytes(2, "big") + bytes.fromhex("00000005") + bytes((unit, 3, 2, 0, 9))
    assert framing.handleFrame(heard, 1, 2)[1] is None
    assert told == [Strays(answers=((unit, whose),), asked=1)]


def test_over_tcp_an_answer_after_its_time_is_heard_though_nothing_else_was_asked_yet() -> None:
    told: list[Strays] = []
    framing = TcpFraming(told.append, lambda: 0)
    framing.sent(bytes.fromhex("000100000006 0103 0064 0001"))
    framing.over()
    assert framing.handleFrame(bytes.fromhex("000100000005 0103 02 0009"), 1, 1)[1] is None
    assert told[0].late_units == {1}


def test_over_tcp_what_is_no_modbus_is_thrown_away_until_the_next_request() -> None:
    told: list[Strays] = []
    framing = TcpFraming(told.append, lambda: 0)
    framing.sent(bytes(12))
    assert framing.handleFrame(b"HTTP/1.1 400 Bad Request\r\n", 1, 1)[1] is None
    assert told[0].discarded == 26


def test_claims_end_with_time() -> None:
    claims, asked, other = Claims(), Question.read(1, 3, 0, 2), Question.read(1, 3, 9, 2)
    claims.given_up(asked, 0)
    claims.overheard((2, 3, 4), 0, alone=True)
    assert claims.doubts(other, LATE_NS)
    assert not claims.doubts(other, LATE_NS + 1)
    assert not claims.doubts(Question.read(2, 3, 0, 2), FOREIGN_NS + 1)


def test_an_answer_to_the_same_question_is_no_doubt() -> None:
    claims, asked = Claims(), Question.read(1, 3, 0, 2)
    claims.given_up(asked, 0)
    assert claims.doubts(asked, 1) is None


def test_with_a_constant_id_what_may_be_a_copy_is_asked_for_twice() -> None:
    framing = TcpFraming(lambda _: None, lambda: 0, any_id=True)
    first, second = request(1, 100, 2), request(1, 200, 2)

    def asked(question: bytes, *came: bytes) -> None:
        framing.sent(mbap(1, question))
        framing.handleFrame(b"".join(mbap(0, frame) for frame in came), 1, 1)
        framing.over()

    asked(first, answer(first))
    assert not framing.is_held
    asked(second, answer(first))
    assert framing.is_held
    asked(second, answer(second))
    found = framing.agreed()
    assert found is not None
    assert found.data == answer(second)[2:-2]
