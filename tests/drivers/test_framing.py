"""Answers out of a stream: right ones are found wherever they stand, doubtful ones are never taken.

The heart is a model of a line: units that answer in their own order, late or not
at all, another master, echo, noise, and reads that split and join. Every register
holds its own address, so an answer to another request shows at once.
"""

from collections import deque
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from drivers.modbus.claims import FOREIGN_NS, LATE_NS, Question
from drivers.modbus.framing import Answer, Misfit, Strays, Whose
from drivers.modbus.rtu_framing import RtuFraming
from tests.drivers.scripted import with_crc

MS = 1_000_000
UNITS = (1, 3)
FIRSTS = (0, 0x0200, 0x0400)  # 0x02 and 0x04 are byte counts too: an echo looks like a beginning
COUNTS = (1, 2, 20)


def request(unit: int, first: int, count: int, function: int = 3) -> bytes:
    return with_crc(bytes((unit, function)) + first.to_bytes(2, "big") + count.to_bytes(2, "big"))


def answer(asked: bytes) -> bytes:
    """Return the right answer: every register holds its own address."""
    first, count = int.from_bytes(asked[2:4], "big"), int.from_bytes(asked[4:6], "big")
    data = b"".join((first + n).to_bytes(2, "big") for n in range(count))
    return with_crc(asked[:2] + bytes((2 * count,)) + data)


class Ear:
    """A framing, with a clock to turn and all that it has told."""

    def __init__(self) -> None:
        self.now_ns = 0
        self.told: list[Strays] = []
        self.framing = RtuFraming(self.told.append, lambda: self.now_ns)

    def hear(self, data: bytes) -> Any:
        used, found = self.framing.handleFrame(data, 0, 0)
        assert used == len(data)
        return found

    def total(self, what: str) -> int:
        return sum(getattr(strays, what) for strays in self.told)


class Line(RuleBasedStateMachine):
    """A line with two units, our master and another one."""

    @initialize(others=st.booleans(), echo=st.booleans())
    def begin(self, others: bool, echo: bool) -> None:
        self.echo = echo
        self.ear = Ear()
        self.others = others
        if others:  # they were heard before, and will be
            self.ear.hear(request(9, 0, 1))
        self.asked: bytes | None = None
        self.owed: dict[int, deque[tuple[int, bytes]]] = {unit: deque() for unit in UNITS}  # till when, what
        self.taken: list[tuple[bytes, Answer]] = []
        self.buffer = b""

    def _deliver(self, data: bytes) -> None:
        found = self.ear.hear(data)
        if found is not None:
            assert self.asked is not None, "an answer without a request"
            self.taken.append((self.asked, found))
            self.asked = None

    def _owe(self, asked: bytes, limit_ns: int, *, broken: bool) -> None:
        frame = answer(asked)
        if broken:
            frame = frame[:-1] + bytes((frame[-1] ^ 0x55,))
        self.owed[asked[0]].append((self.ear.now_ns + limit_ns, frame))

    @precondition(lambda self: self.asked is None)
    @rule(
        unit=st.sampled_from(UNITS),
        first=st.sampled_from(FIRSTS),
        count=st.sampled_from(COUNTS),
        heard=st.booleans(),
        broken=st.booleans(),
    )
    def ask(self, unit: int, first: int, count: int, heard: bool, broken: bool) -> None:
        self._flush()
        self.asked = request(unit, first, count)
        self.ear.framing.sent(self.asked)
        if self.echo:
            self.buffer += self.asked
        if heard:
            self._owe(self.asked, LATE_NS, broken=broken)

    @precondition(lambda self: self.asked is not None)
    @rule()
    def give_up(self) -> None:
        self._flush()
        self.ear.framing.over()
        self.asked = None

    @precondition(lambda self: self.others)
    @rule(unit=st.sampled_from(UNITS), first=st.sampled_from(FIRSTS), count=st.sampled_from(COUNTS))
    def another_master_asks(self, unit: int, first: int, count: int) -> None:
        asked = request(unit, first, count)
        self.buffer += asked
        self._flush()
        self._owe(asked, FOREIGN_NS, broken=False)

    @rule(unit=st.sampled_from(UNITS))
    def a_unit_answers(self, unit: int) -> None:
        if self.owed[unit]:
            self.buffer += self.owed[unit].popleft()[1]

    @rule(noise=st.binary(min_size=1, max_size=6))
    def noise(self, noise: bytes) -> None:
        self.buffer += noise

    @rule(size=st.integers(1, 60))
    def read(self, size: int) -> None:
        data, self.buffer = self.buffer[:size], self.buffer[size:]
        if data:
            self._deliver(data)

    @rule(ms=st.sampled_from((1, 60, 700)))
    def time_passes(self, ms: int) -> None:
        self._flush()
        self.ear.now_ns += ms * MS
        for owed in self.owed.values():  # what comes later than that is beyond what is promised
            while owed and owed[0][0] <= self.ear.now_ns:
                owed.popleft()

    def _flush(self) -> None:
        if self.buffer:
            self._deliver(self.buffer)
            self.buffer = b""

    @invariant()
    def every_answer_is_its_requests_own(self) -> None:
        for asked, found in self.taken:
            right = answer(asked)
            assert (found.dev_id, found.function_code) == (asked[0], asked[1])
            assert found.data == right[2:-2]
        self.taken.clear()


