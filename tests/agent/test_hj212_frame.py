"""Frames of HJ 212: the published vector, and a stream that comes in any pieces with anything between."""

from hypothesis import given
from hypothesis import strategies as st

from agent.uplinks.hj212.frame import Framer, Received, crc, frame, read_segment
from agent.uplinks.hj212.packet import Station, packets
from simulator.bureau.hj212_frame import checksum, take_apart

VECTOR = (
    "QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&"
)
"""From a published example; Modbus's CRC of the same text would be 0759."""


def test_the_frame_matches_the_published_vector() -> None:
    assert frame(VECTOR) == f"##0101{VECTOR}1C80\r\n".encode()


def test_a_crc_below_0x1000_has_its_leading_zeros() -> None:
    segment = next(text for text in map(str, range(10_000)) if crc(text.encode()) < 0x100)
    assert frame(segment)[-6:-4] == b"00"


@given(st.binary(max_size=300))
def test_the_crc_is_that_of_the_definition(data: bytes) -> None:
    assert f"{crc(data):04X}" == checksum(data)


def test_a_segment_is_read_with_its_head_and_its_area() -> None:
    segment = read_segment(VECTOR)
    assert segment is not None
    assert (segment.qn, segment.cn, segment.flag) == ("20160801085857223", "1062", 5)
    assert segment.fields() == {"RtdInterval": "30"}


def test_what_is_no_segment_is_none() -> None:
    assert read_segment("") is None
    assert read_segment("QN=1;CP=&&open") is None


def test_a_flag_that_is_no_number_counts_as_nothing_asked() -> None:
    segment = read_segment("QN=1;CN=1012;Flag=five;CP=&&&&")
    assert segment is not None
    assert segment.flag == 0


SEGMENTS = st.lists(st.text(alphabet="QNCP=;&,.0123456789#", max_size=40), min_size=1, max_size=5)
NOISE = (
    st.text(alphabet="#0 ab\r\n", max_size=6).map(str.encode).filter(lambda noise: b"##" not in noise + b"#")
)


@given(segments=SEGMENTS, noise=NOISE, cuts=st.lists(st.integers(1, 60), min_size=1))
def test_every_frame_is_found_in_whatever_pieces_the_stream_comes(
    segments: list[str], noise: bytes, cuts: list[int]
) -> None:
    stream, framer, turn = b"".join(noise + frame(text) for text in segments), Framer(), 0
    found: list[Received] = []
    while stream:
        piece, stream = stream[: cuts[turn % len(cuts)]], stream[cuts[turn % len(cuts)] :]
        found += framer.feed(piece)
        turn += 1
    assert [(each.text, each.sound) for each in found] == [(text, True) for text in segments]
    assert framer.skipped_bytes == len(noise) * len(segments)


@given(st.lists(st.binary(max_size=80), max_size=20))
def test_no_bytes_break_the_framer_and_it_keeps_no_more_than_one_frame(pieces: list[bytes]) -> None:
    framer = Framer()
    for piece in pieces:
        list(framer.feed(piece))
    assert len(framer._buffer) <= 6 + 9999 + 6


def test_a_damaged_frame_is_told_from_a_sound_one() -> None:
    damaged = frame(VECTOR).replace(b"RtdInterval=30", b"RtdInterval=31")
    assert [each.sound for each in Framer().feed(damaged + frame(VECTOR))] == [False, True]


STATION = Station("010000A8900016F000169DC0", "31", "123456")


def test_an_area_that_fits_is_one_packet_that_wants_an_answer() -> None:
    [segment] = packets(
        STATION, "20261124081112345", "2011", "DataTime=20261124081112;a21026-Rtd=1,a21026-Flag=N"
    )
    read = take_apart(segment.encode())
    assert (read.flag, read.pnum, read.pno, read.cn) == (5, 1, 1, "2011")


def test_a_long_area_is_parted_between_points_and_each_packet_has_the_time() -> None:
    items = [f"a{number:05d}-Rtd={number}.25,a{number:05d}-Flag=N" for number in range(100)]
    segments = packets(STATION, "20261124081112345", "2011", ";".join(["DataTime=20261124081112", *items]))
    read = [take_apart(segment.encode()) for segment in segments]
    assert all(len(segment) <= 1024 for segment in segments)
    assert [(each.flag, each.pnum, each.pno, each.qn) for each in read] == [
        (7, len(segments), number, "20261124081112345") for number in range(1, len(segments) + 1)
    ]
    assert [each.area.partition(";")[0] for each in read] == ["DataTime=20261124081112"] * len(read)
    assert ";".join(each.area.partition(";")[2] for each in read).split(";") == items
