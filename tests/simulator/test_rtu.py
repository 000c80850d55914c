"""RTU frames: the check sum against frames from makers' manuals, and requests out of a stream."""

import pytest

from simulator.rtu import Request, RequestReader, add_crc

READ = bytes.fromhex("01 03 00 00 00 01 84 0A")


@pytest.mark.parametrize(
    "frame",
    [
        "01 03 00 00 00 01 84 0A",
        "01 03 02 00 64 B9 AF",
        "01 03 26 00 00 04 4F 41",
        "01 04 00 00 00 02 71 CB",
        "01 04 04 00 00 00 00 FB 84",
    ],
)
def test_the_check_sum_is_that_of_the_makers_manuals(frame: str) -> None:
    data = bytes.fromhex(frame)
    assert add_crc(data[:-2]) == data


def test_a_read_is_complete_with_its_last_byte() -> None:
    reader = RequestReader()
    assert [reader.feed(bytes((byte,))) for byte in READ[:-1]] == [None] * 7
    assert reader.feed(READ[-1:]) == Request(1, READ[1:-2])
    assert not reader.is_waiting


def test_noise_before_a_read_is_passed_over() -> None:
    assert RequestReader().feed(b"\xff\x00\x7f" + READ) == Request(1, READ[1:-2])


def test_any_other_request_ends_where_the_line_falls_silent() -> None:
    identify = add_crc(bytes.fromhex("01 2B 0E 01 00"))
    reader = RequestReader()
    assert reader.feed(identify) is None
    assert reader.is_waiting
    assert reader.silence() == Request(1, identify[1:-2])


def test_what_is_no_frame_is_forgotten_in_the_silence() -> None:
    reader = RequestReader()
    reader.feed(b"\x01\x03\x00")
    assert reader.silence() is None
    assert reader.feed(READ) is not None