TestLine = Line.TestCase
TestLine.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)


@given(
    st.binary(max_size=40),
    st.binary(max_size=300),
    st.lists(st.integers(1, 50), min_size=1, max_size=9),
    st.booleans(),
)
def test_an_answer_is_found_in_noise_however_it_is_cut(
    before: bytes, after: bytes, sizes: list[int], echo: bool
) -> None:
    ear, asked = Ear(), request(12, 100, 10)
    for _ in range(3 if echo else 0):  # then it is known
        ear.framing.sent(asked)
        ear.hear(asked)
        ear.framing.over()
    ear.now_ns += 2 * LATE_NS
    ear.framing.sent(asked)
    stream = (asked if echo else b"") + before + answer(asked) + after
    found, at, n = [], 0, 0
    while at < len(stream):
        found.append(ear.hear(stream[at : at + sizes[n % len(sizes)]]))
        at += sizes[n % len(sizes)]
        n += 1
    [taken] = [each for each in found if each is not None]
    assert taken.data == answer(asked)[2:-2]
    assert ear.total("echoes") == (4 if echo else 0)


def test_an_echo_that_looks_like_an_answer_is_not_taken_for_one() -> None:
    ear = Ear()
    asked = request(1, 0x0310, 24, function=1)  # as an answer: three bytes, 10 00 18
    found = []
    for _ in range(4):
        ear.framing.sent(asked)
        assert ear.hear(asked) is None
        found.append(ear.hear(with_crc(b"\x01\x01\x03\xaa\xbb\xcc")))
        ear.framing.over()
        ear.now_ns += 2 * LATE_NS
    assert found[:2] == [None, None], "it may have been another master, who asks for the same"
    assert found[3].data == b"\x03\xaa\xbb\xcc"


def test_another_master_who_asks_for_the_same_is_no_echo() -> None:
    ear, asked, other = Ear(), request(12, 100, 2), request(12, 500, 2)
    ear.framing.sent(asked)
    assert ear.hear(answer(asked) + asked) is not None  # his request, whose answer is still to come
    ear.framing.sent(other)
    assert ear.hear(answer(asked)) is None


def test_two_answers_in_one_read_each_go_where_they_belong() -> None:
    ear, asked = Ear(), request(12, 100, 2)
    late = answer(request(11, 300, 2))
    ear.framing.sent(asked)
    found = ear.hear(late + answer(asked))
    assert found.data == answer(asked)[2:-2]
    assert [strays.late_units for strays in ear.told] == [{11}]


def test_a_late_answer_that_looks_right_is_not_taken_and_the_right_one_behind_it_is() -> None:
    ear, first, second = Ear(), request(12, 100, 2), request(12, 200, 2)
    ear.framing.sent(first)
    ear.framing.over()
    assert ear.framing.doubts(Question.of(second))
    ear.framing.sent(second)
    assert ear.hear(answer(first)) is None
    assert ear.hear(answer(second)).data == answer(second)[2:-2]


def test_an_answer_that_cannot_be_mistaken_settles_what_was_asked_before() -> None:
    ear, lost, other, less = Ear(), request(12, 100, 2), request(12, 200, 2), request(12, 200, 1)
    ear.framing.sent(lost)
    ear.framing.over()
    ear.framing.sent(less)
    assert ear.hear(answer(less)) is not None
    assert not ear.framing.doubts(Question.of(other))


def test_what_came_instead_is_told() -> None:
    ear, asked = Ear(), request(12, 100, 2)
    for came, told in (
        (b"", None),
        (b"\x99\x98", None),
        (answer(asked)[:-1] + b"\0", "bad check sum"),
        (answer(request(12, 100, 1)), "function 3, 2 bytes"),
        (with_crc(b"\x0c\x04\x04\0\0\0\0"), "function 4, 4 bytes"),
        (answer(request(11, 100, 2)), None),
    ):
        ear.framing.sent(asked)
        assert ear.hear(came) is None
        assert ear.framing.over() == (None if told is None else Misfit(told))
        ear.now_ns += 3 * LATE_NS


