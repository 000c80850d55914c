"""The page for the owner of the PLC: its filters find writes only, its figures are those of the code.

Method: packets written to a capture file by hand, read by tcpdump with the filter that is printed.
"""

import re
import struct
import subprocess
from pathlib import Path

import pytest

from drivers.modbus.hold import RECONNECT_CAP_S, RECONNECT_FIRST_S
from drivers.modbus.outcomes import SOON_NS
from drivers.modbus.standing import REST_CAP_S, REST_FIRST_S
from tests.drivers.scripted import with_crc
from tests.support.require import require

PAGE = Path(__file__).parents[2] / "docs" / "read-only.md"
GATEWAY, PLC = bytes((192, 168, 10, 5)), bytes((192, 168, 10, 20))
TIMESTAMPS = bytes(12)  # options make the head of TCP longer


def filters() -> list[str]:
    found = re.findall(r"^tcpdump -ni eth0 '(.*)'$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(found) == 4
    assert found[:2] == found[2:], "Chinese and English differ"
    return found[:2]


def packet(source: bytes, target: bytes, port: int, payload: bytes, options: bytes) -> bytes:
    head = struct.pack(">HHIIBBHHH", 40000, port, 1, 1, (20 + len(options)) // 4 << 4, 0x18, 8192, 0, 0)
    segment = head + options + payload
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(segment), 1, 0, 64, 6, 0, source, target)
    return bytes(12) + b"\x08\x00" + ip + segment


def caught(expression: str, packets: list[bytes], folder: Path) -> int:
    """Return how many packets tcpdump lets through."""
    capture = folder / "capture.pcap"
    lines = [struct.pack("<IIII", 0, 0, len(each), len(each)) + each for each in packets]
    capture.write_bytes(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1) + b"".join(lines))
    command = [str(require("tcpdump")), "-nr", str(capture), expression]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return len(shown.splitlines())


def tcp_request(pdu: bytes) -> bytes:
    return struct.pack(">HHHB", 7, 0, len(pdu) + 1, 1) + pdu


def rtu_request(pdu: bytes) -> bytes:
    return with_crc(b"\x01" + pdu)


@pytest.mark.parametrize("options", [b"", TIMESTAMPS], ids=["plain", "with options"])
@pytest.mark.parametrize("kind", ["tcp", "rtu"])
def test_the_printed_filter_finds_writes_and_nothing_else(kind: str, options: bytes, tmp_path: Path) -> None:
    expression = filters()[0 if kind == "tcp" else 1]
    port, framed = (502, tcp_request) if kind == "tcp" else (4001, rtu_request)
    reads = [framed(bytes((code, 0, 100, 0, 2))) for code in (1, 2, 3, 4)]
    harmless = [
        *(packet(GATEWAY, PLC, port, read, options) for read in reads),
        packet(GATEWAY, PLC, port, b"", options),  # an acknowledgement
        packet(PLC, GATEWAY, port, framed(b"\x83\x02"), options),
        packet(GATEWAY, PLC, 443, framed(b"\x06\x00\x64\x00\x00"), options),
    ]
    assert caught(expression, harmless, tmp_path) == 0
    writes = [framed(bytes((code, 0, 100, 0, 1))) for code in (5, 6, 15, 16, 22, 23)]
    assert caught(expression, [packet(GATEWAY, PLC, port, w, options) for w in writes], tmp_path) == 6


def test_the_figures_are_those_of_the_code() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert f"rests, {REST_FIRST_S:g} s at first, doubling up to {REST_CAP_S:g} s" in page
    assert f"休息 {REST_FIRST_S:g} s 起、逐次加倍、最长 {REST_CAP_S:g} s" in page
    assert f"after {RECONNECT_FIRST_S:g} s, doubling up to {RECONNECT_CAP_S:g} s" in page
    assert f"{RECONNECT_FIRST_S:g} s 起、逐次加倍、最长 {RECONNECT_CAP_S:g} s 后重连" in page


def test_the_page_says_that_a_block_that_was_not_answered_is_made_up_for_once() -> None:
    """What the code does is held by test_a_block_with_a_long_period_does_not_wait_for_its_slot_….

    The page once promised the owner of a PLC that no such question comes.
    """
    page, soon_s = PAGE.read_text(encoding="utf-8"), SOON_NS / 1e9
    assert f"unless its\n  next slot is less than {soon_s:g} s away" in page
    assert f"下一周期在 {soon_s:g} s 之内的不补问" in page
    assert "Slots that were missed are not made up for" not in page


@pytest.mark.parametrize("baudrate", [9600, 19200, 115200])
def test_the_times_on_a_line_are_those_of_its_bits(baudrate: int) -> None:
    row = next(
        line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith(f"| {baudrate} |")
    )
    printed = [float(cell.removesuffix(" ms")) for cell in row.strip("| ").split(" | ")[1:]]
    exact = [(8 + 5 + 2 * n) * 10 / baudrate * 1000 for n in (1, 10, 50, 125)]
    assert printed == pytest.approx(exact, rel=0.03)
