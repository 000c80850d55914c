"""Frames out of what is heard on an RS-485 line, over wires that are split, joined and noisy."""

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st
from pymodbus.framer import FramerRTU

from drivers.modbus.crc import crc16, holds
from drivers.modbus.eavesdrop import SILENCE_NS, Eavesdropper, Frame, Kind
from tests.drivers.scripted import with_crc

Expected = tuple[Kind, bytes]

MS = 1_000_000

units = st.integers(1, 247)
words = st.integers(0, 0xFFFF).map(lambda n: n.to_bytes(2, "big"))


@st.composite
def reads(draw: st.DrawFn) -> list[Expected]:
    """A read of bits or registers, and its answer."""
    unit, function = draw(units), draw(st.integers(1, 4))
    count = draw(st.integers(1, 125))
    size = (count + 7) // 8 if function < 3 else 2 * count
    head = bytes((unit, function))
    first = draw(st.integers(0, 0x10000 - count))
    request = head + first.to_bytes(2, "big") + count.to_bytes(2, "big")
    answer = head + bytes((size,)) + draw(st.binary(min_size=size, max_size=size))
    return [(Kind.REQUEST, request), (Kind.ANSWER, answer)]


@st.composite
def writes(draw: st.DrawFn) -> list[Expected]:
    """A write of one or several, and its answer."""
    head = bytes((draw(units), draw(st.sampled_from((5, 6, 15, 16))))) + draw(words)
    if head[1] in (5, 6):
        body = head + draw(words)
        return [(Kind.REQUEST, body), (Kind.ANSWER, body)]
    count = draw(st.integers(1, 120))
    size = (count + 7) // 8 if head[1] == 15 else 2 * count
    body = head + count.to_bytes(2, "big")
    data = draw(st.binary(min_size=size, max_size=size))
    return [(Kind.REQUEST, body + bytes((size,)) + data), (Kind.ANSWER, body)]


@st.composite
def identifications(draw: st.DrawFn) -> list[Expected]:
    """Read device identification, and its answer."""
    head = bytes((draw(units), 43, 14, draw(st.integers(1, 4))))
    objects = draw(st.lists(st.binary(max_size=30), max_size=5))
    listed = b"".join(bytes((n, len(text))) + text for n, text in enumerate(objects))
    return [(Kind.REQUEST, head + b"\0"), (Kind.ANSWER, head + bytes((0x81, 0, 0, len(objects))) + listed)]


@st.composite
def refusals(draw: st.DrawFn) -> list[Expected]:
    """A request, and the exception that it is answered with."""
    kind, request = draw(st.one_of(reads(), writes(), identifications()))[0]
    refusal = bytes((request[0], request[1] | 0x80, draw(st.integers(1, 11))))
    return [(kind, request), (Kind.EXCEPTION, refusal)]


exchanges = st.one_of(reads(), writes(), identifications(), refusals())
silences = reads().map(lambda exchange: exchange[:1])
talk = st.lists(st.one_of(exchanges, silences), min_size=1, max_size=8).map(
    lambda parts: [(kind, with_crc(body)) for part in parts for kind, body in part]
)
cuts = st.lists(st.integers(1, 40), min_size=1, max_size=30)


def pieces(data: bytes, sizes: Iterable[int]) -> list[bytes]:
    """Cut a stream into reads of these sizes, again and again."""
    sizes = list(sizes)
    cut: list[bytes] = []
    while data:
        size = sizes[len(cut) % len(sizes)]
        cut.append(data[:size])
        data = data[size:]
    return cut


def told(frames: Iterable[Frame]) -> list[Expected]:
    return [(frame.kind, frame.raw) for frame in frames]


@given(st.binary(max_size=300))
def test_the_check_sum_is_the_one_that_others_compute(data: bytes) -> None:
    assert int.from_bytes(crc16(data), "big") == FramerRTU.compute_CRC(data)
    assert holds(data + crc16(data))
    assert not holds(data + bytes(n ^ 1 for n in crc16(data)))


