"""What is taken out of a stream before it is Modbus: our own echo, and a DTU's packets."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from drivers.modbus.echo import Echo
from drivers.modbus.packets import Packets

REQUEST = bytes.fromhex("01 03 00 00 00 01 84 0A")
ANSWER = bytes.fromhex("01 03 02 00 2A 39 9B")


class Ear:
    """Counts the calls it gets."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> None:
        self.calls += 1


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    """Cut bytes at these places, wherever those lie within."""
    places = sorted({cut % (len(data) + 1) for cut in cuts} | {0, len(data)})
    return [data[a:b] for a, b in pairwise(places)]


@given(st.lists(st.integers(0, 100), max_size=6))
def test_an_echo_is_taken_out_however_the_bytes_are_cut(cuts: list[int]) -> None:
    wrong = Ear()
    echo = Echo(wrong)
    echo.sent(REQUEST)
    assert b"".join(echo.received(piece) for piece in pieces(REQUEST + ANSWER, cuts)) == ANSWER
    assert wrong.calls == 0


@given(st.integers(0, len(REQUEST) - 1), st.integers(1, 255), st.lists(st.integers(0, 100), max_size=6))
def test_an_echo_with_one_byte_changed_lets_nothing_through_until_the_next_request(
    place: int, change: int, cuts: list[int]
) -> None:
    wrong = Ear()
    echo = Echo(wrong)
    echo.sent(REQUEST)
    spoilt = bytearray(REQUEST)
    spoilt[place] ^= change
    heard = b"".join(echo.received(piece) for piece in pieces(bytes(spoilt) + ANSWER, cuts))
    assert ANSWER not in heard
    assert heard == b""
    assert wrong.calls == 1
    echo.sent(REQUEST)
    assert echo.received(REQUEST + ANSWER) == ANSWER


def test_where_there_is_no_echo_the_answer_is_not_taken_for_one() -> None:
    wrong = Ear()
    echo = Echo(wrong)
    echo.sent(REQUEST)
    assert echo.received(ANSWER) == b""
    assert wrong.calls == 1


def test_heartbeats_are_taken_out_alone_and_in_one_piece_with_an_answer() -> None:
    heard = Ear()
    packets = Packets([b"heartbeat", b"YC-01"], heard)
    for data, left in {
        b"heartbeat": b"",
        b"heartbeatheartbeat": b"",
        b"heartbeat" + ANSWER: ANSWER,
        ANSWER + b"heartbeat": ANSWER,
        b"YC-01" + ANSWER: ANSWER,
        b"heartbeatYC-01" + ANSWER + b"heartbeat": ANSWER,
        ANSWER: ANSWER,
    }.items():
        assert packets.received(data) == left
    assert heard.calls == 7  # each piece shows that the DTU lives, a heartbeat as well


@given(st.binary(max_size=40), st.binary(min_size=1, max_size=3))
def test_a_packet_that_may_be_data_is_taken_out_only_where_it_comes_alone(data: bytes, packet: bytes) -> None:
    left = Packets([packet]).received(data)
    alone = data == packet * (len(data) // len(packet))
    assert left == (b"" if alone else data)


@given(st.binary(max_size=40))
def test_without_packets_nothing_is_taken_out(data: bytes) -> None:
    assert Packets([]).received(data) == data
