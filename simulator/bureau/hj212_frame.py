"""Frames of HJ 212-2017 as the platform reads and writes them: by its own means, after the standard.

Strict where a gateway would be careless: a length, a CRC or an end that is not
right ends the connection, because a platform that guesses hides faults.
"""

import asyncio
from dataclasses import dataclass
from typing import Final

SEGMENT_MOST: Final = 1024


class Malformed(Exception):
    """What came is no frame of HJ 212-2017."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame, taken apart: head fields in their order, and the data area between `&&`."""

    qn: str
    st: str
    cn: str
    pw: str
    mn: str
    flag: int
    pnum: int
    pno: int
    area: str
    raw: bytes

    @property
    def wants_answer(self) -> bool:
        """Whether the lowest bit of Flag is set."""
        return self.flag % 2 == 1

    def groups(self) -> list[dict[str, str]]:
        """Return the area's groups, parted by `;`, each a map of its fields, parted by `,`."""
        return [
            dict(pair.split("=", 1) for pair in group.split(",")) for group in self.area.split(";") if group
        ]


def checksum(segment: bytes) -> str:
    """Return the CRC of a segment as four hexadecimal digits, worked out bit by bit."""
    register = 0xFFFF
    for byte in segment:
        register = (register >> 8) ^ byte
        for _ in range(8):
            carry = register % 2
            register //= 2
            if carry:
                register ^= 0xA001
    return f"{register:04X}"


def write_frame(segment: str) -> bytes:
    """Return the frame around a segment."""
    raw = segment.encode()
    return f"##{len(raw):04d}".encode() + raw + checksum(raw).encode() + b"\r\n"


def answer(heard: Frame, cn: str, area: str) -> bytes:
    """Return an answer to a frame: same QN, system code 91, nothing wanted back."""
    return write_frame(f"QN={heard.qn};ST=91;CN={cn};PW={heard.pw};MN={heard.mn};Flag=4;CP=&&{area}&&")


def request(qn: str, cn: str, pw: str, mn: str, area: str = "") -> bytes:
    """Return a request of a platform that wants to be answered."""
    return write_frame(f"QN={qn};ST=31;CN={cn};PW={pw};MN={mn};Flag=5;CP=&&{area}&&")


async def read_frame(reader: asyncio.StreamReader) -> Frame | None:
    """Read one frame; None at the end of the stream. Raises Malformed, OSError."""
    try:
        head = await reader.readexactly(6)
        if head[:2] != b"##" or not head[2:].isdigit() or int(head[2:]) > SEGMENT_MOST:
            raise Malformed(f"head {head!r}")
        segment = await reader.readexactly(int(head[2:]))
        tail = await reader.readexactly(6)
    except asyncio.IncompleteReadError:
        return None
    if tail != checksum(segment).encode() + b"\r\n":
        raise Malformed(f"tail {tail!r}, CRC {checksum(segment)}")
    return take_apart(segment)


def take_apart(segment: bytes) -> Frame:
    """Return what a segment says. Raises Malformed."""
    text = segment.decode("ascii")
    head, separator, rest = text.partition("CP=&&")
    if not separator or not rest.endswith("&&"):
        raise Malformed(f"segment {text!r}")
    try:
        fields = dict(pair.split("=", 1) for pair in head.rstrip(";").split(";"))
        return Frame(
            qn=fields["QN"],
            st=fields["ST"],
            cn=fields["CN"],
            pw=fields["PW"],
            mn=fields["MN"],
            flag=int(fields["Flag"]),
            pnum=int(fields.get("PNUM", "1")),
            pno=int(fields.get("PNO", "1")),
            area=rest[:-2],
            raw=segment,
        )
    except (KeyError, ValueError) as fault:
        raise Malformed(f"segment {text!r}") from fault