@given(talk, cuts)
def test_every_frame_is_found_however_the_line_is_cut_into_reads(
    talk: list[Expected], cuts: list[int]
) -> None:
    ear = Eavesdropper()
    stream = b"".join(raw for _, raw in talk)
    frames = [frame for n, piece in enumerate(pieces(stream, cuts)) for frame in ear.feed(piece, n * MS)]
    assert told(frames) == talk
    assert ear.discarded == 0


@given(talk, st.lists(st.binary(max_size=20), min_size=1, max_size=8), cuts)
def test_noise_between_frames_costs_no_frame_and_is_counted(
    talk: list[Expected], noises: list[bytes], cuts: list[int]
) -> None:
    ear, frames, now_ns, noise_bytes = Eavesdropper(), [], 0, 0
    for n, (_, raw) in enumerate(talk):
        noise = noises[n % len(noises)]
        noise_bytes += len(noise)
        now_ns += 2 * SILENCE_NS
        for piece in pieces(noise + raw, cuts):
            now_ns += MS
            frames += ear.feed(piece, now_ns)
    frames += ear.silence()
    assert told(frames) == talk
    assert ear.discarded == noise_bytes


@given(st.lists(st.binary(min_size=1, max_size=60), max_size=20))
def test_noise_alone_is_no_frame_and_is_not_kept_for_ever(noises: list[bytes]) -> None:
    ear = Eavesdropper()
    frames = [frame for n, noise in enumerate(noises) for frame in ear.feed(noise, n * MS)]
    assert all(holds(frame.raw) for frame in frames)
    assert ear.feed(bytes(400), 10**9) == []  # zeros begin no frame
    in_frames = sum(len(frame.raw) for frame in frames)
    assert ear.discarded >= sum(map(len, noises)) + 400 - 1 - in_frames


def test_a_request_says_what_it_asks_for() -> None:
    ear = Eavesdropper()
    [asked] = ear.feed(with_crc(b"\x0c\x03\x00\x10\x00\x02"), 5)
    assert (asked.unit_id, asked.function_code, asked.first, asked.count) == (12, 3, 16, 2)
    assert (asked.mono_ns, asked.data, asked.exception_code) == (5, b"", None)
    [answered] = ear.feed(with_crc(b"\x0c\x03\x04\x00\x01\x00\x02"), 6)
    assert (answered.kind, answered.data) == (Kind.ANSWER, b"\x00\x01\x00\x02")
    assert (answered.first, answered.count) == (None, None)
    [refused] = ear.feed(with_crc(b"\x0c\x83\x02"), 7)
    assert (refused.kind, refused.function_code, refused.exception_code) == (Kind.EXCEPTION, 3, 2)


def test_a_write_is_told_from_its_echo_by_who_came_first() -> None:
    ear, write = Eavesdropper(), with_crc(b"\x01\x06\x00\x05\x00\x07")
    frames = ear.feed(write + write + write, 0)
    assert [frame.kind for frame in frames] == [Kind.REQUEST, Kind.ANSWER, Kind.REQUEST]
    assert (frames[0].first, frames[0].count) == (5, 1)


def test_twenty_four_bits_are_an_answer_only_to_who_asked_for_them() -> None:
    bits = with_crc(b"\x01\x01\x03\xff\x00\x18")  # as a request: 24 bits from 0x03FF on
    assert Eavesdropper().feed(bits, 0)[0].kind is Kind.REQUEST
    ear = Eavesdropper()
    ear.feed(with_crc(b"\x01\x01\x00\x00\x00\x18"), 0)
    assert ear.feed(bits, 1)[0].kind is Kind.ANSWER


def test_a_byte_that_looks_like_a_beginning_holds_the_next_frame_back_only_until_silence() -> None:
    ear, request = Eavesdropper(), with_crc(b"\x0f\x03\x00\x00\x00\x0a")
    assert ear.feed(b"\x01" + request, 0) == []  # 01 0f …: the beginning of a long write?
    assert told(ear.silence()) == [(Kind.REQUEST, request)]
    ear.feed(b"\x01" + request, 10 * MS)
    [first] = ear.feed(request[:3], 10 * MS + 2 * SILENCE_NS)
    assert (first.raw, first.mono_ns) == (request, 10 * MS)
    assert told(ear.feed(request[3:], 11 * MS + 2 * SILENCE_NS)) == [(Kind.REQUEST, request)]