def test_another_masters_answer_is_not_ours() -> None:
    ear, asked, theirs = Ear(), request(12, 100, 2), request(12, 500, 2)
    ear.framing.sent(asked)
    assert ear.hear(theirs + answer(theirs)) is None
    assert ear.framing.over() == Misfit("an answer that may be another master's", in_doubt=True)
    assert [frame.raw for strays in ear.told for frame in strays.requests] == [theirs]
    ear.now_ns += FOREIGN_NS + 1
    ear.framing.sent(asked)
    assert ear.hear(answer(asked)) is not None


def test_where_another_master_is_about_a_garbled_frame_may_have_been_his_question() -> None:
    ear, asked, theirs = Ear(), request(12, 100, 2), request(12, 500, 2)
    ear.hear(theirs + answer(theirs))  # there is another one
    ear.now_ns += FOREIGN_NS + 1
    ear.hear(theirs[:3])
    ear.framing.sent(asked)  # in the middle of his next question
    assert ear.hear(theirs[3:] + answer(theirs)) is None
    ear.framing.over()
    ear.now_ns += FOREIGN_NS + 1
    ear.framing.sent(asked)
    assert ear.hear(answer(asked)) is not None


def test_another_masters_question_that_noise_has_hit_is_reckoned_with() -> None:
    ear, asked, theirs = Ear(), request(12, 100, 2), request(12, 500, 2)
    ear.hear(theirs + answer(theirs))  # there is another one
    ear.now_ns += FOREIGN_NS + 1
    ear.framing.sent(asked)
    assert ear.hear(theirs[:-1] + b"\x55" + answer(theirs)) is None
    ear.framing.over()


def test_bytes_of_no_frame_are_counted() -> None:
    ear, asked = Ear(), request(12, 100, 2)
    ear.framing.sent(asked)
    assert ear.hear(b"\x99\x98\x97" + answer(asked)) is not None
    assert ear.total("discarded") == 2  # the third may be the beginning of a frame


def test_another_masters_request_with_a_zero_behind_it_is_not_taken_for_an_answer() -> None:
    ear, theirs = Ear(), request(3, 0x0400, 1)
    ear.hear(request(9, 0, 1))  # they have been heard before
    ear.framing.sent(request(3, 0, 2))  # its answer has four data bytes
    assert ear.hear(theirs + b"\0") is None  # the check sum of all nine holds
    assert [frame.raw for strays in ear.told for frame in strays.requests][1:] == [theirs]


@pytest.mark.parametrize("found", [False, True], ids=["late", "in time"])
def test_an_answer_that_ends_in_a_zero_is_an_answer(found: bool) -> None:
    right = with_crc(next(body for body in map(_ending_in_zero, range(1 << 16)) if with_crc(body)[-1] == 0))
    ear = Ear()
    ear.framing.sent(request(2, 100, 2))
    if not found:
        ear.framing.over()
    assert (ear.hear(right) is not None) == found
    assert ear.total("discarded") == 0
    assert [whose for strays in ear.told for _, whose in strays.answers] == [Whose.OURS_LATE][found:]


def _ending_in_zero(number: int) -> bytes:
    """Return an answer that would be a request for 66 registers, but for its check sum."""
    return b"\x02\x03\x04" + bytes((number % 256, 0, 66, number // 256))


def test_an_answer_in_doubt_stays_in_doubt_however_long_we_wait() -> None:
    ear, asked, theirs = Ear(), request(12, 100, 2), request(12, 500, 2)
    ear.framing.sent(asked)
    ear.hear(theirs + answer(theirs))
    ear.now_ns += 2 * FOREIGN_NS
    assert ear.hear(b"\0") is None


def test_another_masters_exchange_that_was_over_before_we_asked_costs_nothing() -> None:
    ear, asked, theirs = Ear(), request(12, 100, 2), request(12, 500, 2)
    ear.hear(theirs + answer(theirs))
    ear.framing.sent(asked)
    assert ear.hear(answer(asked)) is not None


def test_a_late_exception_is_not_taken_for_the_next_requests() -> None:
    ear, first, second = Ear(), request(12, 100, 2), request(12, 200, 9)
    ear.framing.sent(first)
    ear.framing.over()
    ear.framing.sent(second)
    assert ear.hear(with_crc(b"\x0c\x83\x02")) is None
    assert ear.hear(with_crc(b"\x0c\x83\x02")) is not None
